import Model
import QueryLanguage

/// Columns of a result by the names that a statement calls them.
struct ColumnNames {
    private let table: ResultTable

    init(_ table: ResultTable) { self.table = table }

    /// The place of the column that an item names, synonyms included; nil when there is none.
    func index(of item: ItemSyntax) -> Int? {
        let names = ColumnNames.spellings(of: item)
        for name in names {
            if let exact = table.columns.firstIndex(where: { $0.name == name }) { return exact }
        }
        for name in names {
            if let loose = table.columns.firstIndex(where: { ColumnNames.loose($0.name) == ColumnNames.loose(name) }) {
                return loose
            }
        }
        return nil
    }

    /// A name that is no column, as a mistake.
    func unknown(_ item: ItemSyntax, to purpose: String, besides: [String] = []) -> Diagnostic {
        let name = ColumnNames.spellings(of: item)[0], names = table.columns.map(\.name) + besides
        let best = NearestName.best(for: name, among: names)
        let shown = names.count > 12 ? names.prefix(12).joined(separator: ", ") + ", …" : names.joined(separator: ", ")
        return Diagnostic(
            "unknown-column", at: item.span, "the result has no column `\(name)` to \(purpose)", closest: best ?? shown,
            replacement: best)
    }

    /// The canonical name first, then what was written.
    private static func spellings(of item: ItemSyntax) -> [String] {
        let written = item.name.text
        var names = [written]
        if let measure = MeasureTable.all.first(where: { $0.name == written || $0.synonyms.contains(written) }) {
            names.insert(measure.name, at: 0)
        }
        if let field = Field(named: written) { names.insert(field.name, at: 0) }
        switch item.argument {
        case nil, .star: break
        case .item(let inner):
            let inside = spellings(of: inner)
            names = names.flatMap { name in inside.map { "\(name)(\($0))" } }
        case .predicate(let predicate): names = names.map { "\($0)(\(ConditionText.text(predicate)))" }
        }
        // Sums are called by what they add up.
        for (sum, short) in [("sum(cost)", "cost"), ("sum(tokens)", "tokens")] where names.contains(sum) { names.append(short) }
        return names
    }

    private static func loose(_ name: String) -> String { String(name.lowercased().filter { !$0.isWhitespace }) }
}

/// Conditions as text, near enough to tell columns such as `share(latency > 30s)` apart.
enum ConditionText {
    static func text(_ predicate: PredicateSyntax) -> String {
        func text(_ item: ItemSyntax) -> String { Field(named: item.name.text)?.name ?? item.name.text }
        func text(_ literal: Literal) -> String {
            literal.isMoney ? "$" + literal.text : literal.isQuoted ? "\"\(literal.text)\"" : literal.text
        }
        switch predicate {
        case .comparison(let item, let comparison, let values, _):
            if values.count == 1 { return "\(text(item)) \(comparison.rawValue) \(text(values[0]))" }
            return "\(text(item)) \(comparison == .notEqual ? "not in" : "in") (\(values.map(text).joined(separator: ", ")))"
        case .has(let item, let literal, _): return "\(text(item)) has \(text(literal))"
        case .isMissing(let item, let negated, _): return "\(text(item)) is \(negated ? "present" : "missing")"
        case .bare(let item): return text(item)
        case .not(let inner, _): return "not \(self.text(inner))"
        case .and(let a, let b): return "\(self.text(a)) and \(self.text(b))"
        case .or(let a, let b): return "\(self.text(a)) or \(self.text(b))"
        }
    }
}
