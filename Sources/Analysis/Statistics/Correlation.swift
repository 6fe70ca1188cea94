/// The correlation of two series over the same buckets.
public struct Correlation: Hashable, Sendable {
    /// The correlation coefficient, -1...1.
    public var coefficient: Double
    /// The number of pairs with both values.
    public var pairs: Int
    /// The two-sided p-value of the coefficient if the series were independent, by Student's t with n − 2 degrees of freedom;
    /// 0...1. Adjacent buckets are rarely independent, so it is optimistic.
    public var pValue: Double

    /// Pearson's correlation coefficient: how close the pairs are to a straight line.
    ///
    /// - Returns: nil with fewer than three pairs, or if one side is constant or overflows. Pairs with a missing or non-finite
    ///   value are ignored.
    public static func pearson(_ x: [Double?], _ y: [Double?]) -> Correlation? {
        let pairs = known(x, y)
        return pearson(pairs.x, pairs.y)
    }

    /// Spearman's rank correlation: how close the relation is to monotonic; ties share their mean rank.
    ///
    /// - Returns: As `pearson`.
    public static func spearman(_ x: [Double?], _ y: [Double?]) -> Correlation? {
        let pairs = known(x, y)
        return pearson(OrderStatistics.ranks(pairs.x), OrderStatistics.ranks(pairs.y))
    }

    private static func known(_ x: [Double?], _ y: [Double?]) -> (x: [Double], y: [Double]) {
        var pairs: (x: [Double], y: [Double]) = ([], [])
        for case (let x?, let y?) in zip(x, y) where x.isFinite && y.isFinite {
            pairs.x.append(x)
            pairs.y.append(y)
        }
        return pairs
    }

    private static func pearson(_ x: [Double], _ y: [Double]) -> Correlation? {
        guard x.count >= 3, let x = centred(x), let y = centred(y) else { return nil }
        let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        let r = min(1, max(-1, product))
        return Correlation(coefficient: r, pairs: x.count, pValue: pValue(r, pairs: Double(x.count)))
    }

    /// Returns the two-sided p-value of a coefficient of this many independent pairs, by Student's t.
    static func pValue(_ r: Double, pairs: Double) -> Double {
        let degrees = pairs - 2
        guard degrees > 0 else { return 1 }
        let t = abs(r) < 1 ? r * (degrees / (1 - r * r)).squareRoot() : .infinity
        return Distribution.studentTwoSided(t, degrees: degrees)
    }

    /// Returns the values minus their mean, scaled to a vector of length 1; nil if they are all equal.
    private static func centred(_ values: [Double]) -> [Double]? {
        let largest = values.reduce(0) { max($0, abs($1)) }
        guard largest > 0, let first = values.first, values.contains(where: { $0 != first }) else { return nil }
        // Scaled to at most 1 first, so that no square overflows.
        let scaled = values.map { $0 / largest }
        let mean = scaled.reduce(0, +) / Double(scaled.count)
        let away = scaled.map { $0 - mean }
        let length = away.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else { return nil }
        return away.map { $0 / length }
    }
}
