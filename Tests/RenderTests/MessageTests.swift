import Model
import Testing

@testable import Render

@Suite("Diagnostics and receipts")
struct MessageTests {
    @Test("diagnostics are rendered as the language specification shows")
    func contract() {
        expectPicture(
            DiagnosticRenderer(Scenes.style(130)).lines(Scenes.mistakes.offering { _ in }),
            #"""
            errors by tpye last 24h where model=gpt4o
                      ^^^^                      ^^^^^
            no field `tpye` to group by [unknown-field]           closest: type
            no call has model `gpt4o` in the last 24h [no-value]  closest: gpt-4o (1,203 calls), gpt-4o-mini (8,114)
            try: errors by type last 24h where model=gpt-4o
            """#)
    }

    @Test("suggestions that do not fit beside the message go below it")
    func narrow() {
        expectPicture(
            DiagnosticRenderer(Scenes.style(80)).lines(Scenes.mistakes.offering { _ in }),
            #"""
            errors by tpye last 24h where model=gpt4o
                      ^^^^                      ^^^^^
            no field `tpye` to group by [unknown-field]
              closest: type
            no call has model `gpt4o` in the last 24h [no-value]
              closest: gpt-4o (1,203 calls), gpt-4o-mini (8,114)
            try: errors by type last 24h where model=gpt-4o
            """#)
    }

    static let wide = "errors where model = \"日本\" and\n\tname = ホスト x\nby modle"

    static func span(_ part: String) -> TextSpan {
        let text = Array(wide.utf8), part = Array(part.utf8)
        let at = text.indices.first { text[$0...].starts(with: part) } ?? 0
        return TextSpan(at, at + part.count)
    }

    @Test("carets align with wide characters, tabs and line breaks; from the fourth on, diagnostics are only counted")
    func wideText() {
        let mistakes = Diagnostics(
            text: Self.wide,
            [
                Diagnostic("no-value", at: Self.span("\"日本\""), "no call has this model"),
                Diagnostic("bad-word", at: Self.span("ホスト x\nby"), "two lines at once"),
                Diagnostic("unknown-field", at: Self.span("modle"), "no field `modle`", closest: "model", replacement: "model"),
                Diagnostic("x", at: TextSpan(0, 1), "a warning", level: .warning),
            ])
        expectPicture(
            DiagnosticRenderer(Scenes.style()).lines(mistakes),
            #"""
            errors where model = "日本" and
            ^                    ^^^^^^
             name = ホスト x
                    ^^^^^^^^
            by modle
            ^^
            warning: a warning [x]
            no call has this model [no-value]
            two lines at once [bad-word]
            and 1 more
            """#)
    }

    @Test("an empty span after the end has its caret there")
    func pointAtEnd() {
        let mistakes = Diagnostics(
            text: "errors where", [Diagnostic("expected", at: TextSpan(12, 12), "expected a predicate after `where`")])
        expectPicture(
            DiagnosticRenderer(Scenes.style()).lines(mistakes),
            #"""
            errors where
                        ^
            expected a predicate after `where` [expected]
            """#)
    }

    @Test("spans outside the text, inside a character or over control characters do not trap")
    func wildSpans() {
        for text in ["", "é", "a\u{1B}[31mb", "x\r\n", "日"] {
            for start in -1...8 {
                for end in -1...8 {
                    let mistakes = Diagnostics(text: text, [Diagnostic("x", at: TextSpan(start, end), "wild")])
                    let lines = DiagnosticRenderer(Scenes.style()).lines(mistakes)
                    #expect(lines.last == "wild [x]")
                    #expect(!lines.joined().contains("\u{1B}"))
                    #expect(lines.contains { $0.contains("^") } || text == "x\r\n", "\(text) \(start) \(end)")
                }
            }
        }
    }

    @Test("a long line wraps with its carets; the corrected line does not wrap")
    func longLine() {
        let text = "errors where name = \"" + String(repeating: "a", count: 30) + "\" tpye"
        let at = text.utf8.count - 4
        let mistakes = Diagnostics(text: text, [Diagnostic("x", at: TextSpan(at, at + 4), "no", replacement: "by type")])
            .offering { _ in }
        expectPicture(
            DiagnosticRenderer(Scenes.style(40)).lines(mistakes),
            #"""
            errors where name = "aaaaaaaaaaaaaaaaaaa
            aaaaaaaaaaa" tpye
                         ^^^^
            no [x]
            try: errors where name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" by type
            """#)
    }

    @Test("a receipt is one line that wraps between its parts")
    func receipt() {
        #expect(
            ReceiptRenderer(Scenes.style(130)).lines(Scenes.receipt, rows: 50, elapsed: .milliseconds(12)) == [
                "20 Nov 14:05 – 21 Nov 14:05 UTC · 1,203 errors of 41,022 calls · newest 21 Nov 14:04:58 · 50 of 1,203 rows · rules 3f9a · 12 ms"
            ])
        expectPicture(
            ReceiptRenderer(Scenes.style(80)).lines(Scenes.receipt, rows: 50, elapsed: .milliseconds(12)),
            #"""
            20 Nov 14:05 – 21 Nov 14:05 UTC · 1,203 errors of 41,022 calls
            newest 21 Nov 14:04:58 · 50 of 1,203 rows · rules 3f9a · 12 ms
            """#)
        expectPicture(
            ReceiptRenderer(Scenes.style(80, .ascii)).lines(Scenes.receipt, rows: 50),
            #"""
            20 Nov 14:05 - 21 Nov 14:05 UTC | 1,203 errors of 41,022 calls
            newest 21 Nov 14:04:58 | 50 of 1,203 rows | rules 3f9a
            """#)
    }

    @Test("a receipt says what was dropped, and the evidence when it is not the default")
    func receiptRemarks() {
        var receipt = Receipt(window: Window(from: Scenes.now - .hours(2), to: Scenes.now), zone: .utc)
        receipt.errors = 1
        receipt.evidence = [.explicit, .slow]
        receipt.dropped = ["4 groups with 12 errors did not pass `having`."]
        receipt.remarks = ["hidden retries cannot be seen"]
        expectPicture(
            ReceiptRenderer(Scenes.style()).lines(receipt),
            """
            21 Nov 12:05 – 14:05 UTC · 1 error · no records · evidence explicit+slow
            4 groups with 12 errors did not pass `having`.
            hidden retries cannot be seen
            """)
        #expect(
            ReceiptRenderer(Style(now: nil)).lines(Receipt(window: nil, zone: .utc)) == ["all time, times in UTC · no records"])
    }
}
