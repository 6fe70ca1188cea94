import Errors
import Model
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import SQLite

@Suite("Typing anew")
struct ReclassificationTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    private static let own = RuleSet.builtIn.adding([
        Rule("own.slow", .toolError, severity: .critical, phrases: ["rate limit reached"], examples: []),
        Rule("own.wire", .quotaExceeded, phrases: ["connection error"], examples: []),
    ])

    private func filled(_ name: String, seed: UInt64) throws -> Store {
        let store = try Store.open(path: folder.file("\(name)\(seed).db"), create: true)
        var random = RandomRecords(seed: seed)
        for (number, file) in random.files(random.records(traces: 40)).enumerated() {
            _ = try Importer(store, batchSize: 13).importRecords("f\(number)", format: "test", now: now, file)
        }
        return store
    }

    @Test("the store is what a rebuild by the same rules makes of it", arguments: 31...34 as ClosedRange<UInt64>)
    func equalsRebuild(seed: UInt64) throws {
        let store = try filled("a", seed: seed), other = try filled("b", seed: seed)
        let assessor = Assessor(rules: Self.own)
        let change = try store.reclassify(with: assessor)
        try other.rebuildDerived(assessor: assessor)
        #expect(change.moved > 0)
        #expect(differences(try StoreDump.all(store), try StoreDump.all(other)) == [], "seed \(seed)")
        #expect(try store.integrityProblems() == [])
        for store in [store, other] {
            #expect(try store.number("SELECT count(*) FROM message_index WHERE message_index MATCH 'rat'") ?? 0 > 0)
        }
        #expect(try store.meta("rules") == Self.own.version)
        // And back again.
        _ = try store.reclassify(with: Assessor())
        try other.rebuildDerived()
        #expect(differences(try StoreDump.all(store), try StoreDump.all(other)) == [], "seed \(seed)")
    }

    @Test("the change tells how many errors went from which type to which")
    func moves() throws {
        let store = try filled("m", seed: 41)
        let limited = try store.number("SELECT count(*) FROM err WHERE type = \(ErrorType.rateLimit.rawValue)") ?? 0
        let change = try store.reclassify(with: Assessor(rules: Self.own))
        #expect(change.moves.contains(.init(from: .rateLimit, to: .toolError, count: Int(limited))))
        #expect(change.moves.contains { $0.from == .networkError && $0.to == .quotaExceeded })
        #expect(change.moves.map(\.count) == change.moves.map(\.count).sorted(by: >))
        #expect(try store.reclassify(with: Assessor(rules: Self.own)).moved == 0)
    }

    @Test("a change that is only looked at leaves the store as it was")
    func takenBack() throws {
        let store = try filled("t", seed: 42)
        let before = try StoreDump.all(store)
        let change = try store.reclassify(with: Assessor(rules: Self.own), keeps: false)
        #expect(change.moved > 0)
        #expect(differences(try StoreDump.all(store), before) == [])
        #expect(try store.reclassify(with: Assessor(rules: Self.own)) == change)
    }

    @Test("one that is stopped leaves the store as it was")
    func stopped() throws {
        let store = try filled("s", seed: 43)
        let before = try StoreDump.all(store)
        let stop = StopFlag()
        stop.raise()
        #expect(throws: StoreError.interrupted) { try stop.governing { try store.reclassify(with: Assessor(rules: Self.own)) } }
        #expect(differences(try StoreDump.all(store), before) == [])
    }

    @Test("what no rule knows is listed by signature, the most frequent first")
    func unclassified() throws {
        let store = try Store.open(path: folder.file("u.db"), create: true)
        var records: [Record] = []
        for index in 0..<7 {
            var span = SpanRecord(spanID: "s\(index)", kind: .llm)
            span.traceID = "t\(index)"
            span.end = now + .seconds(Int64(index))
            span.status = .error
            span.statusMessage =
                index < 4 ? "node \(index) of the warp core is cold" : index < 6 ? "the seat map is missing" : "Connection error."
            records.append(.span(span))
        }
        _ = try Importer(store).importRecords("f", format: "test", now: now, records)
        let found = try store.unclassified(in: nil, limit: 10)
        #expect(found.map(\.count) == [4, 2])
        #expect(found.first?.signature == "node # of the warp core is cold")
        #expect(found.first?.newest == now + .seconds(3))
        let window = Window(from: now + .seconds(4), to: now + .seconds(60))
        #expect(try store.unclassified(in: window, limit: 10).map(\.count) == [2])
    }
}

@Suite("Secrets in a store")
struct StoredSecretsTests {
    private let folder = TemporaryFolder()

    @Test("facts hold none, records are counted by place and kind")
    func scan() throws {
        let store = try Store.open(path: folder.file("k.db"), create: true)
        let key = "sk-" + String(repeating: "Ab1c", count: 8), now = Timestamp(seconds: 1_763_800_000)
        var span = SpanRecord(spanID: "s", kind: .llm)
        span.traceID = "t"
        span.end = now
        span.status = .error
        span.statusMessage = "bad key \(key) of ann@mail.example.com"
        span.input = "my key is \(key)"
        _ = try Importer(store).importRecords("f", format: "test", now: now, [.span(span)])
        let found = try store.secrets()
        #expect(found.filter(\.isFact) == [])
        #expect(
            found.map { "\($0.place) \($0.kind) \($0.count)" } == [
                "span.status_message key 1", "span.status_message email 1", "span_content.input key 1",
            ])
        // What an older version left unredacted in the facts is told.
        let connection = try store.writer()
        try connection.execute("UPDATE message SET text = text || ' \(key)'")
        #expect(try store.secrets().first.map { "\($0.place) \($0.kind) \($0.isFact)" } == "message.text key true")
    }
}
