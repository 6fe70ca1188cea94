import Model

/// A rule with resolved names, types and durations.
public struct CheckedRule: Hashable, Sendable {
    /// The query with its window length, keys and condition, but without a window.
    public var query: CheckedQuery
    /// How long the condition must hold before the alert fires.
    public var holding: Duration = .zero
    /// How long the alert keeps firing after the condition stops holding.
    public var keeping: Duration = .zero
    /// The minimum time between notifications.
    public var cooldown: Duration = .zero
    public var severity: Severity = .warning
    /// The actions of a firing, with their targets.
    public var actions: [Action] = []
    public var note: String?
    /// Values in its conditions that do not occur in the store, each with the closest ones. Not part of the rule's meaning: such
    /// values may occur later.
    public var unknownValues: [String] = []

    /// An action of a firing rule.
    public struct Action: Hashable, Sendable {
        /// `log`, `webhook`, `slack`, `discord` or `email`.
        public var kind: String
        public var target: String?
    }

    /// The default window of every value; measures may have their own.
    public var length: Duration { query.ruleLength ?? .zero }

    /// The condition on the measures.
    public var condition: HavingPredicate {
        guard let condition = query.having else { preconditionFailure("the checker asks for a condition") }
        return condition
    }

    /// True if the rule depends on whether errors recovered.
    public var asksForRecovery: Bool {
        query.predicate.fields.union(query.keys).contains { $0.id == .recovered || $0.id == .outcome }
    }

    /// How far its values look back from an evaluation, including the baseline of `vs`.
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
    /// - Throws: All errors, if there are any.
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
        // Some rules wait for a value that no call has yet.
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
}
