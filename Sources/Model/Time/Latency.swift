/// Computes latencies from times and reported values.
public enum Latency {
    /// Returns end − start, or the reported latency if it is more precise; nil if neither is known.
    ///
    /// With times in whole seconds, a reported latency of 2.174 s is better. A negative difference counts as unknown.
    public static func of(_ start: Timestamp?, _ end: Timestamp?, reported: Duration?) -> Duration? {
        guard let start, let end else { return reported }
        let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        guard !overflow, length >= 0 else { return reported }
        if let reported, unit(of: reported.inNanoseconds) < min(unit(of: start.nanoseconds), unit(of: end.nanoseconds)) {
            return reported
        }
        return .nanoseconds(length)
    }

    /// Returns the largest unit (second, millisecond, microsecond or nanosecond) that divides the value.
    private static func unit(of nanoseconds: Int64) -> Int64 {
        for unit in [1_000_000_000, 1_000_000, 1000] as [Int64] where nanoseconds % unit == 0 { return unit }
        return 1
    }
}
