import Glibc
import TestSupport

/// The files of the repository: those tracked by git, or without git, those in the folder.
enum Repository {
    /// Paths below the root, sorted.
    static let files: [String] = {
        let tracked = lines(of: "git -C '\(Fixtures.root)' ls-files --cached --others --exclude-standard 2>/dev/null")
        // A folder inside another repository tracks nothing here.
        let found = tracked.contains("Package.swift") ? tracked : walk("")
        return found.filter { access(Fixtures.root + "/" + $0, F_OK) == 0 }.sorted()
    }()

    /// The Swift files below `Sources` and `Tests`.
    static let sources = files.filter { $0.hasPrefix("Sources/") && $0.hasSuffix(".swift") }
    static let code = files.filter { $0.hasSuffix(".swift") }

    /// The content of a file as text.
    static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

    /// Returns true when `text` occurs in the file, if that is text.
    static func holds(_ path: String, _ text: String) -> Bool {
        let content = (bytes(path) + [0]).map { CChar(bitPattern: $0) }
        return strstr(content, text) != nil
    }

    private static func bytes(_ path: String) -> [UInt8] {
        guard let stream = fopen(Fixtures.root + "/" + path, "rb") else { return [] }
        defer { fclose(stream) }
        var bytes: [UInt8] = [], part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&part, 1, part.count, stream)
            if count == 0 { return bytes }
            bytes += part[..<count]
        }
    }

    static func lines(_ path: String) -> [Substring] { linesOfCode[path] ?? [] }

    /// Every line of code, read once.
    private static let linesOfCode: [String: [Substring]] = Dictionary(
        uniqueKeysWithValues: code.map { ($0, text($0).split(separator: "\n", omittingEmptySubsequences: false)) })

    private static func lines(of command: String) -> [String] {
        guard let pipe = popen(command, "r") else { return [] }
        defer { pclose(pipe) }
        var bytes: [UInt8] = [], part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&part, 1, part.count, pipe)
            if count == 0 { break }
            bytes += part[..<count]
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Build products.
    private static let ignored: Set<String> = [".git", ".build", ".swiftpm", "Package.resolved"]

    private static func walk(_ folder: String) -> [String] {
        guard let directory = opendir(Fixtures.root + "/" + folder) else { return [] }
        defer { closedir(directory) }
        var found: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." || ignored.contains(name) || name.contains(".db") { continue }
            let path = folder.isEmpty ? name : folder + "/" + name
            var status = stat()
            guard stat(Fixtures.root + "/" + path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { found += walk(path) } else { found.append(path) }
        }
        return found
    }
}
