import CSQLite
import Engine
import Errors
import Glibc
import Ingest
import Model
import SQLite

/// The investigator's own database of traces, spans, events, and what is derived from them.
///
/// Reads go through a connection that cannot write; imports through another, one at a time in the whole system. Used by one
/// thread at a time; for several threads open several stores on the same path.
public final class Store {
    /// The path it was opened with.
    public let path: String
    package let reader: Connection
    private var openedWriter: Connection?
    private let gate = Gate()
    /// What `NOW()` says in `sql`.
    let sqlClock = SQLFunctions.Clock()

    /// How many steps of SQLite's virtual machine a walk may take before the other form of the statement is asked; both give the
    /// same rows.
    var walkingSteps = Store.standardWalkingSteps

    /// True once the tables of `sql` are made on the reading connection.
    var hasTables = false

    /// What is allowed for a moment: transactions while a snapshot is taken, everything while the tables of `sql` are made.
    private final class Gate {
        var isOpen = false
        var allowsAll = false
    }

    /// Opens the store at `path`; with `create` a missing file is made, readable by its owner only.
    ///
    /// A store of an older version is brought up to this one's; `assessor` then says what is an error. Throws when there is no file and none is to be made, when the
    /// file is something else, was written by a newer program, or cannot be opened.
    public static func open(
        path: String, create: Bool, assessor: () -> Assessor = { Assessor() }
    ) throws(StoreError) -> Store {
        try StoreError.about(path) {
            let looked = try prepare(path: path, create: create, migrations: .store, assessor: assessor)
            return try Store(path: path, reader: looked ?? Connection.reading(path))
        }
    }

    /// How the reading connection uses memory.
    private enum Memory {
        /// Fast: the file is mapped and sorting is done in memory.
        case ample
        /// Bounded whatever the size of the store and of the answer.
        case bounded

        var settings: String {
            switch self {
            // Rows are read through the page cache of the system; a store may be larger than memory.
            case .ample: "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA mmap_size = 17179869184;"
            // Pages of a mapped file stay in the process's memory once they were read, and so does what is sorted there.
            case .bounded: "PRAGMA temp_store = FILE; PRAGMA cache_size = -16384; PRAGMA mmap_size = 0;"
            }
        }
    }

    private init(path: String, reader: Connection, memory: Memory = .ample) throws {
        self.path = path
        self.reader = reader
        // The views are this program's own, and the authorizer judges the functions they use as well.
        reader.trustSchema()
        try reader.execute("PRAGMA query_only = ON; " + memory.settings)
        // Only `snapshot` may open a transaction; statements of users may not. The judge stays the same all along: a new one
        // makes SQLite prepare every statement anew.
        reader.authorize { [gate] in
            ReadOnlyAuthorizer.allows($0) || gate.isOpen && $0.code == SQLITE_TRANSACTION || gate.allowsAll
        }
        NameCollations.register(on: reader.handle)
        SQLFunctions.register(on: reader.handle, clock: sqlClock)
    }

    /// Makes or migrates the file, and says what is wrong with it. Most files need neither: then the result is the connection
    /// that was used to look, which can only read.
    @discardableResult
    static func prepare(
        path: String, create: Bool, migrations: Migrations, assessor: () -> Assessor = { Assessor() }
    ) throws -> Connection? {
        let found = FileKind.of(path)
        switch found {
        case .missing: guard create else { throw StoreError.missing(path: path) }
        case .empty, .sqlite: break
        case .other(let what): throw StoreError.notAStore(path: path, found: what)
        }
        if case .sqlite = found {
            // Looked at without the right to write first: most openings need no more.
            let connection = try Connection.reading(path), state = try migrations.state(of: connection)
            if case .version(let version) = state {
                try Intruders.refuse(
                    in: connection, path: path,
                    views: migrations.applicationID == Migrations.store.applicationID ? Schema.views(version: version) : [])
            }
            switch state {
            case .version(migrations.version): return connection
            case .version(let version) where version > migrations.version:
                throw StoreError.newer(path: path, version: version, supported: migrations.version)
            case .foreign(let tables):
                throw StoreError.notAStore(path: path, found: DatabaseSchema.describe(tables: tables, of: connection))
            case .version(let version):
                guard !FileKind.isUnwritable(folderOf: path) else {
                    throw StoreError.unusable(
                        path: path,
                        reason: "has schema version \(version) and must be migrated to \(migrations.version), but its folder "
                            + "is not writable; copy it to another folder")
                }
            case .empty: break
            }
        }
        // Others may be making the same file, or bringing it to this version, which takes a while.
        let writer = try Connection(path: path, mode: .readWrite(create: true), busyMilliseconds: 60_000)
        try migrations.run(on: writer, assessor: assessor)
        return nil
    }

    /// The connection that writes; opened when it is first needed.
    package func writer() throws(SQLError) -> Connection {
        if let openedWriter { return openedWriter }
        let connection = try Connection(path: path, mode: .readWrite(create: false))
        // What is sorted beyond the size of the cache lies in files: memory stays flat however many rows an index has.
        try connection.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = FILE; PRAGMA cache_size = -49152;
            PRAGMA secure_delete = OFF; PRAGMA journal_size_limit = 67108864; PRAGMA foreign_keys = OFF;
            """)
        openedWriter = connection
        return connection
    }

    // MARK: reading

    /// All rows of the statement, in the statement's order.
    ///
    /// Throws `SQLError` when the statement is wrong, would write, or is interrupted.
    public func rows(_ statement: SQLStatement) throws -> [[StoredValue]] {
        var rows: [[StoredValue]] = []
        _ = try eachRow(of: statement) { rows.append($0) }
        return rows
    }

    /// All rows of the statement, in the statement's order; nil when it takes more than about `steps` instructions of SQLite's
    /// virtual machine.
    func rows(_ statement: SQLStatement, within steps: Int) throws -> [[StoredValue]]? {
        try reader.withinSteps(steps) { try rows(statement) }
    }

    /// Hands the rows of the statement to `take` one after another, each as SQLite has it.
    func pass(_ statement: SQLStatement, _ take: (any RowCursor) throws -> Void) throws {
        let prepared = try reader.statement(statement.text)
        defer { prepared.reset() }
        for value in statement.bindings { prepared.bind(value) }
        let row = PreparedRow(prepared)
        while try prepared.step() { try take(row) }
    }

    /// Hands the rows of the statement to `take` one after another; the result is the names of the columns.
    public func eachRow(of statement: SQLStatement, _ take: ([StoredValue]) throws -> Void) throws -> [String] {
        let prepared = try reader.statement(statement.text)
        defer { prepared.reset() }
        for value in statement.bindings { prepared.bind(value) }
        let count = prepared.columnCount
        while try prepared.step() { try take((0..<count).map(prepared.value)) }
        return (0..<count).map(prepared.columnName)
    }

    /// The plan SQLite makes for a statement, one line a step, indented by depth.
    public func plan(of statement: SQLStatement) throws -> [String] {
        let prepared = try reader.prepare("EXPLAIN QUERY PLAN " + statement.text)
        for value in statement.bindings { prepared.bind(value) }
        var depths: [Int64: Int] = [0: 0], lines: [String] = []
        while try prepared.step() {
            let depth = depths[prepared.integer(1)] ?? 0
            depths[prepared.integer(0)] = depth + 1
            lines.append(String(repeating: "  ", count: depth) + (prepared.text(3) ?? ""))
        }
        return lines
    }

    /// Runs `body`, which makes tables that belong to the reading connection alone. The file itself stays read-only.
    func making(_ body: () throws -> Void) throws {
        gate.allowsAll = true
        defer { gate.allowsAll = false }
        try reader.execute("PRAGMA query_only = OFF")
        defer { try? reader.execute("PRAGMA query_only = ON") }
        try body()
    }

    /// Runs `body` over one state of the store: what another process commits meanwhile is not seen.
    public func snapshot<R>(_ body: () throws -> R) throws -> R {
        gate.isOpen = true
        defer { gate.isOpen = false }
        return try reader.snapshot(body)
    }

    /// Runs `body` over one state of the store, read by a connection whose memory is bounded.
    public func boundedSnapshot<R>(_ body: (any Engine) throws -> R) throws -> R {
        let other = try Store(path: path, reader: Connection.reading(path), memory: .bounded)
        return try other.snapshot { try body(other) }
    }

    /// Stops the statement that the reading connection runs now, from any thread or a signal handler.
    public var interruptHandle: InterruptHandle { reader.interruptHandle }

    /// Stops the statement that the reading connection runs now.
    public func interrupt() { reader.interruptHandle.interrupt() }

    // MARK: settings of the store

    /// The value kept under `key`; nil when there is none.
    public func meta(_ key: String) throws(StoreError) -> String? {
        try StoreError.about(path) {
            try rows(SQLStatement(text: "SELECT CAST(value AS TEXT) FROM meta WHERE key = ?", bindings: [.text(key)])).first?
                .first?.text
        }
    }

    /// Keeps `value` under `key`; nil takes it away.
    public func setMeta(_ key: String, _ value: String?) throws(StoreError) {
        try StoreError.about(path) {
            let connection = try writer()
            try connection.transaction { try Store.setMeta(key, value, on: connection) }
        }
    }

    static func setMeta(_ key: String, _ value: String?, on connection: Connection) throws(SQLError) {
        let statement = try connection.statement(
            value == nil ? "DELETE FROM meta WHERE key = ?" : "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)")
        statement.bind(key)
        if let value { statement.bind(value) }
        try statement.run()
    }

    /// The pinned "now" of a store whose data is made up (key `clock`); nil for every other store.
    public func clock() throws(StoreError) -> Timestamp? {
        try meta("clock").flatMap { Int64($0) }.map(Timestamp.init(nanoseconds:))
    }

    /// Pins "now" for this store; nil lets go of it.
    public func setClock(_ now: Timestamp?) throws(StoreError) { try setMeta("clock", now.map { String($0.nanoseconds) }) }
}

/// The current row of a statement: its columns from 0, valid until the next step.
protocol RowCursor {
    /// The integer; nil for every other value.
    func integer(_ column: Int) -> Int64?
    func value(_ column: Int) -> StoredValue
}

/// The row at which a statement stands.
private final class PreparedRow: RowCursor {
    private let statement: Statement

    init(_ statement: Statement) { self.statement = statement }

    func integer(_ column: Int) -> Int64? { statement.onlyInteger(Int32(column)) }
    func value(_ column: Int) -> StoredValue { statement.value(Int32(column)) }
}
