import Glibc
import LocalStore
import Model
import Testing

@testable import Notebook
@testable import Platform

@Suite("Answers as data")
struct ShellExportTests {
    @Test("each form of data is data alone: no picture, no receipt, nothing said")
    func forms() throws {
        let session = try openSession()
        let csv = session.run("errors by type all as csv")
        #expect(csv.output.hasPrefix("type,count,share,error_rate\r\n") && csv.narration.isEmpty)
        let rows = csv.output.split(separator: "\r\n").count - 1
        #expect(rows > 2)
        #expect(session.run("errors by type all as tsv").output.hasPrefix("type\tcount\t"))
        let json = session.run("errors by type all as json").output
        #expect(json.hasPrefix("[\n  {\"type\": ") && json.hasSuffix("}\n]\n"))
        #expect(session.run("errors by type all as ndjson").output.split(separator: "\n").count == rows)
        #expect(session.run("errors by type all as markdown").output.split(separator: "\n").count == rows + 2)
    }

    @Test("an answer written to a file is the one that would be shown, the file is its owner's, and the output stays empty")
    func toFile() throws {
        let folder = TemporaryFolder(), session = try openSession()
        let path = folder.file("out file.csv")
        let reply = session.run("errors by type all as csv to \"\(path)\"")
        #expect(reply.exit == .ok && reply.output.isEmpty && reply.narration.contains("written to \(path)"))
        #expect(try Files.text(of: path) == session.run("errors by type all as csv").output)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        // Again: the new file takes the old one's place.
        #expect(session.run("calls by model all as csv to \"\(path)\"").exit == .ok)
        #expect(try Files.text(of: path).hasPrefix("model,"))
        #expect(session.run("errors by type all as bars to \"\(path)\"").exit == .ok)
        #expect(try Files.text(of: path).contains("█"))
    }

    @Test("a file that cannot be written is trouble, and leaves nothing behind")
    func unwritable() throws {
        let folder = TemporaryFolder()
        let reply = try openSession().run("errors all as csv to \"\(folder.file("none/out.csv"))\"")
        #expect(reply.exit == .trouble && reply.output.isEmpty && reply.narration.contains("no such file"))
        let onto = try openSession().run("errors all as csv to \"\(folder.path)\"")
        #expect(onto.exit == .trouble)
    }

    @Test("a listing that is cut says so beside the data")
    func cut() throws {
        let reply = try openSession().run("calls all limit 5 as csv")
        #expect(reply.output.split(separator: "\r\n").count == 6)
        #expect(reply.narration.contains("limit all"))
        let whole = try openSession().run("calls all limit all as csv")
        #expect(whole.output.split(separator: "\r\n").count == 303 && whole.narration.isEmpty)
    }

    @Test("pictures of ASCII characters hold nothing else")
    func ascii() throws {
        var environment = testEnvironment()
        environment.usesASCII = true
        let session = try openSession(Stores.small, environment)
        for statement in [
            "errors by type all", "errors by provider every 1d last 7d", "calls show count, error_rate all", "trace 3f2a",
            "errors all limit 3",
        ] {
            let isPlain = session.run(statement).output.unicodeScalars.allSatisfy { $0.isASCII }
            #expect(isPlain, "\(statement)")
        }
    }

    @Test("imports through the notebook: what came of each file, and trouble for the ones that cannot be read")
    func imports() throws {
        let folder = TemporaryFolder()
        let store = folder.file("store.db")
        let log = folder.write(
            "log.csv",
            """
            provider,timestamp,error_type,status_code,error_message,retry_count
            openai,2026-11-21T10:00:00Z,RateLimitError,429,too many requests,1
            anthropic,2026-11-21T11:00:00Z,APIError,529,overloaded,0

            """)
        let broken = folder.write("broken.bin", "\u{1}\u{2}\u{3} no records here")
        _ = try openSession(Stores.empty)
        let session = try Session(store: .open(path: store, create: true), environment: testEnvironment())
        #expect(session.run("errors all").output.contains("the store is empty"))
        let first = session.run("import \"\(log)\"")
        #expect(first.exit == .ok && first.output.contains("2 records") && first.output.contains("2 new"), "\(first.shown)")
        // What is known of the store's content is asked for anew.
        #expect(session.run("errors by type all as csv").output.contains("rate_limit,1"))
        #expect(session.run("import \"\(log)\"").output.contains("2 known already"))
        let mixed = session.run("import \"\(broken)\" \"\(log)\" ")
        #expect(mixed.exit == .trouble && mixed.narration.contains("broken.bin") && mixed.output.contains("log.csv"))
        #expect(session.run("import \"\(folder.file("nowhere.jsonl"))\"").exit == .trouble)
        #expect(session.run("errors show count all as csv").output == "count\r\n2\r\n")
    }
}
