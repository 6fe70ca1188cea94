import Model

/// Plans a checked query: which statements, over which rows, from the cheapest exact sources.
struct Planner {
    let query: CheckedQuery
    let facts: QueryFacts
    private let buckets: Buckets?
    private let offsets: [ZoneOffset]
    private let isAfterEpoch: Bool
    private let reachesLimits: Bool

    static func plan(_ query: CheckedQuery, facts: QueryFacts) -> Plan {
        Planner(query, facts).plan()
    }

    private init(_ query: CheckedQuery, _ facts: QueryFacts) {
        self.query = query
        self.facts = facts
        // An open window includes every bucket and every offset of the zone that the data can have.
        let nothing = Window(from: Timestamp(nanoseconds: 0), to: Timestamp(nanoseconds: 0))
        let seen = query.window ?? facts.coverage?.intersection(Checker.possible) ?? nothing
        buckets = query.bucket.map { Buckets(width: $0, window: seen, facts: facts, zone: query.zone) }
        offsets = query.zone.offsets(in: seen).map { ZoneOffset(from: $0.from, seconds: $0.offset) }
        reachesLimits = !Checker.possible.contains(query.window ?? facts.coverage ?? nothing)
        isAfterEpoch = (query.window?.from ?? facts.coverage?.from ?? nothing.from) >= Timestamp(seconds: 2 * 86_400)
    }

    private func plan() -> Plan {
        var statements: [PlannedStatement] = []
        if query.isListing {
            statements = listing()
        } else {
            let measures = query.allMeasures
            var own: [Partial] = [.rows], calls: [Partial] = [], errors: [Partial] = []
            for measure in measures { collect(measure, &own, &calls, &errors) }
            statements.append(partials(ownRelation, query.keys, query.predicate, unique(own)))
            if !calls.isEmpty { statements.append(callFamily(unique(calls))) }
            if !errors.isEmpty { statements.append(errorFamily(unique(errors))) }
            statements += receipt(hasCalls: !calls.isEmpty, hasErrors: !errors.isEmpty)
            statements += orderStatistics(measures)
        }
        return Plan(
            query: query, buckets: buckets, statements: statements, offsets: offsets, isAfterEpoch: isAfterEpoch,
            reachesLimits: reachesLimits)
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

    private func partials(
        _ relation: Relation, _ keys: [Field], _ predicate: CheckedPredicate, _ partials: [Partial], overall: Bool = false
    ) -> PlannedStatement {
        PlannedStatement(
            task: .partials(partials), relation: relation, keys: keys, hasBuckets: buckets != nil && !overall,
            predicate: predicate, layers: layers(relation, keys, predicate, partials, overall: overall))
    }

    /// Returns the statement for the calls under the same filters.
    private func callFamily(_ partials: [Partial]) -> PlannedStatement {
        var statement = self.partials(.calls, query.callKeys, query.callCondition, partials)
        statement.role = .calls
        return statement
    }

    private func errorFamily(_ partials: [Partial]) -> PlannedStatement {
        var statement = self.partials(.errors, query.keys, query.predicate, partials)
        statement.role = .errors
        return statement
    }

    /// Returns the statement for the receipt's totals, if it is cheap.
    private func receipt(hasCalls: Bool, hasErrors: Bool) -> [PlannedStatement] {
        var statement: PlannedStatement
        switch query.noun {
        case .errors where !hasCalls && query.hasDenominator:
            statement = partials(.calls, [], query.callCondition, [.rows], overall: true)
        case .calls where !hasErrors: statement = partials(.errors, [], query.predicate, [.rows], overall: true)
        default: return []
        }
        statement.role = .receipt
        return isCheap(statement) ? [statement] : []
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
        let all = Layer(rollup: nil, from: query.window?.from.nanoseconds, to: query.window?.to.nanoseconds)
        var statements = quantities.map { quantity in
            var statement = PlannedStatement(
                task: .percentiles(quantity, percents: percents[quantity]!), relation: ownRelation, keys: query.keys,
                hasBuckets: buckets != nil, predicate: query.predicate, layers: [all])
            if quantity == .field(Field(.latency)) { statement.cellLayers = cellLayers() }
            return statement
        }
        statements += distinct.map {
            PlannedStatement(
                task: .distinct($0), relation: ownRelation, keys: query.keys, hasBuckets: buckets != nil,
                predicate: query.predicate, layers: [all])
        }
        statements += common.map {
            PlannedStatement(
                task: .common($0), relation: ownRelation, keys: query.keys, hasBuckets: buckets != nil,
                predicate: query.predicate,
                layers: [all])
        }
        if measures.contains(.sample) {
            statements.append(
                PlannedStatement(
                    task: .sample, relation: ownRelation, keys: query.keys, hasBuckets: buckets != nil,
                    predicate: query.predicate,
                    layers: [all]))
        }
        return statements
    }

    private func listing() -> [PlannedStatement] {
        let window = query.window
        let limit: Int? =
            switch query.limit {
            case .standard: 50
            case .rows(let n): n
            case .all: nil
            }
        let all = Layer(rollup: nil, from: window?.from.nanoseconds, to: window?.to.nanoseconds)
        // One more row than requested shows whether there are more.
        var statements = [
            PlannedStatement(
                task: .listing(columns: query.columns, sort: query.sort, limit: limit.map { $0 + 1 }), relation: ownRelation,
                keys: [],
                hasBuckets: false, predicate: query.predicate, layers: [all])
        ]
        // A condition on a trace's errors or calls may hold for many of the latest traces or for few overall.
        let isNewestFirst: Bool
        if let first = query.sort.first {
            isNewestFirst = first.isDescending && first.subject == .field(Field(.time))
        } else {
            isNewestFirst = true
        }
        statements[0].isWorthWalking = limit != nil && isNewestFirst && query.predicate.hasRowConditions
        // The total is reported only if rollups have it; otherwise counting could cost more than the answer.
        if !query.noun.isTrace, query.noun != .events {
            let count = partials(ownRelation, [], query.predicate, [.rows])
            if isCheap(count) { statements.append(count) }
            statements += receipt(hasCalls: false, hasErrors: false)
        }
        return statements
    }

    private func isCheap(_ statement: PlannedStatement) -> Bool {
        statement.layers.contains { $0.rollup != nil }
            || (query.window.map { $0.length <= .hours(2) } ?? false)
                && statement.predicate.fields.allSatisfy { Planner.dimension(of: $0) != nil }
    }

    // MARK: Layers

    /// Returns the rollup dimension that determines the field; nil if there is none.
    static func dimension(of field: Field) -> Rollup.Dimension? {
        switch field.id {
        case .model, .provider: .model
        case .agent: .agent
        case .type, .class: .type
        case .signature: .signature
        case .recovered: .recovery
        default: nil
        }
    }

    static let calendarFields: Set<FieldID> = [.hour, .weekday, .day, .week, .month]

    /// Returns the intervals of the window, each with the coarsest rollup that has everything needed; the edges come from finer
    /// rollups and from the facts.
    private func layers(
        _ relation: Relation, _ keys: [Field], _ predicate: CheckedPredicate, _ partials: [Partial],
        overall: Bool
    ) -> [Layer] {
        let open = Layer(rollup: nil, from: query.window?.from.nanoseconds, to: query.window?.to.nanoseconds)
        let family: Rollup.Facts
        switch relation {
        case .errors: family = .errors
        case .calls: family = .calls
        case .traces, .events: return [open]
        }
        guard query.evidence == .default, !(query.coversEveryKind && relation == .calls) else { return [open] }
        var needed: Set<Rollup.Dimension> = family == .errors ? [.scope] : []
        var fields = predicate.fields.union(keys)
        for partial in partials {
            switch partial {
            case .rows, .failedCalls: break
            case .recovered:
                guard query.knownUntil == nil else { return [open] }
                needed.insert(.recovery)
            case .matching(let predicate): fields.formUnion(predicate.fields)
            case .sum(let field), .carry(let field), .known(let field):
                guard SQLCompiler.rollupColumn(field) != nil else { return [open] }
            case .least, .greatest: return [open]
            }
        }
        for field in fields where !Planner.calendarFields.contains(field.id) {
            // Rollups contain the current state of recoveries, not that of an earlier time.
            guard let dimension = Planner.dimension(of: field), dimension != .recovery || query.knownUntil == nil else {
                return [open]
            }
            needed.insert(dimension)
        }
        let isCalendar = fields.contains { Planner.calendarFields.contains($0.id) }
        return Planner.cover(
            query.window, with: usable(family, needed, within: overall ? nil : buckets, isCalendar: isCalendar))
    }

    /// Returns the rollups that have the dimensions and whose buckets the query never splits, coarsest first, one per width.
    private func usable(
        _ family: Rollup.Facts, _ needed: Set<Rollup.Dimension>, within buckets: Buckets?, isCalendar: Bool
    ) -> [Rollup] {
        let seconds = Array(Set(offsets.map(\.seconds)))
        let changes = offsets.dropFirst().map(\.from.nanoseconds)
        var usable: [Rollup] = []
        for rollup in Rollup.all where rollup.facts == family && needed.allSatisfy(rollup.dimensions.contains) {
            let width = rollup.widthInNanoseconds
            if let buckets, !buckets.contains(widthOf: width, offsets: seconds) { continue }
            // A bucket with a clock change has no single local time.
            if buckets != nil || isCalendar, !changes.allSatisfy({ $0 % width == 0 }) { continue }
            if isCalendar, rollup.widthInSeconds > 3600 || !seconds.allSatisfy({ $0 % rollup.widthInSeconds == 0 }) { continue }
            // Of equal widths, the rollup with the fewest dimensions has the fewest rows.
            if let index = usable.firstIndex(where: { $0.widthInSeconds == rollup.widthInSeconds }) {
                if rollup.dimensions.count < usable[index].dimensions.count { usable[index] = rollup }
            } else {
                usable.append(rollup)
            }
        }
        return usable.sorted { $0.widthInSeconds > $1.widthInSeconds }
    }

    /// Returns the layers of latency cell counts for the window, if they can replace ranking every call: only keys and conditions
    /// on models, no buckets.
    private func cellLayers() -> [Layer] {
        guard query.noun == .calls, buckets == nil, !query.coversEveryKind else { return [] }
        let fields = query.predicate.fields.union(query.keys)
        guard fields.allSatisfy({ Planner.dimension(of: $0) == .model }) else { return [] }
        let layers = Planner.cover(query.window, with: usable(.latencies, [.model, .cell], within: nil, isCalendar: false))
        return layers.contains { $0.rollup != nil } ? layers : []
    }

    /// Splits a window into whole buckets of the coarsest rollup, with finer rollups at the edges; the rest comes from the facts.
    static func cover(_ window: Window?, with rollups: [Rollup]) -> [Layer] {
        cover(window?.from.nanoseconds, window?.to.nanoseconds, rollups[...])
    }

    private static func cover(_ from: Int64?, _ to: Int64?, _ rollups: ArraySlice<Rollup>) -> [Layer] {
        if let from, let to, from >= to { return [] }
        guard let rollup = rollups.first else { return [Layer(rollup: nil, from: from, to: to)] }
        let width = rollup.widthInNanoseconds, finer = rollups.dropFirst()
        let first = from.map { $0.ceiledStopping(to: width) }, last = to.map { $0.flooredStopping(to: width) }
        // At the limits of time there is no whole bucket.
        guard first.map({ $0 % width == 0 }) ?? true, last.map({ $0 % width == 0 }) ?? true else { return cover(from, to, finer) }
        if let first, let last, first >= last { return cover(from, to, finer) }
        var layers: [Layer] = []
        if let from, let first { layers += cover(from, first, finer) }
        layers.append(Layer(rollup: rollup, from: first, to: last))
        if let to, let last { layers += cover(last, to, finer) }
        return layers
    }
}

extension CheckedPredicate {
    /// True if part of it is about the errors or calls of a trace.
    fileprivate var hasRowConditions: Bool {
        switch self {
        case .someRow: true
        case .not(let inner): inner.hasRowConditions
        case .and(let parts), .or(let parts): parts.contains(where: \.hasRowConditions)
        default: false
        }
    }
}
