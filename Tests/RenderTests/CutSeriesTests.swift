import Model
import Testing

@testable import Render

@Suite("Truncated series, and values that are not lengths")
struct CutSeriesTests {
    /// Some buckets of a day.
    private func cut(_ kept: [Int], found: Int64? = 24) -> Answer {
        var answer = Scenes.series
        answer.table.rows = kept.map { answer.table.rows[$0] }
        answer.receipt.isCut = found != nil
        answer.receipt.found = found
        return answer
    }

    @Test("a truncated series is a table of its buckets and says nothing about the others")
    func table() {
        let lines = AnswerRenderer(Scenes.style()).lines(cut([19, 20]), title: "errors")
        #expect(lines == ["#          time  count", "1  21 Nov 09:00     96", "2  21 Nov 10:00     88", "2 of 24 buckets of 1h"])
    }

    @Test(
        "a truncated series is never drawn over time, whatever form is requested", arguments: PictureForm.all.map(\.form.name))
    func forms(_ form: String) {
        let lines = AnswerRenderer(Scenes.style()).lines(cut([19]), title: "errors", form: form)
        let text = lines.joined(separator: "\n")
        #expect(!text.contains("no value") && !text.contains("in 24 buckets") && text.contains("96"), "\(text)")
        if !["table", "record", "bars"].contains(form) { #expect(text.contains("needs"), "\(text)") }
        #expect(SVGChart(Scenes.style()).pictures(cut([19]), title: "errors", form: form).isEmpty == (form != "bars"))
    }

    @Test("buckets in another order, or without values, are still a series")
    func whole() {
        let reversed = AnswerRenderer(Scenes.style()).lines(cut(Array((0..<24).reversed()), found: nil), title: "errors")
        #expect(reversed[0].hasPrefix("412 errors in 24 buckets of 1h"), "\(reversed[0])")
    }

    @Test("a truncated series by group is a table, too")
    func groups() {
        let rows = [3, 4].flatMap { hour in
            ["a", "b"].map { [Value.time(Scenes.day.starts[hour]), .text($0), .count(Int64(hour))] }
        }
        let columns = [ResultColumn("time", .time), ResultColumn("model", .text), ResultColumn("count", .count)]
        var answer = Scenes.answer(columns, rows, .groupedSeries(Scenes.day, keys: 1))
        answer.receipt.droppedGroups = 44
        let lines = AnswerRenderer(Scenes.style()).lines(answer, title: "errors by model")
        #expect(lines.first == "#          time  model  count" && lines.last == "2 of 24 buckets of 1h", "\(lines)")
    }

    // MARK: Amounts

    private static let others: [(ResultColumn, Value)] = [
        (.init("first_seen", .time), .time(Scenes.now)), (.init("last_seen", .time), .time(Scenes.now)),
        (.init("sample", .text), .text("3f2a")), (.init("new", .flag), .flag(true)),
        (.init("common(type)", .text), .text("timeout")),
        (.init("common(status)", .count), .count(429)), (.init("common(latency)", .duration), .duration(.seconds(3))),
        (.init("max(time)", .time), .time(Scenes.now)),
    ]

    @Test("times, ids, text, flags and the most common value are not drawn as lengths", arguments: others)
    func noBars(_ column: ResultColumn, _ value: Value) {
        let rows = [[Value.text("gpt-4o"), value], [.text("o3"), value]]
        let answer = Scenes.answer([.init("model", .text), column], rows, .groups(keys: 1))
        for form in [nil, "bars"] {
            let text = AnswerRenderer(Scenes.style()).lines(answer, title: "errors", form: form).joined(separator: "\n")
            #expect(!text.contains("█") && !text.contains("largest") && !text.contains("each"), "\(text)")
            #expect(text.hasPrefix("model"), "\(text)")
        }
        // With a count, the bars show the count, whatever comes first.
        let both = Scenes.answer(
            [.init("model", .text), column, .init("count", .count)],
            [[.text("gpt-4o"), value, .count(8)], [.text("o3"), value, .count(2)]], .groups(keys: 1))
        let lines = AnswerRenderer(Scenes.style()).lines(both, title: "errors by model")
        #expect(lines[0] == "errors by model: 2 groups, 10 in total, largest gpt-4o 8 (80.0%), smallest o3 2.")
        #expect(lines[2].hasSuffix("  8  ████████████████████████████████████████"), "\(lines[2])")
        #expect(lines[3].hasSuffix("  2  ██████████"), "\(lines[3])")
        let series = Scenes.answer(
            [.init("time", .time), column], Scenes.day.starts.map { [.time($0), value] }, .series(Scenes.day))
        #expect(LabelledAnswer(series, title: "errors").drawable.isEmpty)
    }

    @Test("a series of times or text is a table of its buckets, whatever form is requested", arguments: others)
    func series(_ column: ResultColumn, _ value: Value) {
        let alone = Scenes.answer(
            [.init("time", .time), column], Scenes.day.starts.map { [.time($0), value] }, .series(Scenes.day))
        let grouped = Scenes.answer(
            [.init("time", .time), .init("model", .text), column],
            Scenes.day.starts.map { [.time($0), .text("gpt-4o"), value] }, .groupedSeries(Scenes.day, keys: 1))
        for answer in [alone, grouped] {
            for form in [nil, "columns", "line", "spark", "heatmap"] {
                let lines = AnswerRenderer(Scenes.style()).lines(answer, title: "errors", form: form)
                #expect((form == nil) == (lines.count == 25) && lines.count >= 25 && lines[0].contains(column.name), "\(lines)")
                #expect(!lines.joined().contains("no value"), "\(lines)")
            }
        }
        // With a count, it is shown as well.
        let both = Scenes.answer(
            [.init("time", .time), column, .init("count", .count)],
            Scenes.day.starts.map { [.time($0), value, .count(3)] }, .series(Scenes.day))
        let lines = AnswerRenderer(Scenes.style()).lines(both, title: "errors")
        #expect(lines.count == 25 && lines[0].contains(column.name) && lines[0].contains("count"), "\(lines)")
    }

    // MARK: The baseline mark

    /// Columns of `now` with the baseline `before`, two values each.
    private func drawn(_ now: [Double], before: [Double], width: Int, _ glyphs: GlyphSet = .unicode) -> [String] {
        let axis = Scenes.axis(from: "2026-11-21T00:00:00Z", count: now.count, each: .hours(1), width: "1h")
        var chart = ColumnChart(axis: axis, values: now, type: .count, name: "errors", heightInRows: 4)
        chart.baseline = BaselineSeries(name: "before", values: before)
        return chart.picture(Scenes.style(width, glyphs))
    }

    @Test("a small baseline does not hide a small column", arguments: [GlyphSet.unicode, .ascii])
    func marker(_ glyphs: GlyphSet) {
        let now = (0..<24).map { $0 == 0 ? 40.0 : 1 }, before = (0..<24).map { _ in 1.0 }
        // Room for several columns per bucket, and for exactly one.
        for width in [120, 30] {
            let lines = drawn(now, before: before, width: width, glyphs)
            let lowest = lines[3].drop { !"│┤|+".contains($0) }.dropFirst()
            let low: Set<Character> = glyphs == .unicode ? ["▁", "▂", "█"] : [".", "#"]
            let layout = ColumnLayout(buckets: 24, room: width - 4)
            let stride = layout?.stride ?? 1
            let row = Array(lowest)
            for bucket in 1..<24 { #expect(low.contains(row[bucket * stride]), "\(width): \(lines)") }
        }
    }

    @Test("the baseline is marked inside a higher column, above a lower one, and where there is none")
    func marks() {
        let lines = drawn([40, 0, 10], before: [20, 20, 40], width: 40)
        #expect(lines[2].contains("╌╌") && lines[0].contains("╌╌"), "\(lines)")
        #expect(lines.last?.contains("╌ before") == true)
    }

    // MARK: Units in summaries

    @Test("summaries give every measure its unit: rates, money, durations and counts per minute")
    func units() {
        let cases: [(String, ValueType, Double, String)] = [
            ("error_rate", .ratio, 0.357, "peak 35.7%"), ("p95(latency)", .duration, 2.5, "peak 2.5s"),
            ("cost", .money, 0.42, "peak $0.42"), ("per_minute(count)", .number, 3.2, "peak 3.2/min"),
            ("per_second(tokens)", .number, 120, "peak 120/s"), ("per_minute(cost)", .money, 0.5, "peak $0.50/min"),
            ("count", .count, 42, "peak 42 "),
        ]
        for (name, type, value, words) in cases {
            let values = Scenes.day.starts.indices.map { $0 == 5 ? value : value / 2 }
            let column = ColumnChart(axis: Scenes.day, values: values, type: type, name: name).summary(Scenes.style())
            #expect(column.contains(words), "\(column)")
            let line = LineChart(axis: Scenes.day, series: [.init(name, values)], type: type, name: name).summary(Scenes.style())
            #expect(line.contains(words), "\(line)")
        }
    }
}
