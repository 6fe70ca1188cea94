import Model
import Testing

@testable import Render

@Suite("Requested forms")
struct FormTests {
    let renderer = AnswerRenderer(Scenes.style(60))

    @Test("sparklines: one row per group or a single one; zero is blank, gaps are marked")
    func spark() {
        var answer = Scenes.groupedSeries
        answer.table.rows.removeAll {
            $0[1] == .text("timeout") && ($0[0].magnitude ?? 0) > Value.time(Scenes.at("2026-11-21T09:00:00Z")).magnitude ?? 0
        }
        expectPicture(
            renderer.lines(answer, title: "errors by type", form: "spark"),
            """
            errors by type: 3 groups, 24 buckets of 1h, peak 96
            (rate_limit) at 09:00 on 21 Nov, each line on its own scale.
            type          trend                     total  last  peak
            rate_limit    ▁▁▁  ▁▁▁▃▂▁▁▁▁   ▁▃██▅▃▂    412    24    96
            timeout       ▁▁▁▇  ▁▁▂▂▁▁▁    ▁▃█····    141    48    48
            server_error  ▁▁    ▁▁▂▁▁▁     ▁▃██▅▃▂    132     8    32
            · no data or no value
            """)
        expectPicture(
            AnswerRenderer(Scenes.style(60, .ascii)).lines(Scenes.series, title: "errors", form: "spark"),
            """
            errors: 24 buckets of 1h, peak 96 at 09:00 on 21 Nov.
            trend                     total  last  peak
            ...  ...::....   .-##+-:    412    24    96
            """)
    }

    @Test("a scatter plot of two numeric columns shows density by glyph")
    func scatter() {
        expectPicture(
            renderer.lines(Scenes.points, title: "calls", form: "scatter"),
            """
            calls: 192 points, latency 561ms to 4.8s, output_tokens 22
            to 918, 8 without both values.
            1,000 ┤
                  │                                        ○○○· · ●···
              800 ┤                                     · ●●·○█●· ·
                  │                                   ·  ○○○○○ ·○
                  │                               ·○  ●█·· ·
              600 ┤                            ··○·○○ ██·
                  │                          ●○·○· ○○ ·
                  │                      ·○●●·██○○○ ·
              400 ┤                  ··  ○·○  ·  ·
                  │                ·○●○○  ·· ·
                  │             · ○····●··
              200 ┤           ·○█····· ·
                  │       ···○○··█·○·
                  │     ··●·○ ··
                0 ┼┬─────────┬──────────┬─────────┬──────────┬─────────┬
                   0         1s         2s        3s         4s       5s
            x: latency   y: output_tokens   · 1 per cell   ○ 2 per cell
            ● 3 per cell   █ 4–5 per cell
            """)
        expectPicture(
            AnswerRenderer(Scenes.style(50, .ascii)).lines(Scenes.points, title: "calls", form: "scatter"),
            """
            calls: 192 points, latency 561ms to 4.8s,
            output_tokens 22 to 918, 8 without both values.
            1,000 +
                  |                           o....o..
              800 +                         .oO.#o.
                  |                        ..o.O..
                  |                     ...#. .
              600 +                  . o.o.#.
                  |                 .O.. O.
                  |               oO.##o..
              400 +            .. o. . .
                  |           .Oo... .
                  |         ....o..
              200 +       .#.... .
                  |     ..o.OO..
                  |    .O...
                0 ++-------------+-------------+-------------+
                   0             2s            4s           6s
            x: latency   y: output_tokens   . 1-2 per cell
            o 3 per cell   O 4 per cell   # 5-7 per cell
            """)
    }

    @Test("an axis over more than three decades is logarithmic, with zeros on its edge")
    func logarithmic() {
        let decades: [Double] = [1, 10, 100, 1000, 10_000]
        let points = (0..<60).map { index -> Scatter.Point in
            let x: Double = index == 0 ? 0 : decades[index % 5] * Double(1 + index % 9)
            return Scatter.Point(x, Double(index))
        }
        let chart = Scatter(
            title: "calls", x: .init("tokens", .count), y: .init("errors", .count), points: points + [.init(.nan, 1)],
            heightInRows: 8)
        expectPicture(
            chart.lines(Scenes.style(60)),
            """
            calls: 60 points, tokens 0 to 90,000, errors 0 to 59, 1
            without both values.
            60 ┤   ·            ·            ·           ·  ○        ·
               │        ·     ·     ·      ·    ·       ·           ·
            40 ┤·      ·           ·           ·      ·    ·       ·   ·
               │          ··       ·     ·     ·           ·          ·
               │      ·   ·          ··             ·     ·       ·   ·
            20 ┤     ·           ·   ·        ·  ○              ·
               │   ·     ·      ·            ·           ·  ○        ·
               │·       ·     ·     ·      ·    ·       ·           ·
             0 ┼┬──────────┬──────────┬──────────┬──────────┬──────────┬
                1          10         100        1,000      10k     100k
            x: tokens (log scale)   y: errors   · 1 per cell
            ○ 2 per cell   1 at or below zero, drawn on the edge
            """)
    }

    @Test("an alert's states are drawn below its measure")
    func firing() {
        expectPicture(
            Scenes.firing.lines(Scenes.style()),
            """
            count over 15m, 360 evaluations every 1m: 3 firings of 3 series, 57m 00s in
            total, longest 29m 00s of gpt-4o from 09:31 on 21 Nov, highest 9 at 09:36 on 21
            Nov, threshold count > 5.
                           10 ┤                ●●
                              │               ●  ●        ○○○
                              │              ●    ●      ○  ○         ◆◆
                              │             ●     ●     ○    ○       ◆  ◆
                            5 ┤╌╌╌╌╌╌╌╌╌╌╌●●╌╌╌╌╌╌╌●●╌╌○○╌╌╌╌╌○○╌╌╌◆◆╌╌╌╌◆◆╌╌╌╌ count > 5 ╌
                              │          ●           ●○         ○ ◆        ◆
                              │          ●           ○●          ○◆        ◆
                              │●●●●●●●●●●○○○○○○○○○○○○◆◆●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●
                            0 ┼┬─────────┬─────────┬─────────┬─────────┬─────────┬─────────
                               08:00     09:00     10:00     11:00     12:00     13:00
                               21 Nov                                                   UTC
            ● gpt-4o   ○ claude-sonnet-4   ◆ gemini-2.5-pro   ╌ count > 5
                     ● gpt-4o │─────────────▒▒█████────────────────────────────────────────
            ○ claude-sonnet-4 │──────────────────────────▒████─────────────────────────────
             ◆ gemini-2.5-pro │──────────────────────────────────────▒▒██─────────×××××××××
            █ firing   ▒ pending   ─ inactive   × no value
            each column shows maximum and worst state of 6 evaluations
            """)
        expectPicture(
            Scenes.firing.lines(Scenes.style(60, .ascii)),
            """
            count over 15m, 360 evaluations every 1m: 3 firings of 3
            series, 57m 00s in total, longest 29m 00s of gpt-4o from
            09:31 on 21 Nov, highest 9 at 09:36 on 21 Nov, threshold
            count > 5.
                         10 +          **
                            |         *  *     oo
                            |         *  *    o o      ++
                            |        *    *  o   o    + +
                          5 +=======**=====*=o====o==+===+===========
                            |      *       *o      o+     +
                            |      *       o*      o+     +
                            |******ooooooooo+************************
                          0 ++------------+------------+-------------
                             08:00        10:00        12:00
                             21 Nov                               UTC
            * gpt-4o   o claude-sonnet-4   + gemini-2.5-pro
            = count > 5
                   * gpt-4o |---------:####--------------------------
            o claude-sonne~ |-----------------:###-------------------
            + gemini-2.5-p~ |-------------------------:##------xxxxxx
            # firing   : pending   - inactive   x no value
            each column shows maximum and worst state of 9 evaluations
            """)
        var single = Scenes.firing
        single.series = [.init("", values: single.series[0].values.map { $0.map { $0 / 2 } }, states: [])]
        expectPicture(
            single.lines(Scenes.style(60)),
            """
            count over 15m, 360 evaluations every 1m: never fires,
            highest 5 at 09:36 on 21 Nov, threshold count > 5.
                5 ┤╌ count > 5 ╌⣀⡀╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
                  │            ⢀⠇⠘⡄
                  │            ⡎  ⠓⡆
                  │           ⡏⠁   ⠉⡇
                  │          ⡏⠁     ⣇⡀
                  │         ⡤⠇       ⠧⡄
                  │        ⡖⠃         ⢣
                  │⣀⣀⣀⣀⣀⣀⣀⡰⠁           ⣇⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡀
                0 ┼┬───────┬────────┬───────┬────────┬───────┬─────────
                   08:00   09:00    10:00   11:00    12:00   13:00
                   21 Nov                                           UTC
            ╌ count > 5
            state │────────────────────────────────────────────────────
            ─ inactive
            each column shows maximum and worst state of 7 evaluations
            """)
    }

    @Test("firings by threshold, with the chosen threshold marked")
    func curve() {
        expectPicture(
            Scenes.curve.lines(Scenes.style(60)),
            """
            count over 15m: 6 thresholds tested, 40 firings at 1, 0
            firings at 50, chosen 10 with 3 firings.
            40 ┤ ⠉⡇        ┊
               │  ⡇        ┊
            30 ┤  ⡇        ┊
               │  ⠧⠤⠤⡄     ┊
            20 ┤     ⡇     ┊
               │     ⡇     ┊
            10 ┤     ⠉⠉⠉⠉⠉⠉⡇
               │╌╌╌╌╌╌╌╌╌╌╌◆⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⣆⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡀
             0 ┼┬──────────┬──────────┬──────────┬──────────┬──────────┬
                0          10         20         30         40        50
            x: threshold of count over 15m   y: firings   ╌ aim 4
            ┊ chosen 10
            """)
        expectPicture(
            Scenes.curve.lines(Scenes.style(60, .ascii)),
            """
            count over 15m: 6 thresholds tested, 40 firings at 1, 0
            firings at 50, chosen 10 with 3 firings.
            40 + ..        !
               |  .        !
            30 +  .        !
               |  ....     !
            20 +     .     !
               |     .     !
            10 +     .......
               |===========@............................................
             0 ++----------+----------+----------+----------+----------+
                0          10         20         30         40        50
            x: threshold of count over 15m   y: firings   = aim 4
            ! chosen 10
            """)
        let none = StepCurve(name: "count", type: .count, points: [])
        #expect(none.lines(Scenes.style()) == ["count: no thresholds tested."])
    }

    @Test("groups over time are bars with `as bars`, and one chart per group with `as columns`")
    func barsAndColumns() {
        let bars = renderer.lines(Scenes.series, title: "errors", form: "bars")
        #expect(bars.contains { $0.hasPrefix("21 Nov 09:00     96  █") })
        let columns = renderer.lines(Scenes.groupedSeries, title: "errors by type", form: "columns")
        #expect(columns.filter { $0.hasPrefix("count of ") }.count == 3)
        let many = Scenes.answer(
            [.init("time", .time), .init("type", .text), .init("error_rate", .ratio)],
            (0..<8).map { [.time(Scenes.day.starts[0]), .text("g\($0)"), Scenes.ratio(1, 9)] },
            .groupedSeries(Scenes.day, keys: 1))
        #expect(renderer.lines(many, title: "x").last == "2 more groups not drawn")
    }

    @Test(
        "a form that does not fit falls back to the default chart and says what it needs",
        arguments: [
            ("bars", Scenes.points, "`as bars` needs groups (`by FIELD`)"),
            ("columns", Scenes.byTwo, "`as columns` needs time buckets (`every 1h`)"),
            ("line", Scenes.bins, "`as line` needs time buckets (`every 1h`)"),
            ("stack", Scenes.series, "`as stack` needs groups and time buckets (`by FIELD every 1h`)"),
            ("spark", Scenes.bins, "`as spark` needs time buckets (`every 1h`)"),
            ("heatmap", Scenes.bins, "`as heatmap` needs two fields (`by weekday, hour`), or a field and time buckets"),
            ("histogram", Scenes.byTwo, "`as histogram` needs bins of a numeric field (`by latency`)"),
            ("scatter", Scenes.byTwo, "`as scatter` needs two numeric columns (`show latency, output_tokens`)"),
        ])
    func fallback(_ form: String, _ answer: Answer, _ words: String) {
        let renderer = AnswerRenderer(Scenes.style(200))
        let lines = renderer.lines(answer, title: "errors", form: form)
        #expect(lines.dropLast() == renderer.lines(answer, title: "errors")[...])
        #expect(lines.last == words + "; showing the default chart")
    }

    @Test("unknown words after `as` change nothing, and every form draws something for every shape")
    func everyForm() {
        #expect(renderer.lines(Scenes.series, title: "errors", form: "csv") == renderer.lines(Scenes.series, title: "errors"))
        for form in PictureForm.all {
            for answer in [
                Scenes.series, Scenes.seriesBefore, Scenes.bins, Scenes.week, Scenes.byTwo, Scenes.groupedSeries, Scenes.points,
            ] {
                #expect(!renderer.lines(answer, title: "errors", form: form.form.name).isEmpty)
            }
        }
    }

    @Test("a listing too narrow for half of its columns shows each row as a record")
    func records() {
        var options = TableOptions()
        options.numbersRows = true
        expectPicture(
            TableRenderer(Scenes.style(24)).lines(Scenes.listing, options),
            """
            1  time      21 Nov 13:…
               severity  ERROR
               type      timeout
               model     gpt-4o-202…
               latency   30.0s
               cost      <$0.01
               message   Request ti…

            2  time      21 Nov 13:…
               severity  WARNING
               type      rate_limit
               model     claude-son…
               latency   212ms
               cost      –
               message   429 Too ma…

            3  time      20 Nov 09:…
               severity  CRITICAL
               type      authentica…
               model     –
               latency   3.0s
               cost      $12.34
               message   Incorrect …
            """)
    }

    @Test("`as record` shows each row as a record, at every width")
    func recordForm() {
        let lines = AnswerRenderer(Scenes.style()).lines(Scenes.points, title: "calls", form: "record")
        let columns = Scenes.points.table.columns.map(\.name)
        #expect(lines.count == Scenes.points.table.rows.count * (columns.count + 1) - 1)
        #expect(lines.prefix(columns.count).enumerated().allSatisfy { $0.element.contains(columns[$0.offset]) }, "\(lines)")
        #expect(lines[0].hasPrefix("1  ") && lines[columns.count].isEmpty && lines[columns.count + 1].hasPrefix("2  "))
    }

    @Test(
        "numeric axes end at round values and contain every value",
        arguments: [ValueType.count, .number, .duration, .money, .ratio])
    func axes(_ type: ValueType) throws {
        for values in [[0, 7], [3, 3], [-5, 12], [0.001, 0.0012], [1, 1e7], [0, 0], [1e-9, 1e9], [5e299, 1e300]] as [[Double]] {
            let axis = try #require(NumberAxis(values, type: type, steps: 5))
            #expect(axis.low <= (values.min() ?? 0) * (axis.low > 0 ? 1.000001 : 1) && axis.high * 1.000001 >= values.max() ?? 0)
            #expect(axis.ticks.count >= 2 && axis.ticks.count <= 14, "\(values)")
            #expect(values.allSatisfy { (0...1).contains(axis.fraction($0)) })
            #expect(axis.isLogarithmic == (values[0] > 0 && values[1] / values[0] > 1000))
        }
        #expect(NumberAxis([], type: type, steps: 5) == nil && NumberAxis([.nan, .infinity], type: type, steps: 5) == nil)
    }
}
