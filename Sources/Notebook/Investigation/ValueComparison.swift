import Analysis
import Model
import QueryLanguage
import Render

/// A comparison of values of a field: the queries of `compare` and the table of their answers.
struct ValueComparison {
    let field: Field
    /// One row a value, in the order asked for: calls, errors, error rate, reliability, latency, cost, tokens.
    var figures: Answer
    /// One row a value and type.
    var types: Answer
    /// The values in the order in which they were asked for.
    private let order: [String]

    /// The questions behind the comparison of these values within what a query of calls selects.
    static func questions(_ calls: CheckedQuery, field: Field) -> [CheckedQuery] {
        var figures = calls, types = calls
        let latency = Field(.latency)
        (figures.columns, figures.keys, figures.limit) = ([], [field], .all)
        figures.measures = [
            .count, .errors, .errorRate, .reliability, .aggregate(.avg, latency), .aggregate(.p50, latency),
            .aggregate(.p95, latency), .aggregate(.sum, Field(.cost)), .aggregate(.avg, Field(.cost)),
            .aggregate(.sum, Field(.tokens)),
        ]
        types.noun = .errors
        (types.columns, types.keys, types.limit) = ([], [field, Field(.type)], .all)
        types.measures = [.count]
        return [figures, types]
    }

    /// Puts the answers to `questions` together.
    /// - Parameter order: The values as asked for; others, such as those of a glob, follow by their number of calls.
    init(field: Field, answers: [Answer], order: [String]) {
        self.field = field
        self.order = order
        figures = answers[0]
        types = answers[1]
        sort()
    }

    private mutating func sort() {
        let rows = figures.table.rows.enumerated().map { (place: place($0.element[0]), offset: $0.offset, row: $0.element) }
        figures.table.rows = rows.sorted { ($0.place, $0.offset) < ($1.place, $1.offset) }.map(\.row)
    }

    /// Where a value stands among those asked for; behind them when it was not named itself.
    private func place(_ value: Value) -> Int {
        order.firstIndex { ValueComparison.isCalled(value, $0) } ?? order.count
    }

    private static func isCalled(_ value: Value, _ name: String) -> Bool {
        switch value {
        case .text(let text): text.lowercased() == name.lowercased()
        case .count(let number): String(number) == name
        case .missing: name == "(none)"
        default: false
        }
    }

    /// True when a value that was asked for has rows of its own name. Patterns and other names of a value have none.
    func holds(_ literal: Literal) -> Bool { figures.table.rows.contains { ValueComparison.isCalled($0[0], literal.text) } }

    /// Adds a value that has no rows: no calls, and so nothing else either.
    mutating func addEmpty(_ literal: Literal) {
        var name = Value.text(literal.text)
        if literal.text == "(none)", !literal.isQuoted { name = .missing }
        if figures.table.columns[0].type == .count, let number = Int64(literal.text) { name = .count(number) }
        let counts: Set<String> = ["count", "errors"]
        figures.table.rows.append(
            [name] + figures.table.columns.dropFirst().map { counts.contains($0.name) ? .count(0) : .missing })
        sort()
    }

    func lines(_ style: Style) -> [String] {
        guard figures.table.rows.contains(where: { $0[1] != .count(0) }) else { return ["no calls of any of these values"] }
        var lines = wrap(sentence(style), width: style.widthInColumns)
        lines += TableRenderer(style).lines(sideBySide(style))
        return lines
    }

    /// What differs beyond chance between the first two, and which is the best.
    private func sentence(_ style: Style) -> String {
        let text = ValueText(style)
        var sentence = "\(figures.table.rows.count.counted("values")) of \(field.name) side by side"
        let empty = figures.table.rows.filter { $0[1] == .count(0) }.map { name($0[0], style) }
        if !empty.isEmpty { sentence += "; no calls of \(empty.joined(separator: ", ")) in this window" }
        guard let column = figures.table.index(of: "error_rate") else { return sentence + "." }
        let rates = figures.table.rows.compactMap { row -> (String, Ratio)? in
            if case .ratio(let ratio) = row[column] { (name(row[0], style), ratio) } else { nil }
        }
        guard rates.count > 1, let best = rates.min(by: { $0.1.quotient < $1.1.quotient }),
            let worst = rates.max(by: { $0.1.quotient < $1.1.quotient }), best.0 != worst.0
        else { return sentence + "." }
        sentence +=
            "; lowest error rate \(best.0) \(text.percent(best.1.quotient)), highest \(worst.0) \(text.percent(worst.1.quotient))"
        if let test = Significance.compare(best.1, worst.1) {
            sentence += test.pValue < 0.05 ? ", a significant difference" : ", not a significant difference"
            sentence += " (p \(test.pValue < 0.001 ? "< 0.001" : "= " + text.number(test.pValue)), \(test.test))"
        }
        return sentence + "."
    }

    private func name(_ value: Value, _ style: Style) -> String { value.isMissing ? "(none)" : ValueText(style).text(value) }

    /// One row a figure, one column a value: what is compared stands beside each other.
    private func sideBySide(_ style: Style) -> ResultTable {
        let text = ValueText(style)
        var columns = [ResultColumn("", .text)], rows: [[Value]] = []
        columns += figures.table.rows.map { ResultColumn(name($0[0], style), .text) }
        for (index, column) in figures.table.columns.enumerated().dropFirst() {
            var label = column.name
            if label == "count" { label = "calls" }
            rows.append([.text(label)] + figures.table.rows.map { .text(cell($0[index], label, text)) })
        }
        let kinds = Array(Set(types.table.rows.map { name($0[1], style) }))
        func count(_ value: Value, _ kind: String) -> Int64 {
            types.table.rows.reduce(0) { sum, row in
                if row[0] == value, name(row[1], style) == kind, case .count(let n) = row[2] { sum + n } else { sum }
            }
        }
        let totals = Dictionary(
            uniqueKeysWithValues: kinds.map { kind in (kind, figures.table.rows.reduce(0) { $0 + count($1[0], kind) }) })
        for kind in kinds.sorted(by: { (totals[$1]!, $0) < (totals[$0]!, $1) }) {
            rows.append([.text("  " + kind)] + figures.table.rows.map { .text(text.count(count($0[0], kind))) })
        }
        return ResultTable(columns: columns, rows: rows)
    }

    private func cell(_ value: Value, _ label: String, _ text: ValueText) -> String {
        guard case .ratio(let ratio) = value else { return text.text(value) }
        // The score is the reliability in whole points of a hundred.
        if label == "reliability" {
            return "\(text.percent(ratio.quotient)) (score \(Int((ratio.quotient * 100).rounded(.down))))"
        }
        return "\(text.percent(ratio.quotient)) \(text.count(ratio.numerator))/\(text.count(ratio.denominator))"
    }
}
