import Glibc
import Ingest
import Model

/// Trouble with a file, in words.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What went wrong.
    public let reason: String
    public var description: String { "\(path): \(reason)" }

    /// Makes an error of a path and what went wrong with it.
    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// Whole files in and out.
public enum Files {
    /// The content of a file of at most `limit` bytes.
    public static func bytes(of path: String, limit: Int = 64 << 20) throws(FileError) -> [UInt8] {
        let file: InputFile
        do { file = try InputFile(path: path) } catch { throw FileError(path: path, reason: error.reason) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file.descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw error(path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > limit { throw FileError(path: path, reason: "is larger than \(limit >> 20) MB") }
        }
    }

    /// The content of a text file.
    public static func text(of path: String) throws(FileError) -> String { String(decoding: try bytes(of: path), as: UTF8.self) }

    /// Writes a file, readable by its owner alone unless `mode` says otherwise, whole or not at all: a new file takes the old
    /// one's place.
    ///
    /// What is no plain file (a device, a pipe) is written to as it is, never replaced; a database is refused.
    public static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(FileError) {
        do { try write(to: path, mode: mode) { try $0(text) } } catch let error as FileError { throw error } catch {
            throw FileError(path: path, reason: "\(error)")
        }
    }

    /// As above, bit by bit: `body` hands the text to the function it is given.
    package static func write(to path: String, mode: mode_t, _ body: ((String) throws -> Void) throws -> Void) throws {
        var status = stat()
        let isThere = stat(path, &status) == 0
        if isThere, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw error(path) }
            defer { OpenDatabases.close(descriptor) }
            try body { guard Output.write($0, to: descriptor) else { throw error(path) } }
            return
        }
        // A name that is mistyped or completed must not cost a store.
        if isThere, OpenDatabases.contains(path) || OpenDatabases.isDatabase(path) {
            throw FileError(path: path, reason: "is a database and is not replaced; choose another name")
        }
        let draft = try Draft(for: path, mode: mode)
        try body { guard Output.write($0, to: draft.descriptor) else { throw error(path) } }
        guard draft.takePlace() else { throw error(path) }
    }

    /// A file under a name that nobody can foresee, beside the one whose place it is to take; gone unless it does.
    package final class Draft {
        package let descriptor: Int32
        private let target: String, name: String
        private var isOpen = true

        /// Makes the file anew: what lies at its name already, a link above all, is never opened.
        package init(for target: String, mode: mode_t) throws(FileError) {
            self.target = target
            let ending = ".part"
            var template = Array((target + ".XXXXXX" + ending).utf8CString)
            // O_EXCL, which does not follow links either.
            descriptor = mkstemps(&template, Int32(ending.utf8.count))
            name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard descriptor >= 0 else {
                isOpen = false
                throw Files.error(target)
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            // As open(2) would have made it.
            let mask = umask(0)
            umask(mask)
            fchmod(descriptor, mode & ~mask)
        }

        deinit {
            guard isOpen else { return }
            OpenDatabases.close(descriptor)
            unlink(name)
        }

        /// Puts the draft, safely on the disk, in the place of the target; false when that failed, and `errno` says why.
        package func takePlace() -> Bool {
            guard fsync(descriptor) == 0, rename(name, target) == 0 else { return false }
            isOpen = false
            OpenDatabases.close(descriptor)
            return true
        }
    }

    /// Makes a folder and those above it, for its owner alone; does nothing when it is there.
    public static func makeFolder(_ path: String) throws(FileError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) != 0 && errno != EEXIST { throw error(made) }
        }
    }

    /// True when the path is a folder.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// True for a plain file, or a link to one: no folder, pipe or device.
    package static func isPlainFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// True when the file, links followed, lies below the folder, links followed.
    package static func isBelow(_ folder: String, _ path: String) -> Bool {
        let whole = wholePath(folder)
        return wholePath(path).hasPrefix(whole.hasSuffix("/") ? whole : whole + "/")
    }

    /// The names in a folder, sorted; empty when it cannot be read.
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

    /// The permission bits of a file; nil when there is none.
    package static func mode(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    /// The path from the root, links followed; as it is when that cannot be told.
    package static func wholePath(_ path: String) -> String { SourceFiles.realPath(path) }

    /// True when something lies at the path.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func error(_ path: String) -> FileError {
        FileError(path: path, reason: String(cString: strerror(errno)).lowercased())
    }
}
