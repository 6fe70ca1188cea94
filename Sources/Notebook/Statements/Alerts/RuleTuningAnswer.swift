import Alerts
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import Platform

/// `alert tune`: how often a rule would have fired at each threshold.
extension Session {
    func tuneRule(_ subject: AlertSubjectSyntax, range: ClauseSyntax?, aim: Name?, _ text: String) throws -> Outcome {
        let tried = try monitor.subject(subject, text)
        if let refusal = refusal(of: tried, isJSON: settings.form == "json") { return refusal }
        guard tried.rules.count == 1, let rule = tried.rules.first else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "one-rule", at: TextSpan(0, min(10, text.utf8.count)),
                        "only one rule can be tuned at a time; there are \(tried.rules.count) here", closest: "alert tune NAME")
                ])
        }
        let grid = try monitor.grid(window(range, text), step: nil, text)
        let wanted = try aim.map { try self.aim($0, text) }
        let window = Window(from: grid.start, to: grid.end + .nanoseconds(1))
        let incidents = monitor.knownIncidents(in: window).map(\.labelled)
        var holds: [Duration] = [.zero, rule.holding, .minutes(2), .minutes(5), .minutes(10)].filter { $0 != rule.holding }
        holds = Array(holds.prefix(3))
        var trial = RuleTest(engine: engine)
        trial.isWanted = { [progress = console.progress, stopFlag] _, _ in
            progress?.show("reading")
            return !stopFlag.isRaised
        }
        let question = RuleTuning.Question(holds: holds, aim: wanted, incidents: incidents)
        guard let tuning = try trial.tune(rule, on: grid, question) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "no-threshold", at: TextSpan(0, min(10, text.utf8.count)),
                        "the rule has no threshold to tune", closest: "having count > 5")
                ])
        }
        console.progress?.clear()
        let tuned = Tuned(rule: rule, tuning: tuning, grid: grid, aim: wanted)
        var receipt = Receipt(window: Window(from: grid.start, to: grid.end), zone: settings.zone)
        receipt.newest = try facts().newest
        let answer = Answer(table: tuned.table, shape: .listing, receipt: receipt)
        func reply(_ style: Style) -> Reply {
            if let export = settings.form.flatMap(ExportFormat.init(rawValue:)) {
                return Reply(data: export.text(tuned.table, style: style))
            }
            let receipt = ReceiptRenderer(style).lines(answer.receipt, rows: tuned.table.rows.count, elapsed: nil)
            return Reply(tuned.lines(style) + receipt)
        }
        var outcome = Outcome(reply(style))
        outcome.reply.narration = tried.mistakes
        if !tried.mistakes.isEmpty { outcome.reply.exit = .wrong }
        outcome.picture = { reply($0).output }
        outcome.drawings = { drawer in drawer.picture(tuned.curve).map { [$0] } ?? [] }
        outcome.isComposed = true
        outcome.result = CellResult(answer: answer)
        outcome.evidence = CellEvidence(rows: tuned.table.rows.count, result: ResultHash.of(answer)) { [self] in
            try fingerprint(of: Window(from: grid.start - rule.reach, to: window.to))
        }
        return outcome
    }

    /// How often a rule may fire, from `2/week`, `1/day`.
    private func aim(_ aim: Name, _ text: String) throws(Diagnostics) -> TuningTarget {
        let parts = aim.text.split(separator: "/")
        let lengths: [String: Duration] = ["hour": .hours(1), "day": .days(1), "week": .days(7), "month": .days(30)]
        if parts.count == 2, let count = Int(parts[0]), (0...1_000_000).contains(count), let per = lengths[String(parts[1])] {
            return TuningTarget(firings: count, per: per)
        }
        throw Diagnostics(
            text: text, [Diagnostic("bad-aim", at: aim.span, "`\(aim.text)` is not a frequency", closest: "2/week, 1/day")])
    }
}
