import Model

/// Results that stand where nouns or values stand, and queries inside other statements.
extension Parser {
    /// True for `$` and `$3`.
    package func isResult(_ token: Token) -> Bool {
        token.kind == .dollar && token.value.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// `$3`, `$3[2]`, `$`; nil without moving when something else stands here, nil behind it when it cannot be read, which is
    /// reported.
    package mutating func resultReference() -> ResultReference? {
        guard isResult(token) else { return nil }
        let dollar = advance()
        var reference = ResultReference(cell: nil, row: nil, span: dollar.span)
        if !dollar.value.isEmpty {
            guard let cell = Int(dollar.value), cell > 0 else {
                report(Mistake.noResult(dollar))
                return nil
            }
            reference.cell = cell
        }
        guard token.isMark("["), token.span.start == dollar.span.end else { return reference }
        advance()
        guard token.kind == .word, let row = Int(token.value), row > 0 else {
            report(Mistake.expected("the number of a row", at: token, closest: "$3[2]"))
            if token.kind != .end { advance() }
            if token.isMark("]") { advance() }
            return nil
        }
        advance()
        reference.row = row
        reference.span = dollar.span.union(token.isMark("]") ? token.span : tokens[at - 1].span)
        if token.isMark("]") { advance() } else { report(Mistake.expected("`]`", at: token)) }
        return reference
    }

    /// A whole query inside another statement; nil when none stands here, which is reported.
    package mutating func innerQuery() -> QuerySyntax? {
        if isResult(token) {
            let start = token
            return resultReference().map { query(Name($0.text, start.span.union($0.span)), result: $0) }
        }
        offer(.noun)
        guard token.kind == .word, Words.isNoun(token.folded) else {
            report(Mistake.expected("a query", at: token, closest: "errors, calls, failures, traces"))
            return nil
        }
        let noun = advance()
        return query(Name(noun.folded, noun.span))
    }

    /// A whole query inside a statement that takes only some clauses; others are reported.
    package mutating func innerQuery(allowed: [String], in statement: String) -> QuerySyntax? {
        clausesOffered = allowed.flatMap { $0 == "range" ? Expected.rangeWords : [$0] }
        defer { clausesOffered = nil }
        guard var query = innerQuery() else { return nil }
        removeClauses(of: &query, besides: allowed, in: statement)
        return query
    }

    /// Measures, separated by commas.
    package mutating func measures(closest: String = "count, error_rate, p95(latency)") -> [ItemSyntax] {
        list { $0.item("a measure", closest: closest, offers: .measureOrField) }
    }

    private mutating func removeClauses(of query: inout QuerySyntax, besides allowed: [String], in statement: String) {
        query.clauses.removeAll { clause in
            let word = Parser.name(of: clause.kind)
            guard !allowed.contains(word) else { return false }
            report(Mistake.clauseNotHere(clause.span, word: word, statement: statement))
            return true
        }
    }

    /// The clauses behind a statement that asks about calls by itself; others are reported.
    package mutating func clausesOnly(of start: Token, allowed: [String]) -> QuerySyntax {
        clausesOffered = allowed.flatMap { $0 == "range" ? Expected.rangeWords : [$0] }
        defer { clausesOffered = nil }
        var query = query(Name("calls", start.span))
        removeClauses(of: &query, besides: allowed, in: start.folded)
        return query
    }
}
