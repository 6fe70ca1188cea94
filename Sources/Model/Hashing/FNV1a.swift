/// FNV-1a, 64 bits (Fowler, Noll, Vo): the same for the same bytes on every machine and in every version. Not against attackers.
///
/// For hashes that leave the program or are kept, such as ids that are made of contents; `ContentHash` is faster.
public struct FNV1a: Hashable, Sendable {
    @usableFromInline var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of what was added.
    @inlinable public var value: UInt64 { hash }

    /// Makes the hash of nothing.
    @inlinable public init() {}

    /// Adds one byte.
    @inlinable public mutating func add(_ byte: UInt8) { add(word: UInt64(byte)) }

    /// Adds a number in one step, as if it were a byte.
    @inlinable public mutating func add(word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01B3 }

    /// Adds bytes, without their number.
    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var hash = hash
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        self.hash = hash
    }

    /// Adds the bytes of a text, without their number.
    public mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// The hash as sixteen hexadecimal digits.
    public var digits: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
