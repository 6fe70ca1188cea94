import Model

/// Analyses a series: its direction, change point and anomalous buckets.
public enum TrendAnalysis {
    /// The significance level for a direction.
    static let level = 0.05
    /// The minimum number of seasons for a seasonal analysis.
    static let fewestSeasons = 3

    /// Analyses a series of regular buckets.
    ///
    /// Values that are nil, not finite or in partial buckets are ignored; a partial bucket is anomalous only if it already exceeds its
    /// band.
    /// - Parameters:
    ///   - values: One value per bucket.
    ///   - isPartial: True for incomplete buckets; missing elements are false.
    ///   - method: How the band of normal values is computed from the `window` buckets before each. `mad`: the median ± 3.5 times
    ///     the scaled median absolute deviation, at least as wide as `chance` alone. `zscore`: the mean ± 2 standard deviations.
    ///   - chance: The random variation of the values; ignored by the z-score rule.
    ///   - window: The length of the rolling window in buckets; nil uses `window(buckets:season:)`.
    ///   - season: The length of a recurring pattern in buckets, such as 24 hours. With at least three seasons, direction and slope
    ///     compare only buckets that are whole seasons apart, and the change point is searched in the deseasonalised values.
    /// - Returns: Arrays with one element per bucket. The moving average covers the window that ends with the bucket.
    public static func trend(
        values: [Double?], isPartial: [Bool] = [], method: Trend.Method = .mad, chance: Chance = .unknown, window: Int? = nil,
        season: Int? = nil
    ) -> Trend {
        let all = values.map { $0.flatMap { $0.isFinite ? $0 : nil } }
        let values = all.enumerated().map { index, value in index < isPartial.count && isPartial[index] ? nil : value }
        let window = max(2, min(max(2, values.count), window ?? self.window(buckets: values.count, season: season)))
        let points = values.enumerated().compactMap { index, value in value.map { (bucket: index, value: $0) } }
        let season = season.flatMap { $0 > 1 && $0 <= values.count / fewestSeasons ? $0 : nil }
        let band = RollingBand(values, method: method, chance: chance, window: window)
        let anomalies = all.indices.filter { bucket in
            guard let value = all[bucket], let lower = band.lower[bucket], let upper = band.upper[bucket] else { return false }
            return value > upper || values[bucket] != nil && value < lower
        }
        let slope = TheilSen.slope(points, season: season), change = changePoint(points, season: season)
        let (direction, test) = direction(points, season: season, slope: slope, change: change)
        return Trend(
            method: method, windowInBuckets: window, movingAverage: movingAverage(values, window: window), lower: band.lower,
            upper: band.upper, anomalies: anomalies, slopePerBucket: slope, direction: direction, test: test, changePoint: change)
    }

    /// Analyses column `column` of a result with one row per bucket, whose start is column 0; buckets without a row have no value.
    ///
    /// Buckets without data have no value, even if there is a row; buckets cut off by the window or by the data are partial. Counts
    /// and ratios vary by chance as counts and shares of their denominators; the season follows from the bucket width.
    public static func trend(
        of column: Int, in table: ResultTable, axis: TimeAxis, method: Trend.Method = .mad, window: Int? = nil
    ) -> Trend {
        var values: [Timestamp: Value] = [:]
        for row in table.rows where row.indices.contains(column) {
            if case .time(let start) = row[0] { values[start] = row[column] }
        }
        let cells = axis.starts.indices.map { axis.isCovered($0) ? values[axis.starts[$0]] ?? .missing : .missing }
        let type = table.columns.indices.contains(column) ? table.columns[column].type : .number
        let chance: Chance =
            switch type {
            case .count: .counts
            case .ratio: .shares(of: cells.map { if case .ratio(let ratio) = $0 { Double(ratio.denominator) } else { nil } })
            default: .unknown
            }
        return trend(
            values: cells.map(\.magnitude), isPartial: axis.starts.indices.map(axis.isPartial), method: method, chance: chance,
            window: window, season: season(of: axis))
    }

    /// Returns the default rolling window in buckets: one season if two fit, otherwise a quarter of the buckets, within 8...30. With
    /// fewer values the median deviation is so uncertain that every tenth latency would be anomalous.
    public static func window(buckets: Int, season: Int? = nil) -> Int {
        if let season, season > 1, season <= buckets / 2 { return season }
        return max(8, min(30, buckets / 4))
    }

    /// Returns the number of buckets per day (per week for daily buckets); nil if buckets do not divide it evenly.
    public static func season(of axis: TimeAxis) -> Int? {
        guard let first = axis.starts.first, axis.starts.count > 1 else { return nil }
        // Daylight saving may change within the range, so the mean is rounded to whole minutes.
        let seconds = (Double(axis.end.nanoseconds) - Double(first.nanoseconds)) / 1e9 / Double(axis.starts.count)
        let minutes = Int(min(1e6, max(0, seconds / 60)).rounded())
        if (1430...1450).contains(minutes) { return 7 }
        return minutes > 0 && minutes <= 720 && 1440 % minutes == 0 ? 1440 / minutes : nil
    }

    private static func movingAverage(_ values: [Double?], window: Int) -> [Double?] {
        values.indices.map { index in
            let known = values[max(0, index + 1 - window)...index].compactMap { $0 }
            guard known.count >= RollingBand.fewest(window) else { return nil }
            let mean = known.reduce(0) { $0 + $1 / Double(known.count) }
            return mean.isFinite ? mean : nil
        }
    }

    /// Returns the values of each phase of a season, such as each hour of the day.
    private static func phases(_ points: [(bucket: Int, value: Double)], _ season: Int) -> [[Double]] {
        var phases = [[Double]](repeating: [], count: season)
        for point in points { phases[point.bucket % season].append(point.value) }
        return phases
    }

    /// Returns the direction by the Mann–Kendall test if the values themselves confirm it.
    ///
    /// The test compares ranks: forty buckets that fall from 3 to 0 outweigh a visible burst of 42 at the end. A direction is reported
    /// only if slope, change point and the means of the halves agree with it.
    private static func direction(
        _ points: [(bucket: Int, value: Double)], season: Int?, slope: Double?, change: Trend.ChangePoint?
    ) -> (Trend.Direction, String) {
        var test = MannKendall(), name = "Mann-Kendall"
        if let season {
            name = "seasonal Mann-Kendall"
            for phase in phases(points, season) { test.add(phase) }
        } else {
            test.add(points.map(\.value))
        }
        guard let p = test.pValue else {
            let isShort = points.count < MannKendall.fewest
            return (.stable, "\(name): \(isShort ? "too few values" : "all values are equal")")
        }
        guard p < level, test.score != 0 else { return (.stable, "\(name), \(PValueText.text(p, level: level))") }
        let sign = test.score > 0 ? 1.0 : -1.0
        let isSeen =
            Halves(points).difference * sign > 0 && (slope ?? 0) * sign >= 0
            && (change.map { ($0.after - $0.before) * sign > 0 } ?? true)
        guard isSeen else { return (.unsteady, "\(name) and the means of the halves disagree") }
        return (sign > 0 ? .increasing : .decreasing, "\(name), \(PValueText.text(p, level: level))")
    }

    private static func changePoint(_ points: [(bucket: Int, value: Double)], season: Int?) -> Trend.ChangePoint? {
        var rest = points.map(\.value)
        if let season {
            let medians = phases(points, season).map { OrderStatistics.median($0) ?? 0 }
            rest = points.map { $0.value - medians[$0.bucket % season] }
        }
        guard rest.allSatisfy(\.isFinite), let change = Pettitt.change(rest), change.pValue < Pettitt.level,
            let before = OrderStatistics.median(points[..<change.place].map(\.value)),
            let after = OrderStatistics.median(points[change.place...].map(\.value)), before != after
        else { return nil }
        return Trend.ChangePoint(index: points[change.place].bucket, before: before, after: after)
    }
}

/// Formats p-values: `p = 0.003`, `p < 0.001`.
enum PValueText {
    /// Returns the p-value with two decimals, three below 0.1, and more where rounding would reach `level`.
    static func text(_ p: Double, level: Double) -> String {
        if p < 0.001 { return "p < 0.001" }
        var scale = p < 0.0995 ? 1000.0 : 100, digits = p < 0.0995 ? 3 : 2
        while p < level, (p * scale).rounded() / scale >= level, digits < 9 { (scale, digits) = (scale * 10, digits + 1) }
        let units = Int((p * scale).rounded())
        let text = String(units)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return "p = " + padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}
