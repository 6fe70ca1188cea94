import Model

/// Draws the cells of a line chart in layers and collects the legend.
struct LineDrawing {
    let chart: LineChart
    let frame: TimeFrame
    let style: Style
    /// The cells, bottom row first.
    private(set) var rows: [[Cell]]
    /// Explanations of the marks drawn.
    private(set) var legend: [String] = []

    init(chart: LineChart, frame: TimeFrame, style: Style) {
        self.chart = chart
        self.frame = frame
        self.style = style
        rows = [[Cell]](repeating: [Cell](repeating: .blank, count: frame.layout.width), count: frame.height)
    }

    private var marks: Marks { style.marks }
    private var layout: ColumnLayout { frame.layout }

    /// Draws all layers, the most important last.
    mutating func draw() {
        guard frame.height > 0 else { return }
        var gaps = Gaps()
        for (place, group) in layout.groups.enumerated() where known(group).isEmpty {
            gaps.add(place, isCovered: group.contains { chart.axis.isCovered($0) })
        }
        gaps.draw(frame, in: &rows[0], marks)
        let isSingle = chart.series.count < 2 && chart.baseline == nil
        drawThresholds()
        var lines = chart.drawnSeries.map { ($0, $0.name) }
        if let baseline = chart.baseline {
            if chart.series.count == 1 { lines[0].1 = "now" }
            lines.append((LineChart.Series(baseline.name, baseline.values), baseline.name))
        }
        if isSingle {
            // Below a line that is one dot per bucket; in every other column of a line that fills the space between minimum and
            // maximum.
            let isDense = layout.bucketsPerColumn > 1
            if !isDense { drawAverage(every: 1) }
            if let line = chart.series.first { drawSingle(line) }
            if isDense { drawAverage(every: 2) }
            drawLevelChange()
            if let line = chart.series.first { drawAnomalies(line) }
        } else {
            // The first line is drawn last, on top of the others.
            for (index, line) in lines.enumerated().reversed() { drawMany(line.0, index) }
            let entries = lines.enumerated().map { index, line in
                marks.points[index % marks.points.count] + " " + entry(line.0, name: line.1)
            }
            legend = entries + legend
        }
        writeLabels()
        legend += gaps.legend(marks)
    }

    private func entry(_ line: LineChart.Series, name: String) -> String {
        let name = DisplayWidth.cut(style.safe(name), to: 40, mark: marks.ellipsis)
        guard chart.addsUp else { return name }
        let sum = chart.axis.starts.indices.compactMap { $0 < line.values.count ? line.values[$0] : nil }.filter(\.isFinite)
            .reduce(0, +)
        return "\(name) \(ValueText(style).magnitude(sum, chart.type))"
    }

    private func known(_ group: Range<Int>) -> [Int] {
        group.filter { index in chart.drawnSeries.contains { chart.value($0, index) != nil } }
    }

    /// Returns the centre column of a drawn column.
    private func middle(_ place: Int) -> Int { place * layout.stride + layout.bar / 2 }

    private mutating func put(_ glyph: String, _ role: Role, column: Int, row: Int) {
        guard rows.indices.contains(row), rows[row].indices.contains(column) else { return }
        rows[row][column] = Cell(glyph: glyph, role: role)
    }

    // MARK: One line

    /// Draws a line with all its dots; where several buckets share a column, it spans from the lowest to the highest.
    private mutating func drawSingle(_ line: LineChart.Series) {
        var canvas = DotCanvas(columns: layout.width, rows: frame.height, glyphs: style.glyphs)
        let height = frame.height * canvas.up
        var last: (place: Int, x: Int, y: Int)?, points: [(column: Int, row: Int)] = []
        var partial: [(column: Int, value: Double)] = [], isBelow = false
        for (place, group) in layout.groups.enumerated() {
            let whole = group.filter { chart.value(line, $0) != nil && !chart.axis.isPartial($0) }
            let values = whole.compactMap { chart.value(line, $0) }
            if let cut = group.filter({ chart.axis.isPartial($0) }).compactMap({ chart.value(line, $0) }).max(), values.isEmpty {
                partial.append((middle(place), cut))
            }
            guard let low = values.min(), let high = values.max(), let first = values.first, let end = values.last else {
                continue
            }
            isBelow = isBelow || low < 0
            let x = middle(place) * canvas.across
            let y = frame.level(first, of: height)
            if let last, last.place == place - 1 { canvas.line(from: (last.x, last.y), to: (x, y)) }
            canvas.line(from: (x, frame.level(low, of: height)), to: (x, frame.level(high, of: height)))
            last = (place, x, frame.level(end, of: height))
            points.append((middle(place), frame.level(high, of: frame.height)))
        }
        for row in 0..<frame.height {
            for column in 0..<layout.width {
                guard let glyph = canvas.glyph(column: column, row: row, path: marks.path) else { continue }
                put(glyph, .accent, column: column, row: row)
            }
        }
        // In ASCII, the buckets and the connections between them have different glyphs.
        if style.glyphs == .ascii {
            for point in points { put(marks.points[0], .accent, column: point.column, row: point.row) }
        }
        for (column, value) in partial {
            put(marks.partialPoint, .dim, column: column, row: frame.level(value, of: frame.height))
        }
        if !partial.isEmpty { legend.append("\(marks.partialPoint) partial bucket") }
        if isBelow { legend.append("values below zero are drawn on the axis") }
    }

    private mutating func drawAverage(every: Int) {
        guard let trend = chart.trend else { return }
        var isDrawn = false
        for (place, group) in layout.groups.enumerated() {
            let values = group.compactMap { $0 < trend.movingAverage.count ? trend.movingAverage[$0] : nil }
            guard !values.isEmpty, let average = values.max(), average.isFinite, !known(group).isEmpty else { continue }
            isDrawn = true
            let next = min(layout.width, (place + 1) * layout.stride)
            for column in place * layout.stride..<next where column % every == 0 {
                put(marks.average, .series(1), column: column, row: frame.level(average, of: frame.height))
            }
        }
        let window = DecimalText.grouped(Int64(trend.windowInBuckets))
        if isDrawn { legend.append("\(marks.average) moving average of \(window)") }
    }

    /// Draws the level change in cells that are still empty.
    private mutating func drawLevelChange() {
        guard let change = chart.trend?.changePoint, chart.axis.starts.indices.contains(change.index) else { return }
        let column = layout.column(ofBucket: change.index)
        for row in rows.indices where rows[row].indices.contains(column) && rows[row][column] == .blank {
            put(marks.levelChange, .strong, column: column, row: row)
        }
        legend.append("\(marks.levelChange) level changed")
    }

    private mutating func drawAnomalies(_ line: LineChart.Series) {
        guard let trend = chart.trend else { return }
        var isDrawn = false
        for index in trend.anomalies where chart.axis.starts.indices.contains(index) {
            guard let value = chart.value(line, index) else { continue }
            isDrawn = true
            let place = index / layout.bucketsPerColumn
            put(marks.anomaly, .bad, column: middle(place), row: frame.level(value, of: frame.height))
        }
        if isDrawn { legend.append("\(marks.anomaly) anomaly") }
    }

    // MARK: Several lines

    /// Draws a line with one glyph: the highest bucket of each column, connected to its neighbours.
    private mutating func drawMany(_ line: LineChart.Series, _ index: Int) {
        let isBaseline = index >= chart.drawnSeries.count
        func value(_ bucket: Int) -> Double? {
            isBaseline ? chart.baseline?.value(bucket) : chart.value(line, bucket)
        }
        var canvas = DotCanvas(columns: layout.width, rows: frame.height, glyphs: .ascii)
        var last: (place: Int, x: Int, y: Int)?
        for (place, group) in layout.groups.enumerated() {
            guard let highest = group.compactMap(value).max() else { continue }
            let x = middle(place), y = frame.level(highest, of: frame.height)
            let from = last.flatMap { $0.place == place - 1 ? ($0.x, $0.y) : nil } ?? (x, y)
            canvas.line(from: from, to: (x, y))
            last = (place, x, y)
        }
        let glyph = marks.points[index % marks.points.count]
        for row in 0..<frame.height {
            for column in 0..<layout.width where canvas.glyph(column: column, row: row, path: glyph) != nil {
                put(glyph, .series(index), column: column, row: row)
            }
        }
    }

    // MARK: Thresholds

    private mutating func drawThresholds() {
        for threshold in chart.thresholds {
            let row = frame.level(threshold.value, of: frame.height)
            for column in 0..<layout.width { put(marks.threshold, .warning, column: column, row: row) }
            legend.append("\(marks.threshold) \(style.safe(threshold.label, columns: 60))")
        }
    }

    /// Writes the labels of thresholds on their lines, at the left or right end, where cells are empty.
    private mutating func writeLabels() {
        for threshold in chart.thresholds {
            let row = frame.level(threshold.value, of: frame.height)
            let words = Array(" " + style.safe(threshold.label, columns: 60) + " ")
            // Labels need one column per character.
            guard words.count <= layout.width, DisplayWidth.of(String(words)) == words.count, rows.indices.contains(row) else {
                continue
            }
            let starts = [1, layout.width - words.count - 1].filter { $0 >= 0 && $0 + words.count <= layout.width }
            let free = starts.first { start in
                rows[row][start..<start + words.count].allSatisfy { $0.glyph == marks.threshold || $0 == .blank }
            }
            guard let free else { continue }
            for (offset, letter) in words.enumerated() {
                rows[row][free + offset] = Cell(glyph: String(letter), role: .warning)
            }
        }
    }
}
