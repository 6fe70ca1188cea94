import Model

/// A hash of a row's content, the same in every run and on every machine (FNV-1a, 64 bits).
struct ContentHash {
    private var hash = FNV1a()

    /// The hash of what was added.
    var value: UInt64 { hash.value }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { hash.add(byte) }
        // A terminator, so that ("ab", "c") and ("a", "bc") differ.
        hash.add(0xFF as UInt8)
    }

    mutating func add(_ text: String?) { add((text ?? "\u{0}").utf8) }

    /// Sixteen hexadecimal digits.
    var text: String { hash.digits }
}

/// Assigns ids to rows without ids: the content hash, plus a number for exact repetitions in one source.
///
/// Remembers about the last hundred thousand rows, however long the source is: equal rows, including their times, are close
/// together, and a repetition further away is a copy.
struct RowIdentity {
    private var recent: [UInt64: Int] = [:]
    private var older: [UInt64: Int] = [:]
    private static let limit = 1 << 16

    /// Returns the id of a row; the same rows in the same order get the same ids.
    mutating func next(_ hash: ContentHash) -> String {
        let count = (recent[hash.value] ?? older[hash.value] ?? 0) + 1
        if recent.count == RowIdentity.limit {
            older = recent
            recent = [:]
        }
        recent[hash.value] = count
        return count == 1 ? hash.text : "\(hash.text).\(count)"
    }
}
