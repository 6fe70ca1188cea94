import Model

/// The number of firings of a rule at each threshold, with the chosen threshold marked.
public struct StepCurve: Chart {
    /// A threshold and its number of firings.
    public struct Point: Sendable, Hashable {
        /// In the unit of the measure: durations in seconds, money in dollars, ratios as fractions.
        public var threshold: Double
        /// Number of firings at this threshold.
        public var firings: Int64

        /// Creates a point.
        public init(_ threshold: Double, firings: Int64) {
            self.threshold = threshold
            self.firings = firings
        }
    }

    /// The measure compared with the threshold, such as `count over 15m`.
    public var name: String
    /// The type of the thresholds.
    public var type: ValueType
    /// In any order; the curve is flat up to the next threshold.
    public var points: [Point]
    /// The chosen threshold; nil marks none.
    public var chosen: Double?
    /// The target number of firings; nil draws no line.
    public var aim: Double?
    /// Height in rows of the plot, without axis, legend and summary.
    public var heightInRows: Int

    /// Creates a chart, ten rows high by default.
    public init(
        name: String, type: ValueType, points: [Point], chosen: Double? = nil, aim: Double? = nil, heightInRows: Int = 10
    ) {
        self.name = name
        self.type = type
        self.points = points
        self.chosen = chosen
        self.aim = aim
        self.heightInRows = heightInRows
    }

    /// The points that can be drawn, by ascending threshold.
    var sorted: [Point] {
        points.filter { abs($0.threshold) <= NumberAxis.largest && $0.firings >= 0 }.enumerated().sorted {
            ($0.element.threshold, $0.offset) < ($1.element.threshold, $1.offset)
        }.map(\.element)
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let text = ValueText(style), points = sorted, name = style.safe(name)
        guard let first = points.first, let last = points.last else { return "\(name): no thresholds tested." }
        func words(_ point: Point) -> String {
            "\(text.count(point.firings)) \("firings".counted(point.firings)) at \(text.magnitude(point.threshold, type))"
        }
        let count = Int64(points.count)
        var parts = ["\(text.count(count)) \("thresholds".counted(count)) tested", words(first)]
        if count > 1 { parts.append(words(last)) }
        if let chosen, chosen.isFinite {
            let fires =
                points.last { $0.threshold <= chosen }.map { " with \(text.count($0.firings)) \("firings".counted($0.firings))" }
                ?? ""
            parts.append("chosen \(text.magnitude(chosen, type))\(fires)")
        }
        return "\(name): " + parts.joined(separator: ", ") + "."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        let points = sorted, marks = style.marks
        let chosen = chosen.flatMap { abs($0) <= NumberAxis.largest ? $0 : nil }
        let aim = aim.flatMap { $0 >= 0 && $0 <= NumberAxis.largest ? $0 : nil }
        let heights = points.map { Double($0.firings) } + (aim.map { [$0] } ?? [])
        guard
            let x = NumberAxis(
                points.map(\.threshold) + (chosen.map { [$0] } ?? []), type: type, steps: max(2, style.widthInColumns / 12)),
            let y = NumberAxis(heights, type: .count, steps: max(1, min(5, heightInRows / 2)), fromZero: true),
            let frame = NumberFrame(x: x, y: y, height: heightInRows, style: style)
        else { return [] }
        var rows = [[Cell]](repeating: [Cell](repeating: .blank, count: frame.width), count: frame.height)
        var legend = ["x: threshold of \(style.safe(name, columns: 60))", "y: firings"]
        if let aim {
            for column in 0..<frame.width { rows[frame.row(aim)][column] = Cell(glyph: marks.threshold, role: .warning) }
            legend.append("\(marks.threshold) aim \(ValueText(style).number(aim))")
        }
        if let chosen {
            for row in rows.indices { rows[row][frame.column(chosen)] = Cell(glyph: marks.levelChange, role: .strong) }
            legend.append("\(marks.levelChange) chosen \(ValueText(style).magnitude(chosen, type))")
        }
        var canvas = DotCanvas(columns: frame.width, rows: frame.height, glyphs: style.glyphs)
        func dot(_ threshold: Double, _ firings: Int64) -> (x: Int, y: Int) {
            let high = frame.height * canvas.up
            return (frame.column(threshold) * canvas.across, NumberFrame.level(y.fraction(Double(firings)), of: high))
        }
        for (point, next) in zip(points, points.dropFirst()) {
            let from = dot(point.threshold, point.firings), corner = dot(next.threshold, point.firings)
            canvas.line(from: from, to: corner)
            canvas.line(from: corner, to: dot(next.threshold, next.firings))
        }
        if let last = points.last { canvas.line(from: dot(last.threshold, last.firings), to: dot(last.threshold, last.firings)) }
        for row in rows.indices {
            for column in 0..<frame.width {
                guard let glyph = canvas.glyph(column: column, row: row, path: marks.path) else { continue }
                rows[row][column] = Cell(glyph: glyph, role: .accent)
            }
        }
        if let chosen, let point = points.last(where: { $0.threshold <= chosen }) {
            rows[frame.row(Double(point.firings))][frame.column(chosen)] = Cell(glyph: marks.anomaly, role: .bad)
        }
        let below = [Line].legend(legend, style)
        return (frame.lines(rows, style: style) + below).texts(style)
    }
}
