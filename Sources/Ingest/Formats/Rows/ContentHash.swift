/// A hash over the content of a row, the same in every run and on every machine (FNV-1a, 64 bits).
struct ContentHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // Ends the part, so that ("ab", "c") and ("a", "bc") differ.
        value = (value ^ 0xFF) &* 0x100_0000_01B3
    }

    mutating func add(_ text: String?) { add((text ?? "\u{0}").utf8) }

    /// Sixteen hexadecimal digits.
    var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Gives rows without ids theirs: the hash of the content, and a number for exact repetitions inside one source.
struct RowIdentity {
    private var seen: [UInt64: Int] = [:]

    /// The id of a row; the same rows in the same order give the same ids.
    mutating func next(_ hash: ContentHash) -> String {
        let count = seen[hash.value, default: 0] + 1
        seen[hash.value] = count
        return count == 1 ? hash.text : "\(hash.text).\(count)"
    }
}
