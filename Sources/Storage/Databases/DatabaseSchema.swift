import Model

/// A database schema that other programs write, told by the columns of its tables.
enum DatabaseSchema: CaseIterable {
    case llmMetrics, dashboardMetrics, dashboardEvents, mlflow, phoenix, llmLogs, liteLLM

    /// Columns that this schema has and those before it have not, as `table.column`, or a table alone.
    private var marks: [String] {
        switch self {
        case .llmMetrics: ["llm_generations.completion_text", "llm_traces"]
        case .dashboardMetrics: ["generations.model_parameters", "traces.trace_metadata"]
        case .dashboardEvents: ["events.body", "traces.status_message"]
        case .mlflow: ["trace_info.timestamp_ms", "trace_request_metadata"]
        case .phoenix: ["spans.trace_rowid", "spans.cumulative_error_count"]
        case .llmLogs: ["responses"]
        case .liteLLM: ["LiteLLM_SpendLogs"]
        }
    }

    /// What it is, for people, after "is".
    var name: String {
        switch self {
        case .llmMetrics: "an LLM metrics database (llm_generations, llm_traces, llm_events)"
        case .dashboardMetrics: "a Langfuse export database (traces, generations, spans)"
        case .dashboardEvents: "a dashboard database (traces, events, generations)"
        case .mlflow: "an MLflow tracking database"
        case .phoenix: "a Phoenix database"
        case .llmLogs: "a log of the program llm"
        case .liteLLM: "a LiteLLM spend log"
        }
    }

    /// True when `import` reads it.
    var isReadable: Bool { self == .llmMetrics }

    /// The first schema whose marks the database bears; nil when it is none of them.
    static func of(_ connection: Connection) throws(SQLError) -> DatabaseSchema? {
        let columns = try columns(of: connection)
        return allCases.first { schema in schema.marks.allSatisfy(columns.contains) }
    }

    /// Every table by its name, and every column as `table.column`.
    static func columns(of connection: Connection) throws(SQLError) -> Set<String> {
        let statement = try connection.prepare(
            """
            SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c
            WHERE m.type IN ('table', 'view') AND m.sql NOT LIKE 'CREATE VIRTUAL%'
            """)
        var names: Set<String> = []
        while try statement.step() {
            let table = statement.text(0) ?? ""
            names.insert(table)
            names.insert(table + "." + (statement.text(1) ?? ""))
        }
        return names
    }

    /// The names of the tables, sorted.
    static func tables(of connection: Connection) throws(SQLError) -> [String] {
        let names = try connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        var tables: [String] = []
        while try names.step() { tables.append(names.text(0) ?? "") }
        return tables
    }

    /// What a database with these tables is, after "is no store but".
    static func describe(tables: [String], of connection: Connection) -> String {
        if let known = try? of(connection) {
            return known.name + (known.isReadable ? ": import it instead" : "")
        }
        let shown = tables.prefix(4).joined(separator: ", ") + (tables.count > 4 ? ", …" : "")
        return "a SQLite database of another program (tables \(shown))"
    }

    /// Opens a database of another program for reading, without leaving anything beside it.
    ///
    /// A file in WAL mode without its log is opened as one that nobody writes: else SQLite would make side files beside it. With
    /// a log the newest rows are in there, so it is read as well.
    static func open(path: String) throws(SQLError) -> Connection {
        let isWriteAheadLogged = FileKind.isWriteAheadLogged(path)
        let mode: Connection.Mode = isWriteAheadLogged && !FileKind.hasContent(path + "-wal") ? .immutable : .readOnly
        let connection = try Connection(path: path, mode: mode)
        try connection.execute("PRAGMA query_only = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE;")
        return connection
    }
}
