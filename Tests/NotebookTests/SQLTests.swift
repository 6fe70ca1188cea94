import Model
import QueryLanguage
import Testing

@testable import Notebook
@testable import Platform

@Suite("SQL of one's own, and explain")
struct SQLTests {
    @Test("a query answers with its columns and rows; ids stay ungrouped and missing values are marked")
    func query() throws {
        let reply = try openSession().run("sql SELECT 1234567 AS id, 'a' AS name, NULL AS gap, 1.5 AS x")
        #expect(reply.exit == .ok)
        let lines = reply.output.split(separator: "\n")
        #expect(lines[0].split(separator: " ") == ["id", "name", "gap", "x"])
        #expect(lines.last?.contains("1234567") == true)
    }

    @Test("a semicolon at the end, comments and several lines are fine")
    func forms() throws {
        for sql in [
            "sql SELECT 1;", "sql SELECT 1 -- one", "sql SELECT\n  1", "sql WITH a AS (SELECT 2) SELECT * FROM a", "SQL select 1",
        ] {
            #expect(try openSession().run(sql).exit == .ok, "\(sql)")
        }
    }

    @Test(
        "a statement that would write is refused in words, and nothing changes",
        arguments: [
            "DELETE FROM span", "UPDATE trace SET name = 'x'", "INSERT INTO meta VALUES('a', 'b')", "DROP TABLE call",
            "CREATE TABLE x(a)",
            "CREATE TEMP TABLE x(a)", "CREATE VIEW v AS SELECT 1", "ALTER TABLE span RENAME TO s", "REINDEX", "ANALYZE", "VACUUM",
            "VACUUM INTO 'copy.db'", "PRAGMA query_only = OFF", "PRAGMA journal_mode = DELETE", "PRAGMA writable_schema = ON",
            "BEGIN", "BEGIN EXCLUSIVE", "COMMIT", "SAVEPOINT a", "WITH a AS (SELECT 1) DELETE FROM span",
            "REPLACE INTO meta VALUES('a', 1)",
            "DELETE FROM span RETURNING id", "INSERT INTO message_index(message_index) VALUES('delete-all')",
        ])
    func writes(_ sql: String) throws {
        let session = try openSession()
        let count = session.run("sql SELECT count(*) AS n FROM span").output
        let reply = session.run("sql " + sql)
        #expect(reply.exit == .wrong && reply.output.isEmpty, "\(sql): \(reply.shown)")
        #expect(reply.narration.contains("read"), "\(reply.narration)")
        #expect(session.run("sql SELECT count(*) AS n FROM span").output == count)
    }

    @Test("another database cannot be attached, and no file read or code loaded")
    func attach() throws {
        let folder = TemporaryFolder()
        for sql in [
            "ATTACH '\(folder.file("x.db"))' AS x", "ATTACH ':memory:' AS x", "DETACH main", "SELECT load_extension('x')",
            "SELECT readfile('/etc/hostname')", "SELECT writefile('\(folder.file("y"))', 'x')",
        ] {
            #expect(try openSession().run("sql " + sql).exit == .wrong, "\(sql)")
        }
        #expect(!Files.exists(folder.file("x.db")) && !Files.exists(folder.file("y")))
    }

    @Test("two statements are not one")
    func several() throws {
        let session = try openSession()
        let reply = session.run("sql SELECT 1; DELETE FROM span")
        #expect(reply.exit == .wrong)
        #expect(session.run("sql SELECT count(*) > 0 AS some FROM span").output.contains("1"))
    }

    @Test(
        "the caret of a mistake in SQL stands where SQLite found it",
        arguments: [
            ("sql SELEC 1", 4), ("sql SELECT modell FROM span", 11), ("sql SELECT id FRM span", 18),
            ("sql SELECT '日本', nope FROM span", 19),
            ("sql   SELECT (1", nil), ("sql SELECT * FROM nowhere", nil),
        ] as [(String, Int?)])
    func carets(_ statement: String, _ column: Int?) throws {
        let reply = try openSession().run(statement)
        #expect(reply.exit == .wrong && reply.narration.contains("[sql]"), "\(reply.shown)")
        let lines = reply.narration.split(separator: "\n")
        #expect(lines[0] == statement[...])
        if let column { #expect(lines[1].prefix { $0 == " " }.count == column, "\(reply.narration)") }
        #expect(lines[1].contains("^"))
    }

    @Test("a result of more than 10,000 rows is cut, and says so")
    func cut() throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        let reply = try openSession().run("sql " + endless)
        #expect(reply.exit == .ok && reply.narration.contains("10000") && reply.narration.contains("LIMIT"))
        #expect(reply.output.split(separator: "\n").count >= 10_000)
    }

    @Test("the columns of the public metrics schema are there, whole")
    func publicSchema() throws {
        for view in ["llm_generations", "llm_traces", "llm_events"] {
            #expect(try openSession().run("sql SELECT * FROM \(view) LIMIT 3").exit == .ok)
        }
    }

    // MARK: Explain

    @Test("explain shows placeholders, never the value in the text, and every value beside its placeholder")
    func explain() throws {
        let reply = try openSession().run("explain errors where model = \"gpt-4o\" and latency > 7s last 24h")
        #expect(reply.exit == .ok)
        let lines = reply.output.split(separator: "\n").map(String.init)
        let values = lines.filter { $0.hasPrefix("  ?") }
        #expect(values.contains { $0.hasSuffix("= 'gpt-4o'") } && values.contains { $0.hasSuffix("= 7000000000") })
        let sql = lines.filter { !$0.hasPrefix("  ?") }.joined(separator: "\n")
        #expect(sql.contains("?") && sql.contains("SELECT") && !sql.contains("gpt-4o") && !sql.contains("7000000000"))
        #expect(lines.contains { $0.contains("SCAN") || $0.contains("SEARCH") })
        #expect(lines.contains { $0.contains(" row") })
    }

    @Test("placeholders are as many as values, for every example of the tables")
    func placeholders() throws {
        let session = try openSession()
        for statement in StatementTests.examples
        where ["errors", "calls", "failures", "traces"].contains(where: statement.hasPrefix) {
            guard let syntax = Parser.query(statement).query else { continue }
            for planned in try session.compile(syntax, statement, []).statements {
                let sql = try session.engine.explain(planned)
                #expect(sql.text.filter { $0 == "?" }.count == sql.bindings.count, "\(sql.text)")
            }
        }
    }

    @Test("a value that looks like SQL stays a value")
    func injection() throws {
        let session = try openSession()
        for value in ["x'; DROP TABLE span; --", "' OR 1=1 --", "\\\" OR 1=1", "%", "a' UNION SELECT * FROM meta --"] {
            let reply = session.run("errors where message has \"\(value)\" all show count as csv")
            #expect(reply.exit == .ok && reply.output == "count\r\n0\r\n", "\(value): \(reply.shown)")
        }
        #expect(session.run("errors show count all as csv").output != "count\r\n0\r\n")
    }
}
