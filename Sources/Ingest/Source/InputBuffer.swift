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

    /// The encoding of a source that is not UTF-8.
    private var utf16: UTF16Text?
    /// True when the source is UTF-16, so that places in it are not those of its bytes on disk.
    var isUTF16: Bool { utf16 != nil }

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
                throw IngestError(
                    path: source.path, line: line, "not enough memory for a record of more than \(capacity >> 20) MB")
            }
            memory = moved
            capacity = larger
        }
        let room = UnsafeMutableRawBufferPointer(start: memory + stop, count: capacity - stop)
        let got: Int
        if utf16 == nil {
            got = try source.read(into: room)
            stop += got
            isAtEnd = stop < capacity
        } else {
            got = try readUTF16(into: room)
        }
        progress(source.consumed)
        return got > 0
    }

    /// Looks whether the bytes read so far are UTF-16; if so, they and all that follow are given as UTF-8.
    func recogniseUTF16() throws(IngestError) {
        guard let found = UTF16Text(startingWith: bytes) else { return }
        utf16 = found
        let decoded = utf16?.decode(bytes) ?? []
        if decoded.count > capacity {
            guard let moved = realloc(memory, decoded.count) else {
                throw IngestError(path: source.path, "no memory for its text")
            }
            memory = moved
            capacity = decoded.count
        }
        decoded.withUnsafeBytes { if let start = $0.baseAddress { memcpy(memory, start, decoded.count) } }
        (start, stop) = (0, decoded.count)
    }

    private func readUTF16(into room: UnsafeMutableRawBufferPointer) throws(IngestError) -> Int {
        var raw = [UInt8](repeating: 0, count: max(64, room.count / 3))
        // Less room than a piece may need: the buffer grows with the next call.
        guard UTF16Text.longest(raw.count) <= room.count else { return try growAndRead(&raw) }
        return try append(&raw)
    }

    private func growAndRead(_ raw: inout [UInt8]) throws(IngestError) -> Int {
        guard let moved = realloc(memory, capacity + UTF16Text.longest(raw.count)) else {
            throw IngestError(path: source.path, line: line, "no memory for its text")
        }
        memory = moved
        capacity += UTF16Text.longest(raw.count)
        return try append(&raw)
    }

    private func append(_ raw: inout [UInt8]) throws(IngestError) -> Int {
        var failure: IngestError?, got = 0
        raw.withUnsafeMutableBytes { bytes in
            do throws(IngestError) { got = try source.read(into: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        isAtEnd = got < raw.count
        let decoded = raw.withUnsafeBufferPointer { utf16?.decode(UnsafeBufferPointer(rebasing: $0[..<got])) } ?? []
        decoded.withUnsafeBytes { if let start = $0.baseAddress { memcpy(memory + stop, start, decoded.count) } }
        stop += decoded.count
        return got
    }

    /// Reads until there are `count` unused bytes, or to the end.
    func fill(_ count: Int) throws(IngestError) {
        while self.count < count, try refill() {}
    }
}
