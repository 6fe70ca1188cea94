import Glibc
import Model

/// A 2×2 contingency table: `a` of `a + b` cases here failed, and `c` of `c + d` there.
public struct TwoByTwo: Hashable, Sendable {
    /// Failed here, not failed here, failed there, not failed there; never negative.
    public let a: Int64, b: Int64, c: Int64, d: Int64

    /// Creates a table; nil if a count is negative.
    public init?(_ a: Int64, _ b: Int64, _ c: Int64, _ d: Int64) {
        guard min(a, b, c, d) >= 0 else { return nil }
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }

    /// Creates the table of two proportions; nil if a numerator is negative or exceeds its denominator.
    public init?(_ here: Ratio, _ there: Ratio) {
        self.init(
            here.numerator, here.denominator.subtractingReportingOverflow(here.numerator).partialValue, there.numerator,
            there.denominator.subtractingReportingOverflow(there.numerator).partialValue)
    }

    private var cells: [Double] { [Double(a), Double(b), Double(c), Double(d)] }
    var total: Double { cells.reduce(0, +) }

    /// The expected cell counts if the groups did not differ; nil if a row or a column is empty.
    var expected: [Double]? {
        let x = cells
        let rows = [x[0] + x[1], x[2] + x[3]], columns = [x[0] + x[2], x[1] + x[3]]
        guard min(rows[0], rows[1], columns[0], columns[1]) > 0 else { return nil }
        return [0, 1, 2, 3].map { rows[$0 / 2] / total * columns[$0 % 2] }
    }

    /// The likelihood-ratio statistic G = 2 Σ O ln(O/E), at least 0; nil if a row or a column is empty.
    ///
    /// - Parameter isCorrected: Divides by Williams' correction, so that small tables do not appear significant
    ///   (Sokal and Rohlf, Biometry, section 17.4).
    public func g(isCorrected: Bool = false) -> Double? {
        guard let expected else { return nil }
        let x = cells
        let sum = zip(x, expected).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * log($1.0 / $1.1) : 0) }
        let g = max(0, 2 * sum)
        guard isCorrected else { return g }
        let n = total
        let rows = n / (x[0] + x[1]) + n / (x[2] + x[3]) - 1, columns = n / (x[0] + x[2]) + n / (x[1] + x[3]) - 1
        return g / (1 + rows * columns / (6 * n))
    }

    /// The two-sided p-value of Fisher's exact test; nil if a row or a column is empty, or if the table is so large that no exact
    /// test is needed.
    public func fisher() -> Double? {
        guard expected != nil, total < 9e15 else { return nil }
        let row = a + b, column = a + c, rest = c + d
        let least = max(0, column - rest), most = min(row, column)
        guard most - least <= 200_000 else { return nil }
        func logChance(_ k: Int64) -> Double {
            -Distribution.logFactorial(k) - Distribution.logFactorial(row - k) - Distribution.logFactorial(column - k)
                - Distribution.logFactorial(rest - column + k)
        }
        // Relative to this table, so that only differences of large logarithms matter.
        let own = logChance(a)
        var all = 0.0, extreme = 0.0
        for k in least...most {
            let distance = logChance(k) - own
            let chance = exp(distance)
            all += chance
            // Equal probabilities may differ in their last digits; R's fisher.test uses the same tolerance of 1e-7.
            if distance <= 1e-7 { extreme += chance }
        }
        guard all.isFinite, all > 0 else { return 0 }
        return min(1, extreme / all)
    }
}
