import Model

/// Parses times from JSON values and text.
public enum TimeValue {
    /// The zone for times without a zone: the one the user gave for the source being read, else UTC.
    @TaskLocal public static var localZone = Zone.utc

    /// Parses OTLP's nanoseconds, a number or string; nil for 0, which means unset, and after the year 2262.
    static func nanoseconds(_ slice: JSONSlice) -> Timestamp? {
        guard let value = slice.unsigned, value > 0, let nanoseconds = Int64(exactly: value) else { return nil }
        return Timestamp(nanoseconds: nanoseconds)
    }

    /// Parses ISO text, or a number of seconds, milliseconds, microseconds or nanoseconds since 1970, distinguished by magnitude.
    static func any(_ slice: JSONSlice) -> Timestamp? {
        if slice.isString { return slice.withContent { any($0) } }
        return slice.isNumber ? any(slice.bytes) : nil
    }

    /// Parses text as `any(_:)`; nil when it is not a time.
    public static func any(_ text: String) -> Timestamp? {
        var text = text
        return text.withUTF8 { any($0) }
    }

    /// Parses bytes without quotes as `any(_:)`. Accepts text in a second pair of quotes, as Langfuse writes dates.
    static func any(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        if bytes.count > 2, bytes.first == 0x22, bytes.last == 0x22 {
            return any(UnsafeBufferPointer(rebasing: bytes[1..<bytes.count - 1]))
        }
        if let time = TimeText.parse(bytes, zone: localZone) { return time }
        if let whole = JSONNumber.int(bytes), whole >= 0 {
            let (value, overflow) = whole.multipliedReportingOverflow(by: scale(whole))
            return overflow ? nil : Timestamp(nanoseconds: value)
        }
        guard let value = JSONNumber.double(bytes), value >= 0, value < 9e15 else { return nil }
        // Integer and fraction separately: a Double holds current times to the microsecond, not the nanosecond.
        let whole = Int64(value), unit = scale(whole)
        let (base, overflow) = whole.multipliedReportingOverflow(by: unit)
        let digits = bytes.firstIndex(of: 0x2E).map { bytes[$0...] }
        let written = digits.flatMap {
            $0.contains { $0 | 0x20 == 0x65 } ? nil : Double("0" + String(decoding: $0, as: UTF8.self))
        }
        let fraction = written ?? value - Double(whole)
        return overflow ? nil : Timestamp(nanoseconds: base) + .nanoseconds(Int64((fraction * Double(unit)).rounded()))
    }

    /// Returns the unit of a number by its magnitude, in nanoseconds: below 10¹¹ seconds, 10¹⁴ milliseconds, 10¹⁷ microseconds.
    private static func scale(_ whole: Int64) -> Int64 {
        if whole < 100_000_000_000 { return 1_000_000_000 }
        if whole < 100_000_000_000_000 { return 1_000_000 }
        return whole < 100_000_000_000_000_000 ? 1000 : 1
    }
}
