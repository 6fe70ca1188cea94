/// A label of the counters that Prometheus rules select.
public enum Label: String, CaseIterable, Sendable {
    // In the order of their names: series are ordered by it.
    case agent
    case environment
    case errorType = "error_type"
    case fallback
    case model
    case primary
    case provider
    case service
    case severity
    case statusCode = "status_code"

    /// The word written in rules.
    public var name: String { rawValue }

    /// The labels that a call has; errors have these and their own.
    public static let ofCalls: Set<Label> = [.agent, .environment, .model, .provider, .service]
    /// The labels that an error has.
    public static let ofErrors: Set<Label> = ofCalls.union([.errorType, .severity, .statusCode])
    /// The labels of a fallback from one model to another.
    public static let ofFallbacks: Set<Label> = [.primary, .fallback]

    /// The place in the order of names.
    var index: Int { Label.indexes[self, default: 0] }
    private static let indexes = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

/// A label's name and value, as an alert carries it.
public struct LabelPair: Hashable, Comparable, Sendable {
    public var name: String
    public var value: String

    /// Makes a pair.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    public static func < (a: LabelPair, b: LabelPair) -> Bool { (a.name, a.value) < (b.name, b.value) }
}

/// The labels that make a series or an alert what it is: sorted by name, no name twice, no empty value.
public struct LabelSet: Hashable, Comparable, Sendable {
    /// Sorted by name.
    public private(set) var pairs: [LabelPair]

    /// No labels.
    public static let empty = LabelSet([])

    /// Makes a set; of two pairs with one name the later counts, pairs with an empty value are dropped.
    public init(_ pairs: some Sequence<LabelPair>) {
        var values: [String: String] = [:]
        for pair in pairs { values[pair.name] = pair.value }
        self.pairs = values.filter { !$0.value.isEmpty }.map { LabelPair($0.key, $0.value) }.sorted()
    }

    /// The value of a label; nil when it is missing.
    public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// These labels with the others written over them.
    public func overwritten(by others: some Sequence<LabelPair>) -> LabelSet { LabelSet(pairs + others) }

    public static func < (a: LabelSet, b: LabelSet) -> Bool { a.pairs.lexicographicallyPrecedes(b.pairs) }
}
