import Model

/// Values in the canonical form for programs: exact, without units, separators or locale.
public enum MachineText {
    /// Returns times as ISO 8601 in UTC, durations in seconds, money in dollars, ratios as decimals, flags as `true` and `false`;
    /// nil for missing values and numbers that are not finite.
    public static func text(_ value: Value) -> String? {
        switch value {
        case .missing: nil
        case .text(let text): text
        case .count(let n): String(n)
        case .number(let x): DecimalText.shortest(x)
        case .time(let instant): TimeText.iso(instant)
        case .duration(let length): seconds(length)
        case .money(let amount): DecimalText.exact(amount.units, exponent: 8)
        case .ratio(let ratio): DecimalText.shortest(ratio.quotient)
        case .flag(let flag): flag ? "true" : "false"
        case .range(let lower, let upper): "\(Self.text(lower) ?? "")..\(Self.text(upper) ?? "")"
        }
    }

    /// Returns a duration in seconds, exact to the attosecond, without trailing zeros.
    static func seconds(_ length: Duration) -> String {
        let (seconds, attoseconds) = length.components
        let parts = DecimalText.exact(attoseconds.magnitude > UInt64(Int64.max) ? 0 : Int64(attoseconds.magnitude), exponent: 18)
        let isNegative = seconds < 0 || attoseconds < 0
        return (isNegative ? "-" : "") + String(seconds.magnitude) + parts.dropFirst(1)
    }
}
