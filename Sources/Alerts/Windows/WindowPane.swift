import Model

/// The rows of one family in one sliding window, counted, summed and ranked as measures need.
struct WindowPane {
    struct Key: Hashable {
        var family: Int
        var length: Int64, offset: Int64
    }

    let key: Key
    private let rows: WindowRows
    private let groupCount: Int
    /// The rows in the order in which they enter and leave, and the instants at which they do.
    private let entering: Visits, leaving: Visits
    private var entered = 0, left = 0

    private var classes: [ClassCount] = []
    private var sums: [ColumnSum] = []
    private var forests: [(column: Int, forest: RankForest)] = []
    private var distincts: [(column: Int, count: DistinctCount)] = []

    /// The rows of a class in each group, and in all.
    private struct ClassCount {
        let bit: Int
        var counts: [Int64]
        var total: Int64 = 0
    }

    /// The sum of a column's known values in each group, and how many they are.
    private struct ColumnSum {
        let column: Int
        var sums: [Int128], known: [Int64]
    }

    /// Rows in the order of instants.
    private struct Visits {
        var instants: [Int32]
        /// Nil when rows come in their own order.
        var order: [Int32]?

        func row(_ place: Int) -> Int { order.map { Int($0[place]) } ?? place }
    }

    init(_ key: Key, _ rows: WindowRows, groups: Int, _ grid: Grid) {
        self.key = key
        self.rows = rows
        groupCount = groups
        func clamped(_ instant: Int64) -> Int32 { Int32(min(max(instant, 0), Int64(grid.count))) }
        let (far, overflow) = key.offset.addingReportingOverflow(key.length)
        var from = rows.times.map { clamped(grid.first(atOrAfter: $0, plus: key.offset)) }
        var until = rows.times.map { clamped(grid.first(atOrAfter: $0, plus: overflow ? .max : far)) }
        guard !rows.visibility.isEmpty else {
            entering = Visits(instants: from)
            leaving = Visits(instants: until)
            return
        }
        for (row, seen) in rows.visibility {
            from[row] = max(from[row], clamped(grid.first(atOrAfter: seen.from)))
            until[row] = min(until[row], clamped(grid.first(atOrAfter: seen.until)))
            // What is known only when the window has passed is never in it.
            if from[row] >= until[row] {
                from[row] = clamped(.max)
                until[row] = clamped(.max)
            }
        }
        func sorted(_ instants: [Int32]) -> Visits {
            let order = (0..<Int32(instants.count)).sorted { (instants[Int($0)], $0) < (instants[Int($1)], $1) }
            return Visits(instants: order.map { instants[Int($0)] }, order: order)
        }
        entering = sorted(from)
        leaving = sorted(until)
    }

    // What is kept track of.

    mutating func needs(bit: Int) {
        if classes.contains(where: { $0.bit == bit }) { return }
        classes.append(ClassCount(bit: bit, counts: Array(repeating: 0, count: groupCount)))
    }

    mutating func needs(sumOf column: Int) {
        if sums.contains(where: { $0.column == column }) { return }
        sums.append(
            ColumnSum(column: column, sums: Array(repeating: 0, count: groupCount), known: Array(repeating: 0, count: groupCount))
        )
    }

    mutating func needs(ranksOf column: Int) {
        if forests.contains(where: { $0.column == column }) { return }
        forests.append((column, RankForest(rows.columns[column], groups: rows.groups, count: groupCount)))
    }

    mutating func needs(distinctOf column: Int) {
        if distincts.contains(where: { $0.column == column }) { return }
        distincts.append((column, DistinctCount(rows.columns[column], groups: rows.groups, count: groupCount)))
    }

    // Moving on.

    /// The next instant at which a row enters or leaves; nil when none does any more.
    func next(before end: Int) -> Int? {
        let first = entered < entering.instants.count ? Int(entering.instants[entered]) : end
        let second = left < leaving.instants.count ? Int(leaving.instants[left]) : end
        let next = min(first, second)
        return next < end ? next : nil
    }

    /// Takes in what enters and leaves at an instant; tells the group of each such row.
    mutating func advance(to instant: Int, touched: (_ group: Int) -> Void) {
        while entered < entering.instants.count, entering.instants[entered] == instant {
            let row = entering.row(entered)
            apply(row, 1)
            touched(Int(rows.groups[row]))
            entered += 1
        }
        while left < leaving.instants.count, leaving.instants[left] == instant {
            let row = leaving.row(left)
            apply(row, -1)
            touched(Int(rows.groups[row]))
            left += 1
        }
    }

    @inline(__always) private mutating func apply(_ row: Int, _ sign: Int64) {
        let group = Int(rows.groups[row]), flags = rows.flags[row], weight = sign * rows.weight(row)
        for place in classes.indices where flags >> UInt32(classes[place].bit) & 1 == 1 {
            classes[place].counts[group] &+= weight
            classes[place].total &+= weight
        }
        for place in sums.indices {
            let value = rows.columns[sums[place].column][row]
            if value == WindowRows.unknown { continue }
            sums[place].sums[group] += Int128(value) * Int128(weight)
            sums[place].known[group] &+= weight
        }
        for place in forests.indices { forests[place].forest.add(row, group: group, weight) }
        for place in distincts.indices { distincts[place].count.add(row, group: group, weight) }
    }

    // Values.

    func count(_ bit: Int, _ group: Int) -> Int64 { classes.first { $0.bit == bit }?.counts[group] ?? 0 }
    func total(_ bit: Int) -> Int64 { classes.first { $0.bit == bit }?.total ?? 0 }

    /// The sum of a column's known values and how many they are; nil without any.
    func sum(_ column: Int, _ group: Int) -> (sum: Int128, known: Int64)? {
        guard let found = sums.first(where: { $0.column == column }), found.known[group] > 0 else { return nil }
        return (found.sums[group], found.known[group])
    }

    func distinct(_ column: Int, _ group: Int) -> Int64 { distincts.first { $0.column == column }?.count.sizes[group] ?? 0 }

    /// The value at a rank that is told by the number of values; nil without any.
    func ranked(_ column: Int, _ group: Int, _ rank: (Int64) -> Int64) -> Int64? {
        guard let place = forests.firstIndex(where: { $0.column == column }) else { return nil }
        let size = forests[place].forest.size(group)
        return size > 0 ? forests[place].forest.value(at: rank(size), group: group) : nil
    }
}
