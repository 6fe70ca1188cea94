extension Schema {
    /// Views with the columns of the public `llm_*` metrics schema, so that SQL written for it runs.
    ///
    /// Ids are as stored, times text in UTC with six digits, costs in dollars, latencies in seconds.
    static var views: String {
        """
        CREATE VIEW llm_generations AS SELECT
            s.span_id AS id, t.trace_id AS trace_id, s.span_id AS observation_id, s.parent_id AS parent_observation_id,
            \(time(#"coalesce(s.start, s."end")"#)) AS created_at, \(time("s.updated_at")) AS updated_at,
            \(time("s.start")) AS start_time, \(time(#"s."end""#)) AS end_time,
            CASE WHEN s."end" >= s.start THEN (s."end" - s.start) / 1e9 ELSE s.reported_latency / 1e9 END AS latency_seconds,
            coalesce(s.model_requested, s.model_responded) AS model,
            CASE WHEN s.model_requested IS NOT NULL THEN s.model_responded END AS model_version,
            coalesce(s.provider, (
                SELECT m.provider FROM call c JOIN model m ON m.id = c.model
                WHERE c.scope IN (0, 1) AND c.t = coalesce(s."end", s.start) AND c.id = s.id)) AS provider,
            s.tin AS input_tokens, s.tout AS output_tokens, s.tok AS total_tokens,
            s.cost / 1e8 AS cost_usd, \(attribute("input_cost_usd")) AS input_cost_usd,
            \(attribute("output_cost_usd")) AS output_cost_usd, \(attribute("is_primary")) AS is_primary,
            \(attribute("tier")) AS tier, c.input AS prompt_text,
            \(attribute("prompt_tokens_estimate")) AS prompt_tokens_estimate, c.output AS completion_text,
            nullif(json_patch(
                CASE WHEN json_valid(c.attributes) THEN c.attributes ELSE '{}' END,
                json_object(
                    'agent', s.agent, 'exception', s.exception_type,
                    'error', coalesce(
                        s.error_field, s.exception_message, CASE WHEN s.status = 3 THEN coalesce(s.status_message, '') END),
                    'status', CASE WHEN s.status = 3 THEN 'failed' END)), '{}') AS metadata
        FROM span s JOIN trace t ON t.id = s.trace LEFT JOIN span_content c ON c.span = s.id
        WHERE s.kind IN (1, 2);

        CREATE VIEW llm_traces AS SELECT
            t.trace_id AS id, t.trace_id AS trace_id, \(time("coalesce(t.start, t.first)")) AS created_at,
            \(time("t.updated_at")) AS updated_at, t.user AS user_id, t.session AS session_id, t.name AS name, t.tags AS tags,
            t.cost / 1e8 AS total_cost_usd, t.tokens AS total_tokens, t.calls AS total_generations,
            (SELECT count(*) FROM event e WHERE ifnull(e.trace, -1 - e.project) = t.id) AS total_events,
            c.metadata AS metadata
        FROM trace t LEFT JOIN trace_content c ON c.trace = t.id;

        CREATE VIEW llm_events AS SELECT
            e.event_id AS id, t.trace_id AS trace_id, coalesce(e.span_id, e.parent_id) AS observation_id,
            \(time("e.t")) AS created_at, coalesce(e.name, \(eventKind)) AS event_name, \(eventKind) AS event_type,
            e.model AS original_model, e.fallback_model AS fallback_model, e.message AS fallback_reason,
            \(attribute("estimated_tokens", of: "e")) AS estimated_tokens,
            \(attribute("original_max_context", of: "e")) AS original_max_context,
            \(attribute("fallback_max_context", of: "e")) AS fallback_max_context, e.attributes AS metadata
        FROM event e LEFT JOIN trace t ON t.id = e.trace;
        """
    }

    /// Nanoseconds as `2025-10-11 09:00:00.123456`; NULL stays NULL.
    private static func time(_ column: String) -> String {
        // Division rounds toward zero in SQL: times before 1970 need the floor.
        let second = "((\(column)) - ((\(column)) % 1000000000 + 1000000000) % 1000000000) / 1000000000"
        let micros = "((\(column)) % 1000000000 + 1000000000) % 1000000000 / 1000"
        return "strftime('%Y-%m-%d %H:%M:%S', \(second), 'unixepoch') || printf('.%06d', \(micros))"
    }

    /// An entry of the attributes; NULL when there is none or they are no JSON.
    private static func attribute(_ key: String, of table: String = "c") -> String {
        "CASE WHEN json_valid(\(table).attributes) THEN json_extract(\(table).attributes, '$.\(key)') END"
    }

    /// The kind of an event as that schema spells it.
    private static let eventKind =
        "CASE e.kind WHEN 1 THEN 'error' WHEN 2 THEN 'error' WHEN 3 THEN 'fallback' WHEN 4 THEN 'retry' WHEN 5 THEN 'lifecycle' ELSE 'log' END"
}
