import Model

/// What stands out of counts over time, beside what is usual, and where they go.
///
/// The usual count of a bucket is the median of the same hour in the weeks before, where at least two of them are known; else the median
/// of the window's other buckets. A bucket stands out when it is at least twice the usual, and more than chance and every one of those
/// weeks explain.
public struct SeriesOverview: Hashable, Sendable {
    /// What the usual counts are taken from.
    public enum Basis: Hashable, Sendable {
        /// The same hours of this many weeks before.
        case weeks(Int)
        /// The other buckets of the window.
        case otherBuckets
        /// Nothing: too little is known.
        case nothing
    }

    /// What the usual counts are taken from.
    public private(set) var basis = Basis.nothing
    /// The usual count of each bucket; nil where it is not known.
    public private(set) var usual: [Double?]
    /// The bucket with the highest count, the first of equals; nil when every count is zero or unknown.
    public private(set) var highest: Int?
    /// The bucket that exceeds the usual most among those that stand out, ascending in time; nil when none does.
    public private(set) var peak: Int?
    /// The buckets that stand out, ascending.
    public private(set) var outstanding: [Int] = []
    /// True when the last bucket stands out as well: what began goes on.
    public private(set) var goesOn = false
    /// All counts, and what is usual for the same hours; nil where the weeks before do not tell.
    public private(set) var total = 0.0
    public private(set) var usualTotal: Double?
    /// True when all counts together stand out, though perhaps no bucket alone does.
    public private(set) var totalStandsOut = false
    /// Where the counts go: beside the same hours of the weeks before where they are known.
    public private(set) var direction: Trend.Direction
    /// The test behind the direction, in words.
    public private(set) var test: String

    /// A bucket that stands out has at least this many times the usual count.
    static let leastFactor = 2.0
    /// The fewest weeks, and the least share of buckets, for which they tell what is usual.
    static let fewestWeeks = 2
    static let leastShare = 0.8

    /// Looks at the counts of a window.
    ///
    /// - Parameters:
    ///   - values: One count a bucket; nil where no data covers it.
    ///   - isPartial: True for buckets that the window or the data cuts.
    ///   - weeks: The same for each of the weeks before, cut in the same places; nil where no data covers a bucket.
    ///   - season: How many buckets a recurring pattern lasts; used where the weeks before do not tell.
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
        tellDirection(values, isPartial, season)
    }

    /// Compares all counts with those of the weeks that are known for every bucket.
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

    /// The most that chance explains around the usual count of a bucket.
    private func chance(_ bucket: Int) -> Double {
        Chance.counts.range(around: usual[bucket] ?? 0, bucket: bucket, k: RollingBand.outlier)?.upper ?? .infinity
    }

    /// Takes the median of all whole buckets for usual; the bounds that follow from it and from how far they lie from it.
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

    /// The direction by the test, as far as the counts themselves and what stands out of them do not speak against it.
    private mutating func tellDirection(_ values: [Double?], _ isPartial: [Bool], _ season: Int?) {
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
            (direction, test) = (.unsteady, "\(test.prefix { $0 != "," }) and what stands out disagree")
        case .stable where !isOfWeeks && seen.differBeyondChance:
            (direction, test) = (.unsteady, "\(test.prefix { $0 != "," && $0 != ":" }) and the means of the halves disagree")
        case .increasing, .decreasing, .stable, .unsteady: break
        }
    }
}
