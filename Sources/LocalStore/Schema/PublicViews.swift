import Ingest
import Model

/// Views with the columns of schemas that people know, so that SQL written for them runs.
///
/// Ids are as stored, names as the source spells them, times text in UTC with six digits, costs in dollars, latencies in seconds.
enum PublicViews {
    private typealias Column = SQLView.Column

    /// The provider as the source spells it; equal to every other spelling of the same.
    private static func provider(_ written: String, _ known: String) -> String {
        "coalesce(\(written), \(known)) COLLATE \(NameCollations.provider)"
    }

    /// The model as the source spells it; equal to the name with or without its provider.
    private static func model(_ expressions: String) -> String { "coalesce(\(expressions)) COLLATE \(NameCollations.model)" }

    /// The number of a row, which SQL written for tables asks for; a view has none by itself.
    private static func number(_ expression: String) -> Column { Column("rowid", "number of the row", expression) }

    static let generations = SQLView(
        name: "llm_generations", meaning: "calls of models",
        columns: [
            Column("id", "id of the call", "s.span_id"), Column("trace_id", "id of the trace", "t.trace_id"),
            Column("observation_id", "id of the call, by which events name it", "s.span_id"),
            Column("parent_observation_id", "id of the enclosing span", "s.parent_id"),
            Column("created_at", "start, else end, UTC", time(#"coalesce(s.start, s."end")"#)),
            Column("updated_at", "time of the last change, UTC", time("s.updated_at")),
            Column("start_time", "start, UTC", time("s.start")), Column("end_time", "end, UTC", time(#"s."end""#)),
            Column("latency_seconds", "latency in seconds", "f.lat / 1e9"),
            Column("model", "model asked for", model("s.model_written, s.model_requested, s.model_responded")),
            Column(
                "model_version", "model that answered", "CASE WHEN s.model_requested IS NOT NULL THEN s.model_responded END"),
            Column("provider", "who answered", provider("s.provider_written, s.provider", "m.provider")),
            Column("input_tokens", "tokens sent", "s.tin"), Column("output_tokens", "tokens received", "s.tout"),
            Column("total_tokens", "tokens sent and received", "s.tok"), Column("cost_usd", "cost in US dollars", "s.cost / 1e8"),
            Column("input_cost_usd", "cost of the input", attribute("input_cost_usd")),
            Column("output_cost_usd", "cost of the output", attribute("output_cost_usd")),
            Column("is_primary", "0 for a fallback, where the source says so", attribute("is_primary")),
            Column("tier", "service tier", attribute("tier")), Column("prompt_text", "input", "c.input"),
            Column("prompt_tokens_estimate", "estimated tokens of the input", attribute("prompt_tokens_estimate")),
            Column("completion_text", "output", "c.output"),
            Column(
                "metadata", "the rest, a JSON object; `error` and `status` of failed calls",
                """
                nullif(json_patch(
                    CASE WHEN json_valid(c.attributes) THEN c.attributes ELSE '{}' END,
                    json_object(
                        'agent', s.agent, 'exception', s.exception_type,
                        'error', coalesce(
                            s.error_field, s.exception_message, CASE WHEN s.status = 3 THEN coalesce(s.status_message, '') END),
                        'status', CASE WHEN s.status = 3 THEN 'failed' END)), '{}')
                """),
            number("s.id"),
        ],
        source: """
            FROM span s JOIN trace t ON t.id = s.trace LEFT JOIN span_content c ON c.span = s.id
            LEFT JOIN call f ON f.scope IN (0, 1) AND f.t = coalesce(s."end", s.start) AND f.id = s.id
            LEFT JOIN model m ON m.id = f.model
            WHERE s.kind IN (1, 2)
            """)

    static let traces = SQLView(
        name: "llm_traces", meaning: "traces",
        columns: [
            Column("id", "id of the trace", "t.trace_id"), Column("trace_id", "id of the trace", "t.trace_id"),
            Column("created_at", "start, UTC", time("coalesce(t.start, t.first)")),
            Column("updated_at", "time of the last change, UTC", time("t.updated_at")), Column("user_id", "user", "t.user"),
            Column("session_id", "conversation", "t.session"), Column("name", "name", "t.name"),
            Column("tags", "tags, a JSON array", "t.tags"), Column("total_cost_usd", "cost in US dollars", "t.cost / 1e8"),
            Column("total_tokens", "tokens of its calls", "t.tokens"),
            Column("total_generations", "number of its calls", "t.calls"),
            Column(
                "total_events", "number of its events",
                "(SELECT count(*) FROM event e WHERE ifnull(e.trace, -1 - e.project) = t.id)"),
            Column("metadata", "the rest, a JSON object", "c.metadata"), number("t.id"),
        ], source: "FROM trace t LEFT JOIN trace_content c ON c.trace = t.id")

    static let events = SQLView(
        name: "llm_events", meaning: "events: errors, fallbacks, retries, log lines",
        columns: [
            Column("id", "id of the event", "e.event_id"), Column("trace_id", "id of the trace", "t.trace_id"),
            Column("observation_id", "id of the call that it belongs to", "coalesce(e.span_id, e.parent_id)"),
            Column("created_at", "time, UTC", time("e.t")), Column("event_name", "name", "coalesce(e.name, \(eventKind))"),
            Column("event_type", "error, fallback, retry, lifecycle or log", eventKind),
            Column("original_model", "model that failed or was left", model("\(attribute("original_model", of: "e")), e.model")),
            Column(
                "fallback_model", "model turned to", model("\(attribute("fallback_model", of: "e")), e.fallback_model")),
            Column(
                "fallback_reason", "reason of a fallback, as the source gives it",
                "coalesce(\(attribute("fallback_reason", of: "e")), CASE WHEN e.kind = 3 THEN e.message END)"),
            Column("estimated_tokens", "estimated tokens", attribute("estimated_tokens", of: "e")),
            Column("original_max_context", "context window of the first model", attribute("original_max_context", of: "e")),
            Column("fallback_max_context", "context window of the other model", attribute("fallback_max_context", of: "e")),
            Column("metadata", "the rest, a JSON object", eventMetadata), number("e.id"),
        ], source: "FROM event e LEFT JOIN trace t ON t.id = e.trace")

    static let errorLogs = SQLView(
        name: "error_logs", meaning: "errors of calls, and error events without a call",
        columns: [
            Column("timestamp", "time, UTC", time("f.t")),
            Column("provider", "who failed", provider("s.provider_written, s.provider, v.provider", "m.provider")),
            Column("model", "model asked for", model("s.model_written, m.name")),
            Column("error_type", "type, in the source's word where that is one of ours or a class", errorType),
            Column("error_class", "the provider's view: auth_error, rate_limit, network_error …", errorClass),
            Column("severity", "INFO, WARNING, ERROR or CRITICAL", severity),
            Column("error_message", "message, redacted", "x.text"), Column("status_code", "HTTP status", "f.status"),
            Column("error_code", "the provider's code", "f.code"),
            Column("retry_count", "attempts after the first; NULL when unknown", "f.attempts - 1"),
            Column("recovered", "1 when a later success recovered it", "f.recovery != 0"),
            Column("latency_seconds", "latency in seconds", "f.lat / 1e9"), Column("trace_id", "id of the trace", "t.trace_id"),
            Column("span_id", "id of the call, or of the event without one", "coalesce(s.span_id, v.event_id)"),
            Column("request_id", "the provider's request id", "s.request_id"), Column("agent", "agent", "a.name"),
            Column("user_id", "user", "coalesce(s.user, t.user)"),
            Column("session_id", "conversation", "coalesce(s.session, t.session)"),
            Column("environment", "environment", "d.environment"), Column("release", "release", #"d."release""#),
            Column("service", "service", "d.service"), Column("signature", "message with numbers and ids masked", "g.text"),
            // An event without a call has a number of its own kind.
            number("CASE f.scope WHEN 2 THEN -f.id ELSE f.id END"),
        ],
        source: """
            FROM err f JOIN model m ON m.id = f.model JOIN agent a ON a.id = f.agent
            JOIN deployment d ON d.id = f.deployment JOIN message x ON x.id = f.message JOIN signature g ON g.id = f.signature
            LEFT JOIN trace t ON t.id = f.trace LEFT JOIN span s ON f.scope != 2 AND s.id = f.id
            LEFT JOIN event v ON f.scope = 2 AND v.id = f.id
            WHERE f.scope IN (0, 2) AND f.evidence & \(Evidence.default.rawValue) != 0
            """)

    /// Nanoseconds as `2025-10-11 09:00:00.123456`; NULL stays NULL.
    static func time(_ column: String) -> String {
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

    /// An event's attributes without those that have a column.
    private static let eventMetadata: String = {
        let keys = LLMMetricsTable.events.placeless.map { "'$.\($0)'" }.joined(separator: ", ")
        return
            "CASE WHEN json_valid(e.attributes) THEN nullif(json_remove(e.attributes, \(keys)), '{}') ELSE e.attributes END"
    }()

    private static let errorType: String = {
        let words = Set(ErrorType.allCases.map(\.name) + ErrorClass.allCases.map(\.rawValue)).sorted()
        let ours = ErrorType.allCases.map { "WHEN \($0.rawValue) THEN '\($0.name)'" }.joined(separator: " ")
        let list = words.map { "'\($0)'" }.joined(separator: ", ")
        return "CASE WHEN s.error_type IN (\(list)) THEN s.error_type ELSE CASE f.type \(ours) END END"
    }()

    private static let errorClass =
        "CASE f.type " + ErrorType.allCases.map { "WHEN \($0.rawValue) THEN '\($0.errorClass.rawValue)'" }.joined(separator: " ")
        + " END"

    private static let severity =
        "CASE f.severity " + Severity.allCases.map { "WHEN \($0.rawValue) THEN '\($0.name)'" }.joined(separator: " ") + " END"
}
