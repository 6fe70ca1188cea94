import Model
import TestSupport
import Testing

@testable import Analysis

@Suite("Direction and change point")
struct DirectionTests {
    @Test("the Mann–Kendall score and variance equal those over all pairs, ties included")
    func allPairs() {
        for seed in 0..<80 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let values = (0..<2 + Int(seed)).map { _ in Double(generator.next() % (3 + seed)) }
            let found = MannKendall(values), plain = PlainReference.mannKendall(values)
            #expect(found.score == plain.score && isClose(found.variance, max(0, plain.variance)), "seed \(seed)")
        }
    }

    @Test("the Nile decreases: S = -1387, p by the definition, and SciPy's slope")
    func nile() throws {
        let test = MannKendall(Published.nile)
        #expect(test.score == -1387)
        #expect(isClose(test.variance, 112_728.33333333333))
        #expect(isClose(test.pValue, 3.658262921664327e-05, within: 1e-8))
        let trend = TrendAnalysis.trend(values: Published.nile)
        #expect(trend.direction == .decreasing && trend.test == "Mann-Kendall, p < 0.001")
        #expect(isClose(trend.slopePerBucket, -2.6))
    }

    @Test("the level of the Nile changed after 1898 (Cobb 1978; Pettitt's statistic is 1617)")
    func nileChange() throws {
        let change = try #require(Pettitt.change(Published.nile))
        #expect(change.place == 28 && isClose(change.pValue, 3.5910221769362927e-07, within: 1e-8))
        let found = try #require(TrendAnalysis.trend(values: Published.nile).changePoint)
        #expect(found == Trend.ChangePoint(index: 28, before: 1130, after: 842.5))
    }

    @Test("few values without ties have an exact p-value, as in SciPy")
    func exact() {
        for (values, p) in [
            ([1, 2, 3, 4, 5], 0.016666666666666666), ([1, 3, 2, 4, 5, 6, 7], 0.002777777777777778),
            ([8, 1, 2, 3, 4, 5, 6, 7], 0.10868055555555556), ([2, 1, 4, 3, 6, 5, 8, 7, 10, 9], 0.0009463183421516755),
        ] as [([Double], Double)] {
            #expect(isClose(MannKendall(values).pValue, p))
        }
        #expect(MannKendall([1, 2, 3, 4]).pValue == nil)
    }

    @Test("Pettitt's change point and sum equal those over all pairs")
    func changeByPairs() throws {
        for seed in 0..<60 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let n = 3 + Int(seed)
            let values = (0..<n).map { Double(generator.next() % 6) + ($0 > n / 2 ? 3 : 0) }
            let plain = PlainReference.pettitt(values)
            guard plain.sum > 0 else { continue }
            let found = try #require(Pettitt.change(values))
            #expect(found.place == plain.place, "seed \(seed)")
            let k = Double(plain.sum), cube = Double(n * n * n + n * n)
            #expect(isClose(found.pValue, min(1, 2 * exponential(-6 * k * k / cube)), within: 1e-7))
        }
    }

    /// e to the power of x by its series, after halving.
    private func exponential(_ x: Double) -> Double {
        let small = x / 1024
        var term = 1.0, sum = 1.0
        for k in 1...20 { term *= small / Double(k); sum += term }
        return (0..<10).reduce(sum) { power, _ in power * power }
    }

    @Test("the slope is the median over all pairs, with any values missing")
    func slope() {
        for seed in 0..<40 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let values = BandTests.series(&generator, count: 3 + Int(generator.next() % 80))
            let known = values.compactMap { $0 }.count
            let found = TrendAnalysis.trend(values: values).slopePerBucket
            #expect(known < 3 ? found == nil : isClose(found, PlainReference.slope(values)), "seed \(seed)")
        }
    }

    @Test("sampling long series preserves the slope of a noisy line")
    func sampled() throws {
        var generator = SeededGenerator(seed: 5)
        let values = (0..<5000).map { Double?(0.25 * Double($0) + Double(generator.next() % 100)) }
        let slope = try #require(TrendAnalysis.trend(values: values).slopePerBucket)
        #expect(abs(slope - 0.25) < 0.005)
        #expect(TrendAnalysis.trend(values: values).slopePerBucket == slope)
        let seasonal = try #require(TrendAnalysis.trend(values: values, season: 24).slopePerBucket)
        #expect(abs(seasonal - 0.25) < 0.005)
    }

    @Test("a daily pattern is neither a trend nor a change point, but growth beneath it is")
    func season() throws {
        // Two and a half days of a sawtooth increase overall; seven days do not.
        let saw = (0..<168).map { Double($0 % 24) }
        let flat = TrendAnalysis.trend(values: saw, season: 24)
        #expect(flat.direction == .stable && flat.test == "seasonal Mann-Kendall: all values are equal")
        #expect(flat.slopePerBucket == 0 && flat.changePoint == nil)
        let growing = TrendAnalysis.trend(values: saw.enumerated().map { $1 + 0.1 * Double($0) }, season: 24)
        #expect(growing.direction == .increasing && growing.test == "seasonal Mann-Kendall, p < 0.001")
        #expect(isClose(growing.slopePerBucket, 0.1, within: 1e-9))
        let step = TrendAnalysis.trend(values: saw.enumerated().map { $1 + ($0 >= 96 ? 30 : 0) }, season: 24)
        #expect(step.changePoint?.index == 96)
        // Two seasons are too few to distinguish them from a trend.
        #expect(TrendAnalysis.trend(values: Array(saw.prefix(48)), season: 24).test.hasPrefix("Mann-Kendall"))
    }

    @Test("direction, anomalies and change point do not depend on shift or scale")
    func invariance() {
        for seed in 0..<30 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let values = BandTests.series(&generator, count: 60)
            let plain = TrendAnalysis.trend(values: values)
            let moved = TrendAnalysis.trend(values: values.map { $0.map { 4 * $0 + 64 } })
            #expect(plain.direction == moved.direction && plain.test == moved.test && plain.anomalies == moved.anomalies)
            #expect(plain.changePoint?.index == moved.changePoint?.index)
        }
    }

    @Test("a p-value is never rounded across the significance level")
    func words() {
        func text(_ p: Double) -> String { PValueText.text(p, level: 0.05) }
        #expect(text(0.0004) == "p < 0.001")
        #expect(text(0.0034) == "p = 0.003")
        #expect(text(0.04996) == "p = 0.04996")
        #expect(text(0.0499) == "p = 0.0499")
        #expect(text(0.05) == "p = 0.050")
        #expect(text(0.5) == "p = 0.50")
        #expect(text(1) == "p = 1.00")
    }
}
