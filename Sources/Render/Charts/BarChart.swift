import Model

/// Horizontal bars beside the numbers of groups or bins: label, values, bar.
public struct BarChart: Chart {
    /// What is counted, such as `errors by type`; the summary begins with it.
    public var title: String
    /// One row per group; the first `keys` columns name it.
    public var table: ResultTable
    /// Number of key columns.
    public var keys: Int
    /// The column that the bars show.
    public var measure: Int
    /// Number of groups folded into the last row; 0 when it is an ordinary group.
    public var foldedGroups: Int
    /// A row of totals, one value per column; nil for none.
    public var total: [Value]?
    /// Number of groups missing from the table: cut off or dropped.
    public var hiddenGroups: Int64 = 0
    /// The baseline of the measures; nil without `vs`.
    public var baseline: Baseline?

    /// Creates a chart whose bars show the first column after the keys by default.
    public init(
        title: String, table: ResultTable, keys: Int = 1, measure: Int? = nil, foldedGroups: Int = 0, total: [Value]? = nil
    ) {
        self.title = title
        self.table = table
        self.keys = max(0, keys)
        self.measure = measure ?? max(0, keys)
        self.foldedGroups = max(0, foldedGroups)
        self.total = total
    }

    /// The chart's summary in one sentence. When it shows only part of the groups, it gives neither shares of a total nor the
    /// smallest group.
    public func summary(_ style: Style) -> String {
        let title = style.safe(title)
        guard table.columns.indices.contains(measure), !table.rows.isEmpty else { return "\(title): no rows." }
        let groups = foldedGroups > 0 ? table.rows.dropLast() : table.rows[...]
        let number = Int64(groups.count) + Int64(foldedGroups) + hiddenGroups
        let isPart = hiddenGroups > 0
        let shown = isPart ? "\(DecimalText.grouped(number - hiddenGroups)) of " : ""
        var parts = ["\(shown)\(DecimalText.grouped(number)) \("groups".counted(number))"]
        let isCount = table.columns[measure].type == .count
        let sum = table.rows.reduce(Int64(0)) { sum, row in
            guard measure < row.count, case .count(let n) = row[measure] else { return sum }
            return sum.addingReportingOverflow(n).overflow ? sum : sum + n
        }
        let addsUp = isCount && table.columns[measure].addsUp
        if addsUp { parts.append("\(DecimalText.grouped(sum)) in \(isPart ? "these" : "total")") }
        parts += baselineWords(sum: addsUp ? sum : nil, style)
        let known = groups.filter { measure < $0.count && $0[measure].magnitude != nil }
        let name = isCount ? "" : " " + style.safe(table.columns[measure].name)
        let text = { (row: [Value]) in ValueText(style).text(row[measure]) + ValueText.per(table.columns[measure].name) }
        // The first of several equals, so that the summary names what comes first in the table.
        let largest = known.max { size($0) < size($1) }, smallest = known.min { size($0) < size($1) }
        if let largest, let smallest, known.count > 1, size(largest) == size(smallest), foldedGroups == 0 {
            parts.append("each\(name) \(text(largest))")
        } else if let largest {
            var words = "largest\(name) \(label(largest, style)) \(text(largest))"
            if addsUp, sum > 0, !isPart { words += " (\(ValueText(style).percent(size(largest) / Double(sum))))" }
            parts.append(words)
            if let smallest, known.count > 1, foldedGroups == 0, !isPart {
                parts.append("smallest \(label(smallest, style)) \(text(smallest))")
            }
        }
        let unknown = groups.count - known.count
        if unknown > 0 { parts.append("\(unknown) without a value") }
        return "\(title): " + parts.joined(separator: ", ") + "."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        var options = TableOptions()
        options.keys = keys
        options.bars = measure
        options.foldedGroups = foldedGroups
        options.total = total
        guard let baseline else { return TableRenderer(style).lines(table, options) }
        let comparison = Comparison(baseline, table: table, keys: keys)
        let (shown, places) = comparison.shown(table, keys: keys, style: style)
        options.bars = places.firstIndex(of: measure)
        let before = Set(baseline.columns.filter { $0.key != measure }.values)
        options.leastImportant = Set(places.indices.filter { places[$0].map { before.contains($0) } ?? false })
        options.total = total.map { comparison.total($0, table, places, style: style) }
        return TableRenderer(style).lines(shown, options)
    }

    private func baselineWords(sum: Int64?, _ style: Style) -> [String] {
        guard let baseline else { return [] }
        let name = style.safe(baseline.name)
        if let covered = baseline.covered { return ["\(name) has data for \(style.safe(covered))"] }
        guard let sum, let column = baseline.columns[measure], let before = table.sum(of: column) else { return [] }
        let change = ValueText(style).difference(.count(sum), .count(before)).map { " (\($0.text))" } ?? ""
        return ["\(name) \(DecimalText.grouped(before))\(change)"]
    }

    private func size(_ row: [Value]) -> Double { row[measure].magnitude ?? 0 }

    func label(_ row: [Value], _ style: Style) -> String {
        let names = row.prefix(keys).map { value -> String in
            if case .time(let instant) = value { return TimeForm(for: [instant], style: style).text(instant, style) }
            return value.isMissing ? "(none)" : ValueText(style).text(value)
        }
        return DisplayWidth.cut(names.joined(separator: ", "), to: 60, mark: style.marks.ellipsis)
    }
}

extension BarChart: Picture {
    func elements(_ drawer: SVGChart) -> [String] { [drawer.draw(self)] }
}
