/// The reason that a protobuf message cannot be read further, and where.
struct WireFault: Error, Equatable {
    enum Reason: String {
        case ended = "the message ends inside a field"
        case badTag = "invalid field tag"
        case badVarint = "number longer than 10 bytes"
        case wrongType = "a field has another type than in OTLP"
    }

    var reason: Reason
    /// Offset in bytes from the start of the innermost message.
    var offset: Int
}

/// One field of a protobuf message.
struct WireField {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// A string, bytes, a message, or packed numbers.
        case bytes(UnsafeBufferPointer<UInt8>)
    }

    let number: Int
    let value: Value
}

/// Walks the fields of one protobuf message in memory that outlives it. Knows nothing of the message's meaning.
///
/// Groups, which no OTLP message has, are faults.
struct WireReader {
    private let base: UnsafePointer<UInt8>
    private let end: Int
    private let isCut: Bool
    /// The offset of the next byte.
    private(set) var at = 0

    /// - Parameter isCut: True for the beginning of a longer message: its last field is then given as far as it goes.
    init(_ bytes: UnsafeBufferPointer<UInt8>, isCut: Bool = false) {
        self.isCut = isCut
        // An empty buffer may have no address; the placeholder is never read.
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 8)!
        end = bytes.baseAddress == nil ? 0 : bytes.count
    }

    /// Returns the next field; nil at the end of the message.
    mutating func next() throws(WireFault) -> WireField? {
        guard at < end else { return nil }
        let start = at, tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw WireFault(reason: .badTag, offset: start) }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0: return WireField(number: number, value: .varint(try varint()))
        case 1: return WireField(number: number, value: .fixed64(try fixed(8)))
        case 2:
            let written = try varint(), count = isCut ? min(written, UInt64(end - at)) : written
            guard count <= UInt64(end - at) else { throw WireFault(reason: .ended, offset: end) }
            let bytes = UnsafeBufferPointer(start: base + at, count: Int(count))
            at += Int(count)
            return WireField(number: number, value: .bytes(bytes))
        case 5: return WireField(number: number, value: .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default: throw WireFault(reason: .badTag, offset: start)
        }
    }

    /// Reads a number of one to ten bytes, seven bits in each, the lowest first.
    mutating func varint() throws(WireFault) -> UInt64 {
        var value: UInt64 = 0, shift: UInt64 = 0
        while at < end {
            let byte = base[at]
            at += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            guard shift < 70 else { throw WireFault(reason: .badVarint, offset: at) }
        }
        throw WireFault(reason: .ended, offset: end)
    }

    private mutating func fixed(_ count: Int) throws(WireFault) -> UInt64 {
        guard end - at >= count else { throw WireFault(reason: .ended, offset: end) }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(base[at + index]) << UInt64(8 * index) }
        at += count
        return value
    }
}
