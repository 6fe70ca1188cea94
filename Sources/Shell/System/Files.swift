import Glibc
import Model

/// Trouble with a file, in words.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What went wrong.
    public let reason: String
    public var description: String { "\(path): \(reason)" }
}

/// Whole files in and out.
public enum Files {
    /// The content of a file of at most `limit` bytes.
    public static func bytes(of path: String, limit: Int = 64 << 20) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
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
    /// What is no plain file (a device, a pipe) is written to as it is, never replaced.
    public static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(FileError) {
        do { try write(to: path, mode: mode) { try $0(text) } } catch let error as FileError { throw error } catch {
            throw FileError(path: path, reason: "\(error)")
        }
    }

    /// As above, bit by bit: `body` hands the text to the function it is given.
    static func write(to path: String, mode: mode_t, _ body: ((String) throws -> Void) throws -> Void) throws {
        var status = stat()
        let isThere = stat(path, &status) == 0
        if isThere, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw error(path) }
            defer { close(descriptor) }
            try body { guard Output.write($0, to: descriptor) else { throw error(path) } }
            return
        }
        let draft = path + ".\(getpid()).part"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw error(path) }
        var isOpen = true
        do {
            try body { guard Output.write($0, to: descriptor) else { throw error(path) } }
            guard fsync(descriptor) == 0 else { throw error(path) }
            close(descriptor)
            isOpen = false
            guard rename(draft, path) == 0 else { throw error(path) }
        } catch {
            if isOpen { close(descriptor) }
            unlink(draft)
            throw error
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
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// True for a plain file, or a link to one: no folder, pipe or device.
    static func isPlainFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// True when the file, links followed, lies below the folder, links followed.
    static func isBelow(_ folder: String, _ path: String) -> Bool {
        let whole = wholePath(folder)
        return wholePath(path).hasPrefix(whole.hasSuffix("/") ? whole : whole + "/")
    }

    /// The names in a folder, sorted; empty when it cannot be read.
    static func names(in path: String) -> [String] {
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
    static func mode(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    /// The path from the root, links followed; as it is when that cannot be told.
    static func wholePath(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// True when something lies at the path.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func error(_ path: String) -> FileError {
        FileError(path: path, reason: String(cString: strerror(errno)).lowercased())
    }
}
