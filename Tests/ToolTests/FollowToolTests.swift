import Glibc
import PtySupport
import Testing

@testable import Ingest
@testable import LocalStore
@testable import SQLite

@Suite("Live sources through the program")
struct FollowToolTests {
    let tool = Tool()

    private func line(_ number: Int) -> String {
        #"{"id":"o\#(number)","traceId":"t\#(number)","type":"GENERATION","startTime":"2025-11-22T08:00:00Z","endTime":"2025-11-22T08:00:01Z","model":"gpt-4o","level":"ERROR","statusMessage":"Request timed out."}"#
            + "\n"
    }

    private func errors() -> Int {
        let outcome = tool.run("query", "--store", "s.db", "errors show count all as csv")
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome)")
        return Int(outcome.output.split(separator: "\r\n").last ?? "") ?? -1
    }

    @Test("a new line of a growing file is in the next answer of the next process")
    func growingFile() {
        tool.folder.write("live.jsonl", line(0))
        let followed = tool.run("follow", "--store", "s.db", "live.jsonl")
        #expect(followed.code == 0 && followed.output.contains("is followed: 1 record, 1 new"), "\(followed)")
        var text = line(0)
        for number in 1..<4 {
            text += line(number)
            tool.folder.write("live.jsonl", text + "{\"torn\":")
            #expect(errors() == number + 1)
        }
        let sources = tool.run("sources", "--store", "s.db", "--format", "csv")
        #expect(sources.output.contains(",lag,state\r\n") && sources.output.contains(",followed\r\n"), "\(sources)")
        #expect(tool.run("unfollow", "--store", "s.db", "live.jsonl").code == 0)
        tool.folder.write("live.jsonl", text + line(9))
        #expect(errors() == 4)
        #expect(tool.run("unfollow", "--store", "s.db", "live.jsonl").code == 1)
    }

    @Test("rows that another process commits to its database are in the next answer, while it goes on writing")
    func liveDatabase() throws {
        let path = tool.folder.file("live.db")
        let live = try Connection(path: path, mode: .readWrite(create: true))
        try live.execute("PRAGMA journal_mode = WAL;" + LLMMetricsDatabase.tables)
        func add(_ number: Int) throws {
            try live.execute(
                """
                INSERT INTO llm_generations(id, trace_id, created_at, model, metadata) VALUES(
                'g\(number)', 't\(number)', '2025-11-22 08:00:00', 'gpt-4o', '{"error":"Connection error."}')
                """)
        }
        try add(0)
        #expect(tool.run("follow", "--store", "s.db", "live.db").code == 0)
        var committed = 1
        for _ in 0..<6 {
            let asked = tool.start(["query", "--store", "s.db", "errors show count all as csv"])
            let before = committed
            // Written while the other process reads.
            for _ in 0..<40 {
                try add(committed)
                committed += 1
                usleep(500)
            }
            let outcome = asked.wait()
            let count = Int(outcome.output.split(separator: "\r\n").last ?? "") ?? -1
            #expect(outcome.code == 0 && count >= before && count <= committed, "\(outcome)")
        }
        #expect(errors() == committed)
    }

    @Test("`forget` shows what it will delete, and deletes only after confirmation")
    func forget() throws {
        tool.folder.write("a.jsonl", line(1) + line(2))
        tool.folder.write("b.jsonl", line(3))
        #expect(tool.run("import", "--store", "s.db", "a.jsonl", "b.jsonl").code == 0)
        let refused = tool.run("forget", "--store", "s.db", "a.jsonl")
        #expect(
            refused.code == 1 && refused.errors.contains("would remove what came from a.jsonl: 2 traces, 2 spans"), "\(refused)")
        #expect(errors() == 3)
        let forgotten = tool.run("forget", "--store", "s.db", "a.jsonl", "--yes")
        #expect(forgotten.code == 0 && forgotten.errors.contains("removed what came from a.jsonl"), "\(forgotten)")
        #expect(errors() == 1)
        #expect(tool.run("forget", "--store", "s.db", "--before", "30d ago").code == 1)
        #expect(tool.run("forget", "--store", "s.db", "--before", "nonsense", "--yes").code == 1)
        #expect(tool.run("forget", "--store", "s.db").code == 64)
        #expect(tool.run("forget", "--store", "s.db", "--before", "30d ago", "--yes").code == 0)
        #expect(errors() == 0)
        #expect(tool.run("doctor", "--store", "s.db").code == 0)
    }

    @Test("on a terminal, the notebook asks before deleting")
    func forgetAsks() throws {
        tool.folder.write("a.jsonl", line(1) + line(2))
        #expect(tool.run("import", "--store", "s.db", "a.jsonl").code == 0)
        let environment = tool.environment.merging(["NO_COLOR": "1", "PAGER": "off", "EDITRC": "/dev/null"]) { $1 }
        let session = try PtySession(
            Tool.path, arguments: ["--store", tool.folder.file("s.db")], environment: environment, columns: 100)
        try session.waitForPrompt("faultline> ")
        try session.send("forget a.jsonl\r")
        try session.expect("(yes/no)")
        try session.send("no\n")
        try session.expect("nothing was removed")
        try session.waitForPrompt("faultline> ")
        try session.send("forget before 1d ago\r")
        try session.expect("(yes/no)")
        try session.send("yes\n")
        try session.expect("removed what ended before")
        try session.waitForPrompt("faultline> ")
        try session.send("quit\r")
        #expect(errors() == 0)
    }
}
