import Glibc

/// The rotated predecessors of a growing file, as log rotation names them: `app.log.1`, `app.log-20261130`, `app-2026-11-30.log`,
/// `app.log.2.gz`, `app.log.old`.
public struct RotatedFiles {
    /// A rotated file.
    public struct File: Hashable {
        public let path: String
        /// Last modification, in nanoseconds.
        public let modified: Int64
        public let isCompressed: Bool
        /// The inode, as in `FilePlace`.
        public let inode: Int64
        /// The number in its name, if it grows with each rotation.
        fileprivate let number: Int?
    }

    /// The files, oldest first.
    public let files: [File]

    /// Finds the rotated files beside `path`.
    public init(of path: String) {
        let cut = path.utf8.lastIndex(of: 0x2F).map { path.utf8.index(after: $0) } ?? path.startIndex
        let folder = cut == path.startIndex ? "./" : String(path[..<cut]), name = String(path[cut...])
        var found: [File] = []
        if let directory = opendir(folder) {
            defer { closedir(directory) }
            while let entry = readdir(directory) {
                let other = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                guard let mark = RotatedFiles.mark(of: other, rotated: name) else { continue }
                var status = stat()
                guard stat(folder + other, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
                found.append(
                    File(
                        path: folder + other,
                        modified: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec),
                        isCompressed: mark.isCompressed, inode: Int64(truncatingIfNeeded: status.st_ino), number: mark.number))
            }
        }
        // A file that is being compressed exists twice.
        let plain = Set(found.lazy.filter { !$0.isCompressed }.map(\.path))
        found.removeAll {
            $0.isCompressed && plain.contains(String($0.path[..<($0.path.lastIndex(of: ".") ?? $0.path.endIndex)]))
        }
        // Numbers give the exact order; times are only as precise as the file system stores them.
        let areNumbered = found.allSatisfy { $0.number != nil }
        files = found.sorted { a, b in
            if areNumbered, let first = a.number, let second = b.number, first != second { return first > second }
            return (a.modified, a.path) < (b.modified, b.path)
        }
    }

    /// Returns the index of the file that contains what was read up to a place and continues from there: the same file under
    /// another name, or a copy. `unpack` decompresses files for the check.
    public func holding(_ place: FilePlace, unpack: (File) -> GrowingFile?) -> (index: Int, file: GrowingFile)? {
        let same = files.indices.filter { files[$0].inode == place.inode }
        let plain = files.indices.filter { !files[$0].isCompressed && files[$0].inode != place.inode }
        // Where nothing has been read, every file continues from there: only the file itself counts.
        for index in same + (place.offset > 0 ? plain.reversed() : []) {
            if let file = try? GrowingFile(path: files[index].path), file.continues(place) { return (index, file) }
        }
        guard place.offset > 0 else { return nil }
        // Newest first: the file read last was rotated last.
        for index in files.indices.reversed() where files[index].isCompressed {
            if let file = unpack(files[index]), file.continues(place) { return (index, file) }
        }
        return nil
    }

    /// Parses the name of a rotated file; nil when `other` is not a rotated file of `name`.
    static func mark(of other: String, rotated name: String) -> (number: Int?, isCompressed: Bool)? {
        guard other != name else { return nil }
        var rest = other[...], isCompressed = false
        for ending in [".gz", ".zst", ".xz", ".bz2"] where rest.hasSuffix(ending) {
            rest = rest.dropLast(ending.count)
            isCompressed = true
        }
        let middle: Substring
        if rest.hasPrefix(name) {
            middle = rest.dropFirst(name.count)
            if middle.isEmpty { return isCompressed ? (nil, true) : nil }
        } else {
            guard let dot = name.lastIndex(of: "."), dot > name.startIndex, rest.hasPrefix(name[..<dot]),
                rest.hasSuffix(name[dot...]),
                rest.count > name.count
            else { return nil }
            middle = rest.dropFirst(name[..<dot].count).dropLast(name[dot...].count)
        }
        guard let first = middle.first, ".-_".contains(first) else { return nil }
        let word = middle.dropFirst()
        if ["old", "bak", "prev"].contains(word) { return (nil, isCompressed) }
        guard let digit = word.first, digit.isASCII, digit.isNumber,
            word.allSatisfy({ $0.isASCII && ($0.isNumber || ".-_:TZ".contains($0)) })
        else { return nil }
        return (word.count <= 4 ? Int(word) : nil, isCompressed)
    }
}
