import CSQLite
import Model

/// What SQLite refused: its code and words, the statement, and where in it.
///
/// Never holds bound values, so that it can be shown and logged.
public struct SQLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The extended result code, such as 2067 (a unique constraint).
    public var code: Int32
    /// SQLite's own words.
    public var message: String
    /// Byte offset into `sql` of the token at fault; nil when SQLite names none.
    public var offset: Int?
    /// The text of the statement; "" when there was none.
    public var sql: String

    /// Makes an error.
    public init(code: Int32, message: String, offset: Int? = nil, sql: String = "") {
        self.code = code
        self.message = message
        self.offset = offset
        self.sql = sql
    }

    /// The low byte of the code: the kind of error.
    public var primaryCode: Int32 { code & 0xFF }
    /// True when `interrupt` or a progress handler stopped the statement.
    public var isInterrupted: Bool { primaryCode == SQLITE_INTERRUPT }
    /// True when another connection holds the lock.
    public var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }
    /// True when the authorizer or a read-only connection refused.
    public var isRefused: Bool { primaryCode == SQLITE_AUTH || primaryCode == SQLITE_READONLY }
    /// True when the file is no SQLite database, or a damaged one.
    public var isNoDatabase: Bool { primaryCode == SQLITE_NOTADB || primaryCode == SQLITE_CORRUPT }

    /// The error of a source whose reading takes more work than a file of its size can need.
    package static func gaveUp(on sql: String) -> SQLError {
        SQLError(
            code: SQLITE_ABORT,
            message: "gave up on it: reading it takes more work than a file of its size can need; "
                + "its columns are computed, or it is damaged",
            sql: sql)
    }

    /// True when a source was given up.
    package var isGivenUp: Bool { primaryCode == SQLITE_ABORT }

    /// True when there is not enough memory for the statement.
    public var isOutOfMemory: Bool { primaryCode == SQLITE_NOMEM }

    /// True when the disk or the file's rights are at fault, not the statement.
    public var isStorageTrouble: Bool {
        [SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY].contains(primaryCode)
    }

    /// What is wrong with the disk or the file's rights, and what nothing was lost by.
    package var trouble: String {
        switch primaryCode {
        case SQLITE_FULL: "the disk is full; nothing of this change was kept"
        case SQLITE_READONLY: "cannot be written: the file or its folder is read-only"
        // SQLITE_IOERR_WRITE, _FSYNC, _TRUNCATE, _SHMOPEN and _SHMSIZE, which are expressions in C.
        case SQLITE_IOERR where [3, 4, 6, 18, 19].contains(code >> 8):
            "cannot be written: disk trouble, or the limit of file sizes (`ulimit -f`); nothing of this change was kept"
        default: message
        }
    }

    /// Why a file cannot be read, in words that follow its name.
    package var reason: String {
        if isBusy { return "another process is writing to it; try again when it is done" }
        if isNoDatabase { return "the file is damaged (\(message))" }
        return isStorageTrouble ? trouble : description
    }

    public var description: String { "\(message) (sqlite \(code))" }
}

extension StopFlag {
    /// Throws what an interrupted statement throws when the work on this thread should stop.
    package static func checkBetweenStatements() throws(SQLError) {
        if isRaised { throw SQLError(code: SQLITE_INTERRUPT, message: "interrupted") }
    }
}
