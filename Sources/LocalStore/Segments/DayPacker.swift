import Model
import SQLite

/// Keeps `error_day` and `call_day` in step with the facts, in the transaction that changes these.
///
/// A day that changes is packed anew when the change is complete. Only the newest one, to which more is added all the time, is
/// left as rows.
struct DayPacker {
    private var errors = Days(), calls = Days()

    /// Nanoseconds of a day.
    static let length: Int64 = 86_400_000_000_000

    /// Days that changed.
    private struct Days {
        private(set) var all: Set<Int64> = []
        private var last: Int64?

        /// Facts of one day come together: mostly it is the same day again.
        mutating func note(_ t: Int64) {
            let day = floorDivide(t, DayPacker.length)
            if day == last { return }
            last = day
            all.insert(day)
        }
    }

    /// Notes that an error at this time came or went.
    mutating func noteError(at t: Int64) { errors.note(t) }

    /// Notes that a call at this time came or went.
    mutating func noteCall(at t: Int64) { calls.note(t) }

    /// Packs the days that changed; the facts and rollups of the change are written.
    mutating func pack(on connection: Connection) throws(SQLError) {
        if !errors.all.isEmpty {
            let kinds = try ErrorKinds(on: connection)
            try DayPacker.pack(errors.all, DayPacker.errors(kinds), on: connection)
        }
        if !calls.all.isEmpty { try DayPacker.pack(calls.all, DayPacker.calls(), on: connection) }
        (errors, calls) = (Days(), Days())
    }

    /// Packs every day of a store that has none packed yet.
    static func packAll(on connection: Connection) throws(SQLError) {
        for table in [errors(try ErrorKinds(on: connection)), calls()] {
            try pack(try days(table, on: connection), table, on: connection)
        }
    }

    // MARK: the tables of days

    /// A table of days and what it is made of.
    private struct Table {
        /// Its name; the facts or the rollup; the column of time there, and how many units of it a day has.
        let name: String, source: String, time: String, width: Int64
        /// The columns of what lies between two times, these included.
        let columns: (Connection, ClosedRange<Int64>) throws(SQLError) -> [[Int64]]

        func bounds(_ day: Int64) -> ClosedRange<Int64> {
            let (first, isBelow) = day.multipliedReportingOverflow(by: width)
            if isBelow { return .min ... .min + width - 1 }
            let (last, isAbove) = first.addingReportingOverflow(width - 1)
            return first...(isAbove ? .max : last)
        }
    }

    private static func errors(_ kinds: ErrorKinds) -> Table {
        Table(name: "error_day", source: "err", time: "t", width: length) { connection, bounds throws(SQLError) in
            let rows = try connection.statement(ErrorKind.errorsBetween)
            var columns = [[Int64]](repeating: [], count: 4)
            try DayPacker.each(rows, bounds) { row throws(SQLError) in
                columns[0].append(row.integer(0))
                columns[1].append(try kinds.id(of: ErrorKind(row, from: 3)))
                columns[2].append(row.optionalInteger(1) ?? PackedColumns.none)
                columns[3].append(row.optionalInteger(2) ?? PackedColumns.none)
            }
            return columns
        }
    }

    private static func calls() -> Table {
        Table(name: "call_day", source: "call_minute", time: "bucket", width: 1440) { connection, bounds throws(SQLError) in
            let rows = try connection.statement(
                "SELECT bucket, calls, calls_on, errors, errors_on FROM call_minute WHERE bucket BETWEEN ? AND ? ORDER BY bucket")
            var columns = [[Int64]](repeating: [], count: 5)
            try DayPacker.each(rows, bounds) { row throws(SQLError) in
                for column in columns.indices { columns[column].append(row.integer(Int32(column))) }
            }
            return columns
        }
    }

    private static func each(
        _ rows: Statement, _ bounds: ClosedRange<Int64>, _ take: (Statement) throws(SQLError) -> Void
    ) throws(SQLError) {
        defer { rows.reset() }
        rows.bind(bounds.lowerBound)
        rows.bind(bounds.upperBound)
        while try rows.step() { try take(rows) }
    }

    private static func days(_ table: Table, on connection: Connection) throws(SQLError) -> Set<Int64> {
        var days: Set<Int64> = []
        var from = Int64.min
        while let found = try time(table, "min", ">= ?", from, on: connection) {
            days.insert(floorDivide(found, table.width))
            let end = table.bounds(floorDivide(found, table.width)).upperBound
            if end == .max { break }
            from = end + 1
        }
        return days
    }

    private static func time(
        _ table: Table, _ which: String, _ condition: String, _ bound: Int64, on connection: Connection
    ) throws(SQLError) -> Int64? {
        let found = try connection.statement(
            "SELECT \(which)(\(table.time)) FROM \(table.source) WHERE \(table.time) \(condition)")
        defer { found.reset() }
        found.bind(bound)
        return try found.step() ? found.optionalInteger(0) : nil
    }

    private static func pack(_ changed: Set<Int64>, _ table: Table, on connection: Connection) throws(SQLError) {
        let drop = try connection.statement("DELETE FROM \(table.name) WHERE day = ?")
        let put = try connection.statement("INSERT INTO \(table.name)(day, columns) VALUES(?, ?)")
        let isThere = try connection.statement("SELECT 1 FROM \(table.name) WHERE day = ?")
        let newest = try time(table, "max", "<= ?", .max, on: connection).map { floorDivide($0, table.width) }
        var days = changed
        // The day that was the newest until now.
        if let newest, let before = try time(table, "max", "< ?", table.bounds(newest).lowerBound, on: connection) {
            let day = floorDivide(before, table.width)
            defer { isThere.reset() }
            isThere.bind(day)
            if try !isThere.step() { days.insert(day) }
        }
        for day in days.sorted() {
            drop.bind(day)
            try drop.run()
            guard let newest, day < newest else { continue }
            let columns = try table.columns(connection, table.bounds(day))
            guard columns[0].count > 0 else { continue }
            put.bind(day)
            put.bind(bytes: PackedColumns.bytes(columns))
            try put.run()
        }
    }
}
