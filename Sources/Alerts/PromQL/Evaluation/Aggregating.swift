/// Series folded to groups, incrementally: only groups with a changed member are looked at.
struct Aggregating {
    let vector: StepVector
    /// The group of each series, and what the groups carry.
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

    /// Calls `take` for every change with its group and the value before, then `show` once for each group and instant.
    private func run(
        _ take: (_ series: Int, _ group: Int, _ old: Double, _ new: Double) -> Void, show: (_ group: Int, _ instant: Int32) -> Void
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
            for group in dirty.members { show(group, instant) }
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

    /// Whole numbers: a running sum is exact.
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

    /// Other numbers: added up in the series' order at every change, as a fresh evaluation would. Zeros do not matter.
    private func sum(isAverage: Bool) -> StepVector {
        var recorder = ChangeRecorder(series: groups.count)
        var present = [Int](repeating: 0, count: groups.count)
        var folds = [OrderedFold](repeating: OrderedFold(), count: groups.count)
        run { series, group, old, new in
            present[group] += (new.isAbsent ? 0 : 1) - (old.isAbsent ? 0 : 1)
            folds[group].set(series, new.isAbsent ? 0 : new)
        } show: { group, instant in
            guard present[group] > 0 else { return recorder.set(group, .absent, at: instant) }
            let sum = folds[group].sum()
            recorder.set(group, isAverage ? sum / Double(present[group]) : sum, at: instant)
        }
        return made(recorder.changes, isIntegral: false)
    }

    /// Each series' place within its group, and the groups' sizes.
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

    /// Keeps the series themselves.
    private func topk(_ k: Int) -> StepVector {
        let (places, sizes, members) = places()
        var recorder = ChangeRecorder(series: map.count)
        var tournaments = sizes.map { Tournament($0, prefersSmall: false) }
        var shown = [[Int]](repeating: [], count: groups.count)
        run { series, group, _, new in
            tournaments[group].set(places[series], new)
        } show: { group, instant in
            let best = tournaments[group].best(k)
            for place in shown[group] where !best.contains(place) { recorder.set(members[group][place], .absent, at: instant) }
            for place in best { recorder.set(members[group][place], tournaments[group].value(place), at: instant) }
            shown[group] = best
        }
        return StepVector(
            series: vector.series, changes: recorder.changes, isIntegral: vector.isIntegral, failures: vector.failures)
    }
}

/// A sum of floating numbers in the order of their series; series at zero are left out.
struct OrderedFold {
    private var series: [Int] = []
    private var values: [Double] = []
    /// `sums[i]` is the sum of the first `i` values, valid up to `known`.
    private var sums: [Double] = [0]
    private var known = 0

    mutating func set(_ member: Int, _ value: Double) {
        var low = 0, high = series.count
        while low < high {
            let middle = (low + high) / 2
            if series[middle] < member { low = middle + 1 } else { high = middle }
        }
        let isThere = low < series.count && series[low] == member
        if value == 0 {
            guard isThere else { return }
            series.remove(at: low)
            values.remove(at: low)
            sums.removeLast()
        } else if isThere {
            values[low] = value
        } else {
            series.insert(member, at: low)
            values.insert(value, at: low)
            sums.append(0)
        }
        known = min(known, low)
    }

    mutating func sum() -> Double {
        while known < values.count {
            sums[known + 1] = sums[known] + values[known]
            known += 1
        }
        return sums[values.count]
    }
}
