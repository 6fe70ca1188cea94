/// The means of the earlier and the later half of a series, for a plain check of its direction.
struct Halves {
    /// The mean of each half; an odd middle value belongs to neither. 0 for fewer than two values.
    let earlier: Double, later: Double
    /// The number of values in each half.
    let count: Int

    /// Splits a series of buckets in ascending order.
    init(_ points: [(bucket: Int, value: Double)]) {
        let half = points.count / 2
        count = half
        // Divide before adding, so that no sum of finite values overflows.
        earlier = points.prefix(half).reduce(0) { $0 + $1.value / Double(half) }
        later = points.suffix(half).reduce(0) { $0 + $1.value / Double(half) }
    }

    /// The later mean minus the earlier mean.
    var difference: Double { later - earlier }

    /// True if counts of independent events would differ this much by chance in fewer than one of a thousand cases.
    var differBeyondChance: Bool {
        let sum = (earlier + later) * Double(count)
        return sum > 0 && abs(difference) * Double(count) > 3.29 * sum.squareRoot()
    }
}
