import Glibc

/// Splits a source into lines.
struct LineSplitter {
    let buffer: InputBuffer

    enum Line {
        /// A line without its line break; `isTorn` when the file ends in it.
        case text(UnsafeBufferPointer<UInt8>, number: Int, isTorn: Bool)
        case tooLong(number: Int)
    }

    /// Returns the next line; nil after the last. The bytes are valid until the next call.
    mutating func next() throws(IngestError) -> Line? {
        var searched = 0
        while true {
            let bytes = buffer.bytes
            if bytes.count > searched, let feed = memchr(bytes.baseAddress! + searched, 0x0A, bytes.count - searched) {
                let length = UnsafeRawPointer(feed) - UnsafeRawPointer(bytes.baseAddress!)
                let number = buffer.line
                buffer.drop(length + 1, lines: 1)
                return .text(trimmed(bytes, length), number: number, isTorn: false)
            }
            searched = bytes.count
            if try buffer.refill() { continue }
            let rest = buffer.bytes
            if !buffer.isAtEnd { return try skipLongLine() }
            if rest.isEmpty { return nil }
            let number = buffer.line
            buffer.drop(rest.count, lines: 0)
            return .text(trimmed(rest, rest.count), number: number, isTorn: true)
        }
    }

    private func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ length: Int) -> UnsafeBufferPointer<UInt8> {
        let end = length > 0 && bytes[length - 1] == 0x0D ? length - 1 : length
        return UnsafeBufferPointer(rebasing: bytes[..<end])
    }

    private func skipLongLine() throws(IngestError) -> Line {
        let number = buffer.line
        while true {
            let bytes = buffer.bytes
            if let start = bytes.baseAddress, let feed = memchr(start, 0x0A, bytes.count) {
                buffer.drop(UnsafeRawPointer(feed) - UnsafeRawPointer(start) + 1, lines: 1)
                return .tooLong(number: number)
            }
            buffer.drop(bytes.count, lines: 0)
            guard try buffer.refill() else { return .tooLong(number: number) }
        }
    }
}
