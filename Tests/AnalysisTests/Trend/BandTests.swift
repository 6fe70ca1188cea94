import Model
import TestSupport
import Testing

@testable import Analysis

@Suite("The band of normal values")
struct BandTests {
    static func series(_ generator: inout SeededGenerator, count: Int, gaps: UInt64 = 6) -> [Double?] {
        (0..<count).map { _ in
            let bits = generator.next()
            return bits % gaps == 0 ? nil : Double(Int64(bits >> 32 % 40) - 10) / 4
        }
    }

    @Test("sliding windows equal sorting every window, including nil and negative values")
    func plainReference() {
        for seed in 0..<60 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let values = Self.series(&generator, count: Int(generator.next() % 120)), window = 2 + Int(seed % 30)
            let fewest = RollingBand.fewest(window)
            let mad = RollingBand(values, method: .mad, chance: .unknown, window: window)
            for (index, range) in PlainReference.madBand(values, window: window, fewest: fewest).enumerated() {
                // A band without width is widened by the mean deviation, which the reference does not do.
                if let range, range.lowerBound == range.upperBound { continue }
                let isEqual = isClose(mad.lower[index], range?.lowerBound) && isClose(mad.upper[index], range?.upperBound)
                #expect(isEqual, "seed \(seed), bucket \(index)")
            }
            let zscore = RollingBand(values, method: .zscore, chance: .counts, window: window)
            for (index, range) in PlainReference.zscoreBand(values, window: window, fewest: fewest).enumerated() {
                let isEqual =
                    isClose(zscore.lower[index], range?.lowerBound, within: 1e-9)
                    && isClose(zscore.upper[index], range?.upperBound, within: 1e-9)
                #expect(isEqual, "seed \(seed), bucket \(index)")
            }
        }
    }

    @Test("one error after hours without any is not an anomaly; six are")
    func sparse() {
        let quiet: [Double?] = Array(repeating: 0, count: 12)
        func anomalies(_ last: Double, _ method: Trend.Method = .mad) -> [Int] {
            TrendAnalysis.trend(values: quiet + [last, 0], method: method, chance: .counts, window: 12).anomalies
        }
        #expect(anomalies(1) == [])
        #expect(anomalies(5) == [])
        #expect(anomalies(6) == [12])
        // By the z-score rule, any error after none is beyond two standard deviations of zero.
        #expect(anomalies(1, .zscore) == [12])
    }

    @Test("a rate over few calls varies more by chance than one over many")
    func shares() {
        func anomalies(_ rate: Double, of calls: Double) -> [Int] {
            let cases: [Double?] = Array(repeating: 1000, count: 10) + [calls]
            return TrendAnalysis.trend(
                values: Array(repeating: 0, count: 10) + [rate], chance: .shares(of: cases), window: 10
            ).anomalies
        }
        #expect(anomalies(0.5, of: 4) == [])
        #expect(anomalies(0.5, of: 40) == [10])
        #expect(anomalies(0.004, of: 1000) == [])
        #expect(anomalies(0.4, of: 1000) == [10])
        // In a reliability it is the failures that vary, not the successes.
        let reliable = TrendAnalysis.trend(
            values: Array(repeating: 1, count: 10) + [0.996], chance: .shares(of: Array(repeating: 1000, count: 11)), window: 10)
        #expect(reliable.anomalies == [])
        let broken = TrendAnalysis.trend(
            values: Array(repeating: 1, count: 10) + [0.9], chance: .shares(of: Array(repeating: 1000, count: 11)), window: 10)
        #expect(broken.anomalies == [10])
        #expect(broken.upper[10].map { $0 >= 1 } == true)
    }

    @Test("rates over time vary like their counts")
    func rates() {
        func isAnomaly(_ rate: Double, minutes: Double?) -> Bool {
            let exposure: [Double?] = Array(repeating: 60, count: 10) + [minutes]
            let trend = TrendAnalysis.trend(
                values: Array(repeating: 0, count: 10) + [rate], chance: .rates(exposure: exposure), window: 10)
            return trend.anomalies == [10]
        }
        #expect(!isAnomaly(5 / 60, minutes: 60))
        #expect(isAnomaly(6 / 60, minutes: 60))
        #expect(!isAnomaly(5, minutes: 1))
        // Without an exposure only the spread of the window counts, and it is zero.
        #expect(isAnomaly(5, minutes: nil))
    }

    @Test("the band follows the median and ignores an earlier outlier")
    func robust() {
        let noisy: [Double?] = [10, 12, 9, 11, 500, 10, 13, 8, 11, 10]
        let trend = TrendAnalysis.trend(values: noisy + [12, 40], window: 10)
        #expect(trend.anomalies == [11])
        #expect(trend.lower[10].map { $0 < 10 } == true && trend.upper[10].map { $0 < 40 } == true)
    }

    @Test("any change leaves a constant window; a half-constant window uses the mean deviation")
    func constant() {
        #expect(TrendAnalysis.trend(values: Array(repeating: 5, count: 8) + [5, 5.5], window: 8).anomalies == [9])
        let half: [Double?] = [5, 5, 5, 5, 5, 6, 7, 5]
        #expect(TrendAnalysis.trend(values: half + [6.5], window: 8).anomalies.last == 6)
        #expect(TrendAnalysis.trend(values: half + [9], window: 8).anomalies.last == 8)
    }

    @Test("a bucket is not in its own window, and too few known values give no band")
    func window() {
        let trend = TrendAnalysis.trend(values: [1, 2, 3, 4, 5, 1000], window: 5)
        #expect(trend.lower.prefix(5).allSatisfy { $0 == nil })
        #expect(trend.anomalies == [5])
        let gaps = TrendAnalysis.trend(values: [1, 2, nil, nil, 3, 4, 1000], window: 5)
        #expect(gaps.upper == Array(repeating: nil, count: 7) && gaps.anomalies == [])
    }

    @Test("few of many independent counts are anomalies")
    func falseAlarms() {
        var generator = SeededGenerator(seed: 11)
        // Sums of Bernoulli draws: about Poisson with a mean of 4.
        let values = (0..<3000).map { _ -> Double? in
            Double((0..<80).filter { _ in generator.next() % 20 == 0 }.count)
        }
        let trend = TrendAnalysis.trend(values: values, chance: .counts, window: 24)
        #expect(trend.anomalies.count < 15, "\(trend.anomalies.count) of 3,000")
    }

    @Test("overflowing values have no band")
    func huge() {
        let values: [Double?] = [1e308, -1e308, 1e308, -1e308, 1.7e308, -1.7e308, .infinity, .nan, 1e308, 3]
        for method in Trend.Method.allCases {
            let trend = TrendAnalysis.trend(values: values, method: method, window: 5, season: 3)
            #expect(trend.lower.allSatisfy { $0?.isFinite ?? true } && trend.upper.allSatisfy { $0?.isFinite ?? true })
            #expect(trend.movingAverage.allSatisfy { $0?.isFinite ?? true })
        }
    }
}
