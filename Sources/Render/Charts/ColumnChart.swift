import Model

/// Columns over a time axis, one measure per bucket.
///
/// A covered bucket with the value zero draws only the axis; a bucket without data or value is a gap. With more buckets than
/// columns, each column shows its highest bucket.
public struct ColumnChart: Chart {
    /// The buckets.
    public var axis: TimeAxis
    /// One value per bucket; nil, non-finite numbers and missing trailing elements mean no value.
    public var values: [Double?]
    /// The type of the values; the summary adds up counts. Durations in seconds, money in dollars, ratios as fractions.
    public var type: ValueType
    /// The measure, such as `errors` or `p95(latency)`.
    public var name: String
    /// Height in rows of the plot, without axis and summary; an odd height may draw one row less, 0 draws nothing.
    public var heightInRows: Int
    /// True when the values of all buckets add up to a total; true for counts, except distinct counts.
    public var addsUp: Bool
    /// The baseline, drawn as marks beside the columns; nil without `vs`.
    public var baseline: BaselineSeries?

    /// Creates a chart, eight rows high by default.
    public init(axis: TimeAxis, values: [Double?], type: ValueType, name: String, heightInRows: Int = 8) {
        self.axis = axis
        self.values = values
        self.type = type
        self.name = name
        self.heightInRows = heightInRows
        addsUp = type == .count
    }

    /// Creates a chart of column `column` of a result with one row per bucket and the bucket's start in column 0; buckets without
    /// a row have no value.
    public init(axis: TimeAxis, table: ResultTable, column: Int, name: String? = nil, heightInRows: Int = 8) {
        let isThere = table.columns.indices.contains(column)
        self.init(
            axis: axis, values: SeriesGroups.values(table, column: column, axis: axis).map(\.magnitude),
            type: isThere ? table.columns[column].type : .number,
            name: name ?? (isThere ? table.columns[column].name : ""), heightInRows: heightInRows)
        addsUp = isThere && table.columns[column].type == .count && table.columns[column].addsUp
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let name = style.safe(name), text = ValueText(style)
        let known = axis.starts.indices.compactMap { index in value(index).map { (index, $0) } }
        var head: String
        let sum = known.reduce(0) { $0 + $1.1 }
        if addsUp {
            head = format(sum, text) + " " + name.counted(sum == 1 ? 1 : 2)
        } else {
            head = name
        }
        head += " in " + AxisPhrases.buckets(axis, style)
        var parts = baseline.map { $0.words(against: addsUp ? sum : nil, type, style) } ?? []
        // The first of several equal maxima.
        if let peak = known.max(by: { $0.1 < $1.1 }), peak.1 > 0 || type != .count {
            parts.append("peak \(format(peak.1, text)) \(AxisPhrases.place(peak.0, axis, style))")
            if type != .count, let low = known.min(by: { $0.1 < $1.1 }), low.1 < peak.1 {
                parts.append("lowest \(format(low.1, text)) \(AxisPhrases.place(low.0, axis, style))")
            }
        }
        let perColumn = frame(style)?.layout.bucketsPerColumn ?? 1
        parts += AxisPhrases.remarks(axis, hasValue: { value($0) != nil }, bucketsPerColumn: perColumn, each: "highest")
        return ([head] + parts).joined(separator: ", ") + "."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        guard let frame = frame(style) else { return [] }
        let marks = style.marks, layout = frame.layout
        var rows = [[Cell]](repeating: [Cell](repeating: .blank, count: layout.width), count: frame.height)
        var gaps = Gaps()
        var isPartialDrawn = false, isBelowDrawn = false
        for (place, group) in layout.groups.enumerated() {
            let columns = place * layout.stride..<place * layout.stride + layout.bar
            guard let highest = group.compactMap({ value($0) }).max() else {
                gaps.add(place, isCovered: group.contains { axis.isCovered($0) })
                continue
            }
            if highest < 0 {
                isBelowDrawn = true
                for column in columns { rows[0][column] = Cell(glyph: marks.below, role: .accent) }
                continue
            }
            let isPartial = group.contains { value($0) != nil && axis.isPartial($0) }
            isPartialDrawn = isPartialDrawn || (isPartial && highest > 0)
            draw(frame.steps(highest, style: style), isPartial: isPartial, columns, in: &rows, marks)
        }
        gaps.draw(frame, in: &rows[0], marks)
        let isBaselineDrawn = drawBaseline(frame, in: &rows, marks)
        var lines = frame.lines(rows, style: style)
        var legend: [String] = []
        if isPartialDrawn { legend.append("\(marks.partial) partial bucket") }
        legend += gaps.legend(marks)
        if isBelowDrawn { legend.append("\(marks.below) below zero") }
        if let baseline, isBaselineDrawn { legend.append("\(marks.before) \(style.safe(baseline.name))") }
        lines += .legend(legend, style)
        return lines.texts(style)
    }

    private func draw(_ steps: Int, isPartial: Bool, _ columns: Range<Int>, in rows: inout [[Cell]], _ marks: Marks) {
        let full = marks.columns.count - 1
        for row in rows.indices where steps > row * full {
            let glyph = isPartial ? marks.partial : marks.columns[min(full, steps - row * full)]
            for column in columns { rows[row][column] = Cell(glyph: glyph, role: .accent) }
        }
    }

    /// Marks the baseline in each drawn column: the maximum of its buckets, as for the columns. The top of a column carries its
    /// value, so there the mark replaces only the last of several cells; otherwise a small value would be hidden by a small
    /// baseline.
    private func drawBaseline(_ frame: TimeFrame, in rows: inout [[Cell]], _ marks: Marks) -> Bool {
        guard let baseline else { return false }
        var isDrawn = false
        for (place, group) in frame.layout.groups.enumerated() {
            guard let highest = group.compactMap({ baseline.value($0) }).max(), highest > 0 else { continue }
            let row = frame.level(highest, of: frame.height), start = place * frame.layout.stride
            var columns = start..<start + frame.layout.bar
            let isEnd = rows[row][start] != .blank && (row + 1 == frame.height || rows[row + 1][start] == .blank)
            if isEnd { columns = (columns.count > 1 ? columns.upperBound - 1 : columns.upperBound)..<columns.upperBound }
            for column in columns { rows[row][column] = Cell(glyph: marks.before, role: .warning) }
            isDrawn = isDrawn || !columns.isEmpty
        }
        return isDrawn
    }

    private func frame(_ style: Style) -> TimeFrame? {
        let before = axis.starts.indices.compactMap { baseline?.value($0) }.max() ?? 0
        let largest = max(before, axis.starts.indices.compactMap { value($0) }.max() ?? 0)
        return TimeFrame(axis, largest: largest, type: type, height: heightInRows, style: style)
    }

    /// Returns the value of a bucket; nil where no data covers it, even if there is a row.
    func value(_ index: Int) -> Double? {
        guard index < values.count, let value = values[index], value.isFinite, axis.isCovered(index) else { return nil }
        return value
    }

    private func format(_ value: Double, _ text: ValueText) -> String { text.magnitude(value, type, of: name) }
}

extension ValueText {
    /// Formats a magnitude (durations in seconds, money in dollars, ratios as fractions) by its type.
    func magnitude(_ value: Double, _ type: ValueType) -> String {
        switch type {
        case .count where abs(value) < 9e15: count(Int64(value.rounded()))
        case .duration where abs(value) < 9e9: duration(.nanoseconds(Int64((value * 1e9).rounded())))
        case .money: Money(dollars: value).map(money) ?? number(value)
        case .ratio: percent(value)
        default: number(value)
        }
    }

    /// Formats a magnitude for a sentence, with the unit of time that its measure names.
    public func magnitude(_ value: Double, _ type: ValueType, of measure: String) -> String {
        magnitude(value, type) + ValueText.per(measure)
    }

    /// Returns the suffix for a rate per unit of time: `/min` for `per_minute(count)`; empty for other measures.
    public static func per(_ measure: String) -> String {
        measure.hasPrefix("per_minute(") ? "/min" : measure.hasPrefix("per_second(") ? "/s" : ""
    }
}

extension ColumnChart: Picture {
    func elements(_ drawer: SVGChart) -> [String] { drawer.draw(self).map { [$0] } ?? [] }
}
