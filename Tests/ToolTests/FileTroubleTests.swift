import Glibc
import PtySupport
import Testing

/// Files that cannot be written, or only in part, and files that must not be written.
@Suite("File problems")
struct FileTroubleTests {
    let tool = Tool()

    @Test("a file size limit gives a message, and nothing is lost")
    func limit() {
        let store = Made.copyOfStore(in: tool.folder)
        let before = tool.run("query", "--store", store, "errors by type all as csv").output
        let failed = tool.shell("ulimit -f 200; \"$faultline\" import --store '\(store)' '\(Made.lines)'")
        #expect(failed.code == 3 && failed.errors.contains("cannot be written"), "\(failed)")
        #expect(tool.run("query", "--store", store, "errors by type all as csv").output == before)
        tool.folder.write("out.csv", "kept")
        let export = tool.shell(
            "ulimit -f 80; \"$faultline\" query --store '\(store)' 'calls all limit all as json to \"out.csv\"'")
        #expect(export.code == 3 && export.errors.contains("file too large"), "\(export)")
        #expect(Folder.text(tool.folder.file("out.csv")) == "kept")
        let shown = tool.shell("ulimit -f 80; \"$faultline\" query --store '\(store)' 'calls all limit all as json' > shown.csv")
        #expect(shown.code == 3 && shown.errors.contains("could not be written: file too large"), "\(shown)")
        #expect(tool.run("doctor", "--store", store).output.contains("the store is intact"))
    }

    @Test("a store in a read-only folder can be queried, and says what it cannot do")
    func readOnly() throws {
        let store = Made.copyOfStore(in: tool.folder)
        let made = tool.run("query", "--store", store, "alert create r when errors over 5m having count > 1 do log")
        #expect(made.code == 0, "\(made)")
        let all = tool.run("query", "--store", store, "errors by type all as csv").output
        chmod(tool.folder.write("l.jsonl", Folder.bytes(Made.lines)), 0o644)
        // The side files of a closed store may or may not exist.
        for end in ["", ".state"] { for side in ["-wal", "-shm"] { unlink(store + end + side) } }
        chmod(store, 0o644)
        chmod(store + ".state", 0o644)
        chmod(tool.folder.path, 0o555)
        defer { chmod(tool.folder.path, 0o700) }
        // Drops the superuser's permission to write everywhere.
        let plain = geteuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups" : ""
        func run(_ words: String) -> Tool.Outcome { tool.shell("\(plain) \"$faultline\" \(words)") }
        guard run("--version").code == 0 else { return }
        for _ in 0..<2 {
            let asked = run("query --store '\(store)' 'errors by type all as csv'")
            #expect(asked.code == 0 && asked.output == all, "\(asked)")
        }
        #expect(run("query --store '\(store)' 'alert list' --format csv").output.contains("r,ok"))
        #expect(run("query --store '\(store)' 'summary all'").code == 0)
        #expect(run("doctor --store '\(store)'").output.contains("the store is intact"))
        for statement in ["alert create s when errors over 5m having count > 1 do log", "import \"l.jsonl\""] {
            let refused = run("query --store '\(store)' '\(statement)'")
            #expect(refused.code == 3 && refused.errors.contains("read-only"), "\(refused)")
        }
    }

    @Test("an export never overwrites a database")
    func databases() {
        let store = Made.copyOfStore(in: tool.folder)
        let other = tool.folder.write("other.db", Folder.bytes(store))
        for target in [store, other] {
            let refused = tool.run("query", "--store", store, "errors all as csv to \"\(target)\"")
            #expect(refused.code != 0 && refused.errors.contains("is a database and will not be overwritten"), "\(refused)")
        }
        #expect(Folder.bytes(other).starts(with: "SQLite format 3\0".utf8))
        let lines = tool.run("generate", "--calls", "20", "--days", "2", "--jsonl", other)
        #expect(lines.code == 3 && lines.errors.contains("is a database"), "\(lines)")
    }

    @Test("a history file that is a symbolic link is not followed")
    func linkedHistory() throws {
        let store = Made.copyOfStore(in: tool.folder)
        let victim = tool.folder.write("victim", "text\n")
        chmod(victim, 0o644)
        symlink(victim, store + ".history")
        let environment = tool.environment.merging(["NO_COLOR": "1", "PAGER": "off", "EDITRC": "/dev/null"]) { $1 }
        let session = try PtySession(Tool.path, arguments: ["--store", store], environment: environment, columns: 100)
        try session.waitForPrompt("faultline> ")
        try session.send("errors by type all\r")
        try session.waitForPrompt("2 faultline> ")
        try session.send("quit\r")
        _ = try session.waitForEnd()
        #expect(Folder.text(victim) == "text\n" && Folder.mode(victim) == 0o644)
    }
}
