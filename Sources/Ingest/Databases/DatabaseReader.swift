import CSQLite
import Model
import SQLite

/// Reads the records of another program's database, with any known schema.
package final class DatabaseReader {
    private enum Source {
        case metrics(LLMMetricsReader)
        case rows([Query])
    }

    /// A query and the value of its placeholder.
    private struct Query {
        var form: RowReader.Form
        var sql: String
        var updated: String?
    }

    private let source: Source
    private let connection: Connection
    private let path: String
    private var query = 0
    private var running: (rows: SourceRows, reader: RowReader)?
    private let allowance: SourceAllowance
    /// The remaining records of the current row.
    private var waiting: [Record] = []
    private var taken = 0
    private var ownProblems: [RecordProblem] = []
    private var ownCount = 0

    private var rowMarks = DatabaseMarks()

    /// The position after everything has been read.
    package var marks: DatabaseMarks {
        if case .metrics(let reader) = source { return reader.marks }
        return rowMarks
    }

    /// Opens a reader over a database recognised by `DatabaseSchema`; problems refer to the file at `path`.
    ///
    /// With marks, it returns only rows that are newer or may have changed.
    package init(
        _ schema: DatabaseSchema, connection: Connection, path: String, after earlier: DatabaseMarks? = nil
    ) throws(SQLError) {
        self.connection = connection
        self.path = path
        allowance = try SourceAllowance(
            bytes: FileKind.size(connection.path).map { $0 + (FileKind.size(path + "-wal") ?? 0) } ?? 0, on: connection)
        guard schema != .llmMetrics else {
            source = .metrics(
                try LLMMetricsReader(connection: connection, path: path, after: earlier, allowance: allowance))
            return
        }
        let columns = SourceColumns(known: try DatabaseSchema.columns(of: connection))
        let queries = schema.queries(columns)
        let identity = Dictionary(queries.map { ($0.table, $0.identity) }, uniquingKeysWith: { first, _ in first })
        var earlier = earlier
        if let marks = earlier, try !marks.holds(on: connection, identity: identity) { earlier = nil }
        var marks = DatabaseMarks()
        for query in queries { try marks.note(query, on: connection) }
        rowMarks = marks
        source = .rows(
            queries.map { query in
                let updated = earlier?.tables[query.table]?.updated
                return Query(
                    form: query.form, sql: query.sql(after: earlier), updated: query.updated == nil ? nil : updated ?? "")
            })
        if earlier == nil, let remark = schema.remark(columns) { note(RecordProblem(path: path, line: 1, remark)) }
    }

    /// The first rows that were skipped; `line` is the row id.
    package var problems: [RecordProblem] {
        if case .metrics(let reader) = source { return reader.problems }
        return ownProblems
    }

    /// Number of rows skipped.
    package var problemCount: Int {
        if case .metrics(let reader) = source { return reader.problemCount }
        return ownCount
    }

    /// Returns the next record; nil after the last.
    package func next() throws(SQLError) -> Record? {
        let queries: [Query]
        switch source {
        case .metrics(let reader): return try reader.next()
        case .rows(let rows): queries = rows
        }
        while taken == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            taken = 0
            if running == nil {
                guard query < queries.count else { return nil }
                let rows = try SourceRows(queries[query].sql, change: queries[query].updated, on: connection, allowance)
                running = (rows, RowReader(queries[query].form))
                query += 1
            }
            guard let rows = running?.rows,
                try rows.step({ note(RecordProblem(path: path, line: $0, $1)) })
            else {
                running = nil
                continue
            }
            readRow(rows)
        }
        taken += 1
        return waiting[taken - 1]
    }

    private func readRow(_ rows: SourceRows) {
        let statement = rows.statement, row = rows.number
        guard let start = sqlite3_column_text(statement.handle, 0) else {
            return note(RecordProblem(path: path, line: row, "a row without values"))
        }
        let json = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement.handle, 0)))
        do {
            try running?.reader.read(
                json, row: row, path: path, record: { waiting.append($0) }, problem: { note($0) })
        } catch {
            note(RecordProblem(path: path, line: row, "a row that cannot be read"))
        }
    }

    private func note(_ problem: RecordProblem) {
        ownCount += 1
        if ownProblems.count < RecordProblem.kept { ownProblems.append(problem) }
    }
}
