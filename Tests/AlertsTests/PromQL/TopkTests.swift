import Model
import TestSupport
import Testing

@testable import Alerts

@Suite("topk")
struct TopkTests {
    /// Values of nine series in the order of their labels at some instants, and what a Prometheus 2.42 server kept of them.
    private static let recorded: [(values: [Double], k: Int, kept: [Int])] = [
        ([3, 2, 2, 3, 3, 3, 2, 2, 3], 1, [0]),
        ([2, 3, 3, 3, 3, 2, 1, 3, 3], 1, [1]),
        ([3, 2, 3, 1, 2, 3, 3, 3, 1], 1, [0]),
        ([2, 3, 1, 3, 2, 3, 2, 1, 2], 1, [1]),
        ([1, 3, 2, 1, 1, 2, 3, 2, 2], 1, [1]),
        ([3, 2, 2, 3, 3, 3, 2, 2, 3], 2, [0, 3]),
        ([3, 2, 3, 1, 2, 3, 3, 3, 1], 2, [0, 2]),
        ([2, 3, 1, 3, 2, 3, 2, 1, 2], 2, [1, 3]),
        ([1, 2, 3, 2, 3, 3, 3, 1, 1], 2, [2, 4]),
        ([1, 3, 3, 3, 3, 3, 3, 2, 3], 2, [1, 2]),
        ([3, 2, 2, 3, 3, 3, 2, 2, 3], 3, [0, 3, 4]),
        ([2, 3, 3, 3, 3, 2, 1, 3, 3], 3, [1, 2, 3]),
        ([3, 2, 3, 1, 2, 3, 3, 3, 1], 3, [0, 2, 5]),
        ([1, 2, 3, 2, 3, 3, 3, 1, 1], 3, [2, 4, 5]),
        ([3, 2, 1, 3, 2, 2, 2, 1, 2], 3, [0, 1, 3]),
        ([3, 2, 2, 3, 3, 3, 2, 2, 3], 4, [0, 3, 4, 5]),
        ([2, 3, 3, 3, 3, 2, 1, 3, 3], 4, [1, 2, 3, 4]),
        ([2, 3, 1, 3, 2, 3, 2, 1, 2], 4, [1, 3, 4, 5]),
        ([3, 2, 1, 3, 2, 2, 2, 1, 2], 4, [0, 1, 3, 4]),
        ([1, 3, 3, 3, 3, 3, 3, 2, 3], 4, [1, 2, 3, 4]),
        ([2, 3, 3, 3, 3, 2, 1, 3, 3], 5, [1, 2, 3, 4, 7]),
        ([2, 3, 1, 3, 2, 3, 2, 1, 2], 5, [0, 1, 3, 4, 5]),
        ([1, 2, 3, 2, 3, 3, 3, 1, 1], 5, [2, 3, 4, 5, 6]),
        ([3, 2, 1, 3, 2, 2, 2, 1, 2], 5, [0, 1, 3, 4, 5]),
        ([1, 3, 3, 3, 3, 3, 3, 2, 3], 5, [1, 2, 3, 4, 5]),
    ]

    @Test("among equal values, topk keeps the same as a Prometheus server", arguments: 0..<TopkTests.recorded.count)
    func asPrometheus(number: Int) {
        let (values, k, kept) = TopkTests.recorded[number]
        var tournament = Tournament(values.count, prefersSmall: false)
        for (place, value) in values.enumerated() { tournament.set(place, value) }
        #expect(tournament.kept(k).sorted() == kept)
        #expect(NaiveEvaluator.top(k, values).sorted() == kept)
    }

    @Test("topk 3 of 4: the first of three equal values is dropped when the largest comes last")
    func threeOfFour() throws {
        var scene = Scene()
        for (provider, count) in [("a", 4), ("b", 4), ("c", 4), ("d", 5)] {
            scene.errors((0..<count).map { 61 + Double($0) }, [.provider: provider, .errorType: "timeout"])
        }
        let replay = try scene.replay("topk(3, llm_errors_total) > 0", minutes: 5)
        #expect(replay.alerts.map { $0.labels["provider"] } == ["b", "c", "d"])
    }

    @Test("any values, including absent ones and NaN, are kept as by a heap", arguments: 0..<20)
    func asHeap(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 77)
        let count = Int.random(in: 1...12, using: &generator)
        let values = (0..<count).map { _ -> Double in
            [1, 2, 2, 3, 3, 3, .nan, .absent, .infinity][Int.random(in: 0..<9, using: &generator)]
        }
        var tournament = Tournament(count, prefersSmall: false)
        for (place, value) in values.enumerated() { tournament.set(place, value) }
        let present = values.indices.filter { !values[$0].isAbsent }
        for k in 1...count + 1 {
            let expected = NaiveEvaluator.top(k, present.map { values[$0] }).map { present[$0] }.sorted()
            #expect(tournament.kept(k).sorted() == expected, "seed \(seed), \(k) of \(values)")
        }
    }
}
