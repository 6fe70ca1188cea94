/// A label of the counters that Prometheus rules select.
public enum Label: Int, CaseIterable, Sendable {
    // In the order of their names: series are ordered by it.
    case agent, environment, errorType, fallback, model, primary, provider, service, severity, statusCode

    private static let names = [
        "agent", "environment", "error_type", "fallback", "model", "primary", "provider", "service", "severity", "status_code",
    ]

    /// The word written in rules, such as `error_type`.
    public var name: String { Label.names[rawValue] }

    /// The label with this name; nil when there is none.
    public init?(name: String) {
        guard let index = Label.names.firstIndex(of: name) else { return nil }
        self.init(rawValue: index)
    }

    /// The labels that a call has; errors have these and their own.
    public static let ofCalls: Set<Label> = [.agent, .environment, .model, .provider, .service]
    /// The labels that an error has.
    public static let ofErrors: Set<Label> = ofCalls.union([.errorType, .severity, .statusCode])
    /// The labels of a fallback from one model to another.
    public static let ofFallbacks: Set<Label> = [.primary, .fallback]
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

    /// Takes pairs that are as they must be: by name, each name once, no empty value.
    init(sorted pairs: [LabelPair]) { self.pairs = pairs }

    /// The value of a label; nil when it is missing.
    public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// These labels with the others written over them.
    public func overwritten(by others: some Sequence<LabelPair>) -> LabelSet { LabelSet(pairs + others) }

    public static func < (a: LabelSet, b: LabelSet) -> Bool { a.pairs.lexicographicallyPrecedes(b.pairs) }
}
