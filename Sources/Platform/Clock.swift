import Glibc
import Model

/// The system clock. Each statement reads it once and passes the instant on.
public enum Clock {
    /// Returns the current instant.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Returns the end of the current second: everything so far happened before it, and it prints short.
    package static func nextSecond() -> Timestamp {
        Timestamp(seconds: floorDivide(now().nanoseconds, 1_000_000_000) + 1)
    }

    /// Returns the monotonic clock, for measuring durations.
    package static func ticks() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
