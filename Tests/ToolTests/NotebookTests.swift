import Glibc
import PtySupport
import TestSupport
import Testing

@Suite("Scripts, sessions and reports with the program")
struct NotebookTests {
    let tool: Tool

    init() {
        let folder = Folder()
        tool = Tool(folder, ["FAULTLINE_QUERIES": Fixtures.root + "/queries", "XDG_DATA_HOME": folder.file("data")])
    }

    @Test("`run` takes parameter values, outputs only data, and exits with 1 when an expectation fails")
    func run() {
        tool.folder.write(
            "by.flq", "# Calls\nlet model = gpt-4o\ncalls show count where model = $model all as csv\nexpect count > 0\n")
        let plain = tool.run("run", "--store", Made.store, "by.flq")
        #expect(plain.code == 0 && plain.output.hasPrefix("count\r\n") && plain.errors.isEmpty, "\(plain)")
        let other = tool.run("run", "--store", Made.store, "by.flq", "model=o3-mini")
        #expect(other.code == 0 && other.output != plain.output)
        #expect(tool.run("run", "--store", Made.store, "by.flq", "modle=x").code == 64)
        #expect(tool.run("run", "--store", Made.store, "by.flq", "x").code == 64)
        tool.folder.write("bad.flq", "calls show count all as csv\nexpect count < 1\n")
        let failed = tool.run("run", "--store", Made.store, "bad.flq")
        #expect(
            failed.code == 1 && failed.output.hasPrefix("count\r\n")
                && failed.errors.contains("bad.flq:2:\ncell 2: expectation failed: row 1: count is 400"))
    }

    @Test("a session is recorded, replayed and checked; drift exits with 4, and only with --check")
    func replay() {
        let store = Made.copyOfStore(in: tool.folder)
        mkdir(tool.folder.file("sessions"), 0o755)
        let script = "note What failed\nerrors by type all\nerrors by tpye\ncalls show count all\nsave look\n"
        let saved = tool.run("--store", store, input: script)
        #expect(saved.errors.contains("3 cells written to sessions/look.flq"), "\(saved)")
        // The repository's own folder, which others may read.
        #expect(Folder.mode(tool.folder.file("sessions/look.flq")) == 0o644)
        let same = tool.run("replay", "--check", "--store", store, "look")
        #expect(same.code == 0 && same.output.contains("3 cells: 3 same"), "\(same)")
        tool.folder.write(
            "late.csv", "provider,timestamp,error_type,status_code,error_message\nopenai,2026-11-20T10:00:00Z,APIError,500,late\n"
        )
        #expect(tool.run("import", "--store", store, "late.csv").code == 0)
        let drift = tool.run("replay", "--check", "--store", store, "sessions/look.flq")
        #expect(drift.code == 4 && drift.output.contains("data") && drift.output.contains("+ "), "\(drift)")
        #expect(tool.run("replay", "--store", store, "look").code == 0)
        #expect(tool.run("replay", "--store", store, "look", "--against", Made.store, "--check").code == 0)
        #expect(tool.run("replay", "--store", store, "look", "--only", "2", "--check").code == 0)
        #expect(tool.run("sessions", "--store", store).output.contains("What failed"))
        #expect(tool.run("replay", "--update", "--store", store, "look").code == 0)
        #expect(tool.run("replay", "--check", "--store", store, "look").code == 0)
        #expect(tool.run("replay", "--check", "--update", "--store", store, "look").code == 64)
        #expect(tool.run("replay", "--only", "x", "--store", store, "look").code == 64)
        #expect(tool.run("replay", "--store", store, "nothing").code == 3)
    }

    @Test("a session whose process was killed is reported at the next start and recovered")
    func recovery() throws {
        let store = Made.copyOfStore(in: tool.folder)
        let environment = [
            "TERM": "xterm", "LANG": "C.UTF-8", "HOME": tool.folder.path, "EDITRC": "/dev/null", "PATH": "/usr/bin:/bin",
            "NO_COLOR": "1",
            "XDG_DATA_HOME": tool.folder.file("data"), "FAULTLINE_SESSIONS": tool.folder.path,
        ]
        let session = try PtySession(Tool.path, arguments: ["--store", store], environment: environment)
        try session.waitForPrompt("1 faultline> ")
        try session.send("errors by type all\r")
        try session.waitForPrompt("2 faultline> ")
        try session.send("calls show count all as csv\r")
        try session.waitForPrompt("3 faultline> ")
        session.signal(SIGKILL)
        #expect(try session.waitForEnd() == .signalled(SIGKILL))
        #expect(Folder.mode(tool.folder.file("store.db.state")) == 0o600)
        let named = Tool(tool.folder, environment)
        #expect(named.run("sessions", "--store", store).output.contains("cut off"))
        let recovered = named.run("sessions", "--recover", "--store", store)
        #expect(recovered.code == 0 && recovered.output.contains("recovered-1.flq: 2 cells"), "\(recovered)")
        #expect(Folder.mode(tool.folder.file("recovered-1.flq")) == 0o600)
        #expect(named.run("replay", "--check", "--store", store, "recovered-1").output.contains("2 cells: 2 same"))
    }

    @Test("on a terminal, cells are numbered, `edit` fills the line, and Ctrl-C ends `watch`")
    func terminal() throws {
        let store = Made.copyOfStore(in: tool.folder)
        let environment = [
            "TERM": "xterm", "LANG": "C.UTF-8", "HOME": tool.folder.path, "EDITRC": "/dev/null", "PATH": "/usr/bin:/bin",
            "NO_COLOR": "1",
        ]
        let session = try PtySession(Tool.path, arguments: ["--store", store], environment: environment)
        try session.waitForPrompt("1 faultline> ")
        try session.send("calls show count all as csv\r")
        try session.expect("400")
        try session.waitForPrompt("2 faultline> ")
        try session.send("edit 1\r")
        try session.expect("calls show count all as csv")
        try session.waitUntilRaw()
        try session.send("\r")
        try session.expect("400")
        try session.waitForPrompt("3 faultline> ")
        try session.send("watch 200ms errors by type all\r")
        try session.expect("watched at ")
        // Redrawn in place.
        try session.expect("\u{1B}[J")
        try session.expect("no change")
        try session.send("\u{3}")
        try session.expect("times: stopped")
        try session.waitForPrompt("4 faultline> ")
        try session.send("quit\r")
        #expect(try session.waitForEnd() == .exited(0))
    }

    @Test("a session becomes a document, and its statements can be extracted again")
    func report() {
        tool.folder.write("look.flq", "# What failed\nerrors by type all\n\n# And how often\ncalls show count all\n")
        for name in ["look.html", "look.md"] {
            let outcome = tool.run("report", "--store", Made.store, "look.flq", name)
            #expect(outcome.code == 0 && outcome.errors == "2 cells written to \(name)\n", "\(outcome)")
            #expect(Folder.mode(tool.folder.file(name)) == 0o600 && Folder.text(tool.folder.file(name)).contains("What failed"))
            #expect(tool.run("recover-script", name).output == "errors by type all\ncalls show count all\n")
        }
        #expect(tool.run("report", "--store", Made.store, "look.flq", "look.pdf").code == 64)
        #expect(tool.run("report", "--store", Made.store, "nothing", "x.md").code == 3)
        #expect(tool.run("recover-script", input: "1 faultline> errors by type\ntype 3\n").output == "errors by type\n")
        #expect(tool.run("recover-script", input: "nothing\n").code == 1)
    }

    @Test("`queries` lists the shipped scripts")
    func queries() {
        let outcome = tool.run("queries", "--store", Made.store)
        #expect(outcome.code == 0 && outcome.output.contains("overview") && outcome.output.contains("window=24h"))
    }
}
