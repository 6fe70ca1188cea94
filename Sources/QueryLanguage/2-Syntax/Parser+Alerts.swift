import Model

/// Parsing of `alert …` and `incident …`.
extension Parser {
    /// The verbs of `alert` with their grammar; used by the parser, completion and tests.
    public static let alertVerbs: [(word: String, grammar: String)] = [
        ("create", "alert create NAME when QUERY [for D] [keep D] [cooldown D] [severity S] [do ACTION {, ACTION}] [note \"…\"]"),
        ("edit", "alert edit NAME when QUERY …"),
        ("test", "alert test NAME | FILE.yaml | when QUERY … [RANGE] [step D] [as json]"),
        ("tune", "alert tune NAME | when QUERY … [RANGE] [aim 2/week]"), ("list", "alert list"), ("show", "alert show NAME"),
        ("enable", "alert enable NAME"), ("disable", "alert disable NAME"), ("delete", "alert delete NAME"),
        ("load", "alert load FILE.yaml"), ("check", "alert check"), ("watch", "alert watch"), ("ack", "alert ack N"),
        ("resend", "alert resend [NAME]"), ("discard", "alert discard [NAME]"),
    ]

    /// Words that end the query of a rule.
    static let ruleWords: Set<String> = ["for", "keep", "cooldown", "severity", "do", "note", "step", "aim"]

    /// Statements that cannot be evaluated at every instant and therefore not be used in rules.
    static let nounsNotInRules: Set<String> = ["firings", "incidents", "incident", "trace", "summary", "trend", "compare", "why"]

    mutating func alert() -> StatementSyntax {
        let start = advance()
        guard token.kind == .word else {
            report(Mistake.expected("an `alert` command", at: token, closest: "create, test, list, show, check"))
            return .empty
        }
        let verbs = Parser.alertVerbs.map(\.word) + ["acknowledge"]
        var verb = token.folded
        if !verbs.contains(verb) {
            let best = NearestName.best(for: verb, among: verbs)
            report(Mistake.unknownVerb(token, statement: start.folded, best: best, among: verbs))
            guard let best else { return .empty }
            verb = best
        }
        advance()
        switch verb {
        case "create", "edit":
            guard let name = ruleName() else { return .empty }
            guard token.isWord("when") else {
                report(
                    Mistake.expected(
                        "`when` and a query", at: token,
                        closest: "alert \(verb) \(name.text) when errors over 15m having count > 5"))
                return .empty
            }
            advance()
            guard let rule = rule(endsWith: []) else { return .empty }
            end()
            return .alert(verb == "create" ? .create(name, rule) : .edit(name, rule))
        case "test", "tune": return trial(verb)
        case "list", "check", "watch":
            end()
            return .alert(verb == "list" ? .list : verb == "check" ? .check : .watch)
        case "resend", "discard":
            let name = token.kind == .end ? nil : ruleName()
            end()
            return .alert(verb == "resend" ? .resend(name) : .discard(name))
        case "load":
            guard let path = path("a file of rules", closest: "alert load rules.yaml") else { return .empty }
            end()
            return .alert(.load(path))
        default:
            guard let name = ruleName() else { return .empty }
            end()
            switch verb {
            case "show": return .alert(.show(name))
            case "enable": return .alert(.enable(name))
            case "disable": return .alert(.disable(name))
            case "delete": return .alert(.delete(name))
            default: return .alert(.acknowledge(name))
            }
        }
    }

    /// Parses the rest of `test` and `tune`: the subject and the range.
    private mutating func trial(_ verb: String) -> StatementSyntax {
        guard let subject = subject() else { return .empty }
        var range: ClauseSyntax?, step: Name?, aim: Name?, form: Name?
        var rule: RuleSyntax?
        if case .rule(let written) = subject { rule = written }
        // In an inline rule, the range is among its clauses.
        if let place = rule?.query.clauses.firstIndex(where: { Parser.name(of: $0.kind) == "range" }) {
            range = rule?.query.clauses.remove(at: place)
        }
        if let place = rule?.query.clauses.firstIndex(where: { Parser.name(of: $0.kind) == "as" }),
            case .as(let name, nil)? = rule?.query.clauses[place].kind
        {
            form = name
            rule?.query.clauses.remove(at: place)
        }
        while token.kind != .end {
            let start = token
            if token.isWord("step"), verb == "test" {
                advance()
                step = lengthName(closest: "step 1m")
            } else if token.isWord("aim"), verb == "tune" {
                advance()
                aim = self.aim()
            } else if token.isWord("as") {
                advance()
                form = name("a form", closest: "json")
            } else if let found = self.range(after: start) {
                if range != nil { report(Mistake.repeatedClause("range", found.span)) } else { range = found }
            } else {
                if token == start {
                    report(Mistake.unexpectedEnd(token))
                    at = tokens.count - 1
                }
            }
        }
        if let form, form.text != "json", form.text != "table" { report(Mistake.unknownForm(form, among: ["json", "table"])) }
        let tried = rule.map { AlertSubjectSyntax.rule($0) } ?? subject
        return .alert(verb == "test" ? .test(tried, range: range, step: step, form: form) : .tune(tried, range: range, aim: aim))
    }

    /// Parses a time range if one begins here; otherwise returns nil without advancing.
    private mutating func range(after start: Token) -> ClauseSyntax? {
        let words = ["last", "today", "yesterday", "since", "from", "around", "on", "all"]
        guard token.kind == .word, words.contains(token.folded) else { return nil }
        guard let range = range() else { return nil }
        return ClauseSyntax(kind: .range(range), span: start.span.union(tokens[max(at - 1, 0)].span))
    }

    /// Parses `2/week`, `1/day`; slashes are part of words.
    private mutating func aim() -> Name? {
        guard token.kind == .word else {
            report(Mistake.expected("a target such as 2/week", at: token, closest: "aim 2/week"))
            return nil
        }
        let word = advance()
        return Name(word.folded, word.span)
    }

    private mutating func subject() -> AlertSubjectSyntax? {
        if token.isWord("when") {
            advance()
            return rule(endsWith: ["step", "aim"]).map { .rule($0) }
        }
        guard token.kind == .word || token.kind == .string else {
            report(
                Mistake.expected(
                    "a rule's name, a file, or `when` and a query", at: token, closest: "alert test quota_burst last 30d"))
            return nil
        }
        let lowered = token.folded
        if token.kind == .string || lowered.hasSuffix(".yaml") || lowered.hasSuffix(".yml") || lowered.contains("/") {
            let word = advance()
            return .file(Literal(text: word.value, span: word.span, isQuoted: word.kind == .string))
        }
        return ruleName().map { .name($0) }
    }

    private mutating func ruleName() -> Name? {
        guard token.kind == .word || token.kind == .string, !token.isWord("when") else {
            report(Mistake.expected("a rule's name", at: token, closest: "quota_burst"))
            return nil
        }
        let word = advance()
        return Name(word.value, word.span)
    }

    private mutating func path(_ what: String, closest: String) -> Literal? {
        guard token.kind == .word || token.kind == .string else {
            report(Mistake.expected(what, at: token, closest: closest))
            return nil
        }
        let word = advance()
        return Literal(text: word.value, span: word.span, isQuoted: word.kind == .string)
    }

    /// Parses the query and its clauses; reports a missing query and returns nil.
    private mutating func rule(endsWith others: Set<String>) -> RuleSyntax? {
        let start = token
        wordsThatEndQueries = Parser.ruleWords
        defer { wordsThatEndQueries = [] }
        if token.kind == .word, !Words.isNoun(token.folded), Parser.nounsNotInRules.contains(token.folded) {
            report(Mistake.nounNotInRules(token))
            return nil
        }
        guard let query = innerQuery() else { return nil }
        var rule = RuleSyntax(query: query, span: start.span)
        var seen: Set<String> = []
        while token.kind == .word, Parser.ruleWords.subtracting(["step", "aim"]).contains(token.folded) {
            let word = advance()
            if !seen.insert(word.folded).inserted { report(Mistake.repeatedClause(word.folded, word.span)) }
            switch word.folded {
            case "for": rule.holding = lengthName(closest: "for 5m")
            case "keep": rule.keeping = lengthName(closest: "keep 10m")
            case "cooldown": rule.cooldown = lengthName(closest: "cooldown 1h")
            case "severity": rule.severity = name("a severity", closest: Severity.allCases.map(\.name).joined(separator: ", "))
            case "do": rule.actions = list { $0.action() }
            default:
                guard token.kind == .string else {
                    report(Mistake.expected("a quoted text", at: token, closest: "note \"why this rule is here\""))
                    break
                }
                let text = advance()
                rule.note = Literal(text: text.value, span: text.span, isQuoted: true)
            }
            // Clauses of the query may also follow those of the rule.
            while token.kind == .word, Words.clauseWords.contains(token.folded), let clause = clauseOfQuery() {
                rule.query.clauses.append(clause)
            }
        }
        rule.span = start.span.union(tokens[max(at - 1, 0)].span)
        return rule
    }

    private mutating func action() -> ActionSyntax? {
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
            // Keep the target for the corrected action.
            if token.kind == .string { action.target = target() }
            return action
        }
        if kind.target == .none { return action }
        guard token.kind == .string || token.kind == .word && !Parser.ruleWords.contains(token.folded) else {
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

    mutating func incident() -> StatementSyntax {
        let start = advance()
        let verbs = ["add", "list", "delete", "import"]
        guard token.kind == .word else {
            report(Mistake.expected("an `incident` command", at: token, closest: verbs.joined(separator: ", ")))
            return .empty
        }
        guard verbs.contains(token.folded) else {
            let best = NearestName.best(for: token.folded, among: verbs)
            report(Mistake.unknownVerb(token, statement: start.folded, best: best, among: verbs))
            return .empty
        }
        switch advance().folded {
        case "list":
            end()
            return .incident(.list)
        case "delete":
            guard let name = name("an incident's number", closest: "incident delete 1") else { return .empty }
            end()
            return .incident(.delete(name))
        case "import":
            guard let path = path("a file of incidents", closest: "incident import truth.jsonl") else { return .empty }
            end()
            return .incident(.load(path))
        default:
            if token.isWord("from") { advance() }
            guard let from = time() else { return .empty }
            guard token.isWord("to") || token.isWord("until") else {
                report(Mistake.expected("`to` and the end time", at: token, closest: "incident add 14:00 to 14:40 \"outage\""))
                return .empty
            }
            advance()
            guard let to = time() else { return .empty }
            var text: Literal?
            if token.kind == .string {
                let word = advance()
                text = Literal(text: word.value, span: word.span, isQuoted: true)
            }
            end()
            return .incident(.add(from: from, to: to, text: text))
        }
    }
}
