/// The ratio of two counts, such as failed calls of all calls; the denominator is positive.
public struct Ratio: Hashable, Sendable {
    public var numerator: Int64
    public var denominator: Int64

    /// Creates a ratio; nil if the denominator is not positive, because such a rate has no value.
    public init?(_ numerator: Int64, of denominator: Int64) {
        guard denominator > 0 else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The quotient.
    public var quotient: Double { Double(numerator) / Double(denominator) }
}

/// The type of a column's values; determines parsing, sorting, formatting and comparable units.
public enum ValueType: String, Sendable {
    case text, count, number, time, duration, money, ratio, flag
    /// A relative change as a number: 0.25 is shown as `+25%`.
    case change
}

/// A cell of a result. `missing` is distinct from zero and "".
public enum Value: Hashable, Sendable {
    case missing
    case text(String)
    case count(Int64)
    case number(Double)
    case time(Timestamp)
    case duration(Duration)
    case money(Money)
    case ratio(Ratio)
    case flag(Bool)
    /// A half-open range of a numeric field, such as a group of `by latency`.
    indirect case range(Value, Value)

    /// The value as a number for drawing and sorting (durations in seconds, money in dollars, ratios as quotients); nil for text
    /// and missing values.
    public var magnitude: Double? {
        switch self {
        case .missing, .text: nil
        case .count(let n): Double(n)
        case .number(let x): x
        case .time(let t): Double(t.nanoseconds)
        case .duration(let d): d.inSeconds
        case .money(let m): m.dollars
        case .ratio(let r): r.quotient
        case .flag(let b): b ? 1 : 0
        case .range(let lower, _): lower.magnitude
        }
    }

    /// True if the value is missing.
    public var isMissing: Bool { self == .missing }
}
