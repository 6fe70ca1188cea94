import Errors
import Glibc
import Ingest
import Model
import Synchronization
import Testing
import TestSupport

@testable import LocalStore
@testable import SQLite

/// Files that released programs made, one of each version, in `Tests/Fixtures/stores`.
@Suite("Migrations") struct MigrationTests {
    private let folder = TemporaryFolder()

    /// `1-early` has the latency cells and indexes of the first builds.
    private static let stores = ["1-early", "1", "2", "3", "4", "5", "6"]
    /// Those that are brought to a newer version; what the present one derives on import has ids in the order of import.
    private static let older = stores.dropLast()
    private static let states = ["1", "2", "3", "4", "5"]

    private func unpacked(_ name: String, as other: String) throws -> String {
        var reader = try SourceReader(path: Fixtures.root + "/Tests/Fixtures/stores/\(name).db.gz")
        let path = folder.write(other, "")
        let file = open(path, O_WRONLY)
        defer { close(file) }
        try reader.unpack(to: file)
        return path
    }

    private func names(_ connection: Connection, type: String) throws -> [String] {
        let statement = try connection.prepare("SELECT name FROM sqlite_master WHERE type = ? ORDER BY name")
        statement.bind(type)
        var names: [String] = []
        while try statement.step() { names.append(statement.text(0) ?? "") }
        return names
    }

    private func columns(_ table: String, _ connection: Connection) throws -> [String] {
        let statement = try connection.prepare("SELECT name FROM pragma_table_info('\(table)')")
        var names: [String] = []
        while try statement.step() { names.append(statement.text(0) ?? "") }
        return names
    }

    /// The rows of a table, sorted: of these columns, or of all.
    private func rows(_ table: String, _ columns: [String]? = nil, _ connection: Connection) throws -> [String] {
        let names = try columns ?? self.columns(table, connection)
        let list = names.map { "quote(\"\($0)\")" }.joined(separator: " || '|' || ")
        let statement = try connection.prepare("SELECT \(list) FROM \"\(table)\"")
        var rows: [String] = []
        while try statement.step() { rows.append(table + ": " + (statement.text(0) ?? "")) }
        return rows.sorted()
    }

    /// The statements of tables, indexes and views, blanks aside.
    private func schema(_ connection: Connection) throws -> [String] {
        let statement = try connection.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
        var lines: [String] = []
        while try statement.step() {
            let words = (statement.text(0) ?? "").split { $0.isWhitespace }.joined(separator: " ")
            lines.append(words.replacing("( ", with: "(").replacing(" )", with: ")"))
        }
        return lines
    }

    /// Tables of what sources said, which a migration never changes; of `trace` only what is no summary of its spans.
    private static let records: [String: [String]?] = [
        "source": nil, "span": nil, "span_content": nil, "event": nil, "score": nil, "trace_content": nil, "project": nil,
        "follow": nil, "follow_mark": nil,
        "trace": ["id", "trace_id", "project", "updated_at", "richness", "digest", "known"],
    ]

    @Test("a store of every version opens with its records as they were", arguments: stores)
    func records(version: String) throws {
        let path = try unpacked("store-\(version)", as: "store.db")
        var before: [String: (columns: [String], rows: [String])] = [:]
        do {
            let old = try Connection(path: path, mode: .readOnly)
            for (table, columns) in MigrationTests.records where try names(old, type: "table").contains(table) {
                // Columns that no version reads any more.
                let columns = try columns ?? self.columns(table, old).filter { !$0.hasPrefix("whole_") && $0 != "keeps_content" }
                before[table] = (columns, try rows(table, columns, old))
            }
        }
        _ = try Store.open(path: path, create: false)
        let migrated = try Connection(path: path, mode: .readOnly)
        #expect(before["span"]?.rows.isEmpty == false && before["event"] != nil)
        for (table, (columns, rows)) in before {
            #expect(differences(try self.rows(table, columns, migrated), rows) == [], "\(table)")
        }
    }

    @Test("a store of every version becomes what a new one with its records is, table by table", arguments: older)
    func migratedIsFresh(version: String) throws {
        let path = try unpacked("store-\(version)", as: "store.db")
        _ = try Store.open(path: path, create: false)
        let migrated = try Connection(path: path, mode: .readOnly)
        let other = folder.file("fresh.db")
        _ = try Store.open(path: other, create: true)
        let fresh = try Connection(path: other, mode: .readWrite(create: false))
        #expect(differences(try schema(migrated), try schema(fresh)) == [])
        try fresh.execute("ATTACH '\(path)' AS old")
        for table in MigrationTests.records.keys {
            try fresh.execute("DELETE FROM \(table); INSERT INTO main.\(table) SELECT * FROM old.\(table)")
        }
        try fresh.execute("DETACH old")
        try fresh.transaction { try Store.rebuildDerived(on: fresh, assessor: Assessor()) }
        // The index of texts lies in tables of its own, whose pages depend on how it came about.
        let tables = try names(fresh, type: "table").filter { !$0.hasPrefix("sqlite_") && !$0.hasPrefix("message_index") }
        #expect(tables.count > 30)
        for table in tables {
            let found = try rows(table, nil, migrated).filter { !$0.contains("'shared_state'") }
            #expect(differences(found, try rows(table, nil, fresh)) == [], "\(table)")
        }
        let filled = ["call", "err", "error_day", "call_day", "error_kind", "message", "call_minute", "latency_hour_model"]
        for table in filled { #expect(try !rows(table, nil, migrated).isEmpty, "\(table)") }
        for word in ["Error", "rate limit", "timed out", "tokens"] {
            let sql =
                "SELECT group_concat(rowid) FROM (SELECT rowid FROM message_index WHERE text LIKE '%\(word)%' ORDER BY rowid)"
            #expect(try migrated.text(sql) == fresh.text(sql))
        }
        try Connection(path: path, mode: .readWrite(create: false)).execute(
            "INSERT INTO message_index(message_index, rank) VALUES('integrity-check', 1)")
        #expect(try Store.open(path: path, create: false).integrityProblems() == [])
    }

    @Test("a state file of every version opens with its rows as they were, and has the tables of a new one", arguments: states)
    func state(version: String) throws {
        let path = try unpacked("state-\(version)", as: "store.db.state")
        var before: [String: (columns: [String], rows: [String])] = [:]
        do {
            let old = try Connection(path: path, mode: .readOnly)
            for table in try names(old, type: "table") where !table.hasPrefix("sqlite_") {
                let rows = try rows(table, nil, old)
                // Renamed by version 5.
                let name = table == "notice" ? "notification" : table
                before[name] = (try columns(table, old), rows.map { $0.replacing("\(table): ", with: "\(name): ") })
            }
        }
        let state = try StateStore.open(path: path)
        #expect(before["session"]?.rows.count == 1)
        for (table, (columns, rows)) in before {
            #expect(differences(try self.rows(table, columns, state.connection), rows) == [], "\(table)")
        }
        let fresh = try StateStore.open(path: folder.file("fresh.state"))
        #expect(differences(try schema(state.connection), try schema(fresh.connection)) == [])
        #expect(try state.sessions().count == 1)
        #expect(try state.rules().count == (version < "3" ? 0 : 2))
        #expect(try state.firings().count == (version < "3" ? 0 : 1))
        #expect(try state.incidents().count == (version < "3" ? 0 : 1))
    }

    @Test("steps of released versions are never edited: a change is a new step")
    func frozen() {
        func hash(_ step: Migration) -> String {
            var hash = ContentHash()
            hash.add(step.sql + "\u{0}" + step.backfill + "\u{0}\(step.rebuilds)")
            return String(hash.value, radix: 16)
        }
        let released = [
            [
                "e7f526406007a026", "89d39e431c9e10d8", "ef8ed9793c47cd33", "808a5604572a1613", "54c4b60d5cb370be",
                "7e7aaf393074a4e8",
            ],
            ["fa1430ef447480a3", "92f86d65dd2f8cf8", "43fb869c6b7e0707", "612afcf1dc9f4559", "c76a1edd03d967ee"],
        ]
        #expect(zip(released[0], Migrations.store.steps.map(hash)).allSatisfy { $0 == $1 }, "\(Migrations.store.steps.map(hash))")
        #expect(zip(released[1], Migrations.state.steps.map(hash)).allSatisfy { $0 == $1 }, "\(Migrations.state.steps.map(hash))")
    }

    @Test("two programs that migrate one store at once migrate it once")
    func together() throws {
        let path = try unpacked("store-1", as: "store.db")
        let problems = Mutex<[String]>([])
        let threads = (0..<4).map { _ in
            Thread {
                do {
                    let store = try Store.open(path: path, create: false)
                    if try store.integrityProblems() != [] { problems.withLock { $0.append("a store that is not whole") } }
                } catch { problems.withLock { $0.append("\(error)") } }
            }
        }
        for thread in threads { thread.join() }
        #expect(problems.withLock { $0 } == [])
    }
}
