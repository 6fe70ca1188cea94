import Model
import QueryLanguage
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore

@Suite struct IdentityTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    private func store(_ name: String = "store.db") throws -> Store { try Store.open(path: folder.file(name), create: true) }

    private func span(_ id: String, _ change: (inout SpanRecord) -> Void = { _ in }) -> SpanRecord {
        var span = SpanRecord(spanID: id, kind: .llm)
        span.traceID = "t"
        span.start = Timestamp(seconds: 100)
        span.end = Timestamp(seconds: 101)
        change(&span)
        return span
    }

    @Test("importing the same records again changes nothing")
    func twice() throws {
        let store = try store()
        var random = RandomRecords(seed: 1)
        let records = random.records(traces: 40)
        let first = try Importer(store).importRecords("a", format: "test", now: now, records)
        #expect(first.new + first.updated + first.unchanged == records.count)
        let before = try StoreDump.all(store)
        let again = try Importer(store, batchSize: 7).importRecords("renamed", format: "test", now: now, records)
        #expect(again.new == 0)
        #expect(again.updated == 0)
        #expect(again.unchanged == records.count)
        #expect(differences(try StoreDump.all(store), before) == [])
    }

    @Test("the result does not depend on the order and the cutting of imports", arguments: 1...3 as ClosedRange<UInt64>)
    func order(seed: UInt64) throws {
        var random = RandomRecords(seed: seed)
        let records = random.records(traces: 20)
        let whole = try store("whole.db")
        _ = try Importer(whole).importRecords("a", format: "test", now: now, records)
        let expected = try StoreDump.all(whole)
        for round in 0..<2 {
            let pieces = try store("pieces\(round).db")
            for (number, file) in random.files(records).enumerated() {
                _ = try Importer(pieces, batchSize: 1 + round * 20).importRecords("f\(number)", format: "test", now: now, file)
            }
            let found = try StoreDump.all(pieces)
            #expect(differences(found, expected) == [], "seed \(seed), round \(round)")
        }
    }

    @Test("of two versions the later one wins, then the richer one")
    func versions() throws {
        let store = try store(), importer = Importer(store)
        let poor = span("a") { $0.updatedAt = Timestamp(seconds: 5) }
        let rich = span("a") {
            $0.updatedAt = Timestamp(seconds: 5); $0.name = "rich"
        }
        let late = span("a") {
            $0.updatedAt = Timestamp(seconds: 6); $0.cost = Money(units: 1)
        }
        let unknown = span("a") {
            $0.name = "no time of change, but a great deal of text to say"; $0.agent = "x"; $0.user = "u"
        }
        func name(_ record: SpanRecord) throws -> (String?, Int, Int) {
            let report = try importer.importRecords("f", format: "test", now: now, [.span(record)])
            return (try store.ask("SELECT name FROM span").first?.first?.text, report.updated, report.unchanged)
        }
        #expect(try name(poor) == (nil, 0, 0))
        #expect(try name(rich) == ("rich", 1, 0))
        #expect(try name(poor) == ("rich", 0, 1))
        #expect(try name(unknown) == ("rich", 0, 1))
        #expect(try name(late) == (nil, 1, 0))
        #expect(try name(rich) == (nil, 0, 1))
        #expect(try store.number("SELECT cost FROM call") == 1)
        #expect(try store.number("SELECT cost_sum FROM call_hour_model") == 1)
        #expect(try store.facts().spans == 1)
    }

    @Test("projects keep equal ids apart, and a span without a trace is a trace of its own")
    func identities() throws {
        let store = try store()
        let records: [Record] = [
            .span(span("a")), .span(span("a") { $0.project = "shop" }), .span(span("a") { $0.traceID = nil }),
        ]
        let report = try Importer(store).importRecords("f", format: "test", now: now, records)
        #expect(report.new == 3)
        #expect(try store.ask("SELECT trace_id FROM trace ORDER BY 1").map { $0[0].text } == ["span-a", "t", "t"])
        #expect(try store.findTraces(prefix: "t").map(\.project) == ["", "shop"])
    }

    @Test("a span found again with all its texts is read back as it was")
    func roundTrip() throws {
        let store = try store()
        var random = RandomRecords(seed: 9)
        var spans: [SpanRecord] = []
        for case .span(var span) in random.records(traces: 30) where span.traceID != nil {
            span.traceID = "trace-\(spans.count)"
            spans.append(span)
        }
        _ = try Importer(store).importRecords("f", format: "test", now: now, spans.map(Record.span))
        for place in spans.indices { spans[place].completeTimes() }
        for span in spans {
            let read = try store.trace(span.traceID ?? "", project: span.project)
            #expect(read?.spans.map(\.record) == [span])
        }
    }

    @Test("what a trace record leaves open comes from the spans, and its own word stays")
    func traceAttributes() throws {
        let store = try store(), importer = Importer(store)
        func attributes() throws -> [StoredValue]? {
            try store.ask("SELECT name, user, session, environment, service FROM trace").first
        }
        let root = span("a") {
            $0.name = "root"; $0.user = "ann"; $0.environment = "staging"
        }
        let child = span("b") {
            $0.parentID = "a"; $0.user = "bob"; $0.session = "s1"
        }
        _ = try importer.importRecords("f", format: "test", now: now, [.span(child), .span(root)])
        #expect(try attributes() == [.text("root"), .text("ann"), .text("s1"), .text("staging"), .null])
        var trace = TraceRecord(traceID: "t")
        trace.name = "checkout"
        trace.service = "web"
        _ = try importer.importRecords("g", format: "test", now: now, [.trace(trace)])
        #expect(try attributes() == [.text("checkout"), .text("ann"), .text("s1"), .text("staging"), .text("web")])
        // A corrected span changes what came from it, and nothing of the record's own.
        let corrected = span("a") {
            $0.name = "root"; $0.user = "eve"; $0.environment = "staging"; $0.agent = "x"
        }
        _ = try importer.importRecords("h", format: "test", now: now, [.span(corrected)])
        #expect(try attributes() == [.text("checkout"), .text("eve"), .text("s1"), .text("staging"), .text("web")])
    }

    @Test("a span works for its own agent, else for its nearest ancestor's")
    func agents() throws {
        let store = try store()
        let records = [
            span("root") {
                $0.kind = .agent; $0.agent = "planner"
            }, span("a") { $0.parentID = "root" },
            span("b") {
                $0.parentID = "a"; $0.agent = "writer"
            }, span("c") { $0.parentID = "b" },
            span("x") { $0.parentID = "y" }, span("y") { $0.parentID = "x" },
        ]
        _ = try Importer(store).importRecords("f", format: "test", now: now, records.map(Record.span))
        let trace = try store.trace("t")
        let agents = Dictionary(uniqueKeysWithValues: (trace?.spans ?? []).map { ($0.record.spanID, $0.agent) })
        #expect(agents == ["root": "planner", "a": "planner", "b": "writer", "c": "writer", "x": nil, "y": nil])
        #expect(trace?.agent == "planner")
        #expect(trace?.rootID == "root")
    }
}
