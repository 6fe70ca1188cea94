import Analysis
import Model
import QueryLanguage
import Render

/// The steps of `changes` as text and as a table.
struct ChangesText {
    let changes: QueryChanges
    let query: CheckedQuery

    /// The most events, and series of an event, that are shown.
    private static let mostEvents = 15, mostSeries = 3

    /// The steps that are shown, with their event.
    private var shown: [(event: Int, step: QueryChanges.Step)] {
        let strongest = Set(
            changes.events.indices.sorted {
                changes.events[$0].steps[0].change.strength > changes.events[$1].steps[0].change.strength
            }
            .prefix(ChangesText.mostEvents))
        return changes.events.indices.filter(strongest.contains).flatMap { event in
            changes.events[event].steps.prefix(ChangesText.mostSeries).map { (event, $0) }
        }
    }

    // MARK: Lines

    func lines(_ style: Style) -> [String] {
        let width = style.widthInColumns
        let examined =
            "\(Int64(changes.series).counted("series")) of \(Int64(changes.calls).counted("calls")) by \(Units.spelling(changes.width)) "
            + "(E-divisive means, \(Int64(changes.tests).counted("tests")), Benjamini-Hochberg at 5%)"
        guard changes.series > 0 else {
            return wrap("nothing to compare: too few calls in this window, or no data for it", width: width)
        }
        guard !changes.events.isEmpty else { return wrap("nothing changed beyond chance: \(examined)", width: width) }
        var lines = wrap("\(Int64(changes.events.count).counted("changes")) in \(examined)", width: width)
        var options = TableOptions()
        options.numbersRows = true
        lines += TableRenderer(style).lines(table(style), options)
        if changes.events.count > ChangesText.mostEvents {
            lines.append("only the \(ChangesText.mostEvents) strongest changes are shown")
        }
        return lines
    }

    private func table(_ style: Style) -> ResultTable {
        let text = ValueText(style)
        var last = -1
        let rows = shown.map { event, step -> [Value] in
            let isFirst = event != last
            last = event
            let found = changes.events[event]
            var beside = ""
            if isFirst {
                let causes = found.causes.prefix(2).map { cause in
                    let what = "\(cause.field.name) \(text.text(cause.value))"
                    return cause.isNew
                        ? "\(what) new, \(text.percent(cause.after)) of all"
                        : "\(what) \(text.percent(cause.before)) to \(text.percent(cause.after)) of all"
                }
                beside = causes.isEmpty ? "nothing of yours" : causes.joined(separator: "; ")
            } else if step.change == found.steps.prefix(ChangesText.mostSeries).last?.change,
                found.steps.count > ChangesText.mostSeries
            {
                beside = "and \(found.steps.count - ChangesText.mostSeries) more series"
            }
            return [
                .text(isFirst ? "\(text.minute(step.start)) ± \(Units.spelling(step.uncertainty))" : ""),
                .text(ChangesText.name(step.subject, text)),
                .text(ChangesText.level(step.change.before, step.subject.measure, text)),
                .text(ChangesText.level(step.change.after, step.subject.measure, text)),
                .text(ChangesText.ratio(step.change, text)), .text(beside),
            ]
        }
        let columns = ["since", "series", "before", "after", "change", "beside it"].map { ResultColumn($0, .text) }
        return ResultTable(columns: columns, rows: rows)
    }

    private static func name(_ subject: ChangeSeries.Subject, _ text: ValueText) -> String {
        subject.measure.name + (subject.value.map { " of \($0.field.name) \(text.text($0.value))" } ?? "")
    }

    private static func ratio(_ change: SeriesChanges.Change, _ text: ValueText) -> String {
        guard change.before > 0 else { return "new" }
        let ratio = change.after / change.before
        return ratio >= 2 ? "\(text.number(ratio))×" : "\(ratio >= 1 ? "+" : "−")\(text.percent(abs(ratio - 1)))"
    }

    /// A level in the unit of its measure.
    static func level(_ number: Double, _ measure: Measure, _ text: ValueText) -> String {
        switch value(number, measure) {
        case .number(let share) where measure == .errorRate: text.percent(share)
        case let value: text.text(value)
        }
    }

    private static func value(_ number: Double, _ measure: Measure) -> Value {
        guard case .aggregate(_, let field) = measure, number.isFinite, abs(number) < 9e18 else { return .number(number) }
        switch field.type {
        case .duration: return .duration(.nanoseconds(Int64(number)))
        case .money: return .money(Money(units: Int64(number)))
        default: return .number(number)
        }
    }

    // MARK: Data

    /// The steps as rows: levels in the unit of their measure.
    var figures: ResultTable {
        let columns: [(String, ValueType)] = [
            ("time", .time), ("uncertainty", .duration), ("measure", .text), ("field", .text), ("value", .text),
            ("before", .number),
            ("after", .number), ("p", .number), ("beside", .text),
        ]
        let text = ValueText(Style())
        let rows = shown.map { event, step -> [Value] in
            let causes = changes.events[event].causes.map { "\($0.field.name) = \(text.text($0.value))" }
            return [
                .time(step.start), .duration(step.uncertainty), .text(step.subject.measure.name),
                step.subject.value.map { .text($0.field.name) } ?? .missing,
                step.subject.value.map { .text(text.text($0.value)) } ?? .missing,
                .number(ChangesText.inUnits(step.change.before, step)),
                .number(ChangesText.inUnits(step.change.after, step)), .number(step.change.pValue),
                causes.isEmpty ? .missing : .text(causes.joined(separator: ", ")),
            ]
        }
        return ResultTable(columns: columns.map { ResultColumn($0.0, $0.1) }, rows: rows)
    }

    /// Seconds and dollars, as data forms have them.
    private static func inUnits(_ number: Double, _ step: QueryChanges.Step) -> Double {
        guard case .aggregate(_, let field) = step.subject.measure else { return number }
        switch field.type {
        case .duration: return number / 1e9
        case .money: return number / Double(Money.unitsPerDollar)
        default: return number
        }
    }

    /// The calls of each step's series from the step on; failed ones for rates.
    var behind: [CheckedQuery] {
        shown.map { _, step in
            var rows = query
            if step.subject.measure == .errorRate || step.subject.measure == .errors { rows.noun = .errors }
            let end = query.window.map(\.to) ?? step.start + .days(1)
            return rows.rows(with: step.subject.value.map { [$0] } ?? [], in: Window(from: step.start, to: max(end, step.start)))
        }
    }
}
