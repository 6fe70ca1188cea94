import Model

/// The number formats of Prometheus' template functions.
enum Humanize {
    private static func four(_ value: Double) -> String { GoNumber.fixed(value, "g", precision: 4) }

    /// Formats with metric prefixes: `1.235k`, `5m`.
    static func plain(_ value: Double) -> String {
        if value == 0 || !value.isFinite { return four(value) }
        return value.magnitude >= 1 ? large(value, ["k", "M", "G", "T", "P", "E", "Z", "Y"], 1000) : small(value)
    }

    /// Formats with binary prefixes, spelled as in Prometheus: `1.5ki`.
    static func binary(_ value: Double) -> String {
        if value.magnitude <= 1 || !value.isFinite { return four(value) }
        return large(value, ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"], 1024)
    }

    /// Formats a ratio as a percentage: `12.5%`.
    static func percentage(_ value: Double) -> String { four(value * 100) + "%" }

    /// Formats seconds as `1d 2h 3m 4s`; below a minute with four digits, below a second with a prefix.
    static func duration(_ value: Double) -> String {
        if !value.isFinite { return four(value) }
        if value == 0 { return "0s" }
        if value.magnitude < 1 { return small(value) + "s" }
        let sign = value < 0 ? "-" : ""
        guard let whole = Int64(exactly: value.magnitude.rounded(.down)) else { return four(value) + "s" }
        let (seconds, minutes, hours, days) = (whole % 60, whole / 60 % 60, whole / 3600 % 24, whole / 86_400)
        if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
        if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
        if minutes != 0 { return "\(sign)\(minutes)m \(seconds)s" }
        return sign + four(value.magnitude) + "s"
    }

    /// Formats seconds since 1970 as `2026-11-21 14:05:00 +0000 UTC`.
    static func timestamp(_ value: Double) throws(TemplateFailure) -> String {
        if !value.isFinite { return four(value) }
        guard let nanoseconds = Int64(exactly: (value * 1e9).rounded(.towardZero)) else {
            throw TemplateFailure(
                "\(GoNumber.shortest(value)) cannot be represented as a nanoseconds timestamp since it overflows int64")
        }
        // Prometheus truncates times to milliseconds.
        let milliseconds = nanoseconds / 1_000_000
        let civil = Zone.utc.civil(Timestamp(nanoseconds: milliseconds * 1_000_000))
        var text =
            TimeText.date(civil) + " \(TimeText.two(civil.hour)):\(TimeText.two(civil.minute)):\(TimeText.two(civil.second))"
        if civil.nanosecond != 0 {
            var digits = String(civil.nanosecond / 1_000_000 + 1000).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return text + " +0000 UTC"
    }

    private static func large(_ value: Double, _ prefixes: [String], _ base: Double) -> String {
        var value = value, prefix = ""
        for next in prefixes {
            if value.magnitude < base { break }
            prefix = next
            value /= base
        }
        return four(value) + prefix
    }

    private static func small(_ value: Double) -> String {
        var value = value, prefix = ""
        for next in ["m", "u", "n", "p", "f", "a", "z", "y"] {
            if value.magnitude >= 1 { break }
            prefix = next
            value *= 1000
        }
        return four(value) + prefix
    }
}
