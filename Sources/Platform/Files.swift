import Glibc
import Ingest
import Model
import SQLite

/// A failed file operation.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What went wrong.
    public let reason: String
    public var description: String { "\(path): \(reason)" }

    /// Creates an error from a path and the reason.
    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// Reads and writes whole files.
public enum Files {
    /// Reads a file of at most `limit` bytes.
    public static func bytes(of path: String, limit: Int = 64 << 20) throws(FileError) -> [UInt8] {
        let file: InputFile
        // Opening a pipe that nobody writes to must not wait where Ctrl-C does not reach.
        do { file = try InputFile(path: path, flags: O_NONBLOCK) } catch { throw FileError(path: path, reason: error.reason) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            guard Waiting.forInput(file.descriptor) else { throw FileError(path: path, reason: "interrupted") }
            let count = read(file.descriptor, &buffer, buffer.count)
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard count >= 0 else { throw error(path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > limit { throw FileError(path: path, reason: "is larger than \(limit >> 20) MB") }
        }
    }

    /// Reads a text file.
    public static func text(of path: String) throws(FileError) -> String { String(decoding: try bytes(of: path), as: UTF8.self) }

    /// Writes a file atomically: a new file replaces the old one. Only its owner can read it, unless `mode` says otherwise.
    ///
    /// Devices and pipes are written to, never replaced; databases are refused.
    public static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(FileError) {
        do { try write(to: path, mode: mode) { try $0(text) } } catch let error as FileError { throw error } catch {
            throw FileError(path: path, reason: "\(error)")
        }
    }

    /// Writes a file in pieces, as above: `body` passes each piece to the function it is given.
    package static func write(to path: String, mode: mode_t, _ body: ((String) throws -> Void) throws -> Void) throws {
        var status = stat()
        let isThere = stat(path, &status) == 0
        if isThere, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = try Waiting.openForWriting(path)
            guard descriptor >= 0 else { throw error(path) }
            defer { OpenDatabases.close(descriptor) }
            try body { try write($0, to: descriptor, path) }
            return
        }
        // A mistyped or wrongly completed name must not overwrite a store.
        if isThere, OpenDatabases.contains(path) || OpenDatabases.isDatabase(path) {
            throw FileError(path: path, reason: "is a database and will not be overwritten; choose another name")
        }
        let draft = try Draft(for: path, mode: mode)
        try body { try write($0, to: draft.descriptor, path) }
        guard draft.replaceTarget() else { throw error(path) }
    }

    private static func write(_ text: String, to descriptor: Int32, _ path: String) throws {
        guard !Output.write(text, to: descriptor) else { return }
        let failure = error(path)
        try StopFlag.check()
        throw failure
    }

    /// A temporary file in the folder of its target; gone unless it takes the target's place.
    ///
    /// It has no name until then, so that not even SIGKILL leaves one behind. On a file system without nameless files it has
    /// an unpredictable name.
    package final class Draft {
        package let descriptor: Int32
        private let target: String
        /// Where the file can be found; nil while it has no name.
        private var name: String?
        private var isOpen = true

        /// Creates the file; never opens one that already exists, nor a link.
        package init(for target: String, mode: mode_t) throws(FileError) {
            self.target = target
            let nameless = Draft.nameless(in: target.lastIndex(of: "/").map { String(target[...$0]) } ?? ".", mode)
            if nameless >= 0 {
                descriptor = nameless
                return
            }
            var template = Draft.template(for: target)
            // mkstemps uses O_EXCL, which does not follow links.
            descriptor = mkstemps(&template, Int32(Draft.ending.utf8.count))
            guard descriptor >= 0 else {
                isOpen = false
                throw Files.error(target)
            }
            name = Draft.text(template)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            // The mode that open(2) would have given it.
            let mask = umask(0)
            umask(mask)
            fchmod(descriptor, mode & ~mask)
        }

        deinit {
            guard isOpen else { return }
            OpenDatabases.close(descriptor)
            if let name { unlink(name) }
        }

        /// Syncs the draft to disk and renames it to the target; false on failure, with the reason in `errno`.
        package func replaceTarget() -> Bool {
            guard fsync(descriptor) == 0, let name = name ?? named(), rename(name, target) == 0 else { return false }
            isOpen = false
            OpenDatabases.close(descriptor)
            return true
        }

        /// Gives the file a name beside its target; a rename can replace a file, which a link cannot.
        private func named() -> String? {
            for _ in 0..<100 {
                var template = Draft.template(for: target)
                let random = UInt64.random(in: .min ... .max), letters = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
                let first = template.count - 1 - Draft.ending.utf8.count - 6
                for place in 0..<6 { template[first + place] = CChar(letters[Int(random >> (8 * UInt64(place)) & 0xFF) % 36]) }
                if linkat(AT_FDCWD, Draft.path(of: descriptor), AT_FDCWD, template, AT_SYMLINK_FOLLOW) == 0 {
                    name = Draft.text(template)
                    return name
                }
                guard errno == EEXIST else { return nil }
            }
            return nil
        }

        /// Returns the descriptor of a new file without a name; negative where that is not supported.
        private static func nameless(in folder: String, _ mode: mode_t) -> Int32 {
            // O_TMPFILE, whose macro Swift does not import.
            let descriptor = open(folder, O_DIRECTORY | 0o20_000_000 | O_WRONLY | O_CLOEXEC, mode)
            // This path is needed to give it a name later.
            guard descriptor >= 0, access(path(of: descriptor), F_OK) != 0 else { return descriptor }
            OpenDatabases.close(descriptor)
            return -1
        }

        private static let ending = ".part"
        private static func path(of descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }
        private static func template(for target: String) -> [CChar] { Array((target + ".XXXXXX" + ending).utf8CString) }
        private static func text(_ name: [CChar]) -> String {
            String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Creates a folder and its parents, accessible to their owner only; does nothing when it exists.
    public static func makeFolder(_ path: String) throws(FileError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) != 0 && errno != EEXIST { throw error(made) }
        }
    }

    /// Returns true when the path is a folder.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Returns true for a regular file or a link to one; false for folders, pipes and devices.
    package static func isPlainFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Returns true when the file is inside the folder; resolves links in both paths.
    package static func isBelow(_ folder: String, _ path: String) -> Bool {
        let whole = wholePath(folder)
        return wholePath(path).hasPrefix(whole.hasSuffix("/") ? whole : whole + "/")
    }

    /// Returns the names in a folder, sorted; empty when it cannot be read.
    package static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Returns a file's permission bits; nil when it does not exist.
    package static func mode(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    /// Returns the absolute path with links resolved; unchanged when it cannot be resolved.
    package static func wholePath(_ path: String) -> String { SourceFiles.realPath(path) }

    /// Returns true when the path exists.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func error(_ path: String) -> FileError {
        FileError(path: path, reason: String(cString: strerror(errno)).lowercased())
    }
}
