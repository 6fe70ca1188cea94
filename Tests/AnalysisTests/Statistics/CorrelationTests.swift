import TestSupport
import Testing

@testable import Analysis

@Suite("Correlation")
struct CorrelationTests {
    @Test("Anscombe's first set (1973), with SciPy's p-values")
    func anscombe() throws {
        let x: [Double?] = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
        let y: [Double?] = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
        let pearson = try #require(Correlation.pearson(x, y)), spearman = try #require(Correlation.spearman(x, y))
        #expect(isClose(pearson.coefficient, 0.8164205163448395) && isClose(pearson.pValue, 0.0021696288730788152))
        #expect(isClose(spearman.coefficient, 0.8181818181818182) && isClose(spearman.pValue, 0.0020831448404786917))
        #expect(pearson.pairs == 11)
    }

    @Test("ties share their mean rank; pairs with a missing value are ignored")
    func ties() throws {
        let x: [Double?] = [1, 2, 2, nil, 3, 3, 3, 7, 4, 5], y: [Double?] = [2, 1, 2, 9, 2, 5, 3, .infinity, 3, 9]
        let spearman = try #require(Correlation.spearman(x, y)), pearson = try #require(Correlation.pearson(x, y))
        #expect(isClose(spearman.coefficient, 0.7848101265822786) && isClose(spearman.pValue, 0.02106428103529861))
        #expect(isClose(pearson.coefficient, 0.7778970809711394) && isClose(pearson.pValue, 0.02303069330804975))
        #expect(spearman.pairs == 8)
    }

    @Test("fewer than three pairs or constant values give no coefficient; none leaves -1...1 or traps")
    func edges() throws {
        #expect(Correlation.pearson([1, 2], [2, 4]) == nil)
        #expect(Correlation.spearman([1, 1, 1], [1, 2, 3]) == nil)
        #expect(try #require(Correlation.pearson([1, 2, 3], [2, 4, 6])).coefficient == 1)
        #expect(try #require(Correlation.pearson([1, 2, 3], [6, 4, 2])).pValue == 0)
        #expect(try #require(Correlation.pearson([1e308, -1e308, 0, 1], [1, 2, 3, 4])).coefficient.isFinite)
        #expect(Correlation.pearson([], []) == nil)
    }

    @Test("a coefficient does not depend on shift or scale")
    func invariance() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<50 {
            let x = (0..<20).map { _ in Double(generator.next() % 100) }, y = (0..<20).map { _ in Double(generator.next() % 100) }
            let plain = try #require(Correlation.pearson(x, y))
            let moved = try #require(Correlation.pearson(x.map { 1000 + 7 * $0 }, y.map { $0 / 3 - 5 }))
            #expect(abs(plain.coefficient - moved.coefficient) < 1e-9)
            let ranks = try #require(Correlation.spearman(x, y)),
                cubes = try #require(Correlation.spearman(x.map { $0 * $0 * $0 }, y))
            #expect(ranks == cubes)
        }
    }

    @Test(
        "both tails of Student's t, as SciPy has them",
        arguments: [
            (1, 1, 0.5000000000000001), (2.5, 3, 0.08770664700806556), (0.3, 50, 0.7654208802553033),
            (12, 9, 7.699886222985653e-07), (1e-3, 200, 0.9992031123011389), (40, 2, 0.0006244146721847406),
        ] as [(Double, Double, Double)])
    func student(_ t: Double, _ degrees: Double, _ p: Double) {
        #expect(isClose(Distribution.studentTwoSided(t, degrees: degrees), p, within: 1e-9))
        #expect(Distribution.studentTwoSided(.infinity, degrees: degrees) == 0)
    }
}
