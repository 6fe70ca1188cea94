import Model
import TestSupport
import Testing

@testable import Analysis

/// Histories of five weeks in half-hour buckets; the window is the last day, and all days before it are known.
private struct Weeks {
    static let perDay = 48, perWeek = 7 * perDay

    /// How the counts vary.
    enum Shape: CaseIterable { case constant, wave, sparse, nothing, growing, fading }

    /// The pattern planted in the window.
    enum Planted: CaseIterable { case nothing, burstAtEnd, burstInMiddle, burstInRunningBucket }

    var values: [Double?]
    var isPartial: [Bool]
    var weeks: [[Double?]]

    init(_ shape: Shape, _ planted: Planted, seed: UInt64, knows weeks: Int = 4) {
        var random = SeededGenerator(seed: seed)
        func level(_ bucket: Int) -> Double {
            let hour = Double(bucket % Weeks.perDay) / 2
            switch shape {
            case .constant: return 6
            case .wave: return abs(hour - 12) < 6 ? 14 : 2
            case .sparse: return 0.15
            case .nothing: return 0
            case .growing: return bucket >= 4 * Weeks.perWeek ? 2 + hour : 2
            case .fading: return bucket >= 4 * Weeks.perWeek ? 26 - hour : 26
            }
        }
        // Approximately a Poisson count: twelve trials with probability 1/3 each.
        func count(_ level: Double) -> Double {
            guard level > 0 else { return 0 }
            return Double((0..<40).count { _ in Double(random.next() % 10_000) < level / 40 * 10_000 })
        }
        let all = (0..<4 * Weeks.perWeek + Weeks.perDay).map { count(level($0)) }
        var own = Array(all.suffix(Weeks.perDay))
        switch planted {
        case .nothing: break
        case .burstAtEnd: for bucket in 45..<47 { own[bucket] += 60 }
        case .burstInMiddle: for bucket in 23..<26 { own[bucket] += 60 }
        case .burstInRunningBucket: own[47] += 60
        }
        values = own
        isPartial = (0..<Weeks.perDay).map { $0 == 47 }
        self.weeks = (1...4).map { week in
            let start = (4 - week) * Weeks.perWeek
            return week <= weeks ? all[start..<start + Weeks.perDay].map { $0 } : (0..<Weeks.perDay).map { _ in nil }
        }
    }

    var overview: SeriesOverview { SeriesOverview(values: values, isPartial: isPartial, weeks: weeks) }

    var whole: [Double] { values.dropLast().compactMap { $0 } }
}

@Suite("Unusual counts over time")
struct SeriesOverviewTests {
    @Test("a planted burst is the peak, wherever it is", arguments: [4, 0])
    func bursts(_ known: Int) throws {
        for shape in Weeks.Shape.allCases where known > 0 || shape != .wave {
            for seed in 0..<20 as Range<UInt64> {
                let end = Weeks(shape, .burstAtEnd, seed: seed, knows: known).overview
                #expect([45, 46].contains(try #require(end.peak)), "\(shape), seed \(seed)")
                // Growth is ongoing; a burst that ended is not.
                #expect(!end.goesOn || shape == .growing, "\(shape), seed \(seed)")
                let middle = Weeks(shape, .burstInMiddle, seed: seed, knows: known).overview
                #expect((23..<26).contains(try #require(middle.peak)), "\(shape), seed \(seed)")
                let running = Weeks(shape, .burstInRunningBucket, seed: seed, knows: known).overview
                #expect(running.peak == 47 && running.goesOn, "\(shape), seed \(seed)")
            }
        }
    }

    @Test("without a planted burst hardly any bucket is unusual; a daily wave never is once preceding weeks are known")
    func nothingPlanted() {
        for shape in [Weeks.Shape.constant, .wave, .sparse, .nothing] {
            let found = (0..<100 as Range<UInt64>).count { Weeks(shape, .nothing, seed: $0).overview.peak != nil }
            #expect(found <= 3, "\(shape): \(found) of 100")
        }
    }

    @Test("the baseline is the median of the same hours, and the total is compared with complete weeks")
    func usual() {
        let overview = SeriesOverview(
            values: [4, 40, 2], isPartial: [], weeks: [[1, 5, 2], [2, 3, 2], [9, 4, 2]])
        #expect(overview.basis == .weeks(3) && overview.usual == [2, 4, 2])
        #expect(overview.peak == 1 && overview.outstanding == [1] && overview.highest == 1)
        #expect(overview.total == 46 && overview.usualTotal == 8 && overview.totalStandsOut)
        // One week is not a baseline, and unknown is not zero.
        let one = SeriesOverview(values: [4, 40, 2], isPartial: [], weeks: [[1, 5, 2], [nil, nil, nil]])
        #expect(one.basis == .nothing && one.usual == [nil, nil, nil] && one.usualTotal == nil && one.peak == nil)
    }

    @Test("without counts or buckets there is no peak and no direction")
    func empty() {
        for values in [[], [nil, nil], [0, 0, 0, 0, 0, 0]] as [[Double?]] {
            let overview = SeriesOverview(values: values, isPartial: [], weeks: [])
            #expect(overview.highest == nil && overview.peak == nil && overview.direction == .stable && overview.total == 0)
        }
    }

    @Test("the direction never contradicts halves, bursts or peaks")
    func consistent() {
        var directions: [Trend.Direction: Int] = [:]
        for shape in Weeks.Shape.allCases {
            for planted in Weeks.Planted.allCases {
                for known in [4, 0] {
                    for seed in 0..<25 as Range<UInt64> {
                        let scene = Weeks(shape, planted, seed: seed, knows: known), overview = scene.overview
                        directions[overview.direction, default: 0] += 1
                        let half = scene.whole.count / 2
                        let earlier = scene.whole.prefix(half).reduce(0, +), later = scene.whole.suffix(half).reduce(0, +)
                        let what = "\(shape) \(planted) \(known) weeks, seed \(seed): \(overview.direction) \(overview.test)"
                        switch overview.direction {
                        case .increasing: #expect(later > earlier, "\(what)")
                        case .decreasing:
                            #expect(later < earlier, "\(what)")
                            #expect(!overview.outstanding.contains { $0 >= 24 }, "\(what)")
                        case .stable, .unsteady: break
                        }
                        if let peak = overview.peak {
                            #expect((scene.values[peak] ?? 0) >= 2 * (overview.usual[peak] ?? .infinity), "\(what)")
                        }
                        if let highest = overview.highest {
                            #expect(scene.values[highest] == scene.values.compactMap { $0 }.max(), "\(what)")
                        }
                    }
                }
            }
        }
        // Every direction occurs, so none of these checks is vacuous.
        #expect(directions.count == 4, "\(directions)")
    }

    @Test("growth and decay are reported if nothing contradicts them")
    func directions() {
        let growing = (0..<20 as Range<UInt64>).count { Weeks(.growing, .nothing, seed: $0).overview.direction == .increasing }
        let fading = (0..<20 as Range<UInt64>).count { Weeks(.fading, .nothing, seed: $0).overview.direction == .decreasing }
        #expect(growing >= 18 && fading >= 18, "\(growing) and \(fading) of 20")
        for seed in 0..<20 as Range<UInt64> {
            #expect(Weeks(.fading, .burstAtEnd, seed: seed).overview.direction != .decreasing, "seed \(seed)")
        }
    }
}
