import Glibc
import Synchronization

/// The SQLite databases that this process has open, and every other descriptor of their files.
///
/// POSIX drops all locks of a process on a file as soon as the process closes any descriptor of it (fcntl(2)). A probe that opens
/// and closes a database beside SQLite therefore takes SQLite's locks away; another process then believes that nobody has the
/// database open, deletes its write-ahead log, and what is written into that log is lost (sqlite.org/howtocorrupt.html, section
/// 2.2). So no descriptor is closed but here: one that belongs to an open database is kept until its last connection is closed.
public enum OpenDatabases {
    /// What tells a file from every other, under whatever name.
    public struct File: Hashable, Sendable {
        fileprivate let device: UInt64, inode: UInt64

        fileprivate init(_ status: stat) { (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino)) }

        fileprivate init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            self.init(status)
        }
    }

    private struct Entry {
        /// The whole path that SQLite derives the names of its side files from.
        var path: String
        var connections = 0
        /// Descriptors that are closed with the last connection.
        var kept: [Int32] = []
        /// The one among them through which the header is read.
        var header: Int32?
    }

    private static let entries = Mutex<[File: Entry]>([:])

    /// Notes a connection to the database at `path`. Called before the connection takes its first lock.
    public static func opened(_ path: String) -> File? {
        entries.withLock { entries in
            guard let file = File(path: path) else { return nil }
            entries[file, default: Entry(path: path)].connections += 1
            return file
        }
    }

    /// Takes the note of a connection back, after it was closed.
    public static func closed(_ file: File) {
        entries.withLock { entries in
            entries[file]?.connections -= 1
            guard let entry = entries[file], entry.connections <= 0 else { return }
            for descriptor in entry.kept { _ = Glibc.close(descriptor) }
            entries[file] = nil
        }
    }

    /// True when `path` is a database that this process has open, or the shared memory beside one, which holds locks too.
    public static func contains(_ path: String) -> Bool {
        entries.withLock { entries in File(path: path).flatMap { owner(of: $0, in: entries) } != nil }
    }

    /// Closes a descriptor, or keeps it while the file is one of an open database.
    public static func close(_ descriptor: Int32) {
        entries.withLock { entries in
            var status = stat()
            if fstat(descriptor, &status) == 0, let owner = owner(of: File(status), in: entries) {
                entries[owner]?.kept.append(descriptor)
            } else {
                _ = Glibc.close(descriptor)
            }
        }
    }

    /// The first bytes of a plain file, at most `count`; nil when it cannot be read, and `errno` says why.
    public static func header(of path: String, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return entries.withLock { entries in
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            // A look at a pipe would take bytes away from it.
            guard status.st_mode & S_IFMT == S_IFREG else { return [] }
            let owner = owner(of: File(status), in: entries)
            // Of an open database one descriptor serves every later look.
            let known = owner.flatMap { entries[$0]?.header }
            let descriptor = known ?? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { return nil }
            let got = known == nil ? read(descriptor, &bytes, count) : pread(descriptor, &bytes, count, 0)
            let reason = errno
            if let owner, known == nil {
                entries[owner]?.kept.append(descriptor)
                if File(path: path) == owner { entries[owner]?.header = descriptor }
            } else if known == nil {
                _ = Glibc.close(descriptor)
            }
            errno = reason
            return got < 0 ? nil : Array(bytes.prefix(got))
        }
    }

    /// True when the file at `path` begins as SQLite databases do.
    public static func isDatabase(_ path: String) -> Bool {
        header(of: path, count: 16)?.elementsEqual("SQLite format 3\0".utf8) ?? false
    }

    private static func owner(of file: File, in entries: [File: Entry]) -> File? {
        if entries[file] != nil { return file }
        return entries.first { File(path: $0.value.path + "-shm") == file }?.key
    }
}

/// A file that is read byte by byte, and no database of this process.
public final class InputFile: Sendable {
    /// The open descriptor.
    public let descriptor: Int32

    /// Why a file cannot be read.
    public struct Failure: Error, Hashable, Sendable {
        /// The reason, in words that follow the file's name.
        public let reason: String
    }

    /// Opens the file for reading; `flags` are added to those of open(2). Refuses a database that this process has open.
    public init(path: String, flags: Int32 = 0) throws(Failure) {
        guard !OpenDatabases.contains(path) else { throw InputFile.isOpenDatabase }
        descriptor = open(path, O_RDONLY | O_CLOEXEC | flags)
        guard descriptor >= 0 else {
            throw Failure(reason: "cannot be opened: \(String(cString: strerror(errno)).lowercased())")
        }
    }

    deinit { if descriptor >= 0 { OpenDatabases.close(descriptor) } }

    private static let isOpenDatabase = Failure(reason: "is a database that is open here, not a text")
}
