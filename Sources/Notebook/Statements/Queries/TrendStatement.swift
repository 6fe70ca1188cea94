import Analysis
import Engine
import LocalStore
import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// `trend [method=M] QUERY-with-every`.
struct TrendStatement: Statement {
    let syntax: QuerySyntax
    let method: Name?

    static let entry = StatementEntry(
        "trend", "trend [method=mad | zscore] QUERY-with-every",
        "a series with moving average, slope and change point; anomalous buckets are marked",
        example: "trend errors every 1d last 30d", role: .cell, traits: .question)

    init(parsing parser: inout Parser) throws(ParseStop) {
        var method: Name?
        parser.offer(.words(["method="]))
        if parser.token.isWord("method") {
            parser.advance()
            if parser.token.kind == .comparison { parser.advance() }
            parser.offer(.words(Trend.Method.allCases.map(\.rawValue)))
            method = parser.name("a method", closest: "mad, zscore")
            guard method != nil else { throw ParseStop() }
        }
        guard let syntax = parser.innerQuery() else { throw ParseStop() }
        self.syntax = syntax
        self.method = method
    }

    var effects: StatementEffects { syntax.effects }

    func check(in session: Session, as written: StatementText) throws {
        _ = try compiled(in: session, as: written, context: session.context(), facts: session.facts())
    }

    private func compiled(
        in session: Session, as written: StatementText, context: CheckContext, facts: QueryFacts
    ) throws -> CompiledQuery {
        try QueryCompiler().compileTrend(
            syntax, method: method, text: written.text, mistakes: written.mistakes, context: context, facts: facts,
            catalog: session.catalog)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let facts = try session.facts(), context = try session.context()
        let compiled = try compiled(in: session, as: written, context: context, facts: facts)
        let start = Clock.ticks()
        let answer = try session.engine.snapshot { try compiled.answer(from: session.engine) }.analysed(
            compiled.query.trend ?? .mad)
        let elapsed = session.environment.showsTime ? Clock.ticks() - start : nil
        let question = CellResult.Question(query: compiled.query, syntax: syntax, text: written.text, context: context)
        return try session.present(answer, question, coverage: facts.coverage, elapsed: elapsed)
    }
}

extension Answer {
    /// The series with what the analysis finds in its first measure.
    func analysed(_ method: Trend.Method) -> Answer {
        guard case .series(let axis) = shape else { return self }
        var answer = self
        answer.trend = TrendAnalysis.trend(of: 1, in: table, axis: axis, method: method)
        return answer
    }
}
