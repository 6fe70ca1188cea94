import Model

/// Errors in columns, as an engine may keep whole days of them beside the rows: for what walks over long stretches.
public struct ErrorColumns: Sendable {
    /// Nanoseconds since 1970, ascending.
    public var times: [Int64] = []
    /// What each has in common with others: the id of a row of `error_kind`.
    public var kinds: [Int32] = []
    /// How many kinds there are; ids are not larger.
    public var kindCount = 0
    /// When each was made good, and when it was known that nothing will; `RuleColumns.unknown` where it was not. Empty when it
    /// was not asked for.
    public var recoveredAt: [Int64] = [], settledAt: [Int64] = []
    /// The stretches of time of which every error is here: ascending, apart from each other.
    public var stretches: [Window] = []

    /// Makes columns without rows.
    public init() {}
}

extension ErrorColumns {
    /// The places of the rows in a window.
    public func rows(in window: Window) -> Range<Int> { times.places(in: window) }
}

/// Minutes with calls in columns, as an engine may keep whole days of them beside the rows.
public struct MinuteColumns: Sendable {
    /// The minutes' first instants in nanoseconds since 1970, ascending.
    public var times: [Int64] = []
    /// Calls, those on the minute's first instant, the failed ones, and of these those on the first instant.
    public var calls: [Int64] = [], callsOnStart: [Int64] = [], failed: [Int64] = [], failedOnStart: [Int64] = []
    /// The stretches of time of which every minute is here: ascending, apart from each other, whole minutes.
    public var stretches: [Window] = []

    /// Makes columns without rows.
    public init() {}
}

extension MinuteColumns {
    /// The places of the rows in a window.
    public func rows(in window: Window) -> Range<Int> { times.places(in: window) }
}

extension [Int64] {
    /// The places of the times in a window; they ascend.
    fileprivate func places(in window: Window) -> Range<Int> {
        let first = firstPlace(atOrAfter: window.from)
        return first..<Swift.max(first, firstPlace(atOrAfter: window.to))
    }

    /// The place of the first time that is not earlier; times ascend.
    func firstPlace(atOrAfter time: Timestamp) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < time.nanoseconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What an engine keeps in columns of a window, each asked for at most once however many rules look at it.
public final class PackedHistory {
    private let engine: any QueryEngine
    private let window: Window
    private let leastErrorsOfKind: Int
    /// The errors.
    public private(set) lazy var errors: Result<ErrorColumns, any Error> = Result { try engine.errorColumns(in: window) }
    /// The minutes that the window touches.
    public private(set) lazy var minutes: Result<MinuteColumns, any Error> = Result { try engine.minuteColumns(in: window) }

    /// Prepares to ask an engine for a window.
    ///
    /// - Parameter leastErrorsOfKind: How many errors there must be for each kind, so that to look at all kinds first is worth
    ///     it; a measured choice.
    public init(_ engine: any QueryEngine, in window: Window, leastErrorsOfKind: Int = 2) {
        self.engine = engine
        self.window = window
        self.leastErrorsOfKind = leastErrorsOfKind
    }

    /// The errors, when there are enough of them.
    func errorsToLookAt() throws -> ErrorColumns? {
        let errors = try errors.get()
        return errors.times.count > leastErrorsOfKind * errors.kindCount ? errors : nil
    }
}

/// A stretch of a window: packed, or to be read row by row.
public enum WindowPart: Hashable, Sendable {
    case packed(Window)
    case rows(Window)

    /// The window cut at the borders of stretches, both ascending. What lies in none is read row by row.
    public static func parts(of window: Window, packed stretches: [Window]) -> [WindowPart] {
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
