import Model
import QueryLanguage
import Platform

/// `edit [N]`.
struct EditStatement: Statement {
    let cells: [Literal]

    static let entry = StatementEntry(
        "edit", "edit [N]", "edit the text of a cell, by default the last one", example: "edit 1",
        reading: .words, role: .aside, traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) { cells = parser.words() }

    func check(in session: Session, as written: StatementText) throws {
        if !cells.isEmpty { _ = try session.cellNumbers(cells, written, to: "edit") }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        guard !cells.isEmpty || session.cells.count > 0 else {
            throw written.mistake("no-cell", at: written.whole, "no cell to edit yet")
        }
        let numbers = cells.isEmpty ? [session.cells.count] : try session.cellNumbers(cells, written, to: "edit")
        var reply = Reply()
        reply.edits = numbers.compactMap { session.cells[$0]?.text }.joined(separator: "\n")
        // Without a line to put it on, the text is shown.
        if session.console.emit == nil { reply.output = (reply.edits ?? "") + "\n" }
        return Outcome(reply)
    }
}
