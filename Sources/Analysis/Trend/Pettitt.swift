import Glibc

/// Pettitt's test for a single change point (Pettitt 1979, Applied Statistics 28).
enum Pettitt {
    /// The significance level below which a change is reported.
    static let level = 0.05

    /// Returns the index of the first value after the change and its p-value; nil for fewer than three values, or if all are
    /// equal.
    static func change(_ values: [Double]) -> (place: Int, pValue: Double)? {
        let n = values.count
        guard n >= 3 else { return nil }
        let ranks = OrderStatistics.ranks(values)
        var sum = 0.0, largest = 0.0, place = 0
        for index in 0..<n - 1 {
            sum += ranks[index]
            let difference = abs(2 * sum - Double(index + 1) * Double(n + 1))
            if difference > largest { (largest, place) = (difference, index + 1) }
        }
        guard largest > 0 else { return nil }
        let cube = Double(n) * Double(n) * Double(n + 1)
        return (place, min(1, 2 * exp(-6 * largest * largest / cube)))
    }
}
