import Model

/// Rows of one family, in time order: what measures count, sum and rank.
public struct WindowRows: Sendable {
    /// Nanoseconds since 1970, ascending.
    private(set) var times: [Int64] = []
    /// The group of each row, in this family's own numbering.
    private(set) var groups: [Int32] = []
    /// How many rows each stands for; empty when it is 1 everywhere.
    private(set) var weights: [Int64] = []
    private(set) var flags: [UInt32] = []
    /// When a row becomes and ceases to be known, where that differs from its time: `(row, from, until)`.
    private(set) var visibility: [Int: (from: Int64, until: Int64)] = [:]
    /// Column by column; `unknown` where a row has no value.
    private(set) var columns: [[Int64]]
    /// True when a row stands for many of one minute.
    public private(set) var isByMinute = false
    private var pending: [Pending] = []

    /// Stands for a value that is not known.
    static let unknown = Int64.min

    private struct Pending {
        var minute: Int64
        var group: Int32
        var flags: UInt32
        var weight: Int64
    }

    /// Any instant inside a minute stands for all of them but the first, on a grid and with windows of whole minutes.
    private static let insideMinute: Int64 = 59_999_999_999

    /// Makes a family without rows.
    public init(columns: Int) { self.columns = Array(repeating: [], count: columns) }

    /// Takes rows of weight 1 in columns of one length; times ascend, values are `unknown` where there is none.
    init(times: [Int64], groups: [Int32], flags: [UInt32], columns: [[Int64]]) {
        precondition(groups.count == times.count && flags.count == times.count, "columns have one length")
        precondition(columns.allSatisfy { $0.count == times.count }, "columns have one length")
        (self.times, self.groups, self.flags, self.columns) = (times, groups, flags, columns)
    }

    /// How many rows there are.
    public var count: Int { times.count }

    /// Adds a row that is not earlier than the last one.
    ///
    /// - Parameters:
    ///   - flags: A bit for each class that it belongs to.
    ///   - visibleFrom: The instant at which it becomes known, when later than its time.
    ///   - visibleUntil: The instant at which it counts no more whatever the window, such as when it turns out well.
    public mutating func append(
        _ time: Timestamp, group: Int, flags: UInt32, weight: Int64 = 1, values: [Int64?] = [], visibleFrom: Timestamp? = nil,
        visibleUntil: Timestamp? = nil
    ) {
        precondition(times.last.map { $0 <= time.nanoseconds } ?? true, "rows come in time order")
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

    /// Adds rows of one minute of which only the number is known, and how many of them lie on its first instant; minutes must
    /// ascend, and `finish()` must follow the last one.
    public mutating func append(minute: Timestamp, group: Int, flags: UInt32, count: Int64, countOnStart: Int64) {
        precondition(columns.isEmpty, "rows of whole minutes have no values")
        isByMinute = true
        let minute = minute.nanoseconds
        if let last = pending.last, last.minute < minute { finish() }
        if countOnStart > 0 { append(weighted: countOnStart, at: minute, Int32(group), flags) }
        if count > countOnStart {
            pending.append(Pending(minute: minute, group: Int32(group), flags: flags, weight: count - countOnStart))
        }
    }

    /// Makes room for so many minutes, each of which may come as rows of two kinds on its first instant and behind it.
    mutating func reserve(minutes: Int) {
        let rows = times.count + 4 * minutes
        times.reserveCapacity(rows)
        groups.reserveCapacity(rows)
        flags.reserveCapacity(rows)
        weights.reserveCapacity(rows)
    }

    private mutating func append(weighted weight: Int64, at time: Int64, _ group: Int32, _ flags: UInt32) {
        precondition(times.last.map { $0 <= time } ?? true, "rows come in time order")
        if weights.count < times.count { weights = Array(repeating: 1, count: times.count) }
        times.append(time)
        groups.append(group)
        self.flags.append(flags)
        weights.append(weight)
    }

    /// Takes in the rest of the last minute.
    public mutating func finish() {
        for rest in pending { append(weighted: rest.weight, at: rest.minute &+ WindowRows.insideMinute, rest.group, rest.flags) }
        pending.removeAll(keepingCapacity: true)
    }

    @inline(__always) func weight(_ row: Int) -> Int64 { weights.isEmpty ? 1 : weights[row] }
}

/// What a replay of a rule of our own reads: families of rows, and the groups they fall into.
public struct WindowHistory: Sendable {
    /// The first instant that the records cover.
    public var beginning: Timestamp
    /// The newest instant that the records cover; nil when it is not known.
    public var ending: Timestamp?
    public var families: [WindowRows]
    /// The labels of each group; one without labels for rules without `by`.
    public var groups: [LabelSet]
    /// True when there are groups; without, one series exists from the beginning on, whatever rows there are.
    public var isGrouped: Bool
    /// By group the first instant at which it was known, for groups that had rows before these.
    public var knownSince: [Int: Timestamp] = [:]
    /// For each family the group in its own numbering of each group here; empty when they are the same. Families that do not
    /// know all keys, such as the calls beside errors by type, have fewer groups.
    public var familyGroups: [[Int32]]

    /// Makes a history.
    public init(
        beginning: Timestamp, families: [WindowRows], groups: [LabelSet], isGrouped: Bool = true, familyGroups: [[Int32]] = []
    ) {
        self.beginning = beginning
        self.families = families
        self.groups = groups
        self.isGrouped = isGrouped
        self.familyGroups = familyGroups.isEmpty ? families.map { _ in [] } : familyGroups
        precondition(self.familyGroups.count == families.count, "one entry for each")
    }
}
