import Glibc

/// Steps of a series: E-divisive means with permutation significance (Matteson and James 2014).
///
/// The divergence of two intervals is the energy statistic with exponent 2, which is the scaled squared difference of their means.
/// The best division of all intervals is tested by permuting the values within each interval; it is kept if significant, and the
/// search goes on within its parts.
public enum EDivisive {
    /// A step.
    public struct Step: Hashable, Sendable {
        /// The index of the first value after the step.
        public var index: Int
        /// The first and last index at which the step may be: where the residual sum of squares is not significantly larger (95%).
        public var interval: ClosedRange<Int>
        /// The probability of a division at least as good by chance.
        public var pValue: Double
        /// The means on both sides, up to the neighbouring steps.
        public var before: Double, after: Double
    }

    /// The steps and all tests that were made to find them.
    public struct Result: Hashable, Sendable {
        /// Ascending by index.
        public var steps: [Step]
        /// The p-values of all tests, the last of which may be above the level.
        public var tests: [Double]
    }

    /// The minimum number of values between steps.
    public static let fewest = 3
    /// The maximum number of steps of one series.
    static let mostSteps = 12

    /// Finds the steps of a series.
    ///
    /// - Parameters:
    ///   - permutations: The maximum number of permutations of a test. A test ends early once the p-value is certainly not small
    ///     (Besag and Clifford 1991).
    ///   - seed: The same seed gives the same p-values.
    public static func steps(
        _ values: [Double], permutations: Int = 4999, level: Double = 0.05, seed: UInt64 = 1
    ) -> Result {
        guard values.count >= 2 * fewest, values.allSatisfy(\.isFinite) else { return Result(steps: [], tests: []) }
        var random = Permuter(seed: seed), bounds = [0, values.count], found: [(index: Int, p: Double)] = [], tests: [Double] = []
        while found.count < mostSteps {
            let parts = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
            guard let best = best(values, parts), best.divergence > 0 else { break }
            let p = pValue(best.divergence, values, parts, permutations, level, &random)
            tests.append(p)
            guard p <= level else { break }
            found.append((best.index, p))
            bounds.append(best.index)
            bounds.sort()
        }
        let steps = found.sorted { $0.index < $1.index }.map { step -> Step in
            let place = bounds.firstIndex(of: step.index)!
            let part = bounds[place - 1]..<bounds[place + 1]
            return Step(
                index: step.index, interval: interval(values, part, step.index), pValue: step.p,
                before: mean(values[part.lowerBound..<step.index]), after: mean(values[step.index..<part.upperBound]))
        }
        return Result(steps: steps, tests: tests)
    }

    private static func mean(_ values: ArraySlice<Double>) -> Double { values.reduce(0, +) / Double(values.count) }

    /// Returns the best division of all parts.
    private static func best(_ values: [Double], _ parts: [Range<Int>]) -> (index: Int, divergence: Double)? {
        var best: (index: Int, divergence: Double)?
        for part in parts {
            let found = values.withUnsafeBufferPointer { division($0, part) }
            if let found, found.divergence > best?.divergence ?? -1 { best = found }
        }
        return best
    }

    /// Returns the division of a part with the largest divergence.
    private static func division(_ values: UnsafeBufferPointer<Double>, _ part: Range<Int>) -> (index: Int, divergence: Double)? {
        guard part.count >= 2 * fewest else { return nil }
        var total = 0.0
        for place in part { total += values[place] }
        let n = Double(part.count)
        var sum = 0.0, index = part.lowerBound, most = -1.0
        for place in part.lowerBound..<(part.upperBound - fewest) {
            sum += values[place]
            let left = Double(place + 1 - part.lowerBound)
            guard left >= Double(fewest) else { continue }
            // 2 · mn/(m+n) · (difference of the means)², written with one division.
            let gap = sum * n - total * left
            let divergence = 2 * gap * gap / (n * left * (n - left))
            if divergence > most { (index, most) = (place + 1, divergence) }
        }
        return (index, most)
    }

    private static func pValue(
        _ divergence: Double, _ values: [Double], _ parts: [Range<Int>], _ permutations: Int, _ level: Double,
        _ random: inout Permuter
    ) -> Double {
        var values = values, extreme = 0
        let enough = max(10, Int(level * 400))
        // Sums in another order differ in their last digits.
        let least = divergence * (1 - 1e-9)
        for done in 1...permutations {
            var isExtreme = false
            for part in parts where part.count >= 2 * fewest {
                values.withUnsafeMutableBufferPointer { random.shuffle($0, part) }
                if let found = values.withUnsafeBufferPointer({ division($0, part) }), found.divergence >= least {
                    isExtreme = true
                }
            }
            if isExtreme { extreme += 1 }
            if extreme >= enough { return Double(extreme) / Double(done) }
        }
        return Double(extreme + 1) / Double(permutations + 1)
    }

    /// The 95% bound of twice the logarithm of the likelihood ratio of a step's place (Siegmund 1988): (1 − exp(−x/2))² = 0.95.
    private static let bound = 7.35

    /// Returns where a step may be: indices whose residual sum of squares is within the bound of the likelihood ratio.
    private static func interval(_ values: [Double], _ part: Range<Int>, _ index: Int) -> ClosedRange<Int> {
        let n = Double(part.count)
        var sums: [Int: Double] = [:], total = 0.0, squares = 0.0
        for place in part {
            total += values[place]
            squares += values[place] * values[place]
        }
        var sum = 0.0
        for place in part.lowerBound..<part.upperBound - 1 {
            sum += values[place]
            let left = Double(place + 1 - part.lowerBound)
            sums[place + 1] = max(0, squares - sum * sum / left - (total - sum) * (total - sum) / (n - left))
        }
        let least = max(sums[index] ?? 0, squares * 1e-12, .leastNormalMagnitude)
        func isPossible(_ place: Int) -> Bool { (sums[place]).map { n * log(max($0, least) / least) <= bound } ?? false }
        var low = index, high = index
        while isPossible(low - 1) { low -= 1 }
        while isPossible(high + 1) { high += 1 }
        return low...high
    }

    /// Shuffles intervals with the xorshift64* generator (Vigna 2016).
    private struct Permuter {
        private var state: UInt64

        init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

        @inline(__always) private mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }

        mutating func shuffle(_ values: UnsafeMutableBufferPointer<Double>, _ part: Range<Int>) {
            var place = part.upperBound - 1
            while place > part.lowerBound {
                let width = UInt64(place - part.lowerBound + 1)
                let other = part.lowerBound + Int(((next() >> 32) &* width) >> 32)
                values.swapAt(place, other)
                place -= 1
            }
        }
    }
}
