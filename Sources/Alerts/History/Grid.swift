import Model

/// The instants at which rules are evaluated: `start + k · step`, from `start` to the last one not after the end.
public struct Grid: Hashable, Sendable {
    /// Instant 0.
    public let start: Timestamp
    public let step: Duration
    /// How many instants there are, at least one.
    public let count: Int

    let startInNanoseconds: Int64
    let stepInNanoseconds: Int64

    /// The most instants that one grid may have: 90 days of seconds, and some.
    public static let limit = 10_000_000

    /// Makes the grid over `from ... to`, both ends included; nil when the step is not positive, `to` lies before `from`,
    /// or there were more than `Grid.limit` instants.
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

    /// Instant `index`; stops at the ends of the representable range.
    public func instant(_ index: Int) -> Timestamp {
        let (offset, overflow) = Int64(index).multipliedReportingOverflow(by: stepInNanoseconds)
        let (sum, overflowed) = startInNanoseconds.addingReportingOverflow(offset)
        return Timestamp(nanoseconds: overflow || overflowed ? (index < 0 ? .min : .max) : sum)
    }

    /// The number of the first instant at or after the time; negative before the start, `count` or more after the end.
    func first(atOrAfter nanoseconds: Int64) -> Int64 {
        let (distance, overflow) = nanoseconds.subtractingReportingOverflow(startInNanoseconds)
        if overflow { return nanoseconds < 0 ? .min / 4 : .max / 4 }
        // Division rounds toward zero: only what lies after the start and off the grid is rounded up.
        let (quotient, rest) = distance.quotientAndRemainder(dividingBy: stepInNanoseconds)
        return rest > 0 ? quotient + 1 : quotient
    }

    /// The number of the first instant at least `length` after the time.
    func first(atOrAfter nanoseconds: Int64, plus length: Int64) -> Int64 {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(length)
        return first(atOrAfter: overflow ? (length < 0 ? .min : .max) : sum)
    }

    /// How many steps the length is, when it is a whole number of them; nil otherwise.
    func steps(in length: Int64) -> Int64? {
        length % stepInNanoseconds == 0 ? length / stepInNanoseconds : nil
    }
}
