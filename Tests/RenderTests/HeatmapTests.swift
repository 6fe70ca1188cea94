import Model
import Testing

@testable import Render

@Suite("Heatmaps and matrices")
struct HeatmapTests {
    func lines(_ answer: Answer, _ width: Int = 80, _ glyphs: GlyphSet = .unicode, title: String, form: String? = nil) -> [String]
    {
        AnswerRenderer(Scenes.style(width, glyphs)).lines(answer, title: title, form: form)
    }

    @Test("a week starts on Monday, zero is blank, and hours outside the window are marked")
    func week() {
        expectPicture(
            lines(Scenes.week, title: "errors by weekday, hour"),
            """
            errors by weekday, hour: peak 114 on Wed at 15:00, 2,246 in total, no data for
            33 of 168 cells.
                00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23
            Mon    ░░ ░░ ░░ ░░    ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ░░ ░░ ░░    ░░ ░░ ░░
            Tue    ░░ ░░ ░░ ░░    ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ░░ ░░ ░░    ░░ ░░ ░░
            Wed    ░░ ░░ ░░ ░░    ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ██ ▒▒ ░░ ░░ ░░    ░░ ░░ ░░
            Thu    ░░ ░░ ░░ ░░    ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ░░ ░░ ░░    ░░ ░░ ░░
            Fri    ░░ ░░ ░░ ░░    ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ░░ ░░ ░░    ░░ ░░ ░░
            Sat                         ░░ ░░ ░░ ░░ ░░ ░░ ░░ ·· ·· ·· ·· ·· ·· ·· ·· ··
            Sun ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ··
            ░ 1–30   ▒ 31–60   ▓ 61–90   █ 91–120   blank 0   · no data
            """)
        expectPicture(
            lines(Scenes.week, 40, .ascii, title: "errors by weekday, hour"),
            """
            errors by weekday, hour: peak 114 on Wed
            at 15:00, 2,246 in total, no data for 33
            of 168 cells.
                00 03 06 09 12 15 18 21
            Mon  .... ....+++++++... ...
            Tue  .... ....+++++++... ...
            Wed  .... ....+++++#+... ...
            Thu  .... ....+++++++... ...
            Fri  .... ....+++++++... ...
            Sat         .......?????????
            Sun ????????????????????????
            . 1-30   + 31-60   * 61-90   # 91-120
            blank 0   ? no data
            """)
    }

    @Test("below 28 columns, two hours share a cell, and a note says so")
    func narrowWeek() {
        expectPicture(
            lines(Scenes.week, 24, title: "errors by weekday, hour"),
            """
            errors by weekday, hour:
            peak 114 on Wed at
            15:00, 2,246 in total,
            no data for 33 of 168
            cells.
                00 06 12 18
            Mon ░░░░░▒▒▒▒░░░
            Tue ░░░░░▒▒▒▒░░░
            Wed ░░░░░▒▒█▒░░░
            Thu ░░░░░▒▒▒▒░░░
            Fri ░░░░░▒▒▒▒░░░
            Sat     ░░░░····
            Sun ············
            ░ 1–30   ▒ 31–60
            ▓ 61–90   █ 91–120
            blank 0   · no data
            each cell shows the
              highest of 2 hours
            """)
    }

    @Test("hours may come first, and as text; a rate without calls has no value, an hour without a row has no data")
    func rates() {
        let rows: [[Value]] = [
            [.text("9"), .text("Monday"), Scenes.ratio(3, 40)], [.text("10"), .text("Tue"), Scenes.ratio(0, 50)],
            [.count(11), .count(6), .missing], [.count(99), .text("mon"), Scenes.ratio(1, 1)],
        ]
        let answer = Scenes.answer(
            [.init("hour", .count), .init("weekday", .text), .init("error_rate", .ratio)], rows, .groups(keys: 2))
        expectPicture(
            lines(answer, 60, title: "error_rate by hour, weekday"),
            """
            error_rate by hour, weekday: peak 7.5% on Mon at 09:00,
            lowest 0% on Tue at 10:00, no data for 165 of 168 cells, no
            value in 1 of 168 cells.
                00  02  04  06  08  10  12  14  16  18  20  22
            Mon ··················██····························
            Tue ····················  ··························
            Wed ················································
            Thu ················································
            Fri ················································
            Sat ················································
            Sun ······················××························
            ░ to 2.0%   ▒ to 4.0%   ▓ to 6.0%   █ to 8.0%   blank 0
            · no data   × no value
            """)
    }

    @Test("an hour that `having` or `limit` dropped is not zero")
    func dropped() {
        var answer = Scenes.week
        answer.receipt.droppedGroups = 3
        let sentence = lines(answer, 200, title: "errors by weekday, hour")[0]
        #expect(sentence.contains("no data for") && !sentence.contains("in all"))
    }

    @Test("omitted measures are listed, not dropped silently")
    func furtherMeasures() {
        var answer = Scenes.week
        answer.table.columns.append(.init("share", .ratio))
        for index in answer.table.rows.indices { answer.table.rows[index].append(Scenes.ratio(1, 9)) }
        #expect(
            lines(answer, title: "errors by weekday, hour").last
                == "not in this chart: share; `as table` shows them")
    }

    @Test("any two fields, with names above the cells if they fit, otherwise letters")
    func names() {
        expectPicture(
            lines(Scenes.byTwo, 60, title: "errors by type, provider", form: "heatmap"),
            """
            errors by type, provider: peak 412 for rate_limit, openai,
            725 in total.
                         openai    anthropic google
            rate_limit   █████████ ░░░░░░░░░
            timeout      ░░░░░░░░░ ░░░░░░░░░ ░░░░░░░░░
            server_error           ░░░░░░░░░ ░░░░░░░░░
            parse_error  ░░░░░░░░░
            ░ 1–120   ▒ 121–240   ▓ 241–360   █ 361–480   blank 0
            """)
        expectPicture(
            lines(Scenes.byTwo, 30, .ascii, title: "errors by type, provider", form: "heatmap"),
            """
            errors by type, provider: peak
            412 for rate_limit, openai,
            725 in total.
                       a  b  c
            rate_limit ## ..
            timeout    .. .. ..
            server_er~    .. ..
            parse_err~ ..
            a openai   b anthropic
            c google
            . 1-120   + 121-240
            * 241-360   # 361-480
            blank 0
            """)
    }

    @Test("groups by time bucket, with calendar ticks")
    func overTime() {
        expectPicture(
            lines(Scenes.groupedSeries, title: "errors by type", form: "heatmap"),
            """
            errors by type in 24 buckets of 1h: peak 96 for rate_limit at 09:00 on 21 Nov,
            786 in total.
                         20 Nov              21 Nov
                             16:00   20:00   00:00   04:00   08:00
            rate_limit   ░░░░░░    ░░░░░░░░░░░░░░░░░░      ░░▒▒████▓▓▒▒░░
            timeout      ░░░░░░▒▒    ░░░░░░░░░░░░░░        ░░░░▒▒▒▒▒▒░░░░
            server_error ░░░░        ░░░░░░░░░░░░          ░░░░▒▒▒▒░░░░░░
            ░ 1–25   ▒ 26–50   ▓ 51–75   █ 76–100   blank 0
            times in UTC
            """)
    }

    @Test("two fields are a matrix, with totals for additive measures")
    func pivot() {
        expectPicture(
            lines(Scenes.byTwo, title: "errors by type, provider"),
            """
            errors by type, provider: 4 rows by 3 columns, 725 in total, largest 412 for
            rate_limit, openai.
            type          openai  anthropic  google  total
            rate_limit       412         96       0    508
            timeout          120         33       7    160
            server_error       0         54       2     56
            parse_error        1          0       0      1
            total            533        183       9    725
            """)
    }

    @Test("rates in a matrix have no totals, and a missing group has no value")
    func pivotOfRates() {
        var answer = Scenes.byTwo
        answer.table.columns[2] = .init("error_rate", .ratio)
        for index in answer.table.rows.indices { answer.table.rows[index][2] = Scenes.ratio(Int64(index), 40) }
        expectPicture(
            lines(answer, title: "error_rate by type, provider"),
            """
            error_rate by type, provider: 4 rows by 3 columns, largest 17.5% for
            parse_error, openai.
            type          openai  anthropic  google
            rate_limit        0%       2.5%       –
            timeout         5.0%       7.5%   10.0%
            server_error       –      12.5%   15.0%
            parse_error    17.5%          –       –
            """)
    }

    @Test("a matrix that does not fit, or with too many columns, several measures or hidden groups, becomes a long table")
    func long() {
        let title = "errors by type, provider"
        #expect(lines(Scenes.byTwo, 40, title: title).contains { $0.hasPrefix("rate_limit    openai") })
        var wide = Scenes.byTwo
        wide.table.rows = (0..<9).map { [.text("timeout"), .text("p\($0)"), .count(1)] }
        #expect(lines(wide, title: title).contains { $0.hasPrefix("timeout  p8") })
        var several = Scenes.byTwo
        several.table.columns.append(.init("cost", .money))
        for index in several.table.rows.indices { several.table.rows[index].append(.missing) }
        #expect(lines(several, title: title).contains { $0.hasPrefix("type") && $0.contains("cost") })
        var folded = Scenes.byTwo
        folded.foldedGroups = 4
        folded.table.rows.append([.text("other"), .missing, .count(9)])
        #expect(lines(folded, title: title).contains { $0.hasPrefix("other (4 groups)") })
        // The measures that group counts include anyway do not make the table long.
        var usual = Scenes.byTwo
        usual.table.columns.append(.init("share", .ratio))
        for index in usual.table.rows.indices { usual.table.rows[index].append(Scenes.ratio(1, 9)) }
        #expect(lines(usual, title: title).last == "not in this chart: share; `as table` shows them")
    }

    @Test("colours grade the numbers of a matrix without changing them")
    func colours() {
        var style = Scenes.style(80)
        style.theme = .colour
        let coloured = AnswerRenderer(style).lines(Scenes.byTwo, title: "x")
        #expect(coloured.contains { $0.contains("\u{1B}[31m412\u{1B}[0m") || $0.contains("\u{1B}[31m   412\u{1B}[0m") })
        #expect(coloured.map(SweepTests.uncoloured) == AnswerRenderer(Scenes.style(80)).lines(Scenes.byTwo, title: "x"))
    }

    @Test("grades are linear, or geometric when one peak dwarfs the rest; the legend shows their bounds")
    func grades() {
        let even = HeatScale([1, 40, 80, 118], type: .count)
        #expect(even.bounds == [30, 60, 90, 120])
        #expect([1, 30, 31, 90, 118].map(even.grade) == [0, 0, 1, 2, 3])
        let skewed = HeatScale([1, 2, 2, 3, 3, 4, 5000], type: .count)
        #expect(skewed.bounds.first.map { $0 < 3 } == true && skewed.bounds.last.map { $0 >= 5000 } == true)
        #expect(skewed.grade(3) < skewed.grade(5000))
        #expect(HeatScale([], type: .count).bounds == [] && HeatScale([0, -1], type: .number).bounds == [])
        #expect(HeatScale([1, 1, 1], type: .count).bounds == [1])
        for largest in [1e-300, 0.003, 7, 1e9, 1e308] {
            let scale = HeatScale([largest / 3, largest / 2, largest], type: .number)
            #expect(zip(scale.bounds, scale.bounds.dropFirst()).allSatisfy { $0 < $1 } && scale.bounds.count <= 4)
            #expect((0..<4).contains(scale.grade(largest)))
        }
    }

    @Test("calendar and numeric keys are sorted, others keep their order, missing is last")
    func order() {
        func texts(_ words: [String]) -> [Value] { words.map { .text($0) } }
        #expect(KeyGrid.ordered(texts(["sun", "mon", "fri"]), "weekday") == texts(["mon", "fri", "sun"]))
        #expect(KeyGrid.ordered([.count(9), .missing, .count(2), .count(9)], "hour") == [.count(2), .count(9), .missing])
        #expect(KeyGrid.ordered(texts(["2026-02", "2026-01"]), "month") == texts(["2026-01", "2026-02"]))
        #expect(KeyGrid.ordered(texts(["b", "a"]), "model") == texts(["b", "a"]))
    }
}
