import Model

/// Errors in variables.
extension Mistake {
    package static func unknownVariable(_ token: Token, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: token.folded, among: names)
        return Diagnostic(
            "unknown-variable", at: token.span, "unknown variable `$\(token.value)`",
            closest: best.map { "$" + $0 } ?? "let \(token.folded) = …", replacement: best.map { "$" + $0 })
    }

    package static func misplacedVariable(_ token: Token) -> Diagnostic {
        Diagnostic(
            "misplaced-variable", at: token.span, "`$\(token.value)` is a value, and no value is allowed here",
            closest: "model = $\(token.value), last $\(token.value)")
    }

    package static func manyValues(_ token: Token, count: Int) -> Diagnostic {
        Diagnostic("many-values", at: token.span, "`$\(token.value)` has \(count) values, and only one is allowed here")
    }
}
