import Model

/// Manually managed memory for the innermost loops, without array bounds checks.
final class SlotMemory<Element> {
    let pointer: UnsafeMutablePointer<Element>

    init(_ count: Int, _ value: Element) {
        pointer = .allocate(capacity: max(count, 1))
        pointer.initialize(repeating: value, count: max(count, 1))
    }

    deinit { pointer.deallocate() }
}

/// The aggregates of a pane, for each group of the family.
final class PaneSlots {
    /// The counted classes: the number of rows in each group, followed by the total.
    private(set) var bits: [UInt32] = [], counts: [SlotMemory<Int64>] = []
    /// The summed columns: the sums and the number of known values.
    private(set) var columns: [Int] = [], sums: [SlotMemory<Int128>] = [], known: [SlotMemory<Int64>] = []
    private(set) var rankColumns: [Int] = [], ranks: [RankForest] = []
    private(set) var distinctColumns: [Int] = [], distincts: [DistinctCount] = []
    private let rows: WindowRows
    let groupCount: Int

    init(_ rows: WindowRows, groups: Int) {
        self.rows = rows
        groupCount = groups
    }

    /// Returns the slot that counts a class, adding it if needed.
    func slot(countOf bit: Int) -> Int {
        if let slot = bits.firstIndex(of: UInt32(bit)) { return slot }
        bits.append(UInt32(bit))
        counts.append(SlotMemory(groupCount + 1, 0))
        return bits.count - 1
    }

    /// Returns the slot that sums a column, adding it if needed.
    func slot(sumOf column: Int) -> Int {
        if let slot = columns.firstIndex(of: column) { return slot }
        columns.append(column)
        sums.append(SlotMemory(groupCount, 0))
        known.append(SlotMemory(groupCount, 0))
        return columns.count - 1
    }

    /// Returns the slot that ranks a column, adding it if needed.
    func slot(ranksOf column: Int) -> Int {
        if let slot = rankColumns.firstIndex(of: column) { return slot }
        rankColumns.append(column)
        ranks.append(RankForest(rows.columns[column], groups: rows.groups, count: groupCount))
        return rankColumns.count - 1
    }

    /// Returns the slot that counts a column's distinct values, adding it if needed.
    func slot(distinctOf column: Int) -> Int {
        if let slot = distinctColumns.firstIndex(of: column) { return slot }
        distinctColumns.append(column)
        distincts.append(DistinctCount(rows.columns[column], groups: rows.groups, count: groupCount))
        return distinctColumns.count - 1
    }
}

/// The rows of one family as they enter and leave one sliding window.
struct WindowPane {
    struct Key: Hashable {
        var family: Int
        var length: Int64, offset: Int64
    }

    let key: Key
    let slots: PaneSlots
    private let rows: WindowRows
    /// The rows in the order of entering and leaving, with the instants.
    private let entering: Visits, leaving: Visits
    private var entered = 0, left = 0
    /// Local copies of the slots for the inner loops.
    private var bits: [UInt32] = [], counts: [UnsafeMutablePointer<Int64>] = []
    private var sums: [(column: [Int64], sums: UnsafeMutablePointer<Int128>, known: UnsafeMutablePointer<Int64>)] = []
    private var ranks: [RankForest] = [], distincts: [DistinctCount] = []

    /// Rows in order of instant.
    private struct Visits {
        var instants: [Int32]
        /// Nil if the rows are already in this order.
        var order: [Int32]?

        @inline(__always) func row(_ place: Int) -> Int { order.map { Int($0[place]) } ?? place }
    }

    init(_ key: Key, _ rows: WindowRows, groups: Int, _ grid: Grid) {
        self.key = key
        self.rows = rows
        slots = PaneSlots(rows, groups: groups)
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
            // A row that becomes visible after the window has passed is never in it.
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

    /// The rows for a pass that only counts; nil if some rows become visible after their time.
    var counting: CountingPane? {
        entering.order == nil && leaving.order == nil ? CountingPane(slots, rows, entering.instants, leaving.instants) : nil
    }

    /// Fixes the set of slots before the pass.
    mutating func begin() {
        bits = slots.bits
        counts = slots.counts.map(\.pointer)
        sums = slots.columns.indices.map { (rows.columns[slots.columns[$0]], slots.sums[$0].pointer, slots.known[$0].pointer) }
        ranks = slots.ranks
        distincts = slots.distincts
    }

    /// Returns the next instant at which a row enters or leaves; `end` if there is none.
    @inline(__always) func next(before end: Int) -> Int {
        let first = entered < entering.instants.count ? Int(entering.instants[entered]) : end
        let second = left < leaving.instants.count ? Int(leaving.instants[left]) : end
        return min(first, second, end)
    }

    /// Applies the rows that enter and leave at an instant; reports the group of each.
    @inline(__always) mutating func advance(to instant: Int, touched: (_ group: Int) -> Void) {
        while entered < entering.instants.count, entering.instants[entered] == instant {
            touched(apply(entering.row(entered), 1))
            entered += 1
        }
        while left < leaving.instants.count, leaving.instants[left] == instant {
            touched(apply(leaving.row(left), -1))
            left += 1
        }
    }

    /// Adds or removes a row; returns its group.
    @inline(__always) private mutating func apply(_ row: Int, _ sign: Int64) -> Int {
        let group = Int(rows.groups[row]), flags = rows.flags[row], weight = sign * rows.weight(row)
        precondition(group < slots.groupCount, "rows belong to known groups")
        for slot in bits.indices where flags >> bits[slot] & 1 == 1 {
            counts[slot][group] &+= weight
            counts[slot][slots.groupCount] &+= weight
        }
        for slot in sums.indices {
            let value = sums[slot].column[row]
            if value == WindowRows.unknown { continue }
            sums[slot].sums[group] += Int128(value) * Int128(weight)
            sums[slot].known[group] &+= weight
        }
        for slot in ranks.indices { ranks[slot].add(row, group: group, weight) }
        for slot in distincts.indices { distincts[slot].add(row, group: group, weight) }
        return group
    }

    /// Returns the number of distinct values in a group.
    func distinct(_ slot: Int, _ group: Int) -> Int64 { distincts[slot].sizes[group] }
    /// Returns the number of ranked values in a group.
    func size(_ slot: Int, _ group: Int) -> Int64 { ranks[slot].size(group) }
    /// Returns the value at a rank from 1 to `size`.
    func value(_ slot: Int, _ group: Int, rank: Int64) -> Int64 { ranks[slot].value(at: rank, group: group) }
}
