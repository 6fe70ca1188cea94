import Model
import Testing

@testable import Render

@Suite("Default charts")
struct AnswerTests {
    let renderer = AnswerRenderer(Scenes.style(60))

    func answer(_ columns: [ResultColumn], _ rows: [[Value]], _ shape: AnswerShape) -> Answer {
        Answer(table: ResultTable(columns: columns, rows: rows), shape: shape, receipt: Scenes.receipt)
    }

    @Test("a listing numbers its rows")
    func listing() {
        let answer = answer([.init("type", .text)], [[.text("timeout")], [.missing]], .listing)
        #expect(renderer.lines(answer, title: "errors") == ["#  type", "1  timeout", "2  –"])
    }

    @Test("a single row of measures is drawn as cards, and a rate shows its counts")
    func numbers() {
        let answer = answer(
            [.init("count", .count), .init("error_rate", .ratio), .init("p95(latency)", .duration)],
            [[.count(1203), Scenes.ratio(2, 10), .missing]], .numbers)
        expectPicture(
            renderer.lines(answer, title: "errors"),
            """
            count    error_rate        p95(latency)
            1,203    20.0%             –
                     (5.7–51%) 2/10
            """)
    }

    @Test("groups are bars, and a folded row says how many groups it contains")
    func groups() {
        var answer = answer(
            [.init("type", .text), .init("count", .count)],
            [[.text("timeout"), .count(3)], [.missing, .count(2)], [.text("other"), .count(5)]],
            .groups(keys: 1))
        answer.foldedGroups = 7
        answer.receipt.isCut = false
        expectPicture(
            renderer.lines(answer, title: "errors by type", total: [.missing, .count(10)]),
            """
            errors by type: 9 groups, 10 in total, largest timeout 3
            (30.0%).
            type              count
            timeout               3  █████████████████████
            (none)                2  ██████████████
            other (7 groups)      5  ███████████████████████████████████
            total                10
            """)
    }

    @Test("a series has one chart per measure")
    func series() {
        let axis = Scenes.axis(from: "2026-11-21T08:00:00Z", count: 2, each: .hours(1), width: "1h")
        let rows: [[Value]] = [
            [.time(axis.starts[0]), .count(4), .duration(.seconds(2))], [.time(axis.starts[1]), .count(8), .missing],
        ]
        let answer = answer(
            [.init("time", .time), .init("count", .count), .init("p95(latency)", .duration)], rows, .series(axis))
        let lines = renderer.lines(answer, title: "errors")
        #expect(lines.first == "12 errors in 2 buckets of 1h, peak 8 at 09:00 on 21 Nov.")
        #expect(lines.contains("p95(latency) in 2 buckets of 1h, peak 2.0s at 08:00 on 21"))
    }

    @Test("rows match their buckets by time: a missing bucket has no value, and order does not matter")
    func dropped() {
        let axis = Scenes.axis(from: "2026-11-21T08:00:00Z", count: 3, each: .hours(1), width: "1h")
        let rows: [[Value]] = [[.time(axis.starts[2]), .count(8)], [.time(axis.starts[0]), .count(4)]]
        var answer = answer([.init("time", .time), .init("count", .count)], rows, .series(axis))
        (answer.receipt.isCut, answer.receipt.droppedGroups) = (false, 0)
        for form in [nil, "line"] {
            let sentence = renderer.lines(answer, title: "errors", form: form).prefix(2).joined(separator: " ")
            #expect(sentence == "12 errors in 3 buckets of 1h, peak 8 at 10:00 on 21 Nov, no value in 1.")
        }
    }

    @Test("a series by group is a stack for counts, and one chart per group for measures that are not additive")
    func groupedSeries() {
        let axis = Scenes.axis(from: "2026-11-21T08:00:00Z", count: 2, each: .hours(1), width: "1h")
        func rows(_ value: (Int64) -> Value) -> [[Value]] {
            axis.starts.flatMap { start in ["a", "b"].map { [.time(start), .text($0), value($0 == "a" ? 4 : 2)] } }
        }
        let columns = [ResultColumn("time", .time), ResultColumn("type", .text)]
        let counts = answer(columns + [.init("count", .count)], rows { .count($0) }, .groupedSeries(axis, keys: 1))
        let stack = renderer.lines(counts, title: "errors by type")
        #expect(stack.first == "12 errors by type in 2 buckets of 1h, peak 6 at 08:00 on 21")
        #expect(stack.last == "█ a 8   ░ b 4")
        let rates = answer(columns + [.init("error_rate", .ratio)], rows { Scenes.ratio($0, 10) }, .groupedSeries(axis, keys: 1))
        let charts = renderer.lines(rates, title: "error_rate by type")
        #expect(charts.filter { $0.hasPrefix("error_rate of ") }.count == 2)
        #expect(!renderer.lines(answer(columns, [], .groupedSeries(axis, keys: 0)), title: "x").isEmpty)
    }
}
