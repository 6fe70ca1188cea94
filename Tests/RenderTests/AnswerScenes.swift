import Model
import Render
import TestSupport

/// Answers drawn by the chart tests.
extension Scenes {
    static func answer(_ columns: [ResultColumn], _ rows: [[Value]], _ shape: AnswerShape) -> Answer {
        var answer = Answer(table: ResultTable(columns: columns, rows: rows), shape: shape, receipt: receipt)
        answer.receipt.isCut = false
        answer.receipt.found = nil
        return answer
    }

    static func ms(_ n: Int64) -> Value { .duration(.milliseconds(n)) }

    /// Errors of a week by weekday and hour; the engine omits hours without errors. The window ends on Saturday at 14:05.
    static let week: Answer = {
        let names = ["mon", "tue", "wed", "thu", "fri", "sat"]
        var rows: [[Value]] = []
        for (day, name) in names.enumerated() {
            for hour in 0..<24 where day < 5 || hour < 15 {
                let office = hour > 7 && hour < 18 ? 60 - abs(hour - 13) * 8 : hour % 5
                let n = Int64(day == 5 ? office / 6 : office) + (day == 2 && hour == 15 ? 70 : 0)
                if n > 0 { rows.append([.text(name), .count(Int64(hour)), .count(n)]) }
            }
        }
        var answer = Scenes.answer(
            [.init("weekday", .text), .init("hour", .count), .init("count", .count)], rows, .groups(keys: 2))
        answer.receipt.window = Window(from: at("2026-11-16T00:00:00Z"), to: now)
        return answer
    }()

    /// Errors by two fields, as from `errors by type, provider`: pairs without errors have no rows.
    static let byTwo: Answer = {
        let counts: [(String, [Int64])] = [
            ("rate_limit", [412, 96, 0]), ("timeout", [120, 33, 7]), ("server_error", [0, 54, 2]), ("parse_error", [1, 0, 0]),
        ]
        var rows: [[Value]] = []
        for (type, values) in counts {
            for (place, provider) in ["openai", "anthropic", "google"].enumerated() where values[place] > 0 {
                rows.append([.text(type), .text(provider), .count(values[place])])
            }
        }
        return Scenes.answer([.init("type", .text), .init("provider", .text), .init("count", .count)], rows, .groups(keys: 2))
    }()

    /// Calls by latency in unsorted bins; two ranges are empty, some calls have no latency.
    static let bins: Answer = {
        let bins: [(Value, Int64)] = [
            (.range(ms(1000), ms(2000)), 120), (.range(ms(100), ms(200)), 12), (.missing, 9), (.range(ms(200), ms(500)), 55),
            (.range(ms(5000), ms(10_000)), 31), (.range(ms(2000), ms(5000)), 77), (.range(ms(20_000), .missing), 1),
        ]
        return Scenes.answer(
            [.init("latency", .duration), .init("count", .count)], bins.map { [$0.0, .count($0.1)] }, .groups(keys: 1))
    }()

    /// The errors of a day by hour; the window truncates the first bucket.
    static let dayCut = TimeAxis(
        starts: day.starts, end: day.end, width: "1h", window: Window(from: at("2026-11-20T14:05:00Z"), to: day.end),
        coverage: Window(from: at("2026-11-20T00:00:00Z"), to: day.end), zone: .utc)

    static let series: Answer = {
        let rows = zip(day.starts, errors).map { start, value in [Value.time(start), value.map { .count(Int64($0)) } ?? .missing]
        }
        return Scenes.answer([.init("time", .time), .init("count", .count)], rows, .series(dayCut))
    }()

    static let before = Baseline(
        window: Window(from: at("2026-11-19T14:05:00Z"), to: at("2026-11-20T14:05:00Z")), name: "before", columns: [1: 2])

    /// The same compared with the previous day.
    static let seriesBefore: Answer = {
        var answer = series
        answer.table.columns.append(.init("count before", .count))
        for index in answer.table.rows.indices { answer.table.rows[index].append(.count(Int64(20 + index * 7 % 30))) }
        answer.baseline = before
        return answer
    }()

    /// The findings of an analysis of the day's errors.
    static let trend = Trend(
        method: .mad, windowInBuckets: 6, movingAverage: errors.indices.map { $0 < 6 ? nil : Double($0) },
        lower: errors.indices.map { $0 < 6 ? nil : 0 }, upper: errors.indices.map { $0 < 6 ? nil : 28.25 },
        anomalies: [18, 19, 20, 21, 22], slopePerBucket: 1.25, direction: .increasing, test: "Mann-Kendall, p = 0.031",
        changePoint: .init(index: 17, before: 2, after: 31))

    /// Errors by hour and type, with every group in every bucket.
    static let groupedSeries: Answer = {
        var rows: [[Value]] = []
        for (bucket, start) in day.starts.enumerated() {
            for (place, type) in ["rate_limit", "timeout", "server_error"].enumerated() {
                let value = Int64(errors[bucket] ?? 0) / Int64(place + 1) + (place == 1 && bucket == 3 ? 40 : 0)
                rows.append([.time(start), .text(type), .count(value)])
            }
        }
        return Scenes.answer(
            [.init("time", .time), .init("type", .text), .init("count", .count)], rows, .groupedSeries(day, keys: 1))
    }()

    /// Calls with latency and tokens; some without tokens.
    static let points: Answer = {
        var generator = SeededGenerator(seed: 4)
        let rows = (0..<200).map { index -> [Value] in
            let tokens = Int64(generator.next() % 900) + 20
            return [
                .time(now - .seconds(index)), ms(300 + tokens * 4 + Int64(generator.next() % 900)),
                index % 25 == 0 ? .missing : .count(tokens),
            ]
        }
        return Scenes.answer([.init("time", .time), .init("latency", .duration), .init("output_tokens", .count)], rows, .listing)
    }()

    /// An alert over six hours for three models, one of which has no value for a while.
    static let firing: FiringChart = {
        let axis = Scenes.axis(from: "2026-11-21T08:00:00Z", count: 360, each: .minutes(1), width: "1m")
        let series = ["gpt-4o", "claude-sonnet-4", "gemini-2.5-pro"].enumerated().map { place, name -> FiringChart.Series in
            let values = (0..<360).map { minute -> Double? in
                if place == 2 && minute > 300 { return nil }
                return Double(max(0, 9 - place - abs(minute - 100 - 70 * place) / 5))
            }
            var since: Int?
            let states = values.enumerated().map { minute, value -> FiringChart.State in
                guard let value else { return .noValue }
                guard value > 5 else { since = nil; return .inactive }
                since = since ?? minute
                return minute - (since ?? minute) < 10 ? .pending : .firing
            }
            return FiringChart.Series(name, values: values, states: states)
        }
        return FiringChart(
            axis: axis, series: series, threshold: .init(5, "count > 5"), type: .count, name: "count over 15m", heightInRows: 8)
    }()

    static let curve = StepCurve(
        name: "count over 15m", type: .count,
        points: [
            .init(1, firings: 40), .init(2, firings: 22), .init(5, firings: 9), .init(10, firings: 3), .init(20, firings: 1),
            .init(50, firings: 0),
        ], chosen: 10, aim: 4, heightInRows: 8)
}
