import Model
import QueryLanguage
import Render

/// `as of TIME`, `as of now`.
struct AsOfStatement: Statement {
    /// Nil for `as of now`.
    let time: TimeSyntax?

    static let entry = StatementEntry(
        "as of", "as of TIME | as of now",
        "set the current time for later statements and hide later rows; `as of now` resets it",
        example: "as of 2026-11-20T14:00", role: .cell)

    init(parsing parser: inout Parser) throws(ParseStop) {
        parser.offer(.words(["now"]))
        if parser.token.isWord("now"), parser.next.kind == .end {
            parser.advance()
            time = nil
            return
        }
        guard let time = parser.time() else { throw ParseStop() }
        parser.end()
        self.time = time
    }

    func check(in session: Session, as written: StatementText) throws {
        if let time { _ = try QueryCompiler().instant(time, text: written.text, context: session.context()) }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        guard let time else {
            session.settings.asOf = nil
            return Outcome(.narrated("using the current time; nothing is hidden"))
        }
        var context = try session.context()
        context.now = session.clockNow
        context.asOf = nil
        let instant = try QueryCompiler().instant(time, text: written.text, context: context)
        session.settings.asOf = instant
        return Outcome(
            .narrated(
                "now is \(ValueText(session.style).time(instant)) \(session.settings.zone.name); later rows are hidden until `as of now`"
            ))
    }
}
