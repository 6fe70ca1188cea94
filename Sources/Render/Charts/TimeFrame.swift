import Model

/// The frame of charts over time: value axis on the left, calendar below, plot in between.
struct TimeFrame {
    let axis: TimeAxis
    let layout: ColumnLayout
    let scale: Scale
    /// Height of the plot in rows, at least one.
    let height: Int
    private let labels: [Int: String]
    /// Columns left of the plot: labels, a space and the axis.
    let gutter: Int

    /// Lays out a frame for a plot of at most `height` rows; nil when not even one column fits.
    ///
    /// - Parameter leastLabel: Minimum width of the labels on the left.
    init?(_ axis: TimeAxis, largest: Double, type: ValueType, height: Int, style: Style, leastLabel: Int = 0) {
        guard height > 0 else { return nil }
        // Rows that cannot be divided evenly are given up: 7 rows would leave the axis with one label.
        var height = min(height, 100)
        if height > 3, !(2...6).contains(where: { height % $0 == 0 && height / $0 >= 2 }) { height -= 1 }
        let scale = Scale(to: largest, type: type, height: height)
        var labels = [0: scale.type == .money ? "$0" : scale.type == .ratio ? "0%" : "0"]
        for k in 1...scale.steps { labels[k * height / scale.steps] = scale.label(k, style) }
        // All values are zero: a number at the top would be meaningless.
        if !(largest > 0) { labels = [0: labels[0] ?? "0"] }
        let gutter = max(leastLabel, labels.values.map { DisplayWidth.of($0) }.max() ?? 0) + 2
        guard let layout = ColumnLayout(buckets: axis.starts.count, room: style.widthInColumns - gutter) else { return nil }
        self.axis = axis
        self.layout = layout
        self.scale = scale
        self.height = height
        self.labels = labels
        self.gutter = gutter
    }

    /// Returns the lines of the chart around `rows`, bottom row first; each row has `layout.width` cells.
    func lines(_ rows: [[Cell]], style: Style) -> [Line] {
        let marks = style.marks
        let ticks = TimeTicks(axis, layout, style: style)
        var lines: [Line] = []
        for row in (0..<height).reversed() {
            var line = Line()
            // A value's label is in the row whose top edge is that value.
            let label = labels[row + 1] ?? ""
            line.append(DisplayWidth.pad(label, to: gutter - 2, right: true) + " ", .dim)
            line.append(label.isEmpty ? marks.axisSide : marks.axisTick, .dim)
            for cell in row < rows.count ? rows[row] : [] { line.append(cell.glyph, cell.role) }
            lines.append(line)
        }
        var base = Line(DisplayWidth.pad(labels[0] ?? "", to: gutter - 2, right: true) + " " + marks.corner, .dim)
        let marked = Set(ticks.marks)
        for column in 0..<layout.width { base.append(marked.contains(column) ? marks.baseTick : marks.base, .dim) }
        lines.append(base)
        return lines + labelLines(ticks, style)
    }

    private func labelLines(_ ticks: TimeTicks, _ style: Style) -> [Line] {
        func line(_ labels: [TimeTicks.Label]) -> Line {
            var line = Line()
            for label in labels {
                line.fill(to: gutter + label.column)
                line.append(label.text, .dim)
            }
            return line
        }
        var lines = [line(ticks.upper)]
        var lower = line(ticks.lower)
        let zone = AxisPhrases.zone(axis, style)
        let edge = gutter + layout.width
        let column = max(lower.width == 0 ? gutter : lower.width + 2, edge - DisplayWidth.of(zone))
        let upperColumn = max(lines[0].width + 2, edge - DisplayWidth.of(zone))
        if lower.width == 0, upperColumn + DisplayWidth.of(zone) <= style.widthInColumns {
            lines[0].fill(to: upperColumn)
            lines[0].append(zone, .dim)
        } else if column + DisplayWidth.of(zone) <= style.widthInColumns {
            lower.fill(to: column)
            lower.append(zone, .dim)
            lines.append(lower)
        } else {
            if lower.width > 0 { lines.append(lower) }
            lines.append(Line(zone, .dim))
        }
        return lines
    }

    /// Returns the height of `value` in eighths (ASCII: halves) of a row; at least one when it is above zero.
    func steps(_ value: Double, style: Style) -> Int {
        guard value > 0 else { return 0 }
        let full = style.marks.columns.count - 1
        return max(1, Int((min(1, value / scale.top) * Double(height * full)).rounded()))
    }

    /// Returns which of `parts` equal steps of the height `value` reaches, from 0; values at or below zero are in the first.
    func level(_ value: Double, of parts: Int) -> Int {
        guard value > 0, parts > 0 else { return 0 }
        return max(0, min(parts - 1, Int((min(1, value / scale.top) * Double(parts)).rounded(.up)) - 1))
    }

    /// Writes `words` into the bottom row at each gap that is wide enough.
    func writeWords(_ words: String, over gaps: [Range<Int>], in row: inout [Cell]) {
        for gap in gaps {
            let from = gap.lowerBound * layout.stride, to = (gap.upperBound - 1) * layout.stride + layout.bar
            guard to - from >= words.count + 4, to <= row.count else { continue }
            let start = from + (to - from - words.count) / 2
            for (offset, letter) in words.enumerated() { row[start + offset] = Cell(glyph: String(letter), role: .dim) }
        }
    }
}

extension TimeAxis {
    /// Returns the time of bucket `index` in words: `at 14:00 on 20 Nov`, `on 20 Nov` for days, `in Nov 2026` for months.
    public func placeInWords(_ index: Int, _ style: Style) -> String { AxisPhrases.place(index, self, style) }

    /// Returns the suffix for the value of a partial bucket: ` so far` for the last one with data, ` (partial)` for others.
    public func partialWord(_ index: Int) -> String {
        guard isPartial(index) else { return "" }
        return starts.indices.dropFirst(index + 1).contains(where: isCovered) ? " (partial)" : " so far"
    }
}

/// Phrases about time axes used in chart summaries.
enum AxisPhrases {
    /// Returns `24 buckets of 1h`.
    static func buckets(_ axis: TimeAxis, _ style: Style) -> String {
        let count = Int64(axis.starts.count)
        return "\(DecimalText.grouped(count)) \("buckets".counted(count)) of \(style.safe(axis.width))"
    }

    /// Returns the zone's name; with both offsets when the clocks change on the axis.
    static func zone(_ axis: TimeAxis, _ style: Style) -> String {
        let name = style.safe(axis.zone.name)
        guard let first = axis.starts.first, first < axis.end else { return name }
        let parts = axis.zone.offsets(in: Window(from: first, to: axis.end))
        guard parts.count > 1, parts.count < 4 else { return name }
        return name + " (" + parts.map { TimeForm.offset($0.offset) }.joined(separator: ", then ") + ")"
    }

    /// Returns the time of bucket `index`, such as `at 14:00 on 20 Nov`, `on 20 Nov` for days, `in Nov 2026` for months.
    static func place(_ index: Int, _ axis: TimeAxis, _ style: Style) -> String {
        let bucket = axis.bucket(index)
        let civil = axis.zone.civil(bucket.from)
        let hours = bucket.length.inSeconds / 3600
        if hours > 27 * 24, civil.day == 1 { return "in \(TimeForm.month(civil.month)) \(civil.year)" }
        let date = "on " + TimeForm.date(civil, withYear: !style.isPresent(year: civil.year))
        return hours > 22 && civil.hour == 0 ? date : "at \(TimeForm.clock(civil)) \(date)"
    }

    /// Returns what the reader must know about the buckets, one phrase each.
    static func remarks(_ axis: TimeAxis, hasValue: (Int) -> Bool, bucketsPerColumn: Int, each: String) -> [String] {
        var parts: [String] = []
        let indices = axis.starts.indices
        let uncovered = indices.filter { !axis.isCovered($0) }.count
        let valueless = indices.filter { axis.isCovered($0) && !hasValue($0) }.count
        let partial = indices.filter { axis.isCovered($0) && axis.isPartial($0) }.count
        func number(_ n: Int) -> String { DecimalText.grouped(Int64(n)) }
        if uncovered > 0 { parts.append("no data for \(number(uncovered)) of them") }
        if valueless > 0 { parts.append("no value in \(number(valueless))") }
        if partial > 0 { parts.append("\(number(partial)) partial") }
        if bucketsPerColumn > 1 { parts.append("each column shows the \(each) of \(number(bucketsPerColumn)) buckets") }
        return parts
    }
}
