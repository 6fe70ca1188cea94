import Ingest
import Model

/// Reads a metrics database with the tables `llm_generations`, `llm_traces` and `llm_events`.
///
/// Records come in the order of their creation, all tables merged, so that what belongs to one trace comes close together.
/// Times are UTC text in two shapes, ids dashed, costs dollars. There is no status column: a failure shows in the metadata
/// (`error`, `exception`, `status`) and in events.
final class LLMMetricsReader {
    private let connection: Connection
    private let path: String
    /// True when `observation_id` tells generations apart, so that events and children can name them by it.
    private let hasObservationIDs: Bool
    private var streams: [Stream] = []
    /// The first rows that were skipped; `line` is the row id.
    private(set) var problems: [RecordProblem] = []
    private(set) var problemCount = 0

    /// One table: its statement and the record that comes next.
    private struct Stream {
        let table: Table
        let rows: SourceRows
        var next: (time: Int64, record: Record)?
    }

    private enum Table: String, CaseIterable {
        case generations = "llm_generations", traces = "llm_traces", events = "llm_events"
    }

    private enum Made {
        case record(Record, time: Timestamp?)
        case problem(String)
    }

    /// Up to where everything is read when the reader is at its end.
    private(set) var marks = DatabaseMarks()

    /// Opens the reader over a database that `DatabaseSchema` recognised; behind marks, it gives only what is newer.
    init(connection: Connection, path: String, after earlier: DatabaseMarks? = nil, allowance: SourceAllowance) throws(SQLError) {
        self.connection = connection
        self.path = path
        let columns = try DatabaseSchema.columns(of: connection)
        var earlier = earlier
        if let marks = earlier, try !marks.holds(on: connection, identity: LLMMetricsReader.identity) { earlier = nil }
        // Decided once for a followed database, so that a call keeps its id.
        if let decided = earlier?.tables[LLMMetricsReader.decision] {
            hasObservationIDs = decided.row != 0
        } else {
            hasObservationIDs = try LLMMetricsReader.tellsApart(connection, columns)
        }
        marks.tables[LLMMetricsReader.decision] = DatabaseMarks.Mark(row: hasObservationIDs ? 1 : 0)
        for table in Table.allCases where columns.contains(table.rawValue) {
            let names = LLMMetricsReader.columns(of: table, known: columns)
            let updated = columns.contains("\(table.rawValue).updated_at") ? "updated_at" : nil
            let newest = try DatabaseMarks.newest(
                of: table.rawValue, identity: LLMMetricsReader.identity[table.rawValue] ?? "id", updated: updated, on: connection)
            if let newest { marks.tables[table.rawValue] = newest }
            var condition = ""
            if let read = earlier?.tables[table.rawValue] {
                condition = "WHERE g.rowid > \(read.row)"
                if updated != nil {
                    condition += " OR g.rowid > \(read.row - DatabaseMarks.looksBack) AND g.updated_at >= ?1"
                }
            }
            let rows = try SourceRows(
                "SELECT \(names.joined(separator: ", ")), g.rowid FROM \(table.rawValue) g \(condition) ORDER BY g.rowid",
                change: earlier?.tables[table.rawValue]?.updated ?? "", on: connection, allowance)
            streams.append(Stream(table: table, rows: rows))
            try advance(streams.count - 1)
        }
    }

    /// The column of each table that holds a row's own id.
    private static let identity = ["llm_generations": "id", "llm_traces": "trace_id", "llm_events": "id"]
    /// The mark that keeps whether observation ids tell generations apart.
    private static let decision = "observation_id"

    /// Some writers leave the column empty or put the parent's id there: then it tells nothing apart.
    private static func tellsApart(_ connection: Connection, _ columns: Set<String>) throws(SQLError) -> Bool {
        guard columns.contains("llm_generations.observation_id"),
            try connection.integer("SELECT 1 FROM llm_generations WHERE observation_id IS NOT NULL LIMIT 1") != nil
        else { return false }
        return try connection.integer(
            """
            SELECT 1 FROM llm_generations WHERE observation_id IS NOT NULL
            GROUP BY trace_id, observation_id HAVING count(*) > 1 LIMIT 1
            """) == nil
    }

    /// The next record in the order of creation; nil at the end.
    func next() throws(SQLError) -> Record? {
        var first: Int?
        for index in streams.indices {
            guard let next = streams[index].next else { continue }
            if first.flatMap({ streams[$0].next?.time }).map({ next.time < $0 }) ?? true { first = index }
        }
        guard let first else { return nil }
        let record = streams[first].next?.record
        try advance(first)
        return record
    }

    private func advance(_ index: Int) throws(SQLError) {
        let rows = streams[index].rows
        streams[index].next = nil
        while try rows.step(note) {
            switch make(streams[index].table, rows.statement) {
            case .record(let record, let time):
                streams[index].next = (time?.nanoseconds ?? .min, record)
                return
            case .problem(let what): note(rows.number, what)
            }
        }
    }

    private func note(_ row: Int, _ what: String) {
        problemCount += 1
        if problems.count < ImportReport.keptProblems { problems.append(RecordProblem(path: path, line: row, what)) }
    }

    // MARK: columns

    /// The columns read of each table; `.key` is an entry of its metadata, `*` the metadata with the columns that have no
    /// place of their own.
    private static let wanted: [Table: [String]] = [
        .generations: [
            "id", "trace_id", "observation_id", "parent_observation_id", "created_at", "updated_at", "start_time", "end_time",
            "latency_seconds", "model", "model_version", "provider", "input_tokens", "output_tokens", "total_tokens", "cost_usd",
            "prompt_text", "completion_text", "*", ".agent", ".environment", ".exception", ".error", ".error_message", ".status",
            "trace_name",
        ],
        .traces: [
            "trace_id", "created_at", "updated_at", "user_id", "session_id", "name", "tags", "metadata", ".environment",
            ".release", ".service",
        ],
        .events: [
            "id", "trace_id", "observation_id", "created_at", "event_name", "event_type", "original_model", "fallback_model",
            "fallback_reason", "*", ".model", ".error_message", ".error", ".exception", ".status_code", ".level",
        ],
    ]
    private static let placeless: [Table: [String]] = [
        .generations: ["input_cost_usd", "output_cost_usd", "is_primary", "tier", "prompt_tokens_estimate"],
        .events: ["estimated_tokens", "original_max_context", "fallback_max_context"],
    ]

    private static func columns(of table: Table, known: Set<String>) -> [String] {
        func has(_ column: String) -> Bool { known.contains("\(table.rawValue).\(column)") }
        return (wanted[table] ?? []).map { column in
            if column == "trace_name" {
                guard known.contains("llm_traces.name") else { return "NULL" }
                return "(SELECT t.name FROM llm_traces t WHERE t.trace_id = g.trace_id)"
            }
            if column.first == "." {
                guard has("metadata") else { return "NULL" }
                return "CASE WHEN json_valid(g.metadata) THEN json_extract(g.metadata, '$\(column)') END"
            }
            if column == "*" {
                let metadata = has("metadata") ? "g.metadata" : "NULL"
                let entries = (placeless[table] ?? []).filter(has).map { "'\($0)', g.\($0)" }.joined(separator: ", ")
                return """
                    nullif(json_patch(CASE WHEN \(metadata) IS NULL THEN '{}'
                    WHEN json_valid(\(metadata)) AND json_type(\(metadata)) = 'object' THEN \(metadata)
                    ELSE json_object('metadata', \(metadata)) END, json_object(\(entries))), '{}')
                    """
            }
            // Older files lack columns: they read as NULL.
            return has(column) ? "g.\(column)" : "NULL"
        }
    }

    // MARK: rows to records

    private func make(_ table: Table, _ row: Statement) -> Made {
        switch table {
        case .generations: generation(row)
        case .traces: trace(row)
        case .events: event(row)
        }
    }

    private func generation(_ row: Statement) -> Made {
        guard let id = known(row.text(0)) else { return .problem("a generation without an id") }
        let observation = hasObservationIDs ? known(row.text(2)) : nil
        var span = SpanRecord(spanID: Identifier.normalise(observation ?? id), kind: .llm)
        span.traceID = identifier(row.text(1))
        span.parentID = identifier(row.text(3))
        let created = time(row.text(4))
        span.updatedAt = time(row.text(5))
        span.start = time(row.text(6)) ?? created
        span.end = time(row.text(7))
        span.reportedLatency = length(row.optionalReal(8))
        span.provider = known(row.text(11))
        if let model = known(row.text(9)) {
            (span.provider, span.modelRequested) = ModelNames.split(model, provider: span.provider)
            if model.lowercased().contains("embed") { span.kind = .embedding }
        }
        span.modelResponded = known(row.text(10))
        span.inputTokens = row.optionalInteger(12)
        span.outputTokens = row.optionalInteger(13)
        span.totalTokens = row.optionalInteger(14)
        span.cost = row.optionalReal(15).flatMap(Money.init(dollars:))
        span.input = row.text(16)
        span.output = row.text(17)
        span.attributes = row.text(18)
        span.agent = known(row.text(19)) ?? known(row.text(25))
        span.environment = known(row.text(20))
        span.exceptionType = failure(row.text(21))
        span.errorField = failure(row.text(22)) ?? failure(row.text(23)) ?? span.exceptionType
        if span.errorField == nil, let status = row.text(24), ["failed", "failure", "error"].contains(status.lowercased()) {
            span.errorField = "status \(status)"
        }
        return .record(.span(span), time: created ?? span.start)
    }

    private func trace(_ row: Statement) -> Made {
        guard let id = identifier(row.text(0)) else { return .problem("a trace without a trace_id") }
        var trace = TraceRecord(traceID: id)
        trace.start = time(row.text(1))
        trace.updatedAt = time(row.text(2))
        trace.user = known(row.text(3))
        trace.session = known(row.text(4))
        trace.name = known(row.text(5))
        if let tags = known(row.text(6)) { trace.tags = tags.first == "[" ? JSONText.texts(tags) : [tags] }
        trace.metadata = known(row.text(7))
        trace.environment = known(row.text(8))
        trace.release = known(row.text(9))
        trace.service = known(row.text(10))
        return .record(.trace(trace), time: trace.start)
    }

    private func event(_ row: Statement) -> Made {
        guard let id = known(row.text(0)) else { return .problem("an event without an id") }
        let name = known(row.text(4))
        var event = EventRecord(eventID: Identifier.normalise(id), kind: EventWords.kind(type: row.text(5), name: name))
        event.traceID = identifier(row.text(1))
        // The column holds the call's own id, or its parent's: without ids of their own, calls are found by the parent.
        let observation = identifier(row.text(2))
        if hasObservationIDs { event.spanID = observation } else { event.parentID = observation }
        event.time = time(row.text(3))
        event.name = name
        if let model = known(row.text(6)) ?? known(row.text(10)) {
            (event.provider, event.model) = ModelNames.split(model, provider: nil)
        }
        event.fallbackModel = known(row.text(7)).map { ModelNames.split($0, provider: nil).model }
        event.message = failure(row.text(11)) ?? known(row.text(8)) ?? failure(row.text(12))
        event.exceptionType = failure(row.text(13))
        event.httpStatus = row.text(14).flatMap { Int($0) }.flatMap { (100...599).contains($0) ? $0 : nil }
        event.level = known(row.text(15))
        event.attributes = row.text(9)
        return .record(.event(event), time: event.time)
    }

    // MARK: cells

    private func known(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    private func identifier(_ text: String?) -> String? { known(text.map(Identifier.normalise)) }
    /// Both shapes of time (`T` or a blank between date and time) are UTC unless they say otherwise.
    private func time(_ text: String?) -> Timestamp? { text.flatMap { TimeText.parse($0) } }

    private func length(_ seconds: Double?) -> Duration? {
        guard let seconds, seconds.isFinite, seconds >= 0, seconds < 9e9 else { return nil }
        return .nanoseconds(Int64((seconds * 1e9).rounded()))
    }

    /// The value of an error field when it says that there was one: a key that exists is no error.
    private func failure(_ text: String?) -> String? {
        guard let text, !["", "0", "false", "null", "None", "[]", "{}"].contains(text) else { return nil }
        return text
    }
}
