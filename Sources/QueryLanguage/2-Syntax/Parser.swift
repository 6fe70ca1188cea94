import Model

/// Parses tokens into syntax. It never throws: it returns as much of the statement as was understood, and all errors.
public struct Parser {
    var tokens: [Token]
    var at = 0
    var diagnostics: [Diagnostic] = []
    /// The numbers of conditions and values so far; both are limited to keep statements finite.
    var conditionCount = 0
    var valueCount = 0
    /// True within the condition of `having`, where measures may have their own `over`.
    var isInHaving = false
    /// Words of an enclosing rule that end a query.
    var wordsThatEndQueries: Set<String> = []
    let text: String

    /// Parses one statement. A final `;` and a leading `.` or `\` (as in other shells) are ignored.
    public static func parse(_ text: String) -> (statement: StatementSyntax, diagnostics: [Diagnostic]) {
        var parser = Parser(text)
        let statement = parser.statement()
        return (statement, parser.diagnostics)
    }

    init(_ text: String) {
        self.text = text
        tokens = Lexer.tokens(of: text)
        while tokens.count > 1, tokens[tokens.count - 2].isMark(";") { tokens.remove(at: tokens.count - 2) }
    }

    var token: Token { tokens[at] }
    var next: Token { ahead(1) }

    /// The token `distance` positions ahead, or the last one.
    func ahead(_ distance: Int) -> Token { tokens[min(at + distance, tokens.count - 1)] }

    @discardableResult mutating func advance() -> Token {
        defer { if at < tokens.count - 1 { at += 1 } }
        return tokens[at]
    }

    mutating func report(_ diagnostic: Diagnostic) {
        // Report each error once, even if several code paths find it.
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    /// Returns the source text of a span.
    func source(_ span: TextSpan) -> String { String(decoding: Array(text.utf8)[span.start..<span.end], as: UTF8.self) }

    // MARK: Statements

    mutating func statement() -> StatementSyntax {
        if token.isMark("\\") { advance() }
        if token.isMark("?") { return command("help") }
        guard token.kind != .end else { return .empty }
        if isResult(token) {
            let start = token
            guard let result = resultReference() else { return .empty }
            return .query(query(Name(result.text, start.span.union(result.span)), result: result))
        }
        if token.kind == .string {
            report(Mistake.missingNoun(token, noun: "errors", written: source(token.span)))
            return .query(query(Name("errors", TextSpan(token.span.start, token.span.start))))
        }
        guard token.kind == .word else {
            report(Mistake.unknownStatement(token, best: nil))
            return .empty
        }
        var word = token.folded
        if word.hasPrefix("."), word.count > 1 { word.removeFirst() }
        switch word {
        case "sql": return sql()
        case "q", "exit": return command("quit")
        case "fields", "sources", "import", "follow", "unfollow", "forget", "doctor", "export", "set", "help", "quit", "rules",
            "unknown":
            return command(word)
        case _ where Parser.notebookCommands.contains(word): return command(word)
        case "note": return note()
        default: break
        }
        // Only from here on do quotes follow the language's rules; SQL and paths have their own.
        for token in tokens where (token.kind == .string || token.kind == .pattern) && !token.isClosed {
            report(Mistake.unclosedString(token))
        }
        if Words.isNoun(word) { return .query(query(Name(word, advance().span))) }
        switch word {
        case "explain":
            advance()
            return innerQuery().map { .explain($0) } ?? .empty
        case "trace": return trace()
        case "summary", "compare", "trend", "why": return investigation(word)
        case "as" where next.isWord("of"): return asOf()
        case "let": return binding()
        case "expect": return expectation()
        case "watch": return watch()
        case "alert", "alerts": return alert()
        case "incident", "incidents": return incident()
        case "firings": return .firings(query(Name("errors", advance().span)))
        default: return mistakenStatement(word)
        }
    }

    /// Reports a statement that begins with an unknown word. The text after a mistyped noun is still parsed as a query, so that
    /// one error does not hide others.
    private mutating func mistakenStatement(_ word: String) -> StatementSyntax {
        if word == "select" {
            guard let noun = selectFrom() else { return .empty }
            return .query(query(noun))
        }
        if let noun = foreignBeginning(word) { return .query(query(noun)) }
        let best = NearestName.best(for: word, among: (Words.nouns + Words.statements).map(\.word))
        report(Mistake.unknownStatement(token, best: best))
        guard let best, Words.isNoun(best) else { return .empty }
        return .query(query(Name(best, advance().span)))
    }

    mutating func end() {
        if token.kind != .end { report(Mistake.unexpectedEnd(token)) }
    }

    /// Parses a bare word as a name in lower case; reports anything else and returns nil.
    mutating func name(_ what: String, closest: String? = nil) -> Name? {
        guard token.kind == .word else {
            report(Mistake.expected(what, at: token, closest: closest))
            return nil
        }
        let word = advance()
        return Name(word.folded, word.span)
    }

    // MARK: Queries

    /// Parses the clauses after a noun.
    mutating func query(_ noun: Name, result: ResultReference? = nil) -> QuerySyntax {
        var query = QuerySyntax(noun: noun, result: result, text: nil, clauses: [])
        if token.kind == .string {
            let string = advance()
            query.text = Literal(text: string.value, span: string.span, isQuoted: true)
        }
        while token.kind != .end, !endsQuery(token) {
            let start = at
            if let clause = clause(after: query.clauses.last) {
                let word = Parser.name(of: clause.kind)
                let mayRepeat = word == "where" || word == "having"
                if !mayRepeat, query.clauses.contains(where: { Parser.name(of: $0.kind) == word }) {
                    report(Mistake.repeatedClause(word, clause.span))
                } else {
                    query.clauses.append(clause)
                }
            }
            precondition(at > start || token.kind == .end, "the parser must move forward in every clause")
        }
        return query
    }

    /// Returns true for a word that belongs to the enclosing rule.
    private func endsQuery(_ token: Token) -> Bool { token.kind == .word && wordsThatEndQueries.contains(token.folded) }

    /// Parses one more clause of a query.
    mutating func clauseOfQuery() -> ClauseSyntax? { clause(after: nil) }

    /// Returns the clause's name; all ranges share one, and so do `every` and `over time`.
    package static func name(of kind: ClauseSyntax.Kind) -> String {
        switch kind {
        case .show: "show"
        case .by: "by"
        case .every, .overTime: "every"
        case .over: "over"
        case .versus: "vs"
        case .range: "range"
        case .where: "where"
        case .having: "having"
        case .sort: "sort"
        case .top: "top"
        case .limit: "limit"
        case .as: "as"
        }
    }

    private mutating func clause(after last: ClauseSyntax?) -> ClauseSyntax? {
        let start = token, place = at
        var kind = clauseKind()
        if kind == nil {
            // Skip the rest of an invalid clause; report words that begin none.
            if at > place { skipToClause() } else { kind = recover(after: last) }
        }
        let end = tokens[max(at - 1, 0)].span.end
        return kind.map { ClauseSyntax(kind: $0, span: TextSpan(start.span.start, max(end, start.span.end))) }
    }

    mutating func skipToClause() {
        while token.kind != .end, !endsQuery(token), !(token.kind == .word && Words.clauseWords.contains(token.folded)) {
            advance()
        }
    }

    /// Parses the clause that begins here; returns nil without advancing if there is none, nil after advancing if it is invalid.
    mutating func clauseKind() -> ClauseSyntax.Kind? {
        guard token.kind == .word else { return nil }
        switch token.folded {
        case "show": return show()
        case "by": return by()
        case "group" where next.isWord("by"):
            foreign(2, found: "group by", ours: "by")
            return by()
        case "order" where next.isWord("by"):
            foreign(2, found: "order by", ours: "sort")
            return sort()
        case "every": return every()
        case "over": return over()
        case "vs", "versus": return versus()
        case "where":
            advance()
            return predicate().map { .where($0) }
        case "having":
            advance()
            isInHaving = true
            defer { isInHaving = false }
            return predicate().map { .having($0) }
        case "sort": return sort()
        case "top":
            advance()
            return count("top", most: 1000).map { .top($0) }
        case "limit": return limit()
        case "as": return form()
        case "last", "today", "yesterday", "since", "from", "around", "on", "all": return range().map { .range($0) }
        default: return nil
        }
    }
}
