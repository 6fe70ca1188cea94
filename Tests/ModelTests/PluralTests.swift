import Model
import Testing

@Suite("Numbers with nouns")
struct PluralTests {
    @Test("one takes the singular, every other number the plural")
    func numbers() {
        #expect([0, 1, 2, 1203].map { $0.counted("rows") } == ["0 rows", "1 row", "2 rows", "1,203 rows"])
        #expect(Int64(1).counted("more lines") == "1 more line" && UInt8(1).counted("series") == "1 series")
        #expect((-1).counted("rows") == "-1 rows" && Int.min.grouped == "-9,223,372,036,854,775,808")
    }

    @Test("singulars of all endings")
    func endings() {
        let words = ["rows", "queries", "matches", "series", "causes", "failed calls", "time series"]
        #expect(words.map(\.singular) == ["row", "query", "match", "series", "cause", "failed call", "time series"])
    }
}
