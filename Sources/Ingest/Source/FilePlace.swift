import Glibc
import SQLite

/// The position up to which a growing file was read, and the file's identity.
public struct FilePlace: Hashable, Sendable {
    /// Device and inode, which a rotated file keeps under its new name.
    public var device: Int64
    public var inode: Int64
    /// Bytes read, up to the end of a line.
    public var offset: Int64
    /// Lines read.
    public var lines: Int64
    /// A hash of the bytes at the start of the file and just before the offset.
    public var mark: Int64

    /// Creates a place from stored values.
    public init(device: Int64, inode: Int64, offset: Int64, lines: Int64, mark: Int64) {
        (self.device, self.inode, self.offset, self.lines, self.mark) = (device, inode, offset, lines, mark)
    }
}

/// A file of lines that another program writes, inspected without reading its records.
public struct GrowingFile {
    public let path: String
    private let file: InputFile
    public let device: Int64
    public let inode: Int64
    /// Size in bytes when inspected.
    public let size: Int64

    /// Bytes hashed at each end of the part that was read.
    private static let marked = 1024

    /// Inspects the file. Throws when it does not exist or is a folder or pipe.
    public init(path: String) throws(IngestError) {
        self.path = path
        do { file = try InputFile(path: path, flags: O_NONBLOCK) } catch { throw IngestError(path: path, error.reason) }
        var status = stat()
        guard fstat(file.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw IngestError(path: path, "is not a regular file")
        }
        device = Int64(truncatingIfNeeded: status.st_dev)
        inode = Int64(truncatingIfNeeded: status.st_ino)
        size = Int64(status.st_size)
    }

    /// Returns the place after the first `offset` bytes and `lines` lines.
    public func place(offset: Int64, lines: Int64) -> FilePlace {
        FilePlace(device: device, inode: inode, offset: offset, lines: lines, mark: mark(offset))
    }

    /// Returns true when the file continues from the place: what was read is still its beginning.
    public func continues(_ place: FilePlace) -> Bool {
        place.offset >= 0 && size >= place.offset && mark(place.offset) == place.mark
    }

    /// Returns the offset after the last line feed; 0 when there is none, never before `start`.
    public func endOfLines(from start: Int64) -> Int64 {
        var bytes = [UInt8](repeating: 0, count: 1 << 16), end = size
        while end > start {
            let count = Int(min(Int64(bytes.count), end - start))
            let got = pread(file.descriptor, &bytes, count, off_t(end - Int64(count)))
            guard got == count else { return start }
            if let feed = bytes[..<count].lastIndex(of: 0x0A) { return end - Int64(count) + Int64(feed) + 1 }
            end -= Int64(count)
        }
        return start
    }

    /// Returns the rotated file: a file in the same folder with the identity and content of the place.
    public static func rotated(_ place: FilePlace, beside path: String) -> GrowingFile? {
        let cut = path.lastIndex(of: "/")
        let folder = cut.map { String(path[..<path.index(after: $0)]) } ?? "./"
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            guard Int64(truncatingIfNeeded: entry.pointee.d_ino) == place.inode else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let file = try? GrowingFile(path: folder + name), file.device == place.device, file.continues(place) {
                return file
            }
        }
        return nil
    }

    private func mark(_ offset: Int64) -> Int64 {
        var hash = ContentHash()
        let count = Int(min(offset, Int64(GrowingFile.marked)))
        for start in [0, offset - Int64(count)] {
            var bytes = [UInt8](repeating: 0, count: count)
            let got = pread(file.descriptor, &bytes, count, off_t(start))
            hash.add(bytes.prefix(max(0, got)))
        }
        return Int64(bitPattern: hash.value)
    }
}
