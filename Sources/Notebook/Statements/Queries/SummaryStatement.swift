import Engine
import LocalStore
import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// `summary [RANGE] [where P]`: a query of calls with these clauses.
struct SummaryStatement: Statement {
    let syntax: QuerySyntax

    static let entry = StatementEntry(
        "summary", "summary [RANGE] [where PREDICATE]",
        "an overview: figures with their change, types, severities, timeline, the latest severe errors",
        example: "summary last 24h", role: .cell, traits: .question)

    init(parsing parser: inout Parser) throws(ParseStop) {
        syntax = parser.clausesOnly(of: parser.wordRead, allowed: ["where", "range", "vs"])
    }

    var effects: StatementEffects { syntax.effects }

    func check(in session: Session, as written: StatementText) throws {
        _ = try session.compile(syntax.comparedWithBefore, written.text, written.mistakes)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let facts = try session.facts(), context = try session.context()
        let syntax = syntax.comparedWithBefore
        let compiled = try session.compile(syntax, written.text, written.mistakes)
        let start = Clock.ticks()
        let answers = try session.engine.snapshot {
            try Summary.questions(compiled.query).map {
                try QueryCompiler().compile($0, facts: facts).answer(from: session.engine)
            }
        }
        let elapsed = session.environment.showsTime ? Clock.ticks() - start : nil
        let summary = Summary(answers.map(\.redacted))
        let question = CellResult.Question(query: compiled.query, syntax: syntax, text: written.text, context: context)
        let weeks = Summary.weeksBefore(compiled.query)
        var outcome = session.composed(summary.figures, question, all: answers, beside: weeks, elapsed: elapsed) {
            [unowned session] style in
            let alerts = session.activeAlertLines(style)
            return alerts + (alerts.isEmpty ? [] : [""]) + summary.lines(style)
        }
        outcome.remarks = { summary.sentences($0) }
        outcome.parts = [
            ("errors by type", summary.types), ("errors by severity", summary.severities), ("errors", summary.timeline),
            ("the latest CRITICAL and ERROR errors", summary.newest),
        ]
        return outcome
    }
}

extension QuerySyntax {
    /// The query compared with the window before, unless it says otherwise or has no window.
    var comparedWithBefore: QuerySyntax {
        var isOpen = false
        for clause in clauses {
            switch clause.kind {
            case .versus: return self
            case .range(.all): isOpen = true
            default: break
            }
        }
        guard !isOpen else { return self }
        var query = self
        query.clauses.append(
            ClauseSyntax(
                kind: .show([ItemSyntax(name: Name("count", noun.span), argument: nil, span: noun.span)]), span: noun.span))
        query.clauses.append(ClauseSyntax(kind: .versus(.previous), span: noun.span))
        return query
    }
}
