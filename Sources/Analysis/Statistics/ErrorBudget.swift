import Model

/// The error budget of a service level objective: how many bad events its target allows, and how many there were.
public struct ErrorBudget: Hashable, Sendable {
    /// The share of good events that is asked for, between 0 and 1.
    public var target: Double
    /// The bad events of all.
    public var bad: Ratio

    /// Creates a budget; nil for a target that leaves none, or that asks for nothing.
    public init?(target: Double, bad: Ratio) {
        guard target > 0, target < 1 else { return nil }
        (self.target, self.bad) = (target, bad)
    }

    /// The share of good events.
    public var achieved: Ratio { Ratio(bad.denominator - bad.numerator, of: bad.denominator) ?? bad }
    /// The number of bad events that the target allows; seldom a whole number.
    public var allowed: Double { (1 - target) * Double(bad.denominator) }
    /// How many times faster than planned the budget is spent; over the whole period, the share of it that is used.
    public var burnRate: Double { Double(bad.numerator) / allowed }
    /// The bad events that are left; negative once the budget is exhausted.
    public var left: Double { allowed - Double(bad.numerator) }
    /// True if the target is met.
    public var isMet: Bool { left >= -1e-9 * max(1, allowed) }
}
