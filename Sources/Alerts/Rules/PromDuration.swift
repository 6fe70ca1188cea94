/// Durations in Prometheus syntax: `1h30m`, `5m`, `0`.
enum PromDuration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("y", 31_536_000_000_000_000), ("w", 604_800_000_000_000), ("d", 86_400_000_000_000), ("h", 3_600_000_000_000),
        ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ]

    /// Parses a duration into nanoseconds: integers with units, each unit at most once, largest first; `0` needs no unit.
    /// Returns nil for anything else and beyond 290 years.
    static func nanoseconds(_ text: some StringProtocol) -> Int64? {
        if text == "0" { return 0 }
        var rest = Array(text.utf8)[...]
        var total: Int64 = 0, place = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !($0 >= 0x30 && $0 <= 0x39) }
            rest = rest.dropFirst(unit.count)
            guard let number = Int64(String(decoding: digits, as: UTF8.self)),
                let found = units[place...].firstIndex(where: { $0.name == String(decoding: unit, as: UTF8.self) })
            else { return nil }
            place = found + 1
            let (part, overflow) = number.multipliedReportingOverflow(by: units[found].nanoseconds)
            let (sum, overflowed) = total.addingReportingOverflow(part)
            if overflow || overflowed { return nil }
            total = sum
        }
        return total
    }

    /// Formats a duration in its shortest form: 90 minutes is `1h30m`; fractions of a millisecond are dropped.
    static func spelling(_ nanoseconds: Int64) -> String {
        var rest = nanoseconds, text = ""
        for (name, size) in units where rest >= size {
            // Days read better than years or weeks with a remainder.
            if (name == "y" || name == "w") && rest % size != 0 { continue }
            text += "\(rest / size)\(name)"
            rest %= size
        }
        return text.isEmpty ? "0s" : text
    }
}
