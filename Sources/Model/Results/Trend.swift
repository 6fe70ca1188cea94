/// The trend analysis of a series; arrays have one element per bucket.
public struct Trend: Hashable, Sendable {
    /// How the band of normal values is computed.
    public enum Method: String, Sendable, CaseIterable {
        /// Rolling median and median absolute deviation, with a floor for sparse counts (the default).
        case mad
        /// Rolling mean and two standard deviations.
        case zscore
    }

    /// The direction of a series according to a statistical test.
    public enum Direction: String, Sendable {
        case increasing, decreasing, stable
        /// The test finds a direction that the values contradict, such as a decline in most buckets before a burst at the end.
        case unsteady = "no steady direction"
    }

    /// The bucket at which the level changes.
    public struct ChangePoint: Hashable, Sendable {
        /// The first bucket at the new level.
        public var index: Int
        /// The medians of the buckets before it, and from it on.
        public var before: Double, after: Double

        /// Creates a change point.
        public init(index: Int, before: Double, after: Double) {
            self.index = index
            self.before = before
            self.after = after
        }
    }

    public var method: Method
    /// The length of the rolling window in buckets.
    public var windowInBuckets: Int
    /// The moving average; nil where the window has too few values.
    public var movingAverage: [Double?]
    /// The band of normal values; nil where unknown.
    public var lower: [Double?], upper: [Double?]
    /// The buckets outside the band, ascending. A partial bucket counts only if it already exceeds the band.
    public var anomalies: [Int]
    /// The change per bucket, as the median of pairwise slopes; nil for fewer than three values.
    public var slopePerBucket: Double?
    public var direction: Direction
    /// The test behind the direction with its result: `Mann-Kendall, p = 0.003`.
    public var test: String
    /// The most significant change of level, if any.
    public var changePoint: ChangePoint?

    /// Creates an analysis.
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
