import Glibc

/// Clocks, in seconds since an arbitrary start.
enum Clocks {
    /// Returns wall time.
    static func elapsed() -> Double { read(CLOCK_MONOTONIC) }

    /// Returns the CPU time of this thread, which does not grow while other programs use the CPU.
    static func processor() -> Double { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension [Double] {
    /// The median; NaN for an empty array.
    var median: Double {
        guard !isEmpty else { return .nan }
        let ordered = sorted(), middle = count / 2
        return count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
    }
}
