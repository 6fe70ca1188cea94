import Model

/// The instants at which rules are evaluated: `start + k · step`, up to and including the last one that is not after the end.
public struct Grid: Hashable, Sendable {
    /// The first instant.
    public let start: Timestamp
    public let step: Duration
    /// The number of instants, at least 1.
    public let count: Int

    let startInNanoseconds: Int64
    let stepInNanoseconds: Int64

    /// The maximum number of instants in a grid: a little over 90 days at one-second steps.
    public static let limit = 10_000_000

    /// Creates the grid over `from ... to`, both ends included; returns nil if the step is not positive, `to` is before `from`,
    /// or the grid would exceed `Grid.limit`.
    public init?(from: Timestamp, to: Timestamp, step: Duration = .seconds(60)) {
        let width = step.inNanoseconds
        guard width > 0, to >= from else { return nil }
        let (length, overflow) = to.nanoseconds.subtractingReportingOverflow(from.nanoseconds)
        guard !overflow, length / width < Grid.limit else { return nil }
        start = from
        self.step = .nanoseconds(width)
        count = Int(length / width) + 1
        startInNanoseconds = from.nanoseconds
        stepInNanoseconds = width
    }

    /// The last instant.
    public var end: Timestamp { instant(count - 1) }

    /// Returns the instant at `index`, clamped to the representable range.
    public func instant(_ index: Int) -> Timestamp {
        let (offset, overflow) = Int64(index).multipliedReportingOverflow(by: stepInNanoseconds)
        let (sum, overflowed) = startInNanoseconds.addingReportingOverflow(offset)
        return Timestamp(nanoseconds: overflow || overflowed ? (index < 0 ? .min : .max) : sum)
    }

    /// Returns the index of the first instant at or after a time; negative before the start, `count` or more after the end.
    func first(atOrAfter nanoseconds: Int64) -> Int64 {
        let (distance, overflow) = nanoseconds.subtractingReportingOverflow(startInNanoseconds)
        if overflow { return nanoseconds < 0 ? .min / 4 : .max / 4 }
        // Division rounds toward zero, so only times off the grid and after the start need rounding up.
        let (quotient, rest) = distance.quotientAndRemainder(dividingBy: stepInNanoseconds)
        return rest > 0 ? quotient + 1 : quotient
    }

    /// Returns the index of the first instant at least `length` after a time.
    func first(atOrAfter nanoseconds: Int64, plus length: Int64) -> Int64 {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(length)
        return first(atOrAfter: overflow ? (length < 0 ? .min : .max) : sum)
    }

    /// Returns a length as a whole number of steps; nil if it is not a multiple of the step.
    func steps(in length: Int64) -> Int64? {
        length % stepInNanoseconds == 0 ? length / stepInNanoseconds : nil
    }
}
