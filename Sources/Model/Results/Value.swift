/// A share of a whole: numerator of denominator, both counts. Has no value over nothing.
public struct Ratio: Hashable, Sendable {
    public var numerator: Int64
    public var denominator: Int64

    /// Makes a ratio; nil when the denominator is zero, because a rate over nothing has no value.
    public init?(_ numerator: Int64, of denominator: Int64) {
        guard denominator > 0 else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The quotient.
    public var quotient: Double { Double(numerator) / Double(denominator) }
}

/// What the values of a column are; decides how they read, sort, print and what units may be compared with them.
public enum ValueType: String, Sendable {
    case text, count, number, time, duration, money, ratio, flag
    /// A relative difference, as a number: 0.25 reads `+25%`.
    case change
}

/// One cell of a result. Missing is a value of its own, never zero or "".
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
    /// A stretch of a numeric field: from the first value on, up to but without the second. Names the groups of `by latency`.
    indirect case range(Value, Value)

    /// The value as a number for drawing and ordering (durations in seconds, money in dollars, ratios as quotient);
    /// nil for texts and missing values.
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

    /// True when the value is missing.
    public var isMissing: Bool { self == .missing }
}
