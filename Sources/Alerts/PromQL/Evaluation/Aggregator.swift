/// Incremental aggregation of series by group: only groups with a changed member are recomputed.
struct Aggregator {
    let vector: StepVector
    /// The group of each series, and the labels of the groups.
    let map: [Int32]
    let groups: SeriesTable

    init(_ vector: StepVector, _ grouping: Grouping, _ values: LabelValues) {
        self.vector = vector
        (groups, map) = vector.series.projected(onto: grouping.selected(from: vector.series.labels), values)
    }

    func result(_ aggregation: Aggregation) -> StepVector {
        switch aggregation {
        case .count: count()
        case .sum: vector.isIntegral ? wholeSum(isAverage: false) : sum(isAverage: false)
        case .average: vector.isIntegral ? wholeSum(isAverage: true) : sum(isAverage: true)
        case .min: extreme(prefersSmall: true)
        case .max: extreme(prefersSmall: false)
        case .topk(let k): topk(k)
        }
    }

    private func made(_ changes: [Change], isIntegral: Bool) -> StepVector {
        StepVector(series: groups, changes: changes, isIntegral: isIntegral, failures: vector.failures)
    }

    /// Calls `take` for every change with its group and previous value, then `show` once per changed group and instant.
    @inline(__always) private func run(
        _ take: (_ series: Int, _ group: Int, _ old: Double, _ new: Double) -> Void,
        show: (_ group: Int, _ instant: Int32) -> Void
    ) {
        var values = [Double](repeating: .absent, count: map.count)
        var dirty = DirtySet(groups.count)
        var index = 0
        while index < vector.changes.count {
            let instant = vector.changes[index].instant
            while index < vector.changes.count, vector.changes[index].instant == instant {
                let change = vector.changes[index], series = Int(change.series), group = Int(map[series])
                take(series, group, values[series], change.value)
                values[series] = change.value
                dirty.insert(group)
                index += 1
            }
            for place in 0..<dirty.count { let group = dirty[place]; show(group, instant) }
            dirty.removeAll()
        }
    }

    private func count() -> StepVector {
        var recorder = ChangeRecorder(series: groups.count)
        var present = [Int](repeating: 0, count: groups.count)
        run { _, group, old, new in
            present[group] += (new.isAbsent ? 0 : 1) - (old.isAbsent ? 0 : 1)
        } show: { group, instant in
            recorder.set(group, present[group] == 0 ? .absent : Double(present[group]), at: instant)
        }
        return made(recorder.changes, isIntegral: true)
    }

    /// Sums integers: a running sum is exact.
    private func wholeSum(isAverage: Bool) -> StepVector {
        var recorder = ChangeRecorder(series: groups.count)
        var present = [Int](repeating: 0, count: groups.count)
        var sums = [Double](repeating: 0, count: groups.count)
        run { _, group, old, new in
            present[group] += (new.isAbsent ? 0 : 1) - (old.isAbsent ? 0 : 1)
            sums[group] += (new.isAbsent ? 0 : new) - (old.isAbsent ? 0 : old)
        } show: { group, instant in
            let value = isAverage ? sums[group] / Double(present[group]) : sums[group]
            recorder.set(group, present[group] == 0 ? .absent : value, at: instant)
        }
        return made(recorder.changes, isIntegral: !isAverage)
    }

    /// Sums other numbers in series order at every change, as a fresh evaluation would; zeros do not matter.
    private func sum(isAverage: Bool) -> StepVector {
        // Each group has exactly one series.
        if groups.count == map.count { return made(vector.changes, isIntegral: false) }
        var recorder = ChangeRecorder(series: groups.count, expected: min(vector.changes.count, 1 << 18))
        var present = [Int](repeating: 0, count: groups.count)
        var orderedSums = OrderedSums(groups: groups.count)
        run { series, group, old, new in
            present[group] += (new.isAbsent ? 0 : 1) - (old.isAbsent ? 0 : 1)
            orderedSums.set(group, Int32(truncatingIfNeeded: series), new.isAbsent ? 0 : new)
        } show: { group, instant in
            guard present[group] > 0 else { return recorder.set(group, .absent, at: instant) }
            let sum = orderedSums.sum(group)
            recorder.set(group, isAverage ? sum / Double(present[group]) : sum, at: instant)
        }
        return made(recorder.changes, isIntegral: false)
    }

    /// Returns each series' position within its group, the group sizes and the group members.
    private func places() -> (places: [Int], sizes: [Int], members: [[Int]]) {
        var places = [Int](repeating: 0, count: map.count), members = [[Int]](repeating: [], count: groups.count)
        for (series, group) in map.enumerated() {
            places[series] = members[Int(group)].count
            members[Int(group)].append(series)
        }
        return (places, members.map(\.count), members)
    }

    private func extreme(prefersSmall: Bool) -> StepVector {
        let (places, sizes, _) = places()
        var recorder = ChangeRecorder(series: groups.count)
        var tournaments = sizes.map { Tournament($0, prefersSmall: prefersSmall) }
        run { series, group, _, new in
            tournaments[group].set(places[series], new)
        } show: { group, instant in
            recorder.set(group, tournaments[group].best.map { tournaments[group].value($0) } ?? .absent, at: instant)
        }
        return made(recorder.changes, isIntegral: vector.isIntegral)
    }

    /// Keeps the largest series with their own labels.
    private func topk(_ k: Int) -> StepVector {
        let (places, sizes, members) = places()
        var recorder = ChangeRecorder(series: map.count)
        var tournaments = sizes.map { Tournament($0, prefersSmall: false) }
        var shown = [[Int]](repeating: [], count: groups.count)
        run { series, group, _, new in
            tournaments[group].set(places[series], new)
        } show: { group, instant in
            let best = tournaments[group].kept(k)
            for place in shown[group] where !best.contains(place) { recorder.set(members[group][place], .absent, at: instant) }
            for place in best { recorder.set(members[group][place], tournaments[group].value(place), at: instant) }
            shown[group] = best
        }
        return StepVector(
            series: vector.series, changes: recorder.changes, isIntegral: vector.isIntegral, failures: vector.failures)
    }
}
