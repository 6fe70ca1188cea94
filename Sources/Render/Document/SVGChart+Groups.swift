import Model

extension SVGChart {
    /// Maximum number of bars; a note counts the rest.
    private static let mostBars = 60
    private static let row = 22.0

    func draw(_ chart: BarChart) -> String {
        let text = ValueText(style)
        let values = chart.table.rows.map { chart.measure < $0.count ? $0[chart.measure] : .missing }
        let shown = text.column(values, type: chart.table.columns[chart.measure].type)
        let comparison = chart.baseline.map { Comparison($0, table: chart.table, keys: chart.keys) }
        let bars = chart.table.rows.indices.map { index -> Bar in
            let isOther = chart.foldedGroups > 0 && index == chart.table.rows.count - 1
            let groups = Int64(chart.foldedGroups)
            let label =
                isOther
                ? "other (\(DecimalText.grouped(groups)) \("groups".counted(groups)))"
                : chart.label(chart.table.rows[index], style)
            var words = shown[index]
            if let comparison, let before = comparison.before(chart.measure, in: chart.table),
                before < chart.table.rows[index].count
            {
                let row = chart.table.rows[index]
                let change = comparison.difference(row, chart.measure, in: chart.table, text).map { ", \($0.text)" } ?? ""
                words += " (\(comparison.baseline.name) \(text.text(row[before]))\(change))"
            }
            return Bar(label: label, size: values[index].magnitude, words: words, ink: isOther ? .dim : .accent)
        }
        return draw(bars, title: chart.title, description: chart.summary(style))
    }

    func draw(_ chart: Histogram) -> String {
        let (table, measure) = (chart.drawnTable, Histogram.measure)
        let texts = table.columns.indices.map { column in
            ValueText(style).column(table.rows.map { $0[column] }, type: table.columns[column].type)
        }
        let bars = table.rows.enumerated().map { index, row -> Bar in
            let words = table.columns.indices.dropFirst(measure).map { texts[$0][index] }
            return Bar(
                label: row[0].isMissing ? "(none)" : texts[0][index], size: row[measure].magnitude,
                words: words.joined(separator: " · "), ink: row[0].isMissing ? .dim : .accent)
        }
        let names = table.columns.dropFirst(measure).map { style.safe($0.name) }.joined(separator: ", ")
        return draw(bars, title: chart.title, description: chart.summary(style) + " Beside each bar: \(names).")
    }

    /// A row of a bar chart.
    private struct Bar {
        let label: String, size: Double?, words: String, ink: SVGCanvas.Ink
    }

    /// Draws bars from one axis to the right, labels before and values after them; zero draws nothing.
    private func draw(_ bars: [Bar], title: String, description: String) -> String {
        var canvas = canvas()
        let shown = bars.prefix(SVGChart.mostBars)
        func width(_ texts: [String], most: Int) -> Double {
            Double(min(most, texts.map { DisplayWidth.of($0) }.max() ?? 0)) * SVGCanvas.column
        }
        let labels = shown.map { DisplayWidth.cut(style.safe($0.label), to: 32, mark: "…") }
        let words = shown.map { DisplayWidth.cut(style.safe($0.words), to: 48, mark: "…") }
        let left = width(labels, most: 32) + 14
        let room = max(60, canvas.width - left - width(words, most: 48) - 20)
        let largest = shown.compactMap { $0.size }.filter(\.isFinite).max() ?? 0
        for (index, bar) in shown.enumerated() {
            let y = 8 + Double(index) * SVGChart.row
            canvas.text(labels[index], x: left - 8, y: y + 14, anchor: "end")
            var end = left
            if let size = bar.size, size > 0, size.isFinite, largest > 0 {
                let width = max(1, size / largest * room)
                canvas.rect(
                    x: left, y: y + 3, width: width, height: SVGChart.row - 7, bar.ink, title: "\(bar.label): \(bar.words)")
                end += width
            }
            canvas.text(words[index], x: end + 6, y: y + 14, .dim)
        }
        canvas.height = 12 + Double(shown.count) * SVGChart.row
        canvas.line(x1: left, y1: 6, x2: left, y2: canvas.height - 4, .axis)
        if bars.count > shown.count {
            canvas.text(
                "\(DecimalText.grouped(Int64(bars.count - shown.count))) more not drawn", x: left, y: canvas.height + 10, .dim)
            canvas.height += 18
        }
        return canvas.document(title: title, description: description)
    }

    // MARK: Cells

    func draw(_ chart: Heatmap) -> String {
        let text = ValueText(style)
        let names: [String]
        var ticks: TimeTicks?
        switch chart.columns {
        case .hours: names = (0..<24).map { TimeText.two($0) }
        case .names(let all): names = all
        case .buckets(let axis):
            names = []
            let room = Int((canvas().width - 150) / SVGCanvas.column)
            if let layout = ColumnLayout(buckets: axis.starts.count, room: room) { ticks = TimeTicks(axis, layout, style: style) }
        }
        let rows = chart.rows.prefix(Heatmap.mostRows)
        let cells = rows.indices.map { row in (0..<chart.count).map { chart.cell(row, $0) } }
        return draw(
            cells, rows: Array(rows), columns: names, ticks: ticks, type: chart.type, title: chart.title,
            description: chart.summary(style)
        ) { row, column in
            let value = cells[row][column].number.map { text.magnitude($0, chart.type) }
            return (value, chart.place(row, column, style))
        }
    }

    func draw(_ chart: Pivot) -> String {
        let text = ValueText(style), grid = chart.grid
        let cells = grid.rows.indices.map { row in grid.columns.indices.map { HeatCell(chart.value(row, $0)) } }
        let rows = grid.rows.map { chart.name($0, style) }, columns = grid.columns.map { chart.name($0, style) }
        return draw(
            cells, rows: rows, columns: columns, ticks: nil, type: chart.measure.type, title: chart.title,
            description: chart.summary(style)
        ) { row, column in
            (cells[row][column].number == nil ? nil : text.text(chart.value(row, column)), "for \(rows[row]), \(columns[column])")
        }
    }

    /// Draws graded cells, with their values where the text fits.
    private func draw(
        _ cells: [[HeatCell]], rows: [String], columns: [String], ticks: TimeTicks?, type: ValueType, title: String,
        description: String, words: (Int, Int) -> (value: String?, place: String)
    ) -> String {
        var canvas = canvas()
        let count = cells.first?.count ?? 0
        let labels = rows.map { DisplayWidth.cut(style.safe($0), to: 24, mark: "…") }
        let left = Double(labels.map { DisplayWidth.of($0) }.max() ?? 0) * SVGCanvas.column + 14
        let step = min(90, (canvas.width - left - 8) / Double(max(1, count))), top = ticks == nil ? 24.0 : 38
        let scale = HeatScale(cells.joined().compactMap(\.number), type: type)
        var lastEnd = -1.0
        for (index, name) in columns.enumerated() {
            let name = DisplayWidth.cut(style.safe(name), to: max(1, Int(step / SVGCanvas.column)), mark: "…")
            // A label that would touch the previous one is omitted.
            let x = left + Double(index) * step
            guard x >= lastEnd else { continue }
            canvas.text(name, x: x + 1, y: 16, .dim)
            lastEnd = x + Double(DisplayWidth.of(name) + 1) * SVGCanvas.column - 4
        }
        for (row, labels) in [ticks?.lower ?? [], ticks?.upper ?? []].enumerated() {
            for label in labels { canvas.text(label.text, x: left + Double(label.bucket) * step, y: 14 + Double(row) * 15, .dim) }
        }
        for (row, line) in cells.enumerated() {
            let y = top + Double(row) * SVGChart.row
            canvas.text(labels[row], x: left - 8, y: y + 14, anchor: "end")
            for (column, cell) in line.enumerated() {
                let x = left + Double(column) * step
                let (value, place) = words(row, column)
                let known = cell == .noData ? "no data" : cell == .noValue ? "no value" : value ?? ""
                let number = cell.number ?? 0
                let ink: SVGCanvas.Ink = number > 0 ? .heat(scale.grade(number) + 4 - scale.bounds.count) : .gap
                canvas.rect(
                    x: x, y: y, width: max(0.5, step - (step > 4 ? 1 : 0)), height: SVGChart.row - 1, ink,
                    title: "\(known) \(place)")
                // A dash for no data, a cross for no value, a zero for zero: never just an empty cell.
                let mark = cell == .noData ? "·" : cell == .noValue ? "×" : value ?? ""
                if Double(DisplayWidth.of(mark)) * 6 + 2 <= step {
                    let isDark = ink == .heat(2) || ink == .heat(3)
                    let text: SVGCanvas.Ink = mark != value ? .dim : isDark ? .onDark : .text
                    canvas.text(mark, x: x + step / 2, y: y + 14, text, anchor: "middle", size: 10)
                }
            }
        }
        canvas.height = top + Double(cells.count) * SVGChart.row + 4
        let entries = scale.legend(Array(cells.joined()), style).compactMap { entry -> (ink: SVGCanvas.Ink, words: String)? in
            if case .heat(let grade) = entry.glyph.role { return (.heat(grade), entry.text) }
            let mark = entry.glyph == .blank ? "" : entry.glyph.glyph + " "
            return (.gap, mark + entry.text.drop("blank "))
        }
        legend(entries, &canvas)
        return canvas.document(title: title, description: description)
    }

    // MARK: Points

    func draw(_ chart: Scatter) -> String? {
        var canvas = canvas()
        let known = chart.points.compactMap(\.both)
        guard let x = NumberAxis(known.map(\.x), type: chart.x.type, steps: 7),
            let y = NumberAxis(known.map(\.y), type: chart.y.type, steps: 6)
        else { return nil }
        let plane = NumberPlane(x: x, y: y, height: 300, canvas: canvas)
        plane.draw(&canvas)
        // Overlapping points become one circle whose size grows with their number.
        var cells: [Int: Int] = [:]
        for point in known {
            let column = Int((plane.x(point.x) - plane.left) / 3), row = Int((plane.bottom - plane.y(point.y)) / 3)
            cells[row * 4096 + column, default: 0] += 1
        }
        for (cell, count) in cells.sorted(by: { $0.key < $1.key }) {
            canvas.circle(
                x: plane.left + (Double(cell % 4096) + 0.5) * 3, y: plane.bottom - (Double(cell / 4096) + 0.5) * 3,
                radius: min(8, 1.5 + Double(count).squareRoot()), .accent, title: count > 1 ? "\(count) points" : nil)
        }
        let names = [(chart.x, x, "x"), (chart.y, y, "y")].map { column, axis, letter in
            "\(letter): \(style.safe(column.name, columns: 60))" + (axis.isLogarithmic ? " (log scale)" : "")
        }
        canvas.text(names.joined(separator: " · "), x: plane.left, y: plane.bottom + 36, .dim)
        canvas.height = plane.bottom + 44
        return canvas.document(title: chart.title, description: chart.summary(style))
    }
}

extension String {
    /// Returns the text without `prefix`, if it starts with it.
    fileprivate func drop(_ prefix: String) -> String { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self }
}
