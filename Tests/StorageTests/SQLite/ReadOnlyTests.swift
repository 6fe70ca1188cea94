import Model
import QueryLanguage
import Testing

@testable import Importing
@testable import LocalStore
@testable import SQLite

@Suite struct ReadOnlyTests {
    private let folder = TemporaryFolder()

    private func store() throws -> Store {
        let store = try Store.open(path: folder.file("store.db"), create: true)
        var span = SpanRecord(spanID: "a", kind: .llm)
        span.traceID = "t"
        span.start = Timestamp(seconds: 10)
        span.status = .error
        span.statusMessage = "Connection error."
        _ = try Importer(store).importRecords("a", format: "test", now: Timestamp(seconds: 20), [.span(span)])
        return store
    }

    private static let writing = [
        "INSERT INTO meta VALUES('a', 1)", "DELETE FROM span", "UPDATE trace SET name = 'x'", "DROP TABLE span",
        "CREATE TABLE x(y)", "CREATE TEMP TABLE x(y)", "CREATE TEMP VIEW x AS SELECT 1", "ATTACH 'other.db' AS o",
        "DETACH main", "PRAGMA user_version = 9", "PRAGMA journal_mode = DELETE", "PRAGMA query_only = OFF",
        "PRAGMA writable_schema = ON", "SELECT load_extension('x.so')", "BEGIN", "VACUUM INTO 'copy.db'", "REINDEX",
        "ANALYZE", "UPDATE sqlite_master SET sql = ''", "INSERT INTO message_index(message_index) VALUES('delete-all')",
        "SAVEPOINT a",
    ]

    private static let reading = [
        "SELECT count(*) FROM span",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3) SELECT * FROM n",
        "SELECT rowid FROM message_index WHERE text LIKE '%nection%'", "PRAGMA table_info(span)",
        "SELECT name FROM pragma_table_list", "SELECT json_extract('{\"a\":1}', '$.a')", "EXPLAIN QUERY PLAN SELECT 1",
        "SELECT * FROM llm_generations", "SELECT * FROM llm_traces", "SELECT * FROM llm_events",
    ]

    @Test("the reading connection refuses everything but reading")
    func refused() throws {
        let store = try store()
        for sql in ReadOnlyTests.writing {
            #expect(throws: SQLError.self, "\(sql)") { try store.ask(sql) }
        }
        #expect(try store.number("SELECT count(*) FROM span") == 1)
    }

    @Test("reading of every kind is allowed")
    func allowed() throws {
        let store = try store()
        for sql in ReadOnlyTests.reading {
            #expect(throws: Never.self, "\(sql)") { try store.ask(sql) }
        }
    }

    @Test("a snapshot sees one state, whatever is imported meanwhile")
    func snapshot() throws {
        let store = try store()
        let other = try Store.open(path: folder.file("store.db"), create: false)
        try store.snapshot {
            let before = try store.number("SELECT count(*) FROM span")
            _ = try Importer(other).importRecords(
                "b", format: "test", now: Timestamp(seconds: 20), [.span(SpanRecord(spanID: "b", kind: .llm))])
            #expect(try store.number("SELECT count(*) FROM span") == before)
        }
        #expect(try store.number("SELECT count(*) FROM span") == 2)
        #expect(throws: SQLError.self) { try store.ask("BEGIN") }
    }

    @Test("columns, plan and rows of a statement are told")
    func eachRow() throws {
        let store = try store()
        var rows: [[StoredValue]] = []
        let names = try store.eachRow(of: SQLStatement(text: "SELECT ? AS a, 2 AS b", bindings: [.text("x")])) { rows.append($0) }
        #expect(names == ["a", "b"])
        #expect(rows == [[.text("x"), .integer(2)]])
        #expect(
            try store.plan(of: SQLStatement(text: "SELECT * FROM span WHERE span_id = 'a'")).first?.contains("span_identity")
                == true)
    }
}
