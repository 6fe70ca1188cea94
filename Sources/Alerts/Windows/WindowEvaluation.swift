import Model

/// Evaluates a native rule over a whole grid in one pass over its rows.
struct WindowEvaluation {
    let rule: WindowRule
    let history: WindowHistory
    let grid: Grid
    private var panes: [WindowPane] = []
    private var probes: [WindowProbe] = []

    init(_ rule: WindowRule, _ history: WindowHistory, _ grid: Grid) {
        precondition(
            !history.families.contains(where: \.isByMinute) || rule.allowsMinutes(on: grid),
            "per-minute rows require windows and grids of whole minutes")
        self.rule = rule
        self.history = history
        self.grid = grid
        for measure in rule.measures { probes.append(probe(measure)) }
    }

    /// Resolves a measure to the panes and slots that it reads.
    private mutating func probe(_ measure: WindowMeasure) -> WindowProbe {
        func pane(_ family: Int) -> Int {
            let key = WindowPane.Key(family: family, length: measure.length.inNanoseconds, offset: measure.offset.inNanoseconds)
            if let place = panes.firstIndex(where: { $0.key == key }) { return place }
            let map = history.familyGroups[family]
            // A family may have rows of groups that are not in the history.
            let rows = history.families[family]
            let groups = map.isEmpty ? history.groups.count : Int(max(map.max() ?? -1, rows.groups.max() ?? -1)) + 1
            panes.append(WindowPane(key, rows, groups: groups, grid))
            return panes.count - 1
        }
        var probe = WindowProbe(perSeconds: measure.perSeconds, length: measure.length.inSeconds)
        func counted(_ kind: WindowProbe.Kind, _ rows: RowClass) {
            probe.kind = kind
            probe.own = pane(rows.family)
            let slots = panes[probe.own].slots, slot = slots.slot(countOf: rows.bit)
            probe.counts = slots.counts[slot].pointer
            probe.totalPlace = slots.groupCount
        }
        func shared(_ kind: WindowProbe.Kind, _ some: RowClass, _ all: RowClass) {
            counted(kind, some)
            probe.whole = pane(all.family)
            let slots = panes[probe.whole].slots, slot = slots.slot(countOf: all.bit)
            probe.wholes = slots.counts[slot].pointer
        }
        func summed(_ kind: WindowProbe.Kind, _ column: RowColumn) {
            probe.kind = kind
            probe.own = pane(column.family)
            let slots = panes[probe.own].slots, slot = slots.slot(sumOf: column.index)
            probe.sums = slots.sums[slot].pointer
            probe.counts = slots.known[slot].pointer
        }
        func ranked(_ kind: WindowProbe.Kind, _ column: RowColumn) {
            probe.kind = kind
            probe.own = pane(column.family)
            let slots = panes[probe.own].slots
            probe.slot = kind == .distinct ? slots.slot(distinctOf: column.index) : slots.slot(ranksOf: column.index)
        }
        switch measure.quantity {
        case .count(let rows): counted(.count, rows)
        case .share(let rows): counted(.share, rows)
        case .ratio(let some, let all): shared(.ratio, some, all)
        case .rest(let some, let all): shared(.rest, some, all)
        case .sum(let column): summed(.sum(column.unit), column)
        case .total(let column): summed(.total(column.unit), column)
        case .mean(let column): summed(.mean(column.unit), column)
        case .least(let column): ranked(.least(column.unit), column)
        case .greatest(let column): ranked(.greatest(column.unit), column)
        case .percentile(let column, let percent): ranked(.percentile(column.unit, Int64(percent)), column)
        case .distinct(let column): ranked(.distinct, column)
        case .change(let now, let before): probe.kind = .change(now, before)
        }
        return probe
    }

    /// The result of a pass.
    struct Result {
        /// For each group, the first measure's value while the condition is true.
        var firing: [Change]
        /// For each group, the first measure's value; absent while it has none.
        var measure: [Change]
    }

    /// Visits every instant at which a row enters or leaves a window.
    ///
    /// - Parameters:
    ///   - measures: Whether to report the first measure's values where the condition does not hold.
    ///   - tunes: Whether `firing` gets the first measure's value wherever that measure decides, and `certain` where the
    ///       condition holds regardless of it; used to search for thresholds.
    mutating func run(measures: Bool = true, tunes: Bool = false) -> Result {
        if !tunes, let result = counted(measures: measures) { return result }
        let decided = rule.condition.replacingFirst(with: true).condition,
            undecided = rule.condition.replacingFirst(with: false).condition
        let count = history.groups.count
        var firing = ChangeRecorder(series: count), measured = ChangeRecorder(series: count)
        let first = rule.condition.first?.measure
        // A group's series exists from its first row on, even if that row is in no window.
        let births = births(), coveredFrom = coveredFrom()
        let covered = Set(coveredFrom).filter { $0 < grid.count }.sorted()
        var born = 0, full = 0
        var exists = [Bool](repeating: false, count: count)
        var dirty = DirtySet(count)
        // For families with fewer groups, the groups that each of them covers.
        let members = history.familyGroups.map { map -> [Int32: [Int]] in
            map.indices.reduce(into: [Int32: [Int]]()) { $0[map[$1], default: []].append($1) }
        }
        let sharing = Set(probes.filter { $0.kind == .share }.map(\.own))
        let condition = rule.condition, isIdentity = history.familyGroups.map(\.isEmpty)
        let paneFamilies = panes.map(\.key.family),
            hasChange = probes.contains { if case .change = $0.kind { true } else { false } }
        for place in panes.indices { panes[place].begin() }
        var values = [Double](repeating: .absent, count: probes.count)
        var instant = 0
        while instant < grid.count {
            while born < births.count, births[born].instant <= instant {
                exists[births[born].group] = true
                dirty.insert(births[born].group)
                born += 1
            }
            while full < covered.count, covered[full] <= instant {
                for group in 0..<count { dirty.insert(group) }
                full += 1
            }
            for place in panes.indices {
                let family = paneFamilies[place]
                if panes[place].next(before: grid.count) != instant { continue }
                if isIdentity[family] {
                    panes[place].advance(to: instant) { dirty.insert($0) }
                } else {
                    panes[place].advance(to: instant) { group in
                        for member in members[family][Int32(group)] ?? [] { dirty.insert(member) }
                    }
                }
                if sharing.contains(place) { for group in 0..<count { dirty.insert(group) } }
            }
            for place in 0..<dirty.count {
                let group = dirty[place]
                guard exists[group] else { continue }
                for place in probes.indices {
                    let own = paneFamilies[probes[place].own], whole = paneFamilies[probes[place].whole]
                    values[place] = probes[place].value(
                        panes, isIdentity[own] ? group : Int(history.familyGroups[own][group]),
                        isIdentity[whole] ? group : Int(history.familyGroups[whole][group]))
                }
                if hasChange { changes(&values, isCovered: { coveredFrom[$0] <= instant }) }
                let shown = first.map { values[$0] } ?? .absent
                if tunes {
                    let isFree = undecided.holds(values) ?? false, decides = decided.holds(values) ?? false
                    firing.set(group, isFree ? .certain : decides ? shown : .absent, at: Int32(instant))
                    continue
                }
                let holds = condition.holds(values) ?? false
                firing.set(group, holds ? (shown.isAbsent ? .nan : shown) : .absent, at: Int32(instant))
                measured.set(group, shown, at: Int32(instant))
            }
            dirty.removeAll()
            var next = born < births.count ? births[born].instant : grid.count
            if full < covered.count { next = min(next, covered[full]) }
            for place in panes.indices { next = min(next, panes[place].next(before: grid.count)) }
            instant = next
        }
        return Result(firing: firing.changes, measure: measured.changes)
    }

    /// Evaluates in a pass that only counts; nil for rules that need more.
    private func counted(measures: Bool) -> Result? {
        guard let terms = rule.condition.terms, history.familyGroups.allSatisfy(\.isEmpty),
            probes.allSatisfy({ [.count, .ratio, .rest].contains($0.kind) })
        else { return nil }
        let counting = panes.compactMap(\.counting)
        guard counting.count == panes.count else { return nil }
        let sweep = CountingSweep(
            panes: counting, probes: probes, terms: terms, first: rule.condition.first?.measure, births: births(),
            groups: history.groups.count, instants: grid.count, keepsMeasure: measures)
        // The sweep writes to the panes' memory.
        return withExtendedLifetime(panes) { sweep.run() }
    }

    /// Returns the instants from which groups exist, in order. Without `by` there is one series, which needs no row but exists
    /// only since the beginning of the history: having no data is not the same as having no events.
    private func births() -> [(instant: Int, group: Int)] {
        func first(since known: Int64) -> Int { Int(min(max(grid.first(atOrAfter: known), 0), Int64(grid.count))) }
        if !history.isGrouped {
            let beginning = first(since: history.beginning.nanoseconds)
            return beginning < grid.count ? [(beginning, 0)] : []
        }
        var births = [Int](repeating: grid.count, count: history.groups.count)
        for (group, known) in history.knownSince { births[group] = first(since: known.nanoseconds) }
        for (family, rows) in history.families.enumerated() where history.familyGroups[family].isEmpty {
            var isSeen = [Bool](repeating: false, count: history.groups.count)
            for row in rows.times.indices {
                let group = Int(rows.groups[row])
                // Rows are in time order, so the first is the earliest, unless rows become visible after their time.
                if isSeen[group] { continue }
                isSeen[group] = rows.visibility.isEmpty
                let known = max(rows.times[row], rows.visibility[row]?.from ?? .min)
                if let until = rows.visibility[row]?.until, until <= known { continue }
                births[group] = min(births[group], first(since: known))
            }
        }
        return births.indices.filter { births[$0] < grid.count }.map { (births[$0], $0) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }

    /// Computes the measures derived from others; absent where those have no value. Growth from zero is infinite, as in queries,
    /// unless the history does not cover the earlier window.
    private func changes(_ values: inout [Double], isCovered: (Int) -> Bool) {
        for place in probes.indices {
            guard case .change(let now, let before) = probes[place].kind else { continue }
            guard !values[now].isAbsent, !values[before].isAbsent else {
                values[place] = .absent
                continue
            }
            if values[before] != 0 {
                values[place] = (values[now] - values[before]) / values[before]
            } else {
                let isNew = values[now] != 0 && isCovered(place)
                values[place] = isNew ? (values[now] > 0 ? .infinity : -.infinity) : .absent
            }
        }
    }

    /// Returns for each probe of a change the first instant at which the history covers the whole earlier window; the grid's end
    /// for other probes.
    private func coveredFrom() -> [Int] {
        probes.map { probe in
            guard case .change(_, let before) = probe.kind else { return grid.count }
            let measure = rule.measures[before], beginning = history.beginning.nanoseconds
            let (reach, overflow) = measure.offset.inNanoseconds.addingReportingOverflow(measure.length.inNanoseconds)
            let first = grid.first(atOrAfter: beginning, plus: overflow ? .max : reach)
            return Int(min(max(first, 0), Int64(grid.count)))
        }
    }
}
