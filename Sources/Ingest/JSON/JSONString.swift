import Glibc

/// Decodes the escapes of JSON strings.
enum JSONString {
    /// Returns the decoded bytes between two quotes. Invalid UTF-8 and lone surrogates become U+FFFD; an unknown escape yields
    /// its own letter.
    static func decode(_ raw: UnsafeBufferPointer<UInt8>) -> String {
        guard let start = raw.baseAddress, raw.count > 0 else { return "" }
        guard memchr(start, 0x5C, raw.count) != nil else { return String(decoding: raw, as: UTF8.self) }
        // Decoded text is never longer than raw text: the shortest escape has two bytes and yields one; \uXXXX yields at most
        // three.
        return String(unsafeUninitializedCapacity: raw.count) { unescape(raw, into: $0) }
    }

    /// Writes the decoded text and returns its length; `out` has room for as many bytes as `raw`.
    private static func unescape(_ raw: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var at = 0, length = 0
        let start = raw.baseAddress!
        while at < raw.count {
            let plain: Int
            if let slash = memchr(start + at, 0x5C, raw.count - at) {
                plain = UnsafeRawPointer(slash) - UnsafeRawPointer(start + at)
            } else {
                plain = raw.count - at
            }
            memcpy(out.baseAddress! + length, start + at, plain)
            at += plain
            length += plain
            guard at + 1 < raw.count else { break }
            let letter = raw[at + 1]
            at += 2
            switch letter {
            case 0x6E: out[length] = 0x0A
            case 0x74: out[length] = 0x09
            case 0x72: out[length] = 0x0D
            case 0x62: out[length] = 0x08
            case 0x66: out[length] = 0x0C
            case 0x75:
                let scalar = unicodeEscape(raw, &at)
                for byte in UTF8.encode(scalar).unsafelyUnwrapped {
                    out[length] = byte
                    length += 1
                }
                continue
            default: out[length] = letter
            }
            length += 1
        }
        return length
    }

    /// Returns the scalar of the four digits at `at`, combined with a following low surrogate.
    private static func unicodeEscape(_ raw: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        // Its own letter, as for any unknown escape: a replacement character would be longer than these two bytes.
        guard let unit = fourDigits(raw, at) else { return "u" }
        at += 4
        guard unit & 0xF800 == 0xD800 else { return Unicode.Scalar(unit) ?? replacement }
        guard unit < 0xDC00, at + 6 <= raw.count, raw[at] == 0x5C, raw[at + 1] == 0x75, let low = fourDigits(raw, at + 2),
            low & 0xFC00 == 0xDC00
        else { return replacement }
        at += 6
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? replacement
    }

    private static func fourDigits(_ raw: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32? {
        guard at + 4 <= raw.count else { return nil }
        var value: UInt32 = 0
        for byte in raw[at..<at + 4] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
