import Model
import QueryLanguage
import Render
import Platform

/// `history [N]`: the latest statements of the session, with their times.
struct HistoryStatement: Statement {
    /// How many are listed.
    let count: Int

    static let entry = StatementEntry(
        "history", "history [N]", "the latest statements of the session with their times, 20 by default", example: "history 5",
        reading: .words, role: .aside, traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) {
        guard let word = parser.words().first else {
            count = 20
            return
        }
        guard let count = Int(word.text), count > 0 else {
            throw parser.stop("bad-number", at: word.span, "`\(word.text)` is not a number of statements", closest: "history 20")
        }
        self.count = count
    }

    func check(in session: Session, as written: StatementText) {}

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let numbers = max(1, session.cells.count - count + 1)..<session.cells.count + 1
        let rows = numbers.compactMap { session.cells[$0] }.map { cell -> [Value] in
            [.count(Int64(cell.number)), .time(cell.clock), .text(cell.text), .text(cell.exit == .ok ? "ok" : "failed")]
        }
        let columns = [
            ResultColumn("cell", .count), ResultColumn("time", .time), ResultColumn("statement", .text),
            ResultColumn("state", .text),
        ]
        let table = ResultTable(columns: columns, rows: rows).redacted
        return Outcome(AnswerPresenter(session.style).table(table, form: session.settings.form, empty: "no statements yet"))
    }
}
