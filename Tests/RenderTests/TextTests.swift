import Model
import Testing

@testable import Render

@Suite("Text and its width")
struct TextTests {
    @Test(
        "wide characters are two columns wide, combining marks zero",
        arguments: [
            ("", 0), ("abc", 3), ("日本", 4), ("e\u{301}", 1), ("é", 1), ("ｱ", 1), ("🚀", 2), ("한", 2),
            ("\u{1112}\u{1161}\u{11AB}", 2), ("…", 1), ("█", 1),
        ])
    func widths(_ text: String, _ expected: Int) { #expect(DisplayWidth.of(text) == expected) }

    @Test("truncation keeps whole characters and marks the cut")
    func cut() {
        #expect(DisplayWidth.cut("abcdef", to: 4, mark: "…") == "abc…")
        #expect(DisplayWidth.cut("abcd", to: 4, mark: "…") == "abcd")
        #expect(DisplayWidth.cut("日本語", to: 4, mark: "…") == "日…")
        #expect(DisplayWidth.cut("日本語", to: 5, mark: "…") == "日本…")
        #expect(DisplayWidth.cut("日本", to: 1, mark: "…") == "…")
        #expect(DisplayWidth.cut("abc", to: 0, mark: "…") == "")
        #expect(DisplayWidth.cut("e\u{301}e\u{301}", to: 2, mark: "…") == "e\u{301}e\u{301}")
        #expect(DisplayWidth.pad("日", to: 4) == "日  " && DisplayWidth.pad("1", to: 3, right: true) == "  1")
    }

    @Test(
        "control sequences are displayed, not sent",
        arguments: [
            ("\u{1B}[31m", "␛[31m", "\\x1b[31m"), ("a\nb\tc\r", "a⏎b⇥c␍", "a\\nb\\tc\\r"),
            ("\u{9B}1m", "<U+009B>1m", "\\u{9b}1m"),
            ("\u{202E}x", "<U+202E>x", "\\u{202e}x"), ("a\u{200B}b", "a<U+200B>b", "a\\u{200b}b"), ("\u{7F}", "␡", "\\x7f"),
            ("👨‍👩‍👧", "👨👩👧", "\\u{1f468}\\u{200d}\\u{1f469}\\u{200d}\\u{1f467}"), ("🇩🇪", "DE", "\\u{1f1e9}\\u{1f1ea}"),
            ("❤️", "❤", "\\u{2764}\\u{fe0f}"),
            ("\u{301}a", "◌\u{301}a", "\\u{301}a"), ("‘x’ – y…", "‘x’ – y…", "'x' - y..."), ("a\u{A0}b", "a b", "a b"),
        ])
    func safe(_ text: String, _ unicode: String, _ ascii: String) {
        #expect(Printable.safe(text) == unicode)
        #expect(Printable.safe(text, glyphs: .ascii) == ascii)
    }

    @Test("multi-line text keeps its line breaks and no other control characters")
    func safeLines() {
        #expect(Printable.safeLines("a\r\n\tb\u{1B}[0m\rc\n\n日\td\n") == ["a", "        b␛[0m␍c", "", "日      d"])
        #expect(Printable.safeLines("") == [] && Printable.safeLines("\r") == ["␍"])
    }

    @Test("hostile text becomes safe and short")
    func hostile() {
        for text in Scenes.hostile {
            for glyphs in [GlyphSet.unicode, .ascii] {
                let safe = Printable.safe(text, glyphs: glyphs, columns: 50)
                #expect(
                    safe.unicodeScalars.allSatisfy {
                        $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && !(0x202A...0x202E).contains($0.value)
                    })
                #expect(glyphs == .unicode || safe.utf8.allSatisfy { $0 < 0x7F })
                #expect(DisplayWidth.of(safe) <= 62)
                #expect(safe.utf8.count < 1000)
            }
        }
    }

    @Test("wrapping breaks at spaces, keeps indentation, and breaks words that are too long")
    func wrapping() {
        #expect(wrap("the quick brown fox", width: 10) == ["the quick", "brown fox"])
        #expect(wrap("  the quick brown", width: 12, hanging: 2) == ["  the quick", "    brown"])
        #expect(wrap("a\n\nb", width: 10) == ["a", "", "b"])
        #expect(wrap("abcdefghij k", width: 4) == ["abcd", "efgh", "ij k"])
        #expect(wrap("日本語", width: 3) == ["日", "本", "語"])
        #expect(wrap("日本語", width: 1) == [])
        #expect(wrap("abc", width: 0) == [])
    }
}
