import Glibc
import Synchronization

/// The SQLite databases open in this process, and all other descriptors of their files.
///
/// POSIX releases all of a process's locks on a file when the process closes any descriptor of it (fcntl(2)). Opening and closing
/// a database outside SQLite therefore drops SQLite's locks; another process then believes that nobody has the database open and
/// deletes its write-ahead log, and later writes to that log are lost (sqlite.org/howtocorrupt.html, section 2.2). All
/// descriptors are therefore closed here: one that belongs to an open database is kept until its last connection is closed.
public enum OpenDatabases {
    /// The identity of a file, independent of its name.
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
        /// The absolute path, from which SQLite derives the names of its side files.
        var path: String
        var connections = 0
        /// Descriptors to close with the last connection.
        var kept: [Int32] = []
        /// The one of them used for reading the header.
        var header: Int32?
    }

    private static let entries = Mutex<[File: Entry]>([:])

    /// Registers a connection to the database at `path`. Call before the connection takes its first lock.
    public static func opened(_ path: String) -> File? {
        entries.withLock { entries in
            guard let file = File(path: path) else { return nil }
            entries[file, default: Entry(path: path)].connections += 1
            return file
        }
    }

    /// Unregisters a connection after it was closed.
    public static func closed(_ file: File) {
        entries.withLock { entries in
            entries[file]?.connections -= 1
            guard let entry = entries[file], entry.connections <= 0 else { return }
            for descriptor in entry.kept { _ = Glibc.close(descriptor) }
            entries[file] = nil
        }
    }

    /// Returns true when `path` is a database open in this process, or its shared-memory file, which has locks, too.
    public static func contains(_ path: String) -> Bool {
        entries.withLock { entries in File(path: path).flatMap { owner(of: $0, in: entries) } != nil }
    }

    /// Closes a descriptor, or keeps it while its file belongs to an open database.
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

    /// Returns the first bytes of a regular file, at most `count`; nil when it cannot be read, with the reason in `errno`.
    public static func header(of path: String, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return entries.withLock { entries in
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            // Probing a pipe would consume its bytes.
            guard status.st_mode & S_IFMT == S_IFREG else { return [] }
            let owner = owner(of: File(status), in: entries)
            // For an open database, one descriptor serves all later probes.
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

    /// Returns true when the file at `path` starts with SQLite's header.
    public static func isDatabase(_ path: String) -> Bool {
        header(of: path, count: 16)?.elementsEqual("SQLite format 3\0".utf8) ?? false
    }

    private static func owner(of file: File, in entries: [File: Entry]) -> File? {
        if entries[file] != nil { return file }
        return entries.first { File(path: $0.value.path + "-shm") == file }?.key
    }
}

/// A file opened for reading bytes; never a database of this process.
public final class InputFile: Sendable {
    /// The open descriptor.
    public let descriptor: Int32

    /// The reason a file cannot be read.
    public struct Failure: Error, Hashable, Sendable {
        /// The reason, phrased to follow the file's name.
        public let reason: String
    }

    /// Opens the file for reading, with `flags` in addition to those of open(2). Refuses a database open in this process.
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
