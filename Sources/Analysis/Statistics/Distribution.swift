import Glibc

/// Tail probabilities of the distributions behind the tests.
enum Distribution {
    /// The probability that a standard normal value is farther from 0 than `z`, in either direction.
    static func normalTwoSided(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

    /// The probability that a chi-squared value with one degree of freedom exceeds `x`; it is the square of a normal value.
    static func chiSquaredOne(_ x: Double) -> Double { x <= 0 ? 1 : erfc((x / 2).squareRoot()) }

    /// The probability that a Poisson value with this small mean is at least `count`.
    static func poissonTail(_ count: Double, mean: Double) -> Double {
        guard count > 0 else { return 1 }
        guard mean > 0 else { return 0 }
        var term = exp(count * log(mean) - mean - lgamma(count + 1).0), sum = 0.0, k = count
        // Terms fall at least geometrically once k exceeds the mean.
        for _ in 0..<1000 {
            sum += term
            k += 1
            term *= mean / k
            if k > mean, term < sum * 1e-16 { break }
        }
        return min(1, sum)
    }

    /// The probability that a Student t value is farther from 0 than `t`, in either direction.
    static func studentTwoSided(_ t: Double, degrees: Double) -> Double {
        guard degrees > 0, !t.isNaN else { return 1 }
        if t.isInfinite { return 0 }
        return regularBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    }

    /// The regularised incomplete beta function I_x(a, b), by the continued fraction of DLMF 8.17.22 in Lentz's form.
    static func regularBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        // The fraction converges quickly below the mean; above it, use the complement.
        if x > (a + 1) / (a + b + 2) { return 1 - regularBeta(1 - x, b, a) }
        let logFront = lgamma(a + b).0 - lgamma(a).0 - lgamma(b).0 + a * log(x) + b * log1p(-x)
        let least = 1e-300
        func guarded(_ value: Double) -> Double { abs(value) < least ? least : value }
        var c = 1.0, d = 1 / guarded(1 - (a + b) * x / (a + 1)), fraction = d
        for m in 1...500 {
            let m = Double(m)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / guarded(1 + even * d)
            c = guarded(1 + even / c)
            fraction *= c * d
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / guarded(1 + odd * d)
            c = guarded(1 + odd / c)
            fraction *= c * d
            if abs(c * d - 1) < 1e-15 { break }
        }
        return min(1, exp(logFront) * fraction / a)
    }

    /// ln n!, accurate enough for any count.
    static func logFactorial(_ n: Int64) -> Double { lgamma(Double(n) + 1).0 }
}
