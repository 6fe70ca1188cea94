import Model

/// Lines over a time axis: one with its trend, or up to six distinguished by glyph.
///
/// A bucket without data or value breaks the line, zero is on the axis, and partial buckets have their own mark. With more
/// buckets than columns, a single line spans from the minimum to the maximum of each column; several lines show the maximum.
public struct LineChart: Chart {
    /// One line: its name and one value per bucket; nil and missing trailing elements mean no value.
    public typealias Series = StackedColumns.Series

    /// A threshold to compare values with.
    public struct Threshold: Sendable, Hashable {
        /// In the unit of the values: durations in seconds, money in dollars, ratios as fractions.
        public var value: Double
        /// The label, such as `count > 5`.
        public var label: String

        /// Creates a threshold.
        public init(_ value: Double, _ label: String) {
            self.value = value
            self.label = label
        }
    }

    /// The buckets.
    public var axis: TimeAxis
    /// The lines, most important first. Only the first six are drawn; the others are counted.
    public var series: [Series]
    /// The type of the values.
    public var type: ValueType
    /// The measure, such as `errors` or `p95(latency)`.
    public var name: String
    /// True when the values of a line add up to a total.
    public var addsUp: Bool
    /// The trend of the first line; drawn when it is the only one.
    public var trend: Trend?
    /// The baseline, drawn as a separate line; nil without `vs`.
    public var baseline: BaselineSeries?
    /// Thresholds to draw.
    public var thresholds: [Threshold]
    /// Number of groups without a line, such as those folded by `top`.
    public var hiddenGroups = 0
    /// Height in rows of the plot, without axis, legend and summary.
    public var heightInRows: Int

    /// Maximum number of lines drawn.
    public static let mostLines = 6

    /// Creates a chart, twelve rows high by default.
    public init(
        axis: TimeAxis, series: [Series], type: ValueType, name: String, addsUp: Bool? = nil, trend: Trend? = nil,
        baseline: BaselineSeries? = nil, thresholds: [Threshold] = [], heightInRows: Int = 12
    ) {
        self.axis = axis
        self.series = series
        self.type = type
        self.name = name
        self.addsUp = addsUp ?? (type == .count)
        self.trend = trend
        self.baseline = baseline
        self.thresholds = thresholds.filter { $0.value.isFinite }
        self.heightInRows = heightInRows
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let text = ValueText(style), name = style.safe(name)
        let lines = drawnSeries
        let known = lines.flatMap { line in
            axis.starts.indices.compactMap { index in value(line, index).map { (index, $0, line) } }
        }
        let sums = lines.map { line in axis.starts.indices.compactMap { value(line, $0) }.reduce(0, +) }
        let sum = sums.reduce(0, +)
        let isSingle = series.count < 2
        var parts = [
            (addsUp && hiddenGroups == 0 && series.count <= LineChart.mostLines
                ? text.magnitude(sum, type) + " " + name.counted(sum == 1 ? 1 : 2) : name) + " in "
                + AxisPhrases.buckets(axis, style)
        ]
        if let baseline { parts += baseline.words(against: addsUp ? sum : nil, type, style) }
        // The first of several equal maxima.
        if let peak = known.max(by: { $0.1 < $1.1 }), peak.1 > 0 || !addsUp {
            let of = isSingle ? "" : " (\(style.safe(peak.2.name, columns: 60)))"
            parts.append("peak \(text.magnitude(peak.1, type, of: self.name))\(of) \(AxisPhrases.place(peak.0, axis, style))")
            if isSingle, !addsUp, let low = known.min(by: { $0.1 < $1.1 }), low.1 < peak.1 {
                parts.append("lowest \(text.magnitude(low.1, type, of: self.name)) \(AxisPhrases.place(low.0, axis, style))")
            }
        }
        let perColumn = frame(style)?.layout.bucketsPerColumn ?? 1
        parts += AxisPhrases.remarks(
            axis, hasValue: { index in lines.contains { value($0, index) != nil } }, bucketsPerColumn: perColumn,
            each: lines.count + (baseline == nil ? 0 : 1) > 1 ? "highest" : "range")
        if let trend, isSingle { parts += TrendSummary(trend, self).parts(style) }
        var sentence = parts.joined(separator: ", ")
        if !isSingle, addsUp {
            let names = zip(lines, sums).map { "\(style.safe($0.name, columns: 60)) \(text.magnitude($1, type))" }
            sentence += ": " + names.joined(separator: ", ")
        }
        let more = max(0, series.count - LineChart.mostLines) + hiddenGroups
        if more > 0 { sentence += "; \(DecimalText.grouped(Int64(more))) more \("groups".counted(Int64(more))) not drawn" }
        return sentence + "."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        guard let frame = frame(style) else { return [] }
        return drawn(frame, style).texts(style)
    }

    /// Draws the chart in a frame that other charts share.
    func drawn(_ frame: TimeFrame, _ style: Style) -> [Line] {
        let marks = style.marks
        var drawing = LineDrawing(chart: self, frame: frame, style: style)
        drawing.draw()
        var lines = frame.lines(drawing.rows, style: style)
        lines += .legend(drawing.legend, style)
        if let trend, series.count < 2 { lines += TrendSummary(trend, self).list(style, mark: marks.anomaly) }
        return lines
    }

    /// The series that are drawn.
    var drawnSeries: ArraySlice<Series> { series.prefix(LineChart.mostLines) }

    /// Returns the value of a bucket; nil where no data covers it, even if there is a row.
    func value(_ series: Series, _ index: Int) -> Double? {
        guard index < series.values.count, let value = series.values[index], value.isFinite, axis.isCovered(index) else {
            return nil
        }
        return value
    }

    func frame(_ style: Style, leastLabel: Int = 0) -> TimeFrame? {
        var largest = thresholds.map(\.value).max() ?? 0
        for line in drawnSeries { largest = max(largest, axis.starts.indices.compactMap { value(line, $0) }.max() ?? 0) }
        if let baseline { largest = max(largest, axis.starts.indices.compactMap { baseline.value($0) }.max() ?? 0) }
        return TimeFrame(axis, largest: largest, type: type, height: heightInRows, style: style, leastLabel: leastLabel)
    }
}

extension LineChart: Picture {
    func elements(_ drawer: SVGChart) -> [String] { drawer.draw(self).map { [$0] } ?? [] }
}
