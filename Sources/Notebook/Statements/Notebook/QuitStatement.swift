import Model
import QueryLanguage
import Platform

/// `quit`, `exit`, `q`.
struct QuitStatement: Statement {
    static let entry = StatementEntry(
        "quit", "quit", "quit; so does Ctrl-D", example: "quit", synonyms: ["exit", "q"], reading: .words, role: .aside,
        traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) {
        if let first = parser.words().first {
            throw parser.stop(
                "too-many-words", at: first.span, "`quit` takes no arguments", closest: "quit")
        }
    }

    func check(in session: Session, as written: StatementText) {}

    func run(in session: Session, as written: StatementText) -> Outcome {
        var reply = Reply()
        reply.quits = true
        return Outcome(reply)
    }
}
