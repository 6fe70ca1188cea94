import Model
import TestSupport
import Testing

@testable import LocalStore

@Suite("Rollups and latency cells")
struct RollupTests {
    @Test("every rollup has a unique name, whole buckets, and dimensions of its facts")
    func definitions() {
        #expect(Set(Rollup.all.map(\.name)).count == Rollup.all.count)
        for rollup in Rollup.all {
            #expect([60, 3600, 86_400].contains(rollup.widthInSeconds), "\(rollup.name)")
            #expect(rollup.widthInNanoseconds == rollup.widthInSeconds * 1_000_000_000)
            #expect(Set(rollup.dimensions).count == rollup.dimensions.count, "\(rollup.name)")
            #expect(rollup.name.allSatisfy { $0.isASCII && ($0.isLowercase || $0 == "_") }, "names go into SQL: \(rollup.name)")
            switch rollup.facts {
            case .calls: #expect(Set(rollup.dimensions).isSubset(of: [.model, .agent]), "\(rollup.name)")
            case .errors: #expect(rollup.dimensions.first == .scope && !rollup.dimensions.contains(.cell), "\(rollup.name)")
            case .latencies: #expect(rollup.dimensions.last == .cell, "\(rollup.name)")
            }
        }
        let keys = Rollup.all.map { "\($0.facts.rawValue) \($0.widthInSeconds) \($0.dimensions.map(\.rawValue))" }
        #expect(Set(keys).count == keys.count, "no two rollups are the same")
    }

    @Test("finer buckets come first, so that the planner finds the finest exact one")
    func order() {
        for facts in [Rollup.Facts.calls, .errors, .latencies] {
            let widths = Rollup.all.filter { $0.facts == facts }.map(\.widthInSeconds)
            #expect(widths == widths.sorted())
        }
    }

    @Test("measures are distinct columns, and every sum has a count of known values")
    func measures() {
        for facts in [Rollup.Facts.calls, .errors, .latencies] {
            let measures = Rollup.measures(of: facts)
            #expect(Set(measures).count == measures.count)
            for sum in measures where sum.hasSuffix("_sum") { #expect(measures.contains(sum.dropLast(4) + "_n")) }
            for rollup in Rollup.all where rollup.facts == facts {
                #expect(rollup.measures == measures)
                #expect(Set(measures).isDisjoint(with: rollup.dimensions.map(\.rawValue) + ["bucket"]))
            }
        }
    }

    @Test("cell bounds ascend from zero to nearly 300 years in steps of at most 5%")
    func bounds() {
        let bounds = LatencyCell.bounds
        #expect(bounds.first == 0 && LatencyCell.count == bounds.count)
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $1 - $0 <= max(10_000, $0 / 20) })
        #expect((bounds.last ?? 0) > 250 * 31_557_600 * 1_000_000_000)
    }

    @Test("every latency is within its cell")
    func cells() {
        let bounds = LatencyCell.bounds
        func check(_ latency: Int64) {
            let cell = LatencyCell.cell(of: latency)
            let isInside = bounds[cell] <= latency && (cell + 1 == bounds.count || latency < bounds[cell + 1])
            if !isInside { Issue.record("\(latency) in cell \(cell)") }
        }
        for (index, bound) in bounds.enumerated() {
            check(bound)
            if index > 0 { check(bound - 1) }
            #expect(LatencyCell.cell(of: bound) == index)
        }
        var random = SeededGenerator(seed: 20)
        for _ in 0..<5000 { check(Int64(random.next() >> UInt64.random(in: 1...63, using: &random))) }
        check(.max)
        #expect(LatencyCell.cell(of: -1) == 0 && LatencyCell.cell(of: .min) == 0)
    }

    @Test("a longer latency is never in an earlier cell")
    func monotone() {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<5000 {
            let a = Int64(random.next() >> 1), b = Int64(random.next() >> 1)
            #expect((LatencyCell.cell(of: a) <= LatencyCell.cell(of: b)) || b < a)
        }
    }
}
