/// MLflow's tracking store: spans since August 2025, columns for models and costs since 2026.
enum MLflowQueries {
    static func all(_ columns: SourceColumns) -> [RowQuery] {
        var queries: [RowQuery] = []
        let hasSpans = columns.has("spans", "content")
        // Spans and traces are written when they start, and again when they end.
        if hasSpans {
            queries.append(
                RowQuery(
                    form: .mlflow, select: spans(columns), table: "spans", short: "s", identity: "span_id",
                    unfinished: columns.has("spans", "end_time_unix_nano") ? "s.end_time_unix_nano IS NULL" : nil))
        }
        let isOpen = columns.has("trace_info", "execution_time_ms") ? "i.execution_time_ms IS NULL" : nil
        let absent = hasSpans ? "NOT EXISTS (SELECT 1 FROM spans s WHERE s.trace_id = i.request_id)" : ""
        for (select, condition) in [(roots(columns), absent), (traces(columns), "")] {
            queries.append(
                RowQuery(
                    form: .mlflow, select: select, table: "trace_info", short: "i", condition: condition,
                    identity: "request_id", unfinished: isOpen))
        }
        return queries
    }

    private static func metadata(_ table: String, _ columns: SourceColumns) -> String {
        columns.has(table, "request_id")
            ? "(SELECT json_group_object(m.key, m.value) FROM \(table) m WHERE m.request_id = i.request_id)" : "NULL"
    }

    /// Returns a value in a trace's metadata.
    private static func entry(_ key: String, of id: String) -> String {
        "(SELECT m.value FROM trace_request_metadata m WHERE m.request_id = \(id) AND m.key = '\(key)')"
    }

    private static func spans(_ columns: SourceColumns) -> String {
        func column(_ name: String) -> String { columns.column("s", "spans", name) }
        let names = [
            "trace_id", "span_id", "parent_span_id", "name", "type", "status", "start_time_unix_nano", "end_time_unix_nano",
            "model_name", "model_provider", "total_cost",
        ]
        let object = jsonObject(
            names.map { ($0, column($0)) } + [
                ("session", entry("mlflow.trace.session", of: "s.trace_id")),
                ("user", entry("mlflow.trace.user", of: "s.trace_id")),
                ("content", "CASE WHEN json_valid(s.content) THEN json(s.content) ELSE json('{}') END"),
            ])
        return "SELECT \(object), s.rowid FROM spans s"
    }

    private static let start = "i.timestamp_ms * 1000000"

    /// Returns traces whose spans are stored elsewhere: the trace stands in for its root, so that its failure is visible.
    private static func roots(_ columns: SourceColumns) -> String {
        let object = jsonObject([
            ("trace_id", "i.request_id"), ("span_id", "i.request_id"), ("type", "'CHAIN'"), ("status", "i.status"),
            ("name", columns.has("trace_tags", "key") ? tag("mlflow.traceName") : "NULL"), ("start_time_unix_nano", start),
            ("end_time_unix_nano", "(i.timestamp_ms + i.execution_time_ms) * 1000000"),
            ("session", entry("mlflow.trace.session", of: "i.request_id")), ("content", "json('{}')"),
        ])
        return "SELECT \(object), i.rowid FROM trace_info i"
    }

    private static func tag(_ key: String) -> String {
        "(SELECT m.value FROM trace_tags m WHERE m.request_id = i.request_id AND m.key = '\(key)')"
    }

    private static func traces(_ columns: SourceColumns) -> String {
        func column(_ name: String) -> String { columns.column("i", "trace_info", name) }
        let info = jsonObject([
            ("trace_id", "i.request_id"), ("timestamp_ms", "i.timestamp_ms"), ("execution_time_ms", column("execution_time_ms")),
            ("status", column("status")), ("trace_name", column("trace_name")), ("request_preview", column("request_preview")),
            ("response_preview", column("response_preview")), ("tags", metadata("trace_tags", columns)),
            ("trace_metadata", metadata("trace_request_metadata", columns)),
        ])
        return "SELECT \(jsonObject([("info", info)])), i.rowid FROM trace_info i"
    }
}

/// The log of the program llm: turns and messages since 0.32, responses before. Failed calls leave no row.
enum LLMLogQueries {
    static func all(_ columns: SourceColumns) -> [RowQuery] {
        var queries: [RowQuery] = []
        if columns.has("turns", "tip_message_hash") {
            queries.append(RowQuery(form: .span, select: turns(columns), table: "turns", short: "t"))
        }
        if columns.has("responses", "prompt_json") {
            queries.append(RowQuery(form: .span, select: responses(columns), table: "responses", short: "r"))
        }
        if columns.has("tool_results", "exception"), columns.has("responses", "datetime_utc") {
            queries.append(RowQuery(form: .span, select: toolResults(columns), table: "tool_results", short: "x"))
        }
        if columns.has("parts", "payload"), columns.has("turns", "parent_message_hash") {
            queries.append(
                // A message and the turn that starts with it are written in one transaction.
                RowQuery(form: .span, select: toolParts, table: "parts", short: "x", condition: "x.type = 'tool_result'"))
        }
        return queries
    }

    private static func call(
        _ short: String, _ table: String, _ columns: SourceColumns, trace: String, input: String, output: String, system: String
    ) -> String {
        func column(_ name: String) -> String { columns.column(short, table, name) }
        let attributes = jsonObject([
            ("gen_ai.operation.name", "'chat'"), ("gen_ai.request.model", column("model")),
            ("gen_ai.response.model", column("resolved_model")), ("gen_ai.conversation.id", trace),
            ("gen_ai.usage.input_tokens", column("input_tokens")), ("gen_ai.usage.output_tokens", column("output_tokens")),
            ("langfuse.observation.usage_details", columns.json(short, table, "token_details")),
            ("llm.invocation_parameters", columns.json(short, table, "options_json")),
            ("langfuse.observation.input", input), ("langfuse.observation.output", output),
            ("gen_ai.system_instructions", system),
        ])
        return jsonObject([
            ("name", "'chat'"),
            ("context", jsonObject([("trace_id", "coalesce(\(trace), \(short).id)"), ("span_id", "\(short).id")])),
            ("start_time", column("datetime_utc")), ("duration_ms", column("duration_ms")), ("status_code", "'OK'"),
            ("attributes", attributes),
        ])
    }

    private static func turns(_ columns: SourceColumns) -> String {
        func text(_ hash: String) -> String {
            guard columns.has("parts", "text") else { return "NULL" }
            return """
                (SELECT group_concat(p.text, char(10)) FROM (SELECT text FROM parts
                WHERE message_hash = t.\(hash) AND type = 'text' ORDER BY position) p)
                """
        }
        let object = call(
            "t", "turns", columns, trace: columns.column("t", "turns", "thread_id"), input: text("parent_message_hash"),
            output: text("tip_message_hash"), system: "NULL")
        return "SELECT \(object), t.rowid FROM turns t"
    }

    private static func responses(_ columns: SourceColumns) -> String {
        func column(_ name: String) -> String { columns.column("r", "responses", name) }
        let object = call(
            "r", "responses", columns, trace: column("conversation_id"), input: column("prompt"), output: column("response"),
            system: column("system"))
        return "SELECT \(object), r.rowid FROM responses r"
    }

    private static func tool(
        _ id: String, name: String, trace: String, parent: String, time: String, output: String, exception: String
    ) -> String {
        let attributes = jsonObject([
            ("gen_ai.operation.name", "'execute_tool'"), ("gen_ai.tool.name", name), ("gen_ai.tool.call.result", output),
            ("exception.message", exception),
        ])
        return jsonObject([
            ("name", name), ("context", jsonObject([("trace_id", trace), ("span_id", id)])), ("parent_id", parent),
            ("start_time", time), ("end_time", time), ("status_code", "CASE WHEN \(exception) > '' THEN 'ERROR' ELSE 'OK' END"),
            ("status_message", exception), ("attributes", attributes),
        ])
    }

    private static func toolResults(_ columns: SourceColumns) -> String {
        func column(_ name: String) -> String { columns.column("x", "tool_results", name) }
        let object = tool(
            "'tool-' || x.id", name: column("name"), trace: "coalesce(r.conversation_id, r.id)", parent: "x.response_id",
            time: "r.datetime_utc", output: column("output"), exception: column("exception"))
        return "SELECT \(object), x.rowid FROM tool_results x JOIN responses r ON r.id = x.response_id"
    }

    /// Selects tool results, which are in the message that starts a turn.
    private static var toolParts: String {
        let exception = "CASE WHEN json_valid(x.payload) THEN json_extract(x.payload, '$.exception') END"
        let object = tool(
            "'part-' || x.id", name: "x.tool_name", trace: "coalesce(t.thread_id, t.id)", parent: "t.id", time: "t.datetime_utc",
            output: "x.text", exception: exception)
        return """
            SELECT \(object), x.rowid FROM parts x JOIN turns t ON t.parent_message_hash = x.message_hash
            """
    }
}

/// LiteLLM's spend log, copied from its database to SQLite.
enum SpendLogQueries {
    private static let names = [
        "request_id", "litellm_call_id", "call_type", "spend", "total_tokens", "prompt_tokens", "completion_tokens", "startTime",
        "endTime", "completionStartTime", "model", "model_id", "model_group", "custom_llm_provider", "api_base", "user",
        "cache_hit",
        "team_id", "end_user", "session_id", "status", "trace_id",
    ]
    private static let objects = ["metadata", "request_tags", "messages", "response", "error_information"]

    static func all(_ columns: SourceColumns) -> [RowQuery] {
        let table = "LiteLLM_SpendLogs"
        let object = jsonObject(
            names.map { ($0, columns.column("l", table, $0)) } + objects.map { ($0, columns.json("l", table, $0)) })
        return [
            RowQuery(
                form: .litellm, select: "SELECT \(object), l.rowid FROM \"\(table)\" l", table: "\"\(table)\"", short: "l",
                identity: "request_id")
        ]
    }
}
