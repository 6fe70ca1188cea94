import Model

/// The tables of the store. One place spells every column; `Migrations` brings older files here.
///
/// Three layers, each made from the one before in the same transaction:
/// - *records*: `trace`, `span`, `event`, `score` with their long texts apart (`span_content`, `trace_content`), so that a
///   scan over spans reads only what is short;
/// - *facts*: `call` (every span, clustered by time) and `err` (every span or lone event with any evidence of an error);
/// - *rollups*: counts and sums of facts over whole buckets, one table for each row of `Rollup.all`.
///
/// Times are nanoseconds UTC, lengths nanoseconds, money 10⁻⁸ USD. Unknown is NULL. A dictionary's row 0 stands for
/// "none" and holds NULL, so that facts join without outer joins.
enum Schema {
    static let meta = """
        CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE source(
            id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, format TEXT NOT NULL, size INTEGER,
            records INTEGER NOT NULL, first INTEGER, last INTEGER, keeps_successes INTEGER NOT NULL, imported_at INTEGER NOT NULL);
        """

    /// How far followed sources were read: of a file the place, of a database the newest row of each table. And which source
    /// told of a trace as a whole, so that it can be forgotten.
    static let follow = """
        CREATE TABLE follow(
            source INTEGER PRIMARY KEY, since INTEGER NOT NULL, checked INTEGER NOT NULL, device INTEGER, inode INTEGER,
            position INTEGER, lines INTEGER, mark INTEGER, state TEXT, problem TEXT);
        CREATE TABLE follow_mark(
            source INTEGER NOT NULL, name TEXT NOT NULL, row INTEGER NOT NULL, identity TEXT, updated TEXT,
            PRIMARY KEY(source, name)) WITHOUT ROWID;
        ALTER TABLE trace_content ADD COLUMN source INTEGER;
        -- The time over which a source was followed that is followed no more.
        ALTER TABLE source ADD COLUMN followed_from INTEGER;
        ALTER TABLE source ADD COLUMN followed_to INTEGER;
        """

    static let dictionaries = """
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
        """

    static let records = """
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
        """

    /// `call.scope`: 0 an LLM or embedding call, 1 any other span (and LLM spans that only wrap another).
    /// `err.scope`: the same, and 2 an error event that belongs to no call; `err.id` is then the event's id.
    /// `evidence` holds the bits of `Evidence`; `lat` is end − start, else the reported latency; `t` is end, else start.
    /// Spans without any time have no fact: they show in their trace only.
    static let facts = """
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
        """

    /// Whole days of facts in columns, each day one value (`PackedColumns`), for what walks over long stretches of them: rules over
    /// months. A day that is not here is read row by row. Days are UTC, counted from 1970.
    /// - `error_kind`: what errors have in common, each combination once, so that a condition is asked of few rows and not of
    ///   all errors; its columns are named as those of `err`.
    /// - `error_day`: of every error its time, its kind, and when it was made good or given up.
    /// - `call_day`: of every minute with calls what `call_minute` counts.
    static let days = """
        CREATE TABLE error_kind(
            id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, model INTEGER NOT NULL, agent INTEGER NOT NULL,
            operation INTEGER NOT NULL, deployment INTEGER NOT NULL, evidence INTEGER NOT NULL, type INTEGER NOT NULL,
            severity INTEGER NOT NULL, status INTEGER, origin INTEGER NOT NULL);
        CREATE TABLE error_day(day INTEGER PRIMARY KEY, columns BLOB NOT NULL);
        CREATE TABLE call_day(day INTEGER PRIMARY KEY, columns BLOB NOT NULL);
        """

    /// One table for each rollup: `bucket` and the dimensions are the key, measures are integers.
    static var rollups: String {
        Rollup.all.map { rollup in
            let keys = ["bucket"] + rollup.dimensions.map(\.rawValue)
            let columns = (keys + rollup.measures).map { "\($0) INTEGER NOT NULL" }
            return
                "CREATE TABLE \(rollup.name)(\(columns.joined(separator: ", ")), PRIMARY KEY(\(keys.joined(separator: ", ")))) WITHOUT ROWID;"
        }.joined(separator: "\n")
    }
}
