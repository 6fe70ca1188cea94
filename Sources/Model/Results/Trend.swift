/// What an analysis found in the buckets of a series; every array has one element a bucket.
public struct Trend: Hashable, Sendable {
    /// How the band of normal values is computed.
    public enum Method: String, Sendable, CaseIterable {
        /// Rolling median and median absolute deviation, with a floor for sparse counts (the default).
        case mad
        /// Rolling mean and two standard deviations.
        case zscore
    }

    /// Where a series goes, by a named test.
    public enum Direction: String, Sendable {
        case increasing, decreasing, stable
        /// The test tells a direction that the values themselves do not show, such as most buckets falling below a burst at the end.
        case unsteady = "no steady direction"
    }

    /// A bucket from which on the level differs.
    public struct ChangePoint: Hashable, Sendable {
        /// The first bucket of the new level.
        public var index: Int
        /// The median of the buckets before it, and from it on.
        public var before: Double, after: Double

        /// Makes a change point.
        public init(index: Int, before: Double, after: Double) {
            self.index = index
            self.before = before
            self.after = after
        }
    }

    public var method: Method
    /// How many buckets the rolling window holds.
    public var windowInBuckets: Int
    /// The moving average; nil where there is none yet.
    public var movingAverage: [Double?]
    /// The band of normal values; nil where it is not known.
    public var lower: [Double?], upper: [Double?]
    /// Buckets outside the band, ascending. A partial bucket is one when it exceeds the band already; below it nothing is known yet.
    public var anomalies: [Int]
    /// Change a bucket, by the median of pairwise slopes; nil for fewer than three values.
    public var slopePerBucket: Double?
    public var direction: Direction
    /// The test behind the direction, in words, with its figure: `Mann-Kendall, p = 0.003`.
    public var test: String
    /// Where the level changed most, when it did.
    public var changePoint: ChangePoint?

    /// Makes an analysis.
    public init(
        method: Method, windowInBuckets: Int, movingAverage: [Double?], lower: [Double?], upper: [Double?], anomalies: [Int],
        slopePerBucket: Double?, direction: Direction, test: String, changePoint: ChangePoint?
    ) {
        self.method = method
        self.windowInBuckets = windowInBuckets
        self.movingAverage = movingAverage
        self.lower = lower
        self.upper = upper
        self.anomalies = anomalies
        self.slopePerBucket = slopePerBucket
        self.direction = direction
        self.test = test
        self.changePoint = changePoint
    }
}
