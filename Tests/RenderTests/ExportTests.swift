import Model
import Testing

@testable import Render

@Suite("Exports")
struct ExportTests {
    static let table = ResultTable(
        columns: [
            .init("name", .text), .init("n", .count), .init("at", .time), .init("latency", .duration), .init("rate", .ratio),
        ],
        rows: [
            [.text("a,\"b\"\nc"), .count(1203), .time(Scenes.now), .duration(.milliseconds(1500)), Scenes.ratio(1, 4)],
            [.text("=HYPERLINK(\"x\")"), .count(-5), .missing, .missing, .missing],
            [.missing, .missing, .missing, .duration(.zero), .missing],
        ])

    @Test("CSV follows RFC 4180 and guards text against formulas; numbers are unchanged")
    func csv() {
        #expect(
            ExportFormat.csv.text(Self.table)
                == "name,n,at,latency,rate\r\n\"a,\"\"b\"\"\nc\",1203,2026-11-21T14:05:00Z,1.5,0.25\r\n\"'=HYPERLINK(\"\"x\"\")\",-5,,,\r\n,,,0,\r\n"
        )
        let guarded = ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\u{FF1D}1"]
        for text in guarded { #expect(FormulaGuard.guarded(text) == "'" + text) }
        #expect(FormulaGuard.guarded("a=1") == "a=1")
        let single = ResultTable(columns: [.init("a", .text)], rows: [[.missing]])
        #expect(ExportFormat.csv.text(single) == "a\r\n\"\"\r\n")
        // A quote with a mark on it is still a quote.
        let marked = ResultTable(columns: [.init("a", .text)], rows: [[.text("\"\u{301},")]])
        #expect(Array(ExportFormat.csv.text(marked).unicodeScalars) == Array("a\r\n\"\"\"\u{301},\"\r\n".unicodeScalars))
    }

    @Test("TSV escapes tabs and line breaks")
    func tsv() {
        let table = ResultTable(columns: [.init("a", .text), .init("b", .flag)], rows: [[.text("x\ty\\z\n"), .flag(true)]])
        #expect(ExportFormat.tsv.text(table) == "a\tb\nx\\ty\\\\z\\n\ttrue\n")
    }

    @Test("JSON has exact numbers, nulls, and no raw control characters")
    func json() {
        let table = ResultTable(
            columns: [.init("name", .text), .init("n", .count), .init("n", .number), .init("ok", .flag)],
            rows: [
                [.text("\u{1B}\"\\\n\u{9B}\u{202E}é"), .count(.max), .number(0.1), .flag(false)],
                [.missing, .missing, .number(.infinity), .missing],
            ])
        #expect(
            ExportFormat.json.text(table) == #"""
                [
                  {"name": "\u001b\"\\\n\u009b\u202eé", "n": 9223372036854775807, "n_2": 0.1, "ok": false},
                  {"name": null, "n": null, "n_2": null, "ok": null}
                ]

                """#)
        #expect(ExportFormat.ndjson.text(table).split(separator: "\n").count == 2)
        #expect(ExportFormat.json.text(ResultTable(columns: [], rows: [])) == "[]\n")
    }

    @Test("Markdown aligns numbers and escapes markup")
    func markdown() {
        let table = ResultTable(
            columns: [.init("type", .text), .init("count", .count)],
            rows: [[.text("a|b <i>\nc"), .count(1203)], [.missing, .count(7)]])
        #expect(
            ExportFormat.markdown.text(table, style: Scenes.style()) == #"""
                | type                | count |
                | ------------------- | ----: |
                | a\|b &lt;i&gt;<br>c | 1,203 |
                | –                   |     7 |

                """#)
    }
}
