import Model
import Testing

@testable import Render

@Suite("Histograms")
struct HistogramTests {
    @Test("bins ascend, empty ranges are rows, shares accumulate, and rows without a value come last")
    func bins() {
        let renderer = AnswerRenderer(Scenes.style())
        expectPicture(
            renderer.lines(Scenes.bins, title: "calls by latency"),
            """
            calls by latency: 305 in total, 8 bins, most 120 (39.3%) in 1.0s…2.0s, median
            below 2.0s, 9 without a value.
                latency  count  share  cumulative
            100ms…200ms     12   3.9%        3.9%  ████
            200ms…500ms     55  18.0%       22.0%  ██████████████████▍
             500ms…1.0s      0     0%       22.0%
              1.0s…2.0s    120  39.3%       61.3%  ████████████████████████████████████████
              2.0s…5.0s     77  25.2%       86.6%  █████████████████████████▋
             5.0s…10.0s     31  10.2%       96.7%  ██████████▍
            10.0s…20.0s      0     0%       96.7%
             from 20.0s      1  0.33%       97.0%  ▍
                 (none)      9   3.0%           –  ███
            """)
        #expect(
            renderer.lines(Scenes.bins, title: "calls by latency", form: "histogram")
                == renderer.lines(Scenes.bins, title: "calls by latency"))
    }

    @Test("bins in ASCII use two dots between their bounds")
    func ascii() {
        expectPicture(
            AnswerRenderer(Scenes.style(60, .ascii)).lines(Scenes.bins, title: "calls by latency"),
            """
            calls by latency: 305 in total, 8 bins, most 120 (39.3%) in
            1.0s..2.0s, median below 2.0s, 9 without a value.
                 latency  count  share  cumulative
            100ms..200ms     12   3.9%        3.9%  ##
            200ms..500ms     55  18.0%       22.0%  #########
             500ms..1.0s      0     0%       22.0%
              1.0s..2.0s    120  39.3%       61.3%  ####################
              2.0s..5.0s     77  25.2%       86.6%  #############
             5.0s..10.0s     31  10.2%       96.7%  #####
            10.0s..20.0s      0     0%       96.7%
              from 20.0s      1  0.33%       97.0%  #
                  (none)      9   3.0%           -  ##
            """)
    }

    @Test("with hidden bins, there are no shares and no empty bins")
    func part() {
        var answer = Scenes.bins
        answer.receipt.droppedGroups = 2
        let lines = AnswerRenderer(Scenes.style()).lines(answer, title: "calls by latency")
        #expect(lines.contains { $0.contains("latency  count") && !$0.contains("share") })
        #expect(!lines.contains { $0.contains("500ms…1.0s") })
    }

    @Test("a share in the statement is kept, and only the running total is added")
    func share() {
        var answer = Scenes.bins
        answer.table.columns.append(.init("share", .ratio))
        for index in answer.table.rows.indices { answer.table.rows[index].append(Scenes.ratio(1, 7)) }
        let header = AnswerRenderer(Scenes.style()).lines(answer, title: "calls by latency").first { $0.contains("count") } ?? ""
        #expect(header.split(separator: " ") == ["latency", "count", "cumulative", "share"])
    }

    @Test("a measure that is not additive has bars, but no shares or empty bins")
    func rates() {
        var answer = Scenes.bins
        answer.table.columns[1] = .init("error_rate", .ratio)
        for index in answer.table.rows.indices { answer.table.rows[index][1] = Scenes.ratio(Int64(index), 100) }
        let lines = AnswerRenderer(Scenes.style()).lines(answer, title: "error_rate by latency")
        #expect(lines[0] == "error_rate by latency: 6 bins, largest error_rate 6.0% in from 20.0s, 2.0%")
        #expect(!lines.contains { $0.contains("cumulative") || $0.contains("500ms…1.0s") })
    }

    @Test("without bins there is no histogram")
    func fallback() {
        let answer = Scenes.answer([.init("type", .text), .init("count", .count)], [[.text("a"), .count(1)]], .groups(keys: 1))
        let lines = AnswerRenderer(Scenes.style()).lines(answer, title: "errors by type", form: "histogram")
        #expect(lines.last == "  chart")
        #expect(lines.contains { $0.hasPrefix("a") && $0.contains("█") })
        #expect(
            Histogram(title: "x", table: ResultTable(columns: [], rows: [])).lines(Scenes.style()) == ["x: no rows.", "no rows"])
    }
}
