import Alerts
import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import System

/// `alert test`.
extension Interpreter {
    /// What is tried: the rules, and mistakes of a file that keep others of its rules out.
    struct TrialSubject {
        var rules: [TriedRule]
        var refused: [RuleMistake] = []
        /// The mistakes told, and what they come to.
        var mistakes = ""
    }

    /// The answer about a file of which no rule could be read: nothing was evaluated, and nothing reads as if it was. Nil when
    /// there are rules.
    func refusal(of subject: TrialSubject, isJSON: Bool) -> Outcome? {
        guard subject.rules.isEmpty else { return nil }
        var outcome = Outcome(Reply(exit: .wrong))
        outcome.reply.narration = subject.mistakes
        if isJSON { outcome.reply.output = Redaction.text(ReplayJSON.text(refused: subject.refused)) + "\n" }
        return outcome
    }

    func subject(_ subject: AlertSubjectSyntax, _ text: String) throws -> TrialSubject {
        switch subject {
        case .name(let name): return TrialSubject(rules: [try read(keptRule(name, text), catalog: catalog)])
        case .file(let path):
            let (rules, mistakes) = try ruleFile(path.text)
            var told = told(mistakes, of: path.text)
            if rules.isEmpty {
                told +=
                    Printable.safe(
                        "\(path.text): \(mistakes.isEmpty ? "holds no alerting rule" : "refused"); nothing was evaluated") + "\n"
            } else if !mistakes.isEmpty {
                told +=
                    Printable.safe(
                        "\(path.text): refused in part; of its rules only \(rules.count) could be read and \(rules.count == 1 ? "was" : "were") evaluated"
                    ) + "\n"
            }
            return TrialSubject(rules: rules, refused: mistakes, mistakes: told)
        case .rule(let syntax):
            let checked = try QueryCompiler().compileRule(
                syntax, text: text, context: ruleContext(zone: settings.zone, evidence: settings.evidence), catalog: catalog)
            return TrialSubject(
                rules: [TriedRule(name: "rule", kind: .own(checked), evidence: settings.evidence, zone: settings.zone)])
        }
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

    /// Instants of evaluation over a window: on whole steps, so that the same instants come again whenever it is asked.
    ///
    /// - Parameter rules: What is tried: groups of a file that ask for a step of their own get it, unless one is typed.
    func grid(_ window: Window, step: Name?, for rules: [TriedRule] = [], _ text: String) throws -> Grid {
        var length = rules.commonInterval ?? .minutes(1)
        if let step {
            guard let given = Units.duration(step.text), given >= .seconds(1) else {
                throw Diagnostics(
                    text: text,
                    [
                        Diagnostic(
                            "bad-duration", at: step.span, "`\(step.text)` is no step of a second or more", closest: "step 1m")
                    ])
            }
            length = given
        }
        let width = length.inNanoseconds
        var from = window.from.nanoseconds.ceiledStopping(to: width)
        var to = window.to.nanoseconds.flooredStopping(to: width)
        // A window without a whole step in it is evaluated at its end, and never behind it.
        if from > to { (from, to) = (window.to.nanoseconds, window.to.nanoseconds) }
        guard let grid = Grid(from: Timestamp(nanoseconds: from), to: Timestamp(nanoseconds: to), step: length) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "too-many-instants", at: step?.span ?? TextSpan(0, text.utf8.count),
                        "more than \(Grid.limit) evaluations", closest: "a longer step or a shorter range")
                ])
        }
        return grid
    }

    /// Rules over a grid, with progress; Ctrl-C ends it.
    func trial(_ rules: [TriedRule], on grid: Grid, options: ReplayOptions, labels: Set<Label> = Set(Label.allCases)) throws
        -> [TrialResult]
    {
        var trial = RuleTrial(store: store, labels: labels)
        trial.isWanted = { [progress, wasToldToStop] done, all in
            progress?.show("replayed \(done) of \(all) rules")
            return !wasToldToStop.isRaised
        }
        defer { progress?.clear() }
        return try trial.run(rules, on: grid, options: options)
    }

    func testRules(_ subject: AlertSubjectSyntax, range: ClauseSyntax?, step: Name?, form: Name?, _ text: String) throws
        -> Outcome
    {
        let tried = try self.subject(subject, text), isJSON = (form?.text ?? settings.form) == "json"
        if let refusal = refusal(of: tried, isJSON: isJSON) { return refusal }
        return try test(tried, on: grid(window(range, text), step: step, for: tried.rules, text), isJSON: isJSON)
    }

    /// Replays rules and says all they came to, and what was refused.
    func test(_ subject: TrialSubject, on grid: Grid, isJSON: Bool, labels: Set<Label> = Set(Label.allCases)) throws -> Outcome {
        let rules = subject.rules
        let start = Clock.ticks()
        var options = ReplayOptions(curvePoints: isJSON ? 0 : min(grid.count, Interpreter.mostPoints), findings: !isJSON)
        if rules.count > 1 { options.curvePoints = min(options.curvePoints, 4000) }
        let results = try trial(rules, on: grid, options: options, labels: labels)
        let window = Window(from: grid.start, to: grid.end + .nanoseconds(1))
        let incidents = knownIncidents(in: window)
        let report = try TrialReport(
            results, grid: grid, zone: settings.zone, incidents: incidents, engine: engine, isPartial: !subject.refused.isEmpty,
            asksTraits: !isJSON)
        let elapsed = surroundings.showsTime ? Clock.ticks() - start : nil
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

    /// The incidents of a window; none where nothing was ever kept. Looking makes no file.
    func knownIncidents(in window: Window) -> [IncidentEntry] {
        guard hasAlertState else { return [] }
        return (try? state?.incidents(in: window)) ?? []
    }

    /// Instants that a chart is made of; longer replays show the highest of several.
    static let mostPoints = 50_000
}

extension [TriedRule] {
    /// The step that the groups of all these rules ask for; nil when they ask for none, or for different ones.
    var commonInterval: Duration? {
        let intervals = Set(
            map { rule -> Duration? in if case .prometheus(let read) = rule.kind { read.interval } else { nil } })
        guard intervals.count == 1, let interval = intervals.first ?? nil, interval >= .seconds(1) else { return nil }
        return interval
    }
}

extension QuerySyntax {
    /// The question about all errors.
    static var errors: QuerySyntax {
        guard case .query(let query) = Parser.parse("errors").statement else {
            preconditionFailure("`errors` is a query")
        }
        return query
    }
}
