import CSQLite
import Glibc
import Ingest

/// Reads a database and its write-ahead log under other names, so that the index SQLite makes for the log lies elsewhere.
enum LinkedDatabase {
    /// Opens the database at `path`. The other names begin with `scratch` and are gone again when this returns; the files stay
    /// open. They are second names of the same files, or copies where the file system allows no second name.
    static func open(path: String, scratch: String) throws(SQLError) -> Connection {
        var template = Array((scratch + ".reading-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw refused(path, "no folder for reading beside the store") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let name = folder + "/source"
        defer {
            for end in ["", "-wal", "-shm"] { unlink(name + end) }
            rmdir(folder)
        }
        for end in ["", "-wal"] where link(path + end, name + end) != 0 {
            guard copy(path + end, to: name + end) else { throw refused(path, "cannot be copied for reading") }
        }
        let connection = try Connection(path: name, mode: .readOnly)
        connection.trustSchema()
        // The first read opens the log and its index; after it the names are needed no more.
        _ = try connection.integer("SELECT count(*) FROM sqlite_master")
        return connection
    }

    private static func refused(_ path: String, _ what: String) -> SQLError {
        SQLError(code: SQLITE_CANTOPEN, message: "\(what): \(String(cString: strerror(errno)).lowercased())")
    }

    private static func copy(_ path: String, to other: String) -> Bool {
        guard let from = try? InputFile(path: path) else { return false }
        let to = Glibc.open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard to >= 0 else { return false }
        defer { OpenDatabases.close(to) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = read(from.descriptor, &buffer, buffer.count)
            if got == 0 { return true }
            guard got > 0, write(to, buffer, got) == got else { return false }
        }
    }
}
