/// How long something took, by its times and by what its source reports.
public enum Latency {
    /// End − start, unless the source reports a finer latency; nil when neither is known.
    ///
    /// Of times in whole seconds a reported latency of 2.174 s is the better measure. A negative length counts as unknown.
    public static func of(_ start: Timestamp?, _ end: Timestamp?, reported: Duration?) -> Duration? {
        guard let start, let end else { return reported }
        let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        guard !overflow, length >= 0 else { return reported }
        if let reported, unit(of: reported.inNanoseconds) < min(unit(of: start.nanoseconds), unit(of: end.nanoseconds)) {
            return reported
        }
        return .nanoseconds(length)
    }

    /// The largest of second, millisecond, microsecond and nanosecond of which the value is a whole number.
    private static func unit(of nanoseconds: Int64) -> Int64 {
        for unit in [1_000_000_000, 1_000_000, 1000] as [Int64] where nanoseconds % unit == 0 { return unit }
        return 1
    }
}
