import PtySupport
import Testing

@testable import Terminal

@Suite("History")
struct HistoryTests {
    @Test("Up and Down walk through earlier lines")
    func walk() throws {
        let probe = try Probe()
        try probe.enter("one", gives: "<one>")
        try probe.enter("two", gives: "<two>")
        try probe.enter("\u{1B}[A\u{1B}[A", gives: "<one>")
        try probe.enter("\u{1B}[A\u{1B}[A\u{1B}[B!", gives: "<one!>")
    }

    @Test("arrows of the other key mode work, too")
    func applicationArrows() throws {
        let probe = try Probe()
        try probe.enter("one", gives: "<one>")
        try probe.enter("\u{1B}OA", gives: "<one>")
    }

    @Test("a multi-line cell is recalled as a whole, and arrows move between its lines")
    func severalLines() throws {
        let probe = try Probe()
        try probe.enter("first", gives: "<first>")
        try probe.type("abc,\rdefg\r")
        try probe.session.expect("<abc,|defg>")
        try probe.type("\u{1B}[A")
        try probe.session.expect("  ...> defg")
        try probe.session.send("\u{1B}[AX\u{1B}[BY\r")
        try probe.session.expect("<abc,X|defgY>")
        try probe.enter("\u{1B}[A\u{1B}[A\u{1B}[A\u{1B}[A\u{1B}[A", gives: "<first>")
    }

    @Test("Ctrl-R searches backwards")
    func search() throws {
        let probe = try Probe()
        try probe.enter("errors by type", gives: "<errors by type>")
        try probe.enter("trace 7f", gives: "<trace 7f>")
        try probe.type("\u{12}by")
        try probe.session.expect("bck:")
        try probe.session.send("z\u{7F}")
        probe.session.settle()
        try probe.session.send("\r")
        try probe.session.expect("<errors by type>")
    }

    @Test("lines except those with secrets are saved in a private file and restored")
    func file() throws {
        let probe = try Probe()
        try probe.enter("one", gives: "<one>")
        try probe.enter("a secret", gives: "<a secret>")
        try probe.type("x,\rback\\slash\r")
        try probe.session.expect("<x,|back\\slash>")
        #expect(try probe.leave() == .exited(0))
        #expect(readFile(probe.historyPath) == "one\nx,\\nback\\\\slash\n")
        #expect(mode(of: probe.historyPath) == 0o600)
        let later = try Probe(["PROBE_HISTORY": probe.historyPath])
        try later.type("\u{1B}[A")
        try later.session.expect("slash")
        try later.session.send("\r")
        try later.session.expect("<x,|back\\slash>")
    }

    @Test("a world-readable history becomes private; invalid bytes in it are harmless")
    func oddFile() throws {
        let probe = try Probe(prepare: { home in
            writeFile(home + "/history", Array("ok\n".utf8) + [0xFF, 0x00, 0x41, 0x0A, 0x0A, 0x62, 0x5C], mode: 0o644)
        })
        try probe.enter("\u{1B}[A", gives: "<b\\>")
        #expect(mode(of: probe.historyPath) == 0o600)
    }

    @Test("an unwritable history is reported, and editing continues")
    func unwritableFile() throws {
        let probe = try Probe(["PROBE_HISTORY": "/dev/null/history"])
        try probe.enter("one", gives: "<one>")
        try probe.enter("problem", gives: "history /dev/null/history: not a directory")
    }

    @Test("entries survive encoding in the file", arguments: ["a", "a\nb", "\\n", "\\\n\\\\", "ends\\", ""])
    func roundTrip(entry: String) {
        let line = LineHistory.encode(entry)
        #expect(!line.dropLast().contains(0x0A))
        #expect(LineHistory.decode(line.dropLast()) == entry)
    }

    @Test("a file of more than twice the limit is cut to the limit")
    func longFile() throws {
        let probe = try Probe(prepare: { home in
            writeFile(home + "/history", Array((1...25).map { "line \($0)\n" }.joined().utf8))
        })
        _ = LineHistory(path: probe.historyPath, limit: 12)
        #expect(readFile(probe.historyPath).hasPrefix("line 14\n"))
        #expect(mode(of: probe.historyPath) == 0o600)
        _ = try probe.leave()
    }
}
