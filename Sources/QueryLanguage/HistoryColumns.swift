import Model

/// Rows of one family in columns, in order of time.
public struct HistoryColumns: Sendable {
    /// The part of its life that a row stands for, where the question asks whether errors were recovered: that is known from the
    /// success on, not before.
    public enum Life: Int64, Sendable {
        case whole = 0
        /// Up to the instant at which it was recovered.
        case untilRecovered = 1
        /// From that instant on, of a row that was there before; and of one that was not.
        case sinceRecovered = 2, onlySinceRecovered = 3
    }

    /// Stands for an instant or a value that is not known.
    public static let unknown = Int64.min

    /// True when a row stands for the calls of a whole minute: its time is the minute's first instant.
    public var isByMinute = false
    /// Nanoseconds since 1970, ascending.
    public var times: [Int64] = []
    /// The place of each row's keys in `keys`.
    public var keyOf: [Int32] = []
    /// The keys that may occur, each once.
    public var keys: [[Value]] = []
    /// Rows by their own times: 1 for calls that failed. Rows of minutes: how many failed.
    public var failed: [Int64] = []
    /// When errors were recovered; empty when none was.
    public var recoveredAt: [Int64] = []
    /// Empty when every row stands for its whole life.
    public var lives: [Life] = []
    /// Rows of minutes: how many rows each is, and of all and the failed ones those on the minute's first instant.
    public var counts: [Int64] = [], countsOnStart: [Int64] = [], failedOnStart: [Int64] = []
    /// Field by field: whole numbers in the field's unit, or codes of its values.
    public var values: [[Int64]]
    /// A bit for each condition.
    public var conditions: [UInt32] = []

    /// Makes columns without rows.
    ///
    /// - Parameter fields: How many fields' values they carry.
    public init(fields: Int = 0) { values = Array(repeating: [], count: fields) }

    /// The place of the first row that is not earlier.
    public func first(atOrAfter time: Timestamp) -> Int { times.firstIndex(atOrAbove: time.nanoseconds) }
}
