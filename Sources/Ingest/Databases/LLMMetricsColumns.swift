import SQLite

/// The tables read from a metrics database.
package enum LLMMetricsTable: String, CaseIterable {
    case generations = "llm_generations", traces = "llm_traces", events = "llm_events"

    /// The columns read from the table; `.key` is an entry of its metadata, `*` the metadata plus unmapped columns. The last two
    /// are always the raw metadata and the row's number.
    var wanted: [String] {
        switch self {
        case .generations:
            [
                "id", "trace_id", "observation_id", "parent_observation_id", "created_at", "updated_at", "start_time", "end_time",
                "latency_seconds", "model", "model_version", "provider", "input_tokens", "output_tokens", "total_tokens",
                "cost_usd", "prompt_text", "completion_text", "*", ".agent", ".environment", "trace_name", "trace_created_at",
            ]
        case .traces:
            [
                "trace_id", "created_at", "updated_at", "user_id", "session_id", "name", "tags", ".environment", ".release",
                ".service",
            ]
        case .events:
            [
                "id", "trace_id", "observation_id", "created_at", "event_name", "event_type", "original_model", "fallback_model",
                "fallback_reason", "*", ".model", ".error_message", ".exception", ".status_code", ".level", "trace_created_at",
            ]
        }
    }

    /// Columns that no record property covers, kept with the metadata.
    package var placeless: [String] {
        switch self {
        case .generations: ["input_cost_usd", "output_cost_usd", "is_primary", "tier", "prompt_tokens_estimate"]
        case .traces: []
        case .events:
            [
                "original_model", "fallback_model", "fallback_reason", "estimated_tokens", "original_max_context",
                "fallback_max_context",
            ]
        }
    }
}

/// The columns of a metrics database, and the statements that read them.
struct LLMMetricsColumns {
    /// Every table by name, and every column as `table.column`.
    let known: Set<String>
    /// Tables with row numbers: views and tables WITHOUT ROWID have none.
    let numbered: Set<String>

    /// Returns the tables with row numbers.
    static func numbered(_ connection: Connection) throws(SQLError) -> Set<String> {
        let list = try connection.prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND wr = 0")
        var names: Set<String> = []
        while try list.step() { names.insert(list.text(0) ?? "") }
        return names
    }

    func has(_ table: LLMMetricsTable, _ column: String) -> Bool { known.contains("\(table.rawValue).\(column)") }

    /// Returns the column of a table with the row's own id; "NULL" when there is none.
    func identity(of table: LLMMetricsTable) -> String {
        let column = table == .traces ? "trace_id" : "id"
        return has(table, column) ? column : "NULL"
    }

    /// The columns with the rows' own ids, by table.
    var identities: [String: String] {
        var found: [String: String] = [:]
        for table in LLMMetricsTable.allCases where numbered.contains(table.rawValue) {
            found[table.rawValue] = identity(of: table)
        }
        return found
    }

    /// Returns the statement that reads the wanted columns of a table, the metadata, and the row's number.
    func select(_ table: LLMMetricsTable, _ condition: String) -> String {
        let names = table.wanted.map { column($0, of: table) } + [has(table, "metadata") ? "g.metadata" : "NULL"]
        let isNumbered = numbered.contains(table.rawValue)
        let number = isNumbered ? "g.rowid" : "row_number() OVER (ORDER BY \(self.order(table)))"
        return
            "SELECT \(names.joined(separator: ", ")), \(number) FROM \(table.rawValue) g \(condition) ORDER BY \(isNumbered ? "g.rowid" : self.order(table))"
    }

    /// Returns a stable order for rows without numbers.
    private func order(_ table: LLMMetricsTable) -> String {
        let keys = ["created_at", "id", "trace_id"].filter { has(table, $0) }.map { "g.\($0)" }
        return keys.isEmpty ? "1" : keys.joined(separator: ", ")
    }

    private func column(_ column: String, of table: LLMMetricsTable) -> String {
        switch column {
        case "trace_name", "trace_created_at":
            let name = String(column.dropFirst("trace_".count))
            guard has(.traces, name), has(.traces, "trace_id"), has(table, "trace_id") else { return "NULL" }
            return "(SELECT t.\(name) FROM llm_traces t WHERE t.trace_id = g.trace_id)"
        case "*":
            let metadata = has(table, "metadata") ? "g.metadata" : "NULL"
            let entries = table.placeless.filter { has(table, $0) }.map { "'\($0)', g.\($0)" }.joined(separator: ", ")
            return """
                nullif(json_patch(CASE WHEN \(metadata) IS NULL THEN '{}'
                WHEN json_valid(\(metadata)) AND json_type(\(metadata)) = 'object' THEN \(metadata)
                ELSE json_object('metadata', \(metadata)) END, json_object(\(entries))), '{}')
                """
        case _ where column.first == ".":
            guard has(table, "metadata") else { return "NULL" }
            return "CASE WHEN json_valid(g.metadata) THEN json_extract(g.metadata, '$\(column)') END"
        default:
            // Columns missing in older files read as NULL.
            return has(table, column) ? "g.\(column)" : "NULL"
        }
    }
}
