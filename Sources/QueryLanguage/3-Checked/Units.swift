import Model

/// Numbers with units in the syntax of the language.
public enum Units {
    /// Units of time in nanoseconds; `m` is a minute. Months have no fixed length and are not included.
    static let durations: [(unit: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("sec", 1_000_000_000),
        ("m", 60_000_000_000), ("min", 60_000_000_000), ("h", 3_600_000_000_000), ("hr", 3_600_000_000_000),
        ("d", 86_400_000_000_000), ("w", 604_800_000_000_000),
    ]

    /// Returns the short form of a spelled-out unit: `hours` is `h`; nil for any other word.
    static func unit(named name: String) -> String? {
        switch name {
        case "ms", "msec", "msecs", "millis", "millisecond", "milliseconds": "ms"
        case "s", "sec", "secs", "second", "seconds": "s"
        case "m", "min", "mins", "minute", "minutes": "m"
        case "h", "hr", "hrs", "hour", "hours": "h"
        case "d", "day", "days": "d"
        case "w", "wk", "wks", "week", "weeks": "w"
        case "mo", "mon", "month", "months": "mo"
        default: nil
        }
    }

    /// Returns the correct spelling of a duration: `24h` for `24hours` and `-24h`; nil if there is none.
    static func lengthMeant(by text: String) -> String? {
        let bare = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        if text.hasPrefix("-"), duration(String(bare)) != nil { return String(bare) }
        let digits = bare.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard !digits.isEmpty, let unit = unit(named: bare.dropFirst(digits.count).lowercased()) else { return nil }
        let length = digits + unit
        return length != text && (unit == "mo" || duration(String(length)) != nil) ? String(length) : nil
    }

    /// Parses `200ms`, `1.5s`, `1h30m`, `2w`; nil for anything else, for a number without a unit, and beyond 290 years.
    public static func duration(_ text: String) -> Duration? {
        // `5M` is a count; five minutes are `5m` and five months `5mo`.
        guard !text.isEmpty, text.last != "M" || text.dropLast().contains(where: \.isLetter) else { return nil }
        var rest = Substring(text.lowercased())
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let factor = durations.first(where: { $0.unit == unit })?.nanoseconds,
                let part = scaled(digits, by: factor)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        return .nanoseconds(total)
    }

    /// Parses `10k`, `1.5M`, `1_000`, but not `1,000`; nil for anything but an integer from 0 to 10¹⁸.
    public static func count(_ text: String) -> Int64? {
        var digits = Substring(text)
        var factor: Int64 = 1
        switch digits.last {
        case "k", "K": factor = 1000
        case "M": factor = 1_000_000
        case "G", "B": factor = 1_000_000_000
        default: break
        }
        if factor > 1 { digits.removeLast() }
        return scaled(digits, by: factor).flatMap { $0 <= 1_000_000_000_000_000_000 ? $0 : nil }
    }

    /// Parses `5%` or `0.05`; nil for anything but a finite number.
    public static func ratio(_ text: String) -> Double? {
        guard text.hasSuffix("%") else { return number(text) }
        // 0.7 / 100 is not the double nearest to 0.007; shift the decimal point in the text instead.
        let digits = text.dropLast()
        guard number(String(digits)) != nil, !digits.contains(where: { $0 == "e" || $0 == "E" }) else { return nil }
        return number(digits + "e-2")
    }

    /// Parses a finite number without a unit.
    public static func number(_ text: String) -> Double? {
        guard let first = text.first, first.isASCII, first.isNumber || first == "-" || first == ".",
            text.allSatisfy({ $0.isASCII && ($0.isNumber || "-+._eE".contains($0)) }),
            let value = Double(text.filter { $0 != "_" }), value.isFinite
        else { return nil }
        return value
    }

    /// Parses an amount in dollars without the dollar sign: `0.02`.
    public static func money(_ text: String) -> Money? { number(text).flatMap { Money(dollars: $0) } }

    /// Multiplies a decimal by `factor` exactly; nil if it is invalid, not an integer after scaling, or out of range.
    private static func scaled(_ digits: Substring, by factor: Int64) -> Int64? {
        let parts = digits.filter { $0 != "_" }.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), digits.contains(where: { $0.isNumber }),
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } })
        else { return nil }
        guard let whole = parts[0].isEmpty ? 0 : Int64(parts[0]) else { return nil }
        var (total, overflow) = whole.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        if parts.count == 2 {
            var unit = factor
            for digit in parts[1] {
                guard unit % 10 == 0, let value = digit.wholeNumberValue else {
                    if digit == "0" { continue }
                    return nil
                }
                unit /= 10
                (total, overflow) = total.addingReportingOverflow(Int64(value) * unit)
                if overflow { return nil }
            }
        }
        return total
    }

    /// Returns the canonical spelling of a duration, in the largest units that divide it: 90 minutes are `1h30m`.
    public static func spelling(_ length: Duration) -> String {
        var rest = length.inNanoseconds
        guard rest != 0 else { return "0s" }
        var text = rest < 0 ? "-" : ""
        rest = rest == .min ? .max : abs(rest)
        for (unit, size) in [
            ("w", 604_800_000_000_000), ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
            ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
        ] as [(String, Int64)] where rest >= size {
            if unit == "w", rest % size != 0 { continue }
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text
    }
}
