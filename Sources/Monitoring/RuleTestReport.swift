import Alerts
import Engine
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// What `alert test` shows: for each rule a chart and what stands out, then all firings in one table.
package struct RuleTestReport {
    package let results: [RuleTestResult]
    package let grid: Grid
    package let coverage: Window?
    package let zone: Zone
    /// Incidents of the range; what rules missed of them is told.
    package let incidents: [IncidentEntry]
    /// The rows of the table, and the questions behind them.
    package private(set) var table: ResultTable
    package private(set) var behind: [CheckedQuery] = []
    /// What cooldowns make of firings, for each result that has one.
    private let plans: [[[NotificationPlan]]]
    /// True when a part of the rules was refused, so that nothing is said of them.
    package let isPartial: Bool

    /// Firings whose most frequent type, model and newest trace are asked for.
    private static let mostAsked = 300
    /// Rules that are drawn.
    private static let mostDrawn = 6

    package init(
        _ results: [RuleTestResult], grid: Grid, zone: Zone, incidents: [IncidentEntry], engine: any Engine,
        isPartial: Bool = false,
        asksTraits: Bool = true
    ) throws {
        self.isPartial = isPartial
        self.results = results
        self.grid = grid
        self.zone = zone
        self.incidents = incidents
        plans = results.map { result in
            result.rule.cooldown > .zero ? result.replay.notifications(cooldown: result.rule.cooldown).plans : []
        }
        let facts = try engine.overview()
        coverage = facts.coverage
        table = ResultTable(
            columns: [
                ResultColumn("alert", .text), ResultColumn("series", .text), ResultColumn("start", .time),
                ResultColumn("end", .time), ResultColumn("length", .duration), ResultColumn("peak", .number),
                ResultColumn("errors", .count), ResultColumn("notification", .text), ResultColumn("type", .text),
                ResultColumn("model", .text), ResultColumn("trace", .text),
            ], rows: [])
        let told = results.indices.map(notifications(of:))
        let all = results.enumerated().flatMap { place, result in
            result.replay.firings.map { (result, $0.alert, $0.firing, told[place][$0.alert.labels]?[$0.firing.from]) }
        }
        .sorted { ($0.2.from, $0.0.replay.name, $0.1.labels) < ($1.2.from, $1.0.replay.name, $1.1.labels) }
        for (index, (result, alert, firing, notification)) in all.enumerated() {
            let errors = result.errors(behind: firing, of: alert)
            var traits: [Value] = [.missing, .missing, .missing]
            if asksTraits, index < RuleTestReport.mostAsked, firing.errors > 0 {
                let found =
                    try QueryCompiler().compile(errors.commonTraits, facts: facts).answer(from: engine).table.rows.first ?? []
                traits = Array((traits + found).suffix(3))
            }
            let series = LabelText.words(result.shownLabels(alert))
            table.rows.append(
                [
                    .text(result.replay.name), series.isEmpty ? .missing : .text(series), .time(firing.from),
                    firing.resolvedAt.map { .time($0) } ?? .missing, .duration(firing.length(until: grid.end)),
                    .number(firing.peak), .count(firing.errors), notification.map { .text($0) } ?? .missing,
                ] + traits)
            behind.append(errors)
        }
        dropEmptyColumns()
    }

    /// The notification state of each firing, by its alert's labels and its start; empty for rules without `cooldown`.
    private func notifications(of place: Int) -> [LabelSet: [Timestamp: String]] {
        var words: [LabelSet: [Timestamp: String]] = [:]
        for (alert, plans) in zip(results[place].replay.alerts, plans[place]) {
            for (firing, plan) in zip(alert.firings, plans) {
                let word = plan.notified == nil ? "suppressed" : plan.isSuppressed ? "late" : "sent"
                words[alert.labels, default: [:]][firing.from] = word
            }
        }
        return words
    }

    /// How many firings of a result its cooldown lets through.
    private func cooldown(of place: Int) -> String? {
        let plans = plans[place].joined()
        guard !plans.isEmpty else { return nil }
        let rule = results[place].rule, sent = plans.filter { $0.notified != nil }, late = sent.filter(\.isSuppressed).count
        var sentence = "\(plans.count) firing\(plans.count == 1 ? "" : "s"), \(sent.count) notified: `cooldown "
        sentence +=
            "\(Units.spelling(rule.cooldown))` suppresses \(sent.count < plans.count ? "\(plans.count - sent.count)" : "none")"
        if late > 0 { sentence += " and delays \(late) until it ends" }
        return !rule.actions.isEmpty ? sentence : sentence + "; the rule has no `do`, so nothing is sent"
    }

    /// Series and names of rules that say nothing are left out.
    private mutating func dropEmptyColumns() {
        var dropped: Set<Int> = []
        if results.count == 1 { dropped.insert(0) }
        for place in [1, 7] where table.rows.allSatisfy({ $0[place].isMissing }) { dropped.insert(place) }
        let kept = table.columns.indices.filter { !dropped.contains($0) }
        table = ResultTable(columns: kept.map { table.columns[$0] }, rows: table.rows.map { row in kept.map { row[$0] } })
    }

    // MARK: Shown

    package func lines(_ style: Style) -> [String] {
        var lines: [String] = []
        for (index, result) in results.enumerated() {
            if results.count > 1 {
                if index > 0 { lines.append("") }
                lines.append(style.theme.paint(Printable.safe(result.replay.name), .strong))
            }
            if index < RuleTestReport.mostDrawn, results.count == 1 || !result.replay.alerts.isEmpty {
                lines += chart(result)?.lines(style) ?? []
            }
            lines += told(index, style)
        }
        if !lines.isEmpty { lines.append("") }
        if table.rows.isEmpty {
            lines += wrap(
                isPartial ? "no firings of the rules that were read; those that were refused were not evaluated" : "no firings",
                width: style.widthInColumns)
        } else {
            var options = TableOptions()
            options.numbersRows = true
            let measured = Dictionary(
                results.map { ($0.replay.name, $0.rule.measureWords) }, uniquingKeysWith: { first, _ in first })
            lines += TableRenderer(style).lines(PeakWords(measured).shown(table.redacted), options)
        }
        if results.count > 1 { lines += wrap(totals, width: style.widthInColumns) }
        return lines
    }

    /// Over all rules.
    private var totals: String {
        let firings = table.rows.count
        let fired = results.filter { !$0.replay.alerts.isEmpty }.count
        let read = isPartial ? " that were read" : ""
        return "\(firings) firing\(firings == 1 ? "" : "s"); \(fired) of \(results.count) rules\(read) fired"
    }

    /// What stands out of all rules, a sentence each.
    package func remarks(_ style: Style) -> [String] {
        let wide = Style(widthInColumns: 400, glyphs: style.glyphs, theme: .plain, zone: style.zone, now: style.now)
        return results.enumerated().flatMap { place, result in
            let name = results.count > 1 ? Printable.safe(result.replay.name) + ": " : ""
            return told(place, wide).map { name + ($0.hasPrefix("- ") ? String($0.dropFirst(2)) : $0) }
        }
    }

    /// What stands out of one rule, and how it did against incidents.
    private func told(_ place: Int, _ style: Style) -> [String] {
        let result = results[place]
        var lines: [String] = []
        for remark in result.rule.remarks {
            lines += wrap("- " + Printable.safe(Redaction.text(remark)), width: style.widthInColumns, hanging: 2)
        }
        for finding in result.replay.findings {
            var sentence = finding.sentence
            if let offer = finding.suggestion {
                let length = ValueText(style).duration(offer.firingTime)
                let hold = offer.hold > .zero ? " for \(Units.spelling(offer.hold))" : ""
                sentence +=
                    "; try: \(offer.text)\(hold) (\(offer.firings) firing\(offer.firings == 1 ? "" : "s"), \(length) in total)"
            }
            lines += wrap("- " + Printable.safe(Redaction.text(sentence)), width: style.widthInColumns, hanging: 2)
        }
        if let sentence = cooldown(of: place) { lines += wrap("- " + sentence, width: style.widthInColumns, hanging: 2) }
        for failure in result.replay.failures.prefix(3) {
            let text = ValueText(style)
            lines += wrap(
                "- failed at \(failure.evaluations) evaluation\(failure.evaluations == 1 ? "" : "s") from \(text.time(failure.window.from)): \(Printable.safe(failure.message))",
                width: style.widthInColumns, hanging: 2)
        }
        if !incidents.isEmpty {
            lines += wrap(
                "- " + result.replay.score(incidents.map(\.labelled)).sentence(style), width: style.widthInColumns, hanging: 2)
        }
        return lines
    }

    // MARK: Chart

    /// The charts that are drawn, in the order of the rules.
    package var charts: [FiringChart] {
        results.prefix(RuleTestReport.mostDrawn).filter { results.count == 1 || !$0.replay.alerts.isEmpty }.compactMap(chart)
    }

    /// The measure over time, with the threshold and what each series' state was.
    private func chart(_ result: RuleTestResult) -> FiringChart? {
        let replay = result.replay
        guard let worst = replay.curves.first, !worst.points.isEmpty else { return nil }
        let count = worst.points.count
        func start(_ point: Int) -> Timestamp { grid.instant((point * grid.count + count - 1) / count) }
        let width = Duration.nanoseconds(
            grid.step.inNanoseconds.multipliedStopping(by: Int64(max(1, grid.count / max(count, 1)))))
        var axis = TimeAxis(
            starts: (0..<count).map(start), end: grid.end + grid.step, width: Units.spelling(width),
            window: Window(from: grid.start, to: grid.end + grid.step), coverage: coverage, zone: zone)
        // Every instant of the grid has a value or none: what lies outside of the data is told by the findings.
        axis.coverage = axis.window
        var curves = Array(replay.curves.dropFirst())
        if curves.isEmpty { curves = [worst] }
        let type = result.valueType, isBelow = replay.measure.isBelow
        var firings: [LabelSet: [Firing]] = [:]
        for alert in replay.alerts { firings[alert.resultLabels, default: []] += alert.firings }
        let series = curves.map { curve -> FiringChart.Series in
            let labels = curve.labels ?? .empty
            let own = curve.labels == nil ? replay.alerts.flatMap(\.firings) : firings[labels] ?? []
            return FiringChart.Series(
                curve.labels.map(LabelText.words) ?? "", values: curve.points.map { $0.map { isBelow ? $0.low : $0.high } },
                states: states(own, points: count, values: curve.points))
        }
        let threshold = replay.measure.threshold.map { value -> LineChart.Threshold in
            // The number is never cut, however long the measure's text is.
            let condition = "\(replay.measure.relation ?? "") \(result.rule.measureWords.number(value))"
            let room = max(10, 58 - DisplayWidth.of(condition))
            return LineChart.Threshold(value, DisplayWidth.cut(replay.measure.text, to: room, mark: "...") + " " + condition)
        }
        var chart = FiringChart(axis: axis, series: series, threshold: threshold, type: type, name: replay.measure.text)
        if count < grid.count || firings.count > series.count {
            chart.totals = FiringChart.Totals(
                evaluations: grid.count, step: Units.spelling(grid.step),
                firings: replay.firings.map { alert, firing in
                    FiringChart.Totals.Firing(
                        LabelText.words(result.shownLabels(alert)),
                        Window(from: firing.from, to: firing.resolvedAt ?? grid.end + grid.step), isOpen: firing.resolvedAt == nil
                    )
                })
        }
        return chart
    }

    private func states(_ firings: [Firing], points: Int, values: [MeasureCurve.Point?]) -> [FiringChart.State] {
        var states = values.map { $0 == nil ? FiringChart.State.noValue : .inactive }
        func mark(_ state: FiringChart.State, from: Timestamp, to: Timestamp) {
            func point(_ instant: Timestamp) -> Int {
                let distance = (instant - grid.start).inNanoseconds / max(grid.step.inNanoseconds, 1)
                return Int(max(0, min(Int64(grid.count - 1), distance))) * points / grid.count
            }
            guard to > from, to > grid.start else { return }
            for index in point(from)...point(to - .nanoseconds(1)) where states[index] != .firing { states[index] = state }
        }
        for firing in firings {
            mark(.firing, from: firing.from, to: firing.resolvedAt ?? grid.end + grid.step)
            mark(.pending, from: firing.pendingFrom, to: firing.from)
        }
        return states
    }

}

extension RuleTestResult {
    /// The labels that tell an alert from the others; those of a rule of our own are its keys.
    package func shownLabels(_ alert: AlertReplay) -> LabelSet {
        if case .own = rule.kind { alert.resultLabels } else { alert.labels }
    }

    /// What the values of the measure are.
    package var valueType: ValueType {
        guard case .own(let own) = rule.kind, let measure = own.condition.firstCompared else { return .number }
        return measure.type
    }
}
