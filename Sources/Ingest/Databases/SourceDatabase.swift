import CSQLite
import Glibc
import Model
import SQLite

/// A database of another program, opened for reading: nothing appears beside it, and nothing in it runs.
///
/// How it is opened depends on what lies beside it, because SQLite makes files beside a database where it thinks it must:
///
/// | mode of the file | beside it | opened |
/// |---|---|---|
/// | rollback journal | nothing, or the journal of a running program | to be read |
/// | rollback journal | a journal that a crash left | as a copy, in which the change is rolled back |
/// | write-ahead log | `-shm`, so a program runs or crashed | to be read through that index |
/// | write-ahead log | a log without `-shm` | without locks, the index in memory |
/// | write-ahead log | no log | as a file that nobody writes |
package struct SourceDatabase {
    package let connection: Connection
    /// What the files were like, where it was assumed that nobody writes them.
    private let still: FileStamp?

    /// Opens the database at `path`; a copy that is needed lies beside `scratch` and is gone again when this returns.
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

    /// Throws when the file was written while it was read as one that nobody writes.
    package func expectStill() throws(IngestError) {
        guard let still, FileStamp(still.path) != still else { return }
        throw IngestError(path: still.path, SourceDatabase.moved)
    }

    package static let moved = "was written while it was read; it is read again soon"

    // MARK: ways to open

    private static func readable(path: String, scratch: String) throws -> Connection {
        do {
            return try prepared(path, .readOnly)
        } catch let error as SQLError {
            guard error.primaryCode == SQLITE_READONLY else { throw error }
        }
        // A crash left a journal: what it undoes must be undone before the rows mean anything.
        return try ScratchCopy.with(path, endings: ["", "-journal"], beside: scratch) { copy in
            try prepared(copy, .readWrite(create: false))
        }
    }

    /// Reads through the index of a program that runs, without writing to it where that is possible.
    private static func indexed(path: String) throws -> Connection {
        do {
            return try prepared(path, .readOnlyIndex)
        } catch let error as SQLError {
            guard error.primaryCode == SQLITE_READONLY || error.primaryCode == SQLITE_CANTOPEN else { throw error }
        }
        return try prepared(path, .readOnly)
    }

    /// The connection once its schema was read; a part of the schema that this SQLite does not accept is passed over.
    private static func prepared(_ path: String, _ mode: Connection.Mode) throws -> Connection {
        for trust in [SchemaTrust.none, .functions] {
            if let connection = try? opened(path, mode, trust) { return connection }
        }
        do {
            return try opened(path, mode, .damaged)
        } catch let error as SQLError {
            guard error.primaryCode == SQLITE_ERROR else { throw error }
            // The first words tell more than those about a schema that was passed over.
            return try opened(path, mode, .none)
        }
    }

    private static func opened(_ path: String, _ mode: Connection.Mode, _ trust: SchemaTrust) throws -> Connection {
        let connection = try Connection(path: path, mode: mode)
        try restrict(connection, trust)
        _ = try connection.integer("SELECT count(*) FROM sqlite_master")
        return connection
    }

    /// What of a schema is taken.
    private enum SchemaTrust {
        case none
        /// Expressions may use every function: newer programs index members of JSON, and SQLite 3.40 counts those functions among
        /// the unsafe ones.
        case functions
        /// What cannot be read of the schema is as if it were not there.
        case damaged
    }

    private static func restrict(_ connection: Connection, _ trust: SchemaTrust) throws(SQLError) {
        connection.limit()
        if trust != .none { connection.configure(SQLITE_DBCONFIG_TRUSTED_SCHEMA, true) }
        if trust == .damaged {
            // The file itself cannot be written; only a connection without this defence passes over what it cannot read.
            connection.configure(SQLITE_DBCONFIG_DEFENSIVE, false)
            try connection.execute("PRAGMA writable_schema = ON;")
        }
        try connection.execute(
            "PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE;")
    }
}

/// A copy of a database's files in a folder of its owner's own, for as long as it takes to open them.
private enum ScratchCopy {
    /// Copies the file and what lies beside it, hands over the copy's path, and takes the names away; open files stay readable.
    static func with<R>(_ path: String, endings: [String], beside scratch: String, _ body: (String) throws -> R) throws -> R {
        var template = Array((scratch + ".reading-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw refused("no folder for reading beside the store") }
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
