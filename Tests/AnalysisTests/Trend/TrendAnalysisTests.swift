import Model
import TestSupport
import Testing

@testable import Analysis

@Suite("Trends of series and results")
struct TrendAnalysisTests {
    static func axis(_ count: Int, each seconds: Int64, cut: Int64 = 0, coverage: Range<Int64>? = nil) -> TimeAxis {
        let at = { (bucket: Int64) in Timestamp(seconds: 1_700_000_000 + bucket * seconds) }
        let window = Window(from: at(0) + .seconds(cut), to: at(Int64(count)))
        return TimeAxis(
            starts: (0..<Int64(count)).map(at), end: at(Int64(count)), width: "x", window: window,
            coverage: coverage.map { Window(from: at($0.lowerBound), to: at($0.upperBound)) }
                ?? Window(from: at(0), to: at(Int64(count))),
            zone: .utc)
    }

    @Test("every array has one element per bucket, and the moving average covers the window that ends there")
    func shape() {
        let trend = TrendAnalysis.trend(values: [1, 2, 3, 4, 5, 6, 7, nil, 9], window: 5)
        #expect(trend.movingAverage.count == 9 && trend.lower.count == 9 && trend.upper.count == 9)
        #expect(trend.movingAverage.prefix(4).allSatisfy { $0 == nil })
        #expect(isClose(trend.movingAverage[4], 3) && isClose(trend.movingAverage[6], 5))
        #expect(trend.movingAverage[7] == nil)
        #expect(trend.windowInBuckets == 5 && trend.method == .mad)
    }

    @Test("partial buckets are ignored unless they already exceed their band")
    func partial() {
        let values: [Double?] = [900, 10, 11, 9, 10, 12, 10, 11, 9, 800]
        let isPartial = values.indices.map { $0 == 0 || $0 == 9 }
        var cut = TrendAnalysis.trend(values: values, isPartial: isPartial, window: 5)
        let without = TrendAnalysis.trend(values: [nil] + values[1..<9] + [nil], window: 5)
        #expect(cut.anomalies == [9])
        cut.anomalies = []
        #expect(cut == without)
    }

    @Test("the current bucket is anomalous only above its band, never below it", arguments: Trend.Method.allCases)
    func running(_ method: Trend.Method) throws {
        for seed in 0..<40 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let before = (0..<30).map { _ -> Double? in Double(40 + generator.next() % 20) }
            let isPartial = (0...30).map { $0 == 30 }
            func anomalies(_ value: Double?) -> [Int] {
                TrendAnalysis.trend(values: before + [value], isPartial: isPartial, method: method, chance: .counts).anomalies
            }
            let band = TrendAnalysis.trend(values: before + [nil], method: method, chance: .counts)
            let upper = try #require(band.upper[30])
            #expect(anomalies(upper + 1).contains(30) && !anomalies(upper).contains(30), "seed \(seed)")
            for low in [0, 1, 20] as [Double] { #expect(!anomalies(low).contains(30), "seed \(seed)") }
            // A complete bucket that low is anomalous.
            let whole = TrendAnalysis.trend(values: before + [0], method: method, chance: .counts).anomalies
            #expect(whole.contains(30), "seed \(seed)")
        }
    }

    @Test("a direction visible only in ranks is not reported: forty falling hours, then a burst")
    func burst() {
        let falling = (0..<40).map { Double(40 - $0) / 10 } + [42, 44]
        let trend = TrendAnalysis.trend(values: falling)
        #expect(MannKendall(falling).pValue ?? 1 < 0.001 && MannKendall(falling).score < 0)
        #expect(trend.direction == .unsteady && trend.test == "Mann-Kendall and the means of the halves disagree")
        // Without the burst the series decreases by every measure.
        #expect(TrendAnalysis.trend(values: Array(falling.prefix(40))).direction == .decreasing)
    }

    @Test("too few values give no result")
    func few() {
        for values in [[], [3], [3, nil, 5], [nil, nil]] as [[Double?]] {
            let trend = TrendAnalysis.trend(values: values)
            #expect(trend.direction == .stable && trend.test == "Mann-Kendall: too few values")
            #expect(trend.slopePerBucket == nil && trend.changePoint == nil && trend.anomalies == [])
        }
        #expect(TrendAnalysis.trend(values: Array(repeating: 2, count: 30)).test == "Mann-Kendall: all values are equal")
    }

    @Test("in a result's column, uncovered buckets have no value, counts vary as counts, and cut-off buckets are partial")
    func column() {
        let axis = Self.axis(14, each: 3600, cut: 60, coverage: 0..<13)
        let counts: [Int64] = [50, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 40, 99]
        let rows = zip(axis.starts, counts).map {
            [Value.time($0), .count($1), Ratio($1, of: 100).map { .ratio($0) } ?? .missing]
        }
        let table = ResultTable(columns: [.init("time", .time), .init("count", .count), .init("error_rate", .ratio)], rows: rows)
        let trend = TrendAnalysis.trend(of: 1, in: table, axis: axis)
        #expect(trend.anomalies == [12])
        #expect(trend.windowInBuckets == 8)
        #expect(TrendAnalysis.trend(of: 2, in: table, axis: axis).anomalies == [12])
        #expect(TrendAnalysis.trend(of: 9, in: table, axis: axis).anomalies == [])
        // Rows are assigned to buckets by time, regardless of removal or sorting.
        let sorted = ResultTable(columns: table.columns, rows: Array(rows.reversed()))
        #expect(TrendAnalysis.trend(of: 1, in: sorted, axis: axis) == trend)
    }

    @Test("the season follows from the bucket width, and the window from both")
    func seasons() {
        #expect(TrendAnalysis.season(of: Self.axis(168, each: 3600)) == 24)
        #expect(TrendAnalysis.season(of: Self.axis(30, each: 86_400)) == 7)
        #expect(TrendAnalysis.season(of: Self.axis(96, each: 900)) == 96)
        #expect(TrendAnalysis.season(of: Self.axis(9, each: 7 * 86_400)) == nil)
        #expect(TrendAnalysis.season(of: Self.axis(9, each: 420)) == nil)
        #expect(TrendAnalysis.season(of: Self.axis(0, each: 60)) == nil)
        #expect(TrendAnalysis.window(buckets: 168, season: 24) == 24)
        #expect(TrendAnalysis.window(buckets: 30, season: 7) == 7)
        #expect(TrendAnalysis.window(buckets: 24, season: 24) == 8)
        #expect(TrendAnalysis.window(buckets: 1440, season: 1440) == 30)
        #expect(TrendAnalysis.window(buckets: 0) == 8)
    }

    @Test("5,000 buckets are fast with every method, and equal inputs give equal results")
    func long() {
        var generator = SeededGenerator(seed: 1)
        let values = (0..<5000).map { _ -> Double? in generator.next() % 9 == 0 ? nil : Double(generator.next() % 1000) }
        for method in Trend.Method.allCases {
            let once = TrendAnalysis.trend(values: values, method: method, chance: .counts, season: 24)
            #expect(once == TrendAnalysis.trend(values: values, method: method, chance: .counts, season: 24))
        }
    }
}
