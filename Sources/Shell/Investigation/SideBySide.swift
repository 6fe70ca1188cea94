import Analysis
import Model
import QueryLanguage
import Render

/// Values of a field side by side: what `compare` asks and how it is shown.
struct SideBySide {
    let field: Field
    /// One row a value, in the order asked for: calls, errors, error rate, reliability, latency, cost, tokens.
    var figures: Answer
    /// One row a value and type.
    var types: Answer

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
        figures = answers[0]
        types = answers[1]
        func place(_ value: Value) -> Int {
            if case .text(let text) = value {
                order.firstIndex { $0.lowercased() == text.lowercased() } ?? order.count
            } else {
                order.count
            }
        }
        let rows = figures.table.rows.enumerated().sorted {
            (place($0.element[0]), $0.offset) < (place($1.element[0]), $1.offset)
        }
        figures.table.rows = rows.map(\.element)
    }

    func lines(_ style: Style) -> [String] {
        guard !figures.table.rows.isEmpty else { return ["no calls of any of these"] }
        var lines = wrap(sentence(style), width: style.widthInColumns)
        lines += TableRenderer(style).lines(sideBySide(style))
        return lines
    }

    /// What differs beyond chance between the first two, and which is the best.
    private func sentence(_ style: Style) -> String {
        let text = ValueText(style)
        var sentence = "\(figures.table.rows.count) values of \(field.name) side by side"
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
            sentence += test.pValue < 0.05 ? ", a difference beyond chance" : ", a difference that chance explains"
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
