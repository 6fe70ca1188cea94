import Glibc
import Model

/// A numeric axis with round ends and ticks in steps of 1, 2, 2.5 or 5 times a power of ten; logarithmic when the values span
/// more than three decades.
/// more than three decades.
struct NumberAxis {
    let low: Double, high: Double
    let isLogarithmic: Bool
    let type: ValueType
    /// Ascending; the first is `low`, the last is `high`.
    private(set) var ticks: [Double] = []
    private let step: Double

    /// Values above this are not drawn: their differences would overflow a Double.
    static let largest = 1e300

    /// Creates an axis for values; nil when none is finite.
    ///
    /// - Parameter steps: Approximate number of ticks.
    init?(_ values: [Double], type: ValueType, steps: Int, fromZero: Bool = false) {
        let known = values.filter { abs($0) <= NumberAxis.largest }
        guard var low = known.min(), var high = known.max() else { return nil }
        self.type = type
        let positive = known.filter { $0 > 0 }
        if !fromZero, low >= 0, let least = positive.min(), high / least > 1000 {
            isLogarithmic = true
            step = 0
            let first = Int(log10(least).rounded(.down)), last = Int(log10(high).rounded(.up))
            (self.low, self.high) = (pow(10, Double(first)), pow(10, Double(last)))
            let every = max(1, (last - first + steps - 1) / max(1, steps))
            ticks = stride(from: first, through: last, by: every).map { pow(10, Double($0)) }
            return
        }
        isLogarithmic = false
        if fromZero || (low >= 0 && low <= high / 2) { low = min(0, low) }
        if high <= low { high = low + (low == 0 ? 1 : abs(low) / 2) }
        let step = Scale.step(atLeast: (high - low) / Double(max(1, steps)), type)
        self.step = step
        let first = (low / step).rounded(.down), last = max(first + 1, (high / step).rounded(.up))
        (self.low, self.high) = (first * step, last * step)
        // Steps too small relative to the values would never reach the end.
        guard last - first <= 1000, self.low < self.high else { return nil }
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// Returns the position of a value along the axis, 0...1; a value below a logarithmic axis, such as zero, is at its start.
    func fraction(_ value: Double) -> Double {
        if isLogarithmic {
            guard value > 0 else { return 0 }
            return max(0, min(1, (log10(value) - log10(low)) / (log10(high) - log10(low))))
        }
        return max(0, min(1, (value - low) / (high - low)))
    }

    func label(_ value: Double, _ style: Style) -> String {
        if isLogarithmic { return Scale.label(value, step: value, top: value, type, style) }
        // Rounding errors may turn the tick at zero into a tiny value.
        let value = abs(value) < step / 1000 ? 0 : value
        if value == 0 { return type == .money ? "$0" : type == .ratio ? "0%" : "0" }
        if value < 0 { return "-" + Scale.label(-value, step: step, top: max(abs(low), abs(high)), type, style) }
        return Scale.label(value, step: step, top: max(abs(low), abs(high)), type, style)
    }
}

/// The frame of charts with two numeric axes: labels on the left and below, the plot in between.
struct NumberFrame {
    let x: NumberAxis, y: NumberAxis
    /// Columns and rows of the plot.
    let width: Int, height: Int
    private let gutter: Int
    private let labels: [Int: String]
    private let base: String

    /// Lays out a frame; nil when there is no room for a plot of eight columns.
    init?(x: NumberAxis, y: NumberAxis, height: Int, style: Style) {
        guard height > 0 else { return nil }
        self.x = x
        self.y = y
        self.height = min(height, 100)
        var labels: [Int: String] = [:]
        for tick in y.ticks.dropFirst() { labels[NumberFrame.level(y.fraction(tick), of: self.height)] = y.label(tick, style) }
        base = y.ticks.first.map { y.label($0, style) } ?? ""
        self.labels = labels
        gutter = (labels.values.map { DisplayWidth.of($0) } + [DisplayWidth.of(base)]).reduce(0, max) + 2
        width = style.widthInColumns - gutter
        guard width >= 8 else { return nil }
    }

    /// Returns the row of a fraction of the height, as in time charts: a label is in the row whose top edge is its value.
    static func level(_ fraction: Double, of parts: Int) -> Int {
        max(0, min(parts - 1, Int((fraction * Double(parts)).rounded(.up)) - 1))
    }

    func row(_ value: Double) -> Int { NumberFrame.level(y.fraction(value), of: height) }
    func column(_ value: Double) -> Int { max(0, min(width - 1, Int(x.fraction(value) * Double(width)))) }

    /// Returns the lines of the chart around `rows`, bottom row first; each row has `width` cells.
    func lines(_ rows: [[Cell]], style: Style) -> [Line] {
        let marks = style.marks
        var lines: [Line] = []
        for row in (0..<height).reversed() {
            let label = labels[row] ?? ""
            var line = Line(DisplayWidth.pad(label, to: gutter - 2, right: true) + " ", .dim)
            line.append(label.isEmpty ? marks.axisSide : marks.axisTick, .dim)
            for cell in row < rows.count ? rows[row] : [] { line.append(cell.glyph, cell.role) }
            lines.append(line)
        }
        var ticks: [Int] = [], below = Line()
        for tick in x.ticks {
            let text = x.label(tick, style), column = column(tick)
            // The last label ends at the edge; a label without room is omitted, its tick stays.
            let place = gutter + min(column, width - DisplayWidth.of(text))
            ticks.append(column)
            guard place >= gutter, place >= below.width + (below.width == 0 ? 0 : 2) else { continue }
            below.fill(to: place)
            below.append(text, .dim)
        }
        var axis = Line(DisplayWidth.pad(base, to: gutter - 2, right: true) + " " + marks.corner, .dim)
        for column in 0..<width { axis.append(ticks.contains(column) ? marks.baseTick : marks.base, .dim) }
        return lines + [axis, below]
    }
}
