import Model

/// Compares counts over time with their baseline: unusual buckets, the total, and the direction.
///
/// The baseline of a bucket is the median of the same hour in the preceding weeks if at least two are known, otherwise the median of
/// the window's other buckets. A bucket is unusual if it is at least twice its baseline and exceeds both chance and each of those
/// weeks.
public struct SeriesOverview: Hashable, Sendable {
    /// The source of the baseline.
    public enum Basis: Hashable, Sendable {
        /// The same hours of this many preceding weeks.
        case weeks(Int)
        /// The other buckets of the window.
        case otherBuckets
        /// No baseline: there is too little data.
        case nothing
    }

    /// The source of the baseline.
    public private(set) var basis = Basis.nothing
    /// The baseline of each bucket; nil if unknown.
    public private(set) var usual: [Double?]
    /// The bucket with the highest count, the first among equals; nil if all counts are zero or unknown.
    public private(set) var highest: Int?
    /// The unusual bucket that exceeds its baseline most, the earliest among equals; nil if there is none.
    public private(set) var peak: Int?
    /// The unusual buckets, ascending.
    public private(set) var outstanding: [Int] = []
    /// True if the last bucket is unusual, so that the increase is ongoing.
    public private(set) var goesOn = false
    /// The sum of all counts, and its baseline; the latter is nil if it is not covered by the preceding weeks.
    public private(set) var total = 0.0
    public private(set) var usualTotal: Double?
    /// True if the total is unusual, even if no single bucket is.
    public private(set) var totalStandsOut = false
    /// The direction of the counts, relative to the preceding weeks if they are known.
    public private(set) var direction: Trend.Direction
    /// The name of the test behind the direction.
    public private(set) var test: String

    /// The minimum ratio of an unusual bucket to its baseline.
    static let leastFactor = 2.0
    /// The minimum number of weeks, and the minimum share of covered buckets, for a baseline from weeks.
    static let fewestWeeks = 2
    static let leastShare = 0.8

    /// Analyses the counts of a window.
    ///
    /// - Parameters:
    ///   - values: One count per bucket; nil where no data covers it.
    ///   - isPartial: True for buckets cut off by the window or by the data.
    ///   - weeks: The counts of each preceding week, cut off in the same places; nil where no data covers a bucket.
    ///   - season: The length of a recurring pattern in buckets; used if there is no baseline from weeks.
    public init(values: [Double?], isPartial: [Bool], weeks: [[Double?]], season: Int? = nil) {
        usual = [Double?](repeating: nil, count: values.count)
        (direction, test) = (.stable, "")
        let known = values.indices.filter { values[$0] != nil }
        total = known.reduce(0) { $0 + (values[$1] ?? 0) }
        highest = known.max { (values[$0] ?? 0) < (values[$1] ?? 0) }.flatMap { values[$0] ?? 0 > 0 ? $0 : nil }
        let before = values.indices.map { bucket in weeks.compactMap { bucket < $0.count ? $0[bucket] : nil } }
        let told = known.filter { before[$0].count >= SeriesOverview.fewestWeeks }
        let bounds: [Double?]
        if !known.isEmpty, Double(told.count) >= SeriesOverview.leastShare * Double(known.count) {
            basis = .weeks(told.map { before[$0].count }.max() ?? 0)
            for bucket in told { usual[bucket] = OrderStatistics.median(before[bucket]) }
            bounds = values.indices.map { bucket in before[bucket].max().map { max($0, chance(bucket)) } }
            if told.count == known.count { compareTotals(weeks, known) }
        } else {
            bounds = compareWithOthers(values, isPartial, known)
        }
        outstanding = known.filter { bucket in
            guard let value = values[bucket], let usual = usual[bucket], let bound = bounds[bucket] else { return false }
            return value > bound && value >= SeriesOverview.leastFactor * usual
        }
        func excess(_ bucket: Int) -> Double { (values[bucket] ?? 0) - (usual[bucket] ?? 0) }
        peak = outstanding.max { excess($0) < excess($1) }
        goesOn = outstanding.last != nil && outstanding.last == known.last
        setDirection(values, isPartial, season)
    }

    /// Compares the total with those of the weeks that cover every bucket.
    private mutating func compareTotals(_ weeks: [[Double?]], _ known: [Int]) {
        let totals = weeks.compactMap { week -> Double? in
            let counts = known.compactMap { $0 < week.count ? week[$0] : nil }
            return counts.count == known.count ? counts.reduce(0, +) : nil
        }
        guard totals.count >= SeriesOverview.fewestWeeks, let median = OrderStatistics.median(totals),
            let bound = Chance.counts.range(around: median, bucket: 0, k: RollingBand.outlier)?.upper
        else { return }
        usualTotal = median
        totalStandsOut = total > max(bound, totals.max() ?? 0) && total >= SeriesOverview.leastFactor * median
    }

    /// The upper limit of what chance explains around the baseline of a bucket.
    private func chance(_ bucket: Int) -> Double {
        Chance.counts.range(around: usual[bucket] ?? 0, bucket: bucket, k: RollingBand.outlier)?.upper ?? .infinity
    }

    /// Uses the median of all complete buckets as the baseline; returns the bounds from their spread and from chance.
    private mutating func compareWithOthers(_ values: [Double?], _ isPartial: [Bool], _ known: [Int]) -> [Double?] {
        let whole = known.filter { !($0 < isPartial.count && isPartial[$0]) }.compactMap { values[$0] }
        guard whole.count >= 5, let median = OrderStatistics.median(whole),
            let distance = OrderStatistics.median(whole.map { abs($0 - median) })
        else { return [Double?](repeating: nil, count: values.count) }
        basis = .otherBuckets
        for bucket in known { usual[bucket] = median }
        let spread = median + RollingBand.outlier * RollingBand.madToDeviation * distance
        return values.indices.map { max(spread, chance($0)) }
    }

    /// Sets the direction from the test, unless the counts or the unusual buckets contradict it.
    private mutating func setDirection(_ values: [Double?], _ isPartial: [Bool], _ season: Int?) {
        var isOfWeeks = false
        if case .weeks = basis { isOfWeeks = true }
        let rest = values.indices.map { bucket -> Double? in
            guard let value = values[bucket] else { return nil }
            return isOfWeeks ? usual[bucket].map { value - $0 } : value
        }
        let trend = TrendAnalysis.trend(values: rest, isPartial: isPartial, season: isOfWeeks ? nil : season)
        (direction, test) = (trend.direction, trend.test)
        let whole = values.indices.filter { !($0 < isPartial.count && isPartial[$0]) }
        let seen = Halves(whole.compactMap { bucket in values[bucket].map { (bucket, $0) } })
        let middle = values.count / 2
        switch direction {
        case .increasing where seen.difference <= 0, .decreasing where seen.difference >= 0,
            .decreasing where outstanding.contains { $0 >= middle }:
            (direction, test) = (.unsteady, "\(test.prefix { $0 != "," }) and the unusual buckets disagree")
        case .stable where !isOfWeeks && seen.differBeyondChance:
            (direction, test) = (.unsteady, "\(test.prefix { $0 != "," && $0 != ":" }) and the means of the halves disagree")
        case .increasing, .decreasing, .stable, .unsteady: break
        }
    }
}
