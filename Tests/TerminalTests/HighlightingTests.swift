import Glibc
import PtySupport
import TestSupport
import Testing

@testable import Terminal

@Suite("Highlighting and suggestions")
struct HighlightingTests {
    init() { setlocale(LC_CTYPE, "C.UTF-8") }

    /// Returns the screen after these keys, pressed one at a time with a redraw in between.
    private func picture(_ keys: [String], colours: Bool, columns: Int, rows: Int) throws -> String {
        var changes = ["PROBE_HIGHLIGHT": "1"]
        if !colours { changes["NO_COLOR"] = "1" }
        let probe = try Probe(changes, rows: rows, columns: columns)
        try probe.session.waitForPrompt("probe>")
        for key in keys {
            try probe.session.send(key)
            probe.session.settle(.milliseconds(12))
        }
        probe.session.settle(.milliseconds(60))
        return Screen(rows: rows, columns: columns, bytes: probe.session.output).picture
    }

    @Test("for any input, a highlighted line has the same characters and cursor as a plain one", arguments: 0..<4)
    func likePlain(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let all = [
            "a", "b", "word ", "日", "é", " ", "\u{1B}[D", "\u{1B}[D", "\u{1B}[C", "\u{7F}", "\u{1}", "\u{5}", "\u{B}", ",\r",
            "x y z ",
            "\u{1B}b", "\u{1B}f",
        ]
        let keys = ["q"] + (0..<40).map { _ in all[Int.random(in: 0..<all.count, using: &generator)] }
        let columns = [30, 41, 80, 23][seed]
        let plain = try picture(keys, colours: false, columns: columns, rows: 12)
        let highlighted = try picture(keys, colours: true, columns: columns, rows: 12)
        #expect(highlighted == plain, "seed \(seed)")
    }

    @Test("words are coloured, and the cursor returns after them")
    func colours() throws {
        let probe = try Probe(["PROBE_HIGHLIGHT": "1"])
        try probe.type("ab cd")
        try probe.session.expect("\r\u{1B}[7C\u{1B}[36mab\u{1B}[0m ")
        try probe.session.send("\r")
        try probe.session.expect("<ab cd>")
    }

    @Test("a suggestion follows the cursor; the right arrow accepts it, other keys discard it")
    func suggestion() throws {
        let probe = try Probe(["PROBE_HIGHLIGHT": "1"])
        try probe.type("sug")
        try probe.session.expect("\u{1B}[2mgestion\u{1B}[0m")
        try probe.session.send("\u{1B}[C")
        probe.session.settle()
        try probe.session.send("!\r")
        try probe.session.expect("<suggestion!>")
        try probe.type("sug")
        try probe.session.expect("\u{1B}[2mgestion")
        try probe.session.send("ar\r")
        try probe.session.expect("<sugar>")
        // Enter takes the typed text and removes the suggestion.
        try probe.type("sug")
        probe.session.settle()
        try probe.session.send("\r")
        try probe.session.expect("<sug>")
        let picture = Screen(rows: 24, columns: 80, bytes: probe.session.output).picture
        #expect(picture.contains("probe> sug\n<sug>"), "\(picture)")
    }

    @Test("suggestions come from the history first, newest first")
    func history() throws {
        let probe = try Probe(["PROBE_HIGHLIGHT": "1"])
        for line in ["errors by type", "errors by model last 7d", "calls"] { try probe.enter(line + "\r", gives: "<\(line)>") }
        try probe.type("err")
        try probe.session.expect("\u{1B}[2mors by model last 7d\u{1B}[0m")
        try probe.session.send("\u{5}\r")
        try probe.session.expect("<errors by model last 7d>")
    }

    @Test("notices, completion lists, Ctrl-C and resizes remove the suggestion")
    func others() throws {
        let probe = try Probe(["PROBE_HIGHLIGHT": "1"])
        try probe.enter("notice\r", gives: "probe>")
        try probe.type("sug")
        try probe.session.expect("a notice")
        try probe.session.expect("\u{1B}[2mgestion")
        try probe.session.send("\u{3}")
        try probe.session.expect("dropped")
        let picture = Screen(rows: 24, columns: 80, bytes: probe.session.output).picture
        #expect(picture.contains("probe> sug^C\ndropped"), "\(picture)")
        try probe.type("by g\t")
        try probe.session.expect("gpt-4o-mini")
        try probe.session.send("-m")
        probe.session.settle()
        probe.session.resize(rows: 20, columns: 50)
        probe.session.settle()
        try probe.session.send("\r")
        try probe.session.expect("<by gpt-4o-m>")
    }

    @Test("terminals that are dumb or without colour get no escapes", arguments: [["TERM": "dumb"], ["NO_COLOR": "1"]])
    func plain(_ environment: [String: String]) throws {
        let probe = try Probe(["PROBE_HIGHLIGHT": "1"].merging(environment) { $1 })
        try probe.session.expect("probe>")
        probe.session.settle()
        try probe.session.send("ab sug")
        probe.session.settle()
        try probe.session.send("\r")
        try probe.session.expect("<ab sug>")
        #expect(!probe.session.screenText.contains("gestion") && !probe.session.screenText.contains("[36m"))
    }
}
