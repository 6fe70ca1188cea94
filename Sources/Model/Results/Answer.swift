/// The buckets of a time axis: `starts` ascending, the last one ends at `end`.
public struct TimeAxis: Hashable, Sendable {
    /// The first instant of each bucket. The first and last bucket may reach outside the asked window.
    public var starts: [Timestamp]
    /// The first instant after the last bucket.
    public var end: Timestamp
    /// The canonical width, such as `1h` or `1d`.
    public var width: String
    /// The window asked for.
    public var window: Window
    /// Where the store has data at all; nil when it has none. A bucket outside has no value, not zero.
    public var coverage: Window?
    /// Stretches inside the coverage that no source covers, ascending and apart from each other.
    public var gaps: [Window] = []
    /// The zone that calendar buckets and labels follow.
    public var zone: Zone

    /// Makes an axis.
    public init(starts: [Timestamp], end: Timestamp, width: String, window: Window, coverage: Window?, zone: Zone) {
        self.starts = starts
        self.end = end
        self.width = width
        self.window = window
        self.coverage = coverage
        self.zone = zone
    }

    /// The stretch that bucket `index` stands for.
    public func bucket(_ index: Int) -> Window {
        Window(from: starts[index], to: index + 1 < starts.count ? starts[index + 1] : end)
    }

    /// True when the asked window or the coverage cuts bucket `index`, so that it shows only a part.
    public func isPartial(_ index: Int) -> Bool {
        let bucket = bucket(index)
        if bucket.from < window.from || bucket.to > window.to { return true }
        guard let coverage else { return false }
        return isCovered(index)
            && (bucket.from < coverage.from || bucket.to > coverage.to || gaps.contains { !$0.intersection(bucket).isEmpty })
    }

    /// True when data covers at least a part of bucket `index`.
    public func isCovered(_ index: Int) -> Bool {
        guard let coverage else { return false }
        let covered = bucket(index).intersection(coverage)
        return !covered.isEmpty && !gaps.contains { $0.intersection(covered) == covered }
    }
}

/// What a result is, and so which picture fits it.
public enum AnswerShape: Hashable, Sendable {
    /// One row an item, newest first.
    case listing
    /// One row of measures.
    case numbers
    /// One row a group; the first `keys` columns name the group.
    case groups(keys: Int)
    /// One row a bucket: column 0 is the bucket's start, the rest are measures.
    case series(TimeAxis)
    /// One row a bucket and group: column 0 is the bucket's start, then `keys` columns, then measures; every bucket
    /// holds every group, buckets ascending.
    case groupedSeries(TimeAxis, keys: Int)
}

/// What stands under every answer, so that nothing is cut or assumed in silence.
public struct Receipt: Hashable, Sendable {
    /// The window asked for, made absolute; nil for everything.
    public var window: Window?
    public var zone: Zone
    /// Failed calls and calls of the window under the statement's filters; nil where the question has none.
    public var errors: Int64?, calls: Int64?
    /// Time of the newest record of the store; nil when it is empty.
    public var newest: Timestamp?
    /// Rows found before the cut; nil when nothing was cut or the number is not known.
    public var found: Int64?
    /// True when there are more rows than shown.
    public var isCut = false
    /// Groups that `having` or `limit` dropped, in words; empty when none.
    public var dropped: [String] = []
    /// How many groups `having` dropped.
    public var droppedGroups: Int64 = 0
    /// Further things the reader must know, one sentence each.
    public var remarks: [String] = []
    /// The short hash of the rule set that classified the errors.
    public var rules = ""
    /// The evidence that counted, when not the default.
    public var evidence: Evidence?

    /// Makes an empty receipt.
    public init(window: Window?, zone: Zone) {
        self.window = window
        self.zone = zone
    }
}

/// What `vs` sets beside an answer: the same question about another window.
public struct Baseline: Hashable, Sendable {
    /// The window before, made absolute.
    public var window: Window
    /// How it is named in sentences and columns: `before`, `1d earlier`.
    public var name: String
    /// For each measure column of the table, the column that holds its value in the baseline's window.
    public var columns: [Int: Int]
    /// How much of the window the data covers, such as `18 of 24 h`; nil when it covers all. Differences have no value then.
    public var covered: String?
    /// True when the data covers nothing of it: then nothing is known, and nothing is zero.
    public var isUnknown: Bool

    /// Makes a baseline.
    public init(window: Window, name: String, columns: [Int: Int], covered: String? = nil, isUnknown: Bool = false) {
        self.isUnknown = isUnknown
        self.window = window
        self.name = name
        self.columns = columns
        self.covered = covered
    }
}

/// The answer to one query: rows, what they are, and the receipt.
public struct Answer: Hashable, Sendable {
    public var table: ResultTable
    public var shape: AnswerShape
    public var receipt: Receipt
    /// The groups folded into `other`, when `top` folded some.
    public var foldedGroups = 0
    /// What `vs` compares with; nil without `vs`.
    public var baseline: Baseline?
    /// What `trend` found in a series; nil for other questions.
    public var trend: Trend?

    /// Makes an answer.
    public init(table: ResultTable, shape: AnswerShape, receipt: Receipt) {
        self.table = table
        self.shape = shape
        self.receipt = receipt
    }
}
