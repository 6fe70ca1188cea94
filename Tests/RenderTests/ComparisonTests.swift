import Model
import Testing

@testable import Render

@Suite("Comparison with a baseline")
struct ComparisonTests {
    let cards: Answer = {
        var answer = Scenes.answer(
            [
                .init("count", .count), .init("error_rate", .ratio), .init("p95(latency)", .duration), .init("cost", .money),
                .init("reliability", .ratio), .init("count before", .count), .init("error_rate before", .ratio),
                .init("p95(latency) before", .duration), .init("cost before", .money), .init("reliability before", .ratio),
            ],
            [
                [
                    .count(1203), Scenes.ratio(2, 10), Scenes.ms(3400), .missing, Scenes.ratio(990, 1000), .count(300),
                    Scenes.ratio(5, 200), Scenes.ms(4000), .money(Money(units: 300_000_000)), Scenes.ratio(990, 1000),
                ]
            ], .numbers)
        answer.baseline = Scenes.before
        answer.baseline?.columns = [0: 5, 1: 6, 2: 7, 3: 8, 4: 9]
        return answer
    }()

    let groups: Answer = {
        var answer = Scenes.answer(
            [.init("type", .text), .init("count", .count), .init("share", .ratio), .init("before", .count)],
            Scenes.byType.rows.enumerated().map { index, row in
                [row[0], row[1], row[2], .count(Int64([1000, 600, 0, 3, 9, 40][index]))]
            }, .groups(keys: 1))
        answer.baseline = Scenes.before
        answer.baseline?.columns = [1: 3]
        answer.foldedGroups = 4
        return answer
    }()

    @Test("cards show the baseline and the change, relative or in percentage points, with an arrow")
    func cardsBefore() {
        expectPicture(
            AnswerRenderer(Scenes.style()).lines(cards, title: "errors"),
            """
            count                 error_rate               p95(latency)
            1,203                 20.0%                    3.4s
                                  (5.7–51%) 2/10
            before 300 ▲ ×4.01    before 2.5% ▲ 17.5 pp    before 4.0s ▼ 15.0%

            cost                  reliability
            –                     99.0%
                                  990/1,000
            before $3.00          unchanged
            before is 19 Nov 14:05 – 20 Nov 14:05 UTC
            """)
        expectPicture(
            AnswerRenderer(Scenes.style(60, .ascii)).lines(cards, title: "errors"),
            """
            count                  error_rate
            1,203                  20.0%
                                   (5.7-51%) 2/10
            before 300 ^ x4.01     before 2.5% ^ 17.5 pp

            p95(latency)           cost
            3.4s                   -
            before 4.0s v 15.0%    before $3.00

            reliability
            99.0%
            990/1,000
            unchanged
            before is 19 Nov 14:05 - 20 Nov 14:05 UTC
            """)
    }

    @Test("a partly covered baseline gives no change, but says how much of it is covered")
    func covered() {
        var answer = cards
        answer.baseline?.covered = "18 of 24 h"
        let lines = AnswerRenderer(Scenes.style()).lines(answer, title: "errors")
        #expect(lines.contains { $0.hasPrefix("before 300 (18 of 24 h)") } && !lines.contains { $0.contains("×") })
        var series = Scenes.seriesBefore
        series.baseline?.covered = "18 of 24 h"
        let sentence = AnswerRenderer(Scenes.style(200)).lines(series, title: "errors")[0]
        #expect(sentence.contains("before has data for 18 of 24 h") && !sentence.contains("("))
        var bars = groups
        bars.baseline?.covered = "18 of 24 h"
        let drawn = AnswerRenderer(Scenes.style()).lines(bars, title: "errors by type")
        #expect(drawn[0].contains("before has data for 18 of 24 h") && !drawn.contains { $0.contains("change") })
    }

    @Test("groups show their baseline count and the change beside the bar")
    func bars() {
        let total: [Value] = [.text("total"), .count(2096), Scenes.ratio(2096, 2096)]
        expectPicture(
            AnswerRenderer(Scenes.style()).lines(groups, title: "errors by type", total: total),
            """
            errors by type: 9 groups, 2,096 in total, before 1,652 (+26.9%), largest
            rate_limit 1,412 (67.4%).
            type              count  before  change  share
            rate_limit        1,412   1,000  +41.2%  67.4%  ████████████████████████████████
            timeout             540     600  -10.0%  25.8%  ████████████▎
            (none)              101       0       –   4.8%  ██▎
            content_filter        3       3      0%  0.14%  ▏
            parse_error           0       9   -100%     0%
            other (4 groups)     40      40      0%   1.9%  ▉
            total             2,096   1,652  +26.9%   100%
            before is 19 Nov 14:05 – 20 Nov 14:05 UTC
            """)
    }

    @Test("when space is short, baselines of further measures are omitted first, then columns from the right")
    func narrow() {
        var answer = groups
        answer.foldedGroups = 0
        answer.table.columns = [
            .init("type", .text), .init("count", .count), .init("count before", .count), .init("error_rate", .ratio),
            .init("error_rate before", .ratio), .init("change", .change),
        ]
        answer.table.rows = Scenes.byType.rows.dropLast().enumerated().map { index, row -> [Value] in
            let before = Double(index * 300), change = ((row[1].magnitude ?? 0) - before) / before
            return [
                row[0], row[1], .count(Int64(before)), row[3], Scenes.ratio(Int64(index), 900),
                index == 0 ? .missing : .number(change),
            ]
        }
        answer.baseline?.columns = [1: 2, 3: 4]
        expectPicture(
            AnswerRenderer(Scenes.style()).lines(answer, title: "errors by type"),
            """
            errors by type: 5 groups, 2,056 in total, before 3,000 (-31.5%), largest
            rate_limit 1,412 (68.7%), smallest parse_error 0.
            type            count  before   change                   error_rate
            rate_limit      1,412       0        –   3.4%          1,412/41,022  ███████████
            timeout           540     300   +80.0%   1.3%            540/41,022  ████▎
            (none)            101     600   -83.2%  41.7% (19–68%)         5/12  ▊
            content_filter      3     900  -99.67%                            –  ▏
            parse_error         0   1,200    -100%     0%              0/41,022
            1 column does not fit: error_rate before
            before is 19 Nov 14:05 – 20 Nov 14:05 UTC
            """)
        expectPicture(
            AnswerRenderer(Scenes.style(40)).lines(answer, title: "errors by type"),
            """
            errors by type: 5 groups, 2,056 in
            total, before 3,000 (-31.5%), largest
            rate_limit 1,412 (68.7%), smallest
            parse_error 0.
            type            count  before   change
            rate_limit      1,412       0        –
            timeout           540     300   +80.0%
            (none)            101     600   -83.2%
            content_filter      3     900  -99.67%
            parse_error         0   1,200    -100%
            2 columns do not fit: error_rate,
              error_rate before
            before is 19 Nov 14:05 – 20 Nov 14:05
              UTC
            """)
    }

    @Test("columns have baseline marks, and the summary compares the totals")
    func columns() {
        expectPicture(
            AnswerRenderer(Scenes.style()).lines(Scenes.seriesBefore, title: "errors"),
            """
            412 errors in 24 buckets of 1h, before 822 (-49.9%), peak 96 at 09:00 on 21 Nov,
            1 partial.
            100 ┤                                                         ▅▅
                │                                                         ██ ██
             75 ┤                                                         ██ ██
                │                                                         ██ ██ ▆▆
             50 ┤         ╌╌ ╌╌       ╌╌ ╌╌          ╌╌          ╌╌ ╌╌    ██ ╌╌ ╌╌
                │   ╌╌ ╌╌          ╌╌          ╌╌ ╌╌       ╌╌ ╌╌       ▃╌ ╌╌ ██ ██ ▄▄ ╌╌
             25 ┤╌╌             ╌╌       ██ ▁╌          ╌╌             ██ ██ ██ ██ ╌╌ ▇▇
                │░░ ▃▃ ▁▁       ▁▁ ▄▄ ██ ██ ██ ▃▃ ▂▂ ▁▁ ▁▁          ▃▃ ██ ██ ██ ██ ██ ██
              0 ┼───┬────────┬────────┬────────┬────────┬────────┬────────┬────────┬────
                    15:00    18:00    21:00    00:00    03:00    06:00    09:00    12:00
                 20 Nov                        21 Nov                                UTC
            ░ partial bucket   ╌ before
            before is 19 Nov 14:05 – 20 Nov 14:05 UTC
            """)
    }

    @Test("with `as line`, the baseline is a line, too")
    func line() {
        expectPicture(
            AnswerRenderer(Scenes.style(60, .ascii)).lines(Scenes.seriesBefore, title: "errors", form: "line"),
            """
            412 errors in 24 buckets of 1h, before 822 (-49.9%), peak 96
            at 09:00 on 21 Nov, 1 partial.
            100 +                                       **
                |                                       * *
                |                                      *   *
             75 +                                      *   *
                |                                      *    *
                |                                      *    *
             50 +         o       o       o       ooo *     o*
                |     oooo o    oo o    oo o    oo   o*   oo *
                |   oo     o  oo   o  oo   o  oo      *ooo   o**o
             25 + oo        oo    **oo      oo       *        oo*
                |               **  **               *
                | **************      ***************
              0 +----+-------+-------+-------+-------+-------+---
                     16:00   20:00   00:00   04:00   08:00
                 20 Nov              21 Nov                   UTC
            * now 412   o before 822
            before is 19 Nov 14:05 - 20 Nov 14:05 UTC
            """)
    }

    @Test("the summary of a stack compares totals")
    func stack() {
        var answer = Scenes.groupedSeries
        answer.table.columns.append(.init("before", .count))
        for index in answer.table.rows.indices { answer.table.rows[index].append(.count(10)) }
        answer.baseline = Scenes.before
        answer.baseline?.columns = [2: 3]
        let lines = AnswerRenderer(Scenes.style(100)).lines(answer, title: "errors by type")
        #expect(lines[0].hasPrefix("786 errors by type in 24 buckets of 1h, before 720 (+9.2%), peak"))
        #expect(lines.last == "before is 19 Nov 14:05 – 20 Nov 14:05 UTC")
    }

    @Test("a table also shows baselines, and a requested change as it is")
    func table() {
        var answer = groups
        #expect(
            AnswerRenderer(Scenes.style()).lines(answer, title: "x", form: "table")[0].split(separator: " ") == [
                "type", "count", "before", "change", "share",
            ])
        answer.table.columns[2] = .init("change", .change)
        for index in answer.table.rows.indices {
            answer.table.rows[index][2] = .number([0.25, -0.3, 3.2, .infinity, 0, -1][index])
        }
        let lines = AnswerRenderer(Scenes.style()).lines(answer, title: "x", form: "table")
        // Wherever it is in the result, it is shown beside its measure.
        #expect(lines[0].split(separator: " ") == ["type", "count", "before", "change"])
        #expect(
            lines[1...6].map { String($0.split(separator: " ").last ?? "") } == [
                "+25.0%", "-30.0%", "×4.2", "new", "0%", "-100%",
            ])
    }

    @Test("changes as text")
    func words() {
        let text = ValueText(Scenes.style()), ascii = ValueText(Scenes.style(80, .ascii))
        #expect(text.change(0.25) == "+25.0%" && text.change(-0.3) == "-30.0%" && text.change(0) == "0%")
        #expect(text.change(2.999) == "+299.9%" && text.change(3) == "×4" && ascii.change(3.2) == "x4.2")
        #expect(text.change(1e300).hasPrefix("×") && text.change(.nan) == "–" && text.change(-.infinity) == "-∞")
        #expect(text.points(0.012) == "+1.2 pp" && text.points(-0.0004) == "-0.040 pp" && text.points(0) == "0 pp")
        #expect(text.difference(.count(3), .count(0)) == nil && text.difference(.count(3), .missing) == nil)
        #expect(text.difference(.count(3), .count(3))?.isUp == nil)
        #expect(text.difference(.text("a"), .text("b")) == nil)
        #expect(text.range(.count(1), .count(5)) == "1…5" && text.range(.count(1), .missing) == "from 1")
        #expect(text.range(.missing, .count(5)) == "below 5" && ascii.text(.range(.count(1), .count(5))) == "1..5")
    }
}
