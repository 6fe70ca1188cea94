import Model
import Testing

@testable import Render

@Suite("Columns over time")
struct ColumnChartTests {
    static let cut = TimeAxis(
        starts: Scenes.day.starts, end: Scenes.day.end, width: "1h",
        window: Window(from: Scenes.at("2026-11-20T14:05:00Z"), to: Scenes.now),
        coverage: Window(from: Scenes.at("2026-11-20T00:00:00Z"), to: Scenes.now), zone: .utc)
    static let gapAxis = TimeAxis(
        starts: Scenes.day.starts, end: Scenes.day.end, width: "1h", window: Scenes.day.window,
        coverage: Window(from: Scenes.at("2026-11-20T22:30:00Z"), to: Scenes.at("2026-11-21T09:00:00Z")), zone: .utc)
    static let morning = Scenes.axis(from: "2026-11-21T08:00:00Z", count: 4, each: .hours(1), width: "1h")

    @Test("a day of errors has round ticks, calendar labels and a mark on the partial bucket")
    func day() {
        let chart = ColumnChart(axis: Self.cut, values: Scenes.errors, type: .count, name: "errors")
        expectPicture(
            chart.lines(Scenes.style()),
            #"""
            412 errors in 24 buckets of 1h, peak 96 at 09:00 on 21 Nov, 1 partial.
            100 ┤                                                         ▅▅
                │                                                         ██ ██
             75 ┤                                                         ██ ██
                │                                                         ██ ██ ▆▆
             50 ┤                                                         ██ ██ ██
                │                                                      ▃▃ ██ ██ ██ ▄▄
             25 ┤                        ██ ▁▁                         ██ ██ ██ ██ ██ ▇▇
                │░░ ▃▃ ▁▁       ▁▁ ▄▄ ██ ██ ██ ▃▃ ▂▂ ▁▁ ▁▁          ▃▃ ██ ██ ██ ██ ██ ██
              0 ┼───┬────────┬────────┬────────┬────────┬────────┬────────┬────────┬────
                    15:00    18:00    21:00    00:00    03:00    06:00    09:00    12:00
                 20 Nov                        21 Nov                                UTC
            ░ partial bucket
            """#)
        expectPicture(
            chart.lines(Scenes.style(60, .ascii)),
            #"""
            412 errors in 24 buckets of 1h, peak 96 at 09:00 on 21 Nov,
            1 partial.
            100 +                                      ..
                |                                      ####
             75 +                                      ####
                |                                      ######
             50 +                                      ######
                |                                    ..######..
             25 +                ##                  ############
                |::....    ....######........      ..############
              0 +----+-------+-------+-------+-------+-------+---
                     16:00   20:00   00:00   04:00   08:00
                 20 Nov              21 Nov                   UTC
            : partial bucket
            """#)
    }

    @Test("a bucket without data is a gap, and so is one without a value")
    func gaps() {
        let rates: [Double?] = Scenes.errors.enumerated().map { index, errors in
            index > 13 && index < 19 ? nil : errors.map { $0 / 812 }
        }
        let chart = ColumnChart(axis: Self.gapAxis, values: rates, type: .ratio, name: "error_rate", heightInRows: 6)
        expectPicture(
            chart.lines(Scenes.style()),
            #"""
            error_rate in 24 buckets of 1h, peak 3.1% at 22:00 on 20 Nov, lowest 0.12% at
            03:00 on 21 Nov, no data for 13 of them, no value in 5, 1 partial.
            4% ┤
               │                        ░░
               │                        ░░
            2% ┤                        ░░ ▅▅
               │                        ░░ ██
               │······· no data ········░░ ██ ▆▆ ▄▄ ▃▃ ▁▁ ×× no value ×××·· no data ···
            0% ┼───┬────────┬────────┬────────┬────────┬────────┬────────┬────────┬────
                   15:00    18:00    21:00    00:00    03:00    06:00    09:00    12:00
                20 Nov                        21 Nov                                UTC
            ░ partial bucket   · no data   × no value
            """#)
        expectPicture(
            chart.lines(Scenes.style(80, .ascii)),
            #"""
            error_rate in 24 buckets of 1h, peak 3.1% at 22:00 on 20 Nov, lowest 0.12% at
            03:00 on 21 Nov, no data for 13 of them, no value in 5, 1 partial.
            4% +
               |                        ::
               |                        ::
            2% +                        :: ..
               |                        :: ##
               |??????? no data ????????:: ## .. .. .. .. xx no value xxx?? no data ???
            0% +---+--------+--------+--------+--------+--------+--------+--------+----
                   15:00    18:00    21:00    00:00    03:00    06:00    09:00    12:00
                20 Nov                        21 Nov                                UTC
            : partial bucket   ? no data   x no value
            """#)
    }

    @Test("an axis gets intermediate steps if they need at most a quarter more room")
    func stepsBetween() {
        let tall = Scale(to: 219, type: .count, height: 12), low = Scale(to: 219, type: .count, height: 3)
        #expect(tall.steps == 6 && tall.top == 300)
        #expect(low.steps == 1 && low.top == 250)
        #expect(Scale(to: 96, type: .count, height: 8).steps == 4)
    }

    @Test("zero draws only the axis; a missing bucket is marked")
    func zeroIsNotMissing() {
        let chart = ColumnChart(
            axis: Self.morning, values: [0, nil, 0.5, 0], type: .number, name: "per_minute(errors)", heightInRows: 2)
        expectPicture(
            chart.lines(Scenes.style(50)),
            #"""
            per_minute(errors) in 4 buckets of 1h, peak
            0.5/min at 10:00 on 21 Nov, lowest 0/min at 08:00
            on 21 Nov, no value in 1.
            0.5 ┤                  ████████
                │         ×××××××××████████
              0 ┼┬────────┬────────┬────────┬───────
                 08:00    09:00    10:00    11:00
                 21 Nov                          UTC
            × no value
            """#)
    }

    @Test("an axis of zeros has no top label")
    func allZero() {
        let chart = ColumnChart(axis: Self.morning, values: [0, 0, 0, 0], type: .count, name: "errors", heightInRows: 2)
        expectPicture(
            chart.lines(Scenes.style(50)),
            #"""
            0 errors in 4 buckets of 1h.
              │
              │
            0 ┼┬────────┬────────┬────────┬───────
               08:00    09:00    10:00    11:00
               21 Nov                          UTC
            """#)
    }

    @Test("days follow the zone through the autumn clock change")
    func daysOfAutumn() {
        let axis = Scenes.days(Scenes.berlin, from: 2026, 10, 19, count: 14)
        #expect(axis.bucket(6).length == .hours(25))
        let chart = ColumnChart(
            axis: axis, values: (0..<14).map { Double($0 + 1) }, type: .count, name: "errors", heightInRows: 4)
        expectPicture(
            chart.lines(Scenes.style(80, zone: Scenes.berlin)),
            #"""
            105 errors in 14 buckets of 1d, peak 14 on 1 Nov.
            20 ┤
               │                                                  ▂▂▂▂ ▃▃▃▃ ▅▅▅▅ ▆▆▆▆
            10 ┤                         ▂▂▂▂ ▃▃▃▃ ▅▅▅▅ ▆▆▆▆ ████ ████ ████ ████ ████
               │▂▂▂▂ ▃▃▃▃ ▅▅▅▅ ▆▆▆▆ ████ ████ ████ ████ ████ ████ ████ ████ ████ ████
             0 ┼─────┬─────────┬─────────┬─────────┬─────────┬─────────┬─────────┬───
                     20 Oct    22 Oct    24 Oct    26 Oct    28 Oct    30 Oct
                                                        Europe/Berlin (+02, then +01)
            """#)
    }

    @Test("days follow the zone through the spring clock change")
    func daysOfSpring() {
        let axis = Scenes.days(Scenes.berlin, from: 2026, 3, 28, count: 3)
        #expect(axis.bucket(1).length == .hours(23))
        let chart = ColumnChart(axis: axis, values: [1, 2, 4], type: .count, name: "errors", heightInRows: 4)
        expectPicture(
            chart.lines(Scenes.style(60, zone: Scenes.berlin)),
            #"""
            7 errors in 3 buckets of 1d, peak 4 on 30 Mar.
            4 ┤                  ████████
              │                  ████████
            2 ┤         ████████ ████████
              │████████ ████████ ████████
            0 ┼┬────────┬────────┬───────
               28 Mar   29 Mar   30 Mar  Europe/Berlin (+01, then +02)
            """#)
    }

    @Test("a 25-hour day has its labels on clock hours")
    func hoursOfAutumn() {
        let window = Window(from: Scenes.at("2026-10-24T22:00:00Z"), to: Scenes.at("2026-10-25T23:00:00Z"))
        let axis = TimeAxis(
            starts: (0..<25).map { window.from + .hours($0) }, end: window.to, width: "1h", window: window, coverage: window,
            zone: Scenes.berlin)
        let chart = ColumnChart(
            axis: axis, values: (0..<25).map { Double($0 % 5) }, type: .count, name: "errors", heightInRows: 4)
        expectPicture(
            chart.lines(Scenes.style(90, zone: Scenes.berlin)),
            #"""
            50 errors in 25 buckets of 1h, peak 4 at 03:00 on 25 Oct.
            4 ┤            ██             ██             ██             ██             ██
              │         ██ ██          ██ ██          ██ ██          ██ ██          ██ ██
            2 ┤      ██ ██ ██       ██ ██ ██       ██ ██ ██       ██ ██ ██       ██ ██ ██
              │   ██ ██ ██ ██    ██ ██ ██ ██    ██ ██ ██ ██    ██ ██ ██ ██    ██ ██ ██ ██
            0 ┼┬───────────┬────────┬────────┬────────┬────────┬────────┬────────┬───────
               00:00       03:00    06:00    09:00    12:00    15:00    18:00    21:00
               25 Oct                                       Europe/Berlin (+02, then +01)
            """#)
    }

    @Test("a one-minute peak survives a day drawn in 54 columns, and the summary says how")
    func resampled() {
        let axis = Scenes.axis(from: "2026-11-20T14:05:00Z", count: 1440, each: .minutes(1), width: "1m")
        let values = (0..<1440).map { index -> Double? in index == 700 ? 14 : Double(index % 7) / 10 }
        let chart = ColumnChart(axis: axis, values: values, type: .duration, name: "p95(latency)", heightInRows: 4)
        expectPicture(
            chart.lines(Scenes.style(60)),
            #"""
            p95(latency) in 1,440 buckets of 1m, peak 14.0s at 01:45 on
            21 Nov, lowest 0s at 14:05 on 20 Nov, each column shows the
            highest of 27 buckets.
            15s ┤                         ▆
                │                         █
                │                         █
                │▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
              0 ┼────┬────────┬────────┬───────┬────────┬────────┬─────
                     16:00    20:00    00:00   04:00    08:00    12:00
                 20 Nov                21 Nov                       UTC
            """#)
    }

    @Test("a year and a half has month labels, with years below")
    func months() {
        let axis = Scenes.axis(from: "2025-06-01T00:00:00Z", count: 500, each: .days(1), width: "1d")
        let values = (0..<500).map { index -> Double? in Double(index % 50) * 1000 }
        let chart = ColumnChart(axis: axis, values: values, type: .money, name: "cost", heightInRows: 4)
        expectPicture(
            chart.lines(Scenes.style(70)),
            #"""
            cost in 500 buckets of 1d, peak $49,000 on 2025-07-20, lowest $0 on
            2025-06-01, each column shows the highest of 8 buckets.
            $50k ┤    ▁▆▇    ▅▇    ▄▇    ▂▇    ▁▆▇    ▅▇    ▄▇    ▂▇    ▁▆▇    ▅▇
                 │   ▄███  ▃███  ▁▆██   ▅██   ▄███  ▃███  ▁▆██   ▅██   ▄███  ▃███
            $25k ┤ ▂▇████ ▅████ ▄████ ▃████ ▂▇████ ▅████ ▄████ ▃████ ▂▇████ ▅████
                 │▄████████████▇█████▆█████▄████████████▇█████▆█████▄████████████
              $0 ┼───┬───────┬───────┬──────┬───────┬──────┬───────┬───────┬─────
                     Jul     Sep     Nov    Jan     Mar    May     Jul     Sep
                  2025                                                        UTC
            """#)
    }

    @Test("the groups of a stack differ by fill, and the legend has their totals")
    func stack() {
        expectPicture(
            Scenes.stacked.lines(Scenes.style(60)),
            #"""
            145 errors by type in 6 buckets of 1h, peak 80 at 10:00 on
            21 Nov: rate_limit 75, timeout 45, server_error 22, other (3
            groups) 3.
            80 ┤                  ▚▚▚▚▚▚▚▚
               │                  ░░░░░░░░
            60 ┤                  ░░░░░░░░
               │                  ░░░░░░░░
            40 ┤                  ████████ ▚▚▚▚▚▚▚▚
               │                  ████████ ░░░░░░░░
            20 ┤         ░░░░░░░░ ████████ ████████
               │████████ ████████ ████████ ████████          ████████
             0 ┼┬────────┬────────┬────────┬────────┬────────┬───────
                08:00    09:00    10:00    11:00    12:00    13:00
                21 Nov                                            UTC
            █ rate_limit 75   ░ timeout 45   ▚ server_error 22
            ∙ other (3 groups) 3
            """#)
        expectPicture(
            Scenes.stacked.lines(Scenes.style(60, .ascii)),
            #"""
            145 errors by type in 6 buckets of 1h, peak 80 at 10:00 on
            21 Nov: rate_limit 75, timeout 45, server_error 22, other (3
            groups) 3.
            80 +                  xxxxxxxx
               |                  ========
            60 +                  ========
               |                  ========
            40 +                  ######## xxxxxxxx
               |                  ######## ========
            20 +         ======== ######## ########
               |######## ######## ######## ########          ########
             0 ++--------+--------+--------+--------+--------+-------
                08:00    09:00    10:00    11:00    12:00    13:00
                21 Nov                                            UTC
            # rate_limit 75   = timeout 45   x server_error 22
            . other (3 groups) 3
            """#)
    }

    @Test("groups after the sixth are folded into other, and the total is unchanged")
    func stackFolds() {
        let series = (0..<9).map { StackedColumns.Series("g\($0)", [Double($0 + 1), 1]) }
        let axis = Scenes.axis(from: "2026-11-21T08:00:00Z", count: 2, each: .hours(1), width: "1h")
        let sentence = StackedColumns(axis: axis, series: series, name: "errors by model").summary(Scenes.style())
        #expect(sentence.hasPrefix("54 errors by model in 2 buckets of 1h, peak 45 at 08:00 on 21 Nov: g0 2, "))
        #expect(sentence.hasSuffix("g5 7, other (3 groups) 27."))
    }

    @Test("years other than the current one are shown")
    func years() {
        let chart = ColumnChart(
            axis: Scenes.days(.utc, from: 2024, 2, 27, count: 4), values: [1, 2, 3, 1], type: .count, name: "errors")
        #expect(chart.summary(Scenes.style()) == "7 errors in 4 buckets of 1d, peak 3 on 2024-02-29.")
        #expect(chart.summary(Style(zone: .utc)) == "7 errors in 4 buckets of 1d, peak 3 on 2024-02-29.")
    }

    @Test("axis steps are 1, 2, 2.5 or 5, integers for counts, and clock units for durations")
    func steps() {
        #expect(Scale.step(atLeast: 0.21, .number) == 0.25)
        #expect(Scale.step(atLeast: 1.1, .number) == 2)
        #expect(Scale.step(atLeast: 2.1, .number) == 2.5)
        #expect(Scale.step(atLeast: 2.1, .count) == 5)
        #expect(Scale.step(atLeast: 21, .count) == 25)
        #expect(Scale.step(atLeast: 0.3, .count) == 1)
        #expect(Scale.step(atLeast: 70, .duration) == 120)
        #expect(Scale.step(atLeast: 0.03, .duration) == 0.05)
        for exponent in 0..<12 {
            let step = Scale.step(atLeast: 3 * Double(DecimalText.power(exponent)), .count)
            #expect(step == 5 * Double(DecimalText.power(exponent)))
        }
    }
}
