import Glibc
import PtySupport
import Testing

@Suite("Without a terminal")
struct PlainInputTests {
    @Test("lines from a pipe arrive without a prompt, for any bytes")
    func pipe() throws {
        let probe = try Probe(command: { "printf 'one\\r\\n\\n\\303\\251 \\377 nul\\0x\\nlast' | \($0)" })
        try probe.session.expect("<one>")
        try probe.session.expect("<>")
        try probe.session.expect("<é \u{FFFD} nulNULx>")
        try probe.session.expect("<last>")
        try probe.session.expect("end")
        #expect(try probe.session.waitForEnd() == .exited(0))
        #expect(!probe.session.screenText.contains("probe>"))
        #expect(mode(of: probe.historyPath) == nil)
    }

    @Test("a line of a megabyte arrives whole")
    func longLine() throws {
        let probe = try Probe(
            command: { "head -c 1000000 /dev/zero | tr '\\0' x | \($0) | wc -c" })
        // `<`, `>`, newline, and `end` with its newline.
        try probe.session.expect("1000007")
    }

    @Test("an output that is not a terminal gets no prompt")
    func pipedOutput() throws {
        let probe = try Probe(command: { "\($0) | cat" })
        try probe.session.send("typed\r")
        try probe.session.expect("<typed>")
        try probe.session.send("\u{4}")
        try probe.session.expect("end")
        #expect(!probe.session.screenText.contains("probe>"))
    }

    @Test("Ctrl-C between lines from a pipe is reported, and the next line arrives")
    func interrupt() throws {
        let probe = try Probe(
            command: { "exec \($0) <>\"$HOME/input\"" }, prepare: { home in mkfifo(home + "/input", 0o600) })
        writeFile(probe.home + "/input", Array("a\n".utf8))
        try probe.session.expect("<a>")
        probe.session.signal(SIGINT)
        try probe.session.expect("dropped")
        writeFile(probe.home + "/input", Array("b\n".utf8))
        try probe.session.expect("<b>")
    }
}
