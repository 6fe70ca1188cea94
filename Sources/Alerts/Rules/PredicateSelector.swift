import Model
import QueryLanguage

/// Conditions of the language as label matchers of a Prometheus selector.
public enum PredicateSelector {
    /// The matchers in braces, "" without conditions; nil when a condition has no counterpart among the labels of calls.
    public static func text(_ predicates: [PredicateSyntax]) -> String? {
        var matchers: [String] = []
        for predicate in predicates {
            guard let found = self.matchers(predicate) else { return nil }
            matchers += found
        }
        return matchers.isEmpty ? "" : "{\(matchers.joined(separator: ","))}"
    }

    private static func matchers(_ predicate: PredicateSyntax) -> [String]? {
        switch predicate {
        case .and(let a, let b): matchers(a).flatMap { a in matchers(b).map { a + $0 } }
        case .comparison(let item, let comparison, let values, _): matcher(item, comparison, values).map { [$0] }
        default: nil
        }
    }

    private static func matcher(_ item: ItemSyntax, _ comparison: Comparison, _ values: [Literal]) -> String? {
        guard item.argument == nil, comparison == .equal || comparison == .notEqual, !values.isEmpty,
            let field = Field(named: item.name.text), let label = Label(name: field.name), Label.ofCalls.contains(label)
        else { return nil }
        // A bare word with an asterisk is a glob, and `(none)` the absence of a value.
        guard values.allSatisfy({ ($0.isQuoted || !$0.text.contains("*")) && $0.text != "(none)" }) else { return nil }
        let isNegated = comparison == .notEqual
        if values.count == 1 { return "\(label.name)\(isNegated ? "!=" : "=")\(values[0].text.quotedAsJSON(.printable))" }
        let pattern = values.map { escaped($0.text) }.joined(separator: "|")
        return "\(label.name)\(isNegated ? "!~" : "=~")\(pattern.quotedAsJSON(.printable))"
    }

    /// The text with the characters escaped that a regular expression would act upon.
    private static func escaped(_ text: String) -> String {
        text.map { "\\.+*?()|[]{}^$".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
