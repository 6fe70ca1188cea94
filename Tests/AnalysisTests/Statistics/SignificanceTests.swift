import Model
import TestSupport
import Testing

@testable import Analysis

@Suite("Significance of differences between counts")
struct SignificanceTests {
    func table(_ a: Int64, _ b: Int64, _ c: Int64, _ d: Int64) throws -> TwoByTwo { try #require(TwoByTwo(a, b, c, d)) }
    func ratio(_ n: Int64, _ of: Int64) throws -> Ratio { try #require(Ratio(n, of: of)) }

    @Test(
        "the G-test gives the figures of SciPy's chi2_contingency with the log-likelihood",
        arguments: [
            ([12, 5, 3, 14], 10.221238717174153, 0.001388325762315002),
            ([30, 970, 10, 990], 10.669048049699542, 0.0010894317002244336),
            ([0, 10, 5, 5], 8.630462173553425, 0.003305876912189953),
            ([412, 40_610, 90, 41_000], 225.54166558286872, 5.593344874891548e-51),
        ] as [([Int64], Double, Double)])
    func gTest(_ cells: [Int64], _ g: Double, _ p: Double) throws {
        let found = try #require(Significance.gTest(table(cells[0], cells[1], cells[2], cells[3])))
        #expect(isClose(found.statistic, g, within: 1e-9))
        #expect(isClose(found.pValue, p, within: 1e-8))
        let corrected = try #require(
            Significance.gTest(table(cells[0], cells[1], cells[2], cells[3]), isCorrected: true))
        #expect(corrected.statistic < found.statistic && corrected.pValue > found.pValue)
    }

    @Test("Williams' correction divides by 1 + (n Σ1/row − 1)(n Σ1/column − 1) / 6n")
    func williams() throws {
        // Rows 17 and 17, columns 15 and 19 of 34.
        let q = 1 + (34.0 / 17 + 34.0 / 17 - 1) * (34.0 / 15 + 34.0 / 19 - 1) / (6 * 34)
        let plain = try #require(table(12, 5, 3, 14).g()), corrected = try #require(table(12, 5, 3, 14).g(isCorrected: true))
        #expect(isClose(corrected, plain / q))
    }

    @Test("the G statistic equals the sum over cells, for any counts")
    func plainG() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let x = (0..<4).map { _ in Int64(generator.next() % 50) }
            let n = Double(x.reduce(0, +))
            let rows = [x[0] + x[1], x[2] + x[3]].map(Double.init), columns = [x[0] + x[2], x[1] + x[3]].map(Double.init)
            var sum = 0.0
            for cell in 0..<4 where x[cell] > 0 {
                sum += 2 * Double(x[cell]) * logarithm(Double(x[cell]) * n / rows[cell / 2] / columns[cell % 2])
            }
            let found = try table(x[0], x[1], x[2], x[3]).g()
            if (rows + columns).contains(0) { #expect(found == nil) } else { #expect(abs((found ?? -1) - max(0, sum)) < 1e-9) }
        }
    }

    /// ln x by its definition as an area, slowly: halved until the series of artanh converges.
    private func logarithm(_ x: Double) -> Double {
        var x = x, halvings = 0.0
        while x > 1.5 { (x, halvings) = (x / 2, halvings + 1) }
        while x < 0.75 { (x, halvings) = (x * 2, halvings - 1) }
        let y = (x - 1) / (x + 1)
        var series = 0.0, power = y
        for k in 0..<60 {
            series += 2 * power / Double(2 * k + 1)
            power *= y * y
        }
        return series + halvings * 0.693_147_180_559_945_3
    }

    @Test("Fisher's exact test: the lady tasting tea, and SciPy's figures")
    func fisher() throws {
        #expect(isClose(try table(3, 1, 1, 3).fisher(), 0.48571428571428565))
        #expect(isClose(try table(12, 5, 3, 14).fisher(), 0.0048957925729217495))
        #expect(isClose(try table(0, 10, 5, 5).fisher(), 0.032507739938080496))
        #expect(isClose(try table(30, 970, 10, 990).fisher(), 0.0020083335618300093, within: 1e-8))
        #expect(try table(0, 0, 5, 5).fisher() == nil)
        #expect(try table(.max / 4, .max / 4, .max / 4, .max / 4).fisher() == nil)
        #expect(TwoByTwo(-1, 0, 0, 0) == nil)
    }

    @Test(
        "the interval of a difference is Newcombe's method 10 (1998, table II)",
        arguments: [
            ([56, 70, 48, 80], 0.0524, 0.3339), ([9, 10, 3, 10], 0.1705, 0.8090), ([6, 7, 2, 7], 0.0582, 0.8062),
            ([5, 56, 0, 29], -0.0381, 0.1926), ([0, 10, 0, 20], -0.1611, 0.2775), ([0, 10, 0, 10], -0.2775, 0.2775),
            ([10, 10, 0, 20], 0.6791, 1.0), ([10, 10, 0, 10], 0.6075, 1.0),
        ] as [([Int64], Double, Double)])
    func newcombe(_ counts: [Int64], _ low: Double, _ high: Double) throws {
        let found = try #require(Significance.compare(ratio(counts[0], counts[1]), ratio(counts[2], counts[3])))
        #expect(abs(found.interval.lowerBound - low) < 5e-5 && abs(found.interval.upperBound - high) < 5e-5, "\(found)")
        #expect(abs(found.difference - (Double(counts[0]) / Double(counts[1]) - Double(counts[2]) / Double(counts[3]))) < 1e-12)
    }

    @Test("small counts are compared exactly, large ones by the G-test, and equal proportions do not differ")
    func compare() throws {
        let small = try #require(Significance.compare(ratio(0, 10), ratio(5, 10)))
        #expect(small.test == "Fisher's exact test" && isClose(small.pValue, 0.032507739938080496))
        let large = try #require(Significance.compare(ratio(30, 1000), ratio(10, 1000)))
        #expect(large.test == "G-test" && isClose(large.pValue, 0.0010894317002244336, within: 1e-8))
        #expect(try Significance.compare(ratio(0, 10), ratio(0, 20))?.pValue == 1)
        #expect(try Significance.compare(ratio(11, 10), ratio(0, 20)) == nil)
        #expect(try Significance.compare(ratio(-1, 10), ratio(0, 20)) == nil)
        #expect(try Significance.compare(ratio(.max, .max), ratio(0, .max))?.pValue == 0)
    }

    @Test("Benjamini and Hochberg's fifteen p-values: four are significant at 5%")
    func falseDiscovery() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1,
        ]
        let adjusted = Significance.benjaminiHochberg(p)
        let known = [
            0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645, 0.0765, 0.486,
            0.5811818181818181, 0.7148749999999999, 0.7532307692307693, 0.8132142857142857, 1,
        ]
        #expect(zip(adjusted, known).allSatisfy { isClose($0, $1) })
        #expect(adjusted.filter { $0 <= 0.05 }.count == 4)
        // The order does not matter, nor do values that are not probabilities.
        #expect(Significance.benjaminiHochberg(p.reversed()) == adjusted.reversed())
        #expect(Significance.benjaminiHochberg([]) == [])
        #expect(Significance.benjaminiHochberg([.nan, 2, -1]) == [1, 1, 1])
    }

    @Test("Wilson's interval (Newcombe 1998, table I): 81 of 263, 15 of 148, 0 of 20, 1 of 29")
    func wilson() throws {
        for (n, of, low, high) in [
            (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
        ]
            as [(Int64, Int64, Double, Double)]
        {
            let found = Significance.wilson(try ratio(n, of))
            #expect(abs(found.lowerBound - low) < 5e-5 && abs(found.upperBound - high) < 5e-5)
        }
    }
}
