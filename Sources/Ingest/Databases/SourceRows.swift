import CSQLite
import Glibc
import SQLite

/// The rows of a query over another program's table, by row number, which is the last column.
///
/// Reports and skips rows that SQLite cannot return: invalid bytes where text is converted to JSON, or a value over the length
/// limit.
final class SourceRows {
    /// The current row.
    private(set) var statement: Statement
    private let connection: Connection
    private let sql: String
    private let change: String?
    private var last = Int64.min
    private let allowance: SourceAllowance

    /// - Parameters:
    ///   - sql: Ends with `ORDER BY` the row number; `?1` is `change`.
    init(_ sql: String, change: String? = nil, on connection: Connection, _ allowance: SourceAllowance) throws(SQLError) {
        self.connection = connection
        self.sql = sql
        self.change = change
        self.allowance = allowance
        statement = try connection.prepare(sql)
        if sql.contains("?1") { statement.bind(change) }
    }

    /// The number of the current row.
    var number: Int { Int(truncatingIfNeeded: last) }

    /// Moves to the next readable row; returns false at the end. Passes unreadable rows before it to `problem`.
    func step(_ problem: (_ row: Int, _ what: String) -> Void) throws(SQLError) -> Bool {
        while true {
            do throws(SQLError) {
                guard try allowance.spending({ () throws(SQLError) in try statement.step() }) else { return false }
                last = statement.integer(statement.columnCount - 1)
                try allowance.take(statement)
                return true
            } catch {
                guard SourceRows.isOfOneRow(error), let bad = try numberBehindLast() else { throw error }
                last = bad
                problem(number, "a row that cannot be read: \(error.message)")
                statement = try behindLast("*")
            }
        }
    }

    private static func isOfOneRow(_ error: SQLError) -> Bool {
        [SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_MISMATCH].contains(error.primaryCode)
    }

    /// Returns the number of the row after the last one, without its values.
    private func numberBehindLast() throws(SQLError) -> Int64? {
        let statement = try behindLast("number")
        return try statement.step() ? statement.integer(0) : nil
    }

    /// Returns the query for the rows after the last one. SQLite computes only the requested columns.
    private func behindLast(_ columns: String) throws(SQLError) -> Statement {
        let names = (0..<statement.columnCount - 1).map { "c\($0)" } + ["number"]
        let rest = try connection.prepare(
            "WITH x(\(names.joined(separator: ", "))) AS NOT MATERIALIZED (\(sql)) SELECT \(columns) FROM x WHERE number > ?2")
        rest.bind(change)
        rest.bind(last)
        return rest
    }
}

/// The total amount of reading that a source may take: computed columns could yield rows forever, or compute without yielding any.
final class SourceAllowance {
    private var bytes: Int64
    /// The time that SQLite may take for rows with computed columns; nil when the database has none.
    private var time: Duration?

    /// The allowance for a database of this size on disk: its content, escaped and repeated. `time` is the allowance of computed
    /// columns beyond what grows with the size.
    init(bytes: Int64, on connection: Connection, time: Duration = .seconds(10)) throws(SQLError) {
        self.bytes = 8 * bytes + (256 << 20)
        if try DatabaseSchema.computesColumns(connection) {
            connection.limitComputedValues()
            self.time = time + .milliseconds(bytes >> 20) * 500
        }
    }

    /// Counts the values of a row.
    func take(_ row: Statement) throws(SQLError) {
        for column in 0..<row.columnCount where sqlite3_column_type(row.handle, column) == SQLITE_TEXT {
            bytes -= Int64(sqlite3_column_bytes(row.handle, column))
        }
        if bytes < 0 { throw SQLError.gaveUp(on: row.sql) }
    }

    /// Runs `step` and counts the processor time that it takes.
    func spending(_ step: () throws(SQLError) -> Bool) throws(SQLError) -> Bool {
        guard let left = time else { return try step() }
        let before = SourceAllowance.processorTime()
        let result = try step()
        time = left - (SourceAllowance.processorTime() - before)
        if let time, time < .zero { throw SQLError.gaveUp(on: "") }
        return result
    }

    /// The processor time of this thread: it does not depend on what else runs.
    private static func processorTime() -> Duration {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }
}
