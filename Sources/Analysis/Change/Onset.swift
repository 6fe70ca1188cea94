import Model

/// When a series of events began to be more frequent.
public struct Onset: Hashable, Sendable {
    /// The instant, and how far the true one may be from it.
    public var start: Timestamp, uncertainty: Duration
    /// The instant at which the frequency fell again by at least half of the rise; nil if it lasts.
    public var end: Timestamp?
    /// The significance of the change.
    public var pValue: Double

    /// The number of buckets into which a window is divided.
    static let buckets = 120

    /// Finds the largest significant rise of events in a window.
    ///
    /// - Parameter times: Nanoseconds since 1970, within the window.
    /// - Returns: nil if no rise is significant.
    public static func of(_ times: [Int64], in window: Window, seed: UInt64 = 1) -> Onset? {
        let length = window.length.inNanoseconds
        guard length >= Int64(buckets), times.count >= 5 else { return nil }
        let width = width(of: length), count = Int((length + width - 1) / width)
        var counts = [Double](repeating: 0, count: count)
        for time in times where time >= window.from.nanoseconds {
            let place = Int((time - window.from.nanoseconds) / width)
            if place < count { counts[place] += 1 }
        }
        // The square root of a count has the same variance at every rate.
        let steps = EDivisive.steps(counts.map { ($0 + 0.375).squareRoot() }, seed: seed).steps
        let rises = steps.filter { $0.after > $0.before }
        guard let best = rises.max(by: { ($0.after - $0.before, $1.index) < ($1.after - $1.before, $0.index) }) else {
            return nil
        }
        func instant(_ index: Int) -> Timestamp { Timestamp(nanoseconds: window.from.nanoseconds + Int64(index) * width) }
        let fall = steps.first { $0.index > best.index && $0.after < (best.before + best.after) / 2 }
        let reach = max(best.index - best.interval.lowerBound, best.interval.upperBound - best.index)
        return Onset(
            start: instant(best.index), uncertainty: .nanoseconds(max(width, Int64(reach) * width)),
            end: fall.map { instant($0.index) },
            pValue: best.pValue)
    }

    /// Widths of buckets in seconds.
    private static let widths: [Int64] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    ]

    private static func width(of length: Int64) -> Int64 {
        let wanted = length / Int64(buckets)
        return (widths.map { $0 * 1_000_000_000 }.first { $0 >= wanted }) ?? wanted
    }
}
