import Model
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore

@Suite struct PostponedIndexesTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    private func indexes(_ store: Store) throws -> [String] {
        try store.ask("SELECT name || ' ' || ifnull(sql, '') FROM sqlite_master WHERE type = 'index' ORDER BY name")
            .compactMap { $0.first?.text }
    }

    @Test("a store filled in many batches has every index, and holds the same as one filled at once")
    func filled() throws {
        var random = RandomRecords(seed: 31)
        let records = random.records(traces: 60)
        let empty = try Store.open(path: folder.file("empty.db"), create: true)
        let whole = try Store.open(path: folder.file("whole.db"), create: true)
        let parts = try Store.open(path: folder.file("parts.db"), create: true)
        _ = try Importer(whole).importRecords("a", format: "test", now: now, records)
        _ = try Importer(parts, batchSize: 7).importRecords("a", format: "test", now: now, records)
        #expect(try indexes(parts) == indexes(empty))
        #expect(try parts.integrityProblems() == [])
        #expect(differences(try StoreDump.all(parts), try StoreDump.all(whole)) == [])
        // What comes later finds the indexes in place.
        _ = try Importer(parts, batchSize: 7).importRecords("b", format: "test", now: now, random.records(traces: 10))
        #expect(try indexes(parts) == indexes(empty))
        #expect(try parts.integrityProblems() == [])
    }

    @Test("a trace that grows large over many batches has each span once")
    func largeTrace() throws {
        let store = try Store.open(path: folder.file("large.db"), create: true)
        var records: [Record] = []
        for round in 0..<2 {
            for number in 0..<1500 {
                var span = SpanRecord(spanID: "s\(number)", kind: .tool)
                span.traceID = "t"
                span.start = Timestamp(seconds: 1_763_700_000 + Int64(number))
                span.name = round == 0 ? nil : "named"
                records.append(.span(span))
            }
        }
        let report = try Importer(store, batchSize: 400).importRecords("a", format: "test", now: now, records)
        #expect((report.new, report.updated, report.unchanged) == (1500, 1500, 0))
        #expect(try store.number("SELECT count(*) FROM span WHERE name = 'named'") == 1500)
        #expect(try store.number("SELECT spans FROM trace") == 1500)
        #expect(try store.integrityProblems() == [])
    }

    @Test("an import that ends early leaves the indexes as they were")
    func stopped() throws {
        let store = try Store.open(path: folder.file("stopped.db"), create: true)
        let before = try indexes(store)
        struct Stop: Error {}
        var random = RandomRecords(seed: 32)
        let records = random.records(traces: 30)
        #expect(throws: (any Error).self) {
            try Importer(store, batchSize: 5).feed("a", format: "test", now: now) { take in
                for record in records { try take(record) }
                throw Stop()
            }
        }
        #expect(try indexes(store) == before)
        #expect(try Importer(store).importRecords("a", format: "test", now: now, records).new > 0)
        #expect(try store.integrityProblems() == [])
    }
}
