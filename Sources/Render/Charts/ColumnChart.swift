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

    /// Makes a chart of eight rows unless said otherwise.
    public init(axis: TimeAxis, values: [Double?], type: ValueType, name: String, heightInRows: Int = 8) {
        self.axis = axis
        self.values = values
        self.type = type
        self.name = name
        self.heightInRows = heightInRows
    }

    /// Makes a chart of column `column` of a result with one row a bucket.
    public init(axis: TimeAxis, table: ResultTable, column: Int, name: String? = nil, heightInRows: Int = 8) {
        let isThere = table.columns.indices.contains(column)
        self.init(
            axis: axis, values: table.rows.map { column >= 0 && column < $0.count ? $0[column].magnitude : nil },
            type: isThere ? table.columns[column].type : .number,
            name: name ?? (isThere ? table.columns[column].name : ""), heightInRows: heightInRows)
    }

    /// What the picture shows, in one sentence.
    public func sentence(_ style: Style) -> String {
        let name = style.safe(name), text = ValueText(style)
        let known = axis.starts.indices.compactMap { index in value(index).map { (index, $0) } }
        var head: String
        if type == .count {
            let sum = known.reduce(0) { $0 + $1.1 }
            head = format(sum, text) + " " + name.counted(sum == 1 ? 1 : 2)
        } else {
            head = name
        }
        head += " in " + AxisWords.buckets(axis, style)
        var parts: [String] = []
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
        var uncovered: [Range<Int>] = [], valueless: [Range<Int>] = []
        func extend(_ gaps: inout [Range<Int>], _ group: Int) {
            if let last = gaps.last, last.upperBound == group {
                gaps[gaps.count - 1] = last.lowerBound..<group + 1
            } else {
                gaps.append(group..<group + 1)
            }
        }
        var isPartialDrawn = false, isBelowDrawn = false
        for (place, group) in layout.groups.enumerated() {
            let columns = place * layout.stride..<place * layout.stride + layout.bar
            guard let highest = group.compactMap({ value($0) }).max() else {
                let isCovered = group.contains { axis.isCovered($0) }
                isCovered ? extend(&valueless, place) : extend(&uncovered, place)
                let gap = place * layout.stride..<min(layout.width, (place + 1) * layout.stride)
                for column in gap { rows[0][column] = Cell(glyph: isCovered ? marks.noValue : marks.noData, role: .dim) }
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
        frame.writeWords(" no data ", over: uncovered, in: &rows[0])
        frame.writeWords(" no value ", over: valueless, in: &rows[0])
        var lines = frame.lines(rows, style: style)
        var legend: [String] = []
        if isPartialDrawn { legend.append("\(marks.partial) partial bucket") }
        if !uncovered.isEmpty { legend.append("\(marks.noData) no data") }
        if !valueless.isEmpty { legend.append("\(marks.noValue) no value") }
        if isBelowDrawn { legend.append("\(marks.below) below zero") }
        lines += legend.flowing(width: style.widthInColumns).map { Line($0, .dim) }
        return lines.texts(style)
    }

    private func draw(_ steps: Int, isPartial: Bool, _ columns: Range<Int>, in rows: inout [[Cell]], _ marks: Marks) {
        let full = marks.columns.count - 1
        for row in rows.indices where steps > row * full {
            let glyph = isPartial ? marks.partial : marks.columns[min(full, steps - row * full)]
            for column in columns { rows[row][column] = Cell(glyph: glyph, role: .accent) }
        }
    }

    private func frame(_ style: Style) -> TimeFrame? {
        let largest = axis.starts.indices.compactMap { value($0) }.max() ?? 0
        return TimeFrame(axis, largest: largest, type: type, height: heightInRows, style: style)
    }

    /// The value of a bucket; nil outside the data, whatever the row says.
    private func value(_ index: Int) -> Double? {
        guard index < values.count, let value = values[index], value.isFinite, axis.isCovered(index) else { return nil }
        return value
    }

    private func format(_ value: Double, _ text: ValueText) -> String { text.magnitude(value, type) }
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
}
