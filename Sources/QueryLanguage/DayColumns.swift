import Model

/// Errors in columnar form, as an engine may keep them for whole days next to the rows, for scans of long windows.
public struct ErrorColumns: Sendable {
    /// Times in nanoseconds since 1970, ascending.
    public var times: [Int64] = []
    /// The kind of each error: the id of a row of `error_kind`.
    public var kinds: [Int32] = []
    /// The number of kinds; no id is larger.
    public var kindCount = 0
    /// The recovery time of each error, and the time from which it is known to be final; `RuleColumns.unknown` where there is
    /// none. Empty if not requested.
    public var recoveredAt: [Int64] = [], settledAt: [Int64] = []
    /// The intervals for which every error is included, ascending and disjoint.
    public var stretches: [Window] = []

    /// Creates columns without rows.
    public init() {}
}

extension ErrorColumns {
    /// Returns the indices of the rows in a window.
    public func rows(in window: Window) -> Range<Int> { times.places(in: window) }
}

/// Minutes with calls in columnar form, as an engine may keep them for whole days next to the rows.
public struct MinuteColumns: Sendable {
    /// The starts of the minutes in nanoseconds since 1970, ascending.
    public var times: [Int64] = []
    /// All calls, those at the start of the minute, failed calls, and failed calls at the start of the minute.
    public var calls: [Int64] = [], callsOnStart: [Int64] = [], failed: [Int64] = [], failedOnStart: [Int64] = []
    /// The intervals for which every minute is included: ascending, disjoint, whole minutes.
    public var stretches: [Window] = []

    /// Creates columns without rows.
    public init() {}
}

extension MinuteColumns {
    /// Returns the indices of the rows in a window.
    public func rows(in window: Window) -> Range<Int> { times.places(in: window) }
}

extension [Int64] {
    /// Returns the indices of the times in a window; they ascend.
    fileprivate func places(in window: Window) -> Range<Int> {
        let first = firstPlace(atOrAfter: window.from)
        return first..<Swift.max(first, firstPlace(atOrAfter: window.to))
    }

    /// Returns the index of the first time that is not earlier; times ascend.
    func firstPlace(atOrAfter time: Timestamp) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < time.nanoseconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The columnar data of an engine for a window, loaded at most once for all rules.
public final class PackedHistory {
    private let engine: any QueryEngine
    private let window: Window
    private let leastErrorsOfKind: Int
    /// The errors in the window.
    public private(set) lazy var errors: Result<ErrorColumns, any Error> = Result { try engine.errorColumns(in: window) }
    /// The minutes that the window touches.
    public private(set) lazy var minutes: Result<MinuteColumns, any Error> = Result { try engine.minuteColumns(in: window) }

    /// Prepares to load an engine's columns for a window.
    ///
    /// - Parameter leastErrorsOfKind: The minimum number of errors per kind at which checking all kinds first is worthwhile; a
    ///     measured choice.
    public init(_ engine: any QueryEngine, in window: Window, leastErrorsOfKind: Int = 2) {
        self.engine = engine
        self.window = window
        self.leastErrorsOfKind = leastErrorsOfKind
    }

    /// Returns the errors if there are enough of them.
    func errorsToLookAt() throws -> ErrorColumns? {
        let errors = try errors.get()
        return errors.times.count > leastErrorsOfKind * errors.kindCount ? errors : nil
    }
}

/// A part of a window: columnar, or to be read row by row.
public enum WindowPart: Hashable, Sendable {
    case packed(Window)
    case rows(Window)

    /// Splits a window at the bounds of the columnar intervals, which ascend; the rest is read row by row.
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
