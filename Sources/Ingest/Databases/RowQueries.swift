/// A query over another program's database that returns rows as JSON objects for a reader.
struct RowQuery {
    /// The structure of the objects.
    let form: RowReader.Form
    /// Selects the object and the row's number in its table.
    let select: String
    /// The table that the rows come from, and its alias in `select`.
    let table: String, short: String
    /// The condition for all rows; "" for every row.
    var condition = ""
    /// The column with the row's own id, for detecting renumbered rows.
    var identity = "id"
    /// The column with the row's last change; nil when the table has none.
    var updated: String?
    /// The condition for rows that will still change, such as running spans; nil when rows are written once.
    var unfinished: String?
    /// A table whose new rows change older rows of this one, and its column with their number.
    var supplement: (table: String, row: String)?

    /// SQL for all rows, in order.
    var sql: String { sql(where: "") }

    /// Returns the SQL for the rows that also satisfy `extra`, in order.
    func sql(where extra: String) -> String {
        let conditions = [condition, extra].filter { !$0.isEmpty }.map { "(\($0))" }
        return select + (conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")) + " ORDER BY \(short).rowid"
    }
}

/// The columns of a database of some version; missing ones read as NULL.
struct SourceColumns {
    let known: Set<String>

    func has(_ table: String) -> Bool { known.contains(table) }
    func has(_ table: String, _ column: String) -> Bool { known.contains("\(table).\(column)") }

    /// Returns the column, qualified by its table's alias.
    func column(_ short: String, _ table: String, _ column: String) -> String {
        has(table, column) ? "\(short).\"\(column)\"" : "NULL"
    }

    /// Returns the column with JSON text converted to its value.
    func json(_ short: String, _ table: String, _ column: String) -> String {
        guard has(table, column) else { return "NULL" }
        let name = "\(short).\"\(column)\""
        return "CASE WHEN json_valid(\(name)) THEN json(\(name)) ELSE \(name) END"
    }
}

extension DatabaseSchema {
    /// Returns the queries for every row, in reading order.
    func queries(_ columns: SourceColumns) -> [RowQuery] {
        switch self {
        case .phoenix: PhoenixQueries.all(columns)
        case .dashboardMetrics: DashboardQueries.all(columns)
        case .mlflowDatabase: MLflowQueries.all(columns)
        case .llmLogs: LLMLogQueries.all(columns)
        case .litellmDatabase: SpendLogQueries.all(columns)
        case .llmMetrics, .dashboardEvents: []
        }
    }

    /// Returns a note for the user about this database, though nothing was skipped; nil for none.
    func remark(_ columns: SourceColumns) -> String? {
        self == .mlflowDatabase && !columns.has("spans")
            ? "this MLflow stores its spans outside the database: also import the traces.json files below artifacts" : nil
    }
}

/// Returns `json_object(…)` of the pairs.
func jsonObject(_ pairs: [(String, String)]) -> String {
    "json_object(" + pairs.map { "'\($0.0)', \($0.1)" }.joined(separator: ", ") + ")"
}

/// Phoenix 8 to 20: spans with nested attributes, costs in a separate table, annotations as scores.
enum PhoenixQueries {
    static func all(_ columns: SourceColumns) -> [RowQuery] {
        var spans = RowQuery(form: .span, select: spans(columns), table: "spans", short: "s", identity: "span_id")
        // Costs are computed after the span is written.
        if columns.has("span_costs", "total_cost") { spans.supplement = ("span_costs", "span_rowid") }
        var queries = [spans]
        for (table, isOfSpan) in [("span_annotations", true), ("trace_annotations", false)] where columns.has(table) {
            queries.append(
                RowQuery(
                    form: .langfuse, select: annotations(columns, table, isOfSpan: isOfSpan), table: table, short: "a",
                    updated: columns.has(table, "updated_at") ? "updated_at" : nil))
        }
        return queries
    }

    private static func spans(_ columns: SourceColumns) -> String {
        func span(_ column: String) -> String { columns.column("s", "spans", column) }
        let hasProjects = columns.has("projects", "name") && columns.has("traces", "project_rowid")
        let cost =
            columns.has("span_costs", "total_cost")
            ? "(SELECT sum(c.total_cost) FROM span_costs c WHERE c.span_rowid = s.id)" : "NULL"
        let object = jsonObject([
            ("name", span("name")), ("context", jsonObject([("trace_id", "t.trace_id"), ("span_id", "s.span_id")])),
            ("parent_id", span("parent_id")), ("span_kind", span("span_kind")), ("start_time", span("start_time")),
            ("end_time", span("end_time")),
            ("status", jsonObject([("status_code", span("status_code")), ("description", span("status_message"))])),
            // Spans without a project are in one named default, which other formats of these spans omit.
            ("project", hasProjects ? "nullif(p.name, 'default')" : "NULL"), ("cost", cost),
            ("attributes", columns.json("s", "spans", "attributes")), ("events", columns.json("s", "spans", "events")),
        ])
        return """
            SELECT \(object), s.id FROM spans s JOIN traces t ON t.id = s.trace_rowid
            \(hasProjects ? "LEFT JOIN projects p ON p.id = t.project_rowid" : "")
            """
    }

    private static func annotations(_ columns: SourceColumns, _ table: String, isOfSpan: Bool) -> String {
        func column(_ name: String) -> String { columns.column("a", table, name) }
        let object = jsonObject([
            ("id", "'phoenix-\(isOfSpan ? "span" : "trace")-' || a.id"), ("traceId", "t.trace_id"),
            ("observationId", isOfSpan ? "s.span_id" : "NULL"), ("name", column("name")), ("value", column("score")),
            ("stringValue", "coalesce(\(column("label")), CASE WHEN \(column("score")) IS NULL THEN '' END)"),
            ("comment", column("explanation")), ("source", column("annotator_kind")), ("timestamp", column("created_at")),
        ])
        let join =
            isOfSpan
            ? "JOIN spans s ON s.id = a.span_rowid JOIN traces t ON t.id = s.trace_rowid"
            : "JOIN traces t ON t.id = a.trace_rowid"
        return "SELECT \(object), a.id FROM \(table) a \(join)"
    }
}

/// The tables traces, generations and spans that exporters of Langfuse data write, in both variants.
enum DashboardQueries {
    static func all(_ columns: SourceColumns) -> [RowQuery] {
        func query(_ select: String, _ table: String, _ short: String) -> RowQuery {
            RowQuery(
                form: .langfuse, select: select, table: table, short: short,
                updated: columns.has(table, "updated_at") ? "updated_at" : nil)
        }
        var queries = [query(generations(columns), "generations", "g"), query(traces(columns), "traces", "t")]
        if columns.has("spans", "trace_id") { queries.insert(query(spans(columns), "spans", "s"), at: 1) }
        return queries
    }

    private static func generations(_ columns: SourceColumns) -> String {
        func column(_ name: String) -> String { columns.column("g", "generations", name) }
        // The older variant stores the export time as creation time, and the start as the time of the first token.
        let isOlder = columns.has("generations", "generation_metadata")
        let start = isOlder ? "coalesce(\(column("completion_start_time")), g.created_at)" : "g.created_at"
        // When the end is known, the latency is ignored: one exporter writes it in seconds.
        let end = """
            coalesce(\(column("completion_end_time")), CASE WHEN \(column("latency_ms")) > 0 THEN
            strftime('%Y-%m-%d %H:%M:%f', \(start), '+' || (\(column("latency_ms")) / 1000.0) || ' seconds')
            || CASE WHEN \(start) LIKE '%Z' OR \(start) GLOB '*[-+][0-9][0-9]:[0-9][0-9]' THEN 'Z' ELSE '' END END)
            """
        let tokens = ["input_tokens", "output_tokens", "total_tokens"].map { "coalesce(\(column($0)), 0)" }
        let usage = jsonObject([
            ("input", column("input_tokens")), ("output", column("output_tokens")), ("total", column("total_tokens")),
        ])
        let object = jsonObject([
            ("id", "g.id"), ("traceId", "g.trace_id"), ("type", "'GENERATION'"), ("name", column("name")),
            ("model", column("model")),
            ("parentObservationId", column("parent_observation_id")), ("startTime", start), ("endTime", end),
            ("completionStartTime", isOlder ? "NULL" : column("completion_start_time")),
            ("level", "coalesce(\(column("level")), 'DEFAULT')"),
            ("statusMessage", column("status_message")),
            ("modelParameters", columns.json("g", "generations", "model_parameters")),
            ("input", columns.json("g", "generations", "input")), ("output", columns.json("g", "generations", "output")),
            ("usageDetails", "CASE WHEN \(tokens.joined(separator: " + ")) > 0 THEN \(usage) END"),
            // The column's default is 0, which means unknown.
            ("totalCost", "nullif(\(column("total_cost")), 0)"), ("updatedAt", column("updated_at")),
            ("metadata", columns.json("g", "generations", isOlder ? "generation_metadata" : "metadata")),
        ])
        return "SELECT \(object), g.rowid FROM generations g"
    }

    private static func spans(_ columns: SourceColumns) -> String {
        func column(_ name: String) -> String { columns.column("s", "spans", name) }
        let metadata = columns.has("spans", "span_metadata") ? "span_metadata" : "metadata"
        let object = jsonObject([
            ("id", "s.id"), ("traceId", "s.trace_id"), ("type", "'SPAN'"), ("name", column("name")),
            ("parentObservationId", column("parent_observation_id")), ("startTime", column("start_time")),
            ("endTime", column("end_time")), ("level", "coalesce(\(column("level")), 'DEFAULT')"),
            ("statusMessage", column("status_message")), ("input", columns.json("s", "spans", "input")),
            ("output", columns.json("s", "spans", "output")), ("metadata", columns.json("s", "spans", metadata)),
        ])
        return "SELECT \(object), s.rowid FROM spans s"
    }

    private static func traces(_ columns: SourceColumns) -> String {
        func column(_ name: String) -> String { columns.column("t", "traces", name) }
        let object = jsonObject([
            ("id", "t.id"), ("name", column("name")), ("timestamp", column("created_at")), ("userId", column("user_id")),
            ("sessionId", column("session_id")), ("release", column("release")), ("updatedAt", column("updated_at")),
            ("tags", columns.json("t", "traces", "tags")), ("input", columns.json("t", "traces", "input")),
            ("output", columns.json("t", "traces", "output")), ("metadata", columns.json("t", "traces", "trace_metadata")),
        ])
        return "SELECT \(object), t.rowid FROM traces t"
    }
}
