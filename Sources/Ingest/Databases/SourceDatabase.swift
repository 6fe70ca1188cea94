import CSQLite
import Glibc
import Model
import SQLite

/// A database of another program, opened for reading: no file is created beside it, and no code in it runs.
///
/// SQLite creates files beside a database when it must, so the way of opening depends on the files that exist:
///
/// | journal mode | beside the file | opened |
/// |---|---|---|
/// | rollback journal | nothing, or the journal of a running program | read-only |
/// | rollback journal | a journal left by a crash | as a copy, in which the change is rolled back |
/// | write-ahead log | `-shm`: a program is running or crashed | read-only through that index |
/// | write-ahead log | a log without `-shm` | without locks, with the index in memory |
/// | write-ahead log | no log | as a file without writers |
package struct SourceDatabase {
    package let connection: Connection
    /// The state of the files, when they were assumed to have no writers.
    private let still: FileStamp?

    /// Opens the database at `path`; a necessary copy is created beside `scratch` and deleted again before this returns.
    package static func open(path: String, scratch: String) throws -> SourceDatabase {
        let stamp = FileStamp(path)
        guard FileKind.isWriteAheadLogged(path) else {
            return SourceDatabase(connection: try readable(path: path, scratch: scratch), still: nil)
        }
        if FileKind.size(path + "-shm") != nil, FileKind.size(path + "-wal") != nil {
            return SourceDatabase(connection: try indexed(path: path), still: nil)
        }
        let mode: Connection.Mode = FileKind.hasContent(path + "-wal") ? .unlocked : .immutable
        return SourceDatabase(connection: try prepared(path, mode), still: stamp)
    }

    /// Throws when a file assumed to have no writers was written while it was read.
    package func expectStill() throws(IngestError) {
        guard let still, FileStamp(still.path) != still else { return }
        throw IngestError(path: still.path, SourceDatabase.moved)
    }

    package static let moved = "was modified while being read; it will be read again soon"

    // MARK: Ways to open

    private static func readable(path: String, scratch: String) throws -> Connection {
        do {
            return try prepared(path, .readOnly)
        } catch let error as SQLError {
            guard error.primaryCode == SQLITE_READONLY else { throw error }
        }
        // A crash left a journal, which must be rolled back before the rows are valid.
        return try ScratchCopy.with(path, endings: ["", "-journal"], beside: scratch) { copy in
            try prepared(copy, .readWrite(create: false))
        }
    }

    /// Reads through the index of a running program, without writing to it if possible.
    private static func indexed(path: String) throws -> Connection {
        do {
            return try prepared(path, .readOnlyIndex)
        } catch let error as SQLError {
            guard error.primaryCode == SQLITE_READONLY || error.primaryCode == SQLITE_CANTOPEN else { throw error }
        }
        return try prepared(path, .readOnly)
    }

    /// Returns the connection after reading its schema; skips parts of the schema that this SQLite rejects.
    private static func prepared(_ path: String, _ mode: Connection.Mode) throws -> Connection {
        for trust in [SchemaTrust.none, .functions] {
            if let connection = try? opened(path, mode, trust) { return connection }
        }
        do {
            return try opened(path, mode, .damaged)
        } catch let error as SQLError {
            guard error.primaryCode == SQLITE_ERROR else { throw error }
            // The first error says more than later ones about a skipped part of the schema.
            return try opened(path, mode, .none)
        }
    }

    private static func opened(_ path: String, _ mode: Connection.Mode, _ trust: SchemaTrust) throws -> Connection {
        let connection = try Connection(path: path, mode: mode)
        try restrict(connection, trust)
        _ = try connection.integer("SELECT count(*) FROM sqlite_master")
        return connection
    }

    /// How much of a schema is trusted.
    private enum SchemaTrust {
        case none
        /// Expressions may use every function: newer programs index JSON members, and SQLite 3.40 considers those functions
        /// unsafe.
        case functions
        /// Unreadable parts of the schema are ignored.
        case damaged
    }

    /// Instructions of SQLite's virtual machine that reading may take. A row of a hundred columns takes several hundred.
    private static let stepsOfAnySource = 1_000_000_000, stepsPerByte = 50

    private static func restrict(_ connection: Connection, _ trust: SchemaTrust) throws(SQLError) {
        connection.limit()
        connection.allow(steps: stepsOfAnySource + stepsPerByte * Int(clamping: FileKind.size(connection.path) ?? 0))
        if trust != .none { connection.configure(SQLITE_DBCONFIG_TRUSTED_SCHEMA, true) }
        if trust == .damaged {
            // The file itself cannot be written; only a connection without this protection skips unreadable parts.
            connection.configure(SQLITE_DBCONFIG_DEFENSIVE, false)
            try connection.execute("PRAGMA writable_schema = ON;")
        }
        try connection.execute(
            "PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE;")
    }
}

/// A copy of a database's files in a private folder, for the time needed to open them.
private enum ScratchCopy {
    /// Copies the file and its side files, passes the path of the copy, and unlinks the copies; open files stay readable.
    static func with<R>(_ path: String, endings: [String], beside scratch: String, _ body: (String) throws -> R) throws -> R {
        var template = Array((scratch + ".reading-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw refused("cannot create a temporary folder beside the store") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let name = folder + "/source"
        defer {
            for ending in ["", "-journal", "-wal", "-shm"] { unlink(name + ending) }
            rmdir(folder)
        }
        for ending in endings {
            guard try copy(path + ending, to: name + ending) else { throw refused("cannot be copied for reading") }
        }
        return try body(name)
    }

    private static func refused(_ what: String) -> SQLError {
        SQLError(code: SQLITE_CANTOPEN, message: "\(what): \(String(cString: strerror(errno)).lowercased())")
    }

    private static func copy(_ path: String, to other: String) throws -> Bool {
        guard let from = try? InputFile(path: path) else { return false }
        let to = Glibc.open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard to >= 0 else { return false }
        defer { OpenDatabases.close(to) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            try StopFlag.check()
            let got = read(from.descriptor, &buffer, buffer.count)
            if got == 0 { return true }
            guard got > 0, write(to, buffer, got) == got else { return false }
        }
    }
}
