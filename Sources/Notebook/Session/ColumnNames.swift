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
        case .predicate(let predicate): names = names.map { "\($0)(\(PredicatePrinter.text(predicate)))" }
        }
        // Sums are called by what they add up.
        for (sum, short) in [("sum(cost)", "cost"), ("sum(tokens)", "tokens")] where names.contains(sum) { names.append(short) }
        return names
    }

    private static func loose(_ name: String) -> String { String(name.lowercased().filter { !$0.isWhitespace }) }
}
