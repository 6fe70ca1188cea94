import Errors
import Model
import QueryLanguage
import Render

/// The text of a session's file, piece by piece, as it is recorded and as it is saved.
package struct SessionText {
    /// What is pinned so far.
    private(set) var pins: Pins

    init(_ pins: Pins) { self.pins = pins }

    /// How pictures of files are drawn, in a zone at a time.
    static func style(_ pins: Pins, zone: Zone, now: Timestamp) -> Style {
        Style(
            widthInColumns: pins.width ?? Pins.widthOfFiles, glyphs: pins.usesASCII ? .ascii : .unicode, theme: .plain,
            zone: zone,
            now: now)
    }

    /// The head of a file.
    func head(title: String?) -> String {
        NotebookFile.header + pins.text + "\n" + (title.map { SessionText.prose($0) } ?? "")
    }

    /// A note as prose, with an empty line before it.
    func note(_ text: String) -> String { "\n" + SessionText.prose(text) }

    private static func prose(_ text: String) -> String {
        Redactor.redact(text).split(omittingEmptySubsequences: false) { $0.isNewline }
            .map { $0.isEmpty ? "#\n" : "# \($0)\n" }.joined()
    }

    /// A cell with its answer, with an empty line before it.
    mutating func cell(_ cell: Cell, zone: Zone) throws -> String {
        var text = "\n"
        if cell.clock != pins.now {
            pins.now = cell.clock
            var moved = Pins()
            moved.now = cell.clock
            text += moved.text + "\n"
        }
        let statement = Redactor.redact(cell.text)
        text += statement + "\n"
        let style = SessionText.style(pins, zone: zone, now: cell.now)
        for line in SessionText.output(cell.outcome, role: cell.role, style) { text += NotebookFile.outputLine(line) }
        if var machine = try MachineLine(cell.outcome, role: cell.role) {
            // Without its secret the statement fails at other places.
            if case .failed = machine, statement != cell.text { machine = .trouble }
            text += machine.text + "\n"
        }
        return text
    }

    /// A statement as a file holds it: blanks before it cut off, its further lines so that they belong to it.
    package static func statement(_ text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.filter { !$0.allSatisfy(\.isWhitespace) }
        return lines.enumerated().map { index, line in
            let isIndented = line.first == " " || line.first == "\t"
            return index == 0 ? String(line.drop(while: \.isWhitespace)) : isIndented ? String(line) : "  " + line
        }.joined(separator: "\n")
    }

    /// The lines of an answer as files show them: without secrets, and without what tells of the machine.
    static func output(_ outcome: Outcome, role: StatementRole, _ style: Style) -> [String] {
        guard role.isShownInFiles, outcome.reply.exit == .ok || !outcome.mistakes.isEmpty || outcome.picture != nil else {
            return []
        }
        let text = Redactor.redact(outcome.picture(style))
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

extension Session {
    /// The session so far as a file.
    func sessionFile(title: String) throws -> String {
        var body: [String] = []
        let first = cells.items.lazy.compactMap { item -> Timestamp? in
            if case .cell(let cell) = item { cell.clock } else { nil }
        }.first
        var text = SessionText(
            Pins(recording.startSettings ?? settings, now: first ?? clockNow, store: storeLabel, rules: try facts().rules))
        var items = cells.items[...]
        var heading = title
        // A note at the very beginning is the title.
        if case .note(let note)? = items.first {
            heading = note
            items = items.dropFirst()
        }
        let head = text.head(title: heading)
        for item in items {
            switch item {
            case .note(let note): body.append(text.note(note))
            case .cell(let cell): body.append(try text.cell(cell, zone: cell.zone))
            }
        }
        return head + body.joined()
    }
}
