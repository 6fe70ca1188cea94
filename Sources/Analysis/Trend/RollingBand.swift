import Model

/// The band of normal values for each bucket, from the window of buckets before it (excluding the bucket).
struct RollingBand {
    private(set) var lower: [Double?]
    private(set) var upper: [Double?]

    /// Modified z-score above which a value is an outlier (Iglewicz and Hoaglin 1993); unitless.
    static let outlier = 3.5
    /// The factor from the median absolute deviation to the standard deviation of a normal distribution.
    static let madToDeviation = 1.4826
    /// The factor from the mean absolute deviation to the standard deviation of a normal distribution: √(π/2).
    static let meanToDeviation = 1.253314
    /// The number of standard deviations in the z-score rule.
    static let deviations = 2.0

    /// The minimum number of known values in a window.
    static func fewest(_ window: Int) -> Int { min(window, max(5, window / 2)) }

    /// Computes the band of every bucket; nil if the preceding window has too few values, or on overflow.
    init(_ values: [Double?], method: Trend.Method, chance: Chance, window: Int) {
        lower = [Double?](repeating: nil, count: values.count)
        upper = lower
        // A series without negative values cannot become negative: latencies, counts and costs never do.
        let isNeverNegative = values.allSatisfy { $0 ?? 0 >= 0 }
        var order = SlidingOrder()
        for index in values.indices {
            if order.sorted.count >= RollingBand.fewest(window) {
                let range =
                    switch method {
                    case .mad: RollingBand.mad(order, chance, index)
                    case .zscore: RollingBand.zscore(values[max(0, index - window)..<index].compactMap { $0 })
                    }
                if let range, range.lower.isFinite, range.upper.isFinite {
                    lower[index] = isNeverNegative ? max(0, range.lower) : range.lower
                    upper[index] = range.upper
                }
            }
            if let value = values[index] { order.insert(value) }
            if index >= window, let value = values[index - window] { order.remove(value) }
        }
    }

    private static func mad(_ order: SlidingOrder, _ chance: Chance, _ index: Int) -> (lower: Double, upper: Double)? {
        guard let median = order.median, var distance = order.medianDistance(from: median) else { return nil }
        distance *= madToDeviation
        let floor = chance.range(around: median, bucket: index, k: outlier)
        if distance == 0, floor == nil {
            // More than half of the values are equal: the mean deviation still measures the spread (Iglewicz and Hoaglin 1993).
            let sum = order.sorted.reduce(0) { $0 + abs($1 - median) }
            distance = meanToDeviation * sum / Double(order.sorted.count)
        }
        let range = (lower: median - outlier * distance, upper: median + outlier * distance)
        guard let floor else { return range }
        return (min(range.lower, floor.lower), max(range.upper, floor.upper))
    }

    private static func zscore(_ known: [Double]) -> (lower: Double, upper: Double)? {
        guard known.count > 1 else { return nil }
        let mean = known.reduce(0) { $0 + $1 / Double(known.count) }
        // The mean of equal values may differ from them by rounding, and then all of them would be outside.
        if known.allSatisfy({ $0 == known[0] }) { return (known[0], known[0]) }
        let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count - 1)
        return (mean - deviations * variance.squareRoot(), mean + deviations * variance.squareRoot())
    }
}
