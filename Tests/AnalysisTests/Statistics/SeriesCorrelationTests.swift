import Model
import TestSupport
import Testing

@testable import Analysis

@Suite("Correlation of series")
struct SeriesCorrelationTests {
    /// A standard normal number, by the sum of twelve uniform ones.
    private func normal(_ generator: inout SeededGenerator) -> Double {
        (0..<12).reduce(0.0) { sum, _ in sum + Double(generator.next() >> 11) / Double(1 << 53) } - 6
    }

    /// A series in which each bucket keeps `memory` of the one before.
    private func series(_ count: Int, memory: Double, _ generator: inout SeededGenerator) -> [Double?] {
        var value = normal(&generator) / (1 - memory * memory).squareRoot()
        return (0..<count).map { _ in
            defer { value = memory * value + normal(&generator) }
            return value
        }
    }

    /// Bayley and Hammersley's sum, term by term, over series without gaps.
    private func plainEffectiveSize(_ x: [Double], _ y: [Double]) -> Double {
        let n = x.count
        func autocorrelation(_ values: [Double], _ lag: Int) -> Double {
            let mean = values.reduce(0, +) / Double(n)
            var above = 0.0, below = 0.0
            for i in 0..<n { below += (values[i] - mean) * (values[i] - mean) / Double(n) }
            for i in 0..<(n - lag) { above += (values[i] - mean) * (values[i + lag] - mean) / Double(n - lag) }
            return min(1, max(-1, above / below))
        }
        var inverse = 1 / Double(n)
        for lag in 1...n / 5 {
            inverse += 2 / Double(n * n) * Double(n - lag) * autocorrelation(x, lag) * autocorrelation(y, lag)
        }
        return inverse > 0 ? min(Double(n), max(2, 1 / inverse)) : Double(n)
    }

    @Test("the effective sample size equals Bayley and Hammersley's sum", arguments: [UInt64(1), 2, 3, 4, 5])
    func effectiveSize(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let x = series(100, memory: 0.7, &generator), y = series(100, memory: 0.5, &generator)
        let found = AlignedSeries(x, y, lag: 0).effectivePairs
        #expect(abs(found - plainEffectiveSize(x.map { $0! }, y.map { $0! })) < 1e-9, "seed \(seed)")
    }

    @Test("independent series with memory are rarely called correlated, though plain p-values call many so")
    func falseAlarms() {
        var corrected = 0, plain = 0, lagged = 0
        let seeds = 1...400
        for seed in seeds {
            var generator = SeededGenerator(seed: UInt64(seed))
            let x = series(168, memory: 0.8, &generator), y = series(168, memory: 0.8, &generator)
            let found = SeriesCorrelation.of(x, y)
            if (found.spearman?.pValue ?? 1) <= 0.05 { corrected += 1 }
            if (found.best?.pValue ?? 1) <= 0.05 { lagged += 1 }
            if (Correlation.spearman(x, y)?.pValue ?? 1) <= 0.05 { plain += 1 }
        }
        let words = "seeds 1 to 400: \(corrected) corrected, \(lagged) at the best lag, \(plain) plain"
        print(words)
        #expect(corrected <= 32 && lagged <= 20, "\(words)")
        #expect(plain >= 80, "\(words)")
    }

    @Test("a planted lag is found in at least 95% of seeds, and its sign is right")
    func plantedLag() {
        var found = 0
        for seed in 1...200 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let x = series(168, memory: 0.3, &generator), lag = Int(generator.next() % 13) - 6
            let y = x.indices.map { place -> Double? in
                let source = x.indices.contains(place - lag) ? x[place - lag]! : 0
                return source + 0.7 * normal(&generator)
            }
            let best = SeriesCorrelation.of(x, y).best
            if best?.buckets == lag, (best?.pValue ?? 1) <= 0.05 { found += 1 }
        }
        print("seeds 1 to 200: \(found) lags found")
        #expect(found >= 190)
    }

    @Test("buckets without a value take no part, in either series")
    func gaps() throws {
        var generator = SeededGenerator(seed: 7)
        var x = series(60, memory: 0.2, &generator), y = x.map { $0.map { $0 * 2 } }
        for place in [3, 17, 18, 40] { x[place] = nil }
        for place in [5, 17, 41] { y[place] = .nan }
        let found = SeriesCorrelation.of(x, y)
        #expect(found.pairs == 54)
        #expect(try #require(found.spearman).coefficient > 0.999 && found.best?.buckets == 0)
    }

    @Test("few pairs, and a series that never changes, have no correlation")
    func edges() {
        let few = SeriesCorrelation.of([1, 2, 3, nil, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(few.pairs == 7 && few.spearman == nil && few.best == nil)
        let constant = SeriesCorrelation.of(Array(repeating: 4, count: 20), (0..<20).map { Double($0) })
        #expect(constant.pairs == 20 && constant.spearman == nil && constant.pearson == nil)
        #expect(SeriesCorrelation.of([], []).pairs == 0)
    }
}

@Suite("Error budgets")
struct ErrorBudgetTests {
    @Test("a target that is met to the event leaves nothing and is met")
    func exact() throws {
        for (target, bad, all) in [(0.9, 1, 10), (0.99, 10, 1000), (0.999, 3, 3000), (0.95, 7, 140)] as [(Double, Int64, Int64)] {
            let budget = try #require(Ratio(bad, of: all).flatMap { ErrorBudget(target: target, bad: $0) })
            #expect(budget.isMet && abs(budget.burnRate - 1) < 1e-9, "\(target)")
            let worse = try #require(Ratio(bad + 1, of: all).flatMap { ErrorBudget(target: target, bad: $0) })
            #expect(!worse.isMet && worse.left < 0, "\(target)")
        }
    }

    @Test("targets of 0% and 100% have no budget")
    func edges() throws {
        let bad = try #require(Ratio(1, of: 2))
        #expect(ErrorBudget(target: 1, bad: bad) == nil && ErrorBudget(target: 0, bad: bad) == nil)
    }
}
