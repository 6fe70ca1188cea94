/// The rows of a pane in manually managed memory, for a loop that touches each row twice.
final class CountingPane {
    let count: Int
    let entering: UnsafeMutablePointer<Int32>, leaving: UnsafeMutablePointer<Int32>
    let groups: UnsafeMutablePointer<Int32>
    private let flags: UnsafeMutablePointer<UInt32>
    private let weights: UnsafeMutablePointer<Int64>?
    /// The counted classes and their counters.
    private let bits: UnsafeMutablePointer<UInt32>, counts: UnsafeMutablePointer<UnsafeMutablePointer<Int64>>
    private let classes: Int
    private let slots: PaneSlots

    init(_ slots: PaneSlots, _ rows: WindowRows, _ entering: [Int32], _ leaving: [Int32]) {
        func copy<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
            let memory = UnsafeMutablePointer<T>.allocate(capacity: max(values.count, 1))
            values.withUnsafeBufferPointer { if let base = $0.baseAddress { memory.initialize(from: base, count: $0.count) } }
            return memory
        }
        precondition(rows.groups.allSatisfy { $0 >= 0 && $0 < slots.groupCount }, "rows belong to known groups")
        self.slots = slots
        count = rows.count
        self.entering = copy(entering)
        self.leaving = copy(leaving)
        groups = copy(rows.groups)
        flags = copy(rows.flags)
        weights = rows.weights.isEmpty ? nil : copy(rows.weights)
        bits = copy(slots.bits)
        counts = copy(slots.counts.map(\.pointer))
        classes = slots.bits.count
    }

    deinit {
        entering.deallocate()
        leaving.deallocate()
        groups.deallocate()
        flags.deallocate()
        weights?.deallocate()
        bits.deallocate()
        counts.deallocate()
    }

    /// Adds or removes a row; returns its group.
    @inline(__always) func apply(_ row: Int, _ sign: Int64) -> Int {
        let group = Int(groups[row]), weight = sign &* (weights?[row] ?? 1)
        for slot in 0..<classes where flags[row] >> bits[slot] & 1 == 1 { counts[slot][group] &+= weight }
        return group
    }
}

/// Evaluates rules whose measures are only counts and ratios of counts, which most are.
struct CountingSweep {
    let panes: [CountingPane]
    let probes: [WindowProbe]
    /// Comparisons that must all hold.
    let terms: [WindowCondition.Term]
    /// The index of the reported measure.
    let first: Int?
    let births: [(instant: Int, group: Int)]
    let groups: Int, instants: Int
    let keepsMeasure: Bool

    func run() -> WindowEvaluation.Result {
        var firing = ChangeRecorder(series: groups), measured = ChangeRecorder(series: keepsMeasure ? groups : 0)
        var entered = [Int](repeating: 0, count: panes.count), left = entered
        var exists = [Bool](repeating: false, count: groups)
        var dirty = DirtySet(groups)
        var born = 0, instant = 0
        while instant < instants {
            while born < births.count, births[born].instant <= instant {
                exists[births[born].group] = true
                dirty.insert(births[born].group)
                born += 1
            }
            var next = born < births.count ? births[born].instant : instants
            for place in panes.indices {
                let pane = panes[place], count = pane.count, now = Int32(truncatingIfNeeded: instant)
                var row = entered[place]
                while row < count, pane.entering[row] == now {
                    dirty.insert(pane.apply(row, 1))
                    row += 1
                }
                entered[place] = row
                if row < count { next = min(next, Int(pane.entering[row])) }
                row = left[place]
                while row < count, pane.leaving[row] == now {
                    dirty.insert(pane.apply(row, -1))
                    row += 1
                }
                left[place] = row
                if row < count { next = min(next, Int(pane.leaving[row])) }
            }
            for place in 0..<dirty.count {
                let group = dirty[place]
                guard exists[group] else { continue }
                let shown = first.map { probes[$0].counted(group, group) } ?? .absent
                var holds = true
                for term in terms {
                    let value = term.measure == first ? shown : probes[term.measure].counted(group, group)
                    if value.isAbsent || !term.holds(value) {
                        holds = false
                        break
                    }
                }
                firing.set(group, holds ? shown : .absent, at: Int32(truncatingIfNeeded: instant))
                if keepsMeasure { measured.set(group, shown, at: Int32(truncatingIfNeeded: instant)) }
            }
            dirty.removeAll()
            instant = next
        }
        return WindowEvaluation.Result(firing: firing.changes, measure: measured.changes)
    }
}

extension WindowCondition {
    /// A comparison with a single bound.
    struct Term {
        var measure: Int
        var comparison: Comparison
        var bound: Double

        @inline(__always) func holds(_ value: Double) -> Bool {
            switch comparison {
            case .equal: value == bound
            case .notEqual: value != bound
            case .less: value < bound
            case .lessOrEqual: value <= bound
            case .greater: value > bound
            case .greaterOrEqual: value >= bound
            }
        }
    }

    /// The comparisons of a pure conjunction; nil for any other condition.
    var terms: [Term]? {
        switch self {
        case .comparison(let measure, let comparison, let bounds):
            return bounds.count == 1 ? [Term(measure: measure, comparison: comparison, bound: bounds[0])] : nil
        case .and(let a, let b):
            guard let first = a.terms, let second = b.terms else { return nil }
            return first + second
        case .or, .not, .isMissing, .always: return nil
        }
    }
}
