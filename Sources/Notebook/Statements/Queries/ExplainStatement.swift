import Engine
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// `explain QUERY`.
struct ExplainStatement: Statement {
    let syntax: QuerySyntax

    static let entry = StatementEntry(
        "explain", "explain QUERY", "the SQL, its bound values and its plan", example: "explain errors by type last 24h",
        role: .unjudged, traits: [.asksStore, .reportsOwnMistakes])

    init(parsing parser: inout Parser) throws(ParseStop) {
        guard let syntax = parser.innerQuery() else { throw ParseStop() }
        self.syntax = syntax
    }

    var effects: StatementEffects { syntax.effects }

    func check(in session: Session, as written: StatementText) throws {
        _ = try session.compile(syntax, written.text, written.mistakes)
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let compiled = try session.compile(syntax, written.text, written.mistakes)
        var lines: [String] = []
        for (index, planned) in compiled.statements(askedOf: session.engine).enumerated() {
            let statement = try session.engine.explain(planned)
            let start = Clock.ticks()
            let rows = try statement.run()
            let elapsed = Clock.ticks() - start
            if index > 0 { lines.append("") }
            lines += wrap(statement.text, width: session.style.widthInColumns, hanging: 2)
            for (number, value) in statement.bindings.enumerated() {
                lines.append(
                    "  ?\(number + 1) = \(Printable.safe(SQLText.literal(value), columns: session.style.widthInColumns - 8))")
            }
            lines += statement.steps.map { "  \($0)" }
            var result = "  \(rows.counted("rows"))"
            if session.environment.showsTime { result += " in " + ValueText(session.style).duration(elapsed) }
            lines.append(result)
        }
        return Outcome(Reply(lines))
    }
}
