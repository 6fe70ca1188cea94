import Model

/// A result grouped by two fields as a matrix: rows are values of the first key, columns values of the second.
struct KeyGrid {
    let rows: [Value], columns: [Value]
    /// The measure by row and column; nil where the result has no such group.
    let cells: [[Value?]]

    /// Creates the matrix of column `measure` of a table whose first two columns are keys; nil without such columns or rows.
    ///
    /// - Parameter isTurned: Transposes the matrix, so that the first key gives the columns.
    init?(_ table: ResultTable, measure: Int, isTurned: Bool = false) {
        guard table.columns.count > measure, measure >= 2, !table.rows.isEmpty else { return nil }
        let keys = isTurned ? [1, 0] : [0, 1]
        let rows = KeyGrid.ordered(table.rows.compactMap { $0.count > measure ? $0[keys[0]] : nil }, table.columns[keys[0]].name)
        let columns = KeyGrid.ordered(
            table.rows.compactMap { $0.count > measure ? $0[keys[1]] : nil }, table.columns[keys[1]].name)
        var rowPlaces: [Value: Int] = [:], columnPlaces: [Value: Int] = [:]
        for (place, value) in rows.enumerated() { rowPlaces[value] = place }
        for (place, value) in columns.enumerated() { columnPlaces[value] = place }
        // A matrix of two fields with thousands of values each would be almost empty.
        guard rows.count <= 1_000_000 / max(1, columns.count) else { return nil }
        var cells = [[Value?]](repeating: [Value?](repeating: nil, count: columns.count), count: rows.count)
        for row in table.rows where row.count > measure {
            guard let place = rowPlaces[row[keys[0]]], let column = columnPlaces[row[keys[1]]] else { continue }
            cells[place][column] = row[measure]
        }
        (self.rows, self.columns, self.cells) = (rows, columns, cells)
    }

    /// Returns the distinct values of a key: calendar fields and numbers ascending, others in order of appearance; missing last.
    static func ordered(_ values: [Value], _ field: String) -> [Value] {
        var seen: Set<Value> = [], different = values.filter { !$0.isMissing && seen.insert($0).inserted }
        let hasMissing = values.contains { $0.isMissing }
        let isCalendar = ["weekday", "hour", "day", "week", "month"].contains(field)
        let sizes = different.map { $0.magnitude }
        if field == "weekday" {
            different.sort { (WeekGrid.weekday($0) ?? 7, "") < (WeekGrid.weekday($1) ?? 7, "") }
        } else if sizes.allSatisfy({ $0 != nil }) {
            different.sort { ($0.magnitude ?? 0) < ($1.magnitude ?? 0) }
        } else if isCalendar {
            different.sort { text($0) < text($1) }
        }
        return different + (hasMissing ? [.missing] : [])
    }

    private static func text(_ value: Value) -> String { if case .text(let text) = value { text } else { "" } }
}

/// A measure by weekday and hour: 7 rows from Monday, 24 columns.
enum WeekGrid {
    static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// Returns the weekday of a value, with 0 for Monday; nil when it is not a weekday.
    static func weekday(_ value: Value) -> Int? {
        switch value {
        case .text(let text):
            let word = text.lowercased()
            return word.utf8.count >= 3 ? days.firstIndex { word.hasPrefix($0.lowercased()) } : nil
        case .count(let n): return (0...6).contains(n) ? Int(n) : nil
        default: return nil
        }
    }

    /// Returns the hour of a value; nil when it is not an hour.
    static func hour(_ value: Value) -> Int? {
        switch value {
        case .count(let n): (0...23).contains(n) ? Int(n) : nil
        case .text(let text): Int(text).flatMap { (0...23).contains($0) ? $0 : nil }
        default: nil
        }
    }

    /// Returns the cells of an answer whose keys are `weekday` and `hour` in any order; nil for other keys.
    ///
    /// Where the answer has no row, an hour inside the window and before the newest record is zero for additive measures. Other
    /// hours have no data.
    static func cells(_ answer: Answer, measure: Int) -> [[HeatCell]]? {
        let table = answer.table
        guard table.columns.count > measure, measure >= 2, Set(table.columns[..<2].map(\.name)) == ["weekday", "hour"] else {
            return nil
        }
        let dayKey = table.columns[0].name == "weekday" ? 0 : 1
        var cells = [[HeatCell]](repeating: [HeatCell](repeating: .noData, count: 24), count: 7)
        let isWhole = !answer.receipt.isCut && answer.receipt.droppedGroups == 0 && answer.foldedGroups == 0
        if isWhole, table.columns[measure].addsUp {
            for slot in slots(answer.receipt) { cells[slot / 24][slot % 24] = .value(0) }
        }
        for row in table.rows where row.count > measure {
            guard let day = weekday(row[dayKey]), let hour = hour(row[1 - dayKey]) else { continue }
            cells[day][hour] = HeatCell(row[measure])
        }
        return cells
    }

    /// Returns the hours of the week, 0 to 167, inside the window and before the newest record.
    private static func slots(_ receipt: Receipt) -> Set<Int> {
        guard let newest = receipt.newest else { return [] }
        guard let window = receipt.window else { return Set(0..<168) }
        let end = min(window.to, newest + .nanoseconds(1))
        guard window.from < end else { return [] }
        func slot(_ instant: Timestamp) -> Int {
            let civil = receipt.zone.civil(instant)
            let day = CivilTime.dayNumber(year: civil.year, month: civil.month, day: civil.day)
            return (CivilTime.weekday(ofDay: day) + 6) % 7 * 24 + civil.hour
        }
        var found = Set([slot(Timestamp(nanoseconds: end.nanoseconds.subtractingStopping(1)))]), instant = window.from
        // Eight days in steps of half an hour hit every hour, across any clock change.
        for _ in 0..<8 * 48 where instant < end {
            found.insert(slot(instant))
            instant = instant + .minutes(30)
        }
        return found
    }
}
