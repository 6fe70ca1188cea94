import Glibc
import PtySupport
import TestSupport
import Testing

@Suite("Generate, import, classify")
struct DataTests {
    let tool = Tool()

    private func counts(_ store: String) -> String {
        let sql =
            "sql SELECT (SELECT count(*) FROM trace) AS traces, (SELECT count(*) FROM span) AS spans, (SELECT count(*) FROM err) AS errors"
        return tool.run("query", "--store", store, "--format", "csv", sql).output
    }

    // MARK: Generate

    @Test("equal options give equal bytes, another seed gives others")
    func generateTwice() {
        for name in ["a", "b"] {
            let outcome = tool.run(
                "generate", "--calls", "200", "--days", "3", "--jsonl", "\(name).jsonl", "--truth", "\(name).truth")
            #expect(outcome.code == 0 && outcome.output.isEmpty)
        }
        #expect(Folder.bytes(tool.folder.file("a.jsonl")) == Folder.bytes(tool.folder.file("b.jsonl")))
        #expect(Folder.bytes(tool.folder.file("a.truth")) == Folder.bytes(tool.folder.file("b.truth")))
        #expect(!Folder.bytes(tool.folder.file("a.truth")).isEmpty)
        let other = tool.run("generate", "--calls", "200", "--days", "3", "--seed", "2", "--jsonl", "-")
        #expect(other.output != Folder.text(tool.folder.file("a.jsonl")) && other.output.hasPrefix("{") && other.errors.isEmpty)
        let same = tool.run("generate", "--calls", "200", "--days", "3", "--jsonl", "-")
        #expect(same.output == Folder.text(tool.folder.file("a.jsonl")))
    }

    @Test("a store, a database and JSON lines of the same data give the same answers")
    func oneHistory() {
        #expect(
            tool.run("generate", "--calls", "200", "--days", "3", "--store", "s.db", "--database", "d.db", "--jsonl", "l.jsonl")
                .code == 0)
        #expect(tool.run("import", "--store", "from-lines.db", "l.jsonl").code == 0)
        #expect(tool.run("import", "--store", "from-database.db", "d.db").code == 0)
        let answers = ["s.db", "from-lines.db", "from-database.db"].map {
            tool.run("query", "--store", $0, "calls by model all show count, errors, sum(output_tokens), cost as csv").output
        }
        #expect(answers[0].split(separator: "\r\n").count > 5)
        #expect(answers[0] == answers[1])
        #expect(answers[0] == answers[2])
    }

    @Test("existing files are not overwritten")
    func existing() {
        tool.folder.write("there.db", "precious")
        for option in ["--store", "--database"] {
            let outcome = tool.run("generate", "--calls", "10", "--days", "1", option, "there.db")
            #expect(outcome.code == 3 && outcome.errors.contains("already exists"))
        }
        #expect(Folder.text(tool.folder.file("there.db")) == "precious")
    }

    // MARK: Import

    @Test("importing twice changes nothing")
    func importTwice() {
        let first = tool.run("import", "--store", "a.db", Made.lines)
        #expect(first.code == 0 && first.output.contains(" new") && first.errors.isEmpty, "\(first)")
        let before = counts("a.db")
        let second = tool.run("import", "--store", "a.db", Made.lines)
        #expect(second.code == 0 && second.output.contains("0 new") && second.output.contains("known already"), "\(second)")
        #expect(counts("a.db") == before)
        // Neither path nor compression is part of a record's identity.
        #expect(
            tool.shell("cp \(Made.lines) other.jsonl && gzip other.jsonl && \"$faultline\" import --store a.db other.jsonl.gz")
                .code == 0)
        #expect(counts("a.db") == before)
        #expect(Folder.mode(tool.folder.file("a.db")) == 0o600)
    }

    @Test("a truncated file and a broken line are reported by file and line, and the rest is imported")
    func damaged() {
        let lines = Folder.text(Made.lines).split(separator: "\n").map(String.init)
        let broken = Array(lines[..<4]) + ["{\"id\": \"x\", broken", "[1, 2", "null"] + Array(lines[4..<20])
        tool.folder.write("broken.jsonl", broken.joined(separator: "\n") + "\n")
        let outcome = tool.run("import", "--store", "b.db", "broken.jsonl")
        #expect(outcome.code == 0, "\(outcome)")
        for line in 5...6 { #expect(outcome.output.contains("broken.jsonl:\(line): "), "\(outcome.output)") }
        #expect(outcome.output.contains("with problems"))
        let whole = tool.folder.write("whole.jsonl", lines[..<20].joined(separator: "\n") + "\n")
        #expect(tool.run("import", "--store", "w.db", whole).code == 0)
        #expect(counts("b.db") == counts("w.db"))
        // Truncated in the last line, as by a program that is still writing.
        tool.folder.write("cut.jsonl", Array(lines[..<21].joined(separator: "\n").utf8.dropLast(40)))
        let cut = tool.run("import", "--store", "c.db", "cut.jsonl")
        #expect(cut.code == 0, "\(cut)")
        #expect(counts("c.db") == counts("w.db"))
    }

    @Test("a file of unknown format is refused with its first content, and the others are imported")
    func unknownFormat() {
        tool.folder.write("notes.txt", "just some notes\nof a person\n")
        tool.folder.write("empty.jsonl", "")
        let outcome = tool.run("import", "--store", "a.db", "notes.txt", Made.lines)
        #expect(outcome.code == 3 && outcome.errors.contains("notes.txt") && outcome.output.contains(" new"), "\(outcome)")
        #expect(tool.run("query", "--store", "a.db", "calls show count all as csv").output.contains("400"))
        #expect(tool.run("import", "--store", "a.db", "nowhere.jsonl").code == 3)
        #expect(tool.run("import", "--store", "a.db", "empty.jsonl").code != 139)
    }

    @Test("a truncated compressed file is imported up to the cut, and the damage is reported")
    func cutCompressed() {
        #expect(tool.shell("gzip -c \(Made.manyLines) | head -c 20000 > cut.jsonl.gz").code == 0)
        let outcome = tool.run("import", "--store", "a.db", "cut.jsonl.gz")
        #expect(outcome.code == 0 && outcome.output.contains("damaged or truncated"), "\(outcome)")
        #expect(!counts("a.db").contains("\r\n0,") && tool.run("doctor", "--store", "a.db").code == 0)
    }

    @Test("folders and globs are expanded")
    func folders() {
        #expect(
            tool.shell("mkdir in && head -n 30 \(Made.lines) > in/a.jsonl && tail -n 30 \(Made.lines) > in/b.jsonl").code == 0)
        let folder = tool.run("import", "--store", "a.db", "in")
        #expect(folder.code == 0 && folder.output.contains("in/a.jsonl") && folder.output.contains("in/b.jsonl"))
        let pattern = tool.run("import", "--store", "b.db", "in/*.jsonl")
        #expect(pattern.output == folder.output && counts("a.db") == counts("b.db"))
    }

    // MARK: Interrupted import

    @Test("Ctrl-C ends an import with 130 and leaves the store unchanged")
    func interrupted() {
        #expect(tool.run("import", "--store", "a.db", Made.lines).code == 0)
        let before = counts("a.db")
        let running = tool.start(["import", "--store", "a.db", Made.manyLines])
        running.work(milliseconds: 500)
        running.signal(SIGINT)
        let outcome = running.wait()
        #expect(outcome.code == 130 && outcome.errors.contains("interrupted"), "\(outcome)")
        #expect(counts("a.db") == before)
        #expect(tool.run("doctor", "--store", "a.db").code == 0)
    }

    @Test("kill -9 at any moment of an import leaves the store intact and unchanged, and the import can be repeated")
    func killed() {
        #expect(tool.run("import", "--store", "a.db", Made.lines).code == 0)
        let before = counts("a.db")
        var kills = 0
        for milliseconds in [20, 150, 400, 900] as [UInt32] {
            let running = tool.start(["import", "--store", "a.db", Made.manyLines])
            usleep(milliseconds * 1000)
            running.signal(SIGKILL)
            guard running.wait().code == 128 + SIGKILL else { break }
            kills += 1
            #expect(counts("a.db") == before, "killed after \(milliseconds) ms")
            let examined = tool.run("doctor", "--store", "a.db").output
            #expect(examined.hasSuffix("the store is intact\n"), "killed after \(milliseconds) ms")
        }
        #expect(kills >= 2)
        #expect(tool.run("import", "--store", "a.db", Made.manyLines).code == 0)
        #expect(tool.run("import", "--store", "b.db", Made.lines, Made.manyLines).code == 0)
        #expect(counts("a.db") == counts("b.db") && counts("a.db") != before)
        let question = "errors by type, model all show count, share, error_rate as csv"
        #expect(tool.run("query", "--store", "a.db", question).output == tool.run("query", "--store", "b.db", question).output)
    }

    // MARK: Classify

    @Test("texts are classified from standard input and from files, plain or with fields")
    func classify() {
        let input = """
            Rate limit reached for gpt-4o: Limit 500, Used 500
            {"text": "insufficient_quota: you exceeded your current quota", "http_status": 429}
            all is well

            {"message": "Connection reset by peer", "exception_class": "httpx.ReadError"}
            """
        let outcome = tool.run("classify", "--format", "csv", input: input)
        let lines = outcome.output.split(separator: "\r\n")
        #expect(outcome.code == 0 && outcome.errors.isEmpty && lines[0] == "type,severity,rule,matched,text")
        #expect(
            lines.dropFirst().map { String($0.prefix { $0 != "," }) } == [
                "rate_limit", "quota_exceeded", "not_an_error", "network_error",
            ])
        tool.folder.write("texts", input)
        #expect(tool.run("classify", "texts", "--format", "csv").output == outcome.output)
        #expect(tool.run("classify", "texts").output.contains("rate_limit"))
        // With line endings of other systems.
        let windows = input.split(separator: "\n").joined(separator: "\r\n")
        #expect(tool.run("classify", "--format", "csv", input: windows).output == outcome.output)
    }

    @Test("a line without an object with text is reported, the others are classified, and the exit code is 1")
    func classifyMistake() {
        let outcome = tool.run("classify", "--format", "ndjson", input: "timed out\n{\"no\": \"text\"}\n{broken\ntimed out\n")
        #expect(outcome.code == 1 && outcome.output.split(separator: "\n").count == 2)
        #expect(outcome.errors.contains("standard input:2: ") && outcome.errors.contains("standard input:3: "))
    }

    @Test("classify output is redacted")
    func classifyRedacts() {
        let outcome = tool.run(
            "classify",
            input: "Incorrect API key provided: sk-proj-Qm7dPz2LxV9aKt4RbYc8NwEu3HsJf6Gi for jane.doe@customer.example\n")
        #expect(outcome.code == 0 && outcome.output.contains("authentication"))
        #expect(!outcome.output.contains("Qm7dPz2LxV9a") && !outcome.output.contains("jane.doe"))
    }

    // MARK: Demo

    @Test("demo creates its store once, and runs the tour without a terminal")
    func demo() {
        let demo = Tool(
            tool.folder, ["FAULTLINE_QUERIES": Fixtures.root + "/queries", "XDG_DATA_HOME": tool.folder.file("data")])
        let first = demo.run("demo", "--calls", "300")
        #expect(first.code == 0 && first.output.contains("> errors by type last 30d") && first.errors.contains("300 calls"))
        let second = demo.run("demo", "--calls", "300")
        #expect(second.code == 0 && second.output == first.output && second.errors.isEmpty)
        // Another size creates the store again.
        #expect(demo.run("demo", "--calls", "200").errors.contains("200 calls"))
    }
}
