import Glibc
import Model
import QueryLanguage
import Testing

@testable import LocalStore
@testable import SQLite

@Suite struct StoreTests {
    private let folder = TemporaryFolder()

    @Test("a store is made with its version, and opens again")
    func create() throws {
        let path = folder.file("store.db")
        #expect(throws: StoreError.missing(path: path)) { try Store.open(path: path, create: false) }
        _ = try Store.open(path: path, create: true)
        #expect(Files.rights(path) == 0o600)
        let store = try Store.open(path: path, create: false)
        #expect(try store.number("SELECT count(*) FROM latency_cell") == Int64(LatencyCell.count))
        #expect(try store.facts().newest == nil)
        #expect(try store.facts().keepsSuccesses)
    }

    @Test("a file that is no store is refused with what it is")
    func foreign() throws {
        let text = folder.write("notes.txt", "hello")
        #expect(throws: StoreError.notAStore(path: text, found: "a text file")) { try Store.open(path: text, create: true) }
        #expect(Files.bytes(text) == Array("hello".utf8))
        let json = folder.write("traces.jsonl", "{\"id\":1}\n")
        #expect(throws: StoreError.notAStore(path: json, found: "JSON text: import it instead")) {
            try Store.open(path: json, create: true)
        }
        #expect(throws: StoreError.notAStore(path: folder.path, found: "a folder")) {
            try Store.open(path: folder.path, create: true)
        }
        let other = folder.file("other.db")
        try Connection(path: other, mode: .readWrite(create: true)).execute("CREATE TABLE cats(name)")
        let error = #expect(throws: StoreError.self) { try Store.open(path: other, create: true) }
        #expect(
            error?.description == "\(other) is not a Faultline store: it is a SQLite database of another program (tables cats)")
        let garbage = folder.write("bad.db", Array("SQLite format 3\0".utf8) + [UInt8](repeating: 7, count: 5000))
        #expect(throws: StoreError.self) { try Store.open(path: garbage, create: true) }
    }

    @Test("an empty file becomes a store")
    func empty() throws {
        let path = folder.write("empty.db", "")
        #expect(throws: Never.self) { try Store.open(path: path, create: true) }
    }

    @Test("a store of a newer program is refused, and stays as it is")
    func newer() throws {
        let path = folder.file("store.db")
        _ = try Store.open(path: path, create: true)
        try Connection(path: path, mode: .readWrite(create: false)).execute("PRAGMA user_version = 99")
        let error = #expect(throws: StoreError.self) { try Store.open(path: path, create: true) }
        #expect(error == .newer(path: path, version: 99, supported: Migrations.store.version))
        #expect(error?.description.contains("update faultline") == true)
    }

    @Test("missing steps are run once, in order, all or none")
    func migrations() throws {
        let connection = try Connection(path: folder.file("m.db"), mode: .readWrite(create: true))
        let one = Migrations(applicationID: 5, steps: [Migration("CREATE TABLE a(x); INSERT INTO a VALUES(1);")])
        try one.run(on: connection)
        try one.run(on: connection)
        let two = Migrations(applicationID: 5, steps: one.steps + [Migration("INSERT INTO a SELECT x + 1 FROM a")])
        try two.run(on: connection)
        try two.run(on: connection)
        #expect(try connection.integer("SELECT sum(x) FROM a") == 3)
        #expect(try two.state(of: connection) == .version(2))
        let broken = Migrations(
            applicationID: 5,
            steps: two.steps + [
                Migration("INSERT INTO a VALUES(10)"), Migration("INSERT INTO nowhere VALUES(1)"),
            ])
        #expect(throws: SQLError.self) { try broken.run(on: connection) }
        #expect(try connection.integer("SELECT sum(x) FROM a") == 3)
        #expect(try two.state(of: connection) == .version(2))
    }

    @Test("settings of the store and its pinned clock are kept")
    func meta() throws {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        #expect(try store.meta("colour") == nil)
        try store.setMeta("colour", "blue")
        #expect(try store.meta("colour") == "blue")
        try store.setMeta("colour", nil)
        #expect(try store.meta("colour") == nil)
        try store.setClock(Timestamp(nanoseconds: 1_763_733_900_000_000_001))
        #expect(try store.clock() == Timestamp(nanoseconds: 1_763_733_900_000_000_001))
        try store.setClock(nil)
        #expect(try store.clock() == nil)
    }

    @Test("an import that meets another writer says so and changes nothing")
    func busy() throws {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        let other = try Connection(path: folder.file("store.db"), mode: .readWrite(create: false))
        let writer = try store.writer()
        try other.transaction {
            writer.withoutWaiting {
                _ = #expect(throws: StoreError.busy(path: store.path)) { try store.setMeta("a", "b") }
            }
        }
        #expect(try store.meta("a") == nil)
    }

    @Test("sessions are noted in a file of their own")
    func sessions() throws {
        #expect(StateStore.path(besideStore: "/a/b/store.db") == "/a/b/store.db.state")
        #expect(StateStore.path(besideStore: "store.db") == "store.db.state")
        let path = StateStore.path(besideStore: folder.file("store.db"))
        let state = try StateStore.open(path: path)
        #expect(Files.rights(path) == 0o600)
        let first = try state.beginSession(at: Timestamp(seconds: 1))
        let second = try state.beginSession(at: Timestamp(seconds: 2))
        try state.addPiece("errors\n", toSession: first, isCell: true)
        try state.addPiece("errors\n", toSession: first, isCell: true)
        try state.endSession(first, at: Timestamp(seconds: 9))
        let sessions = try StateStore.open(path: path).sessions()
        #expect(sessions.map(\.id) == [second, first])
        #expect(sessions.map(\.statements) == [0, 2])
        #expect(sessions.map(\.endedAt) == [nil, Timestamp(seconds: 9)])
        #expect(throws: StoreError.self) { try Store.open(path: path, create: true) }
    }
}
