/// Durations as Prometheus writes them: `1h30m`, `5m`, `0`.
enum PromDuration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("y", 31_536_000_000_000_000), ("w", 604_800_000_000_000), ("d", 86_400_000_000_000), ("h", 3_600_000_000_000),
        ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ]

    /// The nanoseconds of a duration: whole numbers with units, each unit at most once, larger ones first; `0` needs none.
    /// Nil for anything else and past 290 years.
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

    /// The shortest spelling: `90m` as `1h30m`; what is below a millisecond is cut.
    static func spelling(_ nanoseconds: Int64) -> String {
        var rest = nanoseconds, text = ""
        for (name, size) in units where rest >= size {
            // A year or a week that is not whole reads worse than its days.
            if (name == "y" || name == "w") && rest % size != 0 { continue }
            text += "\(rest / size)\(name)"
            rest %= size
        }
        return text.isEmpty ? "0s" : text
    }
}
