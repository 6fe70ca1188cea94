import Glibc
import Model
import TestSupport
import Testing

@testable import Analysis

@Suite("Steps of a series")
struct EDivisiveTests {
    /// A normal value, by the polar form of Box and Muller.
    private static func normal(_ random: inout SeededGenerator) -> Double {
        func uniform() -> Double { (Double(random.next() >> 11) + 0.5) / 9_007_199_254_740_992 }
        return (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    private func series(seed: UInt64, count: Int, steps: [(at: Int, by: Double)]) -> [Double] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { place in
            steps.reduce(EDivisiveTests.normal(&random)) { place >= $1.at ? $0 + $1.by : $0 }
        }
    }

    @Test("a planted step is found within one value, and its interval contains it")
    func planted() {
        var found = 0, contained = 0
        for seed in 1...provenSeeds {
            let at = 30 + Int(seed % 70)
            let steps = EDivisive.steps(series(seed: seed, count: 168, steps: [(at, 4)])).steps
            if steps.contains(where: { abs($0.index - at) <= 1 }) { found += 1 }
            if steps.contains(where: { $0.interval.contains(at) }) { contained += 1 }
        }
        print("steps within one value: \(found) of \(provenSeeds) seeds; inside the interval: \(contained)")
        #expect(Double(found) >= 0.95 * Double(provenSeeds))
        #expect(Double(contained) >= 0.9 * Double(provenSeeds))
    }

    @Test("noise alone has a step in at most 5% of seeds")
    func noise() {
        let seeds = provenSeeds * 4
        let wrong = (1...seeds).filter {
            !EDivisive.steps(series(seed: $0, count: 100, steps: []), permutations: 999).steps.isEmpty
        }
        print("steps in noise: seeds \(wrong) of \(seeds)")
        #expect(wrong.count <= 2 + Int(0.05 * Double(seeds) + 2 * (0.05 * Double(seeds)).squareRoot()))
    }

    @Test("a series up and down again has two steps")
    func upAndDown() {
        let steps = EDivisive.steps(series(seed: 3, count: 120, steps: [(40, 4), (70, -4)])).steps
        #expect(steps.map(\.index) == [40, 70])
        #expect(steps.first.map { $0.after - $0.before > 3 } == true)
    }

    @Test("the first division is the best one of all, computed directly from the definition")
    func definition() {
        for seed in 1...40 as ClosedRange<UInt64> {
            let values = series(seed: seed, count: 40, steps: [(11 + Int(seed) % 15, 5)])
            func energy(_ split: Int) -> Double {
                let a = values[..<split], b = values[split...]
                func meanSquare(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
                    a.reduce(0) { sum, x in sum + b.reduce(0) { $0 + (x - $1) * (x - $1) } } / Double(a.count * b.count)
                }
                // Two between minus both within, over all pairs: twice the squared difference of the means.
                let between = 2 * meanSquare(a, b) - meanSquare(a, a) - meanSquare(b, b)
                return Double(a.count * b.count) / Double(values.count) * between
            }
            let splits = EDivisive.fewest...values.count - EDivisive.fewest
            let best = splits.max { energy($0) < energy($1) }!
            let steps = EDivisive.steps(values, level: 0.01).steps
            #expect(steps.contains { $0.index == best }, "seed \(seed)")
        }
    }

    @Test("the same series gives the same steps; constant, short and infinite ones have none")
    func edges() {
        let values = series(seed: 9, count: 60, steps: [(30, 2)])
        #expect(EDivisive.steps(values) == EDivisive.steps(values))
        #expect(EDivisive.steps(Array(repeating: 3, count: 50)).steps.isEmpty)
        #expect(EDivisive.steps([1, 2, 3, 9, 9]).steps.isEmpty)
        #expect(EDivisive.steps(Array(repeating: 0, count: 20) + [.infinity] + Array(repeating: 1, count: 20)).steps.isEmpty)
    }
}
