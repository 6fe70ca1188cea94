import Model
import TestSupport
import Testing

@testable import Render

@Suite("Every width and height")
struct SweepTests {
    /// Returns a seeded table with every type and hostile text.
    static func table(_ generator: inout SeededGenerator, rows: Int) -> ResultTable {
        let types: [ValueType] = [.text, .count, .number, .time, .duration, .money, .ratio, .flag, .text]
        let columns = types.enumerated().map { ResultColumn($0.offset == 6 ? "error_rate" : "column \($0.element)", $0.element) }
        let values = (0..<rows).map { _ in
            types.map { type -> Value in
                let bits = generator.next()
                if bits % 7 == 0 { return .missing }
                let n = Int64(bitPattern: bits) >> Int64(generator.next() % 60)
                switch type {
                case .text: return .text(Scenes.hostile[Int(bits % UInt64(Scenes.hostile.count))])
                case .count: return .count(n)
                case .number, .change: return .number(Double(bitPattern: bits))
                case .time: return .time(Timestamp(nanoseconds: n))
                case .duration: return .duration(.nanoseconds(n))
                case .money: return .money(Money(units: n))
                case .ratio: return Ratio(n, of: n | 1).map { .ratio($0) } ?? .missing
                case .flag: return .flag(bits % 2 == 0)
                }
            }
        }
        return ResultTable(columns: columns, rows: values)
    }

    /// Everything that can be drawn, in one style.
    static func pictures(_ style: Style, seed: UInt64) -> [[String]] {
        var generator = SeededGenerator(seed: seed)
        let table = table(&generator, rows: 6)
        var options = TableOptions()
        options.numbersRows = seed % 2 == 0
        options.bars = Int(seed % 9)
        options.keys = Int(seed % 3)
        options.total = table.rows.first
        let count = Int(generator.next() % 60)
        let widths: [Duration] = [.seconds(1), .minutes(5), .hours(1), .days(1), .days(30), .days(365)]
        let axis = Scenes.axis(
            from: "2026-03-01T22:17:00Z", count: count, each: widths[Int(seed % 6)], width: "x",
            coverage: Window(from: Scenes.at("2026-03-02T03:00:00Z"), to: Scenes.at("2031-01-01")), zone: Scenes.berlin)
        let values = (0..<count).map { _ -> Double? in
            let bits = generator.next()
            return bits % 5 == 0 ? nil : bits % 11 == 0 ? Double(bitPattern: bits) : Double(bits % 1000)
        }
        let types: [ValueType] = [.count, .number, .duration, .money, .ratio]
        let height = Int(seed % 12)
        let names = Scenes.hostile.map { StackedColumns.Series($0, values) }
        let rows = Scenes.hostile.enumerated().map { index, text in
            WaterfallRow(
                depth: index % 7, title: text, detail: text, isCall: index % 2 == 0,
                start: index % 3 == 0 ? nil : Timestamp(nanoseconds: Int64(bitPattern: generator.next())),
                end: index % 4 == 0 ? nil : Timestamp(nanoseconds: Int64(bitPattern: generator.next())), mark: .failed,
                error: text,
                lineage: text, events: [.init(nil, text)])
        }
        var receipt = Scenes.receipt
        receipt.dropped = Array(Scenes.hostile.prefix(8))
        let mistakes = Diagnostics(
            text: Scenes.hostile.joined(separator: " "),
            Scenes.hostile.map { Diagnostic("id", at: TextSpan(3, 40), $0, closest: $0) })
        return [
            TableRenderer(style).lines(table, options),
            BarChart(
                title: Scenes.hostile[Int(seed) % Scenes.hostile.count], table: table, keys: Int(seed % 3),
                foldedGroups: Int(seed % 5)
            ).lines(style),
            ColumnChart(axis: axis, values: values, type: types[Int(seed % 5)], name: "errors", heightInRows: height).lines(
                style),
            StackedColumns(axis: axis, series: names, name: "errors", heightInRows: height).lines(style),
            Cards(Scenes.hostile.map { .init($0, $0, note: $0) }).lines(style),
            Waterfall(rows, mostRows: 15).lines(style),
            ReceiptRenderer(style).lines(receipt, rows: 3, elapsed: .seconds(seed % 100)),
            DiagnosticRenderer(style).lines(mistakes),
        ]
    }

    @Test("no line exceeds the width, for widths 0 to 200")
    func widths() {
        for width in Array(0..<80) + stride(from: 80, through: 200, by: 6) {
            let glyphs: GlyphSet = width % 2 == 0 ? .unicode : .ascii
            let style = Scenes.style(width, glyphs, zone: Scenes.berlin)
            for (place, lines) in Self.pictures(style, seed: UInt64(width)).enumerated() {
                let bad = lines.filter { line in
                    DisplayWidth.of(line) > width || (glyphs == .ascii && line.utf8.contains { $0 >= 0x80 })
                        || line.utf8.last == 0x20
                        || line.unicodeScalars.contains { $0.value < 0x20 || (0x202A...0x202E).contains($0.value) }
                }
                #expect(bad.isEmpty, "picture \(place), width \(width)")
            }
        }
    }

    @Test("colour changes no character")
    func colour() {
        for seed in 0..<20 as Range<UInt64> {
            let plain = Scenes.style(80)
            var coloured = plain
            coloured.theme = .colour
            let bare = Self.pictures(coloured, seed: seed).map { $0.map(Self.uncoloured) }
            #expect(bare == Self.pictures(plain, seed: seed), "seed \(seed)")
        }
    }

    /// The line without the theme's escape sequences.
    static func uncoloured(_ line: String) -> String {
        var text = String.UnicodeScalarView(), isInside = false
        for scalar in line.unicodeScalars {
            if scalar == "\u{1B}" { isInside = true }
            if !isInside { text.append(scalar) }
            if isInside && scalar == "m" { isInside = false }
        }
        return String(text)
    }

    @Test("the smallest sizes never trap")
    func smallest() {
        let axis = Scenes.day
        for (width, height) in [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (3, 1), (8, 1), (20, -1)] {
            let style = Scenes.style(width)
            let chart = ColumnChart(axis: axis, values: Scenes.errors, type: .count, name: "errors", heightInRows: height)
            #expect(chart.picture(style).isEmpty == (height < 1 || width < 5))
            var stack = Scenes.stacked
            stack.heightInRows = height
            #expect(stack.picture(style).isEmpty == (height < 1 || width < 5))
            #expect(width > 0 || chart.lines(style).isEmpty)
        }
        let empty = TimeAxis(starts: [], end: Scenes.now, width: "1h", window: Scenes.day.window, coverage: nil, zone: .utc)
        let chart = ColumnChart(axis: empty, values: [1, 2], type: .count, name: "errors")
        #expect(chart.lines(Scenes.style()) == ["0 errors in 0 buckets of 1h."])
    }

    @Test("labels of every calendar step never touch")
    func labels() {
        for seconds in [1, 7, 60, 300, 3600, 7 * 3600, 86_400, 7 * 86_400, 31 * 86_400, 366 * 86_400] as [Int64] {
            for count in [1, 2, 7, 24, 90, 200] {
                let axis = Scenes.axis(
                    from: "1999-12-31T23:59:59Z", count: count, each: .seconds(seconds), width: "x", zone: Scenes.berlin)
                for room in [1, 5, 10, 37, 72, 150] {
                    guard let layout = ColumnLayout(buckets: axis.starts.count, room: room) else { continue }
                    let ticks = TimeTicks(axis, layout, style: Scenes.style(zone: Scenes.berlin))
                    for row in [ticks.upper, ticks.lower] {
                        let isApart = zip(row, row.dropFirst()).allSatisfy { $0.column + $0.text.count + 2 <= $1.column }
                        #expect(isApart && row.allSatisfy { $0.column + $0.text.count <= layout.width })
                    }
                    #expect(room < 10 || layout.width < 10 || !ticks.upper.isEmpty, "\(seconds) \(count) \(room)")
                }
            }
        }
    }
}
