import Model
import TestSupport
import Testing

@Suite("Diagnostics of a text")
struct DiagnosticTests {
    private func mistake(_ start: Int, _ end: Int, _ replacement: String?, level: Diagnostic.Level = .error) -> Diagnostic {
        Diagnostic("x", at: TextSpan(start, end), "found x", replacement: replacement, level: level)
    }

    @Test("every replacement is applied, in any order of discovery")
    func several() {
        let text = "errors by tpye lsat 24h"
        let diagnostics = Diagnostics(text: text, [mistake(15, 19, "last"), mistake(10, 14, "type")])
        #expect(diagnostics.all.map(\.span.start) == [10, 15])
        #expect(diagnostics.correctedText == "errors by type last 24h")
    }

    @Test("an error without a replacement prevents a correction")
    func noReplacement() {
        #expect(Diagnostics(text: "a b", [mistake(0, 1, "c"), mistake(2, 3, nil)]).correctedText == nil)
    }

    @Test("overlapping replacements prevent a correction")
    func overlap() {
        #expect(Diagnostics(text: "abcdef", [mistake(0, 4, "x"), mistake(2, 6, "y")]).correctedText == nil)
        #expect(Diagnostics(text: "abcdef", [mistake(0, 3, "x"), mistake(3, 6, "y")]).correctedText == "xy")
    }

    @Test("there is no correction without a change or without errors")
    func unchanged() {
        #expect(Diagnostics(text: "abc", [mistake(0, 3, "abc")]).correctedText == nil)
        #expect(Diagnostics(text: "abc", []).correctedText == nil)
    }

    @Test("warnings change nothing")
    func warnings() {
        #expect(Diagnostics(text: "a b", [mistake(0, 1, nil, level: .warning), mistake(2, 3, "c")]).correctedText == "a c")
    }

    @Test("an empty span inserts, an empty replacement deletes, and offsets are in bytes")
    func bytes() {
        #expect(Diagnostics(text: "errors 24h", [mistake(7, 7, "last ")]).correctedText == "errors last 24h")
        #expect(Diagnostics(text: "errors last 24h;", [mistake(15, 16, "")]).correctedText == "errors last 24h")
        #expect(Diagnostics(text: "日本 tpye", [mistake(7, 11, "type")]).correctedText == "日本 type")
    }

    @Test("a removal leaves no double or trailing spaces")
    func blanks() {
        #expect(Diagnostics(text: "alert list  json", [mistake(12, 16, "")]).correctedText == "alert list")
        #expect(Diagnostics(text: "errors | top 5", [mistake(7, 8, "")]).correctedText == "errors top 5")
        #expect(Diagnostics(text: "a, b, c", [mistake(1, 4, "")]).correctedText == "a, c")
    }

    @Test("a correction is offered only if it is valid, after correcting any errors that it reveals")
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
        // Two errors that correct each other terminate.
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
