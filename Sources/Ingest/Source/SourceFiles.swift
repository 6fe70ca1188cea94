import Glibc
import SQLite

/// Expands folders, globs and paths to files.
public enum SourceFiles {
    /// Returns the files, each once, however many names and links lead to it: all files below a folder, all matches of a glob
    /// (`*`, `?`, `[…]`), sorted by path; in the order of `paths`. Skips dot files and dot folders, and the `-wal`, `-shm` and
    /// `-journal` files of databases, unless they are given explicitly. Throws when a path or glob matches nothing.
    public static func expand(_ paths: [String]) throws(IngestError) -> [String] {
        var found: [String] = [], seen: Set<String> = []
        for path in paths {
            let files = try expand(path)
            if files.isEmpty { throw IngestError(path: path, "contains no files") }
            for file in files where seen.insert(realPath(file)).inserted { found.append(file) }
        }
        return found
    }

    /// Returns the absolute path without links; unchanged when it cannot be resolved.
    public static func realPath(_ path: String) -> String { FileKind.realPath(path) }

    /// Returns true when the path is a folder.
    public static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

    /// Returns true when the path is a pipe, whose bytes can be read only once: probing would consume them.
    public static func isPipe(_ path: String) -> Bool { kind(path) == S_IFIFO }

    private static func expand(_ path: String) throws(IngestError) -> [String] {
        var walk = FolderWalk()
        if let kind = kind(path) { return kind == S_IFDIR ? walk.files(below: path) : [path] }
        guard path.contains(where: { "*?[".contains($0) }) else {
            throw IngestError(path: path, "no such file or folder")
        }
        let matches = glob(path)
        if matches.isEmpty { throw IngestError(path: path, "matches no file") }
        return matches.flatMap { match -> [String] in
            kind(match) == S_IFDIR ? walk.files(below: match) : isPassedOver(match) ? [] : [match]
        }
    }

    /// Visits each folder once, so that a link to a parent folder does not loop.
    private struct FolderWalk {
        private var seen: Set<String> = []

        /// Sorted, so that the order does not depend on the file system.
        mutating func files(below folder: String) -> [String] {
            guard seen.insert(SourceFiles.realPath(folder)).inserted, let directory = opendir(folder) else { return [] }
            var names: [String] = []
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if !SourceFiles.isPassedOver(name) { names.append(name) }
            }
            closedir(directory)
            let base = folder.hasSuffix("/") ? folder : folder + "/"
            var files: [String] = []
            for path in names.map({ base + $0 }).sorted() {
                switch SourceFiles.kind(path) {
                case S_IFDIR: files += self.files(below: path)
                case S_IFREG: files.append(path)
                default: break
                }
            }
            return files
        }
    }

    private static func isPassedOver(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name.hasPrefix(".") || ["-wal", "-shm", "-journal"].contains { name.hasSuffix($0) }
    }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private static func glob(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard Glibc.glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }.sorted()
    }
}
