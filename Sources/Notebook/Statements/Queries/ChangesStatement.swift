import Analysis
import Engine
import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// `changes [in MEASURE {, MEASURE}] [by FIELD] [RANGE] [where P]`: steps in every series; `changes around T`: what was different then.
struct ChangesStatement: Statement {
    let syntax: QuerySyntax

    static let entry = StatementEntry(
        "changes", "changes [in MEASURE {, MEASURE}] [by FIELD {, FIELD}] [RANGE] [where PREDICATE]",
        "every step in every series beside what was changed then; with `around T`, all values by their errors and calls before and after",
        example: "changes last 14d", role: .cell, traits: .question)

    init(parsing parser: inout Parser) throws(ParseStop) {
        let start = parser.wordRead
        parser.offer(.words(["in"]))
        var items: [ItemSyntax] = []
        if parser.token.isWord("in") {
            parser.advance()
            items = parser.measures()
        }
        var syntax = parser.clausesOnly(of: start, allowed: ["by", "range", "where", "as"])
        if !items.isEmpty { syntax.clauses.append(ClauseSyntax(kind: .show(items), span: items[0].span)) }
        self.syntax = syntax
    }

    var effects: StatementEffects { syntax.effects }

    /// The instant of `around T`, in the middle of its window; nil for other ranges.
    private func instant(_ query: CheckedQuery) -> Timestamp? {
        let isAround = syntax.clauses.contains { if case .range(.around) = $0.kind { true } else { false } }
        guard isAround, let window = query.window else { return nil }
        return window.from + .nanoseconds(window.length.inNanoseconds / 2)
    }

    private func compiled(in session: Session, as written: StatementText) throws -> CheckedQuery {
        var mistakes = written.mistakes
        let isAround = syntax.clauses.contains { if case .range(.around) = $0.kind { true } else { false } }
        for clause in syntax.clauses where isAround {
            switch clause.kind {
            case .by: mistakes.append(Mistake.clauseNotHere(clause.span, word: "by", statement: "changes around"))
            case .show: mistakes.append(Mistake.clauseNotHere(clause.span, word: "in", statement: "changes around"))
            default: break
            }
        }
        var asked = syntax
        // Groups need a measure; the usual ones are chosen later.
        let hasMeasures = syntax.clauses.contains { if case .show = $0.kind { true } else { false } }
        if !hasMeasures { asked.clauses.append(ClauseSyntax(kind: .show([ItemSyntax("count")]), span: syntax.noun.span)) }
        var query = try session.compile(asked, written.text, mistakes).query
        if !hasMeasures { query.measures = [] }
        for (place, measure) in query.measures.enumerated() where !ChangeSeries.isExamined(measure) {
            let items = syntax.clauses.compactMap { clause -> [ItemSyntax]? in
                if case .show(let items) = clause.kind { items } else { nil }
            }.flatMap { $0 }
            throw written.mistake(
                "not-a-series", at: items.indices.contains(place) ? items[place].span : syntax.noun.span,
                "`changes` cannot examine `\(measure.name)`",
                closest: "count, errors, error_rate, p95(latency), avg(cost), avg(tokens)")
        }
        return query
    }

    func check(in session: Session, as written: StatementText) throws { _ = try compiled(in: session, as: written) }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let facts = try session.facts(), query = try compiled(in: session, as: written)
        let start = Clock.ticks()
        var receipt = Receipt(window: query.window, zone: query.zone)
        (receipt.newest, receipt.rules) = (facts.newest, facts.rules)
        receipt.evidence = query.evidence == .default ? nil : query.evidence
        func figures(_ table: ResultTable) -> Answer { Answer(table: table, shape: .listing, receipt: receipt) }
        func elapsed() -> Duration? { session.environment.showsTime ? Clock.ticks() - start : nil }
        if let instant = instant(query) {
            let around = try session.engine.snapshot {
                try ChangesAround(query, instant: instant, now: session.now, facts: facts, engine: session.engine)
            }
            let text = AroundText(around: around)
            return try session.findings(
                figures(text.figures), behind: text.behind, query: query, beside: [], elapsed: elapsed()
            ) { text.lines($0) }
        }
        let changes = try session.engine.snapshot { try QueryChanges(query, facts: facts, engine: session.engine) }
        let text = ChangesText(changes: changes, query: query)
        return try session.findings(
            figures(text.figures), behind: text.behind, query: query, beside: [], elapsed: elapsed()
        ) { text.lines($0) }
    }
}
