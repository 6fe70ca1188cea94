import Glibc
import Model

/// Counts in two groups by two outcomes: `a` of `a + b` here, `c` of `c + d` there.
public struct TwoByTwo: Hashable, Sendable {
    /// Failed here, not failed here, failed there, not failed there; none is negative.
    public let a: Int64, b: Int64, c: Int64, d: Int64

    /// Makes a table; nil when a count is negative.
    public init?(_ a: Int64, _ b: Int64, _ c: Int64, _ d: Int64) {
        guard min(a, b, c, d) >= 0 else { return nil }
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }

    /// Makes the table of two shares; nil where a numerator is negative or exceeds its denominator.
    public init?(_ here: Ratio, _ there: Ratio) {
        self.init(
            here.numerator, here.denominator.subtractingReportingOverflow(here.numerator).partialValue, there.numerator,
            there.denominator.subtractingReportingOverflow(there.numerator).partialValue)
    }

    private var cells: [Double] { [Double(a), Double(b), Double(c), Double(d)] }
    var total: Double { cells.reduce(0, +) }

    /// What each cell would hold if the groups did not differ; nil when a row or a column is empty.
    var expected: [Double]? {
        let x = cells
        let rows = [x[0] + x[1], x[2] + x[3]], columns = [x[0] + x[2], x[1] + x[3]]
        guard min(rows[0], rows[1], columns[0], columns[1]) > 0 else { return nil }
        return [0, 1, 2, 3].map { rows[$0 / 2] / total * columns[$0 % 2] }
    }

    /// The likelihood-ratio statistic G = 2 Σ O ln(O/E), at least 0; nil when a row or a column is empty.
    ///
    /// - Parameter isCorrected: Divided by Williams' correction, which keeps small tables from looking significant
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

    /// The chance of tables at least as unlikely as this one with the same sums, both sides (Fisher's exact test); nil when
    /// a row or a column is empty, or where the table is so large that no exact test is needed.
    public func fisher() -> Double? {
        guard expected != nil, total < 9e15 else { return nil }
        let row = a + b, column = a + c, rest = c + d
        let least = max(0, column - rest), most = min(row, column)
        guard most - least <= 200_000 else { return nil }
        func logChance(_ k: Int64) -> Double {
            -Distribution.logFactorial(k) - Distribution.logFactorial(row - k) - Distribution.logFactorial(column - k)
                - Distribution.logFactorial(rest - column + k)
        }
        // Relative to the table itself, so that only differences of large logarithms count.
        let own = logChance(a)
        var all = 0.0, extreme = 0.0
        for k in least...most {
            let distance = logChance(k) - own
            let chance = exp(distance)
            all += chance
            // Equal chances differ in their last digits; R's fisher.test allows the same 1e-7.
            if distance <= 1e-7 { extreme += chance }
        }
        guard all.isFinite, all > 0 else { return 0 }
        return min(1, extreme / all)
    }
}
