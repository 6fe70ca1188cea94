import Model

/// Tokens to syntax. Never throws: gives the statement as far as it was understood, and every mistake.
public struct Parser {
    var tokens: [Token]
    var at = 0
    var diagnostics: [Diagnostic] = []
    /// How many conditions and values were read so far; both are limited, so that no text makes an endless statement.
    var conditionCount = 0
    var valueCount = 0
    /// True while the condition of `having` is read, whose measures may carry an `over` of their own.
    var isInHaving = false
    /// Words that end a query where a clause might begin: those of a rule around it.
    var wordsThatEndQueries: Set<String> = []
    let text: String

    /// Reads one statement. A final `;`, a leading `.` or `\` (habits of other shells) are ignored.
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

    /// The token `distance` places on; the end when there are fewer.
    func ahead(_ distance: Int) -> Token { tokens[min(at + distance, tokens.count - 1)] }

    @discardableResult mutating func advance() -> Token {
        defer { if at < tokens.count - 1 { at += 1 } }
        return tokens[at]
    }

    mutating func report(_ diagnostic: Diagnostic) {
        // One mistake is reported once, however many paths meet it.
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    /// The text as written between two places.
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
        // Only here do quotes have the language's meaning; SQL and paths have their own.
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

    /// A statement that begins with no word of the language. What follows a mistyped noun is still read as a query, so that
    /// one mistake does not hide the others.
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

    /// A bare word as a name, lower-cased; reports and gives nil when something else stands here.
    mutating func name(_ what: String, closest: String? = nil) -> Name? {
        guard token.kind == .word else {
            report(Mistake.expected(what, at: token, closest: closest))
            return nil
        }
        let word = advance()
        return Name(word.folded, word.span)
    }

    // MARK: Queries

    /// The clauses behind a noun.
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

    /// True for a word that belongs to the rule around the query.
    private func endsQuery(_ token: Token) -> Bool { token.kind == .word && wordsThatEndQueries.contains(token.folded) }

    /// One more clause of a query that was read already.
    mutating func clauseOfQuery() -> ClauseSyntax? { clause(after: nil) }

    /// The clause's own word; all ranges share one name, `every` and `over time` share `every`.
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
            // What cannot be read of a clause is passed over; what begins none is told.
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

    /// The clause that the next word begins; nil without moving when it begins none, nil behind it when it has no content.
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
