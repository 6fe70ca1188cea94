import Model

/// The context on which the meaning of a statement depends, and nothing else.
public struct CheckContext: Sendable {
    /// The current time of the statement; all relative times use it.
    public var now: Timestamp
    /// The zone of times without an offset and of calendar buckets.
    public var zone: Zone
    /// The default window of statements without one; nil for no restriction.
    public var defaultRange: Duration?
    /// The evidence that counts as an error.
    public var evidence: Evidence
    /// The time span of the store's data; needed by `all` and `over time`.
    public var coverage: Window?
    /// The default form of answers; nil for the chart that fits.
    public var form: String?
    /// The forms that answers have; with none, every word is taken for one.
    public var forms: [AnswerForm] = []

    /// The time set by `as of`: later rows are hidden, and a recovery counts only if it had happened; nil if not set.
    public var asOf: Timestamp?
    /// The results of the session by cell number, and the number of the last one.
    public var results: [Int: ResultSource] = [:]
    public var lastResult: Int?
    /// True if the query is the condition of an alert rule: `over D` then applies at each evaluation.
    public var isRule = false

    /// Creates a context; by default 24 hours, UTC and the default evidence.
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

/// A result that later statements can use: the query and its answer before truncation for display.
public struct ResultSource: Sendable {
    public var query: CheckedQuery
    public var answer: Answer
    /// The rows behind each row of the answer, if the query does not determine them, as for firings; otherwise empty.
    public var behind: [CheckedQuery]

    /// Creates a source.
    public init(query: CheckedQuery, answer: Answer, behind: [CheckedQuery] = []) {
        self.query = query
        self.answer = answer
        self.behind = behind
    }
}

/// The values in a store, for suggestions and for distinguishing a typo from an absence of data.
public protocol ValueCatalog {
    /// Returns true if some call has the value; nil for fields whose values are not listed.
    func contains(_ value: String, in field: FieldID) -> Bool?
    /// Returns the values of a field, most frequent first; empty for fields whose values are not listed.
    func values(of field: FieldID) -> [KnownValue]
}

/// A value in a store.
public struct KnownValue: Hashable, Sendable {
    public var value: String
    /// The number of rows with the value, among all rows or the latest ones.
    public var count: Int64
    /// The noun of the counted rows, such as `calls`.
    public var noun: Noun
    /// True if only the latest rows were counted, so that the cost does not grow with the history.
    public var isOfNewest: Bool

    /// Creates a known value.
    public init(_ value: String, _ count: Int64, of noun: Noun = .calls, isOfNewest: Bool = false) {
        self.value = value
        self.count = count
        self.noun = noun
        self.isOfNewest = isOfNewest
    }

    /// The count with its noun, such as `1,203 calls` or `17 of the latest calls`.
    public var words: String {
        let name = count == 1 && !isOfNewest ? String(noun.rawValue.dropLast()) : noun.rawValue
        return "\(count.grouped) \(isOfNewest ? "of the latest " : "")\(name)"
    }
}
