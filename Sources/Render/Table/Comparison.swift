import Model

/// What `vs` sets beside the measures of a result: which columns hold the values before, and how they differ.
struct Comparison {
    let baseline: Baseline
    /// The measures, without the columns that hold values before or changes; ascending.
    let measures: [Int]
    /// The column of relative changes that the statement asked for; nil when there is none.
    let change: Int?

    init(_ baseline: Baseline, table: ResultTable, keys: Int) {
        self.baseline = baseline
        let before = Set(baseline.columns.values)
        measures = table.columns.indices.filter { $0 >= keys && !before.contains($0) && table.columns[$0].type != .change }
        change = table.columns.indices.first { $0 >= keys && table.columns[$0].type == .change }
    }

    /// The column that holds the values before of measure `measure`; nil when there is none.
    func before(_ measure: Int, in table: ResultTable) -> Int? {
        baseline.columns[measure].flatMap { table.columns.indices.contains($0) ? $0 : nil }
    }

    /// How a row's measure differs from the value before; nil also when the data covers the time before only in part.
    func difference(_ row: [Value], _ measure: Int, in table: ResultTable, _ text: ValueText) -> Difference? {
        guard baseline.covered == nil, let before = before(measure, in: table), measure < row.count, before < row.count else {
            return nil
        }
        return text.difference(row[measure], row[before])
    }

    /// The table as it is shown: keys, then each measure with its value before; the first measure with its change as well. `places` gives
    /// the old column of each new one; nil for a change that the table does not hold.
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

    /// The total row for the table as it is shown; what adds up before is added up.
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
    /// The counts of a column added up; nil when a sum leaves the range of a count.
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
