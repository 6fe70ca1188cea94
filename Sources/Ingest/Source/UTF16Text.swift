/// Brings text in UTF-16, as PowerShell and some tools of Windows write it, to UTF-8 piece by piece.
struct UTF16Text {
    private let isBigEndian: Bool
    /// Bytes that do not make a whole character yet.
    private var rest: [UInt8] = []

    /// Nil for text that is not UTF-16: told by its mark, or by printable characters of ASCII that each stand in two bytes.
    init?(startingWith bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.starts(with: [0xFF, 0xFE]) {
            isBigEndian = false
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            isBigEndian = true
        } else {
            let head = bytes.prefix(16)
            func isText(_ zeros: Int) -> Bool {
                head.count >= 4 && head.enumerated().allSatisfy { $0 % 2 == zeros ? $1 == 0 : $1 >= 0x09 && $1 < 0x7F }
            }
            guard isText(0) || isText(1) else { return nil }
            isBigEndian = isText(0)
        }
    }

    /// How many bytes of UTF-8 come of so many at most.
    static func longest(_ count: Int) -> Int { (count + 4) / 2 * 3 }

    /// The next piece; half a pair is kept for the next one. The mark is left out.
    mutating func decode(_ piece: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let bytes = rest.isEmpty ? Array(piece) : rest + piece
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var at = 0
        while at + 1 < bytes.count {
            let (first, second) = (UInt16(bytes[at]), UInt16(bytes[at + 1]))
            units.append(isBigEndian ? first << 8 | second : second << 8 | first)
            at += 2
        }
        if let last = units.last, last & 0xFC00 == 0xD800 {
            units.removeLast()
            at -= 2
        }
        rest = Array(bytes[at...])
        if units.first == 0xFEFF { units.removeFirst() }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
