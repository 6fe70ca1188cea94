import Model

/// The rows that a statement reads: all three share names for what they share.
enum Relation: Hashable, Sendable {
    /// Failed calls and lone error events.
    case errors
    /// LLM and embedding calls; every span when the query covers every kind.
    case calls
    /// Traces, or only the failed ones.
    case traces(failedOnly: Bool)
    case events
}

/// A number per group that can be added up from parts of the window.
enum Partial: Hashable, Sendable {
    /// Rows of the relation.
    case rows
    /// Failed calls: of calls those with evidence, of errors those that belong to a call.
    case failedCalls
    /// Errors that recovered.
    case recovered
    /// Rows that satisfy a condition.
    case matching(CheckedPredicate)
    /// The sum of the lower 32 bits and of the bits above them: a clock that is off by decades in a few rows must not make the
    /// sum too large for the engine.
    case sum(Field), carry(Field)
    /// Rows whose field has a value.
    case known(Field)
    case least(Field)
    case greatest(Field)

    /// How parts are put together.
    enum Union: Sendable { case sum, min, max }

    var union: Union {
        switch self {
        case .least: .min
        case .greatest: .max
        default: .sum
        }
    }
}

/// Where the rows of a stretch of time come from.
struct Layer: Hashable, Sendable {
    /// nil: the facts themselves.
    var rollup: Rollup?
    /// The stretch in nanoseconds; nil is open.
    var from: Int64?
    var to: Int64?
}

/// One statement of a plan, free of dialect.
struct PlannedStatement: Hashable, Sendable {
    /// What the statement computes.
    enum Task: Hashable, Sendable {
        /// Partials for each group: columns are the keys, the bucket, the partials.
        case partials([Partial])
        /// Nearest-rank percentiles of the known values: columns are keys, bucket, one for each percent.
        case percentiles(Quantity, percents: [Int])
        /// How many different known values: columns are keys, bucket, count.
        case distinct(Field)
        /// The most frequent known value: columns are keys, bucket, value.
        case common(Field)
        /// The trace id of the newest row: columns are keys, bucket, id.
        case sample
        /// Rows themselves: columns as listed.
        case listing(columns: [Field], sort: [SortKey], limit: Int?)
    }

    /// What percentiles are taken of.
    enum Quantity: Hashable, Sendable {
        case field(Field)
        case recoveryTime
    }

    /// Whose numbers these are.
    enum Role: Hashable, Sendable {
        /// Those of the rows that the noun asks about.
        case own
        /// Those of the calls, or of the errors, under the same filters.
        case calls, errors
        /// One number over all groups for the receipt: of the calls of an error question, of the errors of a call question.
        case receipt
    }

    var role = Role.own
    var task: Task
    var relation: Relation
    var keys: [Field]
    /// True when rows are told apart by bucket too.
    var hasBuckets: Bool
    var predicate: CheckedPredicate
    /// The stretches of time and where each comes from.
    var layers: [Layer]
    /// For percentiles of latency: cells counted by these layers narrow the search; empty when every row is ranked.
    var cellLayers: [Layer] = []
    /// True for a listing whose first rows may be found soonest by going through the facts in the order of the listing. Whether
    /// that is so depends on how many of them satisfy the condition, which is not known before.
    var isWorthWalking = false
}

/// What to ask an engine for a query, and what is needed to make the answer of its rows.
struct Plan: Hashable, Sendable {
    var query: CheckedQuery
    var buckets: Buckets?
    var statements: [PlannedStatement]
    /// Offsets of the zone within the window: each from an instant on, in seconds east.
    var offsets: [ZoneOffset]
    /// True when no row can lie before 1970 on any clock, so that division may truncate.
    var isAfterEpoch: Bool
    /// True when some row may lie beyond what ranges can name, near the limits of 64 bits.
    var reachesLimits: Bool
}

/// An offset from UTC and the instant from which it is in force.
struct ZoneOffset: Hashable, Sendable {
    var from: Timestamp
    var seconds: Int64
}

/// What the store says of itself when a query is planned.
public struct QueryFacts: Hashable, Sendable {
    /// First to last record of all sources; nil when empty.
    public var coverage: Window?
    /// Stretches inside it that no source covers, ascending.
    public var gaps: [Window] = []
    /// Time of the newest record.
    public var newest: Timestamp?
    /// False when no source records successes, so that rates have no meaning.
    public var keepsSuccesses: Bool
    /// Short hash of the rules that classified the errors.
    public var rules: String

    /// Makes the facts of a store.
    public init(coverage: Window?, newest: Timestamp?, keepsSuccesses: Bool, rules: String) {
        self.coverage = coverage
        self.newest = newest
        self.keepsSuccesses = keepsSuccesses
        self.rules = rules
    }
}

extension QueryFacts {
    /// What the store would have said at an instant of the past.
    func asOf(_ instant: Timestamp) -> QueryFacts {
        var facts = self
        let end = instant + .nanoseconds(1)
        facts.coverage = coverage.flatMap { $0.from < end ? Window(from: $0.from, to: min($0.to, end)) : nil }
        facts.newest = newest.map { min($0, instant) }
        return facts
    }
}
