/// Binary arithmetic and comparison of two vectors, series by series.
///
/// The evaluation fails at an instant where a series has two partners or, without `group_left`, two series share one partner.
struct PairwiseOperator {
    let a: StepVector, b: StepVector
    let matching: VectorMatching
    let values: LabelValues
    private let pairs: SeriesMatching

    init(_ a: StepVector, _ b: StepVector, _ matching: VectorMatching, _ values: LabelValues) {
        self.a = a
        self.b = b
        self.matching = matching
        self.values = values
        pairs = SeriesMatching(a.series, b.series, matching.grouping, values)
    }

    /// The result's series: a series on the left has one slot for each kind of partner, from `first[left]` on.
    private struct Slots {
        var table: SeriesTable
        /// For each series on the left, its first slot.
        var first: [Int]
        /// For each series on the right, the offset of its slot.
        var kind: [Int]
        /// Slots with equal labels in one match group, which must not be present together, share a number; −1 for all others.
        var clash: [Int]
    }

    func result(_ function: (Double, Double) -> Double) -> StepVector {
        pairs.isOneToOne && (matching.groupLeft?.isEmpty ?? true) ? paired(function) : matched(function)
    }

    /// Every series has at most one partner at all times: nothing can fail.
    private func paired(_ function: (Double, Double) -> Double) -> StepVector {
        var partner = [Int](repeating: -1, count: a.series.count), left = [Int](repeating: -1, count: pairs.count)
        for (series, group) in pairs.left.enumerated() { left[Int(group)] = series }
        for (series, group) in pairs.right.enumerated() where left[Int(group)] >= 0 { partner[left[Int(group)]] = series }
        var recorder = ChangeRecorder(series: a.series.count, expected: max(a.changes.count, b.changes.count))
        var valuesA = [Double](repeating: .absent, count: a.series.count)
        var valuesB = [Double](repeating: .absent, count: b.series.count)
        func show(_ series: Int, _ instant: Int32) {
            guard partner[series] >= 0 else { return }
            let x = valuesA[series], y = valuesB[partner[series]]
            recorder.set(series, x.isAbsent || y.isAbsent ? .absent : function(x, y), at: instant)
        }
        var dirty = DirtySet(a.series.count)
        walk(a.changes, b.changes) { instant, changedA, changedB in
            for change in changedB {
                valuesB[Int(change.series)] = change.value
                let series = left[Int(pairs.right[Int(change.series)])]
                if series >= 0 { dirty.insert(series) }
            }
            for change in changedA {
                valuesA[Int(change.series)] = change.value
                dirty.insert(Int(change.series))
            }
            for place in 0..<dirty.count { let series = dirty[place]; show(series, instant) }
            dirty.removeAll()
        }
        return StepVector(series: slots().table, changes: recorder.changes, failures: a.failures.union(b.failures))
    }

    private func matched(_ function: (Double, Double) -> Double) -> StepVector {
        let slots = slots()
        var recorder = ChangeRecorder(series: slots.table.count)
        var left = PresenceByGroup(a.series.count, pairs.count), right = PresenceByGroup(b.series.count, pairs.count)
        var kept = PresenceByGroup(a.series.count, pairs.count)
        var valuesA = [Double](repeating: .absent, count: a.series.count)
        var valuesB = [Double](repeating: .absent, count: b.series.count)
        // The slot in which each series on the left is currently shown.
        var shownAt = [Int](repeating: -1, count: a.series.count)
        var clashing = [Int](repeating: 0, count: (slots.clash.max() ?? -1) + 1)
        var manyRight = 0, manyLeft = 0, clashes = 0
        var dirty = DirtySet(a.series.count), dirtyGroups = DirtySet(pairs.count)
        var watchRight = FailureWatch("found duplicate series for the match group on the right hand-side of the operation")
        var watchLeft = FailureWatch("multiple matches for labels: many-to-one matching must be explicit (group_left)")
        var watchClash = FailureWatch("multiple matches for labels: grouping labels must ensure unique matches")
        let isOneToOne = matching.groupLeft == nil
        var shown: [(slot: Int, value: Double)] = []
        walk(a.changes, b.changes) { instant, changedA, changedB in
            for change in changedA {
                let series = Int(change.series)
                valuesA[series] = change.value
                _ = left.note(change, Int(pairs.left[series]))
                dirty.insert(series)
            }
            for change in changedB {
                let series = Int(change.series), group = Int(pairs.right[series])
                let before = right.counts[group]
                valuesB[series] = change.value
                _ = right.note(change, group)
                manyRight += (right.counts[group] > 1 ? 1 : 0) - (before > 1 ? 1 : 0)
                dirtyGroups.insert(group)
            }
            for place in 0..<dirtyGroups.count {
                let group = dirtyGroups[place]; for series in pairs.members[group] { dirty.insert(Int(series)) }
            }
            shown.removeAll(keepingCapacity: true)
            for place in 0..<dirty.count {
                let series = dirty[place]
                let group = Int(pairs.left[series])
                var slot = -1, value = Double.absent
                if right.counts[group] > 0, !valuesA[series].isAbsent {
                    // With several partners the evaluation has already failed.
                    let partner = right.counts[group] == 1 ? right.sums[group] : -1
                    if partner >= 0 {
                        value = function(valuesA[series], valuesB[partner])
                        slot = slots.first[series] + slots.kind[partner]
                    }
                }
                let keptBefore = kept.counts[group]
                _ = kept.set(series, !value.isAbsent, group)
                manyLeft += (kept.counts[group] > 1 ? 1 : 0) - (keptBefore > 1 ? 1 : 0)
                let old = shownAt[series], new = value.isAbsent ? -1 : slot
                if old >= 0, old != new {
                    recorder.set(old, .absent, at: instant)
                    leave(slots.clash[old], &clashing, &clashes)
                }
                if new >= 0 {
                    shown.append((new, value))
                    if old != new { enter(slots.clash[new], &clashing, &clashes) }
                }
                shownAt[series] = new
            }
            // Remove first, then add: two series may swap slots at one instant.
            for (slot, value) in shown { recorder.set(slot, value, at: instant) }
            dirty.removeAll()
            dirtyGroups.removeAll()
            // Prometheus checks neither side when one of them is empty.
            let both = left.total > 0 && right.total > 0
            watchRight.set(both && manyRight > 0, at: Int(instant))
            watchLeft.set(both && isOneToOne && manyLeft > 0, at: Int(instant))
            watchClash.set(both && clashes > 0, at: Int(instant))
        }
        var failures = a.failures.union(b.failures)
        for var watch in [watchRight, watchLeft, watchClash] {
            // A failure at the last change lasts to the end.
            watch.finish(at: Int(Int32.max))
            failures = failures.union(watch.spans)
        }
        return StepVector(series: slots.table, changes: recorder.changes, failures: failures)
    }

    private func enter(_ clash: Int, _ clashing: inout [Int], _ clashes: inout Int) {
        guard clash >= 0 else { return }
        clashing[clash] += 1
        if clashing[clash] == 2 { clashes += 1 }
    }

    private func leave(_ clash: Int, _ clashing: inout [Int], _ clashes: inout Int) {
        guard clash >= 0 else { return }
        clashing[clash] -= 1
        if clashing[clash] == 1 { clashes -= 1 }
    }

    private func slots() -> Slots {
        guard let taken = matching.groupLeft else {
            // One-to-one: `on` keeps its labels, `ignoring` drops them.
            let kept = matching.grouping.selected(from: a.series.labels)
            let labels = a.series.labels.filter(kept.contains)
            let columns = labels.map(a.series.column)
            let table = SeriesTable(
                labels: labels, codes: (0..<a.series.count).flatMap { row in columns.map { $0[row] } }, count: a.series.count)
            return Slots(
                table: table, first: Array(0..<a.series.count), kind: Array(repeating: 0, count: b.series.count),
                clash: Array(repeating: -1, count: table.count))
        }
        // Many-to-one: the labels of the left, overridden by those taken from the right.
        let includes = Label.allCases.filter(taken.contains)
        let kinds = Groups(
            includes.map(b.series.column), radices: includes.map(values.count(of:)), rows: b.series.count)
        let kindCount = includes.isEmpty ? 1 : max(kinds.firstRows.count, 1)
        let labels = Label.allCases.filter { a.series.labels.contains($0) || taken.contains($0) }
        var codes: [Int32] = []
        codes.reserveCapacity(a.series.count * kindCount * labels.count)
        for series in 0..<a.series.count {
            for kind in 0..<kindCount {
                for label in labels {
                    let isTaken = taken.contains(label) && kind < kinds.firstRows.count
                    codes.append(isTaken ? b.series.code(of: kinds.firstRows[kind], label) : a.series.code(of: series, label))
                }
            }
        }
        let table = SeriesTable(labels: labels, codes: codes, count: a.series.count * kindCount)
        var clash = [Int](repeating: -1, count: table.count)
        if !includes.isEmpty {
            // Prometheus compares only within a match group.
            let groups = (0..<table.count).map { pairs.left[$0 / kindCount] }
            let same = Groups(
                labels.map(table.column) + [groups], radices: labels.map(values.count(of:)) + [max(pairs.count, 1)],
                rows: table.count)
            clash = same.ids.map(Int.init)
        }
        return Slots(
            table: table, first: (0..<a.series.count).map { $0 * kindCount },
            kind: includes.isEmpty ? Array(repeating: 0, count: b.series.count) : kinds.ids.map(Int.init), clash: clash)
    }
}
