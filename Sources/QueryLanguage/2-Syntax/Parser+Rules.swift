import Model

/// Alert rules: `when QUERY [for D] [keep D] [cooldown D] [severity S] [do ACTION {, ACTION}] [note "…"]`.
extension Parser {
    /// Words that begin what a rule says beside its query.
    private static let ruleWords: Set<String> = ["for", "keep", "cooldown", "severity", "do", "note"]
    /// Words that end the query of a rule: those, and what may stand behind a rule that is tested.
    private static let wordsBehindQuery = ruleWords.union(["step", "aim"])

    /// What can be asked for, and yet is no query that could be evaluated at every instant.
    private static let nounsNotInRules: Set<String> = [
        "firings", "incidents", "incident", "trace", "summary", "trend", "compare", "why",
    ]

    /// `when` and a rule; nil where none stands, which is reported.
    package mutating func ruleBehindWhen(closest: String? = nil) -> RuleSyntax? {
        offer(.words(["when"]))
        guard token.isWord("when") else {
            report(Mistake.expected("`when` and a query", at: token, closest: closest))
            return nil
        }
        advance()
        return rule()
    }

    /// The query and the clauses behind it; nil when no query stands here, which is reported.
    private mutating func rule() -> RuleSyntax? {
        let start = token
        wordsThatEndQueries = Parser.wordsBehindQuery
        defer { wordsThatEndQueries = [] }
        if token.kind == .word, !Words.isNoun(token.folded), Parser.nounsNotInRules.contains(token.folded) {
            report(Mistake.nounNotInRules(token))
            return nil
        }
        guard let query = innerQuery() else { return nil }
        var rule = RuleSyntax(query: query, span: start.span)
        var seen: Set<String> = []
        offer(.words(Parser.ruleWords.sorted()))
        while token.kind == .word, Parser.ruleWords.contains(token.folded) {
            let word = advance()
            if !seen.insert(word.folded).inserted { report(Mistake.repeatedClause(word.folded, word.span)) }
            switch word.folded {
            case "for": rule.holding = lengthName(closest: "for 5m")
            case "keep": rule.keeping = lengthName(closest: "keep 10m")
            case "cooldown": rule.cooldown = lengthName(closest: "cooldown 1h")
            case "severity":
                offer(.words(Severity.allCases.map(\.name)))
                rule.severity = name("a severity", closest: Severity.allCases.map(\.name).joined(separator: ", "))
            case "do": rule.actions = list { $0.action() }
            default:
                guard token.kind == .string else {
                    report(Mistake.expected("a quoted text", at: token, closest: "note \"why this rule is here\""))
                    break
                }
                let text = advance()
                rule.note = Literal(text: text.value, span: text.span, isQuoted: true)
            }
            // Clauses of the query may stand behind those of the rule as well.
            while token.kind == .word, Words.clauseWords.contains(token.folded), let clause = clauseOfQuery() {
                rule.query.clauses.append(clause)
            }
            offer(.words(Parser.ruleWords.subtracting(seen).sorted()))
        }
        rule.span = start.span.union(tokens[max(at - 1, 0)].span)
        return rule
    }

    private mutating func action() -> ActionSyntax? {
        offer(.words(ActionSyntax.kinds.map(\.word)))
        guard token.kind == .word else {
            report(
                Mistake.expected(
                    "an action", at: token, closest: ActionSyntax.kinds.map(ActionSyntax.grammar).joined(separator: ", ")))
            return nil
        }
        let word = advance()
        var action = ActionSyntax(name: Name(word.folded, word.span), target: nil)
        let kinds = ActionSyntax.kinds.map(\.word)
        guard let kind = ActionSyntax.kinds.first(where: { $0.word == word.folded }) else {
            let best = NearestName.best(for: word.folded, among: kinds)
            report(Mistake.unknownAction(word, best: best, among: kinds))
            // Where it goes is not lost on the way to the right word.
            if token.kind == .string { action.target = target() }
            return action
        }
        if kind.target == .none { return action }
        guard token.kind == .string || token.kind == .word && !Parser.wordsBehindQuery.contains(token.folded) else {
            report(Mistake.expected("the target of `\(word.folded)` in quotes", at: token, closest: "\(word.folded) \"…\""))
            return action
        }
        action.target = target()
        if let target = action.target, !action.hasGoodTarget { report(Mistake.badTarget(target, of: kind)) }
        return action
    }

    private mutating func target() -> Literal {
        let target = advance()
        return Literal(text: target.value, span: target.span, isQuoted: target.kind == .string)
    }
}
