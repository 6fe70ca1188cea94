import Errors
import Model
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore

@Suite("Forgetting")
struct ForgetTests {
    private let now = Timestamp(seconds: 1_763_900_000)

    private func filled(_ folder: TemporaryFolder, seed: UInt64) throws -> Store {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        var random = RandomRecords(seed: seed)
        for (index, records) in random.files(random.records(traces: 60)).enumerated() {
            _ = try Importer(store).importRecords("file\(index % 3)", format: "test", now: now, records)
        }
        return store
    }

    /// Everything made of the records, names and the full-text index included.
    private func derived(_ store: Store) throws -> [String] {
        var lines = try StoreDump.derived(store)
        for table in ["message", "signature", "agent", "model", "operation", "deployment"] {
            lines += try store.ask("SELECT * FROM \(table)").map { "\(table): \($0.dropFirst())" }.sorted()
        }
        for word in ["Rat", "Con", "lon", "tim"] {
            let found = try store.ask(
                "SELECT m.text FROM message_index i JOIN message m ON m.id = i.rowid WHERE message_index MATCH ?",
                [.text("\"\(word)\"")])
            lines += found.map { "index \(word): \($0)" }.sorted()
        }
        return lines
    }

    private func expectRebuilt(_ store: Store, _ what: String) throws {
        let found = try derived(store)
        try store.rebuildDerived()
        #expect(differences(found, try derived(store)) == [], "\(what)")
        #expect(try store.integrityProblems() == [], "\(what)")
    }

    @Test("what is left of a store without a source equals a rebuild of it", arguments: [1, 2, 3] as [UInt64])
    func source(seed: UInt64) throws {
        let folder = TemporaryFolder(), store = try filled(folder, seed: seed)
        let expected = try store.forgettable(.source("file1"))
        #expect(try store.forget(.source("file1")) == expected, "seed \(seed)")
        #expect(!expected.isEmpty && expected.errors > 0)
        #expect(try store.sources().map(\.path) == ["file0", "file2"])
        #expect(try store.number("SELECT count(*) FROM span WHERE source = 2") == 0)
        try expectRebuilt(store, "seed \(seed)")
        for path in ["file0", "file2"] { try store.forget(.source(path)) }
        for table in ["trace", "span", "event", "score", "call", "err", "message", "signature", "source", "trace_content"] {
            #expect(try store.number("SELECT count(*) FROM \(table)") == 0, "\(table), seed \(seed)")
        }
        let facts = try store.facts()
        #expect((facts.traces, facts.spans, facts.events, facts.scores, facts.calls, facts.errors) == (0, 0, 0, 0, 0, 0))
    }

    @Test("what is left of a store without what ended before a time equals a rebuild of it", arguments: [4, 5, 6] as [UInt64])
    func before(seed: UInt64) throws {
        let folder = TemporaryFolder(), store = try filled(folder, seed: seed)
        let cut = Timestamp(nanoseconds: RandomRecords.start + 86_400_000_000_000)
        let expected = try store.forgettable(.before(cut))
        #expect(expected.traces > 0 && expected.spans > 0)
        #expect(try store.forget(.before(cut)) == expected, "seed \(seed)")
        #expect(try store.forgettable(.before(cut)).isEmpty, "seed \(seed)")
        #expect(try store.number("SELECT count(*) FROM trace") ?? 0 > 0)
        try expectRebuilt(store, "seed \(seed)")
        #expect(try store.sources().allSatisfy { $0.coverage.map { $0.from >= cut } ?? true })
    }

    @Test("forgotten texts are nowhere in the file")
    func texts() throws {
        let folder = TemporaryFolder(), store = try Store.open(path: folder.file("store.db"), create: true)
        func record(_ id: String, _ message: String) -> Record {
            var span = SpanRecord(spanID: id, kind: .llm)
            span.traceID = "t" + id
            span.start = Timestamp(seconds: 1_763_700_000)
            span.status = .error
            span.statusMessage = message
            span.input = "the question of \(message)"
            return .span(span)
        }
        _ = try Importer(store).importRecords("a", format: "test", now: now, [record("1", "whiskered walruses wander")])
        _ = try Importer(store).importRecords("b", format: "test", now: now, [record("2", "plain trouble")])
        try store.forget(.source("a"))
        let bytes = ["store.db", "store.db-wal"].flatMap { Files.bytes(folder.file($0)) ?? [] }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("whiskered") && text.contains("plain trouble"))
    }

    @Test("a stop leaves everything as it was")
    func stopped() throws {
        let folder = TemporaryFolder(), store = try filled(folder, seed: 9)
        let before = try StoreDump.all(store)
        let stop = StopFlag()
        stop.raise()
        #expect(throws: StoreError.interrupted) { try stop.governing { try store.forget(.source("file0")) } }
        #expect(differences(try StoreDump.all(store), before) == [])
    }
}
