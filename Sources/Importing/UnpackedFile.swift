import Glibc
import Ingest
import LocalStore
import SQLite

/// A packed file, unpacked beside the store for as long as this lives: SQLite reads files only, and lines are read from places.
final class UnpackedFile {
    /// Where it lies, readable by its owner only.
    let path: String

    /// Unpacks what a reader has opened.
    init(_ reader: inout SourceReader, beside store: String) throws {
        var template = Array((store + ".unpacked-XXXXXX").utf8CString)
        let file = mkstemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard file >= 0 else {
            throw StoreError.unusable(
                path: store,
                reason: "cannot decompress the file next to it: \(String(cString: strerror(errno)).lowercased())")
        }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        defer { OpenDatabases.close(file) }
        try reader.unpack(to: file)
    }

    /// Unpacks a file.
    convenience init(_ packed: String, beside store: String) throws {
        var reader = try SourceReader(path: packed)
        try self.init(&reader, beside: store)
    }

    deinit { for end in ["", "-shm", "-wal", "-journal"] { unlink(path + end) } }
}
