import Errors
import Glibc
import Model
import TestSupport
import Testing

@testable import Importing
@testable import Ingest
@testable import LocalStore

/// What runs long ends soon after its flag is raised, and leaves the store as it was.
@Suite("Interruption")
struct InterruptionTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    private func store() throws -> Store { try Store.open(path: folder.file("store.db"), create: true) }

    private static func line(_ number: Int) -> String {
        #"{"id":"o\#(number)","traceId":"t\#(number % 7)","type":"GENERATION","startTime":"2025-11-22T08:00:00Z"}"# + "\n"
    }

    @Test("an import of a pipe that nobody writes to is ended")
    func silentPipe() throws {
        let store = try store(), pipe = folder.file("pipe"), stop = StopFlag()
        try #require(mkfifo(pipe, 0o600) == 0)
        withThread {
            usleep(150_000)
            stop.raise()
        } while: {
            #expect(throws: StoreError.self) { try stop.governing { try Importer(store).importFile(pipe, now: now) } }
        }
        #expect(try store.facts().spans == 0 && store.sources().isEmpty)
    }

    @Test("a pipe with a late and slow writer is read whole")
    func slowPipe() throws {
        let store = try store(), pipe = folder.file("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        withThread {
            usleep(150_000)
            let descriptor = open(pipe, O_WRONLY)
            for number in 0..<30 {
                let line = InterruptionTests.line(number)
                _ = line.withCString { write(descriptor, $0, strlen($0)) }
                usleep(2000)
            }
            close(descriptor)
        } while: {
            #expect((try? Importer(store).importFile(pipe, now: now))?.new == 30)
        }
    }

    @Test("imports, rebuilds and the assessment of traces that grew end, and the store is as it was")
    func work() throws {
        let store = try store(), stop = StopFlag()
        let path = folder.write("a.jsonl", (0..<50).map(InterruptionTests.line).joined())
        _ = try Importer(store, batchSize: 10).importFile(path, now: now)
        let before = try StoreDump.all(store)
        stop.raise()
        let more = folder.write("b.jsonl", (50..<90).map(InterruptionTests.line).joined())
        #expect(throws: StoreError.self) { try stop.governing { try Importer(store).importFile(more, now: now) } }
        #expect(throws: StoreError.interrupted) { try stop.governing { try store.rebuildDerived() } }
        #expect(differences(try StoreDump.all(store), before) == [])
    }

    @Test("a trace that comes in many pieces is assessed once at the end, and equals the same trace in one piece")
    func pieces() throws {
        let lines = (0..<400).map(InterruptionTests.line)
        let pieces = try store()
        _ = try Importer(pieces, batchSize: 16).importFile(folder.write("a.jsonl", lines.joined()), now: now)
        let whole = try Store.open(path: folder.file("whole.db"), create: true)
        _ = try Importer(whole).importFile(folder.file("a.jsonl"), now: now)
        #expect(try pieces.facts().spans == 400)
        #expect(try pieces.trace("t3")?.spans == whole.trace("t3")?.spans)
        let connection = try pieces.writer()
        try connection.transaction {
            let session = try ImportSession(on: connection, assessor: Assessor(), batchSize: 10)
            try session.begin(source: "more", format: "test", size: nil, now: now)
            for number in 0..<700 {
                var span = SpanRecord(spanID: "more\(number)", kind: .llm)
                span.traceID = "t\(number % 7)"
                span.start = now
                try session.add(.span(span))
            }
            try session.finish()
            #expect(session.reassessed == 7, "70 batches added to 7 known traces")
        }
    }
}
