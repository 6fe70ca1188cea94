/// A value in a template.
enum TemplateValue: Hashable, Sendable {
    case text(String)
    case float(Double)
    case int(Int64)
    case flag(Bool)
    case labels(LabelSet)
    case none

    /// The value as formatted by Go's `%v`.
    var printed: String {
        switch self {
        case .text(let text): text
        case .float(let value): GoNumber.shortest(value)
        case .int(let value): String(value)
        case .flag(let value): value ? "true" : "false"
        case .labels(let set): "map[" + set.pairs.map { "\($0.name):\($0.value)" }.joined(separator: " ") + "]"
        case .none: "<no value>"
        }
    }

    /// Truth as in Go: not zero and not empty.
    var isTrue: Bool {
        switch self {
        case .text(let text): !text.isEmpty
        case .float(let value): value != 0
        case .int(let value): value != 0
        case .flag(let value): value
        case .labels(let set): !set.pairs.isEmpty
        case .none: false
        }
    }

    /// The Go type name, for messages.
    var typeName: String {
        switch self {
        case .text: "string"
        case .float: "float64"
        case .int: "int"
        case .flag: "bool"
        case .labels: "map[string]string"
        case .none: "nil"
        }
    }

    /// Returns the value as a number, parsing strings.
    func number() throws(TemplateFailure) -> Double {
        switch self {
        case .float(let value): return value
        case .int(let value): return Double(value)
        case .text(let text):
            let words: [String: Double] = ["nan": .nan, "inf": .infinity, "+inf": .infinity, "-inf": -.infinity]
            if let value = words[text.lowercased()] ?? Double(text) { return value }
            throw TemplateFailure("strconv.ParseFloat: parsing \"\(text)\": invalid syntax")
        default: throw TemplateFailure("can't convert \(typeName) to float")
        }
    }
}

/// A runtime error of a template.
struct TemplateFailure: Error {
    let text: String
    init(_ text: String) { self.text = text }
}
