import Model

/// The relation that a statement reads; all use the same names for common columns.
enum Relation: Hashable, Sendable {
    /// Failed calls and error events without a call.
    case errors
    /// LLM and embedding calls; every span if the query covers every kind.
    case calls
    /// Traces, or only failed ones.
    case traces(failedOnly: Bool)
    case events
}

/// A number per group that can be combined from parts of the window.
enum Partial: Hashable, Sendable {
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
    enum Union: Sendable { case sum, min, max }

    var union: Union {
        switch self {
        case .least: .min
        case .greatest: .max
        default: .sum
        }
    }
}

/// The source of the rows of an interval.
struct Layer: Hashable, Sendable {
    /// The rollup; nil for the facts.
    var rollup: Rollup?
    /// The interval in nanoseconds; nil is open.
    var from: Int64?
    var to: Int64?
}

/// A statement of a plan, independent of the dialect.
struct PlannedStatement: Hashable, Sendable {
    /// What the statement computes.
    enum Task: Hashable, Sendable {
        /// Partials per group; the columns are the keys, the bucket, the partials.
        case partials([Partial])
        /// Nearest-rank percentiles of the known values; the columns are the keys, the bucket, and one per percentile.
        case percentiles(Quantity, percents: [Int])
        /// The number of distinct known values; the columns are the keys, the bucket, the count.
        case distinct(Field)
        /// The most frequent known value; the columns are the keys, the bucket, the value.
        case common(Field)
        /// The trace id of the latest row; the columns are the keys, the bucket, the id.
        case sample
        /// Individual rows with the listed columns.
        case listing(columns: [Field], sort: [SortKey], limit: Int?)
    }

    /// The quantity of a percentile.
    enum Quantity: Hashable, Sendable {
        case field(Field)
        case recoveryTime
    }

    /// The role of the numbers in the answer.
    enum Role: Hashable, Sendable {
        /// The noun's own rows.
        case own
        /// The calls, or the errors, under the same filters.
        case calls, errors
        /// A total over all groups for the receipt: calls for a query of errors, errors for a query of calls.
        case receipt
    }

    var role = Role.own
    var task: Task
    var relation: Relation
    var keys: [Field]
    /// True if rows are also grouped by bucket.
    var hasBuckets: Bool
    var predicate: CheckedPredicate
    /// The intervals with their sources.
    var layers: [Layer]
    /// For percentiles of latency, the layers whose cell counts narrow the search; empty to rank every row.
    var cellLayers: [Layer] = []
    /// True for a listing that may be faster by reading the facts in order until enough rows match. Whether it is depends on how
    /// many rows satisfy the condition, which is unknown in advance.
    var isWorthWalking = false
}

/// The statements for a query, and what is needed to build the answer from their rows.
struct Plan: Hashable, Sendable {
    var query: CheckedQuery
    var buckets: Buckets?
    var statements: [PlannedStatement]
    /// The zone's offsets within the window, each from an instant on, in seconds east.
    var offsets: [ZoneOffset]
    /// True if no row can be before 1970 on any clock, so that division may truncate.
    var isAfterEpoch: Bool
    /// True if some row may be outside the range of valid times, near the limits of 64 bits.
    var reachesLimits: Bool
}

/// An offset from UTC in seconds, with the instant from which it applies.
struct ZoneOffset: Hashable, Sendable {
    var from: Timestamp
    var seconds: Int64
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
