import Model
import QueryLanguage
import Testing
import TestSupport

@testable import Importing
@testable import Ingest
@testable import LocalStore
@testable import SQLite

@Suite struct LLMMetricsTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    private func store() throws -> Store { try Store.open(path: folder.file("store.db"), create: true) }

    /// A metrics database with the given rows; the connection stays open so that a log beside the file stays too.
    private func source(_ sql: String, _ name: String = "metrics.db", journal: String = "DELETE") throws -> Connection {
        let connection = try Connection(path: folder.file(name), mode: .readWrite(create: true))
        try connection.execute("PRAGMA journal_mode = \(journal)")
        try connection.execute(LLMMetricsDatabase.tables)
        try connection.execute(sql)
        return connection
    }

    private static let rows = """
        INSERT INTO llm_traces(id, trace_id, created_at, name, user_id, tags, metadata) VALUES
         ('11111111-1111-4111-8111-111111111111', 'aaaaaaaa-0000-4000-8000-000000000001', '2025-10-11 09:00:00.000000',
          'code_developer', 'u1', '["a", "b"]', '{"environment": "production"}');
        INSERT INTO llm_generations(id, trace_id, observation_id, created_at, start_time, end_time, latency_seconds, model, provider,
          input_tokens, output_tokens, cost_usd, is_primary, prompt_text, completion_text, metadata) VALUES
         ('22222222-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000001', '33333333-0000-4000-8000-000000000001',
          '2025-10-11 09:00:00.000000', '2025-10-11 09:00:00.000000', '2025-10-11T09:00:01.250000', 1.25, 'openai/gpt-4o-mini',
          'openai', 120, 30, 0.00004, 1, 'hello', 'ok', '{"error": null, "max_tokens": 4000, "agent": "writer"}'),
         ('22222222-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000001', '33333333-0000-4000-8000-000000000002',
          '2025-10-11 09:00:02.000000', NULL, NULL, 0.4, 'openai/gpt-4o', NULL, 120, NULL, NULL, 0, 'hello', NULL,
          '{"error": "Error code: 429 - You exceeded your current quota", "status": "failed", "exception": "RateLimitError"}'),
         ('22222222-0000-4000-8000-000000000003', 'aaaaaaaa-0000-4000-8000-000000000001', '33333333-0000-4000-8000-000000000003',
          '2025-10-11 09:00:03.000000', NULL, NULL, 0.4, 'meta-llama/llama-3', NULL, 120, 15, NULL, 0, 'hello', NULL, 'not json');
        INSERT INTO llm_events(id, trace_id, observation_id, created_at, event_name, event_type, original_model, fallback_model,
          fallback_reason) VALUES
         ('44444444-0000-4000-8000-000000000001', NULL, NULL, '2025-10-11 09:00:02.400000', 'quota_exceeded', 'fallback',
          'openai/gpt-4o', 'gemini/gemini-2.0-flash', 'quota');
        """

    @Test("a metrics database is read with its traps")
    func read() throws {
        _ = try source(LLMMetricsTests.rows)
        let store = try store()
        let report = try Importer(store).importFile(folder.file("metrics.db"), now: now)
        #expect(report.format == "llmMetrics")
        #expect((report.read, report.new, report.problemCount) == (5, 5, 0))
        let trace = try #require(try store.trace("aaaaaaaa000040008000000000000001"))
        #expect(trace.record.name == "code_developer")
        #expect(trace.record.tags == ["a", "b"])
        #expect(trace.record.environment == "production")
        let spans = trace.spans
        #expect(spans.map(\.record.spanID) == (1...3).map { "3333333300004000800000000000000\($0)" })
        #expect(spans.map(\.provider) == ["openai", "openai", nil])
        #expect(spans.map(\.record.modelRequested) == ["gpt-4o-mini", "gpt-4o", "meta-llama/llama-3"])
        #expect(spans.map(\.agent) == ["writer", "code_developer", "code_developer"])
        #expect(spans.map(\.latency) == [.milliseconds(1250), .milliseconds(400), .milliseconds(400)])
        #expect(spans.map(\.record.cost) == [Money(units: 4000), nil, nil])
        // A missing answer beside output tokens was not kept; only the metadata's error is one.
        let counted = trace.errors.filter { !$0.evidence.isDisjoint(with: .default) }
        #expect(counted.map(\.spanID) == [spans[1].record.spanID])
        #expect(counted.first?.type == .quotaExceeded)
        #expect(counted.first?.evidence.contains(.field) == true)
        #expect(spans[2].record.attributes?.contains("not json") == true)
        #expect(try store.facts().events == 1)
    }

    @Test("an event without ids of calls is joined by its parent")
    func parentJoin() throws {
        _ = try source(
            """
            INSERT INTO llm_generations(id, trace_id, parent_observation_id, created_at, start_time, end_time, model, provider,
              input_tokens, output_tokens, prompt_text, metadata) VALUES
             ('g1', 't1', '9678dc0bdb42de0e', '2025-10-06 12:13:08.892554', '2025-10-06 12:13:08.892554',
              '2025-10-06 12:13:09.530938', 'openai/gpt-4o', 'openai', 10, 0, 'q', '{"agent": "a"}');
            INSERT INTO llm_events(id, trace_id, observation_id, created_at, event_name, event_type, original_model, metadata) VALUES
             ('e1', 't1', '9678dc0bdb42de0e', '2025-10-06 12:13:09.531123', 'llm_call_failed', 'error', 'openai/gpt-4o',
              '{"error_message": "Connection error.", "exception": "APIConnectionError"}');
            """)
        let store = try store()
        _ = try Importer(store).importFile(folder.file("metrics.db"), now: now)
        let trace = try #require(try store.trace("t1"))
        #expect(trace.errors.map(\.spanID) == ["g1"])
        #expect(trace.errors.first?.evidence.contains(.event) == true)
        #expect(trace.errors.first?.message == "Connection error.")
        #expect(try store.facts().errors == 1)
    }

    @Test("rows that are only in the write-ahead log are read, and nothing is left beside the source")
    func log() throws {
        let writer = try source("SELECT 1", journal: "WAL")
        try writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try writer.execute(LLMMetricsTests.rows)
        let store = try store()
        #expect(try Importer(store).importFile(folder.file("metrics.db"), now: now).read == 5)
        // Closed without a log: opened as a file that nobody writes.
        let path = folder.file("quiet.db")
        do {
            let quiet = try source(LLMMetricsTests.rows, "quiet.db", journal: "WAL")
            try quiet.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        #expect(!Files.exists(path + "-wal"))
        #expect(try Importer(store).importFile(path, now: now).unchanged == 5)
        #expect(!Files.exists(path + "-wal"))
        #expect(!Files.exists(path + "-shm"))
    }

    @Test("the views bear the columns of that schema, and its values")
    func views() throws {
        _ = try source(LLMMetricsTests.rows)
        let store = try store()
        _ = try Importer(store).importFile(folder.file("metrics.db"), now: now)
        for table in ["llm_generations", "llm_traces", "llm_events"] {
            let connection = try SourceDatabase.open(path: folder.file("metrics.db"), scratch: folder.file("scratch")).connection
            let statement = try connection.prepare("SELECT * FROM \(table)")
            // A view has no rowid by itself, and SQL written for tables asks for it.
            let expected = (0..<statement.columnCount).map(statement.columnName) + ["rowid"]
            _ = try store.ask("SELECT 1")
            #expect(try store.eachRow(of: SQLStatement(text: "SELECT * FROM \(table)")) { _ in } == expected)
        }
        let generation = try store.ask(
            """
            SELECT created_at, end_time, latency_seconds, model, provider, input_tokens, cost_usd, is_primary, completion_text,
            json_extract(metadata, '$.max_tokens') FROM llm_generations ORDER BY created_at LIMIT 1
            """)
        #expect(
            generation == [
                [
                    .text("2025-10-11 09:00:00.000000"), .text("2025-10-11 09:00:01.250000"), .real(1.25),
                    .text("openai/gpt-4o-mini"),
                    .text("openai"), .integer(120), .real(0.00004), .integer(1), .text("ok"), .integer(4000),
                ]
            ])
        let failed = "SELECT count(*) FROM llm_generations WHERE json_extract(metadata, '$.error') LIKE '%quota%'"
        #expect(try store.number(failed) == 1)
        #expect(try store.ask("SELECT total_generations, name FROM llm_traces") == [[.integer(3), .text("code_developer")]])
        #expect(
            try store.ask("SELECT event_type, original_model, created_at FROM llm_events") == [
                [.text("fallback"), .text("openai/gpt-4o"), .text("2025-10-11 09:00:02.400000")]
            ])
    }

    @Test("what is written as a metrics database is read back as the same calls and errors")
    func roundTrip() throws {
        var span = SpanRecord(spanID: "00000000000000000000000000000001", kind: .llm)
        span.traceID = "000000000000000000000000000000aa"
        span.start = Timestamp(nanoseconds: 1_763_683_200_000_001_000)
        span.end = Timestamp(nanoseconds: 1_763_683_201_000_001_000)
        span.modelRequested = "gpt-4o"
        span.provider = "openai"
        span.inputTokens = 10
        span.outputTokens = 0
        span.totalTokens = 10
        span.cost = Money(units: 123)
        span.status = .error
        span.statusMessage = "Request timed out."
        span.input = "say \"hi\"\n"
        span.agent = "support"
        var trace = TraceRecord(traceID: "000000000000000000000000000000aa")
        trace.name = "support"
        trace.start = span.start
        trace.user = "ann"
        trace.tags = ["x\\y"]
        let path = folder.file("written.db")
        #expect(try LLMMetricsDatabase.write(path, traces: [(trace, [span], [])]) == 1)
        #expect(throws: IngestError.self) { try LLMMetricsDatabase.write(path, traces: [(trace, [span], [])]) }
        let store = try store()
        _ = try Importer(store).importFile(path, now: now)
        let read = try #require(try store.trace(trace.traceID))
        #expect(read.record.user == "ann")
        #expect(read.record.tags == ["x\\y"])
        let found = try #require(read.spans.first)
        #expect(found.record.spanID == span.spanID)
        #expect(found.record.start == span.start)
        #expect(found.record.cost == span.cost)
        #expect(found.record.input == span.input)
        #expect(found.agent == "support")
        #expect(read.errors.map(\.type) == [.timeout])
        #expect(Files.rights(path) == 0o600)
    }

    @Test("databases of other programs are refused by name, damaged ones with a reason, and the store stays as it is")
    func refused() throws {
        let store = try store(), importer = Importer(store)
        func reason(_ name: String, _ sql: String) throws -> String? {
            try Connection(path: folder.file(name), mode: .readWrite(create: true)).execute(sql)
            return #expect(throws: StoreError.self) { try importer.importFile(folder.file(name), now: now) }?.description
        }
        let events = try reason("p.db", "CREATE TABLE events(body); CREATE TABLE traces(status_message)")
        #expect(events?.contains("is a dashboard database (traces, events, generations), which no known program writes") == true)
        let unknown = try reason("u.db", "CREATE TABLE cats(name)")
        #expect(unknown?.hasSuffix("is a SQLite database of unknown format, with tables cats") == true)
        let garbage = folder.write("g.db", Array("SQLite format 3\0".utf8) + [UInt8](repeating: 9, count: 9000))
        #expect(throws: StoreError.self) { try importer.importFile(garbage, now: now) }
        #expect(throws: StoreError.self) { try importer.importFile(folder.file("none.jsonl"), now: now) }
        #expect(throws: StoreError.self) { try importer.importFile(folder.write("t.txt", "just words\nand more\n"), now: now) }
        #expect(try store.sources() == [])
    }

    @Test("a broken row is skipped and told, the rest is imported")
    func brokenRows() throws {
        _ = try source(
            """
            INSERT INTO llm_generations(id, trace_id, created_at, model) VALUES
             ('', 't1', 'not a time', 'gpt-4o'), ('g2', 't1', '2025-13-99', 'gpt-4o'), ('g3', 't1', '2025-10-06 12:00:00', x'ff00fe');
            INSERT INTO llm_traces(id, trace_id, created_at) VALUES('x', '', '2025-10-06 12:00:00');
            """)
        let store = try store()
        let report = try Importer(store).importFile(folder.file("metrics.db"), now: now)
        #expect(report.problemCount == 3)
        #expect(
            report.problems.map(\.what)
                == ["a generation without a time", "a generation without a time", "a trace without a trace_id"])
        #expect(try store.facts().spans == 1)
    }
}
