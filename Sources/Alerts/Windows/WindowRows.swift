import Model

/// Rows of one family in time order, with flags and values for measures.
public struct WindowRows: Sendable {
    /// Row times in nanoseconds since 1970, ascending.
    private(set) var times: [Int64] = []
    /// The group of each row, in this family's own numbering.
    private(set) var groups: [Int32] = []
    /// The number of events behind each row; empty when all are 1.
    private(set) var weights: [Int64] = []
    private(set) var flags: [UInt32] = []
    /// The interval in which a row is visible, if it differs from its time onward.
    private(set) var visibility: [Int: (from: Int64, until: Int64)] = [:]
    /// Values by column; `unknown` where a row has no value.
    private(set) var columns: [[Int64]]
    /// True if rows are counts per minute.
    public private(set) var isByMinute = false
    private var pending: [Pending] = []

    /// The marker for a missing value.
    static let unknown = Int64.min

    private struct Pending {
        var minute: Int64
        var group: Int32
        var flags: UInt32
        var weight: Int64
    }

    /// With a grid and windows of whole minutes, any instant within the minute except its first gives the same result.
    private static let insideMinute: Int64 = 59_999_999_999

    /// Creates a family without rows.
    public init(columns: Int) { self.columns = Array(repeating: [], count: columns) }

    /// Creates rows of weight 1 from columns of equal length; times ascend, missing values are `unknown`.
    init(times: [Int64], groups: [Int32], flags: [UInt32], columns: [[Int64]]) {
        precondition(groups.count == times.count && flags.count == times.count, "columns have equal lengths")
        precondition(columns.allSatisfy { $0.count == times.count }, "columns have equal lengths")
        (self.times, self.groups, self.flags, self.columns) = (times, groups, flags, columns)
    }

    /// The number of rows.
    public var count: Int { times.count }

    /// Appends a row no earlier than the last one.
    ///
    /// - Parameters:
    ///   - flags: One bit for each class of the row.
    ///   - visibleFrom: The time at which the row becomes known, if later than its own time.
    ///   - visibleUntil: The time from which the row no longer counts, such as the recovery of an error.
    public mutating func append(
        _ time: Timestamp, group: Int, flags: UInt32, weight: Int64 = 1, values: [Int64?] = [], visibleFrom: Timestamp? = nil,
        visibleUntil: Timestamp? = nil
    ) {
        precondition(times.last.map { $0 <= time.nanoseconds } ?? true, "rows are in time order")
        precondition(values.count == columns.count, "one value for each column")
        if visibleFrom != nil || visibleUntil != nil {
            visibility[times.count] = (
                max(visibleFrom?.nanoseconds ?? time.nanoseconds, time.nanoseconds), visibleUntil?.nanoseconds ?? .max
            )
        }
        times.append(time.nanoseconds)
        groups.append(Int32(group))
        self.flags.append(flags)
        if weight != 1 && weights.isEmpty { weights = Array(repeating: 1, count: times.count - 1) }
        if weight != 1 || !weights.isEmpty { weights.append(weight) }
        for (column, value) in values.enumerated() { columns[column].append(value ?? WindowRows.unknown) }
    }

    /// Appends a minute's count and the count at its first instant; minutes must ascend, and `finish()` must follow the last one.
    public mutating func append(minute: Timestamp, group: Int, flags: UInt32, count: Int64, countOnStart: Int64) {
        precondition(columns.isEmpty, "per-minute rows have no values")
        isByMinute = true
        let minute = minute.nanoseconds
        if let last = pending.last, last.minute < minute { finish() }
        if countOnStart > 0 { append(weighted: countOnStart, at: minute, Int32(group), flags) }
        if count > countOnStart {
            pending.append(Pending(minute: minute, group: Int32(group), flags: flags, weight: count - countOnStart))
        }
    }

    /// Reserves capacity for per-minute rows: up to four per minute.
    mutating func reserve(minutes: Int) {
        let rows = times.count + 4 * minutes
        times.reserveCapacity(rows)
        groups.reserveCapacity(rows)
        flags.reserveCapacity(rows)
        weights.reserveCapacity(rows)
    }

    private mutating func append(weighted weight: Int64, at time: Int64, _ group: Int32, _ flags: UInt32) {
        precondition(times.last.map { $0 <= time } ?? true, "rows are in time order")
        if weights.count < times.count { weights = Array(repeating: 1, count: times.count) }
        times.append(time)
        groups.append(group)
        self.flags.append(flags)
        weights.append(weight)
    }

    /// Appends the pending counts of the last minute.
    public mutating func finish() {
        for rest in pending { append(weighted: rest.weight, at: rest.minute &+ WindowRows.insideMinute, rest.group, rest.flags) }
        pending.removeAll(keepingCapacity: true)
    }

    @inline(__always) func weight(_ row: Int) -> Int64 { weights.isEmpty ? 1 : weights[row] }
}

/// The input of a native rule's replay: families of rows and their groups.
public struct WindowHistory: Sendable {
    /// The first instant that the records cover.
    public var beginning: Timestamp
    /// The last instant that the records cover; nil if unknown.
    public var ending: Timestamp?
    public var families: [WindowRows]
    /// The labels of each group; a single empty set for rules without `by`.
    public var groups: [LabelSet]
    /// False for a rule without `by`: its only series exists since the beginning, even without rows.
    public var isGrouped: Bool
    /// For groups that had rows before these, the first instant at which each was seen.
    public var knownSince: [Int: Timestamp] = [:]
    /// For each family, the index of each group in that family's numbering; empty if the same. Families without all keys, such
    /// as the calls next to errors by type, have fewer groups.
    public var familyGroups: [[Int32]]

    /// Creates a history.
    public init(
        beginning: Timestamp, families: [WindowRows], groups: [LabelSet], isGrouped: Bool = true, familyGroups: [[Int32]] = []
    ) {
        self.beginning = beginning
        self.families = families
        self.groups = groups
        self.isGrouped = isGrouped
        self.familyGroups = familyGroups.isEmpty ? families.map { _ in [] } : familyGroups
        precondition(self.familyGroups.count == families.count, "one entry for each family")
    }
}
