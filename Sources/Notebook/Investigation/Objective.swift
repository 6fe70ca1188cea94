import Alerts
import Analysis
import Model
import Monitoring
import QueryLanguage
import Render

/// A service level objective over a period: what was achieved, how fast its error budget is spent, and the alert rules for it.
struct Objective {
    /// What is asked for: `99% of calls`.
    let title: String
    let period: Window
    /// The decimals of the target in percent, as written.
    let places: Int
    /// The window of each row, the period first, and its budget; nil where the store has no events in it.
    let windows: [(length: Duration, budget: ErrorBudget?)]
    let rules: [Rule]
    /// The selector of the rules for Prometheus; nil when the objective has no counters there.
    let selector: String?

    /// A rule with what it would have fired.
    struct Rule {
        var rule: BurnRateRule
        /// The rule in the language, from `when` on.
        var text: String
        var firings: Firings
        /// Of the same rule for Prometheus; nil where there is none.
        var prometheus: Firings?
    }

    /// How often a rule fired, and for how long in all.
    struct Firings: Hashable {
        var count: Int, length: Duration

        init(_ replay: RuleReplay) {
            let all = replay.firings.map { $0.firing.length(until: replay.grid.end) }
            (count, length) = (all.count, all.reduce(.zero, +))
        }
    }

    /// The burn rate windows beside the period, those that are not longer than it.
    static func lengths(within period: Duration) -> [Duration] {
        [.days(3), .days(1), .hours(6), .hours(1)].filter { $0 < period }
    }

    // MARK: As rows

    /// One row a window, the period first: events, share of good ones, burn rate, and the rule for that window.
    var table: ResultTable {
        let columns: [(String, ValueType)] = [
            ("window", .text), ("events", .count), ("bad", .count), ("achieved", .ratio), ("burn_rate", .number),
            ("budget_left", .number), ("alert_above", .number), ("severity", .text), ("firings", .count),
            ("firing_time", .duration),
            ("prometheus_firings", .count), ("rule", .text), ("promql", .text),
        ]
        let rows = windows.enumerated().map { place, window -> [Value] in
            var row: [Value] = [.text(Units.spelling(window.length))]
            if let budget = window.budget {
                row += [
                    .count(budget.bad.denominator), .count(budget.bad.numerator), .ratio(budget.achieved),
                    .number(budget.burnRate), place == 0 ? .number(budget.left) : .missing,
                ]
            } else {
                row += [.count(0), .missing, .missing, .missing, .missing]
            }
            guard place > 0, let rule = rules.first(where: { $0.rule.long == window.length }) else {
                return row + Array(repeating: .missing, count: 7)
            }
            row += [
                .number(rule.rule.burnRate), .text(rule.rule.severity.name), .count(Int64(rule.firings.count)),
                .duration(rule.firings.length), rule.prometheus.map { .count(Int64($0.count)) } ?? .missing, .text(rule.text),
            ]
            return row + [selector.map { .text(rule.rule.promQL(selector: $0).joined(separator: " ")) } ?? .missing]
        }
        return ResultTable(columns: columns.map { ResultColumn($0.0, $0.1) }, rows: rows)
    }

    // MARK: On the terminal

    func lines(_ style: Style) -> [String] {
        var lines = sentences(style).flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }
        guard windows[0].budget != nil else { return lines }
        var shown = table
        let kept = [
            ("window", "window"), ("events", "events"), ("bad", "bad"), ("achieved", "achieved"), ("burn_rate", "burn rate"),
            ("alert_above", "alert at"), ("severity", "severity"), ("firings", "firings"), ("firing_time", "firing"),
        ]
        let names = Dictionary(uniqueKeysWithValues: kept), places = kept.compactMap { shown.index(of: $0.0) }
        shown = ResultTable(
            columns: places.map { ResultColumn(names[shown.columns[$0].name] ?? "", shown.columns[$0].type) },
            rows: shown.rows.map { row in places.map { row[$0] } })
        lines += [""] + TableRenderer(style).lines(shown)
        guard !rules.isEmpty else {
            return lines + ["", "no burn rate rule of the SRE workbook fits this target and period"]
        }
        let title = "burn rate rules (SRE workbook), with what they would have fired"
        lines += [""] + wrap(title, width: style.widthInColumns, hanging: 2).map { style.theme.paint($0, .strong) }
        for rule in rules {
            lines += wrap("  " + heading(rule, style), width: style.widthInColumns, hanging: 2)
            lines += wrap("    alert create \(rule.rule.name) \(rule.text)", width: style.widthInColumns, hanging: 2)
        }
        lines += ["", style.theme.paint("the same for Prometheus", .strong)]
        guard let selector else {
            return lines
                + wrap(
                    "  none: the counters of Prometheus know calls and errors by \(Label.ofCalls.map(\.name).sorted().joined(separator: ", ")) alone",
                    width: style.widthInColumns, hanging: 2)
        }
        return lines + BurnRateRule.yaml(rules.map(\.rule), selector: selector)
    }

    private func heading(_ rule: Rule, _ style: Style) -> String {
        let text = ValueText(style)
        var words =
            "\(Int((rule.rule.budget * 100).rounded()))% of the budget in \(Units.spelling(rule.rule.long)), burn rate \(text.number(rule.rule.burnRate)): "
        words += fired(rule.firings, text)
        if let prometheus = rule.prometheus, prometheus != rule.firings {
            words += "; for Prometheus, whose counters include errors without a call, \(fired(prometheus, text))"
        }
        return words
    }

    private func fired(_ firings: Firings, _ text: ValueText) -> String {
        firings.count == 0
            ? "would not have fired" : "\(firings.count.counted("firings")), \(text.duration(firings.length)) in all"
    }

    /// The verdict first, then what burns now.
    func sentences(_ style: Style) -> [String] {
        let text = ValueText(style)
        guard let whole = windows[0].budget else {
            return ["\(title): no events in \(text.time(period.from)) to \(text.time(period.to)), so there is nothing to measure"]
        }
        let allowed = text.number((whole.allowed * 10).rounded() / 10)
        var verdict = "\(title): \(percent(whole.achieved)) achieved over \(Units.spelling(windows[0].length)), "
        verdict += whole.isMet ? "met" : "missed"
        verdict += "; \(whole.bad.numerator.grouped) bad of \(whole.bad.denominator.grouped), budget \(allowed)"
        verdict += ", \(text.percent(whole.burnRate)) used, "
        verdict += whole.isMet ? "\(text.percent(max(0, 1 - whole.burnRate))) left" : "exhausted"
        let fast = windows.dropFirst().filter { ($0.budget?.burnRate ?? 0) > 1 }
        guard let fastest = fast.max(by: { ($0.budget?.burnRate ?? 0) < ($1.budget?.burnRate ?? 0) }), let budget = fastest.budget
        else {
            return [verdict, "no window up to now burns faster than the budget allows"]
        }
        var burning = "burn rate \(text.number(budget.burnRate)) over the last \(Units.spelling(fastest.length))"
        if whole.isMet, budget.burnRate > 0 {
            let left = Duration.seconds(period.length.inSeconds * max(0, 1 - whole.burnRate) / budget.burnRate)
            burning += ": at this rate what is left lasts \(text.duration(left))"
        }
        return [verdict, burning]
    }

    /// A share near 100% with enough digits to tell it from its target; rounded down, so that a missed target never reads as met.
    private func percent(_ ratio: Ratio) -> String {
        let places = min(6, max(2, self.places + 1))
        let scale = (0..<places).reduce(Int64(1)) { scale, _ in scale * 10 }
        let shares = ratio.denominator.dividingFullWidth(ratio.numerator.multipliedFullWidth(by: 100 * scale)).quotient
        let digits = String(shares % scale)
        return "\(shares / scale)." + String(repeating: "0", count: places - digits.count) + digits + "%"
    }
}
