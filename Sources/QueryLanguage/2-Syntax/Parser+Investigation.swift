import Model

/// Parsing of results as nouns or values, and of the investigation statements.
extension Parser {
    /// Returns true for `$` and `$3`.
    func isResult(_ token: Token) -> Bool {
        token.kind == .dollar && token.value.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Parses `$3`, `$3[2]` or `$`; returns nil without advancing if there is none, and nil after reporting an invalid one.
    mutating func resultReference() -> ResultReference? {
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

    /// Parses a query within another statement; reports a missing query and returns nil.
    mutating func innerQuery() -> QuerySyntax? {
        if isResult(token) {
            let start = token
            return resultReference().map { query(Name($0.text, start.span.union($0.span)), result: $0) }
        }
        guard token.kind == .word, Words.isNoun(token.folded) else {
            report(Mistake.expected("a query", at: token, closest: "errors, calls, failures, traces"))
            return nil
        }
        let noun = advance()
        return query(Name(noun.folded, noun.span))
    }

    mutating func investigation(_ word: String) -> StatementSyntax {
        let start = advance()
        switch word {
        case "summary": return .summary(clausesOnly(of: start, allowed: ["range", "where", "vs"]))
        case "compare": return compare(start)
        case "trend": return trend()
        default: return why()
        }
    }

    /// Parses the clauses of a statement about calls and reports those that are not allowed.
    private mutating func clausesOnly(of start: Token, allowed: Set<String>) -> QuerySyntax {
        var query = query(Name("calls", start.span))
        query.clauses.removeAll { clause in
            let word = Parser.name(of: clause.kind)
            guard !allowed.contains(word) else { return false }
            report(Mistake.clauseNotHere(clause.span, word: word, statement: start.folded))
            return true
        }
        return query
    }

    private mutating func compare(_ start: Token) -> StatementSyntax {
        guard token.kind == .word, !Words.reserved.contains(token.folded) else {
            report(Mistake.expected("a field", at: token, closest: "compare model gpt-4o, gpt-4o-mini"))
            return .empty
        }
        let word = advance()
        let field = Name(Parser.fieldName(word), word.span)
        if token.kind == .comparison, token.value == "=" { advance() }
        var values: [Literal] = []
        while let value = value() {
            values.append(value)
            if token.isMark(",") || token.isWord("vs") && next.kind == .word && !next.isWord("previous") {
                advance()
            } else {
                break
            }
        }
        guard values.count > 1 else {
            if !values.isEmpty { report(Mistake.compareNeedsTwo(values[0], field: field.text)) }
            return .empty
        }
        reportRepeated(values)
        return .compare(field, values, clausesOnly(of: start, allowed: ["range", "where"]))
    }

    /// Reports values that are listed more than once.
    private mutating func reportRepeated(_ values: [Literal]) {
        func isSame(_ a: Literal, _ b: Literal) -> Bool { a.text.lowercased() == b.text.lowercased() }
        let different = values.indices.filter { place in !values[..<place].contains { isSame($0, values[place]) } }
        for place in values.indices where !different.contains(place) {
            let removed = TextSpan(values[place - 1].span.end, values[place].span.end)
            report(Mistake.comparedTwice(values[place], removed: different.count > 1 ? removed : nil))
        }
    }

    private mutating func trend() -> StatementSyntax {
        var method: Name?
        if token.isWord("method") {
            advance()
            if token.kind == .comparison { advance() }
            method = name("a method", closest: "mad, zscore")
            if method == nil { return .empty }
        }
        return innerQuery().map { .trend($0, method: method) } ?? .empty
    }

    private mutating func why() -> StatementSyntax {
        if isResult(token) {
            let reference = resultReference()
            end()
            return reference.map { .why(Name($0.text, $0.span), $0) } ?? .empty
        }
        guard token.kind == .word || token.kind == .string else {
            report(Mistake.expected("an id of a call, trace or request", at: token, closest: "why 3f2a, why $3[2]"))
            return .empty
        }
        if token.kind == .word, Words.isNoun(token.folded) {
            report(Mistake.whyNeedsOne(TextSpan(tokens[at - 1].span.start, token.span.start), noun: token.folded))
            return innerQuery().map { .query($0) } ?? .empty
        }
        let id = advance()
        end()
        return .why(Name(id.value, id.span), nil)
    }

    /// Parses `as of T`, `as of now`.
    mutating func asOf() -> StatementSyntax {
        advance()
        advance()
        if token.isWord("now"), next.kind == .end {
            advance()
            return .asOf(nil)
        }
        guard let time = time() else { return .empty }
        end()
        return .asOf(time)
    }
}
