/// Version 1: the records, the facts made of them, and the rollups over these.
extension Migration {
    static let store1 = Migration(
        """
        CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE source(
            id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, format TEXT NOT NULL, size INTEGER,
            records INTEGER NOT NULL, first INTEGER, last INTEGER, keeps_successes INTEGER NOT NULL, imported_at INTEGER NOT NULL);

        CREATE TABLE project(id INTEGER PRIMARY KEY, name TEXT UNIQUE);
        CREATE TABLE model(id INTEGER PRIMARY KEY, provider TEXT, name TEXT);
        CREATE UNIQUE INDEX model_identity ON model(ifnull(provider, ''), ifnull(name, ''));
        CREATE TABLE agent(id INTEGER PRIMARY KEY, name TEXT UNIQUE);
        CREATE TABLE operation(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT);
        CREATE UNIQUE INDEX operation_identity ON operation(kind, ifnull(name, ''));
        CREATE TABLE deployment(id INTEGER PRIMARY KEY, project TEXT, service TEXT, environment TEXT, "release" TEXT);
        CREATE UNIQUE INDEX deployment_identity ON deployment(
            ifnull(project, ''), ifnull(service, ''), ifnull(environment, ''), ifnull("release", ''));
        CREATE TABLE signature(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        CREATE TABLE message(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        CREATE TABLE latency_cell(id INTEGER PRIMARY KEY, low INTEGER NOT NULL, high INTEGER NOT NULL);
        CREATE UNIQUE INDEX latency_cell_low ON latency_cell(low);
        INSERT INTO project VALUES(0, NULL);
        INSERT INTO model VALUES(0, NULL, NULL);
        INSERT INTO agent VALUES(0, NULL);
        INSERT INTO operation VALUES(0, 0, NULL);
        INSERT INTO deployment VALUES(0, NULL, NULL, NULL, NULL);

        CREATE TABLE trace(
            id INTEGER PRIMARY KEY, project INTEGER NOT NULL, trace_id TEXT NOT NULL,
            name TEXT, start INTEGER, "end" INTEGER, status INTEGER NOT NULL, user TEXT, session TEXT, environment TEXT,
            "release" TEXT, service TEXT, tags TEXT, updated_at INTEGER, richness INTEGER NOT NULL, digest INTEGER NOT NULL,
            -- Bits of the columns above that a trace record gave; the others are filled from the trace's spans.
            known INTEGER NOT NULL,
            -- What follows is computed from the trace's spans and events.
            t INTEGER, first INTEGER, last INTEGER, root INTEGER, agent INTEGER NOT NULL DEFAULT 0,
            deployment INTEGER NOT NULL DEFAULT 0, spans INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0,
            errors INTEGER NOT NULL DEFAULT 0, type INTEGER, severity INTEGER, cost INTEGER, tokens INTEGER,
            failed INTEGER NOT NULL DEFAULT 0);
        CREATE UNIQUE INDEX trace_identity ON trace(trace_id, project);
        CREATE INDEX trace_time ON trace(t);
        CREATE INDEX trace_failed ON trace(t, agent) WHERE failed = 1;
        CREATE INDEX trace_session ON trace(session) WHERE session IS NOT NULL;
        CREATE TABLE trace_content(trace INTEGER PRIMARY KEY, input TEXT, output TEXT, metadata TEXT);

        CREATE TABLE span(
            id INTEGER PRIMARY KEY, trace INTEGER NOT NULL, span_id TEXT NOT NULL, parent_id TEXT, kind INTEGER NOT NULL,
            name TEXT, start INTEGER, first_token INTEGER, "end" INTEGER, reported_latency INTEGER,
            model_requested TEXT, model_responded TEXT, provider TEXT, host TEXT, is_stream INTEGER, finish TEXT,
            agent TEXT, workflow TEXT, user TEXT, session TEXT, environment TEXT, "release" TEXT, service TEXT, tags TEXT,
            prompt_name TEXT, prompt_version TEXT,
            tin INTEGER, tin_cached INTEGER, tout INTEGER, tout_reasoning INTEGER, tok INTEGER, cost INTEGER,
            status INTEGER NOT NULL, level TEXT, status_message TEXT, exception_type TEXT, exception_message TEXT,
            http_status INTEGER, error_code TEXT, error_type TEXT, error_field TEXT, request_id TEXT, origin INTEGER NOT NULL,
            is_broken_stream INTEGER NOT NULL, attempt INTEGER, attempts_made INTEGER, retry_of TEXT, fallback_from TEXT,
            has_output INTEGER NOT NULL, has_tool_calls INTEGER NOT NULL, keeps_content INTEGER NOT NULL, input_digest INTEGER,
            updated_at INTEGER, richness INTEGER NOT NULL, digest INTEGER NOT NULL, source INTEGER NOT NULL);
        CREATE UNIQUE INDEX span_identity ON span(span_id, trace);
        CREATE INDEX span_trace ON span(trace);
        CREATE INDEX span_request ON span(request_id) WHERE request_id IS NOT NULL;
        CREATE TABLE span_content(span INTEGER PRIMARY KEY, input TEXT, output TEXT, stack TEXT, parameters TEXT, attributes TEXT);

        CREATE TABLE event(
            id INTEGER PRIMARY KEY, project INTEGER NOT NULL, trace INTEGER, event_id TEXT NOT NULL, span_id TEXT, parent_id TEXT,
            t INTEGER, name TEXT, kind INTEGER NOT NULL, level TEXT, message TEXT, model TEXT, fallback_model TEXT, provider TEXT,
            exception_type TEXT, http_status INTEGER, error_code TEXT, stack TEXT, escaped INTEGER, attributes TEXT,
            richness INTEGER NOT NULL, digest INTEGER NOT NULL, source INTEGER NOT NULL);
        CREATE UNIQUE INDEX event_identity ON event(ifnull(trace, -1 - project), event_id);
        CREATE INDEX event_time ON event(t);

        CREATE TABLE score(
            id INTEGER PRIMARY KEY, project INTEGER NOT NULL, score_id TEXT NOT NULL, trace_id TEXT, span_id TEXT, session TEXT,
            name TEXT NOT NULL, number REAL, text TEXT, comment TEXT, origin TEXT, t INTEGER,
            richness INTEGER NOT NULL, digest INTEGER NOT NULL, source INTEGER NOT NULL);
        CREATE UNIQUE INDEX score_identity ON score(project, score_id);
        CREATE INDEX score_trace ON score(trace_id) WHERE trace_id IS NOT NULL;

        CREATE TABLE call(
            scope INTEGER NOT NULL, t INTEGER NOT NULL, id INTEGER NOT NULL, trace INTEGER NOT NULL, model INTEGER NOT NULL,
            agent INTEGER NOT NULL, operation INTEGER NOT NULL, deployment INTEGER NOT NULL, lat INTEGER, cost INTEGER,
            tin INTEGER, tout INTEGER, tok INTEGER, evidence INTEGER NOT NULL, PRIMARY KEY(scope, t, id)) WITHOUT ROWID;
        CREATE INDEX call_latency ON call(model, lat, t) WHERE scope = 0 AND lat IS NOT NULL;
        CREATE TABLE err(
            t INTEGER NOT NULL, scope INTEGER NOT NULL, id INTEGER NOT NULL, trace INTEGER, model INTEGER NOT NULL,
            agent INTEGER NOT NULL, operation INTEGER NOT NULL, deployment INTEGER NOT NULL, lat INTEGER, cost INTEGER,
            tin INTEGER, tout INTEGER, tok INTEGER, evidence INTEGER NOT NULL, type INTEGER NOT NULL, severity INTEGER NOT NULL,
            status INTEGER, code TEXT, origin INTEGER NOT NULL, attempts INTEGER, recovery INTEGER NOT NULL,
            recovered_at INTEGER, settled_at INTEGER, signature INTEGER NOT NULL, message INTEGER NOT NULL, rule TEXT NOT NULL,
            PRIMARY KEY(t, scope, id)) WITHOUT ROWID;
        CREATE INDEX err_trace ON err(trace) WHERE trace IS NOT NULL;
        CREATE INDEX err_message ON err(message, t);
        CREATE INDEX err_agent ON err(agent, t);
        CREATE VIRTUAL TABLE message_index USING fts5(
            text, content='message', content_rowid='id', tokenize='trigram', detail=none, columnsize=0);

        CREATE TABLE call_minute_model(
            bucket INTEGER NOT NULL, model INTEGER NOT NULL, calls INTEGER NOT NULL, calls_on INTEGER NOT NULL,
            errors INTEGER NOT NULL, errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL, lat_n INTEGER NOT NULL,
            cost_sum INTEGER NOT NULL, cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL, tin_n INTEGER NOT NULL,
            tout_sum INTEGER NOT NULL, tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL, tok_n INTEGER NOT NULL,
            digest INTEGER NOT NULL, PRIMARY KEY(bucket, model)) WITHOUT ROWID;
        CREATE TABLE call_minute_agent(
            bucket INTEGER NOT NULL, agent INTEGER NOT NULL, calls INTEGER NOT NULL, calls_on INTEGER NOT NULL,
            errors INTEGER NOT NULL, errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL, lat_n INTEGER NOT NULL,
            cost_sum INTEGER NOT NULL, cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL, tin_n INTEGER NOT NULL,
            tout_sum INTEGER NOT NULL, tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL, tok_n INTEGER NOT NULL,
            digest INTEGER NOT NULL, PRIMARY KEY(bucket, agent)) WITHOUT ROWID;
        CREATE TABLE call_hour_model(
            bucket INTEGER NOT NULL, model INTEGER NOT NULL, calls INTEGER NOT NULL, calls_on INTEGER NOT NULL,
            errors INTEGER NOT NULL, errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL, lat_n INTEGER NOT NULL,
            cost_sum INTEGER NOT NULL, cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL, tin_n INTEGER NOT NULL,
            tout_sum INTEGER NOT NULL, tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL, tok_n INTEGER NOT NULL,
            digest INTEGER NOT NULL, PRIMARY KEY(bucket, model)) WITHOUT ROWID;
        CREATE TABLE call_hour_agent(
            bucket INTEGER NOT NULL, agent INTEGER NOT NULL, calls INTEGER NOT NULL, calls_on INTEGER NOT NULL,
            errors INTEGER NOT NULL, errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL, lat_n INTEGER NOT NULL,
            cost_sum INTEGER NOT NULL, cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL, tin_n INTEGER NOT NULL,
            tout_sum INTEGER NOT NULL, tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL, tok_n INTEGER NOT NULL,
            digest INTEGER NOT NULL, PRIMARY KEY(bucket, agent)) WITHOUT ROWID;
        CREATE TABLE call_hour_model_agent(
            bucket INTEGER NOT NULL, model INTEGER NOT NULL, agent INTEGER NOT NULL, calls INTEGER NOT NULL,
            calls_on INTEGER NOT NULL, errors INTEGER NOT NULL, errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL,
            lat_n INTEGER NOT NULL, cost_sum INTEGER NOT NULL, cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL,
            tin_n INTEGER NOT NULL, tout_sum INTEGER NOT NULL, tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL,
            tok_n INTEGER NOT NULL, digest INTEGER NOT NULL, PRIMARY KEY(bucket, model, agent)) WITHOUT ROWID;
        CREATE TABLE error_hour_recovery(
            bucket INTEGER NOT NULL, scope INTEGER NOT NULL, recovery INTEGER NOT NULL, model INTEGER NOT NULL,
            errors INTEGER NOT NULL, errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL, lat_n INTEGER NOT NULL,
            cost_sum INTEGER NOT NULL, cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL, tin_n INTEGER NOT NULL,
            tout_sum INTEGER NOT NULL, tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL, tok_n INTEGER NOT NULL,
            digest INTEGER NOT NULL, PRIMARY KEY(bucket, scope, recovery, model)) WITHOUT ROWID;
        CREATE TABLE error_hour_type_model(
            bucket INTEGER NOT NULL, scope INTEGER NOT NULL, type INTEGER NOT NULL, model INTEGER NOT NULL,
            errors INTEGER NOT NULL, errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL, lat_n INTEGER NOT NULL,
            cost_sum INTEGER NOT NULL, cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL, tin_n INTEGER NOT NULL,
            tout_sum INTEGER NOT NULL, tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL, tok_n INTEGER NOT NULL,
            digest INTEGER NOT NULL, PRIMARY KEY(bucket, scope, type, model)) WITHOUT ROWID;
        CREATE TABLE error_hour_type_agent(
            bucket INTEGER NOT NULL, scope INTEGER NOT NULL, type INTEGER NOT NULL, agent INTEGER NOT NULL,
            errors INTEGER NOT NULL, errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL, lat_n INTEGER NOT NULL,
            cost_sum INTEGER NOT NULL, cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL, tin_n INTEGER NOT NULL,
            tout_sum INTEGER NOT NULL, tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL, tok_n INTEGER NOT NULL,
            digest INTEGER NOT NULL, PRIMARY KEY(bucket, scope, type, agent)) WITHOUT ROWID;
        CREATE TABLE error_day_signature(
            bucket INTEGER NOT NULL, scope INTEGER NOT NULL, signature INTEGER NOT NULL, errors INTEGER NOT NULL,
            errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL, lat_n INTEGER NOT NULL, cost_sum INTEGER NOT NULL,
            cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL, tin_n INTEGER NOT NULL, tout_sum INTEGER NOT NULL,
            tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL, tok_n INTEGER NOT NULL, digest INTEGER NOT NULL,
            PRIMARY KEY(bucket, scope, signature)) WITHOUT ROWID;
        CREATE TABLE latency_hour_model(
            bucket INTEGER NOT NULL, model INTEGER NOT NULL, cell INTEGER NOT NULL, n INTEGER NOT NULL,
            PRIMARY KEY(bucket, model, cell)) WITHOUT ROWID;
        CREATE TABLE latency_day_model(
            bucket INTEGER NOT NULL, model INTEGER NOT NULL, cell INTEGER NOT NULL, n INTEGER NOT NULL,
            PRIMARY KEY(bucket, model, cell)) WITHOUT ROWID;
        """)
}
