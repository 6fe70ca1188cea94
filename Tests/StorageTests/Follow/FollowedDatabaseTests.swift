import Glibc
import Model
import TestSupport
import Testing

@testable import Importing
@testable import Ingest
@testable import LocalStore
@testable import SQLite

@Suite("Following databases")
struct FollowedDatabaseTests {
    private let folder = TemporaryFolder()
    private let start = Timestamp(seconds: 1_763_800_000)

    private func database(_ journal: String = "WAL") throws -> Connection {
        let connection = try Connection(path: folder.file("live.db"), mode: .readWrite(create: true))
        try connection.execute("PRAGMA journal_mode = \(journal);" + LLMMetricsDatabase.tables)
        return connection
    }

    private func add(_ numbers: Range<Int>, to connection: Connection, error: String? = nil) throws {
        try connection.transaction {
            for number in numbers {
                let metadata = error.map { #"'{"error":"\#($0)"}'"# } ?? "NULL"
                try connection.execute(
                    """
                    INSERT INTO llm_generations(id, trace_id, created_at, start_time, end_time, model, metadata) VALUES(
                    'g\(number)', 't\(number / 2)', '2025-11-22 08:00:00', '2025-11-22 08:00:00', '2025-11-22 08:00:01', 'gpt-4o',
                    \(metadata))
                    """)
            }
        }
    }

    @Test("rows that another program adds to its database are read, each once, its log included", arguments: ["WAL", "DELETE"])
    func added(journal: String) throws {
        let live = try database(journal), store = try Store.open(path: folder.file("store.db"), create: true)
        try add(0..<10, to: live)
        let follower = Follower(store)
        #expect(try follower.follow(folder.file("live.db"), now: start).new == 10)
        try add(10..<13, to: live, error: "Request timed out.")
        let report = try #require(try follower.readNew(now: start + .seconds(1))?.first?.report)
        #expect((report.read, report.new) == (3, 3))
        #expect(try store.facts().errors == 3)
        #expect(try store.sources().first?.records == 13)
        // Folding the log into the file adds nothing.
        try live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _ = try follower.readNew(now: start + .seconds(2))
        #expect(try store.facts().spans == 13)
    }

    @Test("a row that is changed later is read again")
    func changed() throws {
        let live = try database(), store = try Store.open(path: folder.file("store.db"), create: true)
        try add(0..<5, to: live)
        let follower = Follower(store)
        _ = try follower.follow(folder.file("live.db"), now: start)
        try live.execute(
            #"UPDATE llm_generations SET metadata = '{"error":"Connection error."}', updated_at = '2025-11-22 08:01:00' WHERE id = 'g1'"#
        )
        #expect(try follower.readNew(now: start + .seconds(1))?.first?.report?.updated == 1)
        #expect(try store.facts().errors == 1)
    }

    @Test("rows that were renumbered are read whole again, and counted once")
    func renumbered() throws {
        let live = try database(), store = try Store.open(path: folder.file("store.db"), create: true)
        try add(0..<20, to: live)
        let follower = Follower(store)
        _ = try follower.follow(folder.file("live.db"), now: start)
        try live.execute("DELETE FROM llm_generations WHERE id IN ('g1', 'g2', 'g19')")
        try add(20..<22, to: live)
        try live.execute("VACUUM")
        let report = try #require(try follower.readNew(now: start + .seconds(1))?.first?.report)
        #expect((report.new, report.unchanged) == (2, 17))
        try add(22..<23, to: live)
        #expect(try follower.readNew(now: start + .seconds(2))?.first?.report?.read == 1)
    }

    @Test("a database that is gone is told of, and read on when it is back")
    func gone() throws {
        let live = try database("DELETE"), store = try Store.open(path: folder.file("store.db"), create: true)
        try add(0..<2, to: live)
        let follower = Follower(store)
        _ = try follower.follow(folder.file("live.db"), now: start)
        rename(folder.file("live.db"), folder.file("away.db"))
        #expect(try follower.readNew(now: start + .seconds(1))?.first?.problem?.contains("is missing") == true)
        #expect(try store.sources().first?.following?.problem != nil)
        #expect(try store.sources().first?.following?.checked == start)
        rename(folder.file("away.db"), folder.file("live.db"))
        _ = try follower.readNew(now: start + .seconds(2))
        #expect(try store.sources().first?.following?.problem == nil)
    }

    @Test("rows written while they are read come sooner or later, each once")
    func concurrent() throws {
        let live = try database(), store = try Store.open(path: folder.file("store.db"), create: true)
        try add(0..<1, to: live)
        let follower = Follower(store), path = folder.file("live.db")
        _ = try follower.follow(path, now: start)
        let writing = Thread {
            guard let other = try? Connection(path: path, mode: .readWrite(create: false)) else { return }
            for number in 1..<200 {
                try? other.execute(
                    "INSERT INTO llm_generations(id, trace_id, created_at, model) VALUES('g\(number)', 't', '2025-11-22 08:00:00', 'm')"
                )
                if number % 40 == 0 { try? other.execute("PRAGMA wal_checkpoint(PASSIVE)") }
            }
        }
        var last: Int64 = 0
        for second in 1..<40 {
            let committed = try live.integer("SELECT count(*) FROM llm_generations") ?? 0
            #expect(try follower.readNew(now: start + .seconds(Int64(second)))?.allSatisfy { $0.problem == nil } == true)
            let known = try store.facts().spans
            #expect(known >= committed && known >= last)
            last = known
        }
        writing.join()
        _ = try follower.readNew(now: start + .seconds(100))
        #expect(try store.facts().spans == 200)
    }
}
