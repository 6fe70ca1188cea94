import Model

/// One set of rows that the measures of a rule are taken of.
public struct RuleRows: Hashable, Sendable {
    /// Which measures rows serve.
    public enum Family: Hashable, Sendable {
        /// The noun's own rows.
        case own
        /// The calls behind rates; the errors for a query of calls.
        case calls, errors
    }

    public let family: Family
    /// The indices of the rule's keys that these rows have.
    public let keyPlaces: [Int]
    /// True when they have all keys of the rule, so that they tell its groups.
    public let knowsGroups: Bool
    /// What an engine is asked for them.
    public let request: HistoryRequest

    /// The fields whose values the rows carry.
    public var fields: [Field] { request.fields }
    /// The conditions that each row satisfies or not.
    public var conditions: [CheckedPredicate] { request.conditions }
}

extension QueryCompiler {
    /// What a test of a rule over a window reads: the rows of the window and of the interval before it that the rule looks back
    /// at. Calls that are only counted may come by whole minutes, if `allowsMinutes`.
    public func rows(of rule: CheckedRule, in window: Window, allowsMinutes: Bool) -> [RuleRows] {
        RowsOfRule(rule: rule, window: window, allowsMinutes: allowsMinutes).all
    }
}

/// The rows behind a rule: its own, and the calls or errors beside them that its measures need.
private struct RowsOfRule {
    let rule: CheckedRule
    let window: Window
    let allowsMinutes: Bool

    private var query: CheckedQuery { rule.query }

    /// What the measures of the condition need of each family.
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
        let isOwn = family == .own, callKeys = query.callKeys
        let places = query.keys.indices.filter { family != .calls || callKeys.contains(query.keys[$0]) }
        var asked = query
        asked.window = window
        let request = HistoryRequest(
            relation: relation, keys: places.map { query.keys[$0] }, fields: isOwn ? needs.fields : [],
            conditions: isOwn ? needs.conditions : [], predicate: family == .calls ? query.callCondition : query.predicate,
            scope: StatementScope(asked, data: window), allowsMinutes: allowsMinutes)
        return RuleRows(
            family: family, keyPlaces: Array(places), knowsGroups: !places.isEmpty && places.count == query.keys.count,
            request: request)
    }
}
