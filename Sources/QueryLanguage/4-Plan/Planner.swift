import Model

/// Checked query to plan: which statements, over which rows.
struct Planner {
    let query: CheckedQuery
    let facts: QueryFacts
    private let buckets: Buckets?
    private let scope: StatementScope

    static func plan(_ query: CheckedQuery, facts: QueryFacts) -> Plan {
        Planner(query, facts).plan()
    }

    private init(_ query: CheckedQuery, _ facts: QueryFacts) {
        self.query = query
        self.facts = facts
        // An open window includes every bucket and every offset of the zone that the data can have.
        let nothing = Window(from: Timestamp(nanoseconds: 0), to: Timestamp(nanoseconds: 0))
        let data = query.window ?? facts.coverage ?? nothing, seen = query.window ?? data.intersection(Checker.possible)
        buckets = query.bucket.map { Buckets(width: $0, window: seen, facts: facts, zone: query.zone) }
        scope = StatementScope(query, data: data)
    }

    private func plan() -> Plan {
        var statements: [PlannedStatement] = []
        if query.isListing {
            statements = listing()
        } else {
            let measures = query.allMeasures
            var own: [Partial] = [.rows], calls: [Partial] = [], errors: [Partial] = []
            for measure in measures { collect(measure, &own, &calls, &errors) }
            statements.append(self.statement(.partials(unique(own)), ownRelation, query.keys, query.predicate))
            if !calls.isEmpty { statements.append(callFamily(unique(calls))) }
            if !errors.isEmpty { statements.append(errorFamily(unique(errors))) }
            statements += receipt(hasCalls: !calls.isEmpty, hasErrors: !errors.isEmpty)
            statements += orderStatistics(measures)
        }
        return Plan(query: query, buckets: buckets, statements: statements)
    }

    private func unique(_ partials: [Partial]) -> [Partial] {
        partials.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The relation of the noun's own rows.
    private var ownRelation: Relation {
        switch query.noun {
        case .errors: .errors
        case .calls: .calls
        case .traces: .traces(failedOnly: false)
        case .failures: .traces(failedOnly: true)
        case .events: .events
        }
    }

    /// Adds the partials of a measure: from the noun's own rows, and from the calls and errors under the same filters if the noun
    /// is another.
    private func collect(_ measure: Measure, _ own: inout [Partial], _ calls: inout [Partial], _ errors: inout [Partial]) {
        switch measure {
        case .count, .share: break
        case .countWhere(let predicate, _): own.append(.matching(predicate))
        case .shareWhere(let predicate, _):
            own.append(.matching(predicate.isKnownToHold))
            if let known = predicate.isKnown { own.append(.matching(known)) }
        case .calls:
            if query.noun.isTrace {
                own += [.sum(Field(.calls)), .carry(Field(.calls))]
            } else if query.hasOwnDenominator {
                calls.append(.rows)
            }
        case .errors:
            switch query.noun {
            case .errors: break
            case .calls: errors.append(.rows)
            case .traces, .failures: own += [.sum(Field(.errors)), .carry(Field(.errors))]
            case .events: break
            }
        case .errorRate, .reliability:
            own.append(.failedCalls)
            if query.hasOwnDenominator { calls.append(.rows) }
        case .aggregate(let aggregate, let field):
            switch aggregate {
            case .sum, .avg: own += [.sum(field), .carry(field), .known(field)]
            case .min: own.append(.least(field))
            case .max: own.append(.greatest(field))
            default: break
            }
        case .recovered: own.append(.recovered)
        case .firstSeen: own.append(.least(Field(.time)))
        case .lastSeen: own.append(.greatest(Field(.time)))
        case .perMinute(let inner), .perSecond(let inner): collect(inner, &own, &calls, &errors)
        case .new(let field): own.append(.matching(.isNew(field)))
        case .distinct, .recoveryTime, .common, .sample, .over, .before, .change, .delta: break
        }
    }

    private func statement(
        _ task: PlannedStatement.Task, _ relation: Relation, _ keys: [Field], _ predicate: CheckedPredicate,
        overall: Bool = false
    ) -> PlannedStatement {
        PlannedStatement(
            task: task, relation: relation, keys: keys, buckets: overall ? nil : buckets, predicate: predicate, scope: scope)
    }

    /// Returns the statement for the calls under the same filters.
    private func callFamily(_ partials: [Partial]) -> PlannedStatement {
        var statement = self.statement(.partials(partials), .calls, query.callKeys, query.callCondition)
        statement.role = .calls
        return statement
    }

    private func errorFamily(_ partials: [Partial]) -> PlannedStatement {
        var statement = self.statement(.partials(partials), .errors, query.keys, query.predicate)
        statement.role = .errors
        return statement
    }

    /// Returns the statement for the receipt's totals, if it is cheap.
    private func receipt(hasCalls: Bool, hasErrors: Bool) -> [PlannedStatement] {
        var statement: PlannedStatement
        switch query.noun {
        case .errors where !hasCalls && query.hasDenominator:
            statement = self.statement(.partials([.rows]), .calls, [], query.callCondition, overall: true)
        case .calls where !hasErrors:
            statement = self.statement(.partials([.rows]), .errors, [], query.predicate, overall: true)
        default: return []
        }
        (statement.role, statement.isOptional) = (.receipt, true)
        return [statement]
    }

    private func orderStatistics(_ measures: [Measure]) -> [PlannedStatement] {
        var quantities: [PlannedStatement.Quantity] = [], percents: [PlannedStatement.Quantity: [Int]] = [:],
            distinct: [Field] = [], common: [Field] = []
        for measure in measures {
            switch measure {
            case .aggregate(let aggregate, let field):
                guard let percent = aggregate.percent else { continue }
                let quantity = PlannedStatement.Quantity.field(field)
                if percents[quantity] == nil { quantities.append(quantity) }
                if percents[quantity, default: []].contains(percent) == false { percents[quantity, default: []].append(percent) }
            case .recoveryTime:
                if percents[.recoveryTime] == nil { quantities.append(.recoveryTime) }
                percents[.recoveryTime] = [50]
            case .distinct(let field) where !distinct.contains(field): distinct.append(field)
            case .common(let field) where !common.contains(field): common.append(field)
            default: break
            }
        }
        func own(_ task: PlannedStatement.Task) -> PlannedStatement {
            self.statement(task, ownRelation, query.keys, query.predicate)
        }
        var statements = quantities.map { own(.percentiles($0, percents: percents[$0]!)) }
        statements += distinct.map { own(.distinct($0)) } + common.map { own(.common($0)) }
        if measures.contains(.sample) { statements.append(own(.sample)) }
        return statements
    }

    private func listing() -> [PlannedStatement] {
        let limit: Int? =
            switch query.limit {
            case .standard: 50
            case .rows(let n): n
            case .all: nil
            }
        // One more row than requested shows whether there are more.
        let task = PlannedStatement.Task.listing(columns: query.columns, sort: query.sort, limit: limit.map { $0 + 1 })
        var statements = [self.statement(task, ownRelation, [], query.predicate)]
        if !query.noun.isTrace, query.noun != .events {
            var count = self.statement(.partials([.rows]), ownRelation, [], query.predicate)
            count.isOptional = true
            statements.append(count)
            statements += receipt(hasCalls: false, hasErrors: false)
        }
        return statements
    }
}
