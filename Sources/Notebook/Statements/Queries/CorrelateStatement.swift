import Engine
import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// `correlate M1, M2 every D`: the query is of calls, with two measures.
struct CorrelateStatement: Statement {
    let syntax: QuerySyntax

    static let entry = StatementEntry(
        "correlate", "correlate MEASURE, MEASURE every D [by FIELD] [RANGE] [where PREDICATE] [as scatter | FORM]",
        "whether two measures of calls move together over time buckets: Spearman and Pearson with n, p and lag",
        example: "correlate p95(latency), error_rate every 1h last 7d", role: .cell, traits: .question)

    init(parsing parser: inout Parser) throws(ParseStop) {
        let start = parser.wordRead
        let closest = "correlate p95(latency), error_rate every 1h"
        let measures = parser.measures(closest: closest)
        guard measures.count == 2 else {
            guard let first = measures.first, let last = measures.last else { throw ParseStop() }
            throw parser.stop(
                "correlate-needs-two", at: first.span.union(last.span), "`correlate` compares two measures", closest: closest)
        }
        var syntax = parser.clausesOnly(of: start, allowed: ["every", "by", "range", "where", "as"])
        let span = measures[0].span.union(measures[1].span)
        if !syntax.clauses.contains(where: { Parser.name(of: $0.kind) == "every" }) {
            parser.report(
                Diagnostic(
                    "correlate-needs-every", at: start.span, "`correlate` needs time buckets", closest: "every 1h, every 1d"))
        }
        syntax.clauses.insert(ClauseSyntax(kind: .show(measures), span: span), at: 0)
        self.syntax = syntax
    }

    var effects: StatementEffects { syntax.effects }

    func check(in session: Session, as written: StatementText) throws { _ = try compiled(in: session, as: written) }

    private func compiled(in session: Session, as written: StatementText) throws -> CompiledQuery {
        let compiled = try session.compile(syntax, written.text, written.mistakes)
        let measures = compiled.query.measures
        guard measures.count == 2 else {
            throw written.mistake(
                "correlate-needs-two", at: written.whole, "`correlate` compares two different measures",
                closest: "correlate p95(latency), error_rate every 1h")
        }
        if let other = measures.first(where: { !ResultColumn($0.name, $0.type).isAmount }) {
            throw written.mistake(
                "not-a-number", at: written.whole, "`\(other.name)` is no amount; `correlate` compares numbers",
                closest: "count, error_rate, p95(latency), cost")
        }
        return compiled
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let compiled = try compiled(in: session, as: written), start = Clock.ticks()
        let answer = try session.engine.snapshot { try compiled.answer(from: session.engine) }
        let elapsed = session.environment.showsTime ? Clock.ticks() - start : nil
        guard let found = Correlations(answer.redacted) else { preconditionFailure("a query with buckets has a series") }
        // Behind a row stand the calls of its group.
        var groups = compiled.query
        groups.bucket = nil
        let question = CellResult.Question(
            query: groups, syntax: syntax, text: written.text, context: try session.context())
        let isScatter = compiled.query.form == "scatter"
        var outcome = session.composed(found.figures, question, all: [answer], elapsed: elapsed) {
            found.lines($0, isScatter: isScatter)
        }
        if let path = compiled.query.path {
            outcome.reply = try session.deliver(
                outcome.reply, rows: found.figures.table.rows.count, to: path, form: compiled.query.form)
        }
        outcome.drawings = { drawer in [drawer.picture(found.scatter(Style()))].compactMap { $0 } }
        outcome.remarks = { [found.sentence($0)] }
        return outcome
    }
}
