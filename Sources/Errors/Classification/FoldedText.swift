/// Text normalised for matching: lower case, blanks and their escapes as one space, plain quotes, without backslashes before
/// quotes and terminal colours; with the offset of each byte in the original.
///
/// Only both ends of very long texts are read, because a traceback has its exception at the end.
enum FoldedText {
    /// Maximum number of bytes read at either end.
    static let reach = 16_384

    /// Calls `body` with the folded bytes and the offset of each in the original.
    @inline(__always)
    static func with<R>(
        _ raw: UnsafeBufferPointer<UInt8>,
        _ body: (_ folded: UnsafeBufferPointer<UInt8>, _ offsets: UnsafeBufferPointer<Int32>) -> R
    ) -> R {
        let room = min(raw.count, 2 * reach) + 1
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { bytes in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: room) { offsets in
                var count = 0
                if raw.count <= 2 * reach {
                    fold(raw, 0..<raw.count, bytes, offsets, &count)
                } else {
                    fold(raw, 0..<reach, bytes, offsets, &count)
                    fold(raw, raw.count - reach..<raw.count, bytes, offsets, &count)
                }
                return body(
                    UnsafeBufferPointer(rebasing: bytes[0..<count]), UnsafeBufferPointer(rebasing: offsets[0..<count]))
            }
        }
    }

    /// Returns the folded form of a short pattern.
    static func fold(pattern: [UInt8]) -> [UInt8] {
        pattern.withUnsafeBufferPointer { raw in with(raw) { folded, _ in Array(folded) } }
    }

    /// Appends the folded bytes of `part`; writes at most one byte per byte read.
    private static func fold(
        _ raw: UnsafeBufferPointer<UInt8>, _ part: Range<Int>, _ bytes: UnsafeMutableBufferPointer<UInt8>,
        _ offsets: UnsafeMutableBufferPointer<Int32>, _ count: inout Int
    ) {
        var at = part.lowerBound, written = count
        let end = part.upperBound
        while at < end {
            var byte = raw[at], length = 1
            if byte >= 0x61 && byte <= 0x7A {
                // Most bytes of a text are lower-case letters.
            } else if byte >= 0x41 && byte <= 0x5A {
                byte += 0x20
            } else if byte <= 0x20 || byte == 0x5C || byte >= 0x7F {
                (byte, length) = special(raw, at, end)
            }
            if byte == 0 || (byte == 0x20 && written > 0 && bytes[written - 1] == 0x20) {
                at += length
                continue
            }
            bytes[written] = byte
            offsets[written] = Int32(truncatingIfNeeded: at)
            written += 1
            at += length
        }
        count = written
    }

    /// Returns the folded form of the sequence at `at` (0 for nothing) and its length.
    private static func special(_ raw: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> (UInt8, Int) {
        let byte = raw[at]
        switch byte {
        case 0x1B:
            // A terminal colour: ESC [ … letter.
            guard at + 1 < end, raw[at + 1] == 0x5B else { return (0, 1) }
            var next = at + 2
            while next < end, next < at + 16, raw[next] >= 0x20, raw[next] < 0x40 { next += 1 }
            return (0, min(next + 1, end) - at)
        case 0x5C:
            guard at + 1 < end else { return (byte, 1) }
            switch raw[at + 1] {
            case 0x6E, 0x72, 0x74: return (0x20, 2)
            case 0x22, 0x27, 0x5C, 0x2F: return (0, 1)
            default: return (byte, 1)
            }
        case 0xE2:
            guard at + 2 < end, raw[at + 1] == 0x80 else { return (byte, 1) }
            switch raw[at + 2] {
            case 0x98, 0x99: return (0x27, 3)
            case 0x9C, 0x9D: return (0x22, 3)
            default: return (byte, 1)
            }
        case 0xC2:
            return at + 1 < end && raw[at + 1] == 0xA0 ? (0x20, 2) : (byte, 1)
        default: return byte <= 0x20 || byte == 0x7F ? (0x20, 1) : (byte, 1)
        }
    }

    /// Returns true for word characters: letters, digits, underscore. Bytes of other scripts do not count.
    @inline(__always)
    static func isWord(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5F || (byte >= 0x41 && byte <= 0x5A)
    }

    /// The word that ends just before `at`, one blank between them; empty when there is none.
    static func word(before at: Int, in folded: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        guard at > 1, folded[at - 1] == 0x20 else { return max(at, 0)..<max(at, 0) }
        let end = at - 1
        var first = end
        while first > 0, end - first < 24, isWord(folded[first - 1]) { first -= 1 }
        return first..<end
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
