import CSQLite
import Glibc
import Model
import QueryLanguage
import TestSupport
import Testing

@testable import SQLite

@Suite struct ConnectionTests {
    private let folder = TemporaryFolder()

    private func connection(cacheLimit: Int = 128) throws -> Connection {
        try Connection(path: folder.file("a.db"), mode: .readWrite(create: true), cacheLimit: cacheLimit)
    }

    @Test("a pipe or a device is refused at once as a database")
    func pipes() throws {
        let pipe = folder.file("pipe"), modes: [Connection.Mode] = [.readOnly, .immutable, .readWrite(create: true)]
        try #require(mkfifo(pipe, 0o600) == 0)
        for mode in modes {
            for path in [pipe, "/dev/null"] { #expect(throws: SQLError.self) { try Connection(path: path, mode: mode) } }
        }
    }

    @Test("a new file and its side files are readable by their owner only")
    func rights() throws {
        let connection = try connection()
        try connection.execute("PRAGMA journal_mode = WAL; CREATE TABLE t(x); INSERT INTO t VALUES(1);")
        #expect(Files.rights(folder.file("a.db")) == 0o600)
        #expect(Files.rights(folder.file("a.db-wal")) == 0o600)
        #expect(Files.rights(folder.file("a.db-shm")) == 0o600)
    }

    @Test("values of every kind come back as they were bound")
    func values() throws {
        let connection = try connection()
        let statement = try connection.prepare("SELECT ?, ?, ?, ?, ?, x'00ff'")
        for value in [.null, .integer(.min), .real(0.5), .text(""), .text("a\0b é 🙂")] as [StoredValue] { statement.bind(value) }
        #expect(try statement.step())
        let row = (0..<6).map { statement.value($0) }
        #expect(row == [.null, .integer(.min), .real(0.5), .text(""), .text("a\0b é 🙂"), .text("00ff")])
        #expect(try !statement.step())
    }

    @Test("the statement cache keeps no more than its limit, and lets go of the one used longest ago")
    func cacheLimit() throws {
        let connection = try connection(cacheLimit: 3)
        let first = try connection.statement("SELECT 1")
        for number in 2...3 { _ = try connection.statement("SELECT \(number)") }
        #expect(try connection.statement("SELECT 1") === first)
        _ = try connection.statement("SELECT 4")
        #expect(connection.cachedStatements == 3)
        #expect(try connection.statement("SELECT 1") === first)
        for number in 5...50 { _ = try connection.statement("SELECT \(number)") }
        #expect(connection.cachedStatements == 3)
        #expect(try connection.statement("SELECT 1") !== first)
    }

    @Test("a cached statement in the middle of its rows is not handed out again")
    func busyStatement() throws {
        let connection = try connection()
        let outer = try connection.statement("SELECT value FROM json_each('[1,2]')")
        #expect(try outer.step())
        let inner = try connection.statement("SELECT value FROM json_each('[1,2]')")
        #expect(inner !== outer)
        #expect(try inner.step() && inner.step() && !inner.step())
        #expect(try outer.step())
        #expect(outer.integer(0) == 2)
    }

    @Test("an error names its place and never a bound value")
    func errors() throws {
        let connection = try connection()
        let error = #expect(throws: SQLError.self) { try connection.prepare("SELECT missing FROM sqlite_master") }
        #expect(error?.offset == 7)
        #expect(error?.message == "no such column: missing")
        #expect(throws: SQLError.self) { try connection.prepare("SELECT 1; SELECT 2") }
        #expect(throws: SQLError.self) { try connection.prepare("  -- nothing") }
        #expect(throws: Never.self) { try connection.prepare("SELECT 1 ; \n") }
        try connection.execute("CREATE TABLE t(x UNIQUE); INSERT INTO t VALUES('secret');")
        let insert = try connection.prepare("INSERT INTO t VALUES(?)")
        insert.bind("secret")
        let refused = #expect(throws: SQLError.self) { try insert.run() }
        #expect(refused?.code == 2067)
        #expect(refused.map { "\($0) \($0.sql)".contains("secret") } == false)
    }

    @Test("a double-quoted word that is no column is an error, not a text")
    func doubleQuotes() throws {
        let connection = try connection()
        #expect(throws: SQLError.self) { try connection.prepare(#"SELECT "no column""#) }
    }

    @Test("a transaction that throws leaves nothing behind")
    func rollback() throws {
        let connection = try connection()
        try connection.execute("CREATE TABLE t(x)")
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try connection.transaction {
                try connection.execute("INSERT INTO t VALUES(1)")
                throw Stop()
            }
        }
        #expect(try connection.integer("SELECT count(*) FROM t") == 0)
        #expect(!connection.isInTransaction)
    }

    @Test("a second writer is told that the file is busy")
    func busy() throws {
        let first = try connection()
        try first.execute("CREATE TABLE t(x)")
        let second = try Connection(path: folder.file("a.db"), mode: .readWrite(create: false), busyMilliseconds: 20)
        try first.transaction {
            let error = #expect(throws: SQLError.self) { try second.transaction {} }
            #expect(error?.isBusy == true)
        }
    }

    private static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    @Test("a running statement is stopped from another thread")
    func interrupt() throws {
        let connection = try connection(), stop = StopFlag()
        withThread {
            usleep(20_000)
            stop.raise()
        } while: {
            let error = #expect(throws: SQLError.self) { try stop.governing { try connection.integer(ConnectionTests.endless) } }
            #expect(error?.isInterrupted == true)
        }
        #expect(try connection.integer("SELECT 7") == 7)
    }

    @Test("a raised flag stops only the work that it governs")
    func governed() throws {
        let connection = try connection(), stop = StopFlag()
        stop.raise()
        let million = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT count(*) FROM n"
        #expect(throws: SQLError.self) { try stop.governing { try connection.integer(million) } }
        #expect(try connection.integer(million) == 100_000)
        #expect(try stop.governing { try StopFlag.ignored { try connection.integer(million) } } == 100_000)
        let steady = try Connection(path: folder.file("b.db"), mode: .readWrite(create: true), isInterruptible: false)
        #expect(try stop.governing { try steady.integer(million) } == 100_000)
    }
}
