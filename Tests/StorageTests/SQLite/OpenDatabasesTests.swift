import Glibc
import Ingest
import Model
import Testing

@testable import Importing
@testable import LocalStore
@testable import SQLite

/// Descriptors of databases that are open here are never closed, because that would take SQLite's locks away.
@Suite("Databases that are open") struct OpenDatabasesTests {
    private let folder = TemporaryFolder()

    /// The locks that this process has on a file, as the system lists them.
    private func locks(_ path: String) -> [String] {
        var status = stat()
        stat(path, &status)
        let end = ":\(status.st_ino) "
        let text = String(decoding: Files.bytes("/proc/locks") ?? [], as: UTF8.self)
        return text.split(separator: "\n").map(String.init).filter { $0.contains(" \(getpid()) ") && $0.contains(end) }
    }

    @Test("no probe of an open database takes its locks away")
    func probes() throws {
        let path = folder.file("live.db")
        let connection = try Connection(path: path, mode: .readWrite(create: true))
        try connection.execute("PRAGMA journal_mode = WAL; CREATE TABLE a(x); BEGIN IMMEDIATE; INSERT INTO a VALUES(1)")
        let main = locks(path).count, shared = locks(path + "-shm").count
        #expect(main > 0 && shared > 0)
        symlink(path, folder.file("link"))
        link(path, folder.file("second"))
        for name in [path, folder.file("link"), folder.file("second")] {
            #expect(FileKind.of(name) == .sqlite && FileKind.isWriteAheadLogged(name))
            #expect(OpenDatabases.isDatabase(name))
            #expect(throws: InputFile.Failure.self) { _ = try InputFile(path: name) }
            #expect(throws: IngestError.self) { _ = try SourceReader(path: name) }
            #expect(throws: IngestError.self) { _ = try GrowingFile(path: name) }
        }
        #expect(throws: InputFile.Failure.self) { _ = try InputFile(path: path + "-shm") }
        #expect(locks(path).count == main && locks(path + "-shm").count == shared)
        try connection.execute("COMMIT")
    }

    @Test("a file that was opened before it became a database is closed with the last connection")
    func order() throws {
        let path = folder.write("late.db", "")
        var early: InputFile? = try InputFile(path: path)
        let descriptor = try #require(early?.descriptor)
        var connection: Connection? = try Connection(path: path, mode: .readWrite(create: false))
        try connection?.execute("CREATE TABLE a(x); BEGIN IMMEDIATE")
        let before = locks(path).count
        early = nil
        #expect(before > 0 && locks(path).count == before)
        #expect(fcntl(descriptor, F_GETFD) >= 0)
        var statement = try connection?.prepare("SELECT 1")
        connection = nil
        #expect(fcntl(descriptor, F_GETFD) >= 0, "a statement keeps its connection")
        #expect(try statement?.step() == true)
        statement = nil
        #expect(fcntl(descriptor, F_GETFD) < 0)
    }

    @Test("many looks at an open database need one descriptor")
    func descriptors() throws {
        let path = folder.file("live.db")
        let connection = try Connection(path: path, mode: .readWrite(create: true))
        try connection.execute("CREATE TABLE a(x)")
        func open() -> Int { (0..<1024).count { fcntl($0, F_GETFD) >= 0 } }
        _ = FileKind.of(path)
        let before = open()
        for _ in 0..<50 { #expect(FileKind.of(path) == .sqlite) }
        // Other tests open files meanwhile.
        #expect(open() < before + 40)
        try connection.execute("INSERT INTO a VALUES(1)")
    }

    @Test("a full disk is an error that says so, and nothing is lost")
    func full() throws {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        var span = SpanRecord(spanID: "s", kind: .llm)
        span.traceID = "t"
        _ = try Importer(store).importRecords("a", format: "test", now: Timestamp(seconds: 1), [.span(span)])
        let before = try StoreDump.all(store)
        let writer = try store.writer()
        try writer.execute("PRAGMA max_page_count = 1")
        let many = (0..<2000).map { number -> Record in
            var span = SpanRecord(spanID: "s\(number)", kind: .llm)
            span.traceID = "u\(number)"
            return .span(span)
        }
        let error = #expect(throws: StoreError.self) {
            try Importer(store).importRecords("b", format: "test", now: Timestamp(seconds: 2), many)
        }
        #expect(error?.description.contains("the disk is full") == true, "\(String(describing: error))")
        #expect(differences(try StoreDump.all(store), before) == [])
        try writer.execute("PRAGMA max_page_count = 1000000")
        _ = try Importer(store).importRecords("b", format: "test", now: Timestamp(seconds: 2), many)
        #expect(try store.facts().spans == 2001)
    }
}
