import Model
import TestSupport
import Testing

@testable import Importing
@testable import LocalStore
@testable import SQLite

/// Databases of every schema are read on from where they were left.
@Suite("Following databases of other programs")
struct FollowedSchemaTests {
    private let folder = TemporaryFolder()
    private let start = Timestamp(seconds: 1_763_800_000)

    /// A database, a statement that adds what makes so many records, and those records.
    struct Addition: Sendable, CustomTestStringConvertible {
        var name: String, tables: String, statement: String, records: Int
        var testDescription: String { name }
    }

    static let additions = [
        Addition(
            name: "phoenix", tables: ForeignSample.phoenix,
            statement: """
                INSERT INTO spans VALUES(4, 1, 'eee19b7ec3c1b176', NULL, 'chat', 'LLM', '2025-10-11 09:01:00', '2025-10-11 09:01:01',
                  '{"llm":{"model_name":"gpt-4o"}}', '[]', 'OK', '', 0)
                """, records: 1),
        Addition(
            name: "dashboard", tables: ForeignSample.dashboard,
            statement:
                "INSERT INTO generations(id, trace_id, model, created_at) VALUES('g-4', 't-1', 'gpt-4o', '2025-10-11T09:01:00')",
            records: 1),
        Addition(
            name: "mlflow", tables: ForeignSample.mlflow,
            statement:
                "INSERT INTO trace_info VALUES('tr-00000000000000000000000000000abd', 1, 1760173400000, 6, 'OK', NULL, NULL)",
            // The trace, the span that stands for its absent ones, and the span of the sample that never ended.
            records: 3),
        Addition(
            name: "llm", tables: ForeignSample.llm,
            statement: """
                INSERT INTO responses(id, model, prompt, response, datetime_utc) VALUES('01k2', 'gpt-4o', 'a', 'b',
                  '2025-07-01T09:01:00+00:00')
                """, records: 1),
        Addition(
            name: "spend", tables: ForeignSample.spend,
            statement: """
                INSERT INTO "LiteLLM_SpendLogs" VALUES('c-3', 'acompletion', 0.1, '2025-10-11 09:01:02.000', '2025-10-11 09:01:02.400',
                  'gpt-4o', 'openai', '{}', 'None', 'success')
                """, records: 1),
    ]

    private func database(_ sql: String) throws -> Connection {
        let connection = try Connection(path: folder.file("live.db"), mode: .readWrite(create: true))
        connection.trustSchema()
        try connection.execute("PRAGMA journal_mode = WAL;" + sql)
        return connection
    }

    @Test("only rows that were added are read, and only when there are any", arguments: additions)
    func added(_ addition: Addition) throws {
        let live = try database(addition.tables), store = try Store.open(path: folder.file("store.db"), create: true)
        let follower = Follower(store)
        let first = try follower.follow(folder.file("live.db"), now: start)
        #expect(first.read > 0)
        try live.execute(addition.statement)
        let report = try #require(try follower.readNew(now: start + .seconds(1))?.first?.report)
        #expect(report.read == addition.records && report.new > 0)
        // The whole file, imported beside, has nothing that is not known.
        let whole = try Importer(store).importFile(folder.file("live.db"), now: start + .seconds(2))
        #expect((whole.new, whole.updated) == (0, 0))
    }

    @Test("a cost that comes after its span is read with it")
    func lateCost() throws {
        let live = try database(ForeignSample.phoenix), store = try Store.open(path: folder.file("store.db"), create: true)
        let follower = Follower(store)
        _ = try follower.follow(folder.file("live.db"), now: start)
        try live.execute("INSERT INTO span_costs VALUES(2, 2, 0.5)")
        let report = try #require(try follower.readNew(now: start + .seconds(1))?.first?.report)
        #expect((report.read, report.updated) == (2, 1))
        let spans = try #require(try store.trace("5b8efff798038103d269b633813fc60c")).spans
        #expect(spans.first { $0.record.spanID == "eee19b7ec3c1b174" }?.record.cost == Money(dollars: 0.5))
    }

    @Test("a span that was running is read again when it has ended")
    func ended() throws {
        let live = try database(ForeignSample.mlflow), store = try Store.open(path: folder.file("store.db"), create: true)
        let follower = Follower(store)
        _ = try follower.follow(folder.file("live.db"), now: start)
        try live.execute("UPDATE spans SET end_time_unix_nano = 1760173200005000000 WHERE span_id = '36e2463f41ba728d'")
        let report = try #require(try follower.readNew(now: start + .seconds(1))?.first?.report)
        #expect(report.updated == 1)
        // Now nothing is awaited any more.
        try live.execute("CREATE TABLE another(x)")
        let quiet = try follower.readNew(now: start + .seconds(2))
        #expect(quiet?.first?.report.map { $0.read } ?? 0 == 0)
    }

    @Test("a row that is replaced under a new number does not make the rest be read again")
    func replaced() throws {
        let live = try database(ForeignSample.dashboard), store = try Store.open(path: folder.file("store.db"), create: true)
        let follower = Follower(store)
        _ = try follower.follow(folder.file("live.db"), now: start)
        try live.execute(
            """
            INSERT OR REPLACE INTO traces(id, name, created_at, updated_at) VALUES('t-1', 'task', '2025-10-11T09:00:00',
              '2025-10-11T09:05:00')
            """)
        let report = try #require(try follower.readNew(now: start + .seconds(1))?.first?.report)
        #expect((report.read, report.updated) == (1, 1))
    }

    @Test("rows that another thread adds to a large database meanwhile come once each, and cost what they are")
    func concurrent() throws {
        let live = try database(ForeignSample.phoenix), store = try Store.open(path: folder.file("store.db"), create: true)
        func insert(_ range: String) -> String {
            """
            WITH RECURSIVE n(i) AS (SELECT \(range.split(separator: "-")[0]) UNION ALL SELECT i + 1 FROM n
              WHERE i < \(range.split(separator: "-")[1]))
            INSERT INTO spans SELECT i, 1, printf('%016x', i), NULL, 'chat', 'LLM', '2025-10-11 09:01:00', '2025-10-11 09:01:01',
              '{"llm":{"model_name":"gpt-4o"}}', '[]', CASE i % 10 WHEN 0 THEN 'ERROR' ELSE 'OK' END, '', 0 FROM n
            """
        }
        try live.execute(insert("10-2000"))
        let follower = Follower(store), path = folder.file("live.db")
        #expect(try follower.follow(path, now: start).read > 1990)
        let statements = (0..<60).map { insert("\(3000 + $0 * 2)-\(3001 + $0 * 2)") }
        let writing = Thread {
            guard let other = try? Connection(path: path, mode: .readWrite(create: false)) else { return }
            other.trustSchema()
            for (index, statement) in statements.enumerated() {
                try? other.execute(statement)
                if index % 20 == 0 { try? other.execute("PRAGMA wal_checkpoint(PASSIVE)") }
            }
        }
        var read = 0
        for second in 1..<25 {
            let committed = try live.integer("SELECT count(*) FROM spans") ?? 0
            let news = try #require(try follower.readNew(now: start + .seconds(Int64(second))))
            #expect(news.allSatisfy { $0.problem == nil })
            read += news.reduce(0) { $0 + ($1.report?.read ?? 0) }
            #expect(try store.facts().spans >= committed)
        }
        writing.join()
        read += try follower.readNew(now: start + .seconds(100))?.first?.report?.read ?? 0
        #expect(try store.facts().spans == live.integer("SELECT count(*) FROM spans"))
        #expect(read == 120)
    }
}
