import Glibc

/// Pettitt's test for a single change of level at an unknown place (Pettitt 1979, Applied Statistics 28).
enum Pettitt {
    /// Below this chance the level is said to have changed.
    static let level = 0.05

    /// The first value of the new level and the chance of so large a difference when there is no change; nil for fewer than
    /// three values, or when all are equal.
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
