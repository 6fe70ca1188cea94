import Model

/// The statements behind a rule: its own rows, and the calls or errors that its measures also need.
struct RowsOfRule {
    let rule: CheckedRule
    let window: Window
    let allowsMinutes: Bool
    let dialect: any Dialect

    private var query: CheckedQuery { rule.query }

    /// What the condition's measures need of each family.
    private struct Needs {
        var families: [RuleRows.Family] = [.own]
        var fields: [Field] = []
        var conditions: [CheckedPredicate] = []

        mutating func add(_ family: RuleRows.Family) { if !families.contains(family) { families.append(family) } }
        mutating func add(_ field: Field) { if !fields.contains(field) { fields.append(field) } }
        mutating func add(_ condition: CheckedPredicate) { if !conditions.contains(condition) { conditions.append(condition) } }
    }

    var all: [RuleRows] {
        var needs = Needs()
        for measure in rule.condition.measures { collect(measure, &needs) }
        return needs.families.map { rows($0, needs) }
    }

    private func collect(_ measure: Measure, _ needs: inout Needs) {
        switch measure {
        case .over(let inner, _), .before(let inner), .perMinute(let inner), .perSecond(let inner): collect(inner, &needs)
        case .change, .delta: if let changed = query.changed { collect(changed, &needs) }
        case .countWhere(let predicate, _): needs.add(predicate)
        case .shareWhere(let predicate, _):
            needs.add(predicate.isKnownToHold)
            if let known = predicate.isKnown { needs.add(known) }
        case .aggregate(_, let field), .distinct(let field): needs.add(field)
        case .calls, .errorRate, .reliability:
            if query.hasOwnDenominator { needs.add(.calls) }
            if query.noun.isTrace { needs.add(Field(.calls)) }
        case .errors:
            if query.noun == .calls { needs.add(.errors) }
            if query.noun.isTrace { needs.add(Field(.errors)) }
        case .count, .share, .recovered, .recoveryTime, .firstSeen, .lastSeen, .common, .new, .sample: break
        }
    }

    private func rows(_ family: RuleRows.Family, _ needs: Needs) -> RuleRows {
        let relation: Relation
        switch (family, query.noun) {
        case (.calls, _), (.own, .calls): relation = .calls
        case (.errors, _), (.own, .errors): relation = .errors
        case (.own, .traces): relation = .traces(failedOnly: false)
        case (.own, .failures): relation = .traces(failedOnly: true)
        case (.own, .events): relation = .events
        }
        let isOwn = family == .own
        let callKeys = query.callKeys
        let places = query.keys.indices.filter { family != .calls || callKeys.contains(query.keys[$0]) }
        let predicate = family == .calls ? query.callCondition : query.predicate
        let keys = places.map { query.keys[$0] }
        let fields = isOwn ? needs.fields : [], conditions = isOwn ? needs.conditions : []
        let rollup =
            relation == .calls && fields.isEmpty && conditions.isEmpty && allowsMinutes
            ? minutes(knowing: predicate.fields.union(keys)) : nil
        let statement: @Sendable (Window) -> SQLStatement = { [self] window in
            let part = RowsOfRule(rule: rule, window: window, allowsMinutes: allowsMinutes, dialect: dialect)
            let sql =
                rollup.map { part.byMinute($0, keys, predicate) }
                ?? part.rowByRow(relation, keys, fields, conditions, predicate)
            return sql.statement(placeholder: dialect.placeholder)
        }
        let knowsAllKeys = !keys.isEmpty && keys.count == query.keys.count
        let groups: (@Sendable (Window) -> SQLStatement)? =
            knowsAllKeys
            ? { @Sendable [self] window in
                let part = RowsOfRule(rule: rule, window: window, allowsMinutes: allowsMinutes, dialect: dialect)
                let sql = rollup.map { part.groupsByMinute($0, keys, predicate) } ?? part.groups(relation, keys, predicate)
                return sql.statement(placeholder: dialect.placeholder)
            } : nil
        let asked = (conditions + [predicate]).reduce(Set(keys)) { $0.union($1.fields) }
        var packing: RuleRows.Packing?, window = window
        if let rollup {
            let width = rollup.widthInNanoseconds
            window = Window(
                from: Timestamp(nanoseconds: window.from.nanoseconds.flooredStopping(to: width)),
                to: Timestamp(nanoseconds: (floorDivide(window.to.nanoseconds, width) + 1).multipliedStopping(by: width)))
            if rollup.dimensions.isEmpty { packing = .minutes }
        } else if relation == .errors, fields.isEmpty, asked.allSatisfy(RowsOfRule.isOfKinds),
            !(conditions + [predicate]).contains(where: \.looksBack)
        {
            packing = .kinds(ofKinds(keys, conditions, predicate).statement(placeholder: dialect.placeholder))
        }
        let sql = compiler(predicate).fields(relation, rollup: rollup)
        return RuleRows(
            family: family, keyPlaces: Array(places), fields: fields, conditions: conditions, isByMinute: rollup != nil,
            statement: statement(self.window), window: window, part: statement, groups: groups, packing: packing, keys: keys,
            dictionaries: keys.map { field in
                guard let key = dictionary(sql, field) else { return nil }
                let names: SQLFragment = "SELECT d.id, \(key.value("d")) FROM \(raw: key.table) AS d"
                return names.statement(placeholder: dialect.placeholder)
            })
    }

    /// Returns the dictionary by whose ids a key is read; their texts are looked up once rather than per row.
    private func dictionary(_ sql: FieldSQL, _ field: Field) -> FieldSQL.DictionaryKey? {
        // For calls, error-only fields are in another table.
        sql.relation == .calls && field.row.isErrorOnly ? nil : sql.dictionary(field)
    }

    /// Returns the expression of a key and the tables that it needs.
    private func key(_ sql: FieldSQL, _ field: Field) -> (SQLFragment, Set<FieldSQL.Join>) {
        dictionary(sql, field).map { ($0.column, []) } ?? sql.known(field)
    }

    /// Returns the per-minute rollup that has all of these fields; nil if there is none.
    private func minutes(knowing fields: Set<Field>) -> Rollup? {
        guard query.evidence == .default, !query.coversEveryKind else { return nil }
        let dimensions = fields.map { Planner.dimension(of: $0) }
        guard dimensions.allSatisfy({ $0 == .model || $0 == .agent }) else { return nil }
        return Rollup.all.first { rollup in
            rollup.facts == .calls && rollup.widthInSeconds == 60 && dimensions.allSatisfy { rollup.dimensions.contains($0!) }
        }
    }

    private func compiler(_ predicate: CheckedPredicate, knownUntil: Timestamp? = nil) -> SQLCompiler {
        var asked = query
        if let knownUntil { asked.knownUntil = knownUntil }
        asked.window = window
        asked.predicate = predicate
        let offsets = query.zone.offsets(in: window).map { ZoneOffset(from: $0.from, seconds: $0.offset) }
        let plan = Plan(
            query: asked, buckets: nil, statements: [], offsets: offsets,
            isAfterEpoch: window.from >= Timestamp(seconds: 2 * 86_400), reachesLimits: !Checker.possible.contains(window))
        return SQLCompiler(plan: plan, dialect: dialect)
    }

    /// Returns the statement for rows with their own times. If the query depends on recovery, a recovered row counts as open
    /// until its recovery and as recovered from then on: it is returned once for each of the two states that the query matches.
    private func rowByRow(
        _ relation: Relation, _ keys: [Field], _ fields: [Field], _ conditions: [CheckedPredicate], _ predicate: CheckedPredicate
    ) -> SQLFragment {
        let asked = (conditions + [predicate]).reduce(Set(keys + fields)) { $0.union($1.fields) }
        let asksForRecovery = asked.contains { $0.id == .recovered || $0.id == .outcome }
        guard asksForRecovery, relation == .errors || relation == .calls else {
            return exact(relation, keys, fields, conditions, predicate, life: .whole) + " ORDER BY 1"
        }
        return exact(relation, keys, fields, conditions, predicate, life: .untilRecovered) + " UNION ALL "
            + exact(relation, keys, fields, conditions, predicate, life: .sinceRecovered) + " ORDER BY 1"
    }

    private func exact(
        _ relation: Relation, _ keys: [Field], _ fields: [Field], _ conditions: [CheckedPredicate], _ predicate: CheckedPredicate,
        life: RuleColumns.Life
    ) -> SQLFragment {
        let beginning = Timestamp(nanoseconds: .min)
        let compiler = compiler(predicate, knownUntil: life == .untilRecovered ? beginning : nil)
        let sql = compiler.fields(relation, rollup: nil), x = sql.error
        var needs: Set<FieldSQL.Join> = []
        func value(_ found: (SQLFragment, Set<FieldSQL.Join>)) -> SQLFragment {
            needs.formUnion(found.1)
            return found.0
        }
        func holds(_ predicate: CheckedPredicate, _ sql: FieldSQL) -> SQLFragment {
            var written = PredicateSQL(sql)
            defer { needs.formUnion(written.joins) }
            return written.sql(predicate)
        }
        var columns: [SQLFragment] = [sql.time], extra: [SQLFragment] = []
        switch relation {
        case .errors: columns += ["(f.scope < 2)", "CASE WHEN f.recovery > 0 THEN f.recovered_at END"]
        case .calls where life != .whole:
            needs.insert(.error)
            columns += [value(sql.known(Field(.failed))), "CASE WHEN x.recovery > 0 THEN x.recovered_at END"]
        case .calls: columns += [value(sql.known(Field(.failed))), "NULL"]
        case .traces: columns += ["r.failed", "NULL"]
        case .events: columns += ["0", "NULL"]
        }
        if life == .sinceRecovered {
            let before = self.compiler(predicate, knownUntil: beginning).fields(relation, rollup: nil)
            columns.append(
                "CASE WHEN \(holds(predicate, before)) THEN \(raw: String(RuleColumns.Life.sinceRecovered.rawValue)) ELSE \(raw: String(RuleColumns.Life.onlySinceRecovered.rawValue)) END"
            )
            extra = ["\(raw: x).recovery > 0 AND \(raw: x).recovered_at IS NOT NULL"]
        } else {
            columns.append("\(raw: String(life.rawValue))")
        }
        columns += keys.map { value(key(sql, $0)) } + fields.map { value(sql.known($0)) }
        columns += conditions.map { "CASE WHEN \(holds($0, sql)) THEN 1 ELSE 0 END" }
        let statement = PlannedStatement(
            task: .listing(columns: [], sort: [], limit: nil), relation: relation, keys: [], hasBuckets: false,
            predicate: predicate,
            layers: [])
        let layer = Layer(rollup: nil, from: window.from.nanoseconds, to: window.to.nanoseconds)
        let source = compiler.source(statement, layer, sql, needs: needs, and: extra)
        return "SELECT \(.joined(columns, ", "))\(source)"
    }

    // The groups of a window, each once: a rule about silence needs those from before the time that it looks back to. The columns
    // are those of rows; the time is when the group was first seen.

    private func groups(_ relation: Relation, _ keys: [Field], _ predicate: CheckedPredicate) -> SQLFragment {
        let asksForRecovery = predicate.fields.union(keys).contains { $0.id == .recovered || $0.id == .outcome }
        guard asksForRecovery, relation == .errors || relation == .calls else {
            return groups(relation, keys, predicate, life: .whole)
        }
        return groups(relation, keys, predicate, life: .untilRecovered) + " UNION ALL "
            + groups(relation, keys, predicate, life: .sinceRecovered)
    }

    private func groups(
        _ relation: Relation, _ keys: [Field], _ predicate: CheckedPredicate, life: RuleColumns.Life
    ) -> SQLFragment {
        let compiler = compiler(predicate, knownUntil: life == .untilRecovered ? Timestamp(nanoseconds: .min) : nil)
        let sql = compiler.fields(relation, rollup: nil), recovered: SQLFragment = "\(raw: sql.error).recovered_at"
        var needs: Set<FieldSQL.Join> = life == .whole || relation != .calls ? [] : [.error]
        let names = keys.map { field -> SQLFragment in
            let (value, joins) = key(sql, field)
            needs.formUnion(joins)
            return value
        }
        var known = sql.time, extra: [SQLFragment] = []
        switch life {
        case .whole: break
        case .untilRecovered:
            // An error that recovered immediately was never open.
            extra = ["(\(recovered) IS NULL OR \(raw: sql.error).recovery = 0 OR \(recovered) > \(sql.time))"]
        case .sinceRecovered, .onlySinceRecovered:
            known = "CASE WHEN \(recovered) > \(sql.time) THEN \(recovered) ELSE \(sql.time) END"
            extra = ["\(raw: sql.error).recovery > 0 AND \(recovered) IS NOT NULL"]
        }
        let statement = PlannedStatement(
            task: .listing(columns: [], sort: [], limit: nil), relation: relation, keys: [], hasBuckets: false,
            predicate: predicate, layers: [])
        let layer = Layer(rollup: nil, from: window.from.nanoseconds, to: window.to.nanoseconds)
        let source = compiler.source(statement, layer, sql, needs: needs, and: extra)
        return grouped(known, names, source)
    }

    private func groupsByMinute(_ rollup: Rollup, _ keys: [Field], _ predicate: CheckedPredicate) -> SQLFragment {
        let compiler = compiler(predicate), sql = compiler.fields(.calls, rollup: rollup)
        var needs: Set<FieldSQL.Join> = []
        let names = keys.map { field -> SQLFragment in
            let (value, joins) = key(sql, field)
            needs.formUnion(joins)
            return value
        }
        let statement = PlannedStatement(
            task: .partials([.rows]), relation: .calls, keys: keys, hasBuckets: false, predicate: predicate, layers: [])
        let width = rollup.widthInNanoseconds
        let layer = Layer(
            rollup: rollup, from: floorDivide(window.from.nanoseconds, width) * width,
            to: floorDivide(window.to.nanoseconds, width) * width)
        return grouped(sql.time, names, compiler.source(statement, layer, sql, needs: needs))
    }

    private func grouped(_ known: SQLFragment, _ names: [SQLFragment], _ source: SQLFragment) -> SQLFragment {
        let places = names.indices.map { String($0 + 5) }.joined(separator: ", ")
        return "SELECT min(\(known)), 0, NULL, 0, \(.joined(names, ", "))\(source) GROUP BY \(raw: places)"
    }

    /// True for fields that all errors of a kind share: columns of `error_kind`, and their dictionary entries.
    private static func isOfKinds(_ field: Field) -> Bool {
        switch field.id {
        case .type, .class, .severity, .origin, .evidence, .status, .failed, .model, .provider, .agent, .kind, .name,
            .environment,
            .release, .service, .project:
            true
        default: false
        }
    }

    /// Returns the statement for the matching kinds of errors, in the columns of rows, with the kind's id in place of the time.
    private func ofKinds(
        _ keys: [Field], _ conditions: [CheckedPredicate], _ predicate: CheckedPredicate
    ) -> SQLFragment {
        let compiler = compiler(predicate), sql = compiler.fields(.errors, rollup: nil)
        var needs: Set<FieldSQL.Join> = []
        var columns: [SQLFragment] = ["f.id", "(f.scope < 2)", "NULL", "0"]
        for field in keys {
            let (value, joins) = key(sql, field)
            columns.append(value)
            needs.formUnion(joins)
        }
        for condition in conditions {
            var written = PredicateSQL(sql)
            columns.append("CASE WHEN \(written.sql(condition)) THEN 1 ELSE 0 END")
            needs.formUnion(written.joins)
        }
        let statement = PlannedStatement(
            task: .listing(columns: [], sort: [], limit: nil), relation: .errors, keys: [], hasBuckets: false,
            predicate: predicate, layers: [])
        let source = compiler.source(
            statement, Layer(rollup: nil, from: nil, to: nil), sql, needs: needs, facts: "error_kind")
        return "SELECT \(.joined(columns, ", "))\(source) ORDER BY 1"
    }

    private func byMinute(_ rollup: Rollup, _ keys: [Field], _ predicate: CheckedPredicate) -> SQLFragment {
        let compiler = compiler(predicate), sql = compiler.fields(.calls, rollup: rollup)
        var needs: Set<FieldSQL.Join> = []
        let names = keys.map { field -> SQLFragment in
            let (value, joins) = key(sql, field)
            needs.formUnion(joins)
            return value
        }
        let statement = PlannedStatement(
            task: .partials([.rows]), relation: .calls, keys: keys, hasBuckets: false, predicate: predicate, layers: [])
        // Whole minutes around the window; those that no evaluation reads do no harm.
        let width = rollup.widthInNanoseconds
        let layer = Layer(
            rollup: rollup, from: window.from.nanoseconds.flooredStopping(to: width),
            to: (floorDivide(window.to.nanoseconds, width) + 1).multipliedStopping(by: width))
        let source = compiler.source(statement, layer, sql, needs: needs)
        let sums: [SQLFragment] = ["sum(f.calls)", "sum(f.calls_on)", "sum(f.errors)", "sum(f.errors_on)"]
        // Group by the bucket, in the order of the rollup, so that nothing needs sorting.
        let group = (["f.bucket"] + names.indices.map { String($0 + 6) }).joined(separator: ", ")
        return "SELECT \(.joined([sql.time] + sums + names, ", "))\(source) GROUP BY \(raw: group) ORDER BY f.bucket"
    }
}

extension CheckedPredicate {
    /// True if it depends on data before the window.
    fileprivate var looksBack: Bool {
        switch self {
        case .isNew: true
        case .not(let inner), .someRow(_, let inner): inner.looksBack
        case .and(let parts), .or(let parts): parts.contains(where: \.looksBack)
        default: false
        }
    }
}
