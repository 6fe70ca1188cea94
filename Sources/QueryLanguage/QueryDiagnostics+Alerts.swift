import Model

/// Errors in rules and incidents.
extension Mistake {
    package static func unknownVerb(_ token: Token, statement: String, best: String?, among verbs: [String]) -> Diagnostic {
        Diagnostic(
            "unknown-verb", at: token.span, "unknown `\(statement)` command `\(token.value)`",
            closest: best ?? verbs.joined(separator: ", "), replacement: best)
    }

    package static func unknownAction(_ token: Token, best: String?, among kinds: [String]) -> Diagnostic {
        Diagnostic(
            "unknown-action", at: token.span, "unknown action `\(token.value)`", closest: best ?? kinds.joined(separator: ", "),
            replacement: best)
    }

    static func badTarget(_ target: Literal, of kind: (word: String, target: ActionSyntax.Target)) -> Diagnostic {
        let (what, closest) =
            kind.target == .mail
            ? ("not an e-mail address", "email \"on-call@example.org\"")
            : ("not an HTTP URL", "\(kind.word) \"https://host/path\"")
        return Diagnostic("bad-target", at: target.span, "`\(target.text)` is \(what)", closest: closest)
    }

    package static func nounNotInRules(_ token: Token) -> Diagnostic {
        Diagnostic(
            "noun-not-in-rules", at: token.span, "`\(token.value)` cannot be used in a rule: rules query calls or errors",
            closest: "errors, calls, failures, traces")
    }

    package static func ruleNeedsLength(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "rule-needs-over", at: span, "a rule needs a window: add `over`",
            closest: "over 15m")
    }

    package static func ruleNeedsHaving(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "rule-needs-having", at: span, "a rule needs a condition: add `having`",
            closest: "having count > 5")
    }

    package static func ruleClause(_ span: TextSpan, word: String) -> Diagnostic {
        let what = word == "range" ? "a time range" : "`\(word)`"
        return Diagnostic(
            "rule-clause", at: span, "\(what) cannot be used in a rule: rules are evaluated at every instant",
            closest: "where, by, over, having, vs")
    }

    package static func measureNotInRules(_ span: TextSpan, measure: String) -> Diagnostic {
        Diagnostic(
            "measure-not-in-rules", at: span, "`\(measure)` cannot be used in a rule: it is not known for past instants",
            closest: "count, error_rate, p95(latency)")
    }

    package static func unknownSeverity(_ name: Name, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-value", at: name.span, "unknown severity `\(name.text)`", closest: best ?? names.joined(separator: ", "),
            replacement: best)
    }
}
