/// Parses times in common formats and formats them in ISO 8601.
public enum TimeText {
    /// Formats an instant as `2026-11-21T14:05:00Z`, with 3, 6 or 9 fractional digits only if needed.
    public static func iso(_ instant: Timestamp, zone: Zone = .utc) -> String {
        let civil = zone.civil(instant)
        var text = "\(date(civil))T\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second))"
        if civil.nanosecond != 0 {
            var digits = String(civil.nanosecond)
            digits = String(repeating: "0", count: 9 - digits.count) + digits
            while digits.hasSuffix("000") { digits.removeLast(3) }
            text += "." + digits
        }
        let offset = zone.offset(at: instant)
        if offset == 0 { return text + "Z" }
        return text + (offset < 0 ? "-" : "+") + two(Int(abs(offset)) / 3600) + ":" + two(Int(abs(offset)) / 60 % 60)
    }

    /// Formats a date as `2026-11-21`.
    public static func date(_ civil: CivilTime) -> String { "\(civil.year)-\(two(civil.month))-\(two(civil.day))" }

    /// Formats a number below 100 with two digits.
    public static func two(_ n: Int) -> String { n < 10 ? "0\(n)" : String(n) }

    /// Parses a date and time: `2025-10-11T09:00:00.123456Z`, with a space instead of `T`, without seconds or without a time, and
    /// with `Z`, `±hh:mm`, `±hhmm` or `±hh`. Without an offset the time is in `zone`. Returns nil for any other text.
    public static func parse(_ text: some StringProtocol, zone: Zone = .utc) -> Timestamp? {
        if let result = text.utf8.withContiguousStorageIfAvailable({ parse($0, zone: zone) }) { return result }
        return Array(text.utf8).withUnsafeBufferPointer { parse($0, zone: zone) }
    }

    /// Parses a date and time from UTF-8 bytes; see `parse(_:zone:)` for the formats.
    public static func parse(_ bytes: UnsafeBufferPointer<UInt8>, zone: Zone = .utc) -> Timestamp? {
        var at = 0
        func digits(_ width: Int) -> Int? {
            guard at + width <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[at..<at + width] {
                guard byte >= 0x30 && byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            at += width
            return value
        }
        func take(_ character: Unicode.Scalar) -> Bool {
            guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
            at += 1
            return true
        }
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2) else { return nil }
        var civil = CivilTime(year, month, day)
        if at == bytes.count { return civil.isValid ? zone.instant(of: civil) : nil }
        guard take("T") || take(" ") || take("t"), let hour = digits(2), take(":"), let minute = digits(2) else { return nil }
        civil.hour = hour
        civil.minute = minute
        if take(":") {
            guard let second = digits(2) else { return nil }
            civil.second = second
            if take(".") || take(",") {
                var scale: Int64 = 100_000_000, any = false
                while at < bytes.count, bytes[at] >= 0x30 && bytes[at] <= 0x39 {
                    civil.nanosecond += Int64(bytes[at] - 0x30) * scale
                    scale /= 10
                    at += 1
                    any = true
                }
                guard any else { return nil }
            }
        }
        guard civil.isValid else { return nil }
        if at == bytes.count { return zone.instant(of: civil) }
        if take("Z") || take("z") { return at == bytes.count ? Zone.utc.instant(of: civil) : nil }
        _ = take(" ")
        let isWest = at < bytes.count && bytes[at] == 0x2D
        guard take("+") || take("-"), let hours = digits(2) else { return nil }
        _ = take(":")
        let minutes = at == bytes.count ? 0 : digits(2)
        guard let minutes, at == bytes.count, hours < 24, minutes < 60 else { return nil }
        let offset = Int64(hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
        return Zone.utc.instant(of: civil) - .seconds(offset)
    }

    /// Converts seconds, milliseconds, microseconds or nanoseconds since 1970, distinguished by magnitude.
    ///
    /// Values below 10¹¹ are seconds (the year 5138), below 10¹⁴ milliseconds, below 10¹⁷ microseconds. Returns nil for non-finite
    /// values and for instants outside the range of `Timestamp` (before 1678, after 2262).
    public static func epoch(_ value: Double) -> Timestamp? {
        guard value.isFinite, value > -1e11, value < 9.2e18 else { return nil }
        let scale = value < 1e11 ? 1e9 : value < 1e14 ? 1e6 : value < 1e17 ? 1e3 : 1
        // Integer and fraction separately: a Double has microsecond, not nanosecond precision today.
        let whole = value.rounded(.down)
        let (start, isTooFar) = Int64(whole).multipliedReportingOverflow(by: Int64(scale))
        let (nanoseconds, isPastEnd) = start.addingReportingOverflow(Int64(((value - whole) * scale).rounded()))
        return isTooFar || isPastEnd ? nil : Timestamp(nanoseconds: nanoseconds)
    }
}
