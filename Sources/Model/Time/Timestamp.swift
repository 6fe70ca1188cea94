/// An instant: nanoseconds since 1970-01-01T00:00:00Z, negative before it.
///
/// Covers the years 1678 to 2262. Every stored and compared time in the program is one of these; text times are
/// converted where they are read (two text forms of one time do not compare).
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since the Unix epoch, UTC.
    public var nanoseconds: Int64

    /// Makes the instant that lies `nanoseconds` after the Unix epoch.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Makes the instant that lies `seconds` after the Unix epoch; stops at the ends of the representable range.
    public init(seconds: Int64) { nanoseconds = seconds.multipliedStopping(by: 1_000_000_000) }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The instant `length` later; stops at the ends of the representable range.
    public static func + (a: Timestamp, length: Duration) -> Timestamp {
        let (sum, overflow) = a.nanoseconds.addingReportingOverflow(length.inNanoseconds)
        return Timestamp(nanoseconds: overflow ? (length < .zero ? .min : .max) : sum)
    }

    /// The instant `length` earlier; stops at the ends of the representable range.
    public static func - (a: Timestamp, length: Duration) -> Timestamp {
        let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(length.inNanoseconds)
        return Timestamp(nanoseconds: overflow ? (length < .zero ? .max : .min) : difference)
    }

    /// The time from `b` to `a`; negative when `a` is the earlier one, exact over the whole range.
    public static func - (a: Timestamp, b: Timestamp) -> Duration {
        let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        return overflow ? .nanoseconds(a.nanoseconds) - .nanoseconds(b.nanoseconds) : .nanoseconds(difference)
    }
}

extension Duration {
    /// The whole length in nanoseconds; stops at the limits of Int64 (±292 years).
    public var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed ? (seconds < 0 ? .min : .max) : sum
    }

    /// The length in seconds, as exact as a Double is; also of lengths whose nanoseconds 64 bits cannot hold.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow
            ? Double(seconds) + Double(attoseconds) / 1e18 : Double(scaled.addingStopping(attoseconds / 1_000_000_000)) / 1e9
    }

    /// A length of whole minutes; stops at the limits of Int64 seconds.
    public static func minutes(_ n: Int64) -> Duration { .seconds(n.multipliedStopping(by: 60)) }
    /// A length of whole hours; stops at the limits of Int64 seconds.
    public static func hours(_ n: Int64) -> Duration { .seconds(n.multipliedStopping(by: 3600)) }
    /// A length of whole days of 24 hours; stops at the limits of Int64 seconds.
    public static func days(_ n: Int64) -> Duration { .seconds(n.multipliedStopping(by: 86_400)) }
}

/// Arithmetic that stops at the limits of Int64: times near 1677 and 2262 lie close to them.
extension Int64 {
    /// The product, or the limit of Int64 that it passes.
    public func multipliedStopping(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }

    /// The sum, or the limit of Int64 that it passes.
    public func addingStopping(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the limit of Int64 that it passes.
    public func subtractingStopping(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The largest multiple of `width` that is not larger; the limit of Int64 when there is none.
    public func flooredStopping(to width: Int64) -> Int64 { floorDivide(self, width).multipliedStopping(by: width) }

    /// The smallest multiple of `width` that is not smaller; the limit of Int64 when there is none.
    public func ceiledStopping(to width: Int64) -> Int64 {
        let floor = floorDivide(self, width)
        return (floor.multipliedStopping(by: width) == self ? floor : floor + 1).multipliedStopping(by: width)
    }
}

/// A half-open stretch of time `[from, to)`; empty when `to <= from`.
public struct Window: Hashable, Sendable {
    /// The first instant inside.
    public var from: Timestamp
    /// The first instant after the end.
    public var to: Timestamp

    /// Makes the window `[from, to)`.
    public init(from: Timestamp, to: Timestamp) {
        self.from = from
        self.to = to
    }

    /// The length; zero when empty.
    public var length: Duration { to > from ? to - from : .zero }
    /// True when no instant lies inside.
    public var isEmpty: Bool { to <= from }
    /// True when `instant` lies inside.
    public func contains(_ instant: Timestamp) -> Bool { from <= instant && instant < to }
    /// True when the whole of `other` lies inside.
    public func contains(_ other: Window) -> Bool { other.isEmpty || from <= other.from && other.to <= to }
    /// The part that lies in both; empty when they do not touch.
    public func intersection(_ other: Window) -> Window {
        Window(from: max(from, other.from), to: max(max(from, other.from), min(to, other.to)))
    }
}

/// Division that rounds toward negative infinity, so that instants before 1970 fall into the right bucket.
public func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    let q = a / b
    return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q
}
