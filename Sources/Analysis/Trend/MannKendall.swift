/// The Mann–Kendall test for a monotonic trend (Mann 1945, Kendall 1975).
///
/// Adding several series gives the seasonal test, which compares values only within a season (Hirsch, Slack and Smith 1982).
struct MannKendall {
    /// The number of increasing pairs minus that of decreasing pairs.
    private(set) var score = 0
    /// The variance of the score without a trend, adjusted for ties.
    private(set) var variance = 0.0
    /// The number of values.
    private(set) var count = 0
    private var hasTies = false
    private var series = 0

    /// Below this many values without ties, the p-value is computed exactly.
    static let fewestForNormal = 11
    /// The minimum number of values: with four, not even 1, 2, 3, 4 is significant.
    static let fewest = 5

    /// Creates the test and compares all pairs of `values`, in O(n log n).
    init(_ values: [Double]) { add(values) }

    /// Creates an empty test.
    init() {}

    /// Compares all pairs of another series; its values are not compared with those of other series.
    mutating func add(_ values: [Double]) {
        let n = values.count
        guard n > 1 else { return }
        var sorted = values
        let falling = MannKendall.sortCountingFalls(&sorted)
        let ties = OrderStatistics.runs(sorted).map(\.count).filter { $0 > 1 }
        let tiedPairs = ties.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
        score += n * (n - 1) / 2 - tiedPairs - 2 * falling
        func term(_ n: Int) -> Double { Double(n) * Double(n - 1) * Double(2 * n + 5) }
        variance += max(0, (term(n) - ties.reduce(0) { $0 + term($1) }) / 18)
        count += n
        series += 1
        hasTies = hasTies || !ties.isEmpty
    }

    /// The probability of a score at least as far from 0 without a trend, 0...1; nil for fewer than five values, or if all are
    /// equal.
    var pValue: Double? {
        guard count >= MannKendall.fewest, variance > 0 else { return nil }
        if series == 1, !hasTies, count < MannKendall.fewestForNormal { return exact }
        guard score != 0 else { return 1 }
        // Continuity correction: the score is discrete.
        return Distribution.normalTwoSided(Double(abs(score) - 1) / variance.squareRoot())
    }

    /// The share of all permutations of `count` distinct values whose score is at least as far from 0.
    private var exact: Double {
        // orders[k] is the number of permutations with k decreasing pairs; the nth value adds 0...n − 1 pairs.
        var orders = [1.0]
        for n in 2...count {
            var next = [Double](repeating: 0, count: orders.count + n - 1)
            for (falls, number) in orders.enumerated() { for more in 0..<n { next[falls + more] += number } }
            orders = next
        }
        let pairs = count * (count - 1) / 2
        let extreme = orders.enumerated().filter { abs(pairs - 2 * $0.offset) >= abs(score) }.reduce(0) { $0 + $1.element }
        return min(1, extreme / orders.reduce(0, +))
    }

    /// Merge-sorts the values and counts the decreasing pairs.
    private static func sortCountingFalls(_ values: inout [Double]) -> Int {
        var falls = 0, width = 1, from = values, to = values
        while width < values.count {
            for start in stride(from: 0, to: values.count, by: 2 * width) {
                let middle = min(start + width, values.count), end = min(start + 2 * width, values.count)
                var left = start, right = middle
                for place in start..<end {
                    if right == end || (left < middle && from[left] <= from[right]) {
                        to[place] = from[left]
                        left += 1
                    } else {
                        to[place] = from[right]
                        right += 1
                        falls += middle - left
                    }
                }
            }
            swap(&from, &to)
            width *= 2
        }
        values = from
        return falls
    }
}
