import Glibc

/// Clocks, in seconds from some start.
enum Ticks {
    /// Time that passes.
    static func elapsed() -> Double { read(CLOCK_MONOTONIC) }

    /// Time that the processor spent on this thread: unlike the time that passes, it does not grow when others want the
    /// processor too.
    static func processor() -> Double { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension [Double] {
    /// The middle value, or the mean of the two in the middle; not a number when there is none.
    var median: Double {
        guard !isEmpty else { return .nan }
        let ordered = sorted(), middle = count / 2
        return count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
    }
}
