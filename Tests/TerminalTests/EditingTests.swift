import PtySupport
import Testing

@Suite("Editing on a terminal")
struct EditingTests {
    @Test("a typed line arrives")
    func line() throws {
        let probe = try Probe()
        try probe.enter("errors last 24h", gives: "<errors last 24h>")
        #expect(try probe.leave() == .exited(0))
    }

    @Test("a single candidate is completed, followed by a space")
    func onlyCandidate() throws {
        let probe = try Probe()
        try probe.type("model=x mis\t")
        try probe.session.expect("large ")
        try probe.session.send("!\r")
        try probe.session.expect("<model=x mistral-large !>")
    }

    @Test("several candidates complete their common prefix and are listed with dim notes")
    func severalCandidates() throws {
        let probe = try Probe()
        try probe.type("by g\t")
        try probe.session.expect("gpt-4o \u{1B}[2m1,203\u{1B}[22m")
        try probe.session.expect("gpt-4o-mini \u{1B}[2m8,114")
        try probe.session.expect("probe>")
        try probe.session.expect("by gpt-4o")
        try probe.session.send("-\t")
        try probe.session.expect("mini")
        try probe.session.send("\r")
        try probe.session.expect("<by gpt-4o-mini >")
    }

    @Test("a candidate list leaves a multi-line cell intact")
    func listInsideCell() throws {
        let probe = try Probe()
        try probe.type("a,\rb,\rmodel")
        try probe.session.expect("model")
        // Moves to the second line; the list must not overwrite the third.
        try probe.session.send("\u{1B}[A g\t")
        try probe.session.expect("gpt-4o-mini")
        try probe.session.expect("model")
        try probe.session.send(" x\r")
        try probe.session.expect("<a,|b, gpt-4o x|model>")
    }

    @Test("Tab without candidates rings the bell and changes nothing")
    func noCandidates() throws {
        let probe = try Probe()
        try probe.type("zz\t")
        try probe.session.expect("\u{7}")
        try probe.session.send("\r")
        try probe.session.expect("<zz>")
    }

    @Test("multi-byte characters are typed, deleted and skipped as a whole")
    func lettersOfSeveralBytes() throws {
        let probe = try Probe()
        try probe.enter("caféx\u{7F}\u{7F}é ü", gives: "<café ü>")
        try probe.enter("日本\u{1B}[D中", gives: "<日中本>")
        try probe.type("év\t")
        try probe.session.expect("nement ")
        try probe.session.send("\r")
        try probe.session.expect("<événement >")
    }

    @Test("in the C locale, editing uses UTF-8", arguments: [["LANG": "C"], ["LANG": ""], ["LANG": "xx_XX.none"]])
    func localeC(environment: [String: String]) throws {
        let probe = try Probe(environment)
        try probe.enter("日é\u{7F}ö", gives: "<日ö>")
    }

    @Test("invalid UTF-8 is dropped while typing")
    func invalidBytes() throws {
        let probe = try Probe()
        try probe.session.waitForPrompt("probe>")
        try probe.session.send([0x61, 0xFF, 0xC3, 0x28, 0x62, 0x0D])
        try probe.session.expect("<a(b>")
    }

    @Test("an incomplete cell continues after the continuation prompt, which is not part of it")
    func unfinishedCell() throws {
        let probe = try Probe()
        try probe.type("errors by type,\r")
        try probe.session.expect("  ...> ")
        try probe.session.send("model,\r")
        try probe.session.expect("  ...> ")
        try probe.session.send("agent\r")
        try probe.session.expect("<errors by type,|model,|agent>")
    }

    @Test("Backspace at the start of a line joins it with the previous line")
    func joinLines() throws {
        let probe = try Probe()
        try probe.type("a,\r")
        try probe.session.expect("  ...> ")
        try probe.session.send("\u{7F}\u{7F}b\r")
        try probe.session.expect("<ab>")
    }

    @Test("Alt-Enter adds a line to a complete cell")
    func altEnter() throws {
        let probe = try Probe()
        try probe.type("a\u{1B}\rb\r")
        try probe.session.expect("<a|b>")
    }

    @Test("Enter in the middle of a cell accepts all of it")
    func enterInTheMiddle() throws {
        let probe = try Probe()
        try probe.enter("abc\u{1}\u{6}", gives: "<abc>")
    }

    @Test("a paste of several lines arrives as one cell")
    func paste() throws {
        let probe = try Probe()
        try probe.session.expect("\u{1B}[?2004h")
        try probe.type("\u{1B}[200~errors\r  by type\r\nlimit\t3\n\u{1B}[201~")
        try probe.session.expect("limit")
        try probe.session.send("\r")
        try probe.session.expect("\u{1B}[?2004l")
        try probe.session.expect("<errors|  by type|limit\t3>")
    }

    @Test("a paste brings no control characters")
    func pasteOfEscapes() throws {
        let probe = try Probe()
        try probe.enter("\u{1B}[200~a\u{1B}[31mb\u{7}c\u{1B}[201~", gives: "<a[31mbc>")
    }

    @Test("a paste of 50 kB arrives whole")
    func longPaste() throws {
        let probe = try Probe()
        let text = String(repeating: "0123456789", count: 5000)
        try probe.type("\u{1B}[200~\(text)\u{1B}[201~\r")
        try probe.session.expect("\u{1B}[?2004l")
        try probe.session.expect("<\(text)>")
    }

    @Test("preloaded text appears on the next line and can be edited")
    func preload() throws {
        let probe = try Probe()
        try probe.enter("edit", gives: "errors by type,")
        try probe.session.expect("model")
        try probe.session.waitUntilRaw()
        try probe.session.send("s\r")
        try probe.session.expect("<errors by type,|models>")
    }

    @Test("a notice from another thread appears above the line, which is kept")
    func notice() throws {
        let probe = try Probe()
        try probe.type("notice\r")
        try probe.type("abc")
        try probe.session.expect("a notice")
        try probe.session.expect("abc")
        try probe.session.send("d\r")
        try probe.session.expect("<abcd>")
    }

    @Test("the prompt is coloured unless NO_COLOR is set")
    func promptColor() throws {
        let colored = try Probe()
        try colored.session.expect("\u{1B}[1;36mprobe>\u{1B}[0m ")
        let plain = try Probe(["NO_COLOR": "1"])
        try plain.session.waitForPrompt("probe> ")
        #expect(!plain.session.screenText.contains("\u{1B}[1;36m"))
    }
}
