import Model

/// The relation that a statement reads; all use the same names for common columns.
public enum Relation: Hashable, Sendable {
    /// Failed calls and error events without a call.
    case errors
    /// LLM and embedding calls; every span if the query covers every kind.
    case calls
    /// Traces, or only failed ones.
    case traces(failedOnly: Bool)
    case events
}

/// A number per group that can be combined from parts of the window.
public enum Partial: Hashable, Sendable {
    /// The number of rows.
    case rows
    /// Failed calls: calls with evidence, or errors that belong to a call.
    case failedCalls
    /// Recovered errors.
    case recovered
    /// Rows that satisfy a condition.
    case matching(CheckedPredicate)
    /// The sums of the lower 32 bits and of the higher bits: a few rows with clocks off by decades must not overflow the
    /// engine's integers.
    case sum(Field), carry(Field)
    /// Rows with a value of the field.
    case known(Field)
    case least(Field)
    case greatest(Field)

    /// How partial values are combined.
    package enum Union: Sendable { case sum, min, max }

    package var union: Union {
        switch self {
        case .least: .min
        case .greatest: .max
        default: .sum
        }
    }
}

/// Which rows statements are about, and how clocks show their times.
public struct StatementScope: Hashable, Sendable {
    /// The window of the rows' times; nil for everything.
    public var window: Window?
    /// The evidence that makes a row an error.
    public var evidence: Evidence = .default
    /// True when spans of every kind are calls, not only those of models.
    public var coversEveryKind = false
    /// The instant up to which recoveries are known; nil when all are.
    public var knownUntil: Timestamp?
    /// The zone of calendar fields and buckets.
    public var zone: Zone = .utc
    /// Its offsets within the window: each from an instant on.
    public private(set) var offsets: [ZoneOffset]
    /// True if no row can be before 1970 on any clock, so that division may truncate.
    public private(set) var isAfterEpoch: Bool
    /// True if some row may be outside the range of valid times, near the limits of 64 bits.
    public private(set) var reachesLimits: Bool

    /// The rows that a query asks about.
    ///
    /// - Parameter data: The window of all times that rows can have: that of the query, else what data covers.
    init(_ query: CheckedQuery, data: Window) {
        self.init(query.window, zone: query.zone, data: data)
        (evidence, coversEveryKind, knownUntil) = (query.evidence, query.coversEveryKind, query.knownUntil)
    }

    private init(_ window: Window?, zone: Zone, data: Window) {
        (self.window, self.zone) = (window, zone)
        let seen = window ?? data.intersection(StatementScope.possible)
        offsets = zone.offsets(in: seen).map { ZoneOffset(from: $0.from, seconds: $0.offset) }
        isAfterEpoch = data.from >= Timestamp(seconds: 2 * 86_400)
        reachesLimits = !StatementScope.possible.contains(data)
    }

    /// The same rows of another window.
    package func moved(to window: Window) -> StatementScope {
        var scope = StatementScope(window, zone: zone, data: window)
        (scope.evidence, scope.coversEveryKind, scope.knownUntil) = (evidence, coversEveryKind, knownUntil)
        return scope
    }

    /// The times that ranges can name, half-open.
    package static let possible = Checker.possible
}

/// One statement of a plan: a question that an engine answers with rows, in terms of the language alone.
///
/// Values in the rows are stored ones: words of closed sets are numbers, times nanoseconds, and a missing value is null; see
/// `FieldCodec`.
public struct PlannedStatement: Hashable, Sendable {
    /// What the statement computes.
    public enum Task: Hashable, Sendable {
        /// Partials per group; the columns are the keys, the bucket, the partials.
        case partials([Partial])
        /// Nearest-rank percentiles of the known values; the columns are the keys, the bucket, and one per percentile.
        case percentiles(Quantity, percents: [Int])
        /// The number of distinct known values; the columns are the keys, the bucket, the count.
        case distinct(Field)
        /// The most frequent known value: columns are keys, bucket, value; of equally frequent ones the first in their order.
        case common(Field)
        /// The trace id of the newest row: columns are keys, bucket, id; of equal times the least id.
        case sample
        /// Rows themselves: columns as listed. Missing values come last in either direction; equal rows are ordered by time, the
        /// newest first, then by id.
        case listing(columns: [Field], sort: [SortKey], limit: Int?)
    }

    /// The quantity of a percentile.
    public enum Quantity: Hashable, Sendable {
        case field(Field)
        case recoveryTime
    }

    /// The role of the numbers in the answer.
    public enum Role: Hashable, Sendable {
        /// The noun's own rows.
        case own
        /// The calls, or the errors, under the same filters.
        case calls, errors
        /// A total over all groups for the receipt: calls for a query of errors, errors for a query of calls.
        case receipt
    }

    public var role = Role.own
    public var task: Task
    public var relation: Relation
    public var keys: [Field]
    /// Tells rows apart by their buckets too; nil without buckets.
    public var buckets: Buckets?
    public var predicate: CheckedPredicate
    public var scope: StatementScope
    /// True for a number beside the answer, which is left out where it would cost more than next to nothing.
    public var isOptional = false
}

/// The statements for a query, and what is needed to build the answer from their rows.
struct Plan: Hashable, Sendable {
    var query: CheckedQuery
    var buckets: Buckets?
    var statements: [PlannedStatement]
}

/// An offset from UTC in seconds, with the instant from which it applies.
public struct ZoneOffset: Hashable, Sendable {
    public var from: Timestamp
    /// Seconds east of UTC.
    public var seconds: Int64
}

/// Facts about the store that planning needs.
public struct QueryFacts: Hashable, Sendable {
    /// From the first to the last record of all sources; nil if empty.
    public var coverage: Window?
    /// Intervals within the coverage that no source covers, ascending.
    public var gaps: [Window] = []
    /// The time of the latest record.
    public var newest: Timestamp?
    /// False if no source records successes; rates then have no value.
    public var keepsSuccesses: Bool
    /// The short hash of the classification rules behind the errors.
    public var rules: String

    /// Creates the facts of a store.
    public init(coverage: Window?, newest: Timestamp?, keepsSuccesses: Bool, rules: String) {
        self.coverage = coverage
        self.newest = newest
        self.keepsSuccesses = keepsSuccesses
        self.rules = rules
    }
}

extension QueryFacts {
    /// Returns the facts as of an instant in the past.
    func asOf(_ instant: Timestamp) -> QueryFacts {
        var facts = self
        let end = instant + .nanoseconds(1)
        facts.coverage = coverage.flatMap { $0.from < end ? Window(from: $0.from, to: min($0.to, end)) : nil }
        facts.newest = newest.map { min($0, instant) }
        return facts
    }
}
