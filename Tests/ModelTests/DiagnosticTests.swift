import Model
import TestSupport
import Testing

@Suite("Mistakes of a text")
struct DiagnosticTests {
    private func mistake(_ start: Int, _ end: Int, _ replacement: String?, level: Diagnostic.Level = .error) -> Diagnostic {
        Diagnostic("x", at: TextSpan(start, end), "found x", replacement: replacement, level: level)
    }

    @Test("every replacement is made, whatever the order in which the mistakes were found")
    func several() {
        let text = "errors by tpye lsat 24h"
        let diagnostics = Diagnostics(text: text, [mistake(15, 19, "last"), mistake(10, 14, "type")])
        #expect(diagnostics.all.map(\.span.start) == [10, 15])
        #expect(diagnostics.correctedText == "errors by type last 24h")
    }

    @Test("a mistake without a replacement leaves no corrected text")
    func noReplacement() {
        #expect(Diagnostics(text: "a b", [mistake(0, 1, "c"), mistake(2, 3, nil)]).correctedText == nil)
    }

    @Test("replacements that overlap leave no corrected text")
    func overlap() {
        #expect(Diagnostics(text: "abcdef", [mistake(0, 4, "x"), mistake(2, 6, "y")]).correctedText == nil)
        #expect(Diagnostics(text: "abcdef", [mistake(0, 3, "x"), mistake(3, 6, "y")]).correctedText == "xy")
    }

    @Test("a correction that changes nothing is none, and neither is one without mistakes")
    func unchanged() {
        #expect(Diagnostics(text: "abc", [mistake(0, 3, "abc")]).correctedText == nil)
        #expect(Diagnostics(text: "abc", []).correctedText == nil)
    }

    @Test("warnings change nothing")
    func warnings() {
        #expect(Diagnostics(text: "a b", [mistake(0, 1, nil, level: .warning), mistake(2, 3, "c")]).correctedText == "a c")
    }

    @Test("a replacement at a point inserts, an empty one takes away, and wide characters are counted in bytes")
    func bytes() {
        #expect(Diagnostics(text: "errors 24h", [mistake(7, 7, "last ")]).correctedText == "errors last 24h")
        #expect(Diagnostics(text: "errors last 24h;", [mistake(15, 16, "")]).correctedText == "errors last 24h")
        #expect(Diagnostics(text: "日本 tpye", [mistake(7, 11, "type")]).correctedText == "日本 type")
    }

    @Test("what is taken out leaves no doubled and no trailing blanks")
    func blanks() {
        #expect(Diagnostics(text: "alert list  json", [mistake(12, 16, "")]).correctedText == "alert list")
        #expect(Diagnostics(text: "errors | top 5", [mistake(7, 8, "")]).correctedText == "errors top 5")
        #expect(Diagnostics(text: "a, b, c", [mistake(1, 4, "")]).correctedText == "a, c")
    }

    @Test("a correction is offered when it runs; what it uncovers is corrected as well, and what does not run is not offered")
    func offering() {
        struct Trouble: Error {}
        let first = Diagnostics(text: "a x y", [mistake(2, 3, "")])
        var asked: [String] = []
        let offered = first.offering { text in
            asked.append(text)
            if text == "a y" { throw Diagnostics(text: text, [mistake(2, 3, "")]) }
        }
        #expect(asked == ["a y", "a"] && offered.correction == "a" && offered.all == first.all)
        #expect(first.correction == nil)
        #expect(first.offering { _ in throw Trouble() }.correction == nil)
        #expect(first.offering { throw Diagnostics(text: $0, [mistake(0, 1, nil)]) }.correction == nil)
        // Two mistakes that correct each other come to an end.
        let circle = Diagnostics(text: "a", [mistake(0, 1, "b")])
            .offering { throw Diagnostics(text: $0, [mistake(0, 1, $0 == "a" ? "b" : "a")]) }
        #expect(circle.correction == nil)
    }

    @Test("spans never end before they begin, and unions cover both")
    func spans() {
        #expect(TextSpan(5, 3) == TextSpan(5, 5))
        #expect(TextSpan(5, 7).union(TextSpan(1, 2)) == TextSpan(1, 7))
    }
}
