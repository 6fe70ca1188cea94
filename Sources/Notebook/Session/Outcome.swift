import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// What a statement came to: what is shown of it, and what later statements and a file of the session may use.
package struct Outcome {
    /// What is shown now.
    package var reply: Reply
    /// The rows that `$n` stands for; nil for statements without any.
    var result: CellResult?
    /// What was wrong with the statement; empty when nothing was.
    var mistakes: [Diagnostic] = []
    /// Draws the answer anew in another style, without times taken, newest record and colours; nil when the reply's output is the
    /// same in every style.
    var picture: ((Style) -> String)?
    /// What is compared when the statement is replayed; nil when nothing is.
    var evidence: CellEvidence?
    /// True when the picture shows more than the rows of the result.
    var isComposed = false
    /// Of a composed answer: what it shows besides its result, each with its heading, for documents.
    var parts: [(title: String, answer: Answer)] = []
    /// Charts that no answer tells how to draw, for documents: an SVG element each.
    var drawings: ((SVGChart) -> [String])?
    /// What stands out, a sentence each, for documents.
    var remarks: ((Style) -> [String])?
    /// The statement with short ids made whole; nil when it stays as written.
    var wholeText: String?

    init(_ reply: Reply = Reply()) { self.reply = reply }

    /// True when its result has rows.
    package var hasRows: Bool { result.map { !$0.answer.table.rows.isEmpty } ?? false }

    /// The answer as a file shows it.
    func picture(_ style: Style) -> String { picture?(style) ?? reply.output }
}

/// What a replay compares: the data that was read, and what was made of it.
struct CellEvidence {
    /// Rows of the result; nil when it is no table.
    var rows: Int?
    /// The hash of the result.
    var result: UInt64
    /// Computes the hash of the data; to be called before the store changes.
    var data: () throws -> UInt64
}

/// The rows of a cell, whole and unredacted, and the question they answer.
struct CellResult {
    var answer: Answer
    /// The question; nil for rows that are no query's, such as those of `sql`.
    var question: Question?
    /// True when a number of rows was asked for: these are then all of the result, whatever else was found.
    var isOfAskedSize = false
    /// The rows behind each row where there is no question: the errors behind firings.
    var behind: [CheckedQuery] = []

    /// What it takes to ask again.
    struct Question {
        var query: CheckedQuery
        var syntax: QuerySyntax
        var text: String
        var context: CheckContext
    }

    /// The rows as a source of further questions; nil for rows that no query can ask on from.
    var source: ResultSource? {
        if let question { return ResultSource(query: question.query, answer: answer) }
        return behind.first.map { ResultSource(query: $0, answer: answer, behind: behind) }
    }

    /// Values held in memory.
    var size: Int { answer.table.rows.count * answer.table.columns.count }
}

/// What a kind of statement is to a session.
struct StatementRole: Sendable {
    /// False for statements about the notebook itself, which take no number and stand in no file.
    var isCell = true
    /// False when a replay runs it and compares nothing.
    var isJudged = true
    /// False if its output describes the machine and is therefore kept out of files.
    var isShownInFiles = true

    /// True for a statement that takes no number, and has its place in a replay all the same: it asks, or sets up others.
    var isReplayedAside = false

    static let cell = StatementRole()
    static let aside = StatementRole(isCell: false, isJudged: false, isShownInFiles: false)
    static let replayedAside = StatementRole(
        isCell: false, isJudged: false, isShownInFiles: false, isReplayedAside: true)
    static let unjudged = StatementRole(isJudged: false)
    static let machine = StatementRole(isJudged: false, isShownInFiles: false)
}
