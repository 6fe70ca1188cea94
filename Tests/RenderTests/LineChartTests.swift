import Model
import Testing

@testable import Render

@Suite("Lines over time")
struct LineChartTests {
    @Test("a line of one measure; the partial bucket is separate")
    func line() {
        expectPicture(
            AnswerRenderer(Scenes.style()).lines(Scenes.series, title: "errors", form: "line"),
            """
            412 errors in 24 buckets of 1h, peak 96 at 09:00 on 21 Nov, 1 partial.
            100 ┤                                                          ⡦⢄
                │                                                         ⢸  ⠉⢆
                │                                                         ⡎   ⠈⢆
             75 ┤                                                        ⢀⠇    ⠘⡄
                │                                                        ⢸      ⠘⡄
                │                                                        ⡇       ⠱⡀
             50 ┤                                                       ⢰⠁        ⢱
                │                                                       ⡸          ⢣
                │                                                      ⢠⠃           ⠓⠤⣀
             25 ┤                       ⢀⠔⠑⠤⡀                         ⢠⠃               ⠁
                │                    ⣀⡠⠔⠁   ⠈⠢⣀                      ⢠⠃
                │ ○  ⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⠤⠒⠉          ⠑⠤⠤⠤⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⠤⠔⠃
              0 ┼───┬────────┬────────┬────────┬────────┬────────┬────────┬────────┬────
                    15:00    18:00    21:00    00:00    03:00    06:00    09:00    12:00
                 20 Nov                        21 Nov                                UTC
            ○ partial bucket
            """)
        expectPicture(
            AnswerRenderer(Scenes.style(60, .ascii)).lines(Scenes.series, title: "errors", form: "line"),
            """
            412 errors in 24 buckets of 1h, peak 96 at 09:00 on 21 Nov,
            1 partial.
            100 +                                       *.
                |                                       . *
                |                                      .   .
             75 +                                      .   .
                |                                      .    *
                |                                      .    .
             50 +                                     .      .
                |                                     .      .
                |                                     *       *.
             25 +                 *.                 .          *
                |               *.  *.               .
                | o *.*.*.*.*.*.      *.*.*.*.*.*.*.*
              0 +----+-------+-------+-------+-------+-------+---
                     16:00   20:00   00:00   04:00   08:00
                 20 Nov              21 Nov                   UTC
            o partial bucket
            """)
    }

    @Test("a trend with moving average, level change, and anomalies listed with their expected range")
    func trend() {
        var answer = Scenes.series
        answer.trend = Scenes.trend
        expectPicture(
            AnswerRenderer(Scenes.style()).lines(answer, title: "errors"),
            """
            412 errors in 24 buckets of 1h, peak 96 at 09:00 on 21 Nov, 1 partial,
            increasing (Mann-Kendall, p = 0.031), slope +1.25 per bucket, level changed from
            2 to 31 at 07:00 on 21 Nov, 5 anomalous buckets.
            100 ┤                                                   ┊      ◆⢄
                │                                                   ┊     ⢸  ⠉◆
                │                                                   ┊     ⡎   ⠈⢆
             75 ┤                                                   ┊    ⢀⠇    ⠘⡄
                │                                                   ┊    ⢸      ⠘◆
                │                                                   ┊    ⡇       ⠱⡀
             50 ┤                                                   ┊   ⢰⠁        ⢱
                │                                                   ┊   ⡸          ⢣
                │                                                   ┊  ⢠◆           ◆⠤⣀
             25 ┤                       ⢀⠔⠑⠤⡀                       ──⢠⠃───────────────⠁
                │                    ⣀⡠⠔⠁   ⠈⠢⣀─────────────────────┊⢠⠃
                │ ○  ⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⠤⠒⠉───────   ⠑⠤⠤⠤⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⠤⠔⠃
              0 ┼───┬────────┬────────┬────────┬────────┬────────┬────────┬────────┬────
                    15:00    18:00    21:00    00:00    03:00    06:00    09:00    12:00
                 20 Nov                        21 Nov                                UTC
            ─ moving average of 6   ○ partial bucket   ┊ level changed   ◆ anomaly
            anomalies (outside the median ± 3.5 scaled MAD of the previous 6 buckets):
            ◆ 21 Nov 08:00  30  expected 0 – 28.3
            ◆ 21 Nov 09:00  96  expected 0 – 28.3
            ◆ 21 Nov 10:00  88  expected 0 – 28.3
            ◆ 21 Nov 11:00  60  expected 0 – 28.3
            ◆ 21 Nov 12:00  31  expected 0 – 28.3
            """)
        expectPicture(
            AnswerRenderer(Scenes.style(50, .ascii)).lines(answer, title: "errors"),
            """
            412 errors in 24 buckets of 1h, peak 96 at 09:00
            on 21 Nov, 1 partial, increasing (Mann-Kendall, p
            = 0.031), slope +1.25 per bucket, level changed
            from 2 to 31 at 07:00 on 21 Nov, 5 anomalous
            buckets.
            100 +                 ! @
                |                 ! .@
                |                 ! ..
             75 +                 ! . .
                |                 !.  @
                |                 !.  .
             50 +                 !.  .
                |                 !.   .
                |                 !@   @
             25 +        *        -.----*
                |       * *-------.
                |o******-- ********
              0 +----------+-----------+-
                           00:00
                 20 Nov    21 Nov     UTC
            - moving average of 6   o partial bucket
            ! level changed   @ anomaly
            anomalies (outside the median +- 3.5 scaled MAD of
            the previous 6 buckets):
            @ 21 Nov 08:00  30  expected 0 - 28.3
            @ 21 Nov 09:00  96  expected 0 - 28.3
            @ 21 Nov 10:00  88  expected 0 - 28.3
            @ 21 Nov 11:00  60  expected 0 - 28.3
            @ 21 Nov 12:00  31  expected 0 - 28.3
            """)
    }

    @Test("of many anomalies, those farthest from their expected range are listed by time")
    func manyAnomalies() {
        let axis = Scenes.axis(from: "2026-11-20T14:00:00Z", count: 40, each: .hours(1), width: "1h")
        var trend = Scenes.trend
        trend.anomalies = Array(0..<20)
        (trend.lower, trend.upper) = (Array(repeating: 0, count: 40), Array(repeating: 1, count: 40))
        trend.changePoint = nil
        let chart = LineChart(
            axis: axis, series: [.init("errors", (0..<40).map { Double(100 - $0) })], type: .count, name: "errors", trend: trend)
        let list = chart.lines(Scenes.style()).filter { $0.hasPrefix("◆ 20") || $0.hasPrefix("◆ 21") }
        #expect(list.count == 12 && list[0].hasPrefix("◆ 20 Nov 14:00  100  expected 0 – 1"))
        #expect(chart.lines(Scenes.style()).last == "and 8 more, closer to their range")
    }

    @Test("gaps break the line, zero is on the axis, a lone value is a dot")
    func gaps() {
        let axis = Scenes.axis(
            from: "2026-11-21T00:00:00Z", count: 12, each: .hours(1), width: "1h",
            coverage: Window(from: Scenes.at("2026-11-21T02:00:00Z"), to: Scenes.at("2026-11-21T12:00:00Z")))
        let chart = LineChart(
            axis: axis, series: [.init("rate", [0.1, 0.1, 0.02, 0.04, 0, 0, nil, 0.03, nil, nil, 0.01, 0.02])], type: .ratio,
            name: "error_rate", heightInRows: 4)
        expectPicture(
            chart.lines(Scenes.style(60)),
            """
            error_rate in 12 buckets of 1h, peak 4.0% at 03:00 on 21
            Nov, lowest 0% at 04:00 on 21 Nov, no data for 2 of them, no
            value in 3.
            4% ┤           ⢀⠔⠱⡀
               │         ⢀⠔⠁  ⠱⡀             ⠁
            2% ┤         ⠁     ⠱⡀                         ⣀⠤⠒⠁
               │········        ⠱⣀⣀⣀⣀⡀  ××××    ×××××××× ⠉
            0% ┼┬───────┬───────┬───────┬───────┬───────┬──────
                00:00   02:00   04:00   06:00   08:00   10:00
                21 Nov                                      UTC
            · no data   × no value
            """)
        expectPicture(
            chart.lines(Scenes.style(60, .ascii)),
            """
            error_rate in 12 buckets of 1h, peak 4.0% at 03:00 on 21
            Nov, lowest 0% at 04:00 on 21 Nov, no data for 2 of them, no
            value in 3.
            4% +             *
               |           .. ..             *
            2% +         *.     .                           .*
               |????????         *...*  xxxx    xxxxxxxx *..
            0% ++-------+-------+-------+-------+-------+------
                00:00   02:00   04:00   06:00   08:00   10:00
                21 Nov                                      UTC
            ? no data   x no value
            """)
    }

    @Test("when several buckets share a column, the line spans from their minimum to their maximum")
    func resampled() {
        let axis = Scenes.axis(from: "2026-11-20T14:00:00Z", count: 1440, each: .minutes(1), width: "1m")
        let values = (0..<1440).map { index -> Double? in index == 700 ? 14 : 4 + Double(index % 7) / 2 }
        let chart = LineChart(
            axis: axis, series: [.init("p95", values)], type: .duration, name: "p95(latency)", heightInRows: 4)
        expectPicture(
            chart.lines(Scenes.style(60)),
            """
            p95(latency) in 1,440 buckets of 1m, peak 14.0s at 01:40 on
            21 Nov, lowest 4.0s at 14:00 on 20 Nov, each column shows
            the range of 27 buckets.
            15s ┤                         ⡆
                │                         ⡇
                │⡗⡗⡧⡧⣇⣇⡷⡗⡗⡧⡧⣇⣇⡷⡗⡗⡧⡧⣇⣇⡷⡗⡗⡧⡧⣇⣇⡷⡗⡗⡧⡧⣇⣇⡷⡗⡗⡧⡧⣇⣇⡷⡗⡗⡧⡧⣇⣇⡷⡗⡗⡧⡧⡇
                │
              0 ┼────┬────────┬────────┬────────┬────────┬───────┬─────
                     16:00    20:00    00:00    04:00    08:00   12:00
                 20 Nov                21 Nov                       UTC
            """)
    }

    @Test("lines of groups have different glyphs, the first on top")
    func groups() {
        expectPicture(
            AnswerRenderer(Scenes.style(70)).lines(Scenes.groupedSeries, title: "errors by type", form: "line"),
            """
            786 errors by type in 24 buckets of 1h, peak 96 (rate_limit) at 09:00
            on 21 Nov: rate_limit 412, timeout 242, server_error 132.
            100 ┤                                       ●●
                │                                       ● ●
                │                                      ●   ●
             75 ┤                                      ●   ●
                │                                      ●    ●
                │                                      ●    ●
             50 ┤                                     ● ○○○  ●
                │       ○                             ●○   ○ ●
                │      ○○                             ●○◆◆◆◆○ ●●
             25 ┤      ○ ○        ●●                 ●○◆    ◆○  ●
                │     ○  ○      ●●○○●●               ●○       ○○○
                │ ●●●●●●●●●●●●●●○○◆◆○○●●●●●●●●●●●●●●●○          ◆
              0 ┼────┬───────┬───────┬───────┬───────┬───────┬───
                     16:00   20:00   00:00   04:00   08:00
                 20 Nov              21 Nov                   UTC
            ● rate_limit 412   ○ timeout 242   ◆ server_error 132
            """)
        expectPicture(
            AnswerRenderer(Scenes.style(70, .ascii)).lines(Scenes.groupedSeries, title: "errors by type", form: "line"),
            """
            786 errors by type in 24 buckets of 1h, peak 96 (rate_limit) at 09:00
            on 21 Nov: rate_limit 412, timeout 242, server_error 132.
            100 +                                       **
                |                                       * *
                |                                      *   *
             75 +                                      *   *
                |                                      *    *
                |                                      *    *
             50 +                                     * ooo  *
                |       o                             *o   o *
                |      oo                             *o++++o **
             25 +      o o        **                 *o+    +o  *
                |     o  o      **oo**               *o       ooo
                | **************oo++oo***************o          +
              0 +----+-------+-------+-------+-------+-------+---
                     16:00   20:00   00:00   04:00   08:00
                 20 Nov              21 Nov                   UTC
            * rate_limit 412   o timeout 242   + server_error 132
            """)
    }

    @Test("groups that are not drawn are counted")
    func manyGroups() {
        let axis = Scenes.axis(from: "2026-11-21T00:00:00Z", count: 3, each: .hours(1), width: "1h")
        var chart = LineChart(
            axis: axis, series: (0..<8).map { .init("g\($0)", [1, 2, 3]) }, type: .count, name: "errors by model")
        chart.hiddenGroups = 3
        #expect(chart.summary(Scenes.style()).hasSuffix("; 5 more groups not drawn."))
        #expect(chart.summary(Scenes.style()).hasPrefix("errors by model in 3 buckets of 1h"))
    }

    @Test("a threshold is a line with a label, and the axis includes it")
    func threshold() {
        let chart = LineChart(
            axis: Scenes.day, series: [.init("errors", Scenes.errors)], type: .count, name: "errors",
            thresholds: [.init(120, "count > 120"), .init(.nan, "nothing")], heightInRows: 6)
        expectPicture(
            chart.lines(Scenes.style(64)),
            """
            412 errors in 24 buckets of 1h, peak 96 at 09:00 on 21 Nov.
            150 ┤
                │╌ count > 120 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
            100 ┤                                      ⢠⠋⠑⠢⡀
                │                                     ⢀⠎   ⠑⢄
             50 ┤                                     ⡜      ⠣⣀⡀
                │ ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡠⠤⠤⠤⠒⠉⠑⠒⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡠⠊         ⠈⠁
              0 ┼────┬───────┬───────┬───────┬───────┬───────┬───
                     16:00   20:00   00:00   04:00   08:00
                 20 Nov              21 Nov                   UTC
            ╌ count > 120
            """)
    }
}
