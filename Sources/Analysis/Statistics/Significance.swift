import Glibc
import Model

/// Significance tests for differences between counts.
public enum Significance {
    /// A test statistic with its p-value.
    public struct Test: Hashable, Sendable {
        /// The test statistic.
        public var statistic: Double
        /// The p-value, 0...1.
        public var pValue: Double

        /// Creates the result of a test.
        public init(statistic: Double, pValue: Double) {
            self.statistic = statistic
            self.pValue = pValue
        }
    }

    /// A comparison of two proportions.
    public struct Comparison: Hashable, Sendable {
        /// The first proportion minus the second, -1...1.
        public var difference: Double
        /// The 95% confidence interval of the difference.
        public var interval: ClosedRange<Double>
        /// The probability of a difference at least as large by chance, 0...1.
        public var pValue: Double
        /// The name of the test: `Fisher's exact test` for small counts, otherwise `G-test`.
        public var test: String
    }

    /// The G-test of independence with one degree of freedom; nil if a row or a column of the table is empty.
    ///
    /// - Parameter isCorrected: Applies Williams' correction for small counts.
    public static func gTest(_ table: TwoByTwo, isCorrected: Bool = false) -> Test? {
        table.g(isCorrected: isCorrected).map { Test(statistic: $0, pValue: Distribution.chiSquaredOne($0)) }
    }

    /// Compares two proportions: their difference with its interval (Newcombe 1998, method 10, from the two Wilson intervals) and
    /// its p-value, by Fisher's exact test if an expected count is below 5, otherwise by the G-test.
    ///
    /// - Returns: nil if a numerator is negative or exceeds its denominator. The p-value is 1 if both proportions are 0 or both
    ///   are 1.
    public static func compare(_ here: Ratio, _ there: Ratio) -> Comparison? {
        guard let table = TwoByTwo(here, there) else { return nil }
        let difference = here.quotient - there.quotient
        let one = wilson(here), two = wilson(there)
        let below = hypot(here.quotient - one.lowerBound, two.upperBound - there.quotient)
        let above = hypot(one.upperBound - here.quotient, there.quotient - two.lowerBound)
        let interval = max(-1, difference - below)...min(1, difference + above)
        guard let least = table.expected?.min() else {
            return Comparison(difference: difference, interval: interval, pValue: 1, test: "G-test")
        }
        if least < 5, let p = table.fisher() {
            return Comparison(difference: difference, interval: interval, pValue: p, test: "Fisher's exact test")
        }
        let p = gTest(table)?.pValue ?? 1
        return Comparison(difference: difference, interval: interval, pValue: p, test: "G-test")
    }

    /// Returns p-values adjusted for multiple comparisons, in the given order (Benjamini and Hochberg 1995).
    ///
    /// Keeping those up to q limits the expected share of false discoveries to q. Values outside 0...1 count as 1.
    public static func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
        let values = pValues.map { $0 >= 0 && $0 <= 1 ? $0 : 1 }
        let order = values.indices.sorted { values[$0] > values[$1] }
        var adjusted = values, least = 1.0
        for (place, index) in order.enumerated() {
            let rank = values.count - place
            least = min(least, values[index] * Double(values.count) / Double(rank))
            adjusted[index] = least
        }
        return adjusted
    }

    /// The Wilson score interval of a proportion (Wilson 1927), within 0...1.
    ///
    /// - Parameter z: The half-width in standard errors; 1.96 gives a 95% interval.
    public static func wilson(_ ratio: Ratio, z: Double = 1.959964) -> ClosedRange<Double> {
        let n = Double(ratio.denominator), p = min(1, max(0, ratio.quotient)), square = z * z
        let center = p + square / (2 * n), spread = z * (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
        let low = p == 0 ? 0 : max(0, (center - spread) / (1 + square / n))
        let high = p == 1 ? 1 : min(1, (center + spread) / (1 + square / n))
        return low...max(low, high)
    }
}
