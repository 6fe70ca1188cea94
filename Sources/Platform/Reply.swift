import Model
import Render

/// How the program, or a statement, ended.
public enum ExitCode: Int32, Sendable {
    case ok = 0
    /// The statement is wrong, or an expectation failed.
    case wrong = 1
    /// Trouble with the store or a file.
    case trouble = 3
    /// A replay found other answers than those recorded.
    case drift = 4
    /// An alert fires.
    case firing = 5
    case usage = 64
    case interrupted = 130
}

/// What a statement answers: data for the output, narration for the error stream, and how it ended.
public struct Reply: Sendable {
    /// What is asked for; ends with a line break unless empty.
    public var output = ""
    /// What is said about it.
    public var narration = ""
    public var exit = ExitCode.ok
    /// True when the session is to end.
    public var quits = false
    /// A text to be put on the next line; nil leaves it empty.
    public var edits: String?
    /// True when the output was drawn by the program, in its colours; false for data, in which every escape is a record's own.
    public var isDrawn = false
    /// Rows of the terminal above the cursor in whose place the output stands.
    package var replacedRows = 0

    /// Makes a reply of lines.
    package init(_ lines: [String] = [], exit: ExitCode = .ok) {
        output = lines.map { $0 + "\n" }.joined()
        isDrawn = !lines.isEmpty
        self.exit = exit
    }

    /// A reply that is data, to be sent as it is.
    package init(data: String) { output = data }

    /// A reply of whole lines beside the answer.
    package init(narrating lines: String) { narration = lines }

    /// A reply that only reports trouble.
    package static func trouble(_ message: String, exit: ExitCode = .trouble) -> Reply {
        var reply = Reply(exit: exit)
        reply.narration = message + "\n"
        return reply
    }
}

extension Reply {
    /// A reply that only says what was done.
    package static func narrated(_ message: String) -> Reply {
        var reply = Reply()
        reply.narration = message + "\n"
        return reply
    }

    /// A table of the program's own, in the form asked for. `empty` says that it has no rows; data then are the names of the
    /// columns, and it is narrated.
    package init(_ table: ResultTable, form: String?, _ style: Style, empty: String? = nil) {
        if let empty, table.rows.isEmpty {
            guard let format = form.flatMap(ExportFormat.init(rawValue:)) else {
                self.init(wrap(empty, width: style.widthInColumns))
                return
            }
            self.init(data: format.text(table, style: style))
            narration = empty + "\n"
        } else if let format = form.flatMap(ExportFormat.init(rawValue:)) {
            self.init(data: format.text(table, style: style))
        } else {
            self.init(TableRenderer(style).lines(table))
        }
    }
}

extension Output {
    /// Writes a reply: its answer to the output, what is said of it to the error stream.
    package static func write(_ reply: Reply) {
        if reply.replacedRows > 0 { wipe(rows: reply.replacedRows, on: 1) }
        write(reply.output, to: 1, as: reply.isDrawn ? .drawn : .data)
        write(reply.narration, to: 2, as: .drawn)
    }
}
