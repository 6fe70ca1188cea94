import Glibc
import Model

/// The machine's clock. Read once for a statement and passed on.
public enum Clock {
    /// The present instant.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The end of the present second: what happened so far lies before it, and it is short to write down.
    package static func nextSecond() -> Timestamp {
        Timestamp(seconds: floorDivide(now().nanoseconds, 1_000_000_000) + 1)
    }

    /// A clock that never goes back, for lengths of time.
    package static func ticks() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
