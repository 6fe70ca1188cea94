/// A 64-bit hash of a row's content: the same for the same content on every machine and in every version.
///
/// Two multiplications a 16-byte step, as wyhash does (Wang Yi, public domain); not against a deliberate attack.
public struct ContentHash: Sendable {
    @usableFromInline var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Makes the hash of nothing.
    @inlinable public init() {}

    /// The hash of what was added.
    @inlinable public var value: UInt64 { ContentHash.mix(state, 0xA076_1D64_78BD_642F) }

    @inlinable @inline(__always)
    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = (a ^ 0x2D35_8DCC_AA6C_78A5).multipliedFullWidth(by: b ^ 0x8BB8_4B93_962E_ACC9)
        return high ^ low
    }

    /// Adds a number.
    @inlinable @inline(__always)
    public mutating func add(_ number: UInt64) { state = ContentHash.mix(state ^ number, 0x4B33_A62E_D433_D4A3) }

    /// Adds a number.
    @inlinable @inline(__always)
    public mutating func add(_ number: Int64) { add(UInt64(bitPattern: number)) }

    /// Adds a number that may be unknown; unknown differs from every number.
    @inlinable @inline(__always)
    public mutating func add(_ number: Int64?) {
        guard let number else { return add(0x5851_F42D_4C95_7F2D as UInt64) }
        add(number)
        add(1 as UInt64)
    }

    /// Adds a text that may be unknown; unknown differs from "".
    @inlinable @inline(__always)
    public mutating func add(_ text: String?) {
        guard let text else { return add(0x1405_7B7E_F767_814F as UInt64) }
        // Without a copy of the text, which `withUTF8` would make.
        if text.utf8.withContiguousStorageIfAvailable({ add(UnsafeRawBufferPointer($0)) }) == nil {
            Array(text.utf8).withUnsafeBytes { add($0) }
        }
    }

    /// Adds bytes and their number.
    @inlinable public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var at = 0, state = self.state ^ UInt64(bytes.count)
        while at + 16 <= bytes.count {
            let a = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let b = bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self)
            state = ContentHash.mix(state ^ UInt64(littleEndian: a), UInt64(littleEndian: b))
            at += 16
        }
        var a: UInt64 = 0, b: UInt64 = 0
        if at + 8 <= bytes.count {
            a = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        while at < bytes.count {
            b = b << 8 | UInt64(bytes[at])
            at += 1
        }
        self.state = ContentHash.mix(state ^ a, b)
    }

    /// The hash of one text.
    @inlinable public static func of(_ text: String?) -> UInt64 {
        var hash = ContentHash()
        hash.add(text)
        return hash.value
    }
}
