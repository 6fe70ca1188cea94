/// The canonical form in which ids are stored and compared.
public enum Identifier {
    /// Lower-cases hexadecimal ids and removes dashes and `0x`; leaves all other ids unchanged.
    ///
    /// A UUID, an OpenTelemetry id and their upper-case forms become equal, while ids chosen by people (`run-7`, `Checkout`) keep
    /// their spelling. Surrounding white space is removed; "" stays "".
    public static func normalise(_ id: String) -> String {
        // The common case, 16 or 32 lower-case hexadecimal digits, must not allocate.
        var id = id
        let isPlain = id.utf8.withContiguousStorageIfAvailable { bytes in
            !bytes.isEmpty && bytes.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
        }
        if isPlain == true { return id }
        id = String(id.drop(while: \.isWhitespace))
        while id.last?.isWhitespace == true { id.removeLast() }
        var digits: [UInt8] = []
        var rest = Substring(id).utf8
        if rest.starts(with: "0x".utf8) || rest.starts(with: "0X".utf8) { rest = rest.dropFirst(2) }
        for byte in rest {
            switch byte {
            case 0x30...0x39, 0x61...0x66: digits.append(byte)
            case 0x41...0x46: digits.append(byte + 32)
            case 0x2D: continue
            default: return id
            }
        }
        return digits.count >= 8 ? String(decoding: digits, as: UTF8.self) : id
    }
}
