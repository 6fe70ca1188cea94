import Model

/// What a statement means depends on this and on nothing else.
public struct CheckContext: Sendable {
    /// The one `now` of the statement; every relative time resolves against it.
    public var now: Timestamp
    /// The zone of times without one and of calendar buckets.
    public var zone: Zone
    /// The window of a statement that names none; nil for everything.
    public var defaultRange: Duration?
    /// The evidence that counts as an error.
    public var evidence: Evidence
    /// Where the store has data; `all` and `over time` need it.
    public var coverage: Window?
    /// The form of answers to statements that name none; nil for the picture that fits.
    public var form: String?

    /// What `as of` pins: rows later than this are hidden, and a recovery counts only when it had happened; nil without.
    public var asOf: Timestamp?
    /// The results of the session by the number of their cell, and the number of the last one.
    public var results: [Int: ResultSource] = [:]
    public var lastResult: Int?
    /// True when the query is the condition of an alert rule: `over D` is then taken at each instant of its evaluation.
    public var isRule = false

    /// Makes a context; 24 hours, UTC and the default evidence unless said otherwise.
    public init(
        now: Timestamp, zone: Zone = .utc, defaultRange: Duration? = .hours(24), evidence: Evidence = .default,
        coverage: Window? = nil
    ) {
        self.now = now
        self.zone = zone
        self.defaultRange = defaultRange
        self.evidence = evidence
        self.coverage = coverage
    }
}

/// A result that later statements may stand on: the question and its answer, before anything was cut for display.
public struct ResultSource: Sendable {
    public var query: CheckedQuery
    public var answer: Answer
    /// The rows behind each row of the answer, where the question does not tell: those of firings; empty where it does.
    public var behind: [CheckedQuery]

    /// Makes a source.
    public init(query: CheckedQuery, answer: Answer, behind: [CheckedQuery] = []) {
        self.query = query
        self.answer = answer
        self.behind = behind
    }
}

/// The values that a store holds, for suggestions and for telling a typo from a quiet day.
public protocol ValueCatalog {
    /// True when some call has the value; nil for fields whose values are not listed.
    func contains(_ value: String, in field: FieldID) -> Bool?
    /// The values of a field, most frequent first; empty for fields whose values are not listed.
    func values(of field: FieldID) -> [KnownValue]
}

/// A value that a store holds.
public struct KnownValue: Hashable, Sendable {
    public var value: String
    /// How many rows have it: of all, else of the newest ones.
    public var count: Int64
    /// The noun of the rows that were counted, such as `calls`.
    public var noun: Noun
    /// True when only the newest rows were counted, so that the cost of knowing does not grow with the history.
    public var isOfNewest: Bool

    /// Makes a known value.
    public init(_ value: String, _ count: Int64, of noun: Noun = .calls, isOfNewest: Bool = false) {
        self.value = value
        self.count = count
        self.noun = noun
        self.isOfNewest = isOfNewest
    }

    /// The count in words, such as `1,203 calls` and `17 of late calls`.
    public var words: String {
        let name = count == 1 && !isOfNewest ? String(noun.rawValue.dropLast()) : noun.rawValue
        return "\(count.grouped) \(isOfNewest ? "of late " : "")\(name)"
    }
}
