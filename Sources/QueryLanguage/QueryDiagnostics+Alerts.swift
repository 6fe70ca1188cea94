import Model

/// Errors in rules and incidents.
extension Mistake {
    static func unknownVerb(_ token: Token, statement: String, best: String?, among verbs: [String]) -> Diagnostic {
        Diagnostic(
            "unknown-verb", at: token.span, "`\(statement)` does not know `\(token.value)`",
            closest: best ?? verbs.joined(separator: ", "), replacement: best)
    }

    static func unknownAction(_ token: Token, best: String?, among kinds: [String]) -> Diagnostic {
        Diagnostic(
            "unknown-action", at: token.span, "no action `\(token.value)`", closest: best ?? kinds.joined(separator: ", "),
            replacement: best)
    }

    static func badTarget(_ target: Literal, of kind: (word: String, target: ActionSyntax.Target)) -> Diagnostic {
        let (what, closest) =
            kind.target == .mail
            ? ("no mail address", "email \"on-call@example.org\"")
            : ("no address of a web server", "\(kind.word) \"https://host/path\"")
        return Diagnostic("bad-target", at: target.span, "`\(target.text)` is \(what)", closest: closest)
    }

    static func nounNotInRules(_ token: Token) -> Diagnostic {
        Diagnostic(
            "noun-not-in-rules", at: token.span, "`\(token.value)` cannot be a rule: a rule asks for calls or errors",
            closest: "errors, calls, failures, traces")
    }

    static func ruleNeedsLength(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "rule-needs-over", at: span, "a rule takes its values over a length of time, and there is no `over`",
            closest: "over 15m")
    }

    static func ruleNeedsHaving(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "rule-needs-having", at: span, "a rule fires when its condition holds, and there is no `having`",
            closest: "having count > 5")
    }

    static func ruleClause(_ span: TextSpan, word: String) -> Diagnostic {
        let what = word == "range" ? "a time range" : "`\(word)`"
        return Diagnostic(
            "rule-clause", at: span, "\(what) has no place in a rule: it is evaluated at every instant",
            closest: "where, by, over, having, vs")
    }

    static func measureNotInRules(_ span: TextSpan, measure: String) -> Diagnostic {
        Diagnostic(
            "measure-not-in-rules", at: span, "`\(measure)` is not known at an instant of the past, so no rule can ask for it",
            closest: "count, error_rate, p95(latency)")
    }

    static func unknownSeverity(_ name: Name, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-value", at: name.span, "no severity `\(name.text)`", closest: best ?? names.joined(separator: ", "),
            replacement: best)
    }
}
