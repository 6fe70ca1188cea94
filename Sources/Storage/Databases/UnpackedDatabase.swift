import Glibc
import Ingest

/// A packed database, unpacked for as long as it is read: SQLite reads files only.
enum UnpackedDatabase {
    /// Unpacks the source into a file of its owner's own beside the store, hands over its path, and takes it away again.
    static func with<R>(_ reader: inout SourceReader, beside store: String, _ body: (String) throws -> R) throws -> R {
        var template = Array((store + ".unpacked-XXXXXX").utf8CString)
        let file = mkstemp(&template)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard file >= 0 else {
            throw StoreError.unusable(
                path: store,
                reason: "a packed database cannot be unpacked beside it: \(String(cString: strerror(errno)).lowercased())")
        }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        defer {
            OpenDatabases.close(file)
            for end in ["", "-shm", "-wal"] { unlink(path + end) }
        }
        try reader.unpack(to: file)
        return try body(path)
    }
}
