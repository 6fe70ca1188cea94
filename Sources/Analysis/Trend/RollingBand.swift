import Model

/// The band of normal values of each bucket, from the window of buckets before it; the bucket itself is not in it.
struct RollingBand {
    private(set) var lower: [Double?]
    private(set) var upper: [Double?]

    /// Modified z-score above which a value is an outlier (Iglewicz and Hoaglin 1993); unitless.
    static let outlier = 3.5
    /// The median absolute deviation of a normal distribution times this is its standard deviation.
    static let madToDeviation = 1.4826
    /// The mean absolute deviation of a normal distribution times this is its standard deviation: the root of π/2.
    static let meanToDeviation = 1.253314
    /// Standard deviations of the z-score rule.
    static let deviations = 2.0

    /// The fewest known values of a window that tell what is normal.
    static func fewest(_ window: Int) -> Int { min(window, max(5, window / 2)) }

    /// The band of every bucket; nil where the window before holds too few known values, or more than a Double does.
    init(_ values: [Double?], method: Trend.Method, chance: Chance, window: Int) {
        lower = [Double?](repeating: nil, count: values.count)
        upper = lower
        // What has never been negative does not become so: no latency, count or cost is.
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
            // More than half of the window is one value: the mean deviation still tells a spread (Iglewicz and Hoaglin 1993).
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
        // Of equal values the mean may miss the value by rounding, and then every one of them would lie outside.
        if known.allSatisfy({ $0 == known[0] }) { return (known[0], known[0]) }
        let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count - 1)
        return (mean - deviations * variance.squareRoot(), mean + deviations * variance.squareRoot())
    }
}
