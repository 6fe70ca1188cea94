import Model

/// Columns over a real time axis, one measure a bucket.
///
/// A covered bucket of zero draws nothing but the axis; a bucket that no data covers, or that has no value, is a gap. When there are more
/// buckets than columns, each column shows its highest bucket.
public struct ColumnChart: Chart {
    /// The buckets.
    public var axis: TimeAxis
    /// One value a bucket, as far as they go; nil and what is not finite is no value.
    public var values: [Double?]
    /// What the values are; counts add up in the sentence. Durations in seconds, money in dollars, ratios as quotients.
    public var type: ValueType
    /// What is measured, such as `errors` or `p95(latency)`.
    public var name: String
    /// The rows of the drawing, without axis and sentence; odd heights may draw one row less. Nothing is drawn for 0.
    public var heightInRows: Int
    /// True when the values of all buckets make a total; counts do, unless they count distinct things.
    public var addsUp: Bool
    /// The values before, drawn as marks beside the columns; nil without `vs`.
    public var baseline: BaselineSeries?

    /// Makes a chart of eight rows unless said otherwise.
    public init(axis: TimeAxis, values: [Double?], type: ValueType, name: String, heightInRows: Int = 8) {
        self.axis = axis
        self.values = values
        self.type = type
        self.name = name
        self.heightInRows = heightInRows
        addsUp = type == .count
    }

    /// Makes a chart of column `column` of a result with one row a bucket, whose start is column 0; buckets without a row have no value.
    public init(axis: TimeAxis, table: ResultTable, column: Int, name: String? = nil, heightInRows: Int = 8) {
        let isThere = table.columns.indices.contains(column)
        self.init(
            axis: axis, values: SeriesGroups.values(table, column: column, axis: axis).map(\.magnitude),
            type: isThere ? table.columns[column].type : .number,
            name: name ?? (isThere ? table.columns[column].name : ""), heightInRows: heightInRows)
        addsUp = isThere && table.columns[column].type == .count && table.columns[column].addsUp
    }

    /// What the picture shows, in one sentence.
    public func sentence(_ style: Style) -> String {
        let name = style.safe(name), text = ValueText(style)
        let known = axis.starts.indices.compactMap { index in value(index).map { (index, $0) } }
        var head: String
        let sum = known.reduce(0) { $0 + $1.1 }
        if addsUp {
            head = format(sum, text) + " " + name.counted(sum == 1 ? 1 : 2)
        } else {
            head = name
        }
        head += " in " + AxisWords.buckets(axis, style)
        var parts = baseline.map { $0.words(against: addsUp ? sum : nil, type, style) } ?? []
        // The first of equals.
        if let peak = known.max(by: { $0.1 < $1.1 }), peak.1 > 0 || type != .count {
            parts.append("peak \(format(peak.1, text)) \(AxisWords.place(peak.0, axis, style))")
            if type != .count, let low = known.min(by: { $0.1 < $1.1 }), low.1 < peak.1 {
                parts.append("lowest \(format(low.1, text)) \(AxisWords.place(low.0, axis, style))")
            }
        }
        let perColumn = frame(style)?.layout.bucketsPerColumn ?? 1
        parts += AxisWords.remarks(axis, hasValue: { value($0) != nil }, bucketsPerColumn: perColumn, each: "highest")
        return ([head] + parts).joined(separator: ", ") + "."
    }

    /// The picture, without the sentence.
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

    /// Marks the level before in each drawn column: the highest of its buckets, as the columns show. The upper end of a column is what it
    /// shows, so there the mark takes the last of several columns only; otherwise a small value would be hidden by a small one before.
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

    /// The value of a bucket; nil outside the data, whatever the row says.
    func value(_ index: Int) -> Double? {
        guard index < values.count, let value = values[index], value.isFinite, axis.isCovered(index) else { return nil }
        return value
    }

    private func format(_ value: Double, _ text: ValueText) -> String { text.magnitude(value, type, of: name) }
}

extension ValueText {
    /// A magnitude (durations in seconds, money in dollars, ratios as quotients) by the type that it stands for.
    func magnitude(_ value: Double, _ type: ValueType) -> String {
        switch type {
        case .count where abs(value) < 9e15: count(Int64(value.rounded()))
        case .duration where abs(value) < 9e9: duration(.nanoseconds(Int64((value * 1e9).rounded())))
        case .money: Money(dollars: value).map(money) ?? number(value)
        case .ratio: percent(value)
        default: number(value)
        }
    }

    /// A magnitude in a sentence: with what it is taken per, as the name of its measure says.
    public func magnitude(_ value: Double, _ type: ValueType, of measure: String) -> String {
        magnitude(value, type) + ValueText.per(measure)
    }

    /// What the values of a measure are taken per: `/min` for `per_minute(count)`; empty for most.
    public static func per(_ measure: String) -> String {
        measure.hasPrefix("per_minute(") ? "/min" : measure.hasPrefix("per_second(") ? "/s" : ""
    }
}
