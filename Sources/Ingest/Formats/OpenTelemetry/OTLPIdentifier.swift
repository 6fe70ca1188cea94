import Model

/// Parses OTLP ids: hexadecimal in any case, or base64 as plain protobuf JSON writes them.
enum OTLPIdentifier {
    /// Returns an id of `bytes` bytes (16 for a trace, 8 for a span) in lower-case hex; keeps an id of another form as written.
    /// Nil for an empty or all-zero id.
    static func read(_ slice: JSONSlice, bytes: Int) -> String? {
        guard slice.isString, slice.content.count > 0 else { return nil }
        let raw = slice.content
        let isPadded = raw.last == 0x3D && raw.count == (bytes + 2) / 3 * 4
        if isPadded, let hex = hexOfBase64(raw, bytes: bytes) { return isZero(hex) ? nil : hex }
        let id = Identifier.normalise(JSONString.decode(raw))
        return id.isEmpty || isZero(id) ? nil : id
    }

    private static func isZero(_ id: String) -> Bool { id.utf8.allSatisfy { $0 == 0x30 } }

    private static func hexOfBase64(_ raw: UnsafeBufferPointer<UInt8>, bytes: Int) -> String? {
        var hex: [UInt8] = [], word: UInt32 = 0, bits = 0
        let digits = Array("0123456789abcdef".utf8)
        for byte in raw where byte != 0x3D {
            let value: UInt32
            switch byte {
            case 0x41...0x5A: value = UInt32(byte - 0x41)
            case 0x61...0x7A: value = UInt32(byte - 0x61 + 26)
            case 0x30...0x39: value = UInt32(byte - 0x30 + 52)
            case 0x2B, 0x2D: value = 62
            case 0x2F, 0x5F: value = 63
            default: return nil
            }
            word = (word & 0x3FF) << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                let byte = UInt8(truncatingIfNeeded: word >> UInt32(bits))
                hex.append(digits[Int(byte >> 4)])
                hex.append(digits[Int(byte & 15)])
            }
        }
        return hex.count == bytes * 2 ? String(decoding: hex, as: UTF8.self) : nil
    }
}
