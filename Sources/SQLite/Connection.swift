import CSQLite
import Glibc
import Model

/// One connection to one SQLite file. Used by one thread at a time, except `interrupt`.
package final class Connection {
    /// How a file is opened.
    package enum Mode: Equatable {
        /// For reading and writing; with `create` a missing file is made, readable by its owner only.
        case readWrite(create: Bool)
        /// For reading beside a writer.
        case readOnly
        /// For reading a file that nobody writes; touches no side file.
        case immutable
        /// For reading a file with a write-ahead log that nobody writes, without the index that is kept beside a log: it is made in
        /// memory.
        case unlocked
        /// For reading through the index of a write-ahead log, which is not written either.
        case readOnlyIndex
    }

    package let handle: OpaquePointer
    package let path: String
    package let mode: Mode
    private let busyMilliseconds: Int32
    private var cache: StatementCache
    private let progress: ProgressBox
    /// What the file was like when it was opened as one that nobody writes; nil when SQLite sees changes by itself.
    private var stamp: FileStamp?
    private let opened: OpenedDatabase

    /// Switches off the counting of memory, whose lock every allocation would take. Fails quietly when something else in the
    /// process has used SQLite already.
    private static let isConfigured: Bool = {
        csqlite_config(SQLITE_CONFIG_MEMSTATUS, 0)
        return true
    }()

    /// What is asked while statements run.
    package final class ProgressBox {
        let isInterruptible: Bool
        /// How often it may still be asked; nil without bound.
        var left: Int?
        /// True when the bound holds for the life of the connection.
        var isForGood = false

        init(isInterruptible: Bool) { self.isInterruptible = isInterruptible }

        var isSpent: Bool { left.map { $0 <= 0 } ?? false }

        func goesOn() -> Bool {
            if let left { self.left = left - 1 }
            return !isSpent && !(isInterruptible && StopFlag.isRaised)
        }
    }
    private final class AuthorizerBox {
        let allows: (ReadOnlyAuthorizer.Action) -> Bool
        init(_ allows: @escaping (ReadOnlyAuthorizer.Action) -> Bool) { self.allows = allows }
    }

    /// Opens `path`. Statements beyond `cacheLimit` are prepared anew; a lock is waited for `busyMilliseconds`. Statements stop
    /// when the `StopFlag` of their thread is raised, unless they are not `isInterruptible`.
    package init(
        path: String, mode: Mode, cacheLimit: Int = 128, busyMilliseconds: Int32 = 5000, isInterruptible: Bool = true
    ) throws(SQLError) {
        precondition(Connection.isConfigured, "SQLite's memory counters are switched off before its first use")
        var status = stat()
        // SQLite would wait for a pipe's writer where no signal ends the wait.
        if stat(path, &status) == 0, [S_IFIFO, S_IFSOCK, S_IFCHR].contains(status.st_mode & S_IFMT) {
            throw SQLError(code: SQLITE_CANTOPEN, message: "is a pipe or a device, not a database")
        }
        if mode == .readWrite(create: true) {
            // Made before SQLite does, so that it never has wider rights; -wal and -shm take the rights of the file.
            let made = Glibc.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
            if made >= 0 {
                OpenDatabases.close(made)
            } else if FileKind.of(path) == .missing {
                // SQLite would make the file that a link points to, wherever that is.
                throw SQLError(
                    code: SQLITE_CANTOPEN, message: "cannot be made: " + String(cString: strerror(errno)).lowercased())
            }
        }
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var name = path
        switch mode {
        case .readWrite: flags |= SQLITE_OPEN_READWRITE
        case .readOnly: flags |= SQLITE_OPEN_READONLY
        case .immutable:
            flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            name = Connection.uri(path) + "?immutable=1"
        case .unlocked:
            flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            name = Connection.uri(path) + "?vfs=unix-none"
        case .readOnlyIndex:
            flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            name = Connection.uri(path) + "?readonly_shm=1"
        }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(name, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let error =
                opened.map { Connection.lastError($0, sql: "") }
                ?? SQLError(code: code, message: String(cString: sqlite3_errstr(code)))
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        self.opened = OpenedDatabase(opened)
        self.path = path
        self.mode = mode
        self.busyMilliseconds = busyMilliseconds
        cache = StatementCache(limit: cacheLimit)
        progress = ProgressBox(isInterruptible: isInterruptible)
        self.opened.progress = progress
        sqlite3_busy_timeout(handle, busyMilliseconds)
        for (option, value) in [
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0), (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
            (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_DEFENSIVE, 1),
        ] as [(Int32, Int32)] {
            csqlite_db_config(handle, option, value)
        }
        if mode == .unlocked {
            // Nothing is merged into the file when it is closed, and what others would share is kept in memory.
            csqlite_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            sqlite3_exec(handle, "PRAGMA locking_mode = EXCLUSIVE", nil, nil, nil)
        }
        PatternFunction.register(on: handle)
        askWhileRunning()
    }

    /// From now on the file's views may use every function: SQLite 3.40 counts those for JSON among the unsafe ones.
    package func trustSchema() { configure(SQLITE_DBCONFIG_TRUSTED_SCHEMA, true) }

    /// Switches one of SQLite's options for connections, `SQLITE_DBCONFIG_…`, on or off.
    package func configure(_ option: Int32, _ isOn: Bool) { csqlite_db_config(handle, option, isOn ? 1 : 0) }

    /// The longest text or blob that a source may hold, in bytes.
    package static let longestValue: Int32 = 64 << 20
    /// The longest value where columns are computed: a row with many of them must fit into memory, and none takes long.
    package static let longestComputedValue: Int32 = 1 << 20

    /// Bounds what a file from elsewhere may ask for: the length of values, the depth and size of expressions and programs.
    package func limit() {
        for (kind, value) in [
            (SQLITE_LIMIT_LENGTH, Connection.longestValue), (SQLITE_LIMIT_SQL_LENGTH, 1 << 20), (SQLITE_LIMIT_EXPR_DEPTH, 200),
            (SQLITE_LIMIT_COMPOUND_SELECT, 20), (SQLITE_LIMIT_VDBE_OP, 25_000), (SQLITE_LIMIT_ATTACHED, 0),
            (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_WORKER_THREADS, 0), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
        ] as [(Int32, Int32)] {
            sqlite3_limit(handle, kind, value)
        }
    }

    /// Bounds what the columns that a file computes may take.
    package func limitComputedValues() { sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Connection.longestComputedValue) }

    /// From now on statements fail as `SQLError.gaveUp` once they took about so many instructions of the virtual machine, all
    /// together.
    package func allow(steps: Int) {
        progress.left = max(1, steps / Connection.stepsBetween)
        progress.isForGood = true
    }

    deinit { cache.removeAll() }

    /// Opens a database of this program's for reading, in a folder that cannot be written as well: SQLite keeps the index of a
    /// write-ahead log in a file beside it, so there only a file without a log can be read, as one that nobody writes.
    package static func reading(_ path: String) throws(SQLError) -> Connection {
        let connection = try Connection(path: path, mode: .readOnly)
        do throws(SQLError) {
            _ = try connection.integer("SELECT count(*) FROM sqlite_master")
            return connection
        } catch {
            guard [SQLITE_CANTOPEN, SQLITE_READONLY].contains(error.primaryCode), FileKind.isUnwritable(folderOf: path) else {
                throw error
            }
        }
        guard !FileKind.hasContent(path + "-wal") else {
            throw SQLError(
                code: SQLITE_CANTOPEN,
                message: "its newest rows lie in the log beside it, which can only be read where its folder can be written; "
                    + "copy it with its -wal file to another folder")
        }
        let stamp = FileStamp(path), fixed = try Connection(path: path, mode: .immutable)
        fixed.stamp = stamp
        return fixed
    }

    /// Throws when a file that is read as one that nobody writes was written all the same: pages of two states would be mixed.
    private func expectUnmoved() throws(SQLError) {
        guard let stamp, stamp != FileStamp(path) else { return }
        throw SQLError(
            code: SQLITE_CANTOPEN,
            message: "was written by another process while it was open in a folder that cannot be written; open it again")
    }

    /// The path as a URI's path, so that `?`, `#` and `%` in it are not read as more than themselves.
    private static func uri(_ path: String) -> String {
        var text = "file:"
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        for byte in path.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2F, 0x2E, 0x2D, 0x5F: text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%"
                text.unicodeScalars.append(digits[Int(byte >> 4)])
                text.unicodeScalars.append(digits[Int(byte & 15)])
            }
        }
        return text
    }

    /// The error of the last call on this connection.
    package static func lastError(_ handle: OpaquePointer, sql: String) -> SQLError {
        let offset = sqlite3_error_offset(handle)
        return SQLError(
            code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)),
            offset: offset >= 0 && !sql.isEmpty ? Int(offset) : nil, sql: sql)
    }

    // MARK: statements

    /// The statement with this text, ready to be bound; from the cache when it is there and not in use.
    package func statement(_ sql: String) throws(SQLError) -> Statement {
        try expectUnmoved()
        if let kept = cache.statement(sql) {
            kept.reset()
            return kept
        }
        let statement = try prepare(sql)
        cache.keep(statement)
        return statement
    }

    /// How many statements the cache holds.
    package var cachedStatements: Int { cache.count }

    /// Prepares one statement; refuses text behind it, which would otherwise be left out in silence.
    package func prepare(_ sql: String) throws(SQLError) -> Statement {
        var statement: OpaquePointer?
        var text = sql
        let (code, rest) = text.withUTF8 { bytes -> (Int32, Int?) in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var tail: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v2(
                    handle, characters.baseAddress, Int32(clamping: characters.count), &statement, &tail)
                guard let base = characters.baseAddress, let tail else { return (code, nil) }
                let blank: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0x3B]
                let used = tail - base
                return (code, bytes[min(used, bytes.count)...].firstIndex { !blank.contains($0) })
            }
        }
        guard code == SQLITE_OK else { throw Connection.lastError(handle, sql: sql) }
        guard let statement else { throw SQLError(code: SQLITE_MISUSE, message: "empty statement", sql: sql) }
        if let rest {
            sqlite3_finalize(statement)
            throw SQLError(code: SQLITE_ERROR, message: "more than one statement", offset: rest, sql: sql)
        }
        return Statement(handle: statement, of: opened, sql: sql)
    }

    /// Runs statements of the program's own, one after another.
    package func execute(_ sql: String) throws(SQLError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw Connection.lastError(handle, sql: sql) }
    }

    /// The first column of the first row; nil when there is no row or it is NULL.
    package func integer(_ sql: String) throws(SQLError) -> Int64? {
        let statement = try statement(sql)
        defer { statement.reset() }
        return try statement.step() ? statement.optionalInteger(0) : nil
    }

    /// The first column of the first row; nil when there is no row or it is NULL.
    package func text(_ sql: String) throws(SQLError) -> String? {
        let statement = try statement(sql)
        defer { statement.reset() }
        return try statement.step() ? statement.text(0) : nil
    }

    /// The row id of the last inserted row.
    package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
    /// How many rows the last statement changed.
    package var changes: Int { Int(sqlite3_changes(handle)) }

    /// Switches the file to a write-ahead log. SQLite does not wait here for another process that makes the same file.
    package func setWriteAheadLog() throws(SQLError) {
        for _ in 0..<max(1, busyMilliseconds / 20) {
            do throws(SQLError) { return try execute("PRAGMA journal_mode = WAL") } catch {
                guard error.isBusy else { throw error }
                usleep(20_000)
            }
        }
        try execute("PRAGMA journal_mode = WAL")
    }

    // MARK: transactions

    /// True inside a transaction.
    package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Runs `body` with the write lock held from the start; keeps all of it, or nothing when it throws.
    ///
    /// - Parameter onBusy: Called whenever the lock was waited for in vain; when it returns it is waited for again.
    package func transaction<R>(onBusy: (SQLError) throws -> Void = { throw $0 }, _ body: () throws -> R) throws -> R {
        while true {
            do throws(SQLError) {
                try execute("BEGIN IMMEDIATE")
                break
            } catch {
                guard error.isBusy else { throw error }
                try onBusy(error)
            }
        }
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // A full disk may have rolled back already; the first error is the one to tell.
            if isInTransaction { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Runs `body` without waiting for locks.
    package func withoutWaiting<R>(_ body: () throws -> R) rethrows -> R { try waiting(milliseconds: 0, body) }

    /// Runs `body` and waits for each lock no longer than this.
    package func waiting<R>(milliseconds: Int32, _ body: () throws -> R) rethrows -> R {
        sqlite3_busy_timeout(handle, milliseconds)
        defer { sqlite3_busy_timeout(handle, busyMilliseconds) }
        return try body()
    }

    /// Runs `body` over one state of the file, whatever is committed meanwhile.
    package func snapshot<R>(_ body: () throws -> R) throws -> R {
        try execute("BEGIN")
        defer { if isInTransaction { try? execute("COMMIT") } }
        return try body()
    }

    // MARK: control

    /// How many instructions of the virtual machine lie between two questions whether to go on.
    private static let stepsBetween = 1000

    /// Runs `body`, and stops its statement after about `steps` instructions of the virtual machine; nil when it was stopped.
    package func withinSteps<R>(_ steps: Int, _ body: () throws -> R) throws -> R? {
        progress.left = max(1, steps / Connection.stepsBetween)
        defer { progress.left = nil }
        do { return try body() } catch let error as SQLError where error.isInterrupted && progress.isSpent { return nil }
    }

    private func askWhileRunning() {
        sqlite3_progress_handler(
            handle, Int32(Connection.stepsBetween),
            { @Sendable context in
                guard let context else { return 0 }
                return Unmanaged<ProgressBox>.fromOpaque(context).takeUnretainedValue().goesOn() ? 0 : 1
            }, Unmanaged.passUnretained(progress).toOpaque())
    }

    /// Lets `allows` judge every action of every statement prepared from now on.
    package func authorize(_ allows: @escaping (ReadOnlyAuthorizer.Action) -> Bool) {
        let box = AuthorizerBox(allows)
        opened.authorizer = box
        sqlite3_set_authorizer(
            handle,
            { @Sendable context, code, first, second, database, _ in
                guard let context else { return SQLITE_DENY }
                let action = ReadOnlyAuthorizer.Action(
                    code: code, first: first.map { String(cString: $0) }, second: second.map { String(cString: $0) },
                    database: database.map { String(cString: $0) })
                return Unmanaged<AuthorizerBox>.fromOpaque(context).takeUnretainedValue().allows(action) ? SQLITE_OK : SQLITE_DENY
            }, Unmanaged.passUnretained(box).toOpaque())
    }

    /// A handle that stops the running statement from any thread or a signal handler.
    package var interruptHandle: InterruptHandle { InterruptHandle(connection: handle) }
}

/// Stops the running statement of one connection; valid as long as the connection.
public struct InterruptHandle: @unchecked Sendable {
    // Unchecked: sqlite3_interrupt is one atomic store and may be called from anywhere.
    private let connection: OpaquePointer

    package init(connection: OpaquePointer) { self.connection = connection }

    /// Stops what runs on the connection now; nothing happens when nothing runs.
    public func interrupt() { sqlite3_interrupt(connection) }

    /// The address to hand to a signal handler written in C, which passes it to `interrupt(address:)`.
    public var address: UnsafeMutableRawPointer { UnsafeMutableRawPointer(connection) }

    /// Stops what runs on the connection at `address`. Safe to call in a signal handler.
    public static func interrupt(address: UnsafeMutableRawPointer) { sqlite3_interrupt(OpaquePointer(address)) }
}
