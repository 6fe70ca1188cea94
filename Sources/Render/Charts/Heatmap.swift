import Model

/// A measure in graded cells, distinguished by glyph and colour, with the bounds of the grades below.
public struct Heatmap: Chart {
    /// The kind of the columns.
    public enum Columns: Sendable, Hashable {
        /// Hours of the day, below rows of weekdays.
        case hours
        /// Values of a field, each with its name.
        case names([String])
        /// Time buckets.
        case buckets(TimeAxis)
    }

    /// The measure and its fields, such as `errors by weekday, hour`; the summary begins with it.
    public var title: String
    /// The names of the rows.
    public var rows: [String]
    /// The columns.
    public var columns: Columns
    /// One array per row, one cell per column; absent cells have no data.
    public var cells: [[HeatCell]]
    /// The type of the values.
    public var type: ValueType
    /// True when the values add up to a total.
    public var addsUp: Bool

    /// Maximum number of rows drawn.
    public static let mostRows = 40

    /// Creates a heatmap.
    public init(title: String, rows: [String], columns: Columns, cells: [[HeatCell]], type: ValueType, addsUp: Bool) {
        self.title = title
        self.rows = rows
        self.columns = columns
        self.cells = cells
        self.type = type
        self.addsUp = addsUp
    }

    /// Creates the heatmap of a week: seven rows of 24 cells, Monday first.
    public init(week cells: [[HeatCell]], title: String, type: ValueType, addsUp: Bool) {
        self.init(title: title, rows: WeekGrid.days, columns: .hours, cells: cells, type: type, addsUp: addsUp)
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let text = ValueText(style)
        var best: (row: Int, column: Int, value: Double)?, least: (row: Int, column: Int, value: Double)?
        var sum = 0.0, noData = 0, noValue = 0
        for row in rows.indices {
            for column in 0..<count {
                switch cell(row, column) {
                case .noData: noData += 1
                case .noValue: noValue += 1
                case .value(let value):
                    sum += value
                    if value > best?.value ?? -.infinity { best = (row, column, value) }
                    if value < least?.value ?? .infinity { least = (row, column, value) }
                }
            }
        }
        var parts: [String] = []
        if let best, best.value > 0 || !addsUp {
            parts.append("peak \(text.magnitude(best.value, type, of: title)) \(place(best.row, best.column, style))")
        }
        if addsUp, sum.isFinite { parts.append("\(text.magnitude(sum, type)) in total") }
        if !addsUp, let least, let best, least.value < best.value {
            parts.append("lowest \(text.magnitude(least.value, type, of: title)) \(place(least.row, least.column, style))")
        }
        let all = (Int64(rows.count) * Int64(count)).counted("cells")
        if noData > 0 { parts.append("no data for \(DecimalText.grouped(Int64(noData))) of \(all)") }
        if noValue > 0 { parts.append("no value in \(DecimalText.grouped(Int64(noValue))) of \(all)") }
        var title = style.safe(self.title)
        if case .buckets(let axis) = columns { title += " in " + AxisPhrases.buckets(axis, style) }
        return title + ": " + (parts.isEmpty ? "no cells" : parts.joined(separator: ", ")) + "."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        guard !rows.isEmpty, count > 0 else { return [] }
        let names = rows.prefix(Heatmap.mostRows).map { style.safe($0, columns: 60) }
        let gutter = min(names.map { DisplayWidth.of($0) }.max() ?? 0, max(3, style.widthInColumns / 3)) + 1
        guard let layout = HeatLayout(self, room: style.widthInColumns - gutter, style: style) else { return [] }
        let marks = style.marks
        let drawn = names.indices.map { row in layout.groups.map { group in highest(row, group) } }
        let scale = HeatScale(drawn.joined().compactMap(\.number), type: type)
        var lines = layout.head.map { head in
            var line = Line()
            for label in head {
                line.fill(to: gutter + label.column)
                line.append(label.text, .dim)
            }
            return line
        }
        for (row, name) in names.enumerated() {
            var line = Line(DisplayWidth.cut(name, to: gutter - 1, mark: marks.ellipsis))
            for (place, cell) in drawn[row].enumerated() {
                line.fill(to: gutter + place * layout.stride)
                let drawn = scale.cell(cell, marks)
                line.append(String(repeating: drawn.glyph, count: layout.fill), drawn.role)
            }
            lines.append(line)
        }
        lines += layout.foot.map { Line($0, .dim) }
        return (lines + legend(scale, Array(drawn.joined()), layout, style)).texts(style)
    }

    private func legend(_ scale: HeatScale, _ cells: [HeatCell], _ layout: HeatLayout, _ style: Style) -> [Line] {
        var lines: [Line] = [], line = Line()
        for (glyph, text) in scale.legend(cells, style) {
            let width = DisplayWidth.of(text) + (glyph == .blank ? 0 : 2)
            if line.width > 0, line.width + 3 + width > style.widthInColumns {
                lines.append(line)
                line = Line()
            }
            if line.width > 0 { line.append("   ") }
            if glyph != .blank { line.append(glyph.glyph + " ", glyph.role) }
            line.append(text, .dim)
        }
        if line.width > 0 { lines.append(line) }
        var notes = layout.notes
        if rows.count > Heatmap.mostRows {
            notes.append("\((rows.count - Heatmap.mostRows).counted("more rows")) not drawn")
        }
        return lines + notes.flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }.map { Line($0, .dim) }
    }

    /// Number of columns in the data.
    var count: Int {
        switch columns {
        case .hours: 24
        case .names(let names): names.count
        case .buckets(let axis): axis.starts.count
        }
    }

    func cell(_ row: Int, _ column: Int) -> HeatCell {
        guard row < cells.count, column < cells[row].count else { return .noData }
        if case .buckets(let axis) = columns, !axis.isCovered(column) { return .noData }
        if case .value(let value) = cells[row][column], !value.isFinite { return .noValue }
        return cells[row][column]
    }

    /// Returns the largest of the cells that share a drawn cell; no value ranks above no data.
    private func highest(_ row: Int, _ group: Range<Int>) -> HeatCell {
        let all = group.map { cell(row, $0) }
        if let largest = all.compactMap(\.number).max() { return .value(largest) }
        return all.contains(.noValue) ? .noValue : .noData
    }

    func place(_ row: Int, _ column: Int, _ style: Style) -> String {
        let name = style.safe(rows[row], columns: 60)
        switch columns {
        case .hours: return "on \(name) at \(TimeText.two(column)):00"
        case .names(let names): return "for \(name), \(style.safe(names[column], columns: 60))"
        case .buckets(let axis): return "for \(name) \(AxisPhrases.place(column, axis, style))"
        }
    }
}

/// The mapping of a heatmap's columns to terminal columns.
struct HeatLayout {
    /// The data columns of each drawn cell.
    let groups: [Range<Int>]
    /// Columns from one cell to the next; columns that a cell fills.
    let stride: Int, fill: Int
    /// Labels above the cells; whole lines below them.
    var head: [[(column: Int, text: String)]] = []
    var foot: [String] = []
    /// Notes about omitted or merged columns.
    var notes: [String] = []

    /// Lays out a heatmap; nil when not even one cell fits.
    init?(_ map: Heatmap, room: Int, style: Style) {
        switch map.columns {
        case .names(let names):
            let names = names.map { style.safe($0, columns: 60) }
            let widest = names.map { DisplayWidth.of($0) }.max() ?? 0
            guard room > 0 else { return nil }
            if widest <= 14, (max(3, widest) + 1) * names.count <= room {
                (stride, fill) = (max(3, widest) + 1, max(3, widest))
                groups = names.indices.map { $0..<$0 + 1 }
                head = [names.indices.map { ($0 * (max(3, widest) + 1), names[$0]) }]
                return
            }
            // Letters replace names that do not fit above their cells.
            let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ").map(String.init)
            let shown = min(names.count, letters.count, room)
            let step = max(1, min(3, room / shown))
            (stride, fill) = (step, step == 3 ? 2 : step)
            groups = (0..<shown).map { $0..<$0 + 1 }
            head = [(0..<shown).map { ($0 * step, letters[$0]) }]
            let key = (0..<shown).map { letters[$0] + " " + names[$0] }
            foot = key.flowing(width: style.widthInColumns).flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }
            if shown < names.count { notes = ["\((names.count - shown).counted("more columns")) not drawn"] }
        case .hours:
            guard let layout = ColumnLayout(buckets: 24, room: room) else { return nil }
            (groups, stride, fill) = (layout.groups, layout.stride, layout.bar)
            // The smallest step at which two-digit hour labels do not touch.
            let step = [1, 2, 3, 4, 6, 12].first {
                $0 % layout.bucketsPerColumn == 0 && $0 / layout.bucketsPerColumn * layout.stride >= 3
            }
            if let step {
                let places = Swift.stride(from: 0, to: 24, by: step).map { (layout.column(ofBucket: $0), TimeText.two($0)) }
                head = [places.filter { $0.0 + 2 <= room }]
            }
            if layout.bucketsPerColumn > 1 { notes = ["each cell shows the highest of \(layout.bucketsPerColumn) hours"] }
        case .buckets(let axis):
            guard let layout = ColumnLayout(buckets: axis.starts.count, room: room) else { return nil }
            (groups, stride, fill) = (layout.groups, layout.stride, layout.bar)
            let ticks = TimeTicks(axis, layout, style: style)
            head = [ticks.lower, ticks.upper].filter { !$0.isEmpty }.map { row in row.map { ($0.column, $0.text) } }
            notes = ["times in " + AxisPhrases.zone(axis, style)]
            if layout.bucketsPerColumn > 1 {
                notes.append("each cell shows the highest of \(DecimalText.grouped(Int64(layout.bucketsPerColumn))) buckets")
            }
        }
    }
}

extension Heatmap: Picture {
    func elements(_ drawer: SVGChart) -> [String] { [drawer.draw(self)] }
}
