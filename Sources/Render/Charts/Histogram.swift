import Model

/// The number of rows in each bin, from the smallest bin to the largest, with running totals.
public struct Histogram: Chart {
    /// What is counted and by what, such as `errors by latency`; the summary begins with it.
    public var title: String
    /// One row per bin: column 0 is the bin, the others are measures; a row without a bin has no value.
    public var table: ResultTable
    /// True when the table contains every bin, so that shares of the total are known and absent bins in between are empty.
    public var isWhole: Bool
    /// The column that the bars show.
    static let measure = 1

    /// Creates a histogram of the first column after the bins.
    public init(title: String, table: ResultTable, isWhole: Bool = true) {
        self.title = title
        self.table = table
        self.isWhole = isWhole
    }

    /// Returns true when the groups of a result are bins.
    static func isBinned(_ table: ResultTable) -> Bool {
        table.rows.contains { if case .range = $0.first { true } else { false } }
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let text = ValueText(style), title = style.safe(title)
        guard table.columns.count > Histogram.measure, !table.rows.isEmpty else { return "\(title): no rows." }
        let column = table.columns[Histogram.measure], rows = bins
        let known = rows.filter { !$0[0].isMissing }
        var parts = ["\(DecimalText.grouped(Int64(known.count))) \("bins".counted(Int64(known.count)))"]
        let total = total
        if let total { parts.insert("\(DecimalText.grouped(total)) in total", at: 0) }
        func size(_ row: [Value]) -> Double { row[Histogram.measure].magnitude ?? -.infinity }
        if let largest = known.max(by: { size($0) < size($1) }), size(largest).isFinite {
            var words = "most \(text.text(largest[Histogram.measure]))"
            if column.type != .count { words = "largest " + style.safe(column.name) + words.dropFirst(4) }
            if let total, total > 0 { words += " (\(text.percent(size(largest) / Double(total))))" }
            parts.append(words + " in \(text.text(largest[0]))")
        }
        if let half = half(rows, text) { parts.append("median below \(half)") }
        if let none = rows.last, none[0].isMissing {
            parts.append("\(text.text(none[Histogram.measure])) without a value")
        }
        return "\(title): " + parts.joined(separator: ", ") + "."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        var options = TableOptions()
        options.keys = 1
        options.bars = Histogram.measure
        return TableRenderer(style).lines(drawnTable, options)
    }

    /// Bins and measures, with share and running total where these are known.
    var drawnTable: ResultTable {
        guard table.columns.count > Histogram.measure else { return table }
        var columns = table.columns, rows = bins
        if let total, total > 0 {
            let hasShare = table.columns.contains { $0.name == "share" }
            var sum: Int64 = 0
            let parts = rows.map { row -> [Value] in
                guard case .count(let n) = row[Histogram.measure] else { return [.missing, .missing] }
                sum &+= n
                let share = Ratio(n, of: total).map { Value.ratio($0) } ?? .missing
                return [share, row[0].isMissing ? .missing : Ratio(sum, of: total).map { .ratio($0) } ?? .missing]
            }
            let place = Histogram.measure + 1
            columns.insert(
                contentsOf: (hasShare ? [] : [ResultColumn("share", .ratio)]) + [.init("cumulative", .ratio)], at: place)
            for row in rows.indices {
                rows[row].insert(contentsOf: hasShare ? Array(parts[row].dropFirst()) : parts[row], at: place)
            }
        }
        return ResultTable(columns: columns, rows: rows)
    }

    /// The bins, ascending, with rows for the empty ranges between them; rows without a value last.
    private var bins: [[Value]] {
        let whole = table.rows.filter { $0.count == table.columns.count && $0.count > Histogram.measure }
        func lower(_ row: [Value]) -> Double { row[0].magnitude ?? -.infinity }
        let sorted = whole.filter { !$0[0].isMissing }.enumerated().sorted {
            (lower($0.element), $0.offset) < (lower($1.element), $1.offset)
        }.map(\.element)
        var rows: [[Value]] = []
        for row in sorted {
            if isWhole, table.columns[Histogram.measure].addsUp, case .range(_, let end) = rows.last?[0],
                case .range(let start, _) = row[0], let upper = end.magnitude, let next = start.magnitude, upper < next
            {
                var empty = [Value](repeating: .missing, count: row.count)
                empty[0] = .range(end, start)
                if table.columns[Histogram.measure].type == .count { empty[Histogram.measure] = .count(0) }
                rows.append(empty)
            }
            rows.append(row)
        }
        return rows + whole.filter { $0[0].isMissing }
    }

    /// The number of rows in all bins; nil when it is unknown or the measure is not additive.
    private var total: Int64? {
        guard isWhole, table.columns.count > Histogram.measure, table.columns[Histogram.measure].type == .count,
            table.columns[Histogram.measure].addsUp
        else { return nil }
        return table.sum(of: Histogram.measure)
    }

    /// Returns the upper bound of the bin that contains the median row.
    private func half(_ rows: [[Value]], _ text: ValueText) -> String? {
        guard total != nil else { return nil }
        let known = rows.filter { !$0[0].isMissing }
        let counts = known.map { row -> Int64 in if case .count(let n) = row[Histogram.measure] { max(0, n) } else { 0 } }
        let all = counts.reduce(0, &+)
        guard all > 0 else { return nil }
        var sum: Int64 = 0
        for (row, count) in zip(known, counts) {
            sum &+= count
            if sum >= all - sum, case .range(_, let end) = row[0], !end.isMissing { return text.text(end) }
        }
        return nil
    }
}

extension Histogram: Picture {
    func elements(_ drawer: SVGChart) -> [String] { [drawer.draw(self)] }
}
