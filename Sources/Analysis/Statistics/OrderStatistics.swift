/// Medians and ranks.
enum OrderStatistics {
    /// The median; the mean of the two in the middle for an even number, nil for none.
    static func median(_ values: [Double]) -> Double? { medianOfSorted(values.sorted()[...]) }

    /// The median of values that ascend already.
    static func medianOfSorted(_ values: ArraySlice<Double>) -> Double? {
        guard !values.isEmpty else { return nil }
        let middle = values.startIndex + values.count / 2
        // Halves are added, because the sum of two large values may leave the range of a Double.
        return values.count % 2 == 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2
    }

    /// The rank of each value from 1; equal ones share the mean of their ranks.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        for run in runs(order.map { values[$0] }) {
            let rank = Double(run.lowerBound + run.upperBound + 1) / 2
            for place in run { ranks[order[place]] = rank }
        }
        return ranks
    }

    /// The stretches of equal values in values that ascend.
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
