import Model

/// Formats values for people: the only place where numbers, times and amounts become text.
public struct ValueText: Sendable {
    let style: Style

    /// Creates a formatter with this style.
    public init(_ style: Style) { self.style = style }

    /// Formats a value by its type; text is made safe to print, a missing value is `–` (ASCII `-`).
    public func text(_ value: Value) -> String {
        switch value {
        case .missing: style.marks.missing
        case .text(let text): style.safe(text)
        case .count(let n): count(n)
        case .number(let x): number(x)
        case .time(let instant): time(instant)
        case .duration(let length): duration(length)
        case .money(let amount): money(amount)
        case .ratio(let ratio): percent(ratio.quotient)
        case .flag(let flag): flag ? "yes" : "no"
        case .range(let lower, let upper): range(lower, upper)
        }
    }

    /// Formats a count: `1,203`.
    public func count(_ n: Int64) -> String { DecimalText.grouped(n) }

    /// Formats a number with three significant digits and an integer part in full: `41.2`, `0.00417`, `1,204`.
    public func number(_ x: Double) -> String {
        if x.isNaN { return style.marks.missing }
        if x.isInfinite { return (x < 0 ? "-" : "") + style.marks.infinity }
        if x != 0 && abs(x) < 1e-6 { return DecimalText.scientific(x) }
        return DecimalText.trimmed(DecimalText.fixed(x, DecimalText.places(x, significant: 3)))
    }

    /// Formats a duration: `850ns`, `340µs`, `12ms`, `1.2s`, `3m 05s`, `2h 10m`, `3d 4h`.
    public func duration(_ length: Duration) -> String {
        let n = length.inNanoseconds
        let sign = n < 0 ? "-" : "", size = n.magnitude
        func rounded(_ unit: UInt64) -> UInt64 { size / unit + (size % unit >= unit - unit / 2 ? 1 : 0) }
        func tenths(_ unit: UInt64, _ name: String) -> String {
            let t = rounded(unit / 10)
            return sign + DecimalText.trimmed("\(t / 10).\(t % 10)") + name
        }
        func pair(_ total: UInt64, _ per: UInt64, _ high: String, _ low: String, padded: Bool) -> String {
            let rest = String(total % per)
            return sign + "\(total / per)\(high) " + (padded && rest.count < 2 ? "0" : "") + rest + low
        }
        switch size {
        case 0: return "0s"
        case ..<1000: return sign + "\(size)ns"
        case ..<999_500: return sign + "\(rounded(1000))\(style.marks.micro)s"
        case ..<9_950_000: return tenths(1_000_000, "ms")
        case ..<999_500_000: return sign + "\(rounded(1_000_000))ms"
        case ..<59_950_000_000:
            let t = rounded(100_000_000)
            return sign + "\(t / 10).\(t % 10)s"
        case ..<3_599_500_000_000: return pair(rounded(1_000_000_000), 60, "m", "s", padded: true)
        case ..<86_370_000_000_000: return pair(rounded(60_000_000_000), 60, "h", "m", padded: true)
        default: return pair(rounded(3_600_000_000_000), 24, "d", "h", padded: false)
        }
    }

    /// Formats dollars: `$0.0042`, `$0.42`, `$12.34`, `$1,204`; cents from $1, two significant digits below.
    public func money(_ amount: Money) -> String {
        let size = amount.units.magnitude
        if size == 0 { return "$0" }
        let dollar = UInt64(Money.unitsPerDollar)
        if size >= 1000 * dollar - dollar / 2 { return money(amount, places: 0) }
        return money(amount, places: size >= dollar ? 2 : max(2, min(8, DecimalText.places(amount.dollars, significant: 2))))
    }

    func money(_ amount: Money, places: Int) -> String {
        let text = DecimalText.fixed(amount.units, exponent: 8, places)
        return text.hasPrefix("-") ? "-$" + text.dropFirst() : "$" + text
    }

    /// Formats a fraction as a percentage with one decimal, and more decimals near 0 and 100: only none is `0%`, only all is
    /// `100%`.
    public func percent(_ quotient: Double) -> String {
        if quotient.isNaN { return style.marks.missing }
        if quotient.isInfinite { return (quotient < 0 ? "-" : "") + style.marks.infinity }
        let percent = quotient * 100
        if percent == 0 { return "0%" }
        if abs(percent) == 100 { return percent < 0 ? "-100%" : "100%" }
        let distance = abs(percent) < 50 ? abs(percent) : abs(100 - abs(percent))
        let places = distance >= 1 ? 1 : max(1, min(6, DecimalText.places(distance, significant: 2)))
        return DecimalText.fixed(percent, places) + "%"
    }

    /// Formats a rate with its counts, `2.9% (1,203/41,022)`; below 30 calls with its interval too, `20.0% (5.7–51%, 2/10)`.
    public func rate(_ ratio: Ratio) -> String {
        let parts = rateParts(ratio)
        return parts.percent + " (" + (parts.interval.map { $0 + ", " } ?? "") + parts.counts + ")"
    }

    /// Returns the 95 % Wilson score interval of a ratio, within 0...1 (Wilson 1927).
    public static func interval(_ ratio: Ratio) -> ClosedRange<Double> {
        let n = Double(ratio.denominator), p = min(1, max(0, ratio.quotient))
        let z = 1.959964, square = z * z
        let center = p + square / (2 * n), spread = z * (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
        let low = p == 0 ? 0 : max(0, (center - spread) / (1 + square / n))
        let high = p == 1 ? 1 : min(1, (center + spread) / (1 + square / n))
        return low...max(low, high)
    }

    /// Number of calls below which a rate is shown with its interval.
    static let fewest: Int64 = 30

    func rateParts(_ ratio: Ratio) -> (percent: String, interval: String?, counts: String) {
        func end(_ x: Double) -> String {
            let percent = x * 100
            let text = DecimalText.fixed(percent, percent > 0 && percent < 9.95 ? 1 : 0)
            return DecimalText.trimmed(text)
        }
        var interval: String?
        if ratio.denominator < ValueText.fewest {
            let ends = ValueText.interval(ratio)
            interval = end(ends.lowerBound) + style.marks.dash + end(ends.upperBound) + "%"
        }
        return (percent(ratio.quotient), interval, "\(count(ratio.numerator))/\(count(ratio.denominator))")
    }

    /// Formats an instant to the minute, unless it has seconds: `21 Nov 14:05`.
    public func minute(_ instant: Timestamp) -> String {
        TimeForm(for: [instant], style: style).text(instant, style)
    }

    /// Formats an instant in the style's zone: `21 Nov 14:05:02`, with the year when it is not the current one.
    public func time(_ instant: Timestamp) -> String {
        TimeForm(for: [instant], style: style, isExact: true).text(instant, style)
    }
}
