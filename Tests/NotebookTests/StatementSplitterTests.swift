import Testing

@testable import Notebook

@Suite("Scripts in pieces")
struct StatementSplitterTests {
    private func statements(_ script: String) -> [String] {
        StatementSplitter.pieces(of: script).compactMap { if case .statement(let text, _) = $0 { text } else { nil } }
    }

    @Test("each line is a statement, with the line it begins on")
    func lines() {
        #expect(
            StatementSplitter.pieces(of: "errors\n\ncalls last 1h\r\ntraces") == [
                .statement("errors", line: 1), .statement("calls last 1h", line: 3), .statement("traces", line: 4),
            ])
    }

    @Test(
        "a statement goes on while it cannot be whole",
        arguments: [
            "errors by type,\nmodel", "errors where (model = a\nor model = b)", "errors where model = a and\nfailed",
            "errors where model = a or\nfailed", "errors where model = a AND\nfailed", "errors \\\nlast 24h",
            "errors by type\n  last 24h", "errors by type\n\tlast 24h\n\tlimit 3", "errors where model in (a,\nb,\nc)",
        ])
    func continuations(_ script: String) {
        #expect(statements(script) == [script])
        #expect(statements(script + "\ncalls") == [script, "calls"])
    }

    @Test("brackets and joining words inside quotes and comments do not make a statement go on")
    func quoted() {
        #expect(statements("errors \"(\"\ncalls") == ["errors \"(\"", "calls"])
        #expect(statements("errors 'a \\' ('\ncalls").count == 2)
        #expect(statements("errors last 1h # (\ncalls").count == 2)
        // A quote ends on its line.
        #expect(statements("errors \"(\ncalls") == ["errors \"(", "calls"])
    }

    @Test("`and` alone is no statement that goes on")
    func joiningAlone() { #expect(statements("and\ncalls") == ["and", "calls"]) }

    @Test("an empty line ends a statement that is open")
    func emptyLine() { #expect(statements("errors by type,\n\ncalls") == ["errors by type,", "calls"]) }

    @Test("lines that begin with # are prose, in order, without their mark")
    func prose() {
        #expect(
            StatementSplitter.pieces(of: "# A title\n#\n##  Two\nerrors\n#no blank") == [
                .prose("A title"), .prose(""), .prose(" Two"), .statement("errors", line: 4), .prose("no blank"),
            ])
    }

    @Test("prose ends a statement, and a comment behind a statement stays with it")
    func proseBetween() {
        #expect(statements("errors by type,\n# prose\nmodel") == ["errors by type,", "model"])
        #expect(statements("errors # why\ncalls") == ["errors # why", "calls"])
    }

    @Test("lines of the machine are skipped")
    func machine() {
        let script = "#! faultline 1\n#@ now 2026-11-21\nerrors\n#> type errors\n#= rows 2\ncalls"
        #expect(StatementSplitter.pieces(of: script) == [.statement("errors", line: 3), .statement("calls", line: 6)])
    }

    @Test("nothing gives nothing")
    func nothing() { for script in ["", "\n", "  \n\t\n", "\r\n"] { #expect(StatementSplitter.pieces(of: script).isEmpty) } }

    @Test("every byte of a statement is kept, wide characters too")
    func bytes() { #expect(statements("errors \"日本 🎌\"  \n") == ["errors \"日本 🎌\"  "]) }

    @Test("what is open at the prompt is open in a script")
    func open() {
        for text in ["errors by a,", "errors where (", "errors where a = b and", "errors \\", "errors where x in ["] {
            #expect(StatementSplitter.isOpen(text), "\(text)")
        }
        for text in ["", "errors", "and", "errors \"(\"", "errors )", "errors ')'", "# (", "errors # ,", "errors \"a, and\""] {
            #expect(!StatementSplitter.isOpen(text), "\(text)")
        }
    }
}
