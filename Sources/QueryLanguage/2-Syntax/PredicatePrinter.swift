import Model

/// Prints conditions in canonical form: one spelling per name, values quoted only if needed.
public enum PredicatePrinter {
    /// Returns the condition on one line.
    public static func text(_ predicate: PredicateSyntax) -> String {
        switch predicate {
        case .comparison(let item, let comparison, let values, _):
            let name = item.text
            let texts = values.map(text)
            if texts.count == 1 { return "\(name) \(comparison.rawValue) \(texts[0])" }
            return "\(name) \(comparison == .notEqual ? "not in" : "in") (\(texts.joined(separator: ", ")))"
        case .has(let item, let literal, _): return "\(item.text) has \(text(literal))"
        case .isMissing(let item, let negated, _): return "\(item.text) is \(negated ? "present" : "missing")"
        case .isNew(let item, let negated, _): return "\(item.text) is \(negated ? "not " : "")new"
        case .inResult(let item, let result, let negated, _): return "\(item.text) \(negated ? "not in" : "in") \(result.text)"
        case .bare(let item): return item.text
        case .not(let inner, _): return "not \(inner.isJoined ? "(\(text(inner)))" : text(inner))"
        case .and(let a, let b):
            return "\(a.isDisjunction ? "(\(text(a)))" : text(a)) and \(b.isDisjunction ? "(\(text(b)))" : text(b))"
        case .or(let a, let b): return "\(text(a)) or \(text(b))"
        }
    }

    private static func text(_ literal: Literal) -> String {
        if literal.isMoney { return "$" + literal.text }
        // Quoted values stay quoted: `"gpt*"` is not a glob, and `"5"` has no unit.
        return literal.isQuoted ? Literal.quoted(literal.text) : literal.text
    }
}

extension ItemSyntax {
    /// The item in canonical form.
    package var text: String { ownText + (over.map { " over \($0.text)" } ?? "") }

    private var ownText: String {
        let name = Field(named: name.text)?.name ?? MeasureTable.names[name.text] ?? name.text
        switch argument {
        case nil: return name
        case .star: return name
        case .item(let inner): return "\(name)(\(inner.text))"
        case .predicate(let predicate): return "\(name)(\(PredicatePrinter.text(predicate)))"
        }
    }
}

extension PredicateSyntax {
    fileprivate var isDisjunction: Bool { if case .or = self { true } else { false } }
    fileprivate var isJoined: Bool {
        switch self {
        case .and, .or: true
        default: false
        }
    }
}
