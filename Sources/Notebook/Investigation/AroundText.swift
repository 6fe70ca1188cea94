import Analysis
import Model
import QueryLanguage
import Render

/// `ChangesAround` as text and as a table.
struct AroundText {
    let around: ChangesAround

    /// A row: what is shown of a value, and the rows behind it.
    private struct Row {
        var kind: String
        var value: ContrastTable.Value
        var before: (Int64, Int64), after: (Int64, Int64)
        var excess: Double
        var pValue: Double
        var same: [ContrastTable.Value]
        var within: Int?
    }

    private static let mostShifts = 5

    private var rows: [Row] {
        var rows: [Row] = []
        for finding in around.rises?.findings ?? [] {
            let number = rows.count + 1
            func add(_ finding: RateShift.Finding, _ within: Int?) {
                rows.append(
                    Row(
                        kind: "errors", value: finding.value, before: (finding.before.failed, finding.before.calls),
                        after: (finding.after.failed, finding.after.calls), excess: finding.excess, pValue: finding.pValue,
                        same: finding.same, within: within))
            }
            add(finding, nil)
            for dependent in finding.dependents { add(dependent, number) }
        }
        for finding in (around.gains?.findings ?? []).prefix(AroundText.mostShifts) {
            rows.append(
                Row(
                    kind: "calls", value: finding.value, before: (finding.others, finding.othersKnown),
                    after: (finding.selected, finding.selectedKnown), excess: finding.excess, pValue: finding.pValue,
                    same: finding.same))
        }
        for finding in (around.losses?.findings ?? []).prefix(AroundText.mostShifts) {
            rows.append(
                Row(
                    kind: "calls", value: finding.value, before: (finding.selected, finding.selectedKnown),
                    after: (finding.others, finding.othersKnown), excess: -finding.excess, pValue: finding.pValue,
                    same: finding.same))
        }
        return rows
    }

    func lines(_ style: Style) -> [String] {
        let text = ValueText(style), width = style.widthInColumns
        guard around.isKnown else { return ["nothing to compare with: no data covers the time before"] }
        func rate(_ failed: Int64, _ calls: Int64) -> String {
            "\(failed.counted("errors")) of \(calls.counted("calls"))"
                + (Ratio(failed, of: calls).map { " (\(text.percent($0.quotient)))" } ?? "")
        }
        var sentence =
            "\(Units.spelling(around.after.length)) before and after \(text.minute(around.after.from)): "
            + "\(rate(around.failed.before, around.calls.before)), then \(rate(around.failed.after, around.calls.after))"
        if let onset = around.onset {
            sentence += "; errors rose at \(text.minute(onset.start)) ± \(Units.spelling(onset.uncertainty))"
        }
        var lines = wrap(sentence, width: width)
        let compared = max(around.rises?.compared ?? 0, around.gains?.compared ?? 0)
        let method = "\(Int64(compared).counted("values")) compared (Benjamini-Hochberg at 5%)"
        let rows = rows
        guard !rows.isEmpty else {
            return lines
                + wrap("nothing of yours stands out: no value differs from the others beyond chance, \(method)", width: width)
        }
        if !rows.contains(where: { $0.kind == "errors" }) {
            lines += wrap("no value's error rate rose more than the others' beyond chance, \(method)", width: width)
        } else {
            lines += wrap(method, width: width)
        }
        var options = TableOptions()
        options.numbersRows = true
        return lines + TableRenderer(style).lines(table(rows, style), options)
    }

    private func table(_ rows: [Row], _ style: Style) -> ResultTable {
        let text = ValueText(style)
        func share(_ pair: (Int64, Int64)) -> String {
            "\(text.count(pair.0))/\(text.count(pair.1))"
                + (Ratio(pair.0, of: pair.1).map { " \(text.percent($0.quotient))" } ?? "")
        }
        let cells = rows.map { row -> [Value] in
            let (field, value) = around.columns[row.value]
            let isNew = row.kind == "calls" && row.before.0 == 0, isGone = row.kind == "calls" && row.after.0 == 0
            let same = row.same.prefix(2).map { place in
                let (field, value) = around.columns[place]
                return "\(field.name) = \(text.text(value))"
            }
            let notes = [
                row.within.map { "only within \($0)" }, isNew ? "new" : nil, isGone ? "gone" : nil,
                same.isEmpty ? nil : "also: " + same.joined(separator: ", "),
            ].compactMap { $0 }
            let rounded = Int64(row.excess.rounded())
            return [
                .text(row.kind), .text((row.within == nil ? "" : "  ") + "\(field.name) = \(text.text(value))"),
                .text(share(row.before)),
                .text(share(row.after)), .text("\(rounded < 0 ? "−" : "+")\(text.count(abs(rounded)))"),
                .text(notes.joined(separator: "; ")),
            ]
        }
        return ResultTable(
            columns: ["what", "value", "before", "after", "beyond", ""].map { ResultColumn($0, .text) }, rows: cells)
    }

    /// The findings as rows of numbers.
    var figures: ResultTable {
        let columns: [(String, ValueType)] = [
            ("what", .text), ("field", .text), ("value", .text), ("before", .count), ("before_of", .count), ("after", .count),
            ("after_of", .count), ("excess", .number), ("p", .number), ("within", .count),
        ]
        let text = ValueText(Style())
        let rows = rows.map { row -> [Value] in
            let (field, value) = around.columns[row.value]
            return [
                .text(row.kind), .text(field.name), .text(text.text(value)), .count(row.before.0), .count(row.before.1),
                .count(row.after.0), .count(row.after.1), .number(row.excess), .number(row.pValue),
                row.within.map { .count(Int64($0)) } ?? .missing,
            ]
        }
        return ResultTable(columns: columns.map { ResultColumn($0.0, $0.1) }, rows: rows)
    }

    /// The errors, or calls, with each value after the instant; calls before it of values that are gone.
    var behind: [CheckedQuery] {
        rows.map { row in
            var query = around.query
            query.noun = row.kind == "errors" ? .errors : .calls
            let window = row.after.0 == 0 ? around.before : around.after
            return query.rows(with: [around.columns[row.value]], in: window)
        }
    }
}
