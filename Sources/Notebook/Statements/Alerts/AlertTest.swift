import Alerts
import Engine
import Importing
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import Platform

/// `alert test`.
extension Session {
    /// The answer about a file of which no rule could be read: nothing was evaluated, and nothing reads as if it was. Nil when
    /// there are rules.
    func refusal(of subject: RuleTestSubject, isJSON: Bool) -> Outcome? {
        guard subject.rules.isEmpty else { return nil }
        var outcome = Outcome(Reply(exit: .wrong))
        outcome.reply.narration = subject.mistakes
        if isJSON { outcome.reply.output = Redaction.text(ReplayJSON.text(refused: subject.refused)) + "\n" }
        return outcome
    }

    /// The window that a range clause means; the default one without a clause.
    func window(_ range: ClauseSyntax?, _ text: String) throws -> Window {
        var syntax = QuerySyntax.errors
        if let range { syntax.clauses = [range] }
        let facts = try facts()
        let compiled = try QueryCompiler().compile(syntax, text: text, context: context(), facts: facts)
        if let window = compiled.query.window {
            let end = min(window.to, now)
            return Window(from: min(window.from, end), to: end)
        }
        return facts.coverage ?? Window(from: now - .days(1), to: now)
    }

    /// Rules over a grid, with progress; Ctrl-C ends it.
    func trial(_ rules: [RuleUnderTest], on grid: Grid, options: ReplayOptions, labels: Set<Label> = Set(Label.allCases)) throws
        -> [RuleTestResult]
    {
        defer { console.progress?.clear() }
        return try monitor.trial(rules, on: grid, options: options, labels: labels) {
            [progress = console.progress, stopFlag] done, all in
            progress?.show("replayed \(done) of \(all) rules")
            return !stopFlag.isRaised
        }
    }

    /// Instants that a chart is made of; longer replays show the highest of several.
    static let mostPoints = 50_000

    func testRules(_ subject: AlertSubjectSyntax, range: ClauseSyntax?, step: Name?, form: Name?, _ text: String) throws
        -> Outcome
    {
        let tried = try monitor.subject(subject, text), isJSON = (form?.text ?? settings.form) == "json"
        if let refusal = refusal(of: tried, isJSON: isJSON) { return refusal }
        return try test(tried, on: monitor.grid(window(range, text), step: step, for: tried.rules, text), isJSON: isJSON)
    }

    /// Replays rules and says all they came to, and what was refused.
    func test(_ subject: RuleTestSubject, on grid: Grid, isJSON: Bool, labels: Set<Label> = Set(Label.allCases)) throws -> Outcome
    {
        let rules = subject.rules
        let start = Clock.ticks()
        var options = ReplayOptions(curvePoints: isJSON ? 0 : min(grid.count, Session.mostPoints), findings: !isJSON)
        if rules.count > 1 { options.curvePoints = min(options.curvePoints, 4000) }
        let results = try trial(rules, on: grid, options: options, labels: labels)
        let window = Window(from: grid.start, to: grid.end + .nanoseconds(1))
        let incidents = monitor.knownIncidents(in: window)
        let report = try RuleTestReport(
            results, grid: grid, zone: settings.zone, incidents: incidents, engine: engine, isPartial: !subject.refused.isEmpty,
            asksTraits: !isJSON)
        let elapsed = environment.showsTime ? Clock.ticks() - start : nil
        var receipt = Receipt(window: Window(from: grid.start, to: grid.end), zone: settings.zone)
        receipt.newest = try facts().newest
        receipt.rules = try facts().rules
        let count = grid.count.grouped
        receipt.remarks = [
            "\(count) evaluation\(grid.count == 1 ? "" : "s"), \(Units.spelling(grid.step)) apart, both ends included"
        ]
        let answer = Answer(table: report.table, shape: .listing, receipt: receipt)
        var outcome = Outcome()
        let json = Redaction.text(
            ReplayJSON.text(
                results.map(\.replay), refused: subject.refused, from: grid.start, to: grid.end, step: grid.step))
        let export = isJSON ? nil : settings.form.flatMap(ExportFormat.init(rawValue:))
        func reply(_ style: Style, isForFile: Bool, elapsed: Duration?) -> Reply {
            if isJSON { return Reply(data: json + "\n") }
            if let export {
                return Reply(data: export.text(report.table.redacted, style: style))
            }
            var renderer = ReceiptRenderer(style)
            renderer.isForFile = isForFile
            return Reply(report.lines(style) + renderer.lines(receipt, rows: report.table.rows.count, elapsed: elapsed))
        }
        outcome.reply = reply(style, isForFile: false, elapsed: elapsed)
        outcome.reply.narration = subject.mistakes + outcome.reply.narration
        if !subject.mistakes.isEmpty { outcome.reply.exit = .wrong }
        outcome.picture = { reply($0, isForFile: true, elapsed: nil).output }
        outcome.drawings = { drawer in report.charts.compactMap(drawer.picture) }
        outcome.remarks = report.remarks
        outcome.isComposed = true
        outcome.result = CellResult(answer: answer)
        outcome.result?.behind = report.behind
        let reach = rules.map(\.reach).max() ?? .zero
        outcome.evidence = CellEvidence(rows: report.table.rows.count, result: ResultHash.of(answer)) { [self] in
            try fingerprint(of: Window(from: grid.start - reach, to: window.to))
        }
        return outcome
    }
}

extension QuerySyntax {
    /// The question about all errors.
    static let errors = QuerySyntax(.errors)
}
