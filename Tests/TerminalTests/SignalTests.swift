import Glibc
import PtySupport
import Testing

@Suite("Signals and exits")
struct SignalTests {
    @Test("Ctrl-C discards the line and shows a new prompt")
    func dropLine() throws {
        let probe = try Probe()
        try probe.type("half a line")
        try probe.session.expect("line")
        try probe.session.send("\u{3}")
        try probe.session.expect("^C")
        try probe.session.expect("dropped")
        try probe.enter("next", gives: "<next>")
    }

    @Test("repeated Ctrl-C right after the prompt never kills the process and is never lost")
    func manyInterrupts() throws {
        let probe = try Probe()
        for _ in 0..<20 {
            try probe.type("x\u{3}")
            try probe.session.expect("dropped")
        }
        try probe.enter("alive", gives: "<alive>")
    }

    @Test("Ctrl-C ends a search, an unfinished cell and a paste")
    func dropOthers() throws {
        let probe = try Probe()
        try probe.enter("one", gives: "<one>")
        for keys in ["\u{12}on", "a,\rb", "\u{1B}[200~abc", "\u{1B}"] {
            try probe.type(keys)
            probe.session.settle()
            try probe.session.send("\u{3}")
            try probe.session.expect("dropped")
        }
        try probe.enter("next", gives: "<next>")
    }

    @Test("Ctrl-C interrupts a running query, and the session continues")
    func interruptQuery() throws {
        let probe = try Probe()
        for _ in 0..<3 {
            try probe.enter("spin", gives: "spinning")
            try probe.session.send("\u{3}")
            try probe.session.expect("was interrupted")
        }
        try probe.enter("next", gives: "<next>")
    }

    @Test("Ctrl-C affects only the query it was pressed for")
    func interruptedQueries() throws {
        let probe = try Probe()
        try probe.enter("early", gives: "was interrupted")
        try probe.enter("nap", gives: "was not interrupted")
        try probe.type("nested\r")
        for shown in ["spinning", "spinning", "was interrupted", "was interrupted"] { try probe.session.expect(shown) }
        try probe.enter("next", gives: "<next>")
    }

    @Test("Ctrl-D quits only on an empty line")
    func endOfInput() throws {
        let probe = try Probe()
        try probe.enter("ab\u{2}\u{4}\u{4}", gives: "<a>")
        #expect(try probe.leave() == .exited(0))
        #expect(probe.session.isCooked)
    }

    @Test("after a resize, the line is redrawn and can be edited")
    func resize() throws {
        let probe = try Probe()
        try probe.type("errors by type last 24h")
        try probe.session.expect("24h")
        probe.session.resize(rows: 24, columns: 20)
        try probe.session.expect("probe>")
        try probe.session.send(" where\r")
        try probe.session.expect("<errors by type last 24h where>")
        try probe.enter("width", gives: "width 20")
    }

    @Test("Ctrl-Z suspends, and fg restores the line")
    func stop() throws {
        let probe = try Probe(command: { "P='\($0)' exec /bin/sh -i" })
        try probe.session.expect("sh$ ")
        try probe.session.send("$P\r")
        try probe.type("half")
        try probe.session.expect("half")
        try probe.session.send("\u{1A}")
        try probe.session.expect("\u{1B}[?2004l")
        try probe.session.expect("sh$ ")
        try probe.session.waitUntilCooked()
        try probe.session.send("fg\r")
        try probe.session.expect("\u{1B}[?2004h")
        try probe.session.expect("half")
        try probe.session.waitUntilRaw()
        try probe.session.send("!\r")
        try probe.session.expect("<half!>")
    }

    @Test("dumb and unknown terminals get no escape sequences", arguments: ["dumb", "no-such-terminal", ""])
    func poorTerminals(name: String) throws {
        let probe = try Probe(["TERM": name])
        try probe.enter("one", gives: "<one>")
        try probe.type("by g\t")
        try probe.session.expect("gpt-4o-mini 8,114")
        try probe.session.expect("gpt-4o")
        try probe.session.send(" a,\r")
        probe.session.settle()
        try probe.session.send("b\r")
        try probe.session.expect("<by gpt-4o a,|b>")
        try probe.type("xy\u{3}")
        try probe.session.expect("dropped")
        #expect(name != "dumb" || !probe.session.screenText.contains("\u{1B}"))
        #expect(!probe.session.screenText.contains("2004"))
    }

    @Test("a fatal signal leaves the terminal restored", arguments: [SIGTERM, SIGHUP, SIGQUIT, SIGSEGV])
    func endingSignals(number: Int32) throws {
        let probe = try Probe()
        try probe.type("half")
        try probe.session.expect("half")
        probe.session.signal(number)
        try probe.session.expect("\u{1B}[?2004l")
        #expect(try probe.session.waitForEnd() == .signalled(number))
        #expect(probe.session.isCooked)
    }

    @Test("the line is restored after SIGSTOP and SIGCONT")
    func stopFromOutside() throws {
        let probe = try Probe()
        try probe.type("half")
        try probe.session.expect("half")
        probe.session.signal(SIGSTOP)
        probe.session.signal(SIGCONT)
        try probe.session.expect("probe>")
        try probe.session.expect("half")
        try probe.session.waitUntilRaw()
        try probe.session.send("!\r")
        try probe.session.expect("<half!>")
    }

    @Test("the terminal is restored while a statement runs and after it crashes")
    func crash() throws {
        let probe = try Probe()
        try probe.enter("spin", gives: "spinning")
        #expect(probe.session.isCooked)
        try probe.session.send("\u{3}")
        try probe.session.expect("was interrupted")
        try probe.type("crash\r")
        #expect(try probe.session.waitForEnd() != .exited(0))
        #expect(probe.session.isCooked)
    }
}
