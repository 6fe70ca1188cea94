import Model

/// The columns that `vs` adds to a result: baseline values and changes.
struct Comparison {
    let baseline: Baseline
    /// Columns of the measures, without baseline values and changes; ascending.
    let measures: [Int]
    /// The column of relative changes that the statement requested; nil when there is none.
    let change: Int?

    init(_ baseline: Baseline, table: ResultTable, keys: Int) {
        self.baseline = baseline
        let before = Set(baseline.columns.values)
        measures = table.columns.indices.filter { $0 >= keys && !before.contains($0) && table.columns[$0].type != .change }
        change = table.columns.indices.first { $0 >= keys && table.columns[$0].type == .change }
    }

    /// Returns the column with the baseline of `measure`; nil when there is none.
    func before(_ measure: Int, in table: ResultTable) -> Int? {
        baseline.columns[measure].flatMap { table.columns.indices.contains($0) ? $0 : nil }
    }

    /// Returns the difference of a row's measure from its baseline; nil also when data covers the baseline only partly.
    func difference(_ row: [Value], _ measure: Int, in table: ResultTable, _ text: ValueText) -> Difference? {
        guard baseline.covered == nil, let before = before(measure, in: table), measure < row.count, before < row.count else {
            return nil
        }
        return text.difference(row[measure], row[before])
    }

    /// Returns the table as displayed: keys, then each measure followed by its baseline, the first also by its change. `places`
    /// maps new columns to old ones; nil for a change that is computed here.
    func shown(_ table: ResultTable, keys: Int, style: Style) -> (table: ResultTable, places: [Int?]) {
        let text = ValueText(style)
        var columns = Array(table.columns.prefix(keys)), places: [Int?] = Array(columns.indices)
        for (place, measure) in measures.enumerated() {
            columns.append(table.columns[measure])
            places.append(measure)
            guard let before = before(measure, in: table) else { continue }
            var column = table.columns[before]
            column.name = place == 0 ? baseline.name : "\(table.columns[measure].name) \(baseline.name)"
            columns.append(column)
            places.append(before)
            if place == 0, baseline.covered == nil {
                columns.append(ResultColumn("change", .change))
                places.append(change)
            }
        }
        let rows = table.rows.map { row in
            places.map { place -> Value in
                if let place { return place < row.count ? row[place] : .missing }
                return measures.first.flatMap { difference(row, $0, in: table, text) }.map { .text($0.text) } ?? .missing
            }
        }
        return (ResultTable(columns: columns, rows: rows), places)
    }

    /// Returns the total row of the displayed table; sums the baseline where it is additive.
    func total(_ total: [Value], _ table: ResultTable, _ places: [Int?], style: Style) -> [Value] {
        var all = total
        for measure in measures {
            guard let before = before(measure, in: table), measure < total.count, case .count = total[measure] else { continue }
            while all.count <= before { all.append(.missing) }
            if all[before].isMissing { all[before] = table.sum(of: before).map { .count($0) } ?? .missing }
        }
        let first = measures.first
        return places.map { place in
            if let place, place != change { return place < all.count ? all[place] : .missing }
            return first.flatMap { difference(all, $0, in: table, ValueText(style)) }.map { .text($0.text) } ?? .missing
        }
    }
}

extension ResultTable {
    /// Returns the sum of a column of counts; nil on overflow.
    func sum(of column: Int) -> Int64? {
        var sum: Int64 = 0
        for row in rows where column < row.count {
            guard case .count(let n) = row[column] else { continue }
            let (next, overflow) = sum.addingReportingOverflow(n)
            if overflow { return nil }
            sum = next
        }
        return sum
    }
}
