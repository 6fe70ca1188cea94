import Model
import QueryLanguage
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import SQLite

@Suite struct DerivedTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    private func filled(seed: UInt64, traces: Int = 25) throws -> Store {
        let store = try Store.open(path: folder.file("store\(seed).db"), create: true)
        var random = RandomRecords(seed: seed)
        for (number, file) in random.files(random.records(traces: traces)).enumerated() {
            _ = try Importer(store, batchSize: 13).importRecords("f\(number)", format: "test", now: now, file)
        }
        return store
    }

    @Test("what is rebuilt equals what imports built up", arguments: 11...13 as ClosedRange<UInt64>)
    func rebuilt(seed: UInt64) throws {
        let store = try filled(seed: seed)
        let before = try StoreDump.all(store)
        try store.rebuildDerived()
        #expect(differences(try StoreDump.all(store), before) == [], "seed \(seed)")
        #expect(try store.integrityProblems() == [])
    }

    @Test("every rollup holds what grouping the facts gives", arguments: 21...22 as ClosedRange<UInt64>)
    func rollups(seed: UInt64) throws {
        let store = try filled(seed: seed)
        for rollup in Rollup.all {
            let measures = rollup.measures.filter { $0 != "digest" }
            let columns = (["bucket"] + rollup.dimensions.map(\.rawValue) + measures).joined(separator: ", ")
            let stored = try store.ask("SELECT \(columns) FROM \(rollup.name) ORDER BY \(columns)")
            let grouped = try store.ask(DerivedTests.grouping(rollup, measures))
            #expect(
                differences(stored.map(String.init(describing:)), grouped.map(String.init(describing:))) == [],
                "\(rollup.name), seed \(seed)")
            #expect(!stored.isEmpty)
        }
    }

    /// The definition of a rollup, written once more and plainly.
    private static func grouping(_ rollup: Rollup, _ measures: [String]) -> String {
        let width = rollup.widthInNanoseconds, evidence = Evidence.default.rawValue
        let keys = rollup.dimensions.map { dimension in
            dimension == .cell
                ? "(SELECT max(c.id) FROM latency_cell c WHERE c.low <= f.lat) AS cell" : "f.\(dimension.rawValue)"
        }
        let isError = "(f.evidence & \(evidence) != 0)", isOn = "(f.t % \(width) = 0)"
        let values = measures.map { measure -> String in
            switch measure {
            case "calls", "n": "count(*)"
            case "calls_on": "sum(\(isOn))"
            case "errors": "sum(\(isError))"
            case "errors_on": "sum(\(isError) AND \(isOn))"
            default:
                measure.hasSuffix("_n")
                    ? "count(f.\(measure.dropLast(2)))" : "total(f.\(measure.dropLast(4)))"
            }
        }
        let from =
            switch rollup.facts {
            case .calls: "call f WHERE f.scope = 0"
            case .errors: "err f WHERE \(isError)"
            case .latencies: "call f WHERE f.scope = 0 AND f.lat IS NOT NULL"
            }
        let numbers = values.map { "CAST(\($0) AS INTEGER)" }
        let list = (["f.t / \(width) AS bucket"] + keys + numbers).joined(separator: ", ")
        let places = (1...(1 + keys.count + numbers.count)).map(String.init)
        return "SELECT \(list) FROM \(from) GROUP BY \(places.prefix(1 + keys.count).joined(separator: ", "))"
            + " ORDER BY \(places.joined(separator: ", "))"
    }

    @Test("a call on the first instant of a bucket is counted as such, one nanosecond beside it is not")
    func boundaries() throws {
        let store = try Store.open(path: folder.file("b.db"), create: true)
        let hour: Int64 = 3_600_000_000_000, first = RandomRecords.start
        var records: [Record] = []
        for (index, end) in [first - 1, first, first + 1, first + hour, first + hour + 60_000_000_000].enumerated() {
            var span = SpanRecord(spanID: "s\(index)", kind: .llm)
            span.traceID = "t\(index)"
            span.end = Timestamp(nanoseconds: end)
            span.modelRequested = "gpt-4o"
            span.status = index == 1 ? .error : .ok
            span.statusMessage = index == 1 ? "Connection error." : nil
            records.append(.span(span))
        }
        _ = try Importer(store).importRecords("f", format: "test", now: now, records)
        let hours = try store.ask(
            "SELECT bucket - \(first / hour), calls, calls_on, errors, errors_on FROM call_hour_model ORDER BY 1")
        #expect(hours == [[-1, 1, 0, 0, 0], [0, 2, 1, 1, 1], [1, 2, 1, 0, 0]].map { $0.map { .integer($0) } })
        let minutes = try store.ask("SELECT calls, calls_on FROM call_minute_model ORDER BY bucket")
        #expect(minutes == [[1, 0], [2, 1], [1, 1], [1, 1]].map { $0.map { .integer($0) } })
        #expect(try store.ask("SELECT errors, errors_on FROM error_day_signature") == [[.integer(1), .integer(1)]])
    }

    @Test("buckets before 1970 reach down, not toward zero")
    func beforeTheEpoch() throws {
        let store = try Store.open(path: folder.file("e.db"), create: true)
        var span = SpanRecord(spanID: "s", kind: .llm)
        span.end = Timestamp(nanoseconds: -1)
        _ = try Importer(store).importRecords("f", format: "test", now: now, [.span(span)])
        #expect(try store.number("SELECT bucket FROM call_hour_model") == -1)
    }

    @Test("values that cannot be are unknown in facts, and nothing overflows")
    func implausible() throws {
        let store = try Store.open(path: folder.file("i.db"), create: true)
        let records = (0..<4).map { index -> Record in
            var span = SpanRecord(spanID: "s\(index)", kind: .llm)
            span.traceID = "t"
            span.start = Timestamp(nanoseconds: .min)
            span.end = Timestamp(nanoseconds: .max)
            span.inputTokens = .max
            span.outputTokens = -5
            span.totalTokens = .max
            span.cost = Money(units: .max)
            return .span(span)
        }
        _ = try Importer(store).importRecords("f", format: "test", now: now, records)
        #expect(try store.ask("SELECT DISTINCT lat, cost, tin, tout, tok FROM call") == [[.null, .null, .null, .null, .null]])
        #expect(try store.ask("SELECT cost, tokens FROM trace") == [[.null, .null]])
    }

    @Test("a provider that is not named is told by the model's name")
    func providers() throws {
        let store = try Store.open(path: folder.file("p.db"), create: true)
        let models = [
            "gpt-4o": "openai", "o3-mini": "openai", "claude-sonnet-4": "anthropic", "gemini-2.0-flash": "google", "llama-3": nil,
        ]
        let records = models.keys.sorted().map { model -> Record in
            var span = SpanRecord(spanID: model, kind: .llm)
            span.end = Timestamp(seconds: 100)
            span.modelRequested = model
            return .span(span)
        }
        _ = try Importer(store).importRecords("f", format: "test", now: now, records)
        for row in try store.ask("SELECT m.name, m.provider FROM call c JOIN model m ON m.id = c.model") {
            #expect(models[row[0].text ?? ""] == row[1].text)
        }
    }

    @Test("messages can be searched, and a corrected failure leaves the rollups")
    func correction() throws {
        let store = try Store.open(path: folder.file("c.db"), create: true)
        var span = SpanRecord(spanID: "a", kind: .llm)
        span.traceID = "t"
        span.end = Timestamp(seconds: 7200)
        span.status = .error
        span.statusMessage = "Connection error."
        span.updatedAt = Timestamp(seconds: 1)
        _ = try Importer(store).importRecords("f", format: "test", now: now, [.span(span)])
        let search = "SELECT count(*) FROM err e WHERE e.message IN (SELECT rowid FROM message_index WHERE text LIKE '%nection%')"
        #expect(try store.number(search) == 1)
        #expect(try store.facts().errors == 1)
        #expect(try store.number("SELECT failed FROM trace") == 1)
        span.status = .ok
        span.statusMessage = nil
        span.end = Timestamp(seconds: 10_800)
        span.updatedAt = Timestamp(seconds: 2)
        _ = try Importer(store).importRecords("g", format: "test", now: now, [.span(span)])
        #expect(try store.number(search) == 0)
        #expect(try store.facts().errors == 0)
        #expect(try store.number("SELECT failed FROM trace") == 0)
        #expect(try store.ask("SELECT bucket, calls, errors FROM call_hour_model") == [[.integer(3), .integer(1), .integer(0)]])
        #expect(try store.number("SELECT count(*) FROM error_hour_type_model") == 0)
    }

    @Test("a very large trace is assessed once, at the end, and comes out the same")
    func largeTrace() throws {
        var records: [Record] = []
        for index in 0..<900 {
            var span = SpanRecord(spanID: "s\(index)", kind: .llm)
            span.traceID = "t"
            span.start = Timestamp(seconds: Int64(index))
            span.end = Timestamp(seconds: Int64(index) + 1)
            span.parentID = index == 0 ? nil : "s0"
            span.status = index % 100 == 3 ? .error : .ok
            span.statusMessage = index % 100 == 3 ? "Request timed out." : nil
            records.append(.span(span))
        }
        let whole = try Store.open(path: folder.file("w.db"), create: true)
        _ = try Importer(whole).importRecords("f", format: "test", now: now, records)
        let pieces = try Store.open(path: folder.file("l.db"), create: true)
        for part in 0..<3 {
            _ = try Importer(pieces, batchSize: 100).importRecords(
                "f\(part)", format: "test", now: now, Array(records[(part * 300)..<(part * 300 + 300)]))
        }
        #expect(differences(try StoreDump.all(pieces), try StoreDump.all(whole)) == [])
        #expect(try whole.number("SELECT errors FROM trace") == 9)
    }
}
