import Model

/// A rule of our own over a whole grid, in one pass over its rows.
struct WindowEvaluation {
    let rule: WindowRule
    let history: WindowHistory
    let grid: Grid
    private var panes: [WindowPane] = []
    /// The panes of each measure: of its rows, and of what a share is taken of; -1 for measures computed of others.
    private var paneOf: [(own: Int, whole: Int)] = []

    init(_ rule: WindowRule, _ history: WindowHistory, _ grid: Grid) {
        precondition(
            !history.families.contains(where: \.isByMinute) || rule.allowsMinutes(on: grid),
            "rows of whole minutes answer only for windows and grids of whole minutes")
        self.rule = rule
        self.history = history
        self.grid = grid
        for measure in rule.measures { paneOf.append(panes(for: measure)) }
    }

    /// Finds or makes the panes that a measure looks at.
    private mutating func panes(for measure: WindowMeasure) -> (own: Int, whole: Int) {
        func pane(_ family: Int) -> Int {
            let key = WindowPane.Key(family: family, length: measure.length.inNanoseconds, offset: measure.offset.inNanoseconds)
            if let place = panes.firstIndex(where: { $0.key == key }) { return place }
            let map = history.familyGroups[family]
            // A family may have rows of groups that none of ours belongs to.
            let rows = history.families[family]
            let groups = map.isEmpty ? history.groups.count : Int(max(map.max() ?? -1, rows.groups.max() ?? -1)) + 1
            panes.append(WindowPane(key, rows, groups: groups, grid))
            return panes.count - 1
        }
        switch measure.quantity {
        case .count(let rows), .share(let rows):
            let own = pane(rows.family)
            panes[own].needs(bit: rows.bit)
            return (own, own)
        case .ratio(let some, let all), .rest(let some, let all):
            let own = pane(some.family), whole = pane(all.family)
            panes[own].needs(bit: some.bit)
            panes[whole].needs(bit: all.bit)
            return (own, whole)
        case .sum(let column), .mean(let column), .total(let column):
            let own = pane(column.family)
            panes[own].needs(sumOf: column.index)
            return (own, own)
        case .least(let column), .greatest(let column), .percentile(let column, _):
            let own = pane(column.family)
            panes[own].needs(ranksOf: column.index)
            return (own, own)
        case .distinct(let column):
            let own = pane(column.family)
            panes[own].needs(distinctOf: column.index)
            return (own, own)
        case .change: return (-1, -1)
        }
    }

    /// What a pass finds.
    struct Result {
        /// For each group when the condition holds, with the first measure's value.
        var firing: [Change]
        /// For each group the first measure's value; absent while it has none.
        var measure: [Change]
    }

    /// Visits every instant at which some row enters or leaves a window.
    ///
    /// - Parameter tunes: Give for `firing` the first measure's value wherever the rest of the condition lets it decide, and
    ///   `certain` where the condition holds without it: what a search for thresholds needs.
    mutating func run(tunes: Bool = false) -> Result {
        let decided = rule.condition.replacingFirst(with: true).condition,
            undecided = rule.condition.replacingFirst(with: false).condition
        let count = history.groups.count
        var firing = ChangeRecorder(series: count), measured = ChangeRecorder(series: count)
        let first = rule.condition.first?.measure
        // A group's series exists from its first row on, whatever window that row is in.
        let births = births()
        var born = 0
        var exists = [Bool](repeating: false, count: count)
        var dirty = DirtySet(count)
        // Groups of each family's groups, where these are fewer.
        let members = history.familyGroups.map { map -> [Int32: [Int]] in
            map.indices.reduce(into: [Int32: [Int]]()) { $0[map[$1], default: []].append($1) }
        }
        let sharing = Set(
            rule.measures.indices.filter { if case .share = rule.measures[$0].quantity { true } else { false } }.map {
                paneOf[$0].own
            })
        var instant = 0
        while instant < grid.count {
            while born < births.count, births[born].instant <= instant {
                exists[births[born].group] = true
                dirty.insert(births[born].group)
                born += 1
            }
            for place in panes.indices {
                let family = panes[place].key.family, isShared = sharing.contains(place)
                var any = false
                panes[place].advance(to: instant) { group in
                    any = true
                    if history.familyGroups[family].isEmpty {
                        dirty.insert(group)
                    } else {
                        for member in members[family][Int32(group)] ?? [] { dirty.insert(member) }
                    }
                }
                if any && isShared { for group in 0..<count { dirty.insert(group) } }
            }
            for place in 0..<dirty.count {
                let group = dirty[place]
                guard exists[group] else { continue }
                let shown = first.flatMap { value($0, group) }
                if tunes {
                    let isFree = undecided.holds { value($0, group) } ?? false
                    let decides = decided.holds { value($0, group) } ?? false
                    firing.set(group, isFree ? .certain : decides ? shown ?? .absent : .absent, at: Int32(instant))
                    continue
                }
                let holds = rule.condition.holds { value($0, group) } ?? false
                firing.set(group, holds ? shown ?? .nan : .absent, at: Int32(instant))
                measured.set(group, shown ?? .absent, at: Int32(instant))
            }
            dirty.removeAll()
            var next = born < births.count ? births[born].instant : grid.count
            for pane in panes { next = min(next, pane.next(before: grid.count) ?? next) }
            instant = next
        }
        return Result(firing: firing.changes, measure: measured.changes)
    }

    /// The instants from which groups exist, in order. Without `by` there is one series, which needs no row to exist.
    private func births() -> [(instant: Int, group: Int)] {
        if history.groups == [.empty] { return [(0, 0)] }
        var first = history.isKnownBefore.map { $0 ? 0 : grid.count }
        for (family, rows) in history.families.enumerated() where history.familyGroups[family].isEmpty {
            var isSeen = [Bool](repeating: false, count: history.groups.count)
            for row in rows.times.indices {
                let group = Int(rows.groups[row])
                // Rows come in time order: the first one is the earliest, unless rows become known later than they happen.
                if isSeen[group] { continue }
                isSeen[group] = rows.visibility.isEmpty
                let known = max(rows.times[row], rows.visibility[row]?.from ?? .min)
                if let until = rows.visibility[row]?.until, until <= known { continue }
                first[group] = min(first[group], Int(min(max(grid.first(atOrAfter: known), 0), Int64(grid.count))))
            }
        }
        return first.indices.filter { first[$0] < grid.count }.map { (first[$0], $0) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }

    /// A measure's value for a group at the present instant; nil when it has none.
    private func value(_ place: Int, _ group: Int) -> Double? {
        let measure = rule.measures[place]
        if case .change(let now, let before) = measure.quantity {
            guard let now = value(now, group), let before = value(before, group), before != 0 else { return nil }
            return (now - before) / before
        }
        let own = paneOf[place].own, whole = paneOf[place].whole
        let group = (own: placed(group, in: own), whole: placed(group, in: whole))
        let length = measure.length.inSeconds
        func per(_ number: Double) -> Double { measure.perSeconds.map { number * $0 / length } ?? number }
        func share(_ some: Int64, _ all: Int64) -> Double? { all > 0 ? Double(some) / Double(all) : nil }
        switch measure.quantity {
        case .count(let rows): return per(Double(panes[own].count(rows.bit, group.own)))
        case .ratio(let some, let all):
            return share(panes[own].count(some.bit, group.own), panes[whole].count(all.bit, group.whole))
        case .rest(let some, let all):
            let calls = panes[whole].count(all.bit, group.whole)
            return share(calls - panes[own].count(some.bit, group.own), calls)
        case .share(let rows): return share(panes[own].count(rows.bit, group.own), panes[own].total(rows.bit))
        case .sum(let column):
            guard let sum = panes[own].sum(column.index, group.own).flatMap({ Int64(exactly: $0.sum) }) else { return nil }
            let value = column.unit.magnitude(Double(sum))
            guard measure.perSeconds != nil else { return value }
            return column.unit == .money ? Money(dollars: per(value))?.dollars : per(value)
        case .total(let column):
            let sum = panes[own].sum(column.index, group.own)?.sum ?? 0
            return Int64(exactly: sum).map { per(column.unit.magnitude(Double($0))) }
        case .mean(let column): return panes[own].sum(column.index, group.own).map { mean($0.sum, of: $0.known, column.unit) }
        case .least(let column):
            return panes[own].ranked(column.index, group.own) { _ in 1 }.map { column.unit.magnitude(Double($0)) }
        case .greatest(let column):
            return panes[own].ranked(column.index, group.own) { $0 }.map { column.unit.magnitude(Double($0)) }
        case .percentile(let column, let percent):
            return panes[own].ranked(column.index, group.own) { max(($0 * Int64(percent) + 99) / 100, 1) }
                .map { column.unit.magnitude(Double($0)) }
        case .distinct(let column): return per(Double(panes[own].distinct(column.index, group.own)))
        case .change: return nil
        }
    }

    /// The number of a group among the groups of a pane.
    private func placed(_ group: Int, in pane: Int) -> Int {
        let map = history.familyGroups[panes[pane].key.family]
        return map.isEmpty ? group : Int(map[group])
    }

    /// Means of durations and money are whole units, halves away from zero, as everywhere in the language.
    private func mean(_ sum: Int128, of count: Int64, _ unit: RowColumn.Unit) -> Double {
        if unit == .count { return Double(sum) / Double(count) }
        let (whole, rest) = sum.quotientAndRemainder(dividingBy: Int128(count))
        let up = rest.magnitude >= (Int128(count).magnitude + 1) / 2
        return unit.magnitude(Double(up ? whole + (sum < 0 ? -1 : 1) : whole))
    }
}
