import Model
import QueryLanguage
import Testing

@testable import Importing
@testable import LocalStore

@Suite struct LookupTests {
    private let folder = TemporaryFolder()

    private func store() throws -> Store {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        var records: [Record] = []
        for (trace, id, request) in [
            ("abcd1234abcd1234", "11112222", "req_A"), ("abcd1234ffff0000", "33334444", "req_B"), ("abcd", "5555", nil),
            ("run-7", "s1", nil),
        ] {
            var span = SpanRecord(spanID: id, kind: .llm)
            span.traceID = trace
            span.requestID = request
            span.start = Timestamp(seconds: 10)
            span.end = Timestamp(seconds: 12)
            records.append(.span(span))
        }
        var event = EventRecord(eventID: "e", kind: .error)
        event.traceID = "run-7"
        event.time = Timestamp(seconds: 11)
        event.message = "Error code: 503 - overloaded"
        records.append(.event(event))
        var score = ScoreRecord(scoreID: "q", name: "helpful")
        score.traceID = "run-7"
        score.number = 0.5
        records.append(.score(score))
        _ = try Importer(store).importRecords("a", format: "test", now: Timestamp(seconds: 20), records)
        return store
    }

    @Test("an id that is whole means itself alone, a beginning all that begin so")
    func prefixes() throws {
        let store = try store()
        func ids(_ prefix: String) throws -> [String] { try store.findTraces(prefix: prefix).map(\.traceID) }
        #expect(try ids("abcd") == ["abcd"])
        #expect(try ids("abcd1") == ["abcd1234abcd1234", "abcd1234ffff0000"])
        #expect(try ids("ABCD-1234-AB") == ["abcd1234abcd1234"])
        #expect(try ids("1111") == ["abcd1234abcd1234"])
        #expect(try ids("req_B") == ["abcd1234ffff0000"])
        #expect(try ids("req_") == ["abcd1234abcd1234", "abcd1234ffff0000"])
        #expect(try ids("run-7") == ["run-7"])
        #expect(try ids("run") == ["run-7"])
        #expect(try ids("zzz") == [])
        #expect(try ids("") == [])
        #expect(try ids("%") == [])
        #expect(try store.findTraces(prefix: "abcd1", limit: 1).count == 1)
    }

    @Test("a trace comes with its spans, events, errors and scores")
    func whole() throws {
        let store = try store()
        let trace = try #require(try store.trace("run-7"))
        #expect(trace.spans.map(\.record.spanID) == ["s1"])
        #expect(trace.spans.first?.latency == .seconds(2))
        #expect(trace.events.map(\.eventID) == ["e"])
        #expect(trace.errors.map(\.message) == ["Error code: 503 - overloaded"])
        #expect(trace.scores.map(\.number) == [0.5])
        #expect(trace.first == Timestamp(seconds: 10))
        #expect(trace.last == Timestamp(seconds: 12))
        #expect(try store.trace("none") == nil)
        #expect(try store.trace("run-7", project: "other") == nil)
    }
}
