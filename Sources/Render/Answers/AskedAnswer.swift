import Model

/// An answer with the words that its pictures need.
struct AskedAnswer {
    var answer: Answer
    let title: String
    let total: [Value]?

    init(_ answer: Answer, title: String, total: [Value]? = nil) {
        self.answer = answer
        self.title = title
        self.total = total
    }

    /// How many columns come before the measures.
    var keys: Int {
        switch answer.shape {
        case .listing, .numbers: 0
        case .groups(let keys): max(0, keys)
        case .series: 1
        case .groupedSeries(_, let keys): max(0, keys) + 1
        }
    }

    /// The columns of the measures, without what `vs` adds to them: the values before and their changes.
    var measures: [Int] {
        guard let baseline = answer.baseline else { return Array(answer.table.columns.indices.dropFirst(keys)) }
        return Comparison(baseline, table: answer.table, keys: keys).measures
    }

    /// The measure that pictures of one measure show: the first that is an amount, else the first.
    var measure: Int { drawable.first ?? measures.first ?? keys }

    /// Its column.
    var column: ResultColumn {
        answer.table.columns.indices.contains(measure) ? answer.table.columns[measure] : ResultColumn("", .text)
    }

    /// The measures that can be drawn as lengths and heights.
    var drawable: [Int] { measures.filter { answer.table.columns[$0].isAmount } }

    /// How many of all buckets of time the rows hold, where `limit` or `having` took some away: they are no series then, and what is
    /// missing is neither zero nor without a value. Nil where every bucket is there, and for answers without buckets.
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

    /// True when every group is in the table as itself.
    var isWhole: Bool { !answer.receipt.isCut && answer.receipt.droppedGroups == 0 && answer.foldedGroups == 0 }

    /// What a measure is called: the title for the count of rows, its own name otherwise.
    func name(_ measure: Int) -> String {
        let name = answer.table.columns[measure].name
        return name == "count" ? title : name
    }

    /// The table without what `vs` adds.
    var withoutBaseline: ResultTable {
        guard answer.baseline != nil else { return answer.table }
        let kept = Array(answer.table.columns.indices.prefix(keys)) + measures
        return ResultTable(
            columns: kept.map { answer.table.columns[$0] },
            rows: answer.table.rows.map { row in kept.map { $0 < row.count ? row[$0] : .missing } })
    }

    /// The values before of a measure with one row a bucket; nil without `vs`.
    func baselineSeries(_ measure: Int, _ axis: TimeAxis) -> BaselineSeries? {
        guard let baseline = answer.baseline, let column = baseline.columns[measure],
            answer.table.columns.indices.contains(column)
        else { return nil }
        let values = SeriesGroups.values(answer.table, column: column, axis: axis).map(\.magnitude)
        return BaselineSeries(name: baseline.name, values: values, covered: baseline.covered)
    }

    /// What all groups had before, bucket by bucket; nil without `vs`.
    func baselineTotals(_ axis: TimeAxis, keys: Int) -> BaselineSeries? {
        guard let baseline = answer.baseline, let column = baseline.columns[measure] else { return nil }
        let groups = SeriesGroups(answer.table, axis: axis, keys: keys, measure: column).groups.map(\.magnitudes)
        let totals = axis.starts.indices.map { index -> Double? in
            let known = groups.compactMap { $0[index] }.filter(\.isFinite)
            return known.isEmpty ? nil : known.reduce(0, +)
        }
        return BaselineSeries(name: baseline.name, values: totals, covered: baseline.covered)
    }

    /// The answer with missing measures where no data covers the bucket, whatever the rows say.
    func withoutUncovered(_ axis: TimeAxis) -> AskedAnswer {
        var asked = self
        let uncovered = Set(axis.starts.indices.filter { !axis.isCovered($0) }.map { axis.starts[$0] })
        for (index, row) in answer.table.rows.enumerated() {
            guard case .time(let start) = row.first, uncovered.contains(start) else { continue }
            for column in row.indices.dropFirst(keys) { asked.answer.table.rows[index][column] = .missing }
        }
        return asked
    }

    /// Whether a change is good news: more errors, time or money are not, more reliability is; of other measures nothing is known.
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
