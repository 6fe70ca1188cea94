/// How two series over the same equal buckets move together.
///
/// Neighbouring buckets resemble each other, so that n buckets tell less than n independent pairs would. The p-values are those
/// of the effective sample size of Bayley and Hammersley (1946), 1/n* = 1/n + 2/n² Σ (n − j) ρx(j) ρy(j), with autocorrelations
/// up to lag n/5 (Pyper and Peterman 1998); it never exceeds n.
public struct SeriesCorrelation: Hashable, Sendable {
    /// Spearman's rank correlation and Pearson's correlation of the same buckets, with corrected p-values; nil where one series
    /// is constant.
    public var spearman: Correlation?, pearson: Correlation?
    /// The number of buckets in which both series have a value.
    public var pairs: Int
    /// The effective sample size of Spearman's correlation, at most `pairs`.
    public var effectivePairs: Double
    /// The lag with the strongest rank correlation; nil where there is none.
    public var best: Lagged?

    /// The rank correlation of one series with the other some buckets later.
    public struct Lagged: Hashable, Sendable {
        /// How many buckets the second series is behind the first; negative where it is ahead.
        public var buckets: Int
        public var coefficient: Double
        /// The corrected p-value, multiplied by the number of lags compared (Bonferroni).
        public var pValue: Double
    }

    /// The fewest pairs of which a correlation is computed.
    public static let fewestPairs = 8

    /// Compares two series, one value a bucket; nil values are buckets without data, which take no part.
    ///
    /// - Parameter furthestLag: Lags from minus to plus this many buckets are compared.
    public static func of(_ x: [Double?], _ y: [Double?], furthestLag: Int = 6) -> SeriesCorrelation {
        let here = AlignedSeries(x, y, lag: 0)
        var result = SeriesCorrelation(pairs: here.pairs, effectivePairs: Double(here.pairs))
        guard here.pairs >= fewestPairs else { return result }
        result.pearson = here.correlation
        let ranks = here.ranked
        result.spearman = ranks.correlation
        result.effectivePairs = ranks.effectivePairs
        let lags = (-furthestLag...furthestLag).filter { abs($0) < x.count }
        var tested = 0
        for lag in lags.sorted(by: { (abs($0), -$0) < (abs($1), -$1) }) {
            let shifted = AlignedSeries(x, y, lag: lag)
            guard shifted.pairs >= fewestPairs, let found = shifted.ranked.correlation else { continue }
            tested += 1
            guard abs(found.coefficient) > abs(result.best?.coefficient ?? 0) else { continue }
            result.best = Lagged(buckets: lag, coefficient: found.coefficient, pValue: found.pValue)
        }
        if let p = result.best?.pValue { result.best?.pValue = min(1, p * Double(tested)) }
        return result
    }

    private init(pairs: Int, effectivePairs: Double) { (self.pairs, self.effectivePairs) = (pairs, effectivePairs) }
}

/// Two series on one axis; where one has no value, neither takes part.
struct AlignedSeries {
    private(set) var x: [Double?], y: [Double?]
    let pairs: Int

    /// - Parameter lag: The bucket of `x` is paired with the bucket of `y` this many later.
    init(_ x: [Double?], _ y: [Double?], lag: Int) {
        let count = min(x.count, y.count)
        var left: [Double?] = [], right: [Double?] = []
        for place in 0..<count {
            let other = place + lag
            guard (0..<count).contains(other), let a = x[place], let b = y[other], a.isFinite, b.isFinite else {
                left.append(nil)
                right.append(nil)
                continue
            }
            left.append(a)
            right.append(b)
        }
        (self.x, self.y) = (left, right)
        pairs = left.count { $0 != nil }
    }

    /// The same series with ranks in place of values.
    var ranked: AlignedSeries {
        func ranks(_ values: [Double?]) -> [Double?] {
            var ranks = OrderStatistics.ranks(values.compactMap { $0 })[...]
            return values.map { $0 == nil ? nil : ranks.removeFirst() }
        }
        return AlignedSeries(ranks(x), ranks(y), lag: 0)
    }

    /// Pearson's correlation, with the p-value of the effective sample size.
    var correlation: Correlation? {
        guard var found = Correlation.pearson(x, y) else { return nil }
        found.pValue = Correlation.pValue(found.coefficient, pairs: effectivePairs)
        return found
    }

    /// The number of independent pairs that would tell as much.
    var effectivePairs: Double {
        let n = Double(pairs)
        guard pairs > 2, let a = AlignedSeries.centred(x), let b = AlignedSeries.centred(y) else { return n }
        var sum = 0.0
        for lag in stride(from: 1, through: pairs / 5, by: 1) {
            guard let (ofX, together) = AlignedSeries.autocorrelation(a, lag),
                let (ofY, _) = AlignedSeries.autocorrelation(b, lag)
            else { continue }
            sum += together * ofX * ofY
        }
        let inverse = 1 / n + 2 / (n * n) * sum
        return inverse > 0 ? min(n, max(2, 1 / inverse)) : n
    }

    /// Values minus their mean, scaled to a mean square of 1; nil where they are all equal.
    private static func centred(_ values: [Double?]) -> [Double?]? {
        let known = values.compactMap { $0 }, largest = known.reduce(0) { max($0, abs($1)) }
        guard largest > 0 else { return nil }
        let mean = known.reduce(0) { $0 + $1 / largest } / Double(known.count)
        let away = values.map { $0.map { $0 / largest - mean } }
        let square = away.reduce(0) { $0 + ($1 ?? 0) * ($1 ?? 0) } / Double(known.count)
        guard square > 0 else { return nil }
        return away.map { $0.map { $0 / square.squareRoot() } }
    }

    /// The autocorrelation at a lag, and how many pairs of buckets are that far apart; nil where there are none.
    private static func autocorrelation(_ values: [Double?], _ lag: Int) -> (coefficient: Double, pairs: Double)? {
        var sum = 0.0, count = 0.0
        for place in values.indices.dropLast(lag) {
            guard let here = values[place], let there = values[place + lag] else { continue }
            sum += here * there
            count += 1
        }
        return count > 0 ? (min(1, max(-1, sum / count)), count) : nil
    }
}
