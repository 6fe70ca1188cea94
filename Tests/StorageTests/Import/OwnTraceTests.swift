import Errors
import Model
import QueryLanguage
import SQLite
import Testing

@testable import Importing
@testable import LocalStore

@Suite("Errors without a trace") struct OwnTraceTests {
    private let folder = TemporaryFolder()

    private func event(_ id: String, kind: EventKind = .error, session: String? = nil) -> Record {
        var event = EventRecord(eventID: id, kind: kind)
        event.time = Timestamp(seconds: 10)
        event.message = "429 Too many requests"
        (event.session, event.service) = (session, session.map { _ in "bot" })
        return .event(event)
    }

    private func store(_ records: [Record]) throws -> Store {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        _ = try Importer(store).importRecords("a", format: "test", now: Timestamp(seconds: 20), records)
        return store
    }

    private func number(_ store: Store, _ sql: String) throws -> Int64? {
        try store.rows(SQLStatement(text: sql)).first?.first?.integer
    }

    @Test("an error event without a trace is found by its id, with its error, session and service")
    func found() throws {
        let store = try store([event("e1", session: "s9"), event("e2"), event("e3", kind: .log)])
        let match = try #require(try store.findTraces(prefix: "event-e1").first)
        let trace = try #require(try store.trace(match.traceID))
        #expect(trace.errors.map(\.type) == [.rateLimit] && trace.errors.map(\.eventID) == ["e1"])
        #expect(trace.record.session == "s9" && trace.record.service == "bot" && trace.spans.isEmpty)
        #expect(try store.findTraces(prefix: "e2").map(\.traceID) == ["event-e2"])
        #expect(try store.findTraces(prefix: "event-").map(\.traceID) == ["event-e1", "event-e2"])
        #expect(
            try number(
                store, "SELECT count(*) FROM err f JOIN deployment d ON d.id = f.deployment WHERE d.service = 'bot'") == 1)
    }

    @Test("such an error is no row of traces, and the record that the store makes of it is not counted as imported")
    func noTrace() throws {
        let store = try Store.open(path: folder.file("other.db"), create: true)
        let report = try Importer(store).importRecords(
            "a", format: "test", now: Timestamp(seconds: 20), [event("e1", session: "s9")])
        #expect(try number(store, "SELECT count(*) FROM trace WHERE t IS NOT NULL") == 0)
        #expect(report.new == 1)
        let again = try Importer(store).importRecords(
            "a", format: "test", now: Timestamp(seconds: 20), [event("e1", session: "s9")])
        #expect(again.new == 0 && again.updated == 0)
    }

    @Test("an error that an older version kept without a trace is not doubled when its source is imported again")
    func older() throws {
        let store = try store([event("e1"), event("e2", kind: .log)])
        try store.writer().execute("UPDATE event SET trace = NULL; UPDATE err SET trace = NULL; DELETE FROM trace")
        _ = try Importer(store).importRecords("a", format: "test", now: Timestamp(seconds: 20), [event("e1")])
        #expect(try number(store, "SELECT count(*) FROM event") == 2)
        #expect(try number(store, "SELECT count(*) FROM err WHERE trace IS NOT NULL") == 1)
        #expect(try number(store, "SELECT count(*) FROM err") == 1)
    }
}
