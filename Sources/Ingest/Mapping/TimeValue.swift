import Model

/// Reads times from JSON values and texts.
public enum TimeValue {
    /// The zone of local times that name none, while a source is read whose zone the user gave; else UTC.
    @TaskLocal public static var localZone = Zone.utc

    /// OTLP's nanoseconds as a number or a string; nil for 0, which means unset, and beyond the year 2262.
    static func nanoseconds(_ slice: JSONSlice) -> Timestamp? {
        guard let value = slice.unsigned, value > 0, let nanoseconds = Int64(exactly: value) else { return nil }
        return Timestamp(nanoseconds: nanoseconds)
    }

    /// ISO text, or a number of seconds, milliseconds, microseconds or nanoseconds since 1970 told apart by size.
    static func any(_ slice: JSONSlice) -> Timestamp? {
        if slice.isString { return slice.withContent { any($0) } }
        return slice.isNumber ? any(slice.bytes) : nil
    }

    /// As `any`, from a text; nil when it is no time.
    public static func any(_ text: String) -> Timestamp? {
        var text = text
        return text.withUTF8 { any($0) }
    }

    /// As `any`, from bytes without quotes. A text that is itself quoted once more, as Langfuse writes dates, is read too.
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
        // Whole part and fraction apart: a Double holds microseconds of today, not nanoseconds.
        let whole = Int64(value), unit = scale(whole)
        let (base, overflow) = whole.multipliedReportingOverflow(by: unit)
        return overflow
            ? nil : Timestamp(nanoseconds: base) + .nanoseconds(Int64(((value - Double(whole)) * Double(unit)).rounded()))
    }

    /// Nanoseconds in the unit that a number of this size is counted in: below 10¹¹ seconds, 10¹⁴ milliseconds, 10¹⁷ microseconds.
    private static func scale(_ whole: Int64) -> Int64 {
        if whole < 100_000_000_000 { return 1_000_000_000 }
        if whole < 100_000_000_000_000 { return 1_000_000 }
        return whole < 100_000_000_000_000_000 ? 1000 : 1
    }
}
