import Model

/// Rows to answer: groups merged, measures computed, filtered, ordered, cut; nothing is asked of any engine.
struct Answering {
    let plan: Plan
    let facts: QueryFacts
    private let groups: Groups
    private let measures: MeasureValue
    private let totals: [Int64]

    private var query: CheckedQuery { plan.query }

    init(_ plan: Plan, facts: QueryFacts, rows: [[[SQLValue]]]) {
        self.plan = plan
        self.facts = facts
        groups = Groups(plan, rows: rows)
        var totals = [Int64](repeating: 0, count: max(1, plan.buckets?.axis.starts.count ?? 1))
        for key in groups.tables[0].rows.keys { totals[key.bucket] &+= groups.partial(.rows, of: key)?.integer ?? 0 }
        self.totals = totals
        measures = MeasureValue(groups: groups, facts: facts, totals: totals)
    }

    /// The groups that `top` keeps, best first; nil when nothing is to be folded.
    func kept() -> [[Value]]? {
        guard let top = query.top else { return nil }
        var ranking = ranked(names())
        guard ranking.count > top else { return nil }
        ranking.removeLast(ranking.count - top)
        return ranking
    }

    // MARK: Groups

    private var asksForRate: Bool {
        query.measures.contains { $0 == .errorRate || $0 == .reliability || $0 == .calls }
    }

    private func names() -> [[Value]] {
        let keys = groups.keys(withCallsOnly: asksForRate)
        return Array(Set(keys.map(\.values)))
    }

    /// The measure that ranks groups: what `sort` names first, else the first shown.
    private var rankingMeasure: (Measure, isDescending: Bool) {
        if case .measure(let measure)? = query.sort.first?.subject { return (measure, query.sort[0].isDescending) }
        return (query.measures[0], true)
    }

    /// The groups, largest first over the whole window; ties by name.
    private func ranked(_ names: [[Value]]) -> [[Value]] {
        let (measure, isDescending) = rankingMeasure
        var magnitudes: [[Value]: Double] = [:]
        for name in names {
            var sum: Double?
            for bucket in totals.indices {
                if let value = measures.value(measure, of: GroupKey(values: name, bucket: bucket)).magnitude {
                    sum = (sum ?? 0) + value
                }
            }
            magnitudes[name] = sum
        }
        return names.sorted { a, b in
            let x = magnitudes[a].map { Value.number($0) } ?? .missing, y = magnitudes[b].map { Value.number($0) } ?? .missing
            return ValueOrder.precedes(x, y, descending: isDescending) ?? ValueOrder.namesPrecede(a, b)
        }
    }

    /// The answer; `other` is the answer for the folded groups together, its rows without keys.
    func answer(other: Answer? = nil) -> Answer {
        let keyColumns = query.keys.map { ResultColumn($0.name, $0.type.valueType) }
        let measureColumns = query.measures.map { ResultColumn($0.name, $0.type) }
        var receipt = self.receipt()
        var names = self.names()
        var folded = 0
        if let kept = kept() {
            folded = names.count - kept.count
            names = kept
        }
        guard let axis = plan.buckets?.axis else {
            if query.keys.isEmpty {
                let row = query.measures.map { measures.value($0, of: GroupKey(values: [], bucket: 0)) }
                return Answer(table: ResultTable(columns: measureColumns, rows: [row]), shape: .numbers, receipt: receipt)
            }
            var keys = names.map { GroupKey(values: $0, bucket: 0) }
            dropByHaving(&keys, &receipt)
            keys.sort(by: rowsPrecede)
            cut(&keys, &receipt)
            var rows = keys.map(row)
            if folded > 0, let other, let values = other.table.rows.first { rows.append(otherLabel(folded) + values) }
            var answer = Answer(
                table: ResultTable(columns: keyColumns + measureColumns, rows: rows), shape: .groups(keys: query.keys.count),
                receipt: receipt)
            answer.foldedGroups = folded
            return answer
        }
        let time = ResultColumn("time", .time)
        var rows: [[Value]] = []
        if query.keys.isEmpty {
            var keys = axis.starts.indices.map { GroupKey(values: [], bucket: $0) }
            dropByHaving(&keys, &receipt)
            if !query.sort.isEmpty { keys.sort(by: rowsPrecede) }
            cut(&keys, &receipt)
            rows = keys.map { [.time(axis.starts[$0.bucket])] + row($0) }
            return Answer(
                table: ResultTable(columns: [time] + measureColumns, rows: rows), shape: .series(axis), receipt: receipt)
        }
        names = ranked(names)
        var keys = axis.starts.indices.flatMap { bucket in names.map { GroupKey(values: $0, bucket: bucket) } }
        dropByHaving(&keys, &receipt)
        if !query.sort.isEmpty { keys.sort(by: rowsPrecede) }
        cut(&keys, &receipt)
        rows = keys.map { [.time(axis.starts[$0.bucket])] + row($0) }
        if folded > 0, let other {
            // The folded groups come last in each bucket.
            let others = Dictionary(
                other.table.rows.compactMap { row in row.first.map { ($0, Array(row.dropFirst())) } },
                uniquingKeysWith: { a, _ in a })
            var merged: [[Value]] = []
            for (index, row) in rows.enumerated() {
                merged.append(row)
                let isLast = index + 1 == rows.count || rows[index + 1][0] != row[0]
                if isLast, let values = others[row[0]] { merged.append([row[0]] + otherLabel(folded) + values) }
            }
            rows = merged
        }
        var answer = Answer(
            table: ResultTable(columns: [time] + keyColumns + measureColumns, rows: rows),
            shape: .groupedSeries(axis, keys: query.keys.count), receipt: receipt)
        answer.foldedGroups = folded
        return answer
    }

    private func row(_ key: GroupKey) -> [Value] { key.values + query.measures.map { measures.value($0, of: key) } }

    private func otherLabel(_ count: Int) -> [Value] {
        [.text("other (\(Int64(count).grouped) group\(count == 1 ? "" : "s"))")]
            + Array(repeating: .missing, count: query.keys.count - 1)
    }

    private func rowsPrecede(_ a: GroupKey, _ b: GroupKey) -> Bool {
        for key in query.sort {
            let x: Value, y: Value
            switch key.subject {
            case .measure(let measure): (x, y) = (measures.value(measure, of: a), measures.value(measure, of: b))
            case .field(let field):
                if field.id == .time {
                    (x, y) = (.count(Int64(a.bucket)), .count(Int64(b.bucket)))
                } else {
                    let place = query.keys.firstIndex(of: field)!
                    (x, y) = (a.values[place], b.values[place])
                }
            }
            if let decided = ValueOrder.precedes(x, y, descending: key.isDescending) { return decided }
        }
        if a.bucket != b.bucket { return a.bucket < b.bucket }
        if query.sort.isEmpty {
            let x = measures.value(query.measures[0], of: a), y = measures.value(query.measures[0], of: b)
            if let decided = ValueOrder.precedes(x, y, descending: true) { return decided }
        }
        return ValueOrder.namesPrecede(a.values, b.values)
    }

    private func dropByHaving(_ keys: inout [GroupKey], _ receipt: inout Receipt) {
        guard let having = query.having else { return }
        let before = keys.count
        keys.removeAll { !holds(having, $0) }
        let dropped = before - keys.count
        if dropped > 0 {
            receipt.dropped.append(
                "\(Int64(dropped).grouped) of \(Int64(before).grouped) \(query.keys.isEmpty ? "buckets" : "groups") dropped by having"
            )
        }
    }

    private func holds(_ predicate: HavingPredicate, _ key: GroupKey) -> Bool {
        switch predicate {
        case .and(let a, let b): return holds(a, key) && holds(b, key)
        case .or(let a, let b): return holds(a, key) || holds(b, key)
        case .not(let inner): return !holds(inner, key)
        case .comparison(let measure, let comparison, let bounds):
            guard let value = measures.value(measure, of: key).magnitude else { return comparison == .notEqual }
            switch comparison {
            case .equal: return bounds.contains(value)
            case .notEqual: return !bounds.contains(value)
            case .less: return value < bounds[0]
            case .lessOrEqual: return value <= bounds[0]
            case .greater: return value > bounds[0]
            case .greaterOrEqual: return value >= bounds[0]
            case .matches, .notMatches: return false
            }
        }
    }

    private func cut(_ keys: inout [GroupKey], _ receipt: inout Receipt) {
        guard case .rows(let limit) = query.limit, keys.count > limit else { return }
        receipt.found = Int64(keys.count)
        receipt.isCut = true
        keys.removeLast(keys.count - limit)
    }

    // MARK: The receipt

    func receipt() -> Receipt {
        var receipt = Receipt(window: query.window, zone: query.zone)
        receipt.newest = facts.newest
        receipt.rules = facts.rules
        receipt.evidence = query.evidence == .default ? nil : query.evidence
        let total = totals.reduce(0, &+)
        switch query.noun {
        case .errors:
            receipt.errors = total
            receipt.calls = sum(.rows, isOther: true)
        case .calls:
            receipt.calls = total
            receipt.errors = sum(.rows, isOther: true)
        case .traces, .failures: break
        }
        if !facts.keepsSuccesses, query.measures.contains(where: { $0 == .errorRate || $0 == .reliability }) {
            receipt.remarks.append("the sources record no successful calls, so there is no rate")
        }
        for measure in query.measures {
            guard case .aggregate(let aggregate, let field) = measure, aggregate == .sum || aggregate == .avg,
                let known = sum(.known(field), isOther: false), known < total
            else { continue }
            receipt.remarks.append("\(field.name) known for \(known.grouped) of \(total.grouped)")
        }
        return receipt
    }

    private func sum(_ partial: Partial, isOther: Bool) -> Int64? {
        for (index, table) in groups.tables.enumerated() {
            guard case .partials(let partials) = table.statement.task, (index > 0) == isOther,
                let place = partials.firstIndex(of: partial)
            else { continue }
            return table.rows.values.reduce(0) { $0 &+ ($1[place].integer ?? 0) }
        }
        return nil
    }
}
