import Alerts
import Analysis
import Engine
import Model
import Monitoring
import QueryLanguage
import Render
import Platform
import Terminal

/// `slo TARGET [of calls | traces | CONDITION]`: an error budget, its burn rates, and the alert rules for it.
struct SLOStatement: Statement {
    /// The share of good events that is asked for, between 0 and 1.
    private let target: Double
    /// The target as written, and what it is a share of: `99% of calls`.
    private let title: String
    /// The decimals of the target in percent, as written.
    private let places: Int
    /// The events, with their conditions and range.
    private let syntax: QuerySyntax
    /// What makes a call good; nil for calls and traces that did not fail.
    private let good: PredicateSyntax?

    static let entry = StatementEntry(
        "slo", "slo TARGET [of calls | traces | CONDITION] [RANGE] [where PREDICATE]",
        "an error budget: achieved, used and left, burn rates, and burn rate alerts for it, also for Prometheus",
        example: "slo 99% last 30d", role: .cell, traits: .question)

    init(parsing parser: inout Parser) throws(ParseStop) {
        let start = parser.wordRead
        guard parser.token.kind == .word else {
            parser.report(Mistake.expected("a target below 100%", at: parser.token, closest: "slo 99% last 30d"))
            throw ParseStop()
        }
        let word = parser.advance()
        guard let target = Units.ratio(word.value), target > 0, target < 1 else {
            let number = Units.number(word.value).map { $0 > 1 && $0 < 100 } ?? false
            throw parser.stop(
                "bad-target", at: word.span, "`\(word.value)` is no target: a share between 0% and 100%",
                closest: number ? word.value + "%" : "99%", replacement: number ? word.value + "%" : nil)
        }
        self.target = target
        let decimals = word.value.split(separator: ".").dropFirst().first?.count { $0.isNumber } ?? 0
        places = word.value.hasSuffix("%") ? decimals : max(0, decimals - 2)
        var subject = "calls", good: PredicateSyntax?
        parser.offer(.words(["of"]))
        if parser.token.isWord("of") {
            parser.advance()
            parser.offer(.words(["calls", "traces"]), .condition)
            if parser.token.isWord("calls") || parser.token.isWord("traces") {
                subject = parser.advance().folded
            } else {
                good = parser.predicate(of: .condition)
                guard let good else { throw ParseStop() }
                subject = "calls with " + PredicatePrinter.text(good)
            }
        }
        var syntax = parser.clausesOnly(of: start, allowed: ["range", "where"])
        if !syntax.clauses.contains(where: { Parser.name(of: $0.kind) == "range" }) {
            syntax.clauses.append(ClauseSyntax(kind: .range(.last(Name("30d", start.span))), span: start.span))
        }
        if subject == "traces" { syntax.noun = Name("traces", start.span) }
        (self.syntax, self.good) = (syntax, good)
        let conditions = SLOStatement.conditions(of: syntax).map(PredicatePrinter.text)
        title = "\(word.value) of \(subject)" + (conditions.isEmpty ? "" : " where " + conditions.joined(separator: " and "))
    }

    private static func conditions(of syntax: QuerySyntax) -> [PredicateSyntax] {
        syntax.clauses.compactMap { if case .where(let predicate) = $0.kind { predicate } else { nil } }
    }

    func check(in session: Session, as written: StatementText) throws { _ = try compiled(in: session, as: written) }

    /// The share of bad events, as the language writes it.
    private var measure: ItemSyntax {
        guard syntax.noun.text == "traces" || good != nil else { return ItemSyntax("error_rate") }
        let nowhere = TextSpan(0, 0)
        let bad = good.map { PredicateSyntax.not($0, $0.span) } ?? .bare(ItemSyntax("failed"))
        return ItemSyntax(name: Name("share", nowhere), argument: .predicate(bad), span: nowhere)
    }

    private func compiled(in session: Session, as written: StatementText) throws -> CompiledQuery {
        var syntax = syntax
        syntax.clauses.insert(ClauseSyntax(kind: .show([measure]), span: syntax.noun.span), at: 0)
        return try session.compile(syntax, written.text, written.mistakes)
    }

    /// The bad events of a window, as a listing: what stands behind a row.
    private func badEvents(in session: Session, as written: StatementText) throws -> CheckedQuery {
        var listing = syntax
        let bad = good.map { PredicateSyntax.not($0, $0.span) }
        if let bad { listing.clauses.append(ClauseSyntax(kind: .where(bad), span: bad.span)) }
        listing.noun.text = bad != nil ? "calls" : syntax.noun.text == "traces" ? "failures" : "errors"
        return try session.compile(listing, written.text, []).query
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let compiled = try compiled(in: session, as: written), facts = try session.facts(), start = Clock.ticks()
        let period = try session.window(
            syntax.clauses.first { Parser.name(of: $0.kind) == "range" }, written.text)
        let lengths = [period.length] + Objective.lengths(within: period.length)
        let windows = lengths.map { Window(from: period.to - $0, to: period.to) }
        var answers: [Answer] = []
        let budgets = try session.engine.snapshot {
            try windows.map { window -> ErrorBudget? in
                var query = compiled.query
                query.window = window
                answers.append(try QueryCompiler().compile(query, facts: facts).answer(from: session.engine))
                guard case .ratio(let bad)? = answers.last?.table.rows.first?.first else { return nil }
                return ErrorBudget(target: target, bad: bad)
            }
        }
        let selector =
            good == nil && syntax.noun.text == "calls" ? PredicateSelector.text(SLOStatement.conditions(of: syntax)) : nil
        let rules = budgets[0] == nil ? [] : try self.rules(in: session, over: period, selector: selector)
        let elapsed = session.environment.showsTime ? Clock.ticks() - start : nil
        let level = Objective(
            title: title, period: period, places: places, windows: Array(zip(lengths, budgets)), rules: rules, selector: selector)
        let behind = try windows.map { window in
            var query = try badEvents(in: session, as: written)
            query.window = window
            return query
        }
        var receipt = answers[0].receipt
        receipt.window = period
        // A budget of a whole period that was not watched whole says so.
        if let coverage = facts.coverage, budgets[0] != nil,
            (coverage.from - period.from).inSeconds > period.length.inSeconds / 100
        {
            receipt.remarks.append("the store has data since \(TimeText.iso(coverage.from)) only, within the period")
        }
        let figures = Answer(table: level.table, shape: .listing, receipt: receipt)
        let reach = rules.map(\.rule.long).max() ?? .zero
        var outcome = session.composed(
            figures, behind: behind, in: Window(from: period.from - reach, to: period.to), elapsed: elapsed
        ) { level.lines($0) }
        outcome.remarks = { level.sentences($0) }
        return outcome
    }

    /// The burn rate rules, tested on the period.
    private func rules(in session: Session, over period: Window, selector: String?) throws -> [Objective.Rule] {
        let rules = BurnRateRule.rules(target: target, period: period.length)
        let conditions = SLOStatement.conditions(of: syntax)
        var selection = syntax
        selection.clauses = conditions.map { ClauseSyntax(kind: .where($0), span: $0.span) }
        let events = QueryPrinter.text(selection), measure = self.measure.text
        let texts = rules.map { $0.when(events, measure: measure) }
        var tried = try zip(rules, texts).map { rule, text in
            try session.monitor.subject(.rule(RuleText.syntax(text).rule), text).rules.map { tried in
                var tried = tried
                tried.name = rule.name
                return tried
            }
        }.flatMap { $0 }
        if let selector {
            let file = RuleFile(yaml: BurnRateRule.yaml(rules, selector: selector).joined(separator: "\n"))
            tried += file.rules.map { RuleUnderTest(name: $0.name, prometheus: $0) }
        }
        let grid = try session.monitor.grid(period, step: nil, "")
        let replays = try session.trial(tried, on: grid, options: ReplayOptions()).map { Objective.Firings($0.replay) }
        return rules.indices.map { place in
            Objective.Rule(
                rule: rules[place], text: texts[place], firings: replays[place],
                prometheus: replays.indices.contains(rules.count + place) ? replays[rules.count + place] : nil)
        }
    }
}
