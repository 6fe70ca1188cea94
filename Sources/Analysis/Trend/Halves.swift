/// The earlier and the later half of a series side by side: what anybody sees of where it goes.
struct Halves {
    /// The mean of each half; the middle one of an odd number of values is in neither. 0 for fewer than two values.
    let earlier: Double, later: Double
    /// How many values each half holds.
    let count: Int

    /// Halves a series of buckets, ascending.
    init(_ points: [(bucket: Int, value: Double)]) {
        let half = points.count / 2
        count = half
        // Divided before they are added, so that no sum of finite values overflows.
        earlier = points.prefix(half).reduce(0) { $0 + $1.value / Double(half) }
        later = points.suffix(half).reduce(0) { $0 + $1.value / Double(half) }
    }

    /// How much higher the later half lies.
    var difference: Double { later - earlier }

    /// True when counts of independent events differ so much by chance in fewer than one of a thousand cases.
    var differBeyondChance: Bool {
        let sum = (earlier + later) * Double(count)
        return sum > 0 && abs(difference) * Double(count) > 3.29 * sum.squareRoot()
    }
}
