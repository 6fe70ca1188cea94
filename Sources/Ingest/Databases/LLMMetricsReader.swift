import Model
import SQLite

/// Reads a metrics database with the tables `llm_generations`, `llm_traces` and `llm_events`.
///
/// Records come in creation order, merged over all tables, so that the records of a trace are close together. Tables may lack
/// columns: `LLMMetricsTable` lists them, `LLMMetricsRow` maps them to records.
final class LLMMetricsReader {
    private let connection: Connection
    private let path: String
    private let makes: LLMMetricsRow
    private var streams: [Stream] = []
    /// The first rows that were skipped; `line` is the row id.
    private(set) var problems: [RecordProblem] = []
    private(set) var problemCount = 0

    /// A table's statement and its next record.
    private struct Stream {
        let table: LLMMetricsTable
        let rows: SourceRows
        var next: (time: Int64, record: Record)?
    }

    /// The position after everything has been read.
    private(set) var marks = DatabaseMarks()

    /// Opens the reader over a database recognised by `DatabaseSchema`; with marks, it returns only newer rows.
    init(connection: Connection, path: String, after earlier: DatabaseMarks? = nil, allowance: SourceAllowance) throws(SQLError) {
        self.connection = connection
        self.path = path
        let columns = LLMMetricsColumns(
            known: try DatabaseSchema.columns(of: connection), numbered: try LLMMetricsColumns.numbered(connection))
        var earlier = earlier
        if let marks = earlier, try !marks.holds(on: connection, identity: columns.identities) { earlier = nil }
        let generations = try GenerationIndex(connection, columns, decided: earlier)
        generations.note(in: &marks)
        makes = LLMMetricsRow(generations: generations)
        for table in LLMMetricsTable.allCases where columns.known.contains(table.rawValue) {
            let updated = columns.has(table, "updated_at") ? "updated_at" : nil
            var condition = ""
            if columns.numbered.contains(table.rawValue) {
                let newest = try DatabaseMarks.newest(
                    of: table.rawValue, identity: columns.identity(of: table), updated: updated, on: connection)
                if let newest { marks.tables[table.rawValue] = newest }
                if let read = earlier?.tables[table.rawValue] {
                    condition = "WHERE g.rowid > \(read.row)"
                    if updated != nil {
                        condition += " OR g.rowid > \(read.row - DatabaseMarks.looksBack) AND g.updated_at >= ?1"
                    }
                }
            }
            let rows = try SourceRows(
                columns.select(table, condition), change: earlier?.tables[table.rawValue]?.updated ?? "", on: connection,
                allowance)
            streams.append(Stream(table: table, rows: rows))
            try advance(streams.count - 1)
        }
    }

    /// Returns the next record in creation order; nil at the end.
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
            switch try makes.record(of: streams[index].table, rows.statement) {
            case .record(let record, let time):
                streams[index].next = (time?.nanoseconds ?? .min, record)
                return
            case .problem(let what): note(rows.number, what)
            }
        }
    }

    private func note(_ row: Int, _ what: String) {
        problemCount += 1
        if problems.count < RecordProblem.kept { problems.append(RecordProblem(path: path, line: row, what)) }
    }
}
