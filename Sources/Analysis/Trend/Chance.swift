import Glibc

/// The random variation expected in a series. It keeps sparse data from looking anomalous: one error after hours without any is
/// not an anomaly.
public enum Chance: Hashable, Sendable {
    /// Unknown, as for latencies: only the spread within the window counts.
    case unknown
    /// Counts of independent events.
    case counts
    /// Counts divided by an exposure, such as time; nil where the exposure is unknown.
    case rates(exposure: [Double?])
    /// Shares of a number of cases, such as errors of calls; nil where that number is unknown.
    case shares(of: [Double?])

    /// Returns the range of values that chance alone explains around `level` in bucket `index`, at `k` standard deviations; nil if
    /// unknown.
    ///
    /// The square root of a Poisson count plus 3/8 has a standard deviation of about 1/2 at any mean (Anscombe 1948, "The
    /// transformation of Poisson, binomial and negative-binomial data"). At k = 3.5, a count of 5 after zeros is within chance and 6
    /// is not. For shares the Poisson width is an upper bound of the binomial one.
    func range(around level: Double, bucket index: Int, k: Double) -> (lower: Double, upper: Double)? {
        switch self {
        case .unknown:
            return nil
        case .counts:
            return Chance.counts(around: level, k: k)
        case .rates(let exposure):
            return Chance.scaled(level, index < exposure.count ? exposure[index] : nil, k)
        case .shares(let cases):
            let cases = index < cases.count ? cases[index] : nil
            // Above one half the complement is the rarer count, and its variation decides.
            if level <= 0.5 { return Chance.scaled(level, cases, k) }
            return Chance.scaled(1 - level, cases, k).map { (1 - $0.upper, 1 - $0.lower) }
        }
    }

    private static func counts(around level: Double, k: Double) -> (lower: Double, upper: Double) {
        let root = (max(0, level) + 0.375).squareRoot()
        let low = max(0, root - k / 2), high = root + k / 2
        return (max(0, low * low - 0.375), high * high - 0.375)
    }

    private static func scaled(_ level: Double, _ exposure: Double?, _ k: Double) -> (lower: Double, upper: Double)? {
        guard let exposure, exposure > 0, exposure.isFinite else { return nil }
        let range = counts(around: level * exposure, k: k)
        return (range.lower / exposure, range.upper / exposure)
    }
}
