import Model

/// One cell of a heatmap.
public enum HeatCell: Sendable, Hashable {
    /// No data covers the cell.
    case noData
    /// There is data, but the measure has no value.
    case noValue
    /// Durations in seconds, money in dollars, ratios as fractions.
    case value(Double)

    init(_ value: Value) {
        guard let size = value.magnitude, size.isFinite else { self = .noValue; return }
        self = .value(size)
    }

    /// The number; nil when there is none.
    var number: Double? { if case .value(let value) = self { value } else { nil } }
}

/// The grades of a heatmap: at most four, each with a round upper bound.
struct HeatScale {
    /// Upper bounds of the grades, ascending; the last is at least the largest value.
    let bounds: [Double]
    let type: ValueType

    /// Chooses linear steps; geometric ones when three quarters of the values would fall into the lowest grade.
    init(_ values: [Double], type: ValueType) {
        self.type = type
        let positive = values.filter { $0 > 0 && $0.isFinite }.sorted()
        guard let largest = positive.last else { bounds = []; return }
        let middle = positive[positive.count * 3 / 4]
        var bounds: [Double]
        let ratio = largest / middle
        if ratio > 10, ratio.isFinite {
            // The upper quartile is the bound of the second grade.
            let factor = ratio.squareRoot()
            bounds = [middle / factor, middle, middle * factor, largest].map { HeatScale.bound(atLeast: $0, type) }
        } else {
            let step = HeatScale.bound(atLeast: largest / 4, type)
            bounds = [step, 2 * step, 3 * step, 4 * step]
        }
        if let last = bounds.last, last < largest { bounds.append(largest) }
        // Upper bounds that no value needs are dropped.
        while bounds.count > 1, bounds[bounds.count - 2] >= largest { bounds.removeLast() }
        var ascending: [Double] = []
        for bound in bounds where ascending.last.map({ $0 < bound }) ?? true { ascending.append(bound) }
        self.bounds = Array(ascending.suffix(4))
    }

    /// Returns the smallest round number that is at least `least`; finer than the steps of an axis, so that all grades are used.
    private static func bound(atLeast least: Double, _ type: ValueType) -> Double {
        if type == .duration, least > 60 { return Scale.step(atLeast: least, type) }
        var power = 1.0
        while power < least && power < 1e300 { power *= 10 }
        while power / 10 >= least && power > 1e-300 { power /= 10 }
        let short =
            [0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1].map { $0 * power }.first { $0 >= least * 0.999_999 } ?? power
        return type == .count ? max(1, short.rounded(.up)) : short
    }

    /// Returns the grade of a value above zero, from 0.
    func grade(_ value: Double) -> Int { bounds.firstIndex { value <= $0 } ?? max(0, bounds.count - 1) }

    /// Returns the glyph and role of a cell.
    func cell(_ cell: HeatCell, _ marks: Marks) -> Cell {
        switch cell {
        case .noData: return Cell(glyph: marks.noData, role: .dim)
        case .noValue: return Cell(glyph: marks.noValue, role: .dim)
        case .value(let value):
            if value == 0 { return .blank }
            if value < 0 { return Cell(glyph: marks.below, role: .accent) }
            let place = glyph(grade(value), marks)
            return Cell(glyph: marks.grades[place], role: .heat(place))
        }
    }

    /// Returns the glyph's index; with few grades, the outermost glyphs, which differ most.
    private func glyph(_ grade: Int, _ marks: Marks) -> Int {
        max(0, min(marks.grades.count - 1, grade + (marks.grades.count - bounds.count)))
    }

    /// Returns the legend: one entry per kind of glyph drawn.
    func legend(_ cells: [HeatCell], _ style: Style) -> [(glyph: Cell, text: String)] {
        let marks = style.marks, text = ValueText(style)
        var legend: [(glyph: Cell, text: String)] = []
        for (grade, bound) in bounds.enumerated() {
            let place = glyph(grade, marks)
            let isWhole = type == .count && (grade == 0 || bounds[grade - 1] == bounds[grade - 1].rounded())
            let words =
                if isWhole, bound == bound.rounded() {
                    HeatScale.counts(above: grade > 0 ? bounds[grade - 1] : 0, to: bound, text, style)
                } else {
                    "to " + text.magnitude(bound, type)
                }
            legend.append((Cell(glyph: marks.grades[place], role: .heat(place)), words))
        }
        if cells.contains(.value(0)) { legend.append((.blank, "blank 0")) }
        if cells.contains(where: { $0.number.map { $0 < 0 } ?? false }) {
            legend.append((Cell(glyph: marks.below, role: .accent), "below zero"))
        }
        if cells.contains(.noData) { legend.append((Cell(glyph: marks.noData, role: .dim), "no data")) }
        if cells.contains(.noValue) { legend.append((Cell(glyph: marks.noValue, role: .dim), "no value")) }
        return legend
    }

    private static func counts(above: Double, to bound: Double, _ text: ValueText, _ style: Style) -> String {
        let first = text.magnitude(above + 1, .count), last = text.magnitude(bound, .count)
        return first == last ? last : first + style.marks.dash + last
    }
}
