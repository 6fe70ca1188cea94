/// Matches the series of two vectors by equal values of the matching labels.
struct SeriesMatching {
    /// The match group of each series on the left and on the right.
    let left: [Int32], right: [Int32]
    /// The number of match groups.
    let count: Int
    /// For each match group, its series on the left.
    let members: [[Int32]]
    /// True if no match group has more than one series on either side.
    let isOneToOne: Bool

    init(_ a: SeriesTable, _ b: SeriesTable, _ grouping: Grouping, _ values: LabelValues) {
        let labels = Label.allCases.filter { label in
            (a.labels.contains(label) || b.labels.contains(label)) && grouping.labels.contains(label) == grouping.keeps
        }
        let groups = Groups(
            labels.map { a.column($0) + b.column($0) }, radices: labels.map(values.count(of:)), rows: a.count + b.count)
        left = Array(groups.ids[..<a.count])
        right = Array(groups.ids[a.count...])
        count = groups.firstRows.count
        var members = [[Int32]](repeating: [], count: count)
        for (series, group) in left.enumerated() { members[Int(group)].append(Int32(series)) }
        self.members = members
        isOneToOne = members.allSatisfy { $0.count <= 1 } && Set(right).count == right.count
    }
}

/// `and`, `or`, `unless` over two vectors.
struct SetOperator {
    let a: StepVector, b: StepVector
    let matching: SeriesMatching

    init(_ a: StepVector, _ b: StepVector, _ grouping: Grouping, _ values: LabelValues) {
        self.a = a
        self.b = b
        matching = SeriesMatching(a.series, b.series, grouping, values)
    }

    func result(_ operation: SetOperation, _ values: LabelValues) -> StepVector {
        let table = operation == .or ? joined(values) : a.series
        var recorder = ChangeRecorder(series: table.count)
        var left = PresenceByGroup(a.series.count, matching.count), right = PresenceByGroup(b.series.count, matching.count)
        var valuesA = [Double](repeating: .absent, count: a.series.count)
        var valuesB = [Double](repeating: .absent, count: b.series.count)
        var dirtyA = DirtySet(a.series.count), dirtyB = DirtySet(b.series.count)
        let membersB =
            operation == .or
            ? matching.right.indices.reduce(into: [[Int]](repeating: [], count: matching.count)) {
                $0[Int(matching.right[$1])].append($1)
            } : []
        walk(a.changes, b.changes) { instant, changedA, changedB in
            for change in changedA {
                let series = Int(change.series), group = Int(matching.left[series])
                valuesA[series] = change.value
                dirtyA.insert(series)
                if left.note(change, group), operation == .or { for other in membersB[group] { dirtyB.insert(other) } }
            }
            for change in changedB {
                let series = Int(change.series), group = Int(matching.right[series])
                valuesB[series] = change.value
                if operation == .or { dirtyB.insert(series) }
                if right.note(change, group), operation != .or {
                    for other in matching.members[group] { dirtyA.insert(Int(other)) }
                }
            }
            for place in 0..<dirtyA.count {
                let series = dirtyA[place]
                let isMatched = right.counts[Int(matching.left[series])] > 0
                let stays = operation == .or || isMatched == (operation == .and)
                recorder.set(series, stays ? valuesA[series] : .absent, at: instant)
            }
            for place in 0..<dirtyB.count {
                let series = dirtyB[place]
                let isTaken = left.counts[Int(matching.right[series])] > 0
                recorder.set(a.series.count + series, isTaken ? .absent : valuesB[series], at: instant)
            }
            dirtyA.removeAll()
            dirtyB.removeAll()
        }
        return StepVector(
            series: table, changes: recorder.changes, isIntegral: a.isIntegral && (operation != .or || b.isIntegral),
            failures: a.failures.union(b.failures))
    }

    /// The series of both sides, with the labels of both.
    private func joined(_ values: LabelValues) -> SeriesTable {
        let labels = Label.allCases.filter { a.series.labels.contains($0) || b.series.labels.contains($0) }
        let columns = labels.map { a.series.column($0) + b.series.column($0) }
        let count = a.series.count + b.series.count
        return SeriesTable(labels: labels, codes: (0..<count).flatMap { row in columns.map { $0[row] } }, count: count)
    }
}

/// Counts the present series of each match group; the sum of their indices identifies an only one.
struct PresenceByGroup {
    private(set) var counts: [Int]
    private(set) var sums: [Int]
    private var isPresent: [Bool]
    /// The number of present series in all groups.
    private(set) var total = 0

    init(_ series: Int, _ groups: Int) {
        counts = Array(repeating: 0, count: groups)
        sums = counts
        isPresent = Array(repeating: false, count: series)
    }

    /// Records a change; returns true if the group became empty or stopped being empty.
    mutating func note(_ change: Change, _ group: Int) -> Bool { set(Int(change.series), !change.value.isAbsent, group) }

    mutating func set(_ series: Int, _ present: Bool, _ group: Int) -> Bool {
        if isPresent[series] == present { return false }
        isPresent[series] = present
        counts[group] += present ? 1 : -1
        sums[group] += present ? series : -series
        total += present ? 1 : -1
        return counts[group] == (present ? 1 : 0)
    }
}
