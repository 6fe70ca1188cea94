import Model

/// A rule whose names, types and lengths are known.
public struct CheckedRule: Hashable, Sendable {
    /// What is counted, over which length, by which keys, under which condition; without a window.
    public var query: CheckedQuery
    /// How long the condition must hold before it fires.
    public var holding: Duration = .zero
    /// How long it goes on firing after the condition ended.
    public var keeping: Duration = .zero
    /// How long no further notification is sent.
    public var cooldown: Duration = .zero
    public var severity: Severity = .warning
    /// What a firing does, with where to.
    public var actions: [Action] = []
    public var note: String?
    /// Values in its conditions that nothing in the store has, each told with the closest ones. It is no part of what the rule
    /// means: what is not there yet may come.
    public var unknownValues: [String] = []

    /// What a firing rule does.
    public struct Action: Hashable, Sendable {
        /// `log`, `webhook`, `slack`, `discord` or `email`.
        public var kind: String
        public var target: String?
    }

    /// The length that every value is taken over unless its measure names one of its own.
    public var length: Duration { query.ruleLength ?? .zero }

    /// The condition.
    public var condition: HavingPredicate {
        guard let condition = query.having else { preconditionFailure("the checker asks for a condition") }
        return condition
    }

    /// True when it matters to it whether errors were made good.
    public var asksForRecovery: Bool {
        query.predicate.fields.union(query.keys).contains { $0.id == .recovered || $0.id == .outcome }
    }

    /// The longest stretch before an instant that its values look at, the window of `vs` included.
    public var reach: Duration {
        var reach = length
        for measure in condition.measures {
            if case .over(_, let own) = measure { reach = max(reach, own) }
        }
        if case .ago(let length)? = query.versus { return reach + length }
        return query.versus == nil ? reach : reach + length
    }
}

extension QueryCompiler {
    /// Compiles the condition of a rule.
    /// - Throws: Every mistake, when there is one.
    public func compileRule(
        _ syntax: RuleSyntax, text: String, mistakes: [Diagnostic] = [], context: CheckContext, catalog: (any ValueCatalog)? = nil
    ) throws(Diagnostics) -> CheckedRule {
        var context = context
        context.isRule = true
        context.defaultRange = context.defaultRange ?? .hours(24)
        context.form = nil
        var mistakes = mistakes
        for clause in syntax.query.clauses {
            let word = Parser.name(of: clause.kind)
            if ["range", "every", "sort", "top", "limit", "as", "show"].contains(word) {
                mistakes.append(Mistake.ruleClause(clause.span, word: word))
            }
        }
        let words = syntax.query.clauses.map { Parser.name(of: $0.kind) }
        if !words.contains("over") { mistakes.append(Mistake.ruleNeedsLength(syntax.query.noun.span)) }
        if !words.contains("having") { mistakes.append(Mistake.ruleNeedsHaving(syntax.query.noun.span)) }
        var (query, found) = Checker.check(syntax.query, context: context, catalog: catalog)
        // A value that no call has yet is what some rules wait for.
        let unknown = found.filter { $0.id == "no-value" }
        found.removeAll { $0.id == "no-value" }
        mistakes += found.filter { mistake in !mistakes.contains { $0.span == mistake.span } }
        query.window = nil
        query.baseline = nil
        var rule = CheckedRule(query: query)
        var lengths = Checker(.errors, context: context, catalog: nil)
        if let name = syntax.holding, let length = lengths.length(name) { rule.holding = length }
        if let name = syntax.keeping, let length = lengths.length(name) { rule.keeping = length }
        if let name = syntax.cooldown, let length = lengths.length(name) { rule.cooldown = length }
        mistakes += lengths.diagnostics
        if let name = syntax.severity {
            if let severity = Severity.allCases.first(where: { $0.name.lowercased() == name.text.lowercased() }) {
                rule.severity = severity
            } else {
                mistakes.append(Mistake.unknownSeverity(name, among: Severity.allCases.map(\.name)))
            }
        }
        for measure in query.having?.measures ?? [] {
            var inner = measure
            while case .over(let next, _) = inner { inner = next }
            switch inner {
            case .new, .sample, .common, .firstSeen, .lastSeen, .recoveryTime, .delta:
                let having = syntax.query.clauses.first { Parser.name(of: $0.kind) == "having" }
                mistakes.append(Mistake.measureNotInRules(having?.span ?? syntax.span, measure: inner.name))
            default: break
            }
        }
        rule.actions = syntax.actions.map { CheckedRule.Action(kind: $0.name.text, target: $0.target?.text) }
        rule.note = syntax.note?.text
        rule.unknownValues = unknown.map { mistake in mistake.message + (mistake.closest.map { "; closest: \($0)" } ?? "") }
        guard mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
        return rule
    }

    /// What a replay of a rule over a window reads: the rows of the window and of the stretch before it that the rule looks
    /// back at. Calls that are only counted come by whole minutes where rollups know them, if `allowsMinutes`.
    public func rows(of rule: CheckedRule, in window: Window, allowsMinutes: Bool) -> [RuleRows] {
        RowsOfRule(rule: rule, window: window, allowsMinutes: allowsMinutes, dialect: dialect).all
    }
}
