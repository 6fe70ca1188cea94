import Model

/// Errors in columns, as whole days of them are kept beside the rows: for what walks over long intervals.
struct ErrorColumns: Sendable {
    /// Nanoseconds since 1970, ascending.
    var times: [Int64] = []
    /// What each has in common with others: the id of a row of `error_kind`.
    var kinds: [Int32] = []
    /// How many kinds there are; ids are not larger.
    var kindCount = 0
    /// When each was recovered, and when it was known that nothing will; `HistoryColumns.unknown` where it was not. Empty when it
    /// was not asked for.
    var recoveredAt: [Int64] = [], settledAt: [Int64] = []
    /// The intervals of which every error is here: ascending, apart from each other.
    var stretches: [Window] = []
}

extension ErrorColumns {
    /// The places of the rows in a window.
    func rows(in window: Window) -> Range<Int> { times.indices(in: window) }
}

/// Minutes with calls in columns, as whole days of them are kept beside the rows.
struct MinuteColumns: Sendable {
    /// The minutes' first instants in nanoseconds since 1970, ascending.
    var times: [Int64] = []
    /// Calls, those on the minute's first instant, the failed ones, and of these those on the first instant.
    var calls: [Int64] = [], callsOnStart: [Int64] = [], failed: [Int64] = [], failedOnStart: [Int64] = []
    /// The intervals of which every minute is here: ascending, apart from each other, whole minutes.
    var stretches: [Window] = []
}

extension MinuteColumns {
    /// The places of the rows in a window.
    func rows(in window: Window) -> Range<Int> { times.indices(in: window) }
}

/// An interval of a window: packed, or to be read row by row.
enum WindowPart: Hashable, Sendable {
    case packed(Window)
    case rows(Window)

    /// The window cut at the borders of intervals, both ascending. What lies in none is read row by row.
    static func parts(of window: Window, packed stretches: [Window]) -> [WindowPart] {
        var parts: [WindowPart] = [], from = window.from
        for stretch in stretches {
            let start = max(stretch.from, from), end = min(stretch.to, window.to)
            guard start < end else { continue }
            if from < start { parts.append(.rows(Window(from: from, to: start))) }
            parts.append(.packed(Window(from: start, to: end)))
            from = end
        }
        if from < window.to { parts.append(.rows(Window(from: from, to: window.to))) }
        return parts
    }
}
