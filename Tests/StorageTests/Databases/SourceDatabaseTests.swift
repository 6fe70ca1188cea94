import Glibc
import Model
import Testing

@testable import Importing
@testable import Ingest
@testable import LocalStore
@testable import SQLite

/// Databases of other programs are only read, whatever they hold and whatever lies beside them.
@Suite("Sources are only read")
struct SourceDatabaseTests {
    private let folder = TemporaryFolder()
    private let now = Timestamp(seconds: 1_763_800_000)

    private static let rows = (0..<20).map { number in
        """
        INSERT INTO llm_traces(id, trace_id, created_at, name) VALUES('t\(number)', 't\(number)', '2026-11-20 10:00:00', 'x');
        INSERT INTO llm_generations(id, trace_id, created_at, start_time, end_time, model, completion_text, metadata)
            VALUES('g\(number)', 't\(number)', '2026-11-20 10:00:00', '2026-11-20 10:00:00', '2026-11-20 10:00:01', 'gpt-4o', 'ok', '{}');
        """
    }.joined()

    @discardableResult
    private func make(_ name: String, journal: String = "DELETE", more: String = "") throws -> Connection {
        let connection = try Connection(path: folder.file(name), mode: .readWrite(create: true))
        try connection.execute("PRAGMA journal_mode = \(journal); PRAGMA wal_autocheckpoint = 0;")
        try connection.execute(LLMMetricsDatabase.tables + SourceDatabaseTests.rows + more)
        return connection
    }

    /// Every file of the folder but the store's, with its bytes.
    private func files() -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        guard let directory = opendir(folder.path) else { return files }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // What programs share while they run is written by all of them.
            if name != ".", name != "..", name != "live.db-shm", !name.hasPrefix("store") {
                files[name] = Files.bytes(folder.file(name))
            }
        }
        return files
    }

    /// Imports into a new store, looks at the zones as the shell does, and expects that no file has changed.
    private func imported(_ name: String) throws -> ImportReport {
        for ending in ["", "-wal", "-shm"] { unlink(folder.file("store.db" + ending)) }
        let before = files()
        let store = try Store.open(path: folder.file("store.db"), create: true)
        let report = try Importer(store).importFile(folder.file(name), now: now)
        _ = store.timeSpelling(of: folder.file(name))
        #expect(files() == before, "\(name)")
        return report
    }

    @Test("a log without its index, with a stale one, emptied or missing: nothing appears beside the source")
    func logs() throws {
        let live = try make("live.db", journal: "WAL")
        #expect(try imported("live.db").new == 40, "while its program runs")
        for name in ["bare.db", "stale.db"] {
            folder.copy("live.db", to: name)
            folder.copy("live.db-wal", to: name + "-wal")
        }
        folder.copy("live.db-shm", to: "stale.db-shm")
        #expect(try imported("bare.db").new == 40)
        #expect(try imported("stale.db").new == 40)
        try live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(try imported("live.db").new == 40)
        folder.copy("live.db", to: "merged.db")
        #expect(try imported("merged.db").new == 40)
        folder.write("merged.db-wal", "")
        #expect(try imported("merged.db").new == 40)
    }

    @Test("a change that a crash left half done is undone in a copy")
    func hotJournal() throws {
        let writer = try make("live.db")
        try writer.execute(
            "PRAGMA cache_size = 2; BEGIN; UPDATE llm_generations SET completion_text = hex(randomblob(3000)), model = 'wrong'")
        folder.copy("live.db", to: "crashed.db")
        folder.copy("live.db-journal", to: "crashed.db-journal")
        try #require(Files.bytes(folder.file("crashed.db-journal"))?.isEmpty == false)
        #expect(try imported("crashed.db").new == 40)
        let store = try Store.open(path: folder.file("store.db"), create: false)
        #expect(try store.trace("t3")?.spans.first?.record.modelRequested == "gpt-4o")
        #expect(files().keys.filter { $0.contains("reading") }.isEmpty)
    }

    @Test("a source that is written while it is read as one that nobody writes is read again")
    func moved() throws {
        try make("metrics.db", journal: "WAL")
        let source = try SourceDatabase.open(path: folder.file("metrics.db"), scratch: folder.file("scratch"))
        try source.expectStill()
        try Connection(path: folder.file("metrics.db"), mode: .readWrite(create: false)).execute("DELETE FROM llm_events")
        let other = try Connection(path: folder.file("metrics.db"), mode: .readWrite(create: false))
        try other.execute("DELETE FROM llm_traces")
        #expect(throws: IngestError.self) { try source.expectStill() }
    }

    @Test("a row that cannot be read is skipped and named, in tables and joins, and the rows behind it are read")
    func badRows() throws {
        try make(
            "metrics.db",
            more: """
                UPDATE llm_generations SET metadata = x'0001ff' WHERE id IN ('g3', 'g4', 'g19');
                UPDATE llm_generations SET prompt_text = zeroblob(80000000) WHERE id = 'g7';
                UPDATE llm_traces SET name = x'00ff' WHERE id = 't5';
                """)
        let report = try imported("metrics.db")
        #expect((report.read, report.problemCount) == (36, 4))
        #expect(report.problems.map(\.line).sorted() == [4, 5, 8, 20], "\(report.problems)")

        let phoenix = try Connection(path: folder.file("phoenix.db"), mode: .readWrite(create: true))
        phoenix.trustSchema()
        try phoenix.execute(ForeignSample.phoenix)
        try phoenix.execute("UPDATE spans SET name = x'00' WHERE id = 2")
        let spans = try imported("phoenix.db")
        #expect(spans.problemCount == 1 && spans.problems.first?.line == 2 && spans.read > 1, "\(spans)")
    }

    @Test("views, virtual tables, triggers and damaged parts of a schema that are not needed are never touched")
    func hostileSchema() throws {
        let connection = try make(
            "metrics.db",
            more: """
                CREATE VIEW broken AS SELECT missing FROM absent;
                CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                    SELECT i, zeroblob(1000000000) FROM n;
                CREATE VIRTUAL TABLE search USING fts5(text);
                CREATE/**/VIRTUAL TABLE other USING fts5(text);
                CREATE TRIGGER gone AFTER INSERT ON llm_events BEGIN DELETE FROM llm_traces; END;
                """)
        #expect(try imported("metrics.db").new == 40)
        connection.configure(SourceDatabaseTests.defensive, false)
        try connection.execute(
            "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES('view', 'bad', 'bad', 0, 'CREATE VIEW bad AS SELEC 1')"
        )
        #expect(try imported("metrics.db").new == 40)
    }

    @Test("a view in the place of a table is refused by name")
    func viewForTable() throws {
        try make(
            "metrics.db",
            more: """
                ALTER TABLE llm_generations RENAME TO real;
                CREATE VIEW llm_generations AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                    SELECT real.*, zeroblob(1000000000) FROM real, n;
                """)
        let error = #expect(throws: StoreError.self) { try imported("metrics.db") }
        #expect(error?.description.contains("llm_generations is a view; views are not read") == true, "\(error as Any)")
    }

    @Test("a computed column that is read may give no more than a megabyte; its row is skipped and named")
    func computed() throws {
        try make(
            "metrics.db",
            more: "ALTER TABLE llm_generations ADD COLUMN prompt_text2 TEXT GENERATED ALWAYS AS (hex(zeroblob(30000000))) VIRTUAL"
        )
        #expect(try imported("metrics.db").new == 40, "a column that is not read costs nothing")
        let path = folder.file("metrics.db")
        try Connection(path: path, mode: .readWrite(create: false)).execute(
            """
            ALTER TABLE llm_generations RENAME COLUMN completion_text TO c2;
            ALTER TABLE llm_generations RENAME COLUMN prompt_text2 TO completion_text;
            """)
        let report = try imported("metrics.db")
        #expect((report.read, report.problemCount) == (20, 20))
        #expect(report.problems.allSatisfy { $0.what.contains("too big") }, "\(report.problems)")
    }

    @Test("a source whose reading takes more rows, steps or time than a file of its size can need is given up")
    func givenUp() throws {
        let connection = try Connection(path: folder.file("computed.db"), mode: .readWrite(create: true))
        try connection.execute(
            """
            CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT GENERATED ALWAYS AS (hex(zeroblob(400000))) VIRTUAL,
                c TEXT GENERATED ALWAYS AS (length(hex(hex(hex(zeroblob(100000 + a)))))) VIRTUAL);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO t(a) SELECT i FROM n;
            """)
        func read(_ columns: String, _ allowance: SourceAllowance) throws {
            let rows = try SourceRows("SELECT \(columns), a FROM t ORDER BY a", on: connection, allowance)
            while try rows.step({ _, _ in }) {}
        }
        func givesUp(_ body: () throws -> Void) {
            let error = #expect(throws: SQLError.self) { try body() }
            #expect(error?.isGivenUp == true, "\(error as Any)")
            let shown = error.map { StoreError($0, path: "metrics.db").description }
            #expect(shown?.hasPrefix("metrics.db: gave up on it: reading it takes more work") == true, "\(shown ?? "")")
        }
        try read("a", SourceAllowance(bytes: 8192, on: connection))
        givesUp { try read("b", SourceAllowance(bytes: 8192, on: connection)) }
        givesUp { try read("c", SourceAllowance(bytes: 8192, on: connection, time: .milliseconds(20))) }
        connection.allow(steps: 200_000)
        try read("a", SourceAllowance(bytes: 8192, on: connection))
        givesUp {
            _ = try connection.integer(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
        }
        givesUp { try read("a", SourceAllowance(bytes: 8192, on: connection)) }
    }

    @Test("a view of an older store that has one of our names but asks something else is refused, not dropped")
    func formerName() throws {
        let path = folder.file("store.db")
        do { _ = try Store.open(path: path, create: true) }
        try Connection(path: path, mode: .readWrite(create: false)).execute(
            "CREATE VIEW llm_traces AS SELECT 1; PRAGMA user_version = 4")
        let error = #expect(throws: StoreError.self) { try Store.open(path: path, create: false) }
        #expect(
            error?.description.contains("contains the view `llm_traces`, which Faultline did not create") == true,
            "\(error as Any)")
    }

    @Test("a store with a trigger or a foreign view is not opened")
    func intruders() throws {
        for (name, sql) in [
            ("trigger", "CREATE TRIGGER evil AFTER INSERT ON span BEGIN DELETE FROM trace; END"),
            ("view", "CREATE VIEW evil AS SELECT 1"),
        ] {
            let path = folder.file("store-\(name).db")
            do { _ = try Store.open(path: path, create: true) }
            try Connection(path: path, mode: .readWrite(create: false)).execute(sql)
            let error = #expect(throws: StoreError.self) { try Store.open(path: path, create: false) }
            #expect(
                error?.description.contains("contains the \(name) `evil`, which Faultline did not create") == true,
                "\(error as Any)")
            let state = folder.file("state-\(name).db")
            do { _ = try StateStore.open(path: state) }
            try Connection(path: state, mode: .readWrite(create: false)).execute(
                name == "view" ? sql : "CREATE TRIGGER evil AFTER INSERT ON session BEGIN DELETE FROM alert_rule; END")
            #expect(throws: StoreError.self) { try StateStore.open(path: state) }
        }
    }

    /// `SQLITE_DBCONFIG_DEFENSIVE`.
    private static let defensive: Int32 = 1010
}
