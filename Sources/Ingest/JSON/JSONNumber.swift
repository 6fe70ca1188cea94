import Glibc

/// Parses numbers from bytes; integers do not pass through Double.
enum JSONNumber {
    /// Parses an integer; `12.0` is 12, `12.5` is nil. Nil when it does not fit in 64 bits.
    static func int(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        let isNegative = bytes.first == 0x2D
        guard let magnitude = unsigned(isNegative ? UnsafeBufferPointer(rebasing: bytes.dropFirst()) : bytes) else { return nil }
        if isNegative { return magnitude <= UInt64(Int64.max) ? -Int64(magnitude) : nil }
        return Int64(exactly: magnitude)
    }

    /// Parses an unsigned integer.
    static func unsigned(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            guard byte >= 0x30 && byte <= 0x39 else {
                // A fraction or exponent is exact only in the integer range of a Double.
                guard index > 0, let double = double(bytes), double.magnitude < 9e15 else { return nil }
                return UInt64(exactly: double)
            }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(UInt64(byte - 0x30))
            if overflow || carry { return nil }
            value = sum
        }
        return bytes.isEmpty ? nil : value
    }

    /// Parses a finite number.
    static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        guard bytes.count > 0, bytes.count <= 64, let start = bytes.baseAddress else { return nil }
        guard JSONSlice(start: start, count: bytes.count).isNumber else { return nil }
        let value = Double(String(decoding: bytes, as: UTF8.self))
        return value.flatMap { $0.isFinite ? $0 : nil }
    }
}
