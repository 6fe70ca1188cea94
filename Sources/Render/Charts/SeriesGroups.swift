import Model

/// A result with one row per bucket and group, pivoted to one series per group, in the groups' order.
struct SeriesGroups {
    /// One group: its keys and its value in each bucket, missing where there is no row.
    struct Group {
        let keys: [Value]
        var values: [Value]

        var magnitudes: [Double?] { values.map(\.magnitude) }
    }

    private(set) var groups: [Group] = []

    /// Reads column `measure`; skips rows that belong to no bucket of the axis.
    init(_ table: ResultTable, axis: TimeAxis, keys: Int, measure: Int) {
        guard keys >= 0, measure > keys, table.columns.indices.contains(measure) else { return }
        var places: [[Value]: Int] = [:], buckets: [Timestamp: Int] = [:]
        for (index, start) in axis.starts.enumerated() { buckets[start] = index }
        for row in table.rows where row.count > measure {
            guard case .time(let start) = row[0], let bucket = buckets[start] else { continue }
            let key = Array(row[1..<1 + keys])
            if places[key] == nil {
                places[key] = groups.count
                groups.append(Group(keys: key, values: [Value](repeating: .missing, count: axis.starts.count)))
            }
            if let place = places[key] { groups[place].values[bucket] = row[measure] }
        }
    }

    /// Returns column `column` of a result with one row per bucket, as one value per bucket of the axis: `having` drops buckets,
    /// `sort` reorders them.
    static func values(_ table: ResultTable, column: Int, axis: TimeAxis) -> [Value] {
        SeriesGroups(table, axis: axis, keys: 0, measure: column).groups.first?.values
            ?? [Value](repeating: .missing, count: axis.starts.count)
    }

    /// Returns the display name of a group.
    static func name(_ keys: [Value], _ style: Style) -> String {
        keys.map { $0.isMissing ? "(none)" : ValueText(style).text($0) }.joined(separator: ", ")
    }
}
