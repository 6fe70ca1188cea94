import Model

/// A result grouped by two fields as a matrix of numbers: larger ones are coloured, and additive measures have totals.
public struct Pivot: Chart {
    /// The measure and its fields, such as `errors by type, provider`; the summary begins with it.
    public var title: String
    /// The column shown in the matrix.
    public var measure: ResultColumn
    /// The field of the rows.
    public var rowField: String
    let grid: KeyGrid
    /// True when no group is hidden, so that an empty cell is zero for additive measures.
    let isWhole: Bool

    /// Maximum number of columns.
    public static let mostColumns = 8

    /// Creates the matrix of column `measure` of an answer whose first two columns are keys.
    ///
    /// - Returns: nil when there are no rows, or more than eight values of the second key.
    public init?(_ answer: Answer, measure: Int = 2, title: String) {
        let table = answer.table
        guard let grid = KeyGrid(table, measure: measure), grid.columns.count <= Pivot.mostColumns else { return nil }
        self.title = title
        self.measure = table.columns[measure]
        rowField = table.columns[0].name
        self.grid = grid
        isWhole = !answer.receipt.isCut && answer.receipt.droppedGroups == 0 && answer.foldedGroups == 0
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let text = ValueText(style)
        var best: (row: Int, column: Int, size: Double)?
        for (row, cells) in grid.cells.enumerated() {
            for (column, cell) in cells.enumerated() {
                if let size = cell?.magnitude, size.isFinite, size > best?.size ?? -.infinity { best = (row, column, size) }
            }
        }
        let rows = Int64(grid.rows.count), columns = Int64(grid.columns.count)
        var parts = ["\(DecimalText.grouped(rows)) \("rows".counted(rows)) by \(columns) \("columns".counted(columns))"]
        if let total = total(of: grid.cells.joined().compactMap { $0 }) { parts.append("\(text.text(total)) in total") }
        if let best, let value = grid.cells[best.row][best.column] {
            let names = [grid.rows[best.row], grid.columns[best.column]].map { name($0, style) }
            parts.append("largest \(text.text(value))\(ValueText.per(measure.name)) for \(names.joined(separator: ", "))")
        }
        return "\(style.safe(title)): \(parts.joined(separator: ", "))."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        let (table, options) = drawn(style)
        return TableRenderer(style).lines(table, options)
    }

    /// Returns true when every column fits, with enough of its name to distinguish it.
    func fits(_ style: Style) -> Bool {
        let (table, _) = drawn(style)
        let widths = table.columns.indices.map { index -> Int in
            let column = table.columns[index]
            let cells = ValueText(style).column(table.rows.map { $0[index] })
            let widest = cells.map { DisplayWidth.of($0) }.max() ?? 0
            return index == 0 ? min(widest, 8) : max(widest, min(12, DisplayWidth.of(style.safe(column.name))))
        }
        let names = table.columns.map { DisplayWidth.cut(style.safe($0.name), to: 12, mark: style.marks.ellipsis) }
        return widths.reduce(0, +) + 2 * (widths.count - 1) <= style.widthInColumns && Set(names).count == names.count
    }

    private func drawn(_ style: Style) -> (table: ResultTable, options: TableOptions) {
        var columns = [ResultColumn(rowField, .text)] + grid.columns.map { ResultColumn(name($0, style), measure.type) }
        var rows = grid.rows.indices.map { row -> [Value] in
            [.text(name(grid.rows[row], style))] + grid.columns.indices.map { value(row, $0) }
        }
        var options = TableOptions()
        options.keys = 1
        let scale = HeatScale(grid.cells.joined().compactMap { $0?.magnitude }, type: measure.type)
        let grades = rows.map { row in row.map { value in value.magnitude.flatMap { $0 > 0 ? scale.grade($0) : nil } } }
        options.cellRole = { row, column in
            guard column > 0, row < grades.count, column < grades[row].count else { return nil }
            return grades[row][column].map { .heat($0 + 4 - scale.bounds.count) } ?? .dim
        }
        let sums = rows.map { total(of: Array($0.dropFirst())) }
        if isWhole, grid.columns.count > 1, sums.allSatisfy({ $0 != nil }) {
            columns.append(ResultColumn("total", measure.type))
            for row in rows.indices { rows[row].append(sums[row] ?? .missing) }
        }
        if isWhole, rows.count > 1 {
            let all = columns.indices.dropFirst().map { column in total(of: rows.map { $0[column] }) }
            if all.allSatisfy({ $0 != nil }) { options.total = [.text("total")] + all.map { $0 ?? .missing } }
        }
        return (ResultTable(columns: columns, rows: rows), options)
    }

    func value(_ row: Int, _ column: Int) -> Value {
        if let value = grid.cells[row][column] { return value }
        guard isWhole, measure.addsUp else { return .missing }
        return measure.type == .count ? .count(0) : measure.type == .money ? .money(Money(units: 0)) : .missing
    }

    /// Returns the sum of counts or amounts; nil for measures that are not additive, and on overflow.
    private func total(of values: [Value]) -> Value? {
        guard measure.addsUp else { return nil }
        var sum: Int64 = 0
        for value in values {
            let next: (partialValue: Int64, overflow: Bool)
            switch value {
            case .count(let n): next = sum.addingReportingOverflow(n)
            case .money(let amount): next = sum.addingReportingOverflow(amount.units)
            case .missing: continue
            default: return nil
            }
            if next.overflow { return nil }
            sum = next.partialValue
        }
        switch measure.type {
        case .count: return .count(sum)
        case .money: return .money(Money(units: sum))
        default: return nil
        }
    }

    func name(_ value: Value, _ style: Style) -> String {
        value.isMissing ? "(none)" : ValueText(style).text(value)
    }
}
