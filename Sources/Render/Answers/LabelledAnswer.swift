import Model

/// An answer with the names that its charts use.
struct LabelledAnswer {
    var answer: Answer
    let title: String
    let total: [Value]?

    init(_ answer: Answer, title: String, total: [Value]? = nil) {
        self.answer = answer
        self.title = title
        self.total = total
    }

    /// Number of key columns, which precede the measures.
    var keys: Int {
        switch answer.shape {
        case .listing, .numbers: 0
        case .groups(let keys): max(0, keys)
        case .series: 1
        case .groupedSeries(_, let keys): max(0, keys) + 1
        }
    }

    /// Columns of the measures, without the baseline values and changes that `vs` adds.
    var measures: [Int] {
        guard let baseline = answer.baseline else { return Array(answer.table.columns.indices.dropFirst(keys)) }
        return Comparison(baseline, table: answer.table, keys: keys).measures
    }

    /// The measure shown by charts with a single measure: the first that is an amount, else the first.
    var measure: Int { drawable.first ?? measures.first ?? keys }

    /// The column of `measure`.
    var column: ResultColumn {
        answer.table.columns.indices.contains(measure) ? answer.table.columns[measure] : ResultColumn("", .text)
    }

    /// Measures that can be drawn as a length or height.
    var drawable: [Int] { measures.filter { answer.table.columns[$0].isAmount } }

    /// The number of buckets in the rows, out of all, when `limit` or `having` removed some: such rows are not a series, because
    /// a missing bucket is neither zero nor without a value. Nil when every bucket is present, and for answers without buckets.
    var cutBuckets: (held: Int, of: Int, axis: TimeAxis)? {
        let axis: TimeAxis, keys: Int
        switch answer.shape {
        case .series(let buckets): (axis, keys) = (buckets, 0)
        case .groupedSeries(let buckets, let count): (axis, keys) = (buckets, max(0, count))
        case .listing, .numbers, .groups: return nil
        }
        guard answer.receipt.isCut || answer.receipt.droppedGroups > 0 else { return nil }
        var starts: Set<Value> = [], groups: Set<[Value]> = []
        for row in answer.table.rows where row.count > keys {
            starts.insert(row[0])
            groups.insert(Array(row[1..<1 + keys]))
        }
        guard answer.table.rows.count < axis.starts.count * max(1, groups.count) else { return nil }
        return (starts.count, axis.starts.count, axis)
    }

    /// True when the table shows every group individually.
    var isWhole: Bool { !answer.receipt.isCut && answer.receipt.droppedGroups == 0 && answer.foldedGroups == 0 }

    /// The display name of a measure: the title for the row count, otherwise the column's name.
    func name(_ measure: Int) -> String {
        let name = answer.table.columns[measure].name
        return name == "count" ? title : name
    }

    /// The table without the columns that `vs` adds.
    var withoutBaseline: ResultTable {
        guard answer.baseline != nil else { return answer.table }
        let kept = Array(answer.table.columns.indices.prefix(keys)) + measures
        return ResultTable(
            columns: kept.map { answer.table.columns[$0] },
            rows: answer.table.rows.map { row in kept.map { $0 < row.count ? row[$0] : .missing } })
    }

    /// The table of the measures alone: what places points, whatever the groups and buckets are.
    var ofMeasures: ResultTable {
        ResultTable(
            columns: measures.map { answer.table.columns[$0] },
            rows: answer.table.rows.map { row in measures.map { $0 < row.count ? row[$0] : .missing } })
    }

    /// The baseline of a measure with one row per bucket; nil without `vs`.
    func baselineSeries(_ measure: Int, _ axis: TimeAxis) -> BaselineSeries? {
        guard let baseline = answer.baseline, let column = baseline.columns[measure],
            answer.table.columns.indices.contains(column)
        else { return nil }
        let values = SeriesGroups.values(answer.table, column: column, axis: axis).map(\.magnitude)
        return BaselineSeries(name: baseline.name, values: values, covered: baseline.covered)
    }

    /// The baseline summed over all groups, per bucket; nil without `vs`.
    func baselineTotals(_ axis: TimeAxis, keys: Int) -> BaselineSeries? {
        guard let baseline = answer.baseline, let column = baseline.columns[measure] else { return nil }
        let groups = SeriesGroups(answer.table, axis: axis, keys: keys, measure: column).groups.map(\.magnitudes)
        let totals = axis.starts.indices.map { index -> Double? in
            let known = groups.compactMap { $0[index] }.filter(\.isFinite)
            return known.isEmpty ? nil : known.reduce(0, +)
        }
        return BaselineSeries(name: baseline.name, values: totals, covered: baseline.covered)
    }

    /// The answer with measures set to missing in buckets that no data covers.
    func withoutUncovered(_ axis: TimeAxis) -> LabelledAnswer {
        var labelled = self
        let uncovered = Set(axis.starts.indices.filter { !axis.isCovered($0) }.map { axis.starts[$0] })
        for (index, row) in answer.table.rows.enumerated() {
            guard case .time(let start) = row.first, uncovered.contains(start) else { continue }
            for column in row.indices.dropFirst(keys) { labelled.answer.table.rows[index][column] = .missing }
        }
        return labelled
    }

    /// Classifies a change as good or bad: more errors, time or cost is bad, more reliability is good; other measures are
    /// neutral.
    static func role(isUp: Bool?, of column: ResultColumn, title: String) -> Role {
        guard let isUp else { return .dim }
        let name = column.name
        let isCount = name == "count" || name.hasPrefix("per_") || name.hasPrefix("count(")
        if name == "reliability" || name == "recovered" { return isUp ? .good : .bad }
        let worse = ["errors", "failures", "error_rate", "rate", "cost", "recovery_time"]
        let isWorse =
            worse.contains(name) || name.contains("latency") || name.contains("ttft") || name.contains("cost")
            || (isCount && ["errors", "failures"].contains { title.hasPrefix($0) })
        return isWorse ? (isUp ? .bad : .good) : .dim
    }
}
