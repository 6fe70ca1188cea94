/// A label of the counters that Prometheus rules select.
public enum Label: Int, CaseIterable, Sendable {
    // In alphabetical order: series are ordered by it.
    case agent, environment, errorType, fallback, model, primary, provider, service, severity, statusCode

    private static let names = [
        "agent", "environment", "error_type", "fallback", "model", "primary", "provider", "service", "severity", "status_code",
    ]

    /// The label name used in rules, such as `error_type`.
    public var name: String { Label.names[rawValue] }

    /// Looks a label up by name; nil if unknown.
    public init?(name: String) {
        guard let index = Label.names.firstIndex(of: name) else { return nil }
        self.init(rawValue: index)
    }

    /// The labels of a call; errors have these and more.
    public static let ofCalls: Set<Label> = [.agent, .environment, .model, .provider, .service]
    /// The labels of an error.
    public static let ofErrors: Set<Label> = ofCalls.union([.errorType, .severity, .statusCode])
    /// The labels of a fallback from one model to another.
    public static let ofFallbacks: Set<Label> = [.primary, .fallback]
}

/// A label's name and value on an alert.
public struct LabelPair: Hashable, Comparable, Sendable {
    public var name: String
    public var value: String

    /// Creates a pair.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    public static func < (a: LabelPair, b: LabelPair) -> Bool { (a.name, a.value) < (b.name, b.value) }
}

/// The identity of a series or an alert: labels sorted by name, with unique names and no empty values.
public struct LabelSet: Hashable, Comparable, Sendable {
    /// The labels, sorted by name.
    public private(set) var pairs: [LabelPair]

    /// The empty set.
    public static let empty = LabelSet([])

    /// Creates a set; the last of several pairs with the same name wins, and pairs with an empty value are dropped.
    public init(_ pairs: some Sequence<LabelPair>) {
        var values: [String: String] = [:]
        for pair in pairs { values[pair.name] = pair.value }
        self.pairs = values.filter { !$0.value.isEmpty }.map { LabelPair($0.key, $0.value) }.sorted()
    }

    /// Creates a set from pairs that are already sorted by name, unique and not empty.
    init(sorted pairs: [LabelPair]) { self.pairs = pairs }

    /// The value of a label; nil when it is missing.
    public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// Returns these labels, overridden by `others`.
    public func overwritten(by others: some Sequence<LabelPair>) -> LabelSet { LabelSet(pairs + others) }

    public static func < (a: LabelSet, b: LabelSet) -> Bool { a.pairs.lexicographicallyPrecedes(b.pairs) }
}
