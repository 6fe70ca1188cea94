import Glibc

/// Steps in many series at once, corrected for all tests that were made.
public struct SeriesChanges: Sendable {
    /// A series of regular buckets.
    public struct Series: Sendable {
        /// How values vary by chance, which decides the scale on which steps are looked for.
        public enum Scale: Sendable {
            /// Counts of events: the square root has the same variance at every level.
            case counts
            /// Shares of a number of cases: the arcsine of the square root.
            case shares
            /// Positive amounts: the logarithm.
            case amounts
        }

        public var scale: Scale
        /// The value of each bucket; nil without data.
        public var values: [Double?]
        /// For shares, the number of cases of each bucket.
        public var cases: [Double]

        /// Creates a series.
        public init(_ scale: Scale, values: [Double?], cases: [Double] = []) {
            (self.scale, self.values, self.cases) = (scale, values, cases)
        }
    }

    /// A step of one of the series.
    public struct Change: Hashable, Sendable {
        /// The index of the series.
        public var series: Int
        /// The bucket in which the new level begins, and the buckets in which it may begin.
        public var bucket: Int
        public var interval: ClosedRange<Int>
        /// The mean values on both sides, up to the neighbouring steps.
        public var before: Double, after: Double
        /// The p-value adjusted for all tests.
        public var pValue: Double
        /// The difference on the scale of the series, in standard deviations of what remains.
        public var strength: Double
    }

    /// Ascending by bucket, then by series.
    public private(set) var changes: [Change] = []
    /// The number of tests.
    public private(set) var tests = 0

    /// The number of buckets with data below which a series is not examined.
    public static let fewestBuckets = 12

    /// Finds the steps of all series.
    ///
    /// - Parameters:
    ///   - hours: The hour of the week of each bucket; nil if buckets are too wide for a season.
    ///   - week: The number of buckets per week.
    ///   - stop: Called before each series; may throw to stop.
    public init(_ all: [Series], hours: [Int]?, week: Int, stop: () throws -> Void) rethrows {
        // The smallest p-value of a permutation test must be able to survive the correction.
        let permutations = min(20_000, max(1999, 60 * all.count))
        var found: [(change: Change, p: Double)] = [], others: [Double] = []
        for (place, series) in all.enumerated() {
            try stop()
            var scaled = series.scaled
            if let hours { scaled = WeeklySeason.removed(from: scaled, hours: hours, week: week) }
            let known = scaled.indices.filter { scaled[$0] != nil }
            guard known.count >= SeriesChanges.fewestBuckets else { continue }
            let values = known.map { scaled[$0]! }
            let result = EDivisive.steps(values, permutations: permutations, seed: UInt64(place + 1))
            others += result.tests.filter { $0 > 0.05 }
            found += SeriesChanges.changes(result.steps, place, series, values, known).map { ($0, $0.pValue) }
        }
        tests = found.count + others.count
        let adjusted = Significance.benjaminiHochberg(found.map(\.p) + others)
        changes = found.indices.filter { adjusted[$0] <= 0.05 }.map { place in
            var change = found[place].change
            change.pValue = adjusted[place]
            return change
        }.sorted { ($0.bucket, $0.series) < ($1.bucket, $1.series) }
    }

    private static func changes(
        _ steps: [EDivisive.Step], _ place: Int, _ series: Series, _ values: [Double], _ known: [Int]
    ) -> [Change] {
        let bounds = [0] + steps.map(\.index) + [values.count]
        var squares = 0.0
        for (from, to) in zip(bounds, bounds.dropFirst()) {
            let mean = values[from..<to].reduce(0, +) / Double(to - from)
            squares += values[from..<to].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        let deviation = (squares / Double(max(1, values.count - bounds.count))).squareRoot()
        return steps.enumerated().map { index, step in
            let before = known[bounds[index]..<step.index], after = known[step.index..<bounds[index + 2]]
            return Change(
                series: place, bucket: known[step.index],
                interval: known[step.interval.lowerBound]...known[step.interval.upperBound],
                before: series.level(before), after: series.level(after), pValue: step.pValue,
                strength: deviation > 0 ? abs(step.after - step.before) / deviation : .infinity)
        }
    }
}

extension SeriesChanges.Series {
    /// The values on the scale on which steps are looked for.
    var scaled: [Double?] {
        values.enumerated().map { place, value in
            guard let value, value.isFinite, value >= 0 else { return nil }
            switch scale {
            case .counts: return (value + 0.375).squareRoot()
            case .amounts: return value > 0 ? log(value) : nil
            case .shares:
                // Anscombe's form of the arcsine, for few cases.
                let cases = place < cases.count ? cases[place] : 0
                guard cases > 0 else { return nil }
                return asin(min(1, ((value * cases + 0.375) / (cases + 0.75))).squareRoot())
            }
        }
    }

    /// The mean value of buckets; of shares the share of all cases.
    func level(_ buckets: ArraySlice<Int>) -> Double {
        var sum = 0.0, weights = 0.0
        for bucket in buckets {
            guard let value = values[bucket] else { continue }
            let weight = bucket < cases.count && scale == .shares ? cases[bucket] : 1
            sum += value * weight
            weights += weight
        }
        return weights > 0 ? sum / weights : 0
    }
}
