import Model
import Testing

@testable import Synthesis

@Suite("Numbers of a synthetic history")
struct NumbersTests {
    @Test("the generator gives the published sequence of SplitMix64")
    func splitMix() {
        // The first outputs for the seed 1234567 of the reference implementation (S. Vigna, splitmix64.c).
        var random = RandomSource(seed: 1_234_567)
        let numbers = (0..<3).map { _ in random.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test("log-normal numbers have the expected median, quartiles and tail")
    func logNormal() {
        var random = RandomSource(seed: 1)
        let numbers = (0..<40_000).map { _ in random.logNormal(median: 1_000_000, spread: 500) }.sorted()
        // exp(0.5 · z) for z = 0, ±0.6745, 2.3263.
        #expect(abs(numbers[20_000] - 1_000_000) < 12_000)
        #expect(abs(numbers[10_000] - 713_700) < 12_000)
        #expect(abs(numbers[30_000] - 1_401_100) < 20_000)
        #expect(abs(numbers[39_600] - 3_200_000) < 150_000)
        #expect(numbers.allSatisfy { $0 > 0 })
    }

    @Test("quantiles increase monotonically from the centre to the tail")
    func quantiles() {
        var last: Int64 = -1
        for exponent in stride(from: 62, through: 0, by: -1) {
            for eighth in stride(from: UInt64(15), through: 8, by: -1) {
                let tail = exponent >= 3 ? eighth << UInt64(exponent - 3) : eighth >> UInt64(3 - exponent)
                let size = LogNormal.quantile(ofTail: tail)
                #expect(size >= last)
                last = size
            }
        }
    }

    @Test("weighted draws follow the weights")
    func shares() {
        var random = RandomSource(seed: 5), counts = [0, 0, 0, 0]
        for _ in 0..<10_000 { counts[random.index(in: [1, 1, 4, 10])] += 1 }
        #expect(counts[1] == 0)
        #expect((900...1100).contains(counts[0]) && (2850...3150).contains(counts[2]) && (5850...6150).contains(counts[3]))
    }
}
