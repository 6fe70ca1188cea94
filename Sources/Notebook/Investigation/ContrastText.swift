import Analysis
import Model
import QueryLanguage
import Render

/// A contrast as text, as a table, and as further questions.
struct ContrastText {
    let contrast: QueryContrast
    /// The query as written, for the refined one.
    let syntax: QuerySyntax

    private static let method = "G-test, Benjamini-Hochberg at 5%"

    /// What a row is called: error, call, trace.
    private var noun: String { contrast.query.noun.rawValue }

    // MARK: Lines

    func lines(_ style: Style) -> [String] {
        let width = style.widthInColumns
        var lines = wrap(header(style), width: width)
        guard !contrast.findings.isEmpty else { return lines }
        var options = TableOptions()
        options.numbersRows = true
        lines += TableRenderer(style).lines(table(style), options)
        if let moment = moment(style) { lines += wrap(moment, width: width, hanging: 2) }
        lines += wrap("try: \(refined)", width: width, hanging: 2)
        return lines
    }

    /// How many rows there are, how many more than before, and how many findings.
    private func header(_ style: Style) -> String {
        let text = ValueText(style), selected = contrast.selected
        guard selected > 0 else { return "no \(noun) in this window: nothing to explain" }
        var sentence = selected.counted(noun)
        switch contrast.basis {
        case .others:
            // `3 of 40 calls`, but `3 errors of 40 calls`.
            sentence = (noun == whole ? selected.grouped : sentence) + " of \(contrast.all.counted(whole))"
            if contrast.all > 0 { sentence += " (\(text.percent(Double(selected) / Double(contrast.all))))" }
        case .window(_, let isAsked):
            sentence += ", \(contrast.all.grouped) in the window before"
            if !isAsked { sentence += " (compared with it, because few of them belong to a call)" }
        case .nothing: break
        }
        if let before = contrast.before, case .others = contrast.basis {
            let more = selected - before.count
            sentence +=
                more == 0
                ? ", as many as \(before.words)"
                : ", \(abs(more).grouped) \(more > 0 ? "more" : "fewer") than the \(before.count.grouped) \(before.words)"
        }
        if case .nothing(let reason) = contrast.basis { return "\(sentence): \(reason)" }
        if selected < Contrast.fewest { return "\(sentence): too few to compare" }
        let values = "\(Int64(contrast.compared).counted("values")) compared"
        guard !contrast.findings.isEmpty else {
            return "\(sentence). nothing stands out: \(values), none differs beyond chance (\(ContrastText.method))"
        }
        return "\(sentence). \(Int64(contrast.numbers).counted("findings")), \(values) (\(ContrastText.method))"
    }

    /// The findings as they are shown.
    private func table(_ style: Style) -> ResultTable {
        let text = ValueText(style), others = isOfWindow ? "before" : "other \(whole)"
        var rows: [[Value]] = []
        for finding in contrast.findings {
            let found = finding.finding
            func share(_ part: Int64, _ all: Int64) -> String {
                "\(text.count(part))/\(text.count(all)) \(text.percent(all > 0 ? Double(part) / Double(all) : 0))"
            }
            var note = ""
            if let within = finding.within {
                note = "within \(within.number): \(text.count(within.both)) of \(text.count(within.all))"
            }
            if !finding.same.isEmpty {
                let same = finding.same.prefix(3).map { name($0.field, $0.value, style) }
                let more = finding.same.count > 3 ? " and \(finding.same.count - 3) more" : ""
                note += (note.isEmpty ? "" : "; ") + "also: " + same.joined(separator: ", ") + more
            }
            let label = (finding.within == nil ? "" : "  ") + name(finding.field, finding.value, style)
            let isNew = found.others == 0
            let before = finding.isOfErrors && !isOfWindow ? "before: " : ""
            rows.append([
                .text(label), .text(share(found.selected, found.selectedKnown)),
                .text(isNew && (finding.isOfErrors || isOfWindow) ? "new" : before + share(found.others, found.othersKnown)),
                .text(found.lift.isFinite ? "\(text.number(found.lift))×" : "only here"),
                .text("\(text.count(Int64(found.excess.rounded()))) of \(text.count(found.selectedKnown))"), .text(note),
            ])
        }
        var columns = ["value", noun, others, "lift", "explains", ""].map { ResultColumn($0, .text) }
        if rows.allSatisfy({ $0[5] == .text("") }) {
            columns.removeLast()
            rows = rows.map { Array($0.dropLast()) }
        }
        return ResultTable(columns: columns, rows: rows)
    }

    private var whole: String { contrast.query.noun == .traces || contrast.query.noun == .failures ? "traces" : "calls" }
    private var isOfWindow: Bool { if case .window = contrast.basis { true } else { false } }

    /// When it began, and what belongs together.
    private func moment(_ style: Style) -> String? {
        let text = ValueText(style)
        let names = contrast.leading.map { name($0.field, $0.value, style) }.joined(separator: " and ")
        var when: String?
        if let onset = contrast.onset {
            let reach = "± \(Units.spelling(onset.uncertainty))"
            when =
                onset.end.map { "from \(text.minute(onset.start)) \(reach) to \(text.minute($0))" }
                ?? "since \(text.minute(onset.start)) \(reach)"
        }
        if !contrast.together.isEmpty { return "together: \(names)" + (when.map { ", \($0)" } ?? "") }
        return when.map { "\($0): \(names)" }
    }

    private func name(_ field: Field, _ value: Value, _ style: Style) -> String {
        let shown = ValueText(style).text(value)
        if case .range = value { return "\(field.name) \(shown)" }
        return "\(field.name) = \(shown)"
    }

    // MARK: Data

    /// The findings as rows of numbers.
    var figures: ResultTable {
        let columns: [(String, ValueType)] = [
            ("field", .text), ("value", .text), ("selected", .count), ("selected_of", .count), ("others", .count),
            ("others_of", .count), ("lift", .number), ("excess", .number), ("p", .number), ("within", .count), ("since", .time),
        ]
        let rows = contrast.findings.enumerated().map { place, finding -> [Value] in
            let found = finding.finding
            let isLeading = contrast.leading.contains { $0.field == finding.field && $0.value == finding.value }
            return [
                .text(finding.field.name), .text(ValueText(Style()).text(finding.value)), .count(found.selected),
                .count(found.selectedKnown), .count(found.others), .count(found.othersKnown),
                found.lift.isFinite ? .number(found.lift) : .missing, .number(found.excess), .number(found.pValue),
                finding.within.map { .count(Int64($0.number)) } ?? .missing,
                isLeading ? contrast.onset.map { .time($0.start) } ?? .missing : .missing,
            ]
        }
        return ResultTable(columns: columns.map { ResultColumn($0.0, $0.1) }, rows: rows)
    }

    /// The rows behind each finding.
    var behind: [CheckedQuery] {
        contrast.findings.map { contrast.query.rows(with: [($0.field, $0.value)], in: contrast.query.window) }
    }

    // MARK: The next question

    /// The query of the leading finding's rows, by a field that is not among its values.
    private var refined: String {
        var query = syntax
        query.clauses.removeAll { clause in
            switch clause.kind {
            case .versus, .show, .as: true
            default: false
            }
        }
        let span = syntax.noun.span, used = Set(contrast.leading.map(\.field.id))
        let conditions = contrast.leading.flatMap { ContrastText.conditions($0.field, $0.value) }
        query.clauses += conditions.map { ClauseSyntax(kind: .where($0), span: span) }
        let next: [FieldID] = contrast.query.noun == .errors ? [.type, .user, .agent] : [.agent, .user, .name]
        let asked = contrast.query.contrast.mentioned
        if let field = next.first(where: { !used.contains($0) && !asked.contains($0) }) {
            query.clauses.append(ClauseSyntax(kind: .by([Name(field.rawValue, span)]), span: span))
        }
        return Printable.safe(QueryPrinter.text(query))
    }

    /// The conditions that a row has a value, as they are written.
    private static func conditions(_ field: Field, _ value: Value) -> [PredicateSyntax] {
        let nowhere = TextSpan(0, 0), item = ItemSyntax(field.name)
        func compared(_ comparison: Comparison, _ text: String) -> PredicateSyntax {
            let isBare = Literal.spelling(text) == text
            return .comparison(item, comparison, [Literal(text: text, span: nowhere, isQuoted: !isBare)], nowhere)
        }
        func bound(_ comparison: Comparison, _ value: Value) -> PredicateSyntax? {
            switch value {
            case .count(let number): compared(comparison, String(number))
            case .duration(let length): compared(comparison, Units.spelling(length))
            default: nil
            }
        }
        switch value {
        case .text(let text): return [compared(.equal, text)]
        case .count(let number): return [compared(.equal, String(number))]
        case .range(let low, let high): return [bound(.greaterOrEqual, low), bound(.less, high)].compactMap { $0 }
        default: return []
        }
    }
}
