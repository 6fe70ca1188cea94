import Model
import SQLite

/// A database schema of another program, recognised by the columns of its tables.
package enum DatabaseSchema: String, CaseIterable {
    case llmMetrics, dashboardMetrics, dashboardEvents, mlflowDatabase, phoenix, llmLogs, litellmDatabase

    private struct Row {
        /// Columns that distinguish this schema from earlier ones in the list, as `table.column`, or a table alone; one of the
        /// lists suffices.
        let marks: [[String]]
        /// A description that follows "is".
        let name: String
    }

    private var row: Row {
        switch self {
        case .llmMetrics:
            Row(
                marks: [["llm_generations.completion_text", "llm_traces"]],
                name: "an LLM metrics database (llm_generations, llm_traces, llm_events)")
        case .dashboardMetrics:
            Row(
                marks: [["generations.model_parameters", "traces.trace_metadata"]],
                name: "a Langfuse export database (traces, generations, spans)")
        case .dashboardEvents:
            Row(marks: [["events.body", "traces.status_message"]], name: "a dashboard database (traces, events, generations)")
        case .mlflowDatabase:
            Row(marks: [["trace_info.timestamp_ms", "trace_request_metadata"]], name: "an MLflow tracking database")
        case .phoenix:
            Row(marks: [["spans.trace_rowid", "spans.cumulative_error_count", "traces.trace_id"]], name: "a Phoenix database")
        case .llmLogs:
            Row(
                marks: [["turns.tip_message_hash"], ["responses.prompt_json", "conversations"]],
                name: "a log of the program llm (it logs failed tools, but no failed calls)")
        case .litellmDatabase: Row(marks: [["LiteLLM_SpendLogs.request_id"]], name: "a LiteLLM spend log")
        }
    }

    /// A description that follows "is".
    package var name: String { row.name }

    /// True when `import` can read it. No program is known to write the tables of `dashboardEvents`.
    package var isReadable: Bool { self != .dashboardEvents }

    /// Returns the first schema with columns that the database has; nil when there is none.
    package static func of(_ connection: Connection) throws(SQLError) -> DatabaseSchema? {
        let columns = try columns(of: connection)
        return allCases.first { schema in schema.row.marks.contains { $0.allSatisfy(columns.contains) } }
    }

    /// Tables that store their own rows: views and virtual tables run their author's code, and have no page.
    private static let isTable = "m.type = 'table' AND m.rootpage > 0"

    /// Returns every table by name, and every column as `table.column`.
    package static func columns(of connection: Connection) throws(SQLError) -> Set<String> {
        let statement = try connection.prepare(
            """
            SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE \(DatabaseSchema.isTable)
            """)
        var names: Set<String> = []
        while try statement.step() {
            let table = statement.text(0) ?? ""
            names.insert(table)
            names.insert(table + "." + (statement.text(1) ?? ""))
        }
        return names
    }

    /// Returns true if a column is computed whenever it is read.
    package static func computesColumns(_ connection: Connection) throws(SQLError) -> Bool {
        try connection.integer(
            """
            SELECT EXISTS(SELECT 1 FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE \(isTable) AND c.hidden = 2)
            """) == 1
    }

    /// Returns the names of the tables, sorted.
    package static func tables(of connection: Connection) throws(SQLError) -> [String] {
        let names = try connection.prepare("SELECT m.name FROM sqlite_master m WHERE \(isTable) ORDER BY m.name")
        var tables: [String] = []
        while try names.step() { tables.append(names.text(0) ?? "") }
        return tables
    }

    /// Returns a view with the name of a table in a known schema; nil when there is none.
    package static func viewInPlace(on connection: Connection) throws(SQLError) -> String? {
        let tables = Set(
            allCases.flatMap(\.row.marks).joined().map { String($0.prefix { $0 != "." }) })
        let names = try connection.prepare("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")
        while try names.step() {
            if let name = names.text(0), tables.contains(name) { return name }
        }
        return nil
    }

    /// What a database with these tables is, after "is no store but".
    package static func describe(tables: [String], of connection: Connection) -> String {
        if let known = try? of(connection) {
            return known.name + (known.isReadable ? ": import it instead" : "")
        }
        let shown = tables.prefix(4).joined(separator: ", ") + (tables.count > 4 ? ", …" : "")
        return "a SQLite database of another program (tables \(shown))"
    }
}
