import Model
import QueryLanguage
import Render
import Platform

/// `rerun N`, `rerun N..M`.
struct RerunStatement: Statement {
    let cells: [Literal]

    static let entry = StatementEntry(
        "rerun", "rerun N | rerun N..M", "run earlier cells again", example: "rerun 1", reading: .words,
        role: .replayedAside, traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) { cells = parser.words() }

    func check(in session: Session, as written: StatementText) throws {
        if !cells.isEmpty { _ = try session.cellNumbers(cells, written, to: "rerun") }
    }

    // Statements that run again are allowed, or not, one by one.
    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let numbers = try session.cellNumbers(cells, written, to: "rerun")
        var parts = ReplyParts(session)
        for number in numbers {
            guard let cell = session.cells[number] else { continue }
            parts.add(session.echo(cell.text, number: session.cells.count + 1))
            let reply = session.execute(cell.text).reply
            parts.add(reply)
            if reply.exit == .interrupted { break }
        }
        return Outcome(parts.reply)
    }
}

/// Cells by their numbers.
extension Session {
    /// A statement as it is shown above its answer when nobody typed it just now.
    func echo(_ text: String, number: Int?) -> Reply {
        let theme = style.theme
        let mark = number.map { theme.paint("\($0) ", .dim) } ?? ""
        return Reply(["", mark + theme.paint("> " + Printable.safe(text).replacing("⏎", with: "\n"), .accent)])
    }

    /// Numbers of cells as typed: `3`, `3..5`, `1 4`; each must exist.
    func cellNumbers(_ arguments: [Literal], _ written: StatementText, to purpose: String) throws(Diagnostics) -> [Int] {
        guard !arguments.isEmpty else {
            throw written.mistake("missing-cell", at: written.end, "\(purpose) which cell?", closest: "\(purpose) 3")
        }
        var numbers: [Int] = []
        for argument in arguments {
            guard let range = CellRange(argument.text) else {
                throw written.mistake(
                    "bad-cell", at: argument.span, "`\(argument.text)` is not a cell number", closest: "3, 3..5")
            }
            guard range.first > 0, range.last <= cells.count else {
                let closest = cells.count > 0 ? "cells 1 to \(cells.count)" : "no cells yet"
                let missing = range.first < 1 || range.first > cells.count ? range.first : range.last
                throw written.mistake("no-cell", at: argument.span, "no cell \(missing)", closest: closest)
            }
            numbers += range.first...range.last
        }
        return numbers
    }
}

/// `3` or `3..5` as written.
package struct CellRange {
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

    /// The numbers in a list such as `3,5..7`; nil when it is none.
    package static func numbers(in list: String) -> Set<Int>? {
        var numbers: Set<Int> = []
        for part in list.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let range = CellRange(String(part)) else { return nil }
            numbers.formUnion(range.first...range.last)
        }
        return numbers.isEmpty ? nil : numbers
    }
}

/// Replies of several statements as one: passed on as they come when somebody takes them, else collected.
struct ReplyParts {
    private let emit: ((Reply) -> Void)?
    /// What is left to be shown, and the first failure.
    private(set) var reply = Reply()

    init(_ session: Session) { emit = session.console.emit }

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
