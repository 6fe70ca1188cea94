import Model
import Platform
import Testing

@testable import Importing
@testable import LocalStore
@testable import Notebook

@Suite("Doctor")
struct DoctorTests {
    private let folder = TemporaryFolder()
    private let day = Timestamp(seconds: 1_795_200_000)

    private func store(_ name: String = "store.db") throws -> Store { try Store.open(path: folder.file(name), create: true) }

    private func span(
        _ id: String, _ trace: String, parent: String? = nil, at seconds: Int64, length: Int64 = 2, message: String? = nil
    ) -> Record {
        var span = SpanRecord(spanID: id, kind: .llm)
        span.traceID = trace
        span.parentID = parent
        span.start = day + .seconds(seconds)
        span.end = day + .seconds(seconds + length)
        span.modelRequested = "gpt-4o"
        span.inputTokens = 100 + seconds
        span.status = message == nil ? .ok : .error
        span.statusMessage = message
        return .span(span)
    }

    private func examined(_ store: Store, _ statement: String = "doctor") throws -> Reply {
        try Session(store: store, environment: testEnvironment(["PATH": "/nowhere"], width: 100)).run(statement)
    }

    @Test("a store without faults is whole, its size is told by part, and missing programs are named")
    func whole() throws {
        let store = try store()
        _ = try Importer(store).importRecords("a", format: "test", now: day + .hours(1), [span("1", "t", at: 0)])
        let reply = try examined(store)
        #expect(reply.exit == .ok && reply.output.hasSuffix("\nthe store is intact\n") && reply.narration.isEmpty)
        #expect(reply.output.hasPrefix("ok       integrity     "))
        #expect(reply.output.contains("note     size ") && reply.output.contains("facts") && reply.output.contains("rollups"))
        #expect(reply.output.contains("curl is not installed"))
        #expect(!reply.output.contains("warning"), "\(reply.output)")
    }

    @Test("each finding says what was found and what to do, also as data")
    func findings() throws {
        let store = try store()
        let inner = (0..<4).map { span("c\($0)", "t\($0)", parent: "p\($0)", at: Int64($0) * 100 + 3600) }
        let outer = (0..<4).map { span("p\($0)", "t\($0)", at: Int64($0) * 100, length: 10) }
        let now = day + .hours(3)
        _ = try Importer(store).importRecords("outer", format: "test", now: now, outer)
        _ = try Importer(store).importRecords("inner", format: "test", now: now, inner)
        let copies = (0..<3).map { span("x\($0)", "y\($0)", at: Int64($0) * 100 + 3600, message: "the flux fell over") }
        _ = try Importer(store).importRecords("copies", format: "test", now: day, copies)
        var event = EventRecord(eventID: "lone", kind: .error)
        event.time = day
        event.message = "boom"
        _ = try Importer(store).importRecords("events", format: "test", now: now, [.event(event)])
        let reply = try examined(store)
        let text = reply.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for part in [
            "warning clocks 4 of 4 rows of inner lie 59m 50s after the calls of outer that they belong to",
            "warning duplicates 3 calls of inner and copies are identical", "`forget \"copies\"` keeps one",
            "its latest record was", "error event of 1 belongs to no call", "no known type", "where type = unknown",
        ] {
            #expect(text.contains(part), "\(part) in \(reply.output)")
        }
        #expect(reply.exit == .ok)
        let session = try Session(store: store, environment: testEnvironment())
        _ = session.run("set form csv")
        let data = session.run("doctor").output
        #expect(data.hasPrefix("level,check,found,advice\r\nok,integrity,") && data.contains("\r\nwarning,clocks,"))
    }

    @Test("secrets in copies of the sources are told by place and kind; what answers are made of holds none")
    func secrets() throws {
        let store = try store()
        _ = try Importer(store).importRecords("a", format: "test", now: day + .hours(1), [span("1", "t", at: 0)])
        #expect(try examined(store).output.contains("no text in the store looks like a secret"))
        let key = "sk-proj-" + String(repeating: "a1B2c3D4", count: 6)
        let failed = span("2", "u", at: 9, message: "Incorrect API key provided: \(key)")
        _ = try Importer(store).importRecords("b", format: "test", now: day + .hours(2), [failed])
        let reply = try examined(store)
        let text = reply.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("copies of the sources contain secrets: span.status_message 1 (key)"), "\(text)")
        #expect(!text.contains("what answers are made of holds") && !text.contains(key) && reply.exit == .ok)
    }

    @Test("times without a zone are found in files and databases")
    func zones() throws {
        let store = try store()
        let log = folder.write(
            "log.csv",
            """
            provider,timestamp,error_type,status_code,error_message
            openai,2026-11-20 10:00:00,APIError,500,down
            openai,2026-11-20T10:00:01Z,APIError,500,"at 2026-11-20 10:00:00 it fell"

            """)
        _ = try Importer(store).importFile(log, now: day + .hours(1))
        let reply = try examined(store)
        let text = reply.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("log.csv: 1 of the first 2 times have no zone and were read as UTC"), "\(reply.output)")
        // What only looks like a time inside a packed database is none.
        #expect(store.timeSpelling(of: folder.write("pages", "\u{0}\"2026-11-20 10:00:00\"\n")) == nil)
    }

    @Test("an import says that times have no zone")
    func zonesAtImport() throws {
        let log = folder.write(
            "proxy.log", #"{"message":"x","level":"INFO","timestamp":"2026-11-20T10:00:00.123456","component":"LiteLLM"}"# + "\n")
        let session = try Session(store: store(), environment: testEnvironment())
        let reply = session.run("import \"\(log)\"")
        #expect(reply.output.contains("its times have no zone and were read as UTC; `import --tz ZONE`"), "\(reply.output)")
    }

    @Test("calls that two sources hold under ids and instants of their own are told of")
    func likelyDoubles() throws {
        let store = try store()
        func calls(_ prefix: String, _ model: String, late: Int64, _ numbers: Range<Int64>) -> [Record] {
            numbers.map { number in
                var span = SpanRecord(spanID: "\(prefix)\(number)", kind: .llm)
                span.traceID = "\(prefix)t\(number)"
                span.start = day + .seconds(number * 60) + .milliseconds(late)
                span.end = day + .seconds(number * 60 + 1) + .milliseconds(late * 3)
                span.modelRequested = model
                (span.inputTokens, span.outputTokens, span.status) = (100 + number * 7, 20 + number, .ok)
                return .span(span)
            }
        }
        _ = try Importer(store).importRecords("spans", format: "test", now: day, calls("a", "gpt-4o", late: 0, 0..<12))
        _ = try Importer(store).importRecords("payload", format: "test", now: day, calls("b", "openai/gpt-4o", late: 40, 0..<9))
        _ = try Importer(store).importRecords("other", format: "test", now: day, calls("c", "gpt-4o", late: 9000, 20..<40))
        let text = try examined(store).output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("duplicates 9 of 9 calls of payload look like calls of spans"), "\(text)")
        #expect(!text.contains("calls of other") && text.contains("`forget \"payload\"` keeps one"))
    }

    @Test("a rollup that does not add up is damage, ends with trouble, and a rebuild mends it")
    func damage() throws {
        let store = try store()
        _ = try Importer(store).importRecords(
            "a", format: "test", now: day, [span("1", "t", at: 0, message: "Request timed out.")])
        try store.writer().execute("UPDATE error_hour_type_model SET errors = errors + 1")
        let reply = try examined(store)
        #expect(reply.exit == .trouble && reply.output.contains("damage   integrity") && reply.output.contains("rebuild"))
        #expect(reply.output.hasSuffix("the store is damaged\n"))
        let mended = try examined(store, "doctor rebuild")
        #expect(mended.exit == .ok && mended.narration.contains("rebuilt facts"))
        #expect(try examined(store, "doctor nonsense").exit == .wrong)
    }

    @Test("notifications that are not delivered are reported with their reason")
    func notifications() throws {
        let store = try store()
        let session = try Session(store: store, environment: testEnvironment())
        let state = try #require(session.state)
        try state.connection.execute(
            """
            INSERT INTO alert_history(id, rule, labels, severity, pending, started, peak, value, errors)
            VALUES(1, 'burst', '{}', 1, 0, 0, 1, 1, 1);
            INSERT INTO notification(firing, event, kind, target, body, made, attempts, problem)
            VALUES(1, 0, 'webhook', 'http://localhost', '{}', 0, 5, 'connection refused');
            """)
        let output = session.run("doctor").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            output.contains(
                "1 notification not delivered; the latest, FIRING of burst to webhook localhost: gave up (5 attempts: connection refused)"
            ))
    }
}
