import Model

/// Stacked columns over a time axis: at most six groups and the rest, distinguished by fill and colour.
///
/// Only for additive measures (counts, sums). With more buckets than columns, each column shows its bucket with the highest
/// total.
public struct StackedColumns: Chart {
    /// One group: its name and one value per bucket; nil and missing trailing elements mean no value.
    public struct Series: Sendable, Hashable {
        /// The name in the legend.
        public var name: String
        /// One value per bucket.
        public var values: [Double?]

        /// Creates a series.
        public init(_ name: String, _ values: [Double?]) {
            self.name = name
            self.values = values
        }
    }

    /// The buckets.
    public var axis: TimeAxis
    /// The groups, most important first, stacked from the axis upwards. Groups after the sixth are folded into the rest.
    public var series: [Series]
    /// Groups folded earlier, as one series; nil when there are none.
    public var rest: Series?
    /// Number of groups folded into `rest`.
    public var foldedGroups: Int
    /// The type of the values.
    public var type: ValueType
    /// The measure and its field, such as `errors by type`.
    public var name: String
    /// Height in rows of the plot, without axis, legend and summary; 0 draws nothing.
    public var heightInRows: Int
    /// The baseline over all groups, for the summary; nil without `vs`.
    public var baseline: BaselineSeries?

    /// Maximum number of groups drawn separately.
    public static let mostSeries = 6

    /// Creates a chart, twelve rows high by default.
    public init(
        axis: TimeAxis, series: [Series], rest: Series? = nil, foldedGroups: Int = 0, type: ValueType = .count, name: String,
        heightInRows: Int = 12
    ) {
        self.axis = axis
        self.series = series
        self.rest = rest
        self.foldedGroups = foldedGroups
        self.type = type
        self.name = name
        self.heightInRows = heightInRows
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let text = ValueText(style), layers = layers(style)
        let totals = axis.starts.indices.map { total($0, layers) }
        let sum = totals.compactMap { $0 }.reduce(0, +)
        var parts = ["\(text.magnitude(sum, type)) \(style.safe(name)) in \(AxisPhrases.buckets(axis, style))"]
        parts += baseline?.words(against: sum, type, style) ?? []
        // The first of several equal maxima.
        if let peak = totals.indices.max(by: { totals[$0] ?? -1 < totals[$1] ?? -1 }), let value = totals[peak],
            value > 0
        {
            parts.append("peak \(text.magnitude(value, type)) \(AxisPhrases.place(peak, axis, style))")
        }
        let perColumn = frame(style, layers)?.layout.bucketsPerColumn ?? 1
        parts += AxisPhrases.remarks(
            axis, hasValue: { totals[$0] != nil }, bucketsPerColumn: perColumn, each: "highest")
        let names = layers.map { "\($0.name) \(text.magnitude($0.sum, type))" }
        return parts.joined(separator: ", ") + (names.isEmpty ? "" : ": " + names.joined(separator: ", ")) + "."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        let layers = layers(style)
        guard let frame = frame(style, layers) else { return [] }
        let layout = frame.layout
        var rows = [[Cell]](repeating: [Cell](repeating: .blank, count: layout.width), count: frame.height)
        var gaps: [Range<Int>] = []
        for (place, group) in layout.groups.enumerated() {
            let known = group.filter { total($0, layers) != nil }
            guard let bucket = known.max(by: { total($0, layers) ?? 0 < total($1, layers) ?? 0 }) else {
                for column in place * layout.stride..<min(layout.width, (place + 1) * layout.stride) {
                    rows[0][column] = Cell(glyph: style.marks.noData, role: .dim)
                }
                if let last = gaps.last, last.upperBound == place {
                    gaps[gaps.count - 1] = last.lowerBound..<place + 1
                } else {
                    gaps.append(place..<place + 1)
                }
                continue
            }
            let stack = layers.map { max(0, $0.value(bucket) ?? 0) }
            for (row, layer) in cells(stack, frame).enumerated() {
                for column in place * layout.stride..<place * layout.stride + layout.bar {
                    rows[row][column] = Cell(glyph: style.marks.fills[layers[layer].fill], role: layers[layer].role)
                }
            }
        }
        frame.writeWords(" no data ", over: gaps, in: &rows[0])
        return (frame.lines(rows, style: style) + legend(layers, style)).texts(style)
    }

    /// Returns the layer shown in each row of a column, from the axis upwards; the height is rounded, but never to zero for a
    /// value above zero.
    private func cells(_ stack: [Double], _ frame: TimeFrame) -> [Int] {
        let total = stack.reduce(0, +)
        guard total > 0 else { return [] }
        let rows = max(1, min(frame.height, Int((min(1, total / frame.scale.top) * Double(frame.height)).rounded())))
        return (0..<rows).compactMap { row in
            // The layer at the centre of the row, with the total spread evenly over the rows.
            let middle = total * (Double(row) + 0.5) / Double(rows)
            var below = 0.0
            for (layer, value) in stack.enumerated() where value > 0 {
                below += value
                if middle <= below { return layer }
            }
            return stack.lastIndex { $0 > 0 }
        }
    }

    private func legend(_ layers: [Layer], _ style: Style) -> [Line] {
        var lines: [Line] = [], line = Line()
        for layer in layers {
            let text = "\(layer.name) \(ValueText(style).magnitude(layer.sum, type))"
            if line.width > 0, line.width + 5 + DisplayWidth.of(text) > style.widthInColumns {
                lines.append(line)
                line = Line()
            }
            if line.width > 0 { line.append("   ") }
            line.append(style.marks.fills[layer.fill], layer.role)
            line.append(" " + text)
        }
        return line.width > 0 ? lines + [line] : lines
    }

    /// A group as drawn.
    struct Layer {
        let name: String, values: [Double?], fill: Int, role: Role, sum: Double
        func value(_ index: Int) -> Double? {
            guard index < values.count, let value = values[index], value.isFinite else { return nil }
            return value
        }
    }

    func layers(_ style: Style) -> [Layer] {
        func layer(_ name: String, _ values: [Double?], _ fill: Int, _ role: Role) -> Layer {
            let sum = axis.starts.indices.filter { axis.isCovered($0) && $0 < values.count }.compactMap { values[$0] }
                .filter(\.isFinite).reduce(0, +)
            return Layer(name: name, values: values, fill: fill, role: role, sum: sum)
        }
        let most = StackedColumns.mostSeries
        var layers = series.prefix(most).enumerated().map { index, series in
            layer(
                DisplayWidth.cut(style.safe(series.name), to: 40, mark: style.marks.ellipsis), series.values, index,
                .series(index))
        }
        let folded = series.dropFirst(most) + (rest.map { [$0] } ?? [])
        if !folded.isEmpty {
            let values = axis.starts.indices.map { index -> Double? in
                let known = folded.compactMap { index < $0.values.count ? $0.values[index] : nil }
                return known.isEmpty ? nil : known.reduce(0, +)
            }
            let groups = Int64(max(0, series.count - most) + (rest == nil ? 0 : max(1, foldedGroups)))
            layers.append(layer("other (\(DecimalText.grouped(groups)) \("groups".counted(groups)))", values, most, .dim))
        }
        return layers
    }

    /// Returns the total of a bucket; nil when no data covers it or no group has a value.
    func total(_ index: Int, _ layers: [Layer]) -> Double? {
        guard axis.isCovered(index) else { return nil }
        let known = layers.compactMap { $0.value(index) }
        return known.isEmpty ? nil : known.reduce(0) { $0 + max(0, $1) }
    }

    private func frame(_ style: Style, _ layers: [Layer]) -> TimeFrame? {
        let largest = axis.starts.indices.compactMap { total($0, layers) }.max() ?? 0
        return TimeFrame(axis, largest: largest, type: type, height: heightInRows, style: style)
    }
}

extension StackedColumns: Picture {
    func elements(_ drawer: SVGChart) -> [String] { drawer.draw(self).map { [$0] } ?? [] }
}
