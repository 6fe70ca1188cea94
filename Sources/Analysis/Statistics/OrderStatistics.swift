/// Medians and ranks.
enum OrderStatistics {
    /// Returns the median: the mean of the middle two values for an even number, nil without values.
    static func median(_ values: [Double]) -> Double? { medianOfSorted(values.sorted()[...]) }

    /// Returns the median of values in ascending order.
    static func medianOfSorted(_ values: ArraySlice<Double>) -> Double? {
        guard !values.isEmpty else { return nil }
        let middle = values.startIndex + values.count / 2
        // Halve before adding: the sum of two large values may overflow.
        return values.count % 2 == 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2
    }

    /// Returns the 1-based rank of each value; ties share their mean rank.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        for run in runs(order.map { values[$0] }) {
            let rank = Double(run.lowerBound + run.upperBound + 1) / 2
            for place in run { ranks[order[place]] = rank }
        }
        return ranks
    }

    /// Returns the runs of equal values in ascending values.
    static func runs(_ sorted: [Double]) -> [Range<Int>] {
        var runs: [Range<Int>] = [], from = 0
        while from < sorted.count {
            var to = from + 1
            while to < sorted.count, sorted[to] == sorted[from] { to += 1 }
            runs.append(from..<to)
            from = to
        }
        return runs
    }
}
