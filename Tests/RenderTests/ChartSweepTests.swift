import Model
import TestSupport
import Testing

@testable import Render

@Suite("Every chart at every width")
struct ChartSweepTests {
    /// Returns a random value of a type, which may be missing, infinite, huge or negative.
    static func value(_ type: ValueType, _ generator: inout SeededGenerator) -> Value {
        let bits = generator.next()
        if bits % 6 == 0 { return .missing }
        let small = Int64(generator.next() % 2000) - (bits % 13 == 0 ? 1000 : 0)
        let n = bits % 17 == 0 ? Int64(bitPattern: generator.next()) : small
        switch type {
        case .text: return .text(Scenes.hostile[Int(bits % UInt64(Scenes.hostile.count))])
        case .count: return .count(n)
        case .number, .change:
            return .number(
                bits % 19 == 0 ? [.infinity, .nan, -1e308, 1e308, .leastNonzeroMagnitude][Int(bits / 19 % 5)] : Double(n) / 7)
        case .time: return .time(Timestamp(nanoseconds: n))
        case .duration: return .duration(.nanoseconds(n.multipliedReportingOverflow(by: 1_000_003).partialValue))
        case .money: return .money(Money(units: n))
        case .ratio: return Scenes.ratio(abs(small), 2000)
        case .flag: return .flag(bits % 2 == 0)
        }
    }

    static let measured: [ValueType] = [.count, .number, .duration, .money, .ratio, .change]

    static func axis(_ generator: inout SeededGenerator) -> TimeAxis {
        let widths: [Duration] = [.seconds(1), .minutes(5), .hours(1), .days(1), .days(30)]
        return Scenes.axis(
            from: "2026-03-27T22:17:00Z", count: Int(generator.next() % 90), each: widths[Int(generator.next() % 5)], width: "x",
            coverage: Window(from: Scenes.at("2026-03-28T03:00:00Z"), to: Scenes.at("2026-03-29T07:30:00Z")), zone: Scenes.berlin)
    }

    static func trend(_ count: Int, _ generator: inout SeededGenerator) -> Trend {
        func some() -> [Double?] { (0..<count / 2 + 3).map { _ in value(.number, &generator).magnitude } }
        let places = (0..<5).map { _ in Int(generator.next() % 120) - 10 }
        return Trend(
            method: generator.next() % 2 == 0 ? .mad : .zscore, windowInBuckets: 7, movingAverage: some(), lower: some(),
            upper: some(), anomalies: places.sorted(), slopePerBucket: value(.number, &generator).magnitude, direction: .stable,
            test: Scenes.hostile[Int(generator.next() % 20)], changePoint: .init(index: places[0], before: 1, after: .infinity))
    }

    /// Returns a random answer of any shape, with and without a baseline.
    static func answers(_ seed: UInt64) -> [Answer] {
        var generator = SeededGenerator(seed: seed)
        let types = (0..<3).map { _ in measured[Int(generator.next() % 6)] }
        let measures = types.enumerated().map { ResultColumn($0 == 0 && $1 == .count ? "count" : "sum(m\($0))", $1) }
        func values() -> [Value] { types.map { value($0, &generator) } }
        let axis = axis(&generator)
        var answers: [Answer] = []
        func add(_ columns: [ResultColumn], _ rows: [[Value]], _ shape: AnswerShape) {
            var answer = Scenes.answer(columns, rows, shape)
            if seed % 3 == 0 { answer.receipt.isCut = true }
            answer.foldedGroups = seed % 5 == 0 ? 4 : 0
            answers.append(answer)
            answer.baseline = Scenes.before
            answer.baseline?.columns = [columns.count - 3: columns.count - 1, columns.count - 2: 99, -1: 0]
            answer.baseline?.covered = seed % 4 == 0 ? Scenes.hostile[0] : nil
            if case .series = shape { answer.trend = trend(axis.starts.count, &generator) }
            answers.append(answer)
        }
        add([.init("message", .text)] + measures, (0..<9).map { _ in [value(.text, &generator)] + values() }, .listing)
        add(measures, [values()], .numbers)
        add([.init("type", .text)] + measures, (0..<9).map { _ in [value(.text, &generator)] + values() }, .groups(keys: 1))
        add(
            [.init("weekday", .text), .init("hour", .count)] + measures,
            (0..<99).map { [.text(["mon", "Tue", "", "sunday"][$0 % 4]), .count(Int64($0 % 30) - 2)] + values() },
            .groups(keys: 2))
        add(
            [.init("model", .text), .init("type", .text)] + measures,
            (0..<60).map { _ in [value(.text, &generator), value(.text, &generator)] + values() }, .groups(keys: 2))
        add(
            [.init("latency", .duration)] + measures,
            (0..<12).map { _ in [.range(value(.duration, &generator), value(.duration, &generator))] + values() },
            .groups(keys: 1))
        add([.init("time", .time)] + measures, axis.starts.map { [.time($0)] + values() }, .series(axis))
        add(
            [.init("time", .time), .init("model", .text)] + measures,
            axis.starts.flatMap { start in (0..<9).map { [.time(start), .text(Scenes.hostile[$0])] + values() } },
            .groupedSeries(axis, keys: 1))
        return answers
    }

    /// Charts that do not come from answers.
    static func charts(_ seed: UInt64, _ style: Style) -> [[String]] {
        var generator = SeededGenerator(seed: seed &+ 1000)
        let axis = axis(&generator), count = axis.starts.count
        func numbers(_ n: Int) -> [Double?] { (0..<n).map { _ in value(.number, &generator).magnitude } }
        let states: [FiringChart.State] = [.inactive, .pending, .firing, .noValue]
        let series = (0..<Int(seed % 16)).map { place in
            FiringChart.Series(
                Scenes.hostile[place], values: numbers(max(0, count + place - 3)),
                states: (0..<count).map { states[($0 / 3 + place) % 4] })
        }
        let threshold = value(.number, &generator).magnitude.map { LineChart.Threshold($0, Scenes.hostile[Int(seed % 20)]) }
        let points = (0..<9).map { _ in
            StepCurve.Point(value(.number, &generator).magnitude ?? 0, firings: Int64(bitPattern: generator.next()) >> 40)
        }
        let type = measured[Int(seed % 6)], height = Int(seed % 13) - 1
        return [
            FiringChart(axis: axis, series: series, threshold: threshold, type: type, name: "x", heightInRows: height).lines(
                style),
            StepCurve(
                name: Scenes.hostile[2], type: type, points: points, chosen: numbers(1)[0], aim: numbers(1)[0],
                heightInRows: height
            ).lines(style),
            Scatter(
                title: "x", x: .init("a", type), y: .init("b", .number),
                points: zip(numbers(40), numbers(40)).map { Scatter.Point($0, $1) }, heightInRows: height
            ).lines(style),
            LineChart(
                axis: axis, series: [.init("a", numbers(count))], type: type, name: "x", trend: trend(count, &generator),
                thresholds: threshold.map { [$0] } ?? [], heightInRows: height
            ).lines(style),
        ]
    }

    static func pictures(_ style: Style, seed: UInt64) -> [[String]] {
        let forms: [String?] = [nil] + PictureForm.all.map(\.form.name)
        let renderer = AnswerRenderer(style)
        // One form for every other answer of a seed; over all seeds, each form occurs.
        let drawn = answers(seed).enumerated().filter { ($0.offset + Int(seed)) % 2 == 0 }.map { place, answer in
            renderer.lines(answer, title: Scenes.hostile[Int(seed) % 20], form: forms[(place + Int(seed)) / 2 % forms.count])
        }
        return drawn + charts(seed, style)
    }

    @Test("no line exceeds the width, for any data")
    func widths() {
        for width in Array(0..<44) + stride(from: 44, through: 200, by: 9) {
            let glyphs: GlyphSet = width % 2 == 0 ? .unicode : .ascii
            let style = Scenes.style(width, glyphs, zone: Scenes.berlin)
            for (place, lines) in Self.pictures(style, seed: UInt64(width)).enumerated() {
                let bad = lines.filter { line in
                    DisplayWidth.of(line) > width || (glyphs == .ascii && line.utf8.contains { $0 >= 0x80 })
                        || line.utf8.last == 0x20
                        || line.unicodeScalars.contains { $0.value < 0x20 || (0x202A...0x202E).contains($0.value) }
                }
                #expect(bad.isEmpty, "picture \(place), width \(width): \(bad)")
            }
        }
    }

    @Test("colour changes no character of any chart")
    func colour() {
        for seed in 0..<4 as Range<UInt64> {
            let plain = Scenes.style(80)
            var coloured = plain
            coloured.theme = .colour
            let bare = Self.pictures(coloured, seed: seed).map { $0.map(SweepTests.uncoloured) }
            #expect(bare == Self.pictures(plain, seed: seed), "seed \(seed)")
        }
    }

    @Test("every answer draws something at every width that fits a word")
    func never() {
        for (seed, width) in [20, 80].enumerated() {
            for answer in Self.answers(UInt64(seed)) {
                for form in PictureForm.all.map(\.form.name) {
                    let lines = AnswerRenderer(Scenes.style(width)).lines(answer, title: "errors", form: form)
                    let isEmptySeries = if case .series(let axis) = answer.shape { axis.starts.isEmpty } else { false }
                    #expect(!lines.isEmpty || isEmptySeries, "\(answer.shape) as \(form) at \(width)")
                }
            }
        }
    }
}
