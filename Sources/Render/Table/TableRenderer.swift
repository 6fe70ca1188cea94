import Model

/// Renders a result as an aligned table: text on the left, numbers and times on the right, two spaces between columns.
public struct TableRenderer: Sendable {
    let style: Style

    /// Creates a renderer with this style.
    public init(_ style: Style) { self.style = style }

    /// Returns a header, one line per row, the total, and a note when columns were omitted.
    ///
    /// When space is short, text columns shrink first, widest first, down to 8 columns. In a listing, the longest text then moves
    /// to its own line below each row. Then columns are omitted from the right, but never the first or the one with the longest
    /// text. A listing that would lose more than half of its columns shows each row as a record with one line per value. A table
    /// without rows is the line `no rows`.
    public func lines(_ table: ResultTable, _ options: TableOptions = TableOptions()) -> [String] {
        drawn(table, options).texts(style)
    }

    func drawn(_ table: ResultTable, _ options: TableOptions) -> [Line] {
        guard !table.columns.isEmpty, !table.rows.isEmpty else { return [Line("no rows", .dim)] }
        var columns = table.columns.indices.map { column($0, of: table, options) }
        if options.numbersRows { columns.insert(rowNumbers(table.rows.count, total: options.total != nil), at: 0) }
        if options.asRecords { return records(columns, numbered: options.numbersRows) }
        let wantsBars = options.bars.map { table.columns.indices.contains($0) } ?? false
        let plan = plan(columns, options, reservesBars: wantsBars)
        let layout = plan.layout
        if options.keys == 0, !wantsBars, options.total == nil,
            2 * (layout.kept.count + (plan.below == nil ? 0 : 1)) < columns.count
        {
            return records(columns, numbered: options.numbersRows)
        }
        let bars = wantsBars ? barTexts(table, options, room: style.widthInColumns - layout.width - 2) : []

        var lines = [line(layout) { ($0.name, .strong) }]
        if let below = plan.below { lines.append(Line("  " + below.name, .strong)) }
        for row in 0..<table.rows.count + (options.total == nil ? 0 : 1) {
            if StopFlag.stops(atRow: row) { break }
            var line = line(layout) { ($0.cells[row], $0.roles[row]) }
            if row < bars.count, !bars[row].isEmpty {
                line.fill(to: layout.width + 2)
                line.append(bars[row], .accent)
            }
            lines.append(line)
            if let below = plan.below, below.isKey || row < table.rows.count && below.roles[row] != .dim {
                let text = DisplayWidth.cut(below.cells[row], to: style.widthInColumns - 2, mark: style.marks.ellipsis)
                var line = Line("  ")
                line.append(text, below.roles[row])
                lines.append(line)
            }
        }
        return lines + note(layout)

        func line(_ layout: TableLayout, _ cell: (TableColumn) -> (String, Role)) -> Line {
            var line = Line()
            for (place, column) in layout.kept.enumerated() {
                let column = layout.columns[column]
                let (text, role) = cell(column)
                append(text, role, column, width: layout.widths[place], to: &line, isFirst: place == 0)
            }
            return line
        }
    }

    /// Chooses the layout: with bars; else without; else, in a listing, with the longest text below each row.
    private func plan(
        _ columns: [TableColumn], _ options: TableOptions, reservesBars: Bool
    ) -> (layout: TableLayout, below: TableColumn?) {
        let width = style.widthInColumns, pinned = options.numbersRows ? 2 : 1
        // Groups named by whole sentences, such as signatures: the sentence goes below its numbers.
        if options.keys == 1, width >= 40, columns.count > 1, columns[0].naturalWidth > 40, !columns[0].isRight {
            let layout = TableLayout(columns, width: width, pinned: pinned)
            if layout.kept.count < columns.count || layout.widths[0] < min(40, columns[0].naturalWidth) {
                let others = TableLayout(Array(columns.dropFirst()), width: width - (reservesBars ? 10 : 0), pinned: 1)
                return (others, columns[0])
            }
        }
        if reservesBars, width >= 40 {
            let layout = TableLayout(columns, width: width - 10, pinned: pinned)
            if layout.kept.count == columns.count { return (layout, nil) }
        }
        let layout = TableLayout(columns, width: width, pinned: pinned)
        guard options.keys == 0, width >= 40, columns.count > pinned + 1,
            let longest = columns.indices.dropFirst(pinned).filter({ !columns[$0].isRight }).max(by: {
                columns[$0].naturalWidth < columns[$1].naturalWidth
            })
        else { return (layout, nil) }
        let shown = layout.kept.firstIndex(of: longest).map { layout.widths[$0] } ?? 0
        // A message cut to a few words is useless: it gets a line of its own.
        guard shown < min(28, columns[longest].naturalWidth) else { return (layout, nil) }
        var others = columns
        let below = others.remove(at: longest)
        return (TableLayout(others, width: width, pinned: pinned), below)
    }

    private func append(_ text: String, _ role: Role, _ column: TableColumn, width: Int, to line: inout Line, isFirst: Bool) {
        let cut = DisplayWidth.cut(text, to: width, mark: style.marks.ellipsis)
        let blanks = String(repeating: " ", count: max(0, width - DisplayWidth.of(cut)))
        if !isFirst { line.append("  ") }
        if column.isRight { line.append(blanks) }
        line.append(cut, role)
        if !column.isRight { line.append(blanks) }
    }

    private func column(_ index: Int, of table: ResultTable, _ options: TableOptions) -> TableColumn {
        let column = table.columns[index]
        let values = table.rows.map { index < $0.count ? $0[index] : .missing }
        var all = values
        if let total = options.total { all.append(index < total.count ? total[index] : .missing) }
        var cells = ValueText(style).column(
            all, counted: options.countedRatios.contains(column.name), type: column.type)
        var roles = values.enumerated().map { options.cellRole?($0.offset, index) ?? role($0.element, in: column) }
        if options.total != nil {
            roles.append(.strong)
            // Columns without a total stay blank: the mark for missing would mean unknown.
            if all.last == .missing { cells[cells.count - 1] = index == 0 ? "total" : "" }
        }
        if index < options.keys {
            for row in values.indices where values[row] == .missing { cells[row] = "(none)" }
        }
        if index < options.keys, options.foldedGroups > 0, let last = values.indices.last {
            // The first key names the row; the other keys stay blank.
            let groups = "\(DecimalText.grouped(Int64(options.foldedGroups))) group\(options.foldedGroups == 1 ? "" : "s")"
            cells[last] = index == 0 ? "other (\(groups))" : ""
            roles[last] = .dim
        }
        return TableColumn(
            name: style.safe(column.name), cells: cells, roles: roles, isRight: column.type != .text && column.type != .flag,
            isKey: index < options.keys, givesWay: options.leastImportant.contains(index))
    }

    /// Renders each row as lines of names and values, with an empty line between rows.
    private func records(_ columns: [TableColumn], numbered: Bool) -> [Line] {
        let fields = columns.dropFirst(numbered ? 1 : 0)
        let number = numbered ? columns[0].naturalWidth + 2 : 0
        let name = min(fields.map { DisplayWidth.of($0.name) }.max() ?? 0, max(4, style.widthInColumns / 2 - number))
        var lines: [Line] = []
        for row in 0..<(columns.first?.cells.count ?? 0) {
            if StopFlag.stops(atRow: row) { break }
            if row > 0 { lines.append(Line()) }
            for (place, field) in fields.enumerated() {
                var line = place == 0 && numbered ? Line(columns[0].cells[row], .dim) : Line()
                line.fill(to: number)
                line.append(DisplayWidth.cut(field.name, to: name, mark: style.marks.ellipsis), .strong)
                line.fill(to: number + name + 2)
                let room = style.widthInColumns - line.width
                line.append(DisplayWidth.cut(field.cells[row], to: room, mark: style.marks.ellipsis), field.roles[row])
                lines.append(line)
            }
        }
        return lines
    }

    private func rowNumbers(_ count: Int, total: Bool) -> TableColumn {
        let cells = (1...count).map { String($0) } + (total ? [""] : [])
        return TableColumn(name: "#", cells: cells, roles: cells.map { _ in .dim }, isRight: true)
    }

    private func role(_ value: Value, in column: ResultColumn) -> Role {
        guard !value.isMissing else { return .dim }
        guard column.name == "severity", case .text(let word) = value else { return .plain }
        switch word {
        case Severity.critical.name: return .critical
        case Severity.error.name: return .bad
        case Severity.warning.name: return .warning
        default: return .plain
        }
    }

    private func barTexts(_ table: ResultTable, _ options: TableOptions, room: Int) -> [String] {
        let width = min(room, options.widestBar)
        guard width >= 4, let index = options.bars else { return [] }
        let sizes = table.rows.map { row in (index < row.count ? row[index].magnitude : nil).flatMap { $0.isFinite ? $0 : nil } }
        let largest = sizes.compactMap { $0 }.max() ?? 0
        return sizes.map { size in style.marks.bar(largest > 0 ? size.map { $0 / largest } : nil, width: width) }
    }

    private func note(_ layout: TableLayout) -> [Line] {
        let left = layout.columns.indices.filter { !layout.kept.contains($0) }.map { layout.columns[$0].name }
        guard !left.isEmpty else { return [] }
        let text = "\(left.count) column\(left.count == 1 ? " does" : "s do") not fit: " + left.joined(separator: ", ")
        return wrap(text, width: style.widthInColumns, hanging: 2).map { Line($0, .dim) }
    }
}
