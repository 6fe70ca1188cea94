import Glibc
import Model
import Testing
import TestSupport

@testable import Importing
@testable import Ingest
@testable import LocalStore
@testable import SQLite

@Suite("Databases of other programs") struct ForeignDatabaseTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    /// Everything read from a database.
    private struct Reading {
        var spans: [SpanRecord] = [], traces: [TraceRecord] = [], events: [EventRecord] = [], scores: [ScoreRecord] = []
        var problems: [RecordProblem] = []

        init(path: String) throws {
            let connection = try SourceDatabase.open(path: path, scratch: path + ".scratch").connection
            let schema = try #require(try DatabaseSchema.of(connection))
            let reader = try DatabaseReader(schema, connection: connection, path: path)
            while let record = try reader.next() {
                switch record {
                case .span(let span): spans.append(span)
                case .trace(let trace): traces.append(trace)
                case .event(let event): events.append(event)
                case .score(let score): scores.append(score)
                }
            }
            problems = reader.problems
        }
    }

    @discardableResult
    private func make(_ name: String, _ sql: String, journal: String = "DELETE") throws -> Connection {
        let connection = try Connection(path: folder.file(name), mode: .readWrite(create: true))
        connection.trustSchema()
        try connection.execute("PRAGMA journal_mode = \(journal); PRAGMA wal_autocheckpoint = 0;")
        try connection.execute(sql)
        return connection
    }

    // MARK: Phoenix

    @Test("Phoenix: attributes taken apart, costs and annotations of their own tables, an index over JSON")
    func phoenix() throws {
        try make("phoenix.db", ForeignSample.phoenix)
        let reading = try Reading(path: folder.file("phoenix.db"))
        #expect(reading.problems.isEmpty && reading.spans.map(\.kind) == [.chain, .llm, .llm])
        let failed = reading.spans[1]
        #expect(failed.project == "support-bot" && failed.modelRequested == "gpt-4o" && failed.inputTokens == 120)
        #expect(failed.status == .error && failed.exceptionType == "openai.RateLimitError" && failed.session == "s1")
        #expect(failed.input == "user: hi" && failed.start == TimeText.parse("2025-10-11T09:00:02Z"))
        #expect(reading.spans[2].outputTokens == 30 && reading.spans[2].cost == Money(dollars: 0.25))
        #expect(reading.scores.first?.spanID == "eee19b7ec3c1b175" && reading.scores.first?.number == 1)
        #expect(reading.events.map(\.spanID) == ["eee19b7ec3c1b174"])
    }

    @Test("rows of a log that was never merged are seen, and nothing is written or left beside the source")
    func unmergedLog() throws {
        let writer = try make("live.db", "CREATE TABLE x(y)", journal: "WAL")
        try writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try writer.execute(ForeignSample.phoenix)
        // As after a crash: database and log without the index that a running program keeps.
        folder.copy("live.db", to: "phoenix.db")
        folder.copy("live.db-wal", to: "phoenix.db-wal")
        let before = try ["", "-wal"].map { try #require(Files.bytes(folder.file("phoenix.db" + $0))) }
        let store = try Store.open(path: folder.file("store.db"), create: true)
        let report = try Importer(store).importFile(folder.file("phoenix.db"), now: now)
        #expect(report.format == "phoenix" && report.new == 5)
        #expect(["", "-wal"].map { Files.bytes(folder.file("phoenix.db" + $0)) } == before)
        #expect(!Files.exists(folder.file("phoenix.db-shm")))
        // While its program runs it is read in place.
        #expect(try Reading(path: folder.file("live.db")).spans.count == 3)
        #expect(try store.facts().spans == 3)
    }

    @Test("a packed database is unpacked for the time of reading")
    func packed() throws {
        try make("phoenix.db", ForeignSample.phoenix)
        let packed = try #require(gzip(folder.file("phoenix.db")))
        let store = try Store.open(path: folder.file("store.db"), create: true)
        let report = try Importer(store).importFile(packed, now: now)
        #expect(report.path == packed && report.format == "phoenix" && report.new == 5)
        let cut = folder.write("cut.db.gz", Array(try #require(Files.bytes(packed)).dropLast(30)))
        #expect(throws: StoreError.self) { try Importer(store).importFile(cut, now: now) }
        #expect(try store.sources().count == 1)
        #expect(names(beginning: "store.db.") == [])
    }

    private func gzip(_ path: String) -> String? {
        var child = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("gzip"), strdup("-k"), strdup(path), nil]
        defer { for argument in arguments { free(argument) } }
        guard posix_spawnp(&child, "gzip", nil, nil, &arguments, environ) == 0 else { return nil }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        return status == 0 ? path + ".gz" : nil
    }

    private func names(beginning: String) -> [String] {
        guard let directory = opendir(folder.path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(beginning) { names.append(name) }
        }
        return names
    }

    // MARK: Langfuse exporters

    @Test("exporter: seconds in a column of milliseconds are not believed, zeros are unknown, a warning is no error")
    func dashboard() throws {
        try make("metrics.db", ForeignSample.dashboard)
        let reading = try Reading(path: folder.file("metrics.db"))
        #expect(reading.spans.map(\.spanID) == ["g-1", "g-2", "g-3", "s-1"] && reading.problems.isEmpty)
        #expect(reading.spans.map(\.status) == [.ok, .error, .ok, .error])
        #expect(reading.spans[0].end == TimeText.parse("2025-10-11T09:00:01.25Z") && reading.spans[0].agent == "writer")
        #expect(reading.spans[1].inputTokens == nil && reading.spans[1].cost == nil)
        #expect(reading.spans[2].start == TimeText.parse("2025-10-11T09:00:03Z") && reading.spans[2].level == "WARNING")
        #expect(
            reading.spans[2].end == TimeText.parse("2025-10-11T09:00:04.5Z") && reading.spans[2].output == #"{"role": broken"#)
        #expect(reading.traces.first?.tags == ["assistant"])
    }

    @Test("the older exporter: created_at is the time of the export")
    func olderDashboard() throws {
        try make(
            "old.db",
            """
            CREATE TABLE traces (id TEXT, name TEXT, trace_metadata TEXT, created_at TEXT);
            CREATE TABLE generations (id TEXT, trace_id TEXT, model TEXT, model_parameters TEXT, generation_metadata TEXT,
              created_at TEXT, completion_start_time TEXT, completion_end_time TEXT, level TEXT, input TEXT);
            INSERT INTO generations VALUES('g', 't', 'gpt-4o', NULL, '{"a": 1}', '2026-01-01 00:00:00.000000',
              '2025-10-11 09:00:00.000000', '2025-10-11 09:00:01.000000', 'DEFAULT', '{''role'': ''user''}');
            """)
        let span = try #require(try Reading(path: folder.file("old.db")).spans.first)
        #expect(span.start == TimeText.parse("2025-10-11T09:00:00Z") && span.firstToken == nil)
        #expect(span.input == "{'role': 'user'}" && span.attributes == #"{"a":1}"#)
    }

    // MARK: MLflow, llm, LiteLLM

    @Test("MLflow: columns and content are one span; a trace whose spans lie elsewhere stands for itself")
    func mlflow() throws {
        try make("mlflow.db", ForeignSample.mlflow)
        let reading = try Reading(path: folder.file("mlflow.db"))
        #expect(reading.spans.count == 3 && reading.traces.count == 2 && reading.problems.isEmpty)
        let call = reading.spans[0]
        #expect(call.traceID == "f65be59c50f0f2eb813008f38da1f53b" && call.spanID == "25926077c32bb0b8" && call.kind == .llm)
        #expect(call.status == .error && call.exceptionType == "RateLimitError" && call.modelRequested == "gpt-4o-mini")
        #expect(call.inputTokens == 10 && call.session == "s1" && reading.spans[1].kind == .agent)
        #expect(reading.spans[2].status == .error && reading.spans[2].start == Timestamp(seconds: 1_760_173_300))
        #expect(reading.traces[0].status == .ok && reading.traces[0].session == "s1")
    }

    @Test("llm: both generations of its log; only tools can have failed")
    func llm() throws {
        try make("logs.db", ForeignSample.llm)
        let reading = try Reading(path: folder.file("logs.db"))
        #expect(reading.problems.isEmpty && reading.spans.map(\.kind) == [.llm, .llm, .llm, .tool])
        #expect(reading.spans[0].input == "hello" && reading.spans[0].output == "hi" && reading.spans[0].cachedInputTokens == 4)
        #expect(reading.spans[0].end == reading.spans[0].start.map { $0 + .milliseconds(812) })
        #expect(reading.spans[2].start == TimeText.parse("2023-11-01T10:00:00Z") && reading.spans[2].traceID == "01h0")
        #expect(reading.spans[3].status == .error && reading.spans[3].statusMessage == "ZeroDivisionError: division by zero")
        #expect(reading.spans[3].parentID == reading.spans[1].spanID && reading.spans[3].name == "simple_eval")
    }

    @Test("LiteLLM's spend log in SQLite")
    func spend() throws {
        try make("spend.db", ForeignSample.spend)
        let span = try #require(try Reading(path: folder.file("spend.db")).spans.first)
        #expect(span.status == .error && span.httpStatus == 429 && span.exceptionMessage == "no")
    }

    // MARK: damage

    @Test(
        "a database cut or changed anywhere is read or refused, never a trap, and a refused one leaves the store as it was",
        arguments: ForeignSample.all)
    func damaged(sql: String) throws {
        try make("whole.db", sql)
        let whole = try #require(Files.bytes(folder.file("whole.db")))
        let store = try Store.open(path: folder.file("store.db"), create: true)
        var random = SeededGenerator(seed: 21)
        let rounds = getenv("FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 12
        for round in 0..<rounds * 2 {
            var bytes = whole
            if round % 2 == 0 {
                bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
            } else {
                // The pages with rows are the last ones of the file.
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let path = folder.write("damaged.db", bytes)
            let before = try store.facts().spans, sources = try store.sources().count
            do throws(StoreError) {
                _ = try Importer(store).importFile(path, now: now)
            } catch {
                #expect(try store.facts().spans == before && store.sources().count == sources)
            }
        }
    }
}
