/// The buckets of a time axis, ascending.
public struct TimeAxis: Hashable, Sendable {
    /// The start of each bucket. The first and the last bucket may extend beyond the requested window.
    public var starts: [Timestamp]
    /// The first instant after the last bucket.
    public var end: Timestamp
    /// The bucket width in canonical form, such as `1h` or `1d`.
    public var width: String
    /// The requested window.
    public var window: Window
    /// The time span of the store's data; nil if it is empty. Buckets outside have no value rather than zero.
    public var coverage: Window?
    /// Intervals within the coverage that no source covers, ascending and disjoint.
    public var gaps: [Window] = []
    /// The time zone of calendar buckets and labels.
    public var zone: Zone

    /// Creates an axis.
    public init(starts: [Timestamp], end: Timestamp, width: String, window: Window, coverage: Window?, zone: Zone) {
        self.starts = starts
        self.end = end
        self.width = width
        self.window = window
        self.coverage = coverage
        self.zone = zone
    }

    /// Returns the time span of bucket `index`.
    public func bucket(_ index: Int) -> Window {
        Window(from: starts[index], to: index + 1 < starts.count ? starts[index + 1] : end)
    }

    /// Returns true if the requested window, the coverage or a gap cuts off part of bucket `index`.
    public func isPartial(_ index: Int) -> Bool {
        let bucket = bucket(index)
        if bucket.from < window.from || bucket.to > window.to { return true }
        guard let coverage else { return false }
        return isCovered(index)
            && (bucket.from < coverage.from || bucket.to > coverage.to || gaps.contains { !$0.intersection(bucket).isEmpty })
    }

    /// Returns true if data covers at least part of bucket `index`.
    public func isCovered(_ index: Int) -> Bool {
        guard let coverage else { return false }
        let covered = bucket(index).intersection(coverage)
        return !covered.isEmpty && !gaps.contains { $0.intersection(covered) == covered }
    }
}

/// The shape of a result, which determines how it can be drawn.
public enum AnswerShape: Hashable, Sendable {
    /// One row per item, latest first.
    case listing
    /// A single row of measures.
    case numbers
    /// One row per group; the first `keys` columns identify the group.
    case groups(keys: Int)
    /// One row per bucket: column 0 is the start of the bucket, the others are measures.
    case series(TimeAxis)
    /// One row per bucket and group: column 0 is the start of the bucket, followed by `keys` columns, then measures. Every bucket
    /// contains every group; buckets ascend.
    case groupedSeries(TimeAxis, keys: Int)
}

/// The facts shown below every answer, so that nothing is truncated or assumed silently.
public struct Receipt: Hashable, Sendable {
    /// The requested window as absolute times; nil if unrestricted.
    public var window: Window?
    public var zone: Zone
    /// The failed calls and all calls in the window that match the statement's filters; nil if not applicable.
    public var errors: Int64?, calls: Int64?
    /// The time of the latest record in the store; nil if it is empty.
    public var newest: Timestamp?
    /// The number of rows before truncation; nil if not truncated or unknown.
    public var found: Int64?
    /// True if there are more rows than shown.
    public var isCut = false
    /// Descriptions of the groups removed by `having` or `limit`; empty if there are none.
    public var dropped: [String] = []
    /// The number of groups removed by `having`.
    public var droppedGroups: Int64 = 0
    /// Further remarks, one sentence each.
    public var remarks: [String] = []
    /// The short hash of the classification rules in use.
    public var rules = ""
    /// The kinds of evidence that counted; nil for the default.
    public var evidence: Evidence?

    /// Creates an empty receipt.
    public init(window: Window?, zone: Zone) {
        self.window = window
        self.zone = zone
    }
}

/// The baseline of a comparison with `vs`: the same query over another window.
public struct Baseline: Hashable, Sendable {
    /// The baseline window as absolute times.
    public var window: Window
    /// Its name in messages and column headers: `before`, `1d earlier`.
    public var name: String
    /// For each measure column of the table, the column with its baseline value.
    public var columns: [Int: Int]
    /// The part of the window with data, such as `18 of 24 h`; nil if complete. If incomplete, differences have no value.
    public var covered: String?
    /// True if there is no data in the window: values are then unknown, not zero.
    public var isUnknown: Bool

    /// Creates a baseline.
    public init(window: Window, name: String, columns: [Int: Int], covered: String? = nil, isUnknown: Bool = false) {
        self.isUnknown = isUnknown
        self.window = window
        self.name = name
        self.columns = columns
        self.covered = covered
    }
}

/// The answer to a query: rows, their shape, and the receipt.
public struct Answer: Hashable, Sendable {
    public var table: ResultTable
    public var shape: AnswerShape
    public var receipt: Receipt
    /// The number of groups that `top` folded into `other`.
    public var foldedGroups = 0
    /// The baseline of `vs`; nil without `vs`.
    public var baseline: Baseline?
    /// The result of `trend`; nil for other queries.
    public var trend: Trend?

    /// Creates an answer.
    public init(table: ResultTable, shape: AnswerShape, receipt: Receipt) {
        self.table = table
        self.shape = shape
        self.receipt = receipt
    }
}
