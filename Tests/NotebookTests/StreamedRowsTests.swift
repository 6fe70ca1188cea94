import Glibc
import Model
import QueryLanguage
import Render
import LocalStore
import Platform
import TestSupport
import Testing

@testable import Notebook

@Suite("Listings written while they are read")
struct StreamedRowsTests {
    private static let forms = ["csv", "tsv", "json", "ndjson", "markdown"]

    /// An output that takes rows and remembers them piece by piece.
    private final class Pieces {
        var all: [String] = []
        var text: String { all.joined() }

        init(_ session: Session) {
            session.console.keepsRows = false
            session.console.rowOutput = { [unowned self] in
                all.append($0)
                return true
            }
        }
    }

    @Test("their text is byte for byte that of a collected table, in each form, in files and in the output", arguments: forms)
    func bytes(_ form: String) throws {
        let folder = TemporaryFolder(), path = folder.file("rows")
        for query in [
            "calls all limit all", "errors all limit all", "traces all limit all", "failures all limit all",
            "events all limit all",
            "errors show time, message, model, model all sort model, time asc limit all", "calls all limit 5",
            "errors all where model = gpt-4o limit 3", "calls all", "errors show metadata.none all limit all",
            "errors all where latency > 20h limit all",
        ] {
            let held = try openSession().run("\(query) as \(form)")
            #expect(held.exit == .ok, "\(query): \(held.shown)")
            let session = try openSession(), pieces = Pieces(session)
            let passed = session.run("\(query) as \(form)")
            #expect(pieces.text + passed.output == held.output, "\(query)")
            #expect(passed.narration == held.narration && passed.exit == .ok, "\(query): \(passed.narration)")
            #expect((form == "markdown") == pieces.all.isEmpty, "a form with columns of equal width needs all rows")
            let heldFile = try openSession().run("\(query) as \(form) to \"\(path)\"")
            let rows = try Files.text(of: path)
            #expect(rows == held.output, "\(query)")
            #expect(session.run("\(query) as \(form) to \"\(path)\"").shown == heldFile.shown, "\(query)")
            #expect(try Files.text(of: path) == rows, "\(query)")
        }
    }

    @Test(
        "an export is the same wherever it goes",
        arguments: ["errors all limit all", "calls all limit 7", "traces all limit all"])
    func exports(_ query: String) throws {
        let folder = TemporaryFolder(), path = folder.file("rows")
        for form in StreamedRowsTests.forms {
            let session = try openSession()
            let shown = session.run("export \(query) as \(form)")
            let written = session.run("export \(query) as \(form) to \"\(path)\"")
            #expect(try written.output.isEmpty && Files.text(of: path) == shown.output, "\(form)")
            #expect(written.narration.hasPrefix(shown.narration) && written.narration.hasSuffix("rows written to \(path)\n"))
            let pieces = Pieces(session)
            let passed = session.run("export \(query) as \(form)")
            #expect(pieces.text + passed.output == shown.output && passed.narration == shown.narration, "\(form)")
        }
    }

    @Test(
        "at most one row waits to be written", arguments: ["calls all limit all", "errors all limit all"])
    func held(_ query: String) throws {
        let session = try openSession()
        let syntax = try #require(Statements.parse("\(query) as ndjson").statement as? QueryStatement).syntax
        let compiled = try session.compile(syntax, query, [])
        var rows = try #require(StreamedRows(compiled, as: .ndjson)), written = 0
        try rows.write(from: session.store, inPiecesOf: 1) { piece in
            let lines = piece.utf8.count { $0 == UInt8(ascii: "\n") }
            #expect(lines <= 1)
            written += lines
        }
        let all = try compiled.answer(from: session.store).table.rows.count
        #expect(written == all && rows.count == all && all > 5)
    }

    @Test("more rows of a shown result are streamed with the columns asked for", arguments: forms)
    func shownResults(_ form: String) throws {
        let folder = TemporaryFolder(), path = folder.file("rows")
        for view in ["limit all", "limit 30", "show model, time limit all", "sort model asc limit all", "show type"] {
            let collecting = try openSession(), session = try openSession()
            for each in [collecting, session] { #expect(each.run("errors show time, type, model all limit 3").exit == .ok) }
            let held = collecting.run("$1 \(view) as \(form)"), pieces = Pieces(session)
            let streamed = session.run("export $1 \(view) as \(form)")
            #expect(held.exit == .ok && streamed.exit == .ok, "\(view): \(held.shown)")
            #expect(pieces.text + streamed.output == held.output && streamed.narration == held.narration, "\(view)")
            #expect((form == "markdown" || view.hasPrefix("sort")) == pieces.all.isEmpty, "sorting needs all rows: \(view)")
            let written = session.run("export $1 \(view) as \(form) to \"\(path)\"")
            #expect(try Files.text(of: path) == held.output && written.narration.hasPrefix(held.narration), "\(view)")
        }
        let session = try openSession(), pieces = Pieces(session)
        #expect(session.run("errors show time, type all limit 3").exit == .ok)
        let mistaken = session.run("export $1 show tpye limit all as csv")
        #expect(mistaken.exit == .wrong && mistaken.narration.contains("type") && pieces.all.isEmpty)
    }

    @Test("a script whose answers are written as they come streams its exports in their places")
    func scripts() throws {
        let text = "errors by type all as csv\nexport errors show time, type all limit all as csv\n$1 limit 2 as csv\n"
        let held = try openSession().run(script: text, echo: .nothing)
        let session = try openSession(), pieces = Pieces(session)
        session.console.keepsRows = true
        session.console.emit = { pieces.all.append($0.output) }
        let streamed = session.run(script: text, echo: .nothing)
        #expect(pieces.text == held.output && streamed.output.isEmpty && streamed.exit == .ok)
        #expect(pieces.all.count >= 4, "the export is a piece of its own beside three replies")
    }

    @Test("the only statement keeps no rows; a script and `watch` do")
    func kept() throws {
        let session = try openSession(), pieces = Pieces(session)
        _ = session.run("calls all limit all as csv")
        #expect(!pieces.all.isEmpty && session.cells[1]?.outcome.result == nil)
        pieces.all = []
        let script = session.run(script: "calls all limit 4 as csv\n$1 limit 2 as csv\n", echo: .nothing)
        #expect(script.exit == .ok && pieces.all.isEmpty && script.output.split(separator: "\r\n").count == 8, "\(script.shown)")
        session.rights.writesFiles = false
        let watched = session.run("watch calls all limit 4 as csv")
        #expect(pieces.all.isEmpty && watched.output.split(separator: "\r\n").count == 5, "\(watched.shown)")
    }

    @Test("an output that takes no more ends the listing without a message, and Ctrl-C leaves no file")
    func stopped() throws {
        let folder = TemporaryFolder(), session = try openSession()
        session.console.keepsRows = false
        session.console.rowOutput = { _ in false }
        let lost = session.run("calls all limit all as csv")
        #expect(lost.output.isEmpty && lost.narration.isEmpty)
        let syntax = try #require(Statements.parse("calls all limit all as csv").statement as? QueryStatement).syntax
        var rows = try #require(StreamedRows(try session.compile(syntax, "", []), as: .csv))
        let stop = StopFlag()
        #expect(throws: Interrupted.self) {
            try stop.governing {
                try Files.write(to: folder.file("rows.csv"), mode: 0o600) { emit in
                    var pieces = 0
                    try rows.write(from: session.store, inPiecesOf: 1) { piece in
                        try emit(piece)
                        #expect(
                            Files.names(in: folder.path).isEmpty, "a file that is not finished has no name for a kill to leave")
                        pieces += 1
                        if pieces == 10 { stop.raise() }
                    }
                }
            }
        }
        #expect(Files.names(in: folder.path).filter { $0.hasPrefix("rows") }.isEmpty)
        let empty = session.run("export calls all limit all to \"\(folder.file("none/rows.csv"))\"")
        #expect(empty.exit == .trouble && empty.narration.contains("no such file"))
    }

    @Test("writing to a reader that does not read ends when it is stopped")
    func blocked() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let stop = StopFlag(), text = String(repeating: "x", count: 1 << 20)
        withThread {
            usleep(50_000)
            stop.raise()
        } while: {
            #expect(stop.governing { Output.write(text, to: ends[1]) } == false)
        }
    }
}
