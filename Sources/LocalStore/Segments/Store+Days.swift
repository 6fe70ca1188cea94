import Model
import SQLite

extension Store {
    /// The errors of a window that lie in packed days, with when they were recovered.
    func errorColumns(in window: Window) throws -> ErrorColumns {
        try errorColumns(in: window, recoveries: true, settlements: false)
    }

    /// The errors of a window that lie in packed days; with `recoveries` when they were recovered, with `settlements` when it was
    /// known that nothing will.
    func errorColumns(in window: Window, recoveries: Bool, settlements: Bool) throws -> ErrorColumns {
        var found = ErrorColumns()
        found.kindCount = Int(try reader.integer("SELECT max(id) FROM error_kind") ?? 0)
        let most = try rowCount("error_day", in: window, width: DayPacker.length)
        found.times.reserveCapacity(most)
        found.kinds.reserveCapacity(most)
        if recoveries { found.recoveredAt.reserveCapacity(most) }
        if settlements { found.settledAt.reserveCapacity(most) }
        try eachDay("error_day", columns: 4, in: window, width: DayPacker.length) { packed, bounds in
            let rows = packed.first(inColumn: 0, atOrAbove: bounds.from)..<packed.first(inColumn: 0, atOrAbove: bounds.to)
            packed.append(column: 0, rows: rows, to: &found.times)
            packed.append(column: 1, rows: rows, to: &found.kinds)
            if recoveries { packed.append(column: 2, rows: rows, to: &found.recoveredAt) }
            if settlements { packed.append(column: 3, rows: rows, to: &found.settledAt) }
            Store.add(bounds.from, bounds.to, unit: 1, to: &found.stretches)
        }
        return found
    }

    /// The minutes touched by a window that lie in packed days.
    func minuteColumns(in window: Window) throws -> MinuteColumns {
        let minute: Int64 = 60_000_000_000
        var found = MinuteColumns()
        let whole = Window(
            from: Timestamp(nanoseconds: floorDivide(window.from.nanoseconds, minute)),
            to: Timestamp(nanoseconds: floorDivide(window.to.nanoseconds &- 1, minute) + 1))
        let most = try rowCount("call_day", in: whole, width: 1440)
        found.times.reserveCapacity(most)
        found.calls.reserveCapacity(most)
        found.callsOnStart.reserveCapacity(most)
        found.failed.reserveCapacity(most)
        found.failedOnStart.reserveCapacity(most)
        try eachDay("call_day", columns: 5, in: whole, width: 1440) { packed, bounds in
            let rows = packed.first(inColumn: 0, atOrAbove: bounds.from)..<packed.first(inColumn: 0, atOrAbove: bounds.to)
            let start = found.times.count
            packed.append(column: 0, rows: rows, to: &found.times)
            for row in start..<found.times.count { found.times[row] &*= minute }
            packed.append(column: 1, rows: rows, to: &found.calls)
            packed.append(column: 2, rows: rows, to: &found.callsOnStart)
            packed.append(column: 3, rows: rows, to: &found.failed)
            packed.append(column: 4, rows: rows, to: &found.failedOnStart)
            Store.add(bounds.from, bounds.to, unit: minute, to: &found.stretches)
        }
        return found
    }

    /// Packed days that a window touches, ascending, each with the part of it that lies in the window; times in units of which
    /// a day has `width`. What cannot be read is passed over: its rows are there.
    private func eachDay(
        _ table: String, columns: Int, in window: Window, width: Int64,
        _ take: (PackedColumns, (from: Int64, to: Int64)) -> Void
    ) throws {
        let (from, to) = (window.from.nanoseconds, window.to.nanoseconds)
        guard from < to else { return }
        let days = try self.days(table, "day, columns", in: window, width: width)
        defer { days.reset() }
        while try days.step() {
            let (first, isOut) = days.integer(0).multipliedReportingOverflow(by: width)
            guard !isOut, first <= .max - width, let packed = PackedColumns(days.bytes(1), columns: columns) else { continue }
            take(packed, (max(from, first), min(to, first + width)))
        }
    }

    /// How many rows the packed days have that a window touches.
    private func rowCount(_ table: String, in window: Window, width: Int64) throws -> Int {
        guard !window.isEmpty else { return 0 }
        let days = try self.days(table, "substr(columns, 1, \(PackedColumns.head))", in: window, width: width)
        defer { days.reset() }
        var count = 0
        while try days.step() { count += PackedColumns.count(days.bytes(0)) }
        return count
    }

    private func days(_ table: String, _ columns: String, in window: Window, width: Int64) throws -> Statement {
        let days = try reader.statement("SELECT \(columns) FROM \(table) WHERE day BETWEEN ? AND ? ORDER BY day")
        days.bind(floorDivide(window.from.nanoseconds, width))
        days.bind(floorDivide(window.to.nanoseconds.subtractingStopping(1), width))
        return days
    }

    /// Appends an interval; one that begins where the last one ends extends it.
    private static func add(_ from: Int64, _ to: Int64, unit: Int64, to stretches: inout [Window]) {
        let stretch = Window(from: Timestamp(nanoseconds: from &* unit), to: Timestamp(nanoseconds: to &* unit))
        if let last = stretches.last, last.to == stretch.from {
            stretches[stretches.count - 1] = Window(from: last.from, to: stretch.to)
        } else {
            stretches.append(stretch)
        }
    }
}
