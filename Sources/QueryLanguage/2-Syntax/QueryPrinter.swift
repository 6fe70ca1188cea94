import Model

/// Prints queries in canonical form: a fixed order of clauses, one spelling per name. Parsing the text gives the same query.
public enum QueryPrinter {
    private static let order = ["show", "by", "every", "over", "range", "vs", "where", "having", "sort", "top", "limit", "as"]

    /// Returns the query on one line.
    public static func text(_ query: QuerySyntax) -> String {
        var parts = [query.noun.text]
        if let text = query.text { parts.append(Literal.quoted(text.text)) }
        for word in order {
            let clauses = query.clauses.filter { Parser.name(of: $0.kind) == word }
            guard word == "where" || word == "having", clauses.count > 1 else {
                parts += clauses.map { text($0.kind) }
                continue
            }
            // Repeated conditions are joined by `and`; disjunctions keep their parentheses.
            let conditions = clauses.compactMap { clause -> PredicateSyntax? in
                switch clause.kind {
                case .where(let predicate), .having(let predicate): predicate
                default: nil
                }
            }
            let joined = conditions.dropFirst().reduce(conditions[0]) { .and($0, $1) }
            parts.append("\(word) \(PredicatePrinter.text(joined))")
        }
        return parts.joined(separator: " ")
    }

    private static func text(_ kind: ClauseSyntax.Kind) -> String {
        switch kind {
        case .show(let items): "show " + items.map(\.text).joined(separator: ", ")
        case .by(let names): "by " + names.map { Field(named: $0.text)?.name ?? $0.text }.joined(separator: ", ")
        case .every(let width): "every \(width.text)"
        case .overTime: "over time"
        case .over(let length): "over \(length.text)"
        case .versus(.previous): "vs previous"
        case .versus(.ago(let length)): "vs \(length.text)"
        case .range(let range): text(range)
        case .where(let predicate): "where \(PredicatePrinter.text(predicate))"
        case .having(let predicate): "having \(PredicatePrinter.text(predicate))"
        case .sort(let keys): "sort " + keys.map(text).joined(separator: ", ")
        case .top(let count): "top \(count)"
        case .limit(let count): "limit \(count.map(String.init) ?? "all")"
        case .as(let form, let path): "as \(form.text)" + (path.map { " to \(Literal.quoted($0.text))" } ?? "")
        }
    }

    private static func text(_ key: SortSyntax) -> String {
        key.item.text + (key.isDescending.map { $0 ? " desc" : " asc" } ?? "")
    }

    private static func text(_ range: RangeSyntax) -> String {
        switch range {
        case .last(let length): "last \(length.text)"
        case .today: "today"
        case .yesterday: "yesterday"
        case .all: "all"
        case .since(let start, let end): "since \(text(start))" + (end.map { " until \(text($0))" } ?? "")
        case .between(let start, let end): "from \(text(start)) to \(text(end))"
        case .around(let middle, let reach): "around \(text(middle))" + (reach.map { " +- \($0.text)" } ?? "")
        case .on(let day): "on \(day.text)"
        case .onResult(let result): "on \(result.text)"
        }
    }

    /// Returns a time, quoted unless it is a single word that cannot begin a clause.
    static func text(_ time: TimeSyntax) -> String {
        if time.isAgo { return time.text + " ago" }
        if time.text.lowercased() == "today" || time.text.lowercased() == "yesterday" { return time.text.lowercased() }
        return Literal.spelling(time.text)
    }
}
