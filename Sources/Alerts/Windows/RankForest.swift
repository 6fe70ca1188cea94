/// Sliding multisets of values, one per group, with the value at any rank in logarithmic time.
///
/// A binary indexed tree of counts over the ranks of each group's values (P. Fenwick, 1994).
struct RankForest {
    /// For each row, the rank of its value over all groups; −1 without a value.
    private let places: [Int32]
    /// The values in rank order, group by group, and the start of each group.
    private let values: [Int64]
    private let starts: [Int]
    private var counts: [Int64]
    private var sizes: [Int64]

    init(_ column: [Int64], groups: [Int32], count: Int) {
        let known = column.indices.filter { column[$0] != WindowRows.unknown }
            .sorted { (groups[$0], column[$0], $0) < (groups[$1], column[$1], $1) }
        var places = [Int32](repeating: -1, count: column.count)
        var values: [Int64] = [], starts = [Int](repeating: 0, count: count + 1)
        var group = -1
        for row in known {
            if Int(groups[row]) != group {
                for empty in group + 1...Int(groups[row]) { starts[empty] = values.count }
                group = Int(groups[row])
            }
            if values.count == starts[group] || values[values.count - 1] != column[row] { values.append(column[row]) }
            places[row] = Int32(values.count - 1)
        }
        if group + 1 <= count { for empty in group + 1...count { starts[empty] = values.count } }
        self.places = places
        self.values = values
        self.starts = starts
        counts = Array(repeating: 0, count: values.count)
        sizes = Array(repeating: 0, count: count)
    }

    /// The number of values that a group currently has.
    func size(_ group: Int) -> Int64 { sizes[group] }

    /// Adds a row's value `weight` times; a negative weight removes it.
    mutating func add(_ row: Int, group: Int, _ weight: Int64) {
        let place = Int(places[row])
        guard place >= 0 else { return }
        sizes[group] += weight
        let start = starts[group], size = starts[group + 1] - start
        var node = place - start + 1
        while node <= size {
            counts[start + node - 1] += weight
            node += node & -node
        }
    }

    /// Returns the value at a rank from 1 to the group's size.
    func value(at rank: Int64, group: Int) -> Int64 {
        let start = starts[group], size = starts[group + 1] - start
        var node = 0, rest = rank, step = 1
        while step * 2 <= size { step *= 2 }
        while step > 0 {
            if node + step <= size, counts[start + node + step - 1] < rest {
                node += step
                rest -= counts[start + node - 1]
            }
            step /= 2
        }
        return values[start + min(node, size - 1)]
    }
}

/// The number of distinct values that each group currently has.
struct DistinctCount {
    private let ids: [Int32]
    private var counts: [Int64]
    private(set) var sizes: [Int64]

    init(_ column: [Int64], groups: [Int32], count: Int) {
        var numbers: [Int64: Int32] = [:]
        let codes = column.map { value -> Int32 in
            if let number = numbers[value] { return number }
            numbers[value] = Int32(numbers.count)
            return Int32(numbers.count - 1)
        }
        let pairs = Groups([groups, codes], radices: [count, numbers.count], rows: column.count)
        ids = zip(pairs.ids, column).map { $1 == WindowRows.unknown ? -1 : $0 }
        counts = Array(repeating: 0, count: pairs.firstRows.count)
        sizes = Array(repeating: 0, count: count)
    }

    mutating func add(_ row: Int, group: Int, _ weight: Int64) {
        let id = Int(ids[row])
        guard id >= 0 else { return }
        let before = counts[id]
        counts[id] += weight
        if before == 0 && counts[id] > 0 { sizes[group] += 1 }
        if before > 0 && counts[id] == 0 { sizes[group] -= 1 }
    }
}
