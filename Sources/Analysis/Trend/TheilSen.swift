import Model

/// The Theil–Sen slope: the median of the slopes between all pairs (Theil 1950, Sen 1968), robust to outliers.
enum TheilSen {
    /// The maximum number of values before sampling: 79,800 pairs.
    static let mostValues = 400

    /// Returns the change per bucket.
    ///
    /// - Parameters:
    ///   - points: The buckets in ascending order, with their values.
    ///   - season: Compares only buckets that are whole seasons apart; nil compares all.
    /// - Returns: nil for fewer than three values, or if no two can be compared.
    static func slope(_ points: [(bucket: Int, value: Double)], season: Int? = nil) -> Double? {
        guard points.count >= 3, let first = points.first, let last = points.last else { return nil }
        var groups: [[(bucket: Int, value: Double)]] = []
        if let season, season > 1 {
            // Sample whole seasons, as many as the number of pairs allows.
            let seasons = last.bucket / season - first.bucket / season + 1
            let most = max(2, Int((Double(mostValues * mostValues) / Double(season)).squareRoot()))
            let kept = seasons > most ? Set(sample(seasons, most).map { $0 + first.bucket / season }) : nil
            groups = Array(repeating: [], count: season)
            for point in points where kept?.contains(point.bucket / season) ?? true {
                groups[point.bucket % season].append(point)
            }
        } else {
            groups = [points.count > mostValues ? sample(points.count, mostValues).map { points[$0] } : points]
        }
        var slopes: [Double] = []
        slopes.reserveCapacity(groups.reduce(0) { $0 + $1.count * max(0, $1.count - 1) / 2 })
        for group in groups {
            for (place, from) in group.enumerated() {
                for to in group[(place + 1)...] where to.bucket > from.bucket {
                    slopes.append((to.value - from.value) / Double(to.bucket - from.bucket))
                }
            }
        }
        slopes.sort()
        return OrderStatistics.medianOfSorted(slopes[...]).flatMap { $0.isFinite ? $0 : nil }
    }

    /// Samples `count` of the numbers below `all`, ascending: one from each of `count` equal ranges, at a pseudo-random but fixed
    /// position. Equal distances could hit the same hour of every day.
    private static func sample(_ all: Int, _ count: Int) -> [Int] {
        (0..<count).map { stretch in
            let from = stretch * all / count, to = (stretch + 1) * all / count
            return from + Int(SplitMix64.number(UInt64(stretch)) % UInt64(max(1, to - from)))
        }
    }
}
