import Model
import QueryLanguage
import Synchronization
import TestSupport
import Testing

@testable import Importing
@testable import LocalStore
@testable import SQLite

@Suite struct ConcurrencyTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    private func records(_ range: Range<Int>) -> [Record] {
        range.map { index in
            var span = SpanRecord(spanID: "s\(index)", kind: .llm)
            span.traceID = "t\(index / 2)"
            span.start = Timestamp(seconds: Int64(index))
            span.end = Timestamp(seconds: Int64(index) + 1)
            span.status = index % 10 == 0 ? .error : .ok
            span.statusMessage = index % 10 == 0 ? "Request timed out." : nil
            return .span(span)
        }
    }

    @Test("an import that fails in the middle leaves everything as it was")
    func failure() throws {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        let importer = Importer(store, batchSize: 10)
        _ = try importer.importRecords("a", format: "test", now: now, records(0..<100))
        let before = try StoreDump.all(store), sources = try store.sources()
        let later = records(100..<200)
        struct Stop: Error {}
        let connection = try store.writer()
        #expect(throws: Stop.self) {
            try connection.transaction {
                let session = try ImportSession(on: connection, assessor: .init(), batchSize: 10)
                try session.begin(source: "b", format: "test", size: nil, now: now)
                for record in later { try session.add(record) }
                throw Stop()
            }
        }
        #expect(differences(try StoreDump.all(store), before) == [])
        #expect(try store.sources() == sources)
        _ = try importer.importRecords("b", format: "test", now: now, later)
        #expect(try store.facts().spans == 200)
    }

    @Test("a store copied in the middle of an import opens as it was before")
    func tornCopy() throws {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        _ = try Importer(store).importRecords("a", format: "test", now: now, records(0..<100))
        let before = try StoreDump.all(store)
        let connection = try store.writer()
        // A small cache forces pages of the unfinished transaction into the log.
        try connection.execute("PRAGMA cache_size = 10")
        try connection.transaction {
            let session = try ImportSession(on: connection, assessor: .init(), batchSize: 10)
            try session.begin(source: "b", format: "test", size: nil, now: now)
            for record in records(100..<2000) { try session.add(record) }
            for name in ["store.db", "store.db-wal"] { folder.copy(name, to: "copy" + name.dropFirst(5)) }
            for record in records(2000..<2100) { try session.add(record) }
            try session.finish()
        }
        #expect((Files.bytes(folder.file("copy.db-wal")) ?? []).count > 100_000)
        let copy = try Store.open(path: folder.file("copy.db"), create: false)
        #expect(differences(try StoreDump.all(copy), before) == [])
        #expect(try copy.integrityProblems() == [])
        _ = try Importer(copy).importRecords("b", format: "test", now: now, records(100..<2100))
        #expect(differences(try StoreDump.all(copy), try StoreDump.all(store)) == [])
    }

    @Test("an import waits for another process that writes, and is told to stop meanwhile")
    func waiting() throws {
        let path = folder.file("store.db")
        let store = try Store.open(path: path, create: true)
        let line = #"{"provider":"openai","timestamp":"2026-11-21T10:00:00Z","error_type":"APIError","error_message":"x"}"# + "\n"
        let file = folder.write("one.jsonl", line)
        let other = try Connection(path: path, mode: .readWrite(create: false))
        try other.execute("BEGIN IMMEDIATE")
        #expect(throws: StoreError.interrupted) {
            _ = try Importer(store).importFile(file, now: now) { step in !step.isWaiting }
        }
        var waits = 0
        let report = try Importer(store).importFile(file, now: now) { step in
            if step.isWaiting {
                waits += 1
                if waits == 2 { try? other.execute("COMMIT") }
            }
            return waits < 100
        }
        #expect(waits >= 2 && report.new == 1)
    }

    @Test("ten readers beside an import see whole states only")
    func readers() throws {
        let path = folder.file("store.db")
        let store = try Store.open(path: path, create: true)
        let isDone = Atomic<Bool>(false)
        let problems = Mutex<[String]>([])
        let reads = Atomic<Int>(0)
        let threads = (0..<10).map { _ in
            Thread {
                do {
                    let store = try Store.open(path: path, create: false)
                    var last: Int64 = 0
                    repeat {
                        let (spans, calls, summed) = try store.snapshot {
                            (
                                try store.number("SELECT count(*) FROM span"), try store.number("SELECT count(*) FROM call"),
                                try store.number("SELECT CAST(total(calls) AS INTEGER) FROM call_minute_model")
                            )
                        }
                        let count = spans ?? -1
                        let isWhole = count % 300 == 0 && calls == spans && summed == spans && count >= last
                        if !isWhole { problems.withLock { $0.append("\(count) \(calls ?? -1) \(summed ?? -1)") } }
                        last = count
                        reads.add(1, ordering: .relaxed)
                    } while !isDone.load(ordering: .acquiring)
                } catch { problems.withLock { $0.append("\(error)") } }
            }
        }
        for part in 0..<4 {
            _ = try Importer(store, batchSize: 50).importRecords(
                "f\(part)", format: "test", now: now, records((part * 300)..<(part * 300 + 300)))
        }
        isDone.store(true, ordering: .releasing)
        for thread in threads { thread.join() }
        #expect(problems.withLock { $0 } == [])
        #expect(reads.load(ordering: .relaxed) >= 10)
        #expect(try store.facts().spans == 1200)
    }
}
