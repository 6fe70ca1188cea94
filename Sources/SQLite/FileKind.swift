import Glibc

/// What a file is, by its first bytes.
package enum FileKind: Equatable {
    case missing, empty, sqlite
    case other(String)

    package static func of(_ path: String) -> FileKind {
        var status = stat()
        guard stat(path, &status) == 0 else { return .missing }
        if status.st_mode & S_IFMT == S_IFDIR { return .other("a folder") }
        guard let start = OpenDatabases.header(of: path, count: 512) else {
            return .other("a file that cannot be read (\(String(cString: strerror(errno)).lowercased()))")
        }
        guard !start.isEmpty else { return .empty }
        if start.starts(with: "SQLite format 3\0".utf8) { return .sqlite }
        if start.starts(with: [0x1F, 0x8B]) { return .other("gzip data") }
        if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .other("zstd data") }
        if start.starts(with: "PAR1".utf8) { return .other("a Parquet file") }
        if start.contains(0) { return .other("a binary file") }
        let first = start.first { $0 > 0x20 }
        return .other(first == 0x7B || first == 0x5B ? "JSON text: import it instead" : "a text file")
    }

    /// True when the SQLite file at `path` says that it is in WAL mode (bytes 18 and 19 of its header).
    package static func isWriteAheadLogged(_ path: String) -> Bool {
        guard let bytes = OpenDatabases.header(of: path, count: 20), bytes.count == 20 else { return false }
        return bytes[18] == 2
    }

    /// True when no file can be made beside `path` by this process.
    package static func isUnwritable(folderOf path: String) -> Bool {
        let real = realPath(path)
        let folder = real.lastIndex(of: "/").map { String(real[...$0]) } ?? "."
        return access(folder, W_OK | X_OK) != 0
    }

    /// The path from the root without links; as it is when that cannot be told.
    package static func realPath(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// True when there is a file at `path` with anything in it.
    package static func hasContent(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    /// Bytes of the file; nil when there is none.
    package static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }
}
