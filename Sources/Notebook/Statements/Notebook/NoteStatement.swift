import Model
import QueryLanguage

/// `note TEXT`: what follows the word is not the language's to read.
struct NoteStatement: Statement {
    let note: Name

    static let entry = StatementEntry(
        "note", "note TEXT", "a note in the session file: the rest of the line", example: "note the quota ran out at 13:25",
        reading: .text, role: .aside, traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) {
        guard let note = parser.restOfText() else {
            parser.passAll()
            parser.report(Mistake.expected("a text", at: parser.token, closest: "note the quota ran out at 13:25"))
            throw ParseStop()
        }
        self.note = note
    }

    func check(in session: Session, as written: StatementText) {}

    func run(in session: Session, as written: StatementText) -> Outcome {
        // Further lines of a statement are indented; of prose they begin where the first one does.
        let lines = note.text.split(omittingEmptySubsequences: false) { $0.isNewline }
        session.add(note: lines.map { $0.hasPrefix("  ") ? String($0.dropFirst(2)) : String($0) }.joined(separator: "\n"))
        return Outcome()
    }
}

extension Session {
    /// Adds prose to the session.
    func add(note: String) {
        cells.add(note: note)
        recording.recorder?.record(note: note)
    }
}
