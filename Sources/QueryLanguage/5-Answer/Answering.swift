import Model

/// Builds the answer from rows: merges groups, computes measures, filters, sorts and truncates, without asking any engine.
struct Answering {
    /// The effect of `top` on the groups, given by index of their names.
    struct Folding {
        /// The kept groups, best first.
        var kept: [Int]
        /// The groups that are folded into `other`.
        var folded: [Int]
    }

    let plan: Plan
    let facts: QueryFacts
    private let groups: Groups
    private let measures: MeasureValue
    /// The number of the noun's rows in each bucket, over all groups.
    let totals: [Int64]
    /// The ranking measures over the whole window that are not additive over buckets; see `rankingQuery`.
    private let ranking: [[Value]: [Value]]
    private let baseline: Baseline?

    private var query: CheckedQuery { plan.query }

    /// - Parameters:
    ///   - totals: The denominators of shares; by default the query's own rows, unless it is part of another query.
    ///   - ranking: The ranking measures of each group over the whole window; see `rankingQuery`.
    ///   - foreign: The values from other queries.
    ///   - baseline: The baseline of `vs`.
    init(
        _ plan: Plan, facts: QueryFacts, rows: [[[StoredValue]]], totals: [Int64]? = nil, ranking: [[Value]: [Value]] = [:],
        foreign: ForeignValues = ForeignValues(), baseline: Baseline? = nil
    ) {
        self.baseline = baseline
        self.plan = plan
        self.facts = facts
        self.ranking = ranking
        groups = Groups(plan, rows: rows, further: foreign.names)
        var sums = [Int64](repeating: 0, count: max(1, plan.buckets?.axis.starts.count ?? 1))
        // The noun's own rows come first, and their number is the first partial.
        for (key, row) in groups.tables[0].rows { sums[key.bucket] &+= row[groups.tables[0].firstValue].integer ?? 0 }
        self.totals = totals ?? sums
        measures = MeasureValue(
            groups: groups, facts: facts, totals: self.totals, foreign: foreign, hasWholeBaseline: baseline?.covered == nil,
            knowsBaseline: baseline?.isUnknown != true, lengths: CoveredLengths(plan, facts: facts))
    }

    // MARK: Groups

    /// Returns the decoded keys of groups, given by index.
    func names(_ places: [Int]) -> [[Value]] { places.map { groups.names[$0] } }

    /// The indices of the groups' names, whether or not they have rows in every bucket. A group without rows of the noun is
    /// omitted, except for rates of calls, where it has 0/N.
    private var places: [Int] { groups.places(with: query.measures.first?.isRate == true ? [.calls] : []) }

    /// Returns the sort keys that rank groups over the whole window: those of `sort` except bucket time, then the first measure.
    private static func rankingKeys(_ query: CheckedQuery) -> [SortKey] {
        let keys = query.sort.filter { key in
            switch key.subject {
            case .measure: true
            case .field(let field): query.keys.contains(field)
            }
        }
        // Over the window a share ranks like the count, and counts are additive.
        let first = query.measures[0] == .share ? .count : query.measures[0]
        return keys + [SortKey(subject: .measure(first), isDescending: true)]
    }

    private static func rankingMeasures(_ query: CheckedQuery) -> [Measure] {
        rankingKeys(query).compactMap { if case .measure(let measure) = $0.subject { measure } else { nil } }
    }

    /// Returns the query that ranks the groups of a series over its whole window, by the measures that are not additive over
    /// buckets; nil if there are none.
    static func rankingQuery(_ query: CheckedQuery) -> CheckedQuery? {
        guard query.bucket != nil, !query.keys.isEmpty else { return nil }
        let measures = rankingMeasures(query).filter { !$0.isAdditive }
        guard !measures.isEmpty else { return nil }
        var whole = query
        whole.bucket = nil
        whole.measures = measures.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        whole.having = nil
        whole.sort = []
        whole.top = nil
        whole.limit = .all
        return whole
    }

    /// Sorts the groups, best first over the whole window; ties by name.
    private func ranked(_ places: [Int]) -> [Int] {
        let keys = Answering.rankingKeys(query)
        let ofWhole = Answering.rankingQuery(query)?.measures ?? []
        func value(_ key: SortKey, _ place: Int) -> Value {
            switch key.subject {
            case .field(let field): return query.keys.firstIndex(of: field).map { groups.names[place][$0] } ?? .missing
            case .measure(let measure):
                if query.bucket == nil { return rankingValue(measure, of: GroupKey(name: place, bucket: 0)) }
                if let column = ofWhole.firstIndex(of: measure) { return ranking[groups.names[place]]?[column] ?? .missing }
                return totals.indices.reduce(.missing) { sum, bucket in
                    Answering.sum(sum, rankingValue(measure, of: GroupKey(name: place, bucket: bucket)))
                }
            }
        }
        var ranked = places.map { place in (place: place, values: keys.map { value($0, place) }) }
        ranked.sort { a, b in
            for (index, key) in keys.enumerated() {
                let decided: Bool?
                if case .field(let field) = key.subject {
                    decided = ValueOrder.keyPrecedes(field, a.values[index], b.values[index], descending: key.isDescending)
                } else {
                    decided = ValueOrder.precedes(a.values[index], b.values[index], descending: key.isDescending)
                }
                if let decided { return decided }
            }
            return ValueOrder.namesPrecede(query.keys, groups.names[a.place], groups.names[b.place])
        }
        return ranked.map(\.place)
    }

    /// Returns the ranking value of a group: under `vs` the larger of now and before, so that a group that vanished keeps its
    /// place.
    private func rankingValue(_ measure: Measure, of key: GroupKey) -> Value {
        let value = measures.value(measure, of: key)
        guard query.versus != nil, query.sort.isEmpty, measure.isAdditive else { return value }
        let before = measures.foreignValue(.before(measure), key)
        return ValueOrder.precedes(before, value, descending: true) == true ? before : value
    }

    /// Returns the exact sum of two values of the same type; a missing value counts as nothing.
    static func sum(_ a: Value, _ b: Value) -> Value {
        switch (a, b) {
        case (.count(let x), .count(let y)): .count(x &+ y)
        case (.money(let x), .money(let y)): .money(Money(units: x.units &+ y.units))
        case (.duration(let x), .duration(let y)): .duration(x + y)
        case (_, .missing): a
        default: b
        }
    }

    /// Returns what `top` keeps and folds; nil if it folds nothing. Without buckets `having` removes groups first; in a series it
    /// removes single buckets of groups and therefore comes later.
    func folding() -> Folding? {
        guard let top = query.top else { return nil }
        var candidates = places
        if query.bucket == nil, let having = query.having {
            candidates.removeAll { !holds(having, GroupKey(name: $0, bucket: 0)) }
        }
        guard candidates.count > top else { return nil }
        let ranking = ranked(candidates)
        return Folding(kept: Array(ranking.prefix(top)), folded: Array(ranking.dropFirst(top)))
    }

    /// True if folded groups must be listed by name. Usually everything not kept is folded, but groups removed by `having` are
    /// neither kept nor folded, nor are calls of groups without rows of the noun.
    var isFoldedByName: Bool {
        query.having != nil && query.bucket == nil || query.allMeasures.contains { $0.isForeign && $0.isOfCalls }
    }

    /// Returns the combined values of the folded groups, for each bucket; measures that are not additive are missing.
    func foldedValues(_ folding: Folding) -> [[Value]] {
        var together = measures
        together.groups = groups.folded(Set(folding.folded).contains)
        together.lengths.keepOnly(names(folding.folded))
        return totals.indices.map { bucket in
            query.measures.map { $0.addsUpOverGroups ? together.value($0, of: GroupKey(name: 0, bucket: bucket)) : .missing }
        }
    }

    // MARK: The answer

    /// Returns the answer; `other` contains the combined values of the folded groups for each bucket.
    func answer(folding: Folding? = nil, other: [[Value]]? = nil) -> Answer {
        let keyColumns = query.keys.map { ResultColumn($0.name, $0.type.valueType) }
        let measureColumns = query.measures.map { ResultColumn($0.name, $0.type) }
        var receipt = self.receipt()
        func answer(_ columns: [ResultColumn], _ rows: [[Value]], _ shape: AnswerShape) -> Answer {
            var answer = Answer(table: ResultTable(columns: columns, rows: rows), shape: shape, receipt: receipt)
            answer.foldedGroups = folding?.folded.count ?? 0
            answer.baseline = baseline
            return answer
        }
        guard let axis = plan.buckets?.axis else {
            if query.keys.isEmpty {
                let row = query.measures.map { measures.value($0, of: GroupKey(name: 0, bucket: 0)) }
                return answer(measureColumns, [row], .numbers)
            }
            var keys = places.map { GroupKey(name: $0, bucket: 0) }
            dropByHaving(&keys, &receipt)
            if let folding { keys = folding.kept.map { GroupKey(name: $0, bucket: 0) } }
            sort(&keys)
            cut(&keys, &receipt)
            var rows = keys.map(row)
            if let folding, let values = other?.first { rows.append(otherLabel(folding) + values) }
            return answer(keyColumns + measureColumns, rows, .groups(keys: query.keys.count))
        }
        let groups = query.keys.isEmpty ? [0] : folding?.kept ?? ranked(places)
        var keys = axis.starts.indices.flatMap { bucket in groups.map { GroupKey(name: $0, bucket: bucket) } }
        dropByHaving(&keys, &receipt)
        if !query.sort.isEmpty { sort(&keys) }
        cut(&keys, &receipt)
        var rows = keys.map { [.time(axis.starts[$0.bucket])] + row($0) }
        if let folding, let other { rows = with(other, folding, keys, rows) }
        let columns = [ResultColumn("time", .time)] + keyColumns + measureColumns
        return answer(columns, rows, query.keys.isEmpty ? .series(axis) : .groupedSeries(axis, keys: query.keys.count))
    }

    /// Adds the row of the folded groups at the end of each bucket; buckets without displayed rows get none.
    private func with(_ other: [[Value]], _ folding: Folding, _ keys: [GroupKey], _ rows: [[Value]]) -> [[Value]] {
        let label = otherLabel(folding)
        var last: [Int: Int] = [:]
        for (index, key) in keys.enumerated() { last[key.bucket] = index }
        return rows.enumerated().flatMap { index, row -> [[Value]] in
            let bucket = keys[index].bucket
            guard last[bucket] == index, other.indices.contains(bucket) else { return [row] }
            return [row, [row[0]] + label + other[bucket]]
        }
    }

    private func row(_ key: GroupKey) -> [Value] {
        var row = groups.names[key.name]
        row.reserveCapacity(row.count + query.measures.count)
        for measure in query.measures { row.append(measures.value(measure, of: key)) }
        return row
    }

    private func otherLabel(_ folding: Folding) -> [Value] {
        let count = folding.folded.count
        return [.text("other (\(count.counted("groups")))")]
            + Array(repeating: .missing, count: query.keys.count - 1)
    }

    /// Sorts groups in the order of the answer; the sorting measures are computed once per group.
    private func sort(_ keys: inout [GroupKey]) {
        var deciding: [Measure] = query.sort.compactMap { if case .measure(let measure) = $0.subject { measure } else { nil } }
        // Ties are resolved by the first measure.
        deciding.append(query.measures[0])
        var ordered = keys.map { key in (key: key, values: deciding.map { measures.value($0, of: key) }) }
        ordered.sort { precedes($0, $1) }
        keys = ordered.map(\.key)
    }

    private func precedes(_ a: (key: GroupKey, values: [Value]), _ b: (key: GroupKey, values: [Value])) -> Bool {
        var place = 0
        for key in query.sort {
            let decided: Bool?
            switch key.subject {
            case .measure:
                decided = ValueOrder.precedes(a.values[place], b.values[place], descending: key.isDescending)
                place += 1
            case .field(let field):
                if let position = query.keys.firstIndex(of: field) {
                    decided = ValueOrder.keyPrecedes(
                        field, groups.names[a.key.name][position], groups.names[b.key.name][position],
                        descending: key.isDescending)
                } else {
                    // The only field that is not a key is the time of the bucket.
                    decided = a.key.bucket == b.key.bucket ? nil : (a.key.bucket < b.key.bucket) != key.isDescending
                }
            }
            if let decided { return decided }
        }
        if a.key.bucket != b.key.bucket { return a.key.bucket < b.key.bucket }
        if !query.sort.isEmpty || query.keys.first?.hasOwnOrder != true,
            let decided = ValueOrder.precedes(a.values[place], b.values[place], descending: true)
        {
            return decided
        }
        return ValueOrder.namesPrecede(query.keys, groups.names[a.key.name], groups.names[b.key.name])
    }

    // MARK: Omitted rows

    private func dropByHaving(_ keys: inout [GroupKey], _ receipt: inout Receipt) {
        guard let having = query.having else { return }
        let before = keys.count
        var rows: Int64 = 0
        keys.removeAll { key in
            if holds(having, key) { return false }
            rows &+= groups.partial(.rows, of: key)?.integer ?? 0
            return true
        }
        let dropped = before - keys.count
        guard dropped > 0 else { return }
        receipt.droppedGroups = Int64(dropped)
        let what = query.bucket == nil ? "groups" : query.keys.isEmpty ? "buckets" : "rows"
        receipt.dropped.append(
            """
            \(dropped.grouped) of \(before.counted(what)) dropped by having, with \(rows.counted(query.noun.rawValue))
            """)
    }

    private func holds(_ predicate: HavingPredicate, _ key: GroupKey) -> Bool {
        switch predicate {
        case .and(let a, let b): return holds(a, key) && holds(b, key)
        case .or(let a, let b): return holds(a, key) || holds(b, key)
        case .not(let inner): return !holds(inner, key)
        case .isMissing(let measure): return measures.value(measure, of: key).isMissing
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

    private func receipt() -> Receipt {
        var receipt = Receipt(window: query.window, zone: query.zone)
        receipt.newest = facts.newest
        receipt.rules = facts.rules
        receipt.evidence = query.evidence == .default ? nil : query.evidence
        receipt.remarks = query.remarks
        let total = groups.total(.rows) ?? 0
        switch query.noun {
        case .errors:
            receipt.errors = total
            receipt.calls = groups.total(.rows, .calls) ?? groups.total(.rows, .receipt)
        case .calls:
            receipt.calls = total
            receipt.errors = groups.total(.rows, .errors) ?? groups.total(.rows, .receipt)
        case .traces, .failures, .events: break
        }
        if !facts.keepsSuccesses, query.measures.contains(where: { $0 == .errorRate || $0 == .reliability }) {
            receipt.remarks.append("the sources record no successful calls, so no rate")
        }
        for measure in query.measures {
            let name: String, known: Int64?
            switch measure {
            case .aggregate(let aggregate, let field) where aggregate == .sum || aggregate == .avg:
                (name, known) = (field.name, groups.total(.known(field)))
            case .shareWhere(let predicate, _):
                (name, known) = (measure.name, predicate.isKnown.flatMap { groups.total(.matching($0)) })
            default: continue
            }
            guard let known, known < total else { continue }
            let remark = "\(name) known for \(known.grouped) of \(total.grouped)"
            if !receipt.remarks.contains(remark) { receipt.remarks.append(remark) }
        }
        return receipt
    }
}
