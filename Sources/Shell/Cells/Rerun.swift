import Model
import QueryLanguage
import Render

/// `rerun 3`, `rerun 3..5`, `edit 3`.
extension Interpreter {
    func rerun(_ arguments: [Literal], _ text: String) throws -> Reply {
        let numbers = try cellNumbers(arguments, text, to: "rerun")
        var parts = ReplyParts(self)
        for number in numbers {
            guard let cell = cells[number] else { continue }
            parts.add(echo(cell.text, number: cells.count + 1))
            let reply = execute(cell.text).reply
            parts.add(reply)
            if reply.exit == .interrupted { break }
        }
        return parts.reply
    }

    func edit(_ arguments: [Literal], _ text: String) throws -> Reply {
        var reply = Reply()
        guard !arguments.isEmpty || cells.count > 0 else {
            throw Diagnostics(
                text: text, [Diagnostic("no-cell", at: TextSpan(0, text.utf8.count), "there is no cell to edit yet")])
        }
        let numbers = arguments.isEmpty ? [cells.count] : try cellNumbers(arguments, text, to: "edit")
        reply.edits = numbers.compactMap { cells[$0]?.text }.joined(separator: "\n")
        // Without a line to put it on, the text is shown.
        if emit == nil { reply.output = (reply.edits ?? "") + "\n" }
        return reply
    }

    /// A statement as it is shown above its answer when nobody typed it just now.
    func echo(_ text: String, number: Int?) -> Reply {
        let theme = style.theme
        let mark = number.map { theme.paint("\($0) ", .dim) } ?? ""
        return Reply(["", mark + theme.paint("> " + Printable.safe(text).replacing("⏎", with: "\n"), .accent)])
    }

    /// Numbers of cells as typed: `3`, `3..5`, `1 4`; each must exist.
    func cellNumbers(_ arguments: [Literal], _ text: String, to purpose: String) throws(Diagnostics) -> [Int] {
        func fail(_ id: String, _ span: TextSpan, _ message: String, _ closest: String?) -> Diagnostics {
            Diagnostics(text: text, [Diagnostic(id, at: span, message, closest: closest)])
        }
        guard !arguments.isEmpty else {
            let end = TextSpan(text.utf8.count, text.utf8.count)
            throw fail("missing-cell", end, "\(purpose) which cell?", "\(purpose) 3")
        }
        var numbers: [Int] = []
        for argument in arguments {
            guard let range = CellRange(argument.text) else {
                throw fail("bad-cell", argument.span, "`\(argument.text)` is no number of a cell", "3, 3..5")
            }
            guard range.first > 0, range.last <= cells.count else {
                let closest = cells.count > 0 ? "cells 1 to \(cells.count)" : "no cell was run yet"
                let missing = range.first < 1 || range.first > cells.count ? range.first : range.last
                throw fail("no-cell", argument.span, "there is no cell \(missing)", closest)
            }
            numbers += range.first...range.last
        }
        return numbers
    }
}

/// `3` or `3..5` as written.
struct CellRange {
    let first: Int
    let last: Int

    /// Nil when the text is neither, or runs backwards.
    init?(_ text: String) {
        let parts = text.drop { $0 == "$" }.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first.flatMap({ Int($0) }) else { return nil }
        self.first = first
        switch parts.count {
        case 1: last = first
        case 3 where parts[1].isEmpty:
            guard let end = Int(parts[2]), end >= first, end - first < 10_000 else { return nil }
            last = end
        default: return nil
        }
    }
}

/// Replies of several statements as one: passed on as they come when somebody takes them, else collected.
struct ReplyParts {
    private let emit: ((Reply) -> Void)?
    /// What is left to be shown, and the first failure.
    private(set) var reply = Reply()

    init(_ interpreter: Interpreter) { emit = interpreter.emit }

    mutating func add(_ part: Reply) {
        if reply.exit == .ok { reply.exit = part.exit }
        if let emit {
            emit(part)
        } else {
            reply.output += part.output
            reply.isDrawn = reply.isDrawn || part.isDrawn
            reply.narration += part.narration
        }
    }
}
