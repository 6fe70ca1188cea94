import Engine
import Model
import QueryLanguage
import Render
import Platform

/// Listings as data: their rows go from the engine straight to the file or the output, and are never all in memory.
extension Session {
    /// Text is written in pieces of about this many bytes.
    private static let pieceSize = 1 << 16
    /// The output takes no more; the program itself says why.
    private struct OutputLost: Error {}

    /// The reply to a listing whose rows were written as they were read; nil when all of them are needed in memory: to draw
    /// them, or because the caller wants their text.
    ///
    /// - Parameter columns: The places of the columns to write, in their order; nil writes all.
    func streamed(_ compiled: CompiledQuery, columns: [Int]? = nil) throws -> Reply? {
        let query = compiled.query
        guard query.isListing, let format = query.form.flatMap(ExportFormat.init(rawValue:)),
            var rows = StreamedRows(compiled, columns: columns, as: format)
        else { return nil }
        var reply = Reply()
        if let path = query.path {
            let end = try written(to: path) { try rows.write(from: engine, inPiecesOf: Session.pieceSize, to: $0) }
            reply.narration = rows.cutNotice + "\(rows.count.counted("rows")) " + end
            return reply
        }
        guard let rowOutput = console.rowOutput else { return nil }
        do {
            try rows.write(from: engine, inPiecesOf: Session.pieceSize) { piece in
                guard !rowOutput(piece) else { return }
                try StopFlag.check()
                throw OutputLost()
            }
        } catch is OutputLost {
            return reply
        }
        reply.narration = rows.cutNotice
        return reply
    }
}

/// The rows of a listing as text without secrets, written while they are read.
struct StreamedRows {
    private let compiled: CompiledQuery
    private let columns: [Int]?
    private var redactor: RowRedactor
    private var writer: any RowWriter
    /// The number of rows written so far.
    private(set) var count = 0
    /// The notice that there are more rows; empty when all were written.
    private(set) var cutNotice = ""

    /// Nil when the format needs all rows at once.
    init?(_ compiled: CompiledQuery, columns: [Int]? = nil, as format: ExportFormat) {
        self.compiled = compiled
        self.columns = columns
        let all = compiled.listedColumns
        redactor = RowRedactor(columns.map { $0.map { all[$0] } } ?? all)
        guard let writer = format.writer(of: redactor.columns) else { return nil }
        self.writer = writer
    }

    /// Reads the rows from the engine and hands their text to `emit` in pieces, each of which ends with a row.
    mutating func write(from engine: any Engine, inPiecesOf size: Int, to emit: (String) throws -> Void) throws {
        var piece = writer.header
        let answer = try engine.boundedSnapshot { engine in
            try compiled.eachListedRow(from: engine) { values in
                var row = columns.map { $0.map { values[$0] } } ?? values
                redactor.redact(&row)
                piece += writer.row(row)
                count += 1
                guard piece.utf8.count >= size else { return }
                try StopFlag.check()
                try emit(piece)
                piece = ""
            }
        }
        try StopFlag.check()
        try emit(piece + writer.footer)
        if answer.receipt.isCut { cutNotice = AnswerPresenter.cutNotice(answer.receipt, shown: count) }
    }
}
