import Glibc

/// A window over the unused bytes of a source. Grows to the longest record and no further.
final class InputBuffer {
    /// Maximum size of a record, in bytes.
    static let limit = 256 << 20

    let source: ByteSource
    /// Called after each refill with the bytes consumed of the file on disk.
    var progress: (Int64) -> Void = { _ in }
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var stop = 0
    /// True when all bytes have been read.
    private(set) var isAtEnd = false
    /// The line of the first unused byte, from 1.
    private(set) var line: Int

    init(_ source: ByteSource, capacity: Int = 1 << 20, line: Int = 1) {
        self.source = source
        self.line = line
        self.capacity = capacity
        memory = malloc(capacity)!
    }

    deinit { free(memory) }

    /// The unused bytes; valid until the next `refill`.
    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: memory.assumingMemoryBound(to: UInt8.self) + start, count: stop - start)
    }

    var count: Int { stop - start }

    /// Consumes `count` bytes and counts their lines.
    func drop(_ count: Int) {
        line += lines(in: count)
        start += count
    }

    /// Consumes bytes that contain `lines` line feeds.
    func drop(_ count: Int, lines: Int) {
        line += lines
        start += count
    }

    /// Returns the number of line feeds in the first `count` unused bytes.
    func lines(in count: Int) -> Int { InputBuffer.lines(in: UnsafeBufferPointer(rebasing: bytes[..<count])) }

    /// Returns the number of line feeds in `bytes`.
    static func lines(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard var at = bytes.baseAddress else { return 0 }
        let end = at + bytes.count
        var found = 0
        while at < end, let feed = memchr(at, 0x0A, end - at) {
            found += 1
            at = UnsafePointer(feed.assumingMemoryBound(to: UInt8.self)) + 1
        }
        return found
    }

    /// Reads more bytes; returns false at the end or at the limit.
    func refill() throws(IngestError) -> Bool {
        guard !isAtEnd else { return false }
        if start > 0 {
            memmove(memory, memory + start, stop - start)
            stop -= start
            start = 0
        }
        if stop == capacity {
            guard capacity < InputBuffer.limit else { return false }
            let larger = min(capacity * 2, InputBuffer.limit)
            guard let moved = realloc(memory, larger) else {
                throw IngestError(path: source.path, line: line, "no memory for a record of more than \(capacity >> 20) MB")
            }
            memory = moved
            capacity = larger
        }
        let got = try source.read(into: UnsafeMutableRawBufferPointer(start: memory + stop, count: capacity - stop))
        stop += got
        isAtEnd = stop < capacity
        progress(source.consumed)
        return got > 0
    }

    /// Reads until there are `count` unused bytes, or to the end.
    func fill(_ count: Int) throws(IngestError) {
        while self.count < count, try refill() {}
    }
}
