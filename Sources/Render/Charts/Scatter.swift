import Model

/// A scatter plot; glyphs show the density of cells, and an axis is logarithmic when its values span more than three decades.
public struct Scatter: Chart {
    /// What the points are, such as `calls`; the summary begins with it.
    public var title: String
    /// The columns on the horizontal and vertical axis.
    public var x: ResultColumn, y: ResultColumn
    /// One pair per point; nil and non-finite numbers mean no value.
    public var points: [Point]
    /// Height in rows of the plot, without axis, legend and summary.
    public var heightInRows: Int

    /// A point: durations in seconds, money in dollars, ratios as fractions.
    public struct Point: Sendable, Hashable {
        /// Horizontal and vertical position.
        public var x: Double?, y: Double?

        /// Creates a point.
        public init(_ x: Double?, _ y: Double?) {
            self.x = x
            self.y = y
        }

        /// Both coordinates, if they can be drawn.
        var both: (x: Double, y: Double)? {
            guard let x, let y, abs(x) <= NumberAxis.largest, abs(y) <= NumberAxis.largest else { return nil }
            return (x, y)
        }
    }

    /// Creates a chart, fourteen rows high by default.
    public init(title: String, x: ResultColumn, y: ResultColumn, points: [Point], heightInRows: Int = 14) {
        self.title = title
        self.x = x
        self.y = y
        self.points = points
        self.heightInRows = heightInRows
    }

    /// Creates a chart of the first two numeric columns; nil when there are fewer than two.
    public init?(title: String, table: ResultTable, heightInRows: Int = 14) {
        let columns = table.columns.indices.filter { Scatter.numeric.contains(table.columns[$0].type) }
        guard columns.count > 1 else { return nil }
        let points = table.rows.map { row in
            Point(
                columns[0] < row.count ? row[columns[0]].magnitude : nil, columns[1] < row.count ? row[columns[1]].magnitude : nil
            )
        }
        self.init(
            title: title, x: table.columns[columns[0]], y: table.columns[columns[1]], points: points, heightInRows: heightInRows)
    }

    /// Types that fit on a numeric axis.
    static let numeric: Set<ValueType> = [.count, .number, .duration, .money, .ratio]

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let text = ValueText(style), known = points.compactMap(\.both), count = Int64(known.count)
        var parts = ["\(DecimalText.grouped(count)) \("points".counted(count))"]
        for (column, values) in [(x, known.map(\.x)), (y, known.map(\.y))] {
            guard let low = values.min(), let high = values.max() else { continue }
            let range = [low, high].map { text.magnitude($0, column.type) }
            parts.append("\(style.safe(column.name)) \(range[0] == range[1] ? range[0] : range.joined(separator: " to "))")
        }
        let without = Int64(points.count) - count
        if without > 0 { parts.append("\(DecimalText.grouped(without)) without both values") }
        return "\(style.safe(title)): " + parts.joined(separator: ", ") + "."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        let known = points.compactMap(\.both)
        guard let across = NumberAxis(known.map(\.x), type: x.type, steps: max(2, style.widthInColumns / 12)),
            let up = NumberAxis(known.map(\.y), type: y.type, steps: max(1, min(6, heightInRows / 2))),
            let frame = NumberFrame(x: across, y: up, height: heightInRows, style: style)
        else { return [] }
        let marks = style.marks
        var counts = [[Int]](repeating: [Int](repeating: 0, count: frame.width), count: frame.height)
        for point in known { counts[frame.row(point.y)][frame.column(point.x)] += 1 }
        let bounds = Scatter.bounds(counts.joined().max() ?? 0)
        let rows = counts.map { row in
            row.map { count -> Cell in
                guard count > 0, let grade = bounds.firstIndex(where: { count <= $0 }) else { return .blank }
                return Cell(glyph: marks.density[grade + (bounds.count == 1 ? 2 : 0)], role: .heat(grade))
            }
        }
        let names = [(x, across, "x"), (y, up, "y")].map { column, axis, letter in
            "\(letter): \(style.safe(column.name, columns: 60))" + (axis.isLogarithmic ? " (log scale)" : "")
        }
        var legend = names
        var from = 1
        for (grade, bound) in bounds.enumerated() {
            let words =
                from == bound
                ? "\(bound)" : "\(DecimalText.grouped(Int64(from)))\(marks.dash)\(DecimalText.grouped(Int64(bound)))"
            legend.append("\(marks.density[grade + (bounds.count == 1 ? 2 : 0)]) \(words) per cell")
            from = bound + 1
        }
        for (axis, values) in [(across, known.map(\.x)), (up, known.map(\.y))] where axis.isLogarithmic {
            let zeros = values.filter { $0 <= 0 }.count
            if zeros > 0 { legend.append("\(DecimalText.grouped(Int64(zeros))) at or below zero, drawn on the edge") }
        }
        let below = [Line].legend(legend, style)
        return (frame.lines(rows, style: style) + below).texts(style)
    }

    /// Returns the largest number of points for each glyph, ascending; at most four.
    private static func bounds(_ most: Int) -> [Int] {
        if most <= 4 { return Array(1...max(1, most)) }
        // Each glyph covers the same factor.
        let root = Double(most).squareRoot().squareRoot()
        let inner = [root, root * root, root * root * root].map { max(1, Int($0.rounded())) }
        return (inner + [most]).reduce(into: []) { bounds, bound in if bounds.last ?? 0 < bound { bounds.append(bound) } }
    }
}

extension Scatter: Picture {
    func elements(_ drawer: SVGChart) -> [String] { drawer.draw(self).map { [$0] } ?? [] }
}
