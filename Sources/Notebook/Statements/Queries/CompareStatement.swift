import Engine
import LocalStore
import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// `compare FIELD A, B {, C} [RANGE] [where P]`: the values side by side; the query is of calls, with the other clauses.
struct CompareStatement: Statement {
    let field: Name
    let values: [Literal]
    let syntax: QuerySyntax

    static let entry = StatementEntry(
        "compare", "compare FIELD A, B {, C} [RANGE] [where PREDICATE]",
        "values side by side: calls, errors, error rate, reliability, latency, cost, types",
        example: "compare provider openai, anthropic last 7d", role: .cell, traits: .question)

    init(parsing parser: inout Parser) throws(ParseStop) {
        let start = parser.wordRead
        parser.offer(.groupField)
        guard parser.token.kind == .word, !Words.reserved.contains(parser.token.folded) else {
            parser.report(Mistake.expected("a field", at: parser.token, closest: "compare model gpt-4o, gpt-4o-mini"))
            throw ParseStop()
        }
        let word = parser.advance()
        field = Name(Parser.fieldName(word), word.span)
        if parser.token.kind == .comparison, parser.token.value == "=" { parser.advance() }
        var values: [Literal] = []
        let offered = Field(named: field.text).map { Expected.value($0) } ?? .words([])
        parser.offer(offered)
        while let value = parser.value() {
            values.append(value)
            let isJoined = parser.token.isMark(",") || parser.token.isWord("vs") && parser.next.kind == .word
            guard isJoined, !parser.token.isWord("vs") || !parser.next.isWord("previous") else { break }
            parser.advance()
            parser.offer(offered)
        }
        guard values.count > 1 else {
            if !values.isEmpty { parser.report(Mistake.compareNeedsTwo(values[0], field: field.text)) }
            throw ParseStop()
        }
        CompareStatement.reportRepeated(values, to: &parser)
        self.values = values
        syntax = parser.clausesOnly(of: start, allowed: ["where", "range"])
    }

    /// Values that stand among others to compare a second time.
    private static func reportRepeated(_ values: [Literal], to parser: inout Parser) {
        func isSame(_ a: Literal, _ b: Literal) -> Bool { a.text.lowercased() == b.text.lowercased() }
        let different = values.indices.filter { place in !values[..<place].contains { isSame($0, values[place]) } }
        for place in values.indices where !different.contains(place) {
            let removed = TextSpan(values[place - 1].span.end, values[place].span.end)
            parser.report(Mistake.comparedTwice(values[place], removed: different.count > 1 ? removed : nil))
        }
    }

    var effects: StatementEffects { syntax.effects }

    func check(in session: Session, as written: StatementText) throws {
        _ = try QueryCompiler().compileComparison(
            field, values, syntax, text: written.text, mistakes: written.mistakes, context: session.context(),
            facts: session.facts(), catalog: session.catalog)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let facts = try session.facts(), context = try session.context()
        let (compiled, key) = try QueryCompiler().compileComparison(
            field, values, syntax, text: written.text, mistakes: written.mistakes, context: context, facts: facts,
            catalog: session.catalog)
        let start = Clock.ticks()
        let answers = try session.engine.snapshot {
            try ValueComparison.questions(compiled.query, field: key).map {
                try QueryCompiler().compile($0, facts: facts).answer(from: session.engine)
            }
        }
        let elapsed = session.environment.showsTime ? Clock.ticks() - start : nil
        var comparison = ValueComparison(field: key, answers: answers.map(\.redacted), order: values.map(\.text))
        // A value without rows is a finding, not nothing: it keeps its column.
        for literal in values where !comparison.holds(literal) {
            let (alone, _) = try QueryCompiler().compileComparison(
                field, [literal], syntax, text: written.text, context: context, facts: facts, catalog: session.catalog)
            if case .count(0)? = try alone.answer(from: session.engine).table.rows.first?.first { comparison.addEmpty(literal) }
        }
        var query = compiled.query
        query.keys = [key]
        let question = CellResult.Question(query: query, syntax: syntax, text: written.text, context: context)
        return session.composed(comparison.figures, question, all: answers, elapsed: elapsed) { [comparison] in
            comparison.lines($0)
        }
    }
}
