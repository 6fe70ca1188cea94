/// An instant: nanoseconds since 1970-01-01T00:00:00Z, negative before it.
///
/// Covers the years 1678 to 2262. All stored and compared times are of this type; text is converted where it is read (two
/// spellings of one time are not comparable as text).
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since the Unix epoch, UTC.
    public var nanoseconds: Int64

    /// Creates the instant `nanoseconds` after the Unix epoch.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Creates the instant `seconds` after the Unix epoch, clamped to the representable range.
    public init(seconds: Int64) { nanoseconds = seconds.multipliedStopping(by: 1_000_000_000) }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Returns the instant `length` later, clamped to the representable range.
    public static func + (a: Timestamp, length: Duration) -> Timestamp {
        let (sum, overflow) = a.nanoseconds.addingReportingOverflow(length.inNanoseconds)
        return Timestamp(nanoseconds: overflow ? (length < .zero ? .min : .max) : sum)
    }

    /// Returns the instant `length` earlier, clamped to the representable range.
    public static func - (a: Timestamp, length: Duration) -> Timestamp {
        let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(length.inNanoseconds)
        return Timestamp(nanoseconds: overflow ? (length < .zero ? .max : .min) : difference)
    }

    /// Returns the time from `b` to `a`; negative if `a` is earlier, exact over the whole range.
    public static func - (a: Timestamp, b: Timestamp) -> Duration {
        let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        return overflow ? .nanoseconds(a.nanoseconds) - .nanoseconds(b.nanoseconds) : .nanoseconds(difference)
    }
}

extension Duration {
    /// The length in nanoseconds, clamped to Int64 (±292 years).
    public var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed ? (seconds < 0 ? .min : .max) : sum
    }

    /// The length in seconds, rounded to a Double, even if its nanoseconds do not fit 64 bits.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow
            ? Double(seconds) + Double(attoseconds) / 1e18 : Double(scaled.addingStopping(attoseconds / 1_000_000_000)) / 1e9
    }

    /// Returns a length of `n` minutes, clamped to Int64 seconds.
    public static func minutes(_ n: Int64) -> Duration { .seconds(n.multipliedStopping(by: 60)) }
    /// Returns a length of `n` hours, clamped to Int64 seconds.
    public static func hours(_ n: Int64) -> Duration { .seconds(n.multipliedStopping(by: 3600)) }
    /// Returns a length of `n` days of 24 hours, clamped to Int64 seconds.
    public static func days(_ n: Int64) -> Duration { .seconds(n.multipliedStopping(by: 86_400)) }
}

/// Saturating arithmetic: times near 1677 and 2262 are close to the limits of Int64.
extension Int64 {
    /// Returns the product, clamped to Int64.
    public func multipliedStopping(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }

    /// Returns the sum, clamped to Int64.
    public func addingStopping(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// Returns the difference, clamped to Int64.
    public func subtractingStopping(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// Returns the largest multiple of `width` that is not larger, clamped to Int64.
    public func flooredStopping(to width: Int64) -> Int64 { floorDivide(self, width).multipliedStopping(by: width) }

    /// Returns the smallest multiple of `width` that is not smaller, clamped to Int64.
    public func ceiledStopping(to width: Int64) -> Int64 {
        let floor = floorDivide(self, width)
        return (floor.multipliedStopping(by: width) == self ? floor : floor + 1).multipliedStopping(by: width)
    }
}

/// A half-open time window `[from, to)`; empty if `to <= from`.
public struct Window: Hashable, Sendable {
    /// The first instant in the window.
    public var from: Timestamp
    /// The first instant after the window.
    public var to: Timestamp

    /// Creates the window `[from, to)`.
    public init(from: Timestamp, to: Timestamp) {
        self.from = from
        self.to = to
    }

    /// The length; zero if empty.
    public var length: Duration { to > from ? to - from : .zero }
    /// True if the window contains no instant.
    public var isEmpty: Bool { to <= from }
    /// Returns true if the window contains `instant`.
    public func contains(_ instant: Timestamp) -> Bool { from <= instant && instant < to }
    /// Returns true if the window contains all of `other`.
    public func contains(_ other: Window) -> Bool { other.isEmpty || from <= other.from && other.to <= to }
    /// Returns the common part; empty if the windows do not overlap.
    public func intersection(_ other: Window) -> Window {
        Window(from: max(from, other.from), to: max(max(from, other.from), min(to, other.to)))
    }
}

/// Divides, rounding toward negative infinity, so that instants before 1970 fall into the right bucket.
public func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    let q = a / b
    return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q
}
