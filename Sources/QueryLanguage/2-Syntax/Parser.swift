import Model

/// Parses tokens into syntax. It never throws: it returns as much of the statement as was understood, and all errors.
public struct Parser {
    package var tokens: [Token]
    package var at = 0
    package var diagnostics: [Diagnostic] = []
    /// How many conditions and values were read so far; both are limited, so that no text makes an endless statement.
    var conditionCount = 0
    var valueCount = 0
    /// True within the condition of `having`, where measures may have their own `over`.
    var isInHaving = false
    /// Words that end a query where a clause might begin: those of a rule around it.
    package var wordsThatEndQueries: Set<String> = []
    package let text: String

    /// What may stand where the text ends.
    package var offers: [Expected] = []
    /// True once something is missing at the end, or the rest was passed over: nothing more is offered then.
    var isLost = false
    /// What a condition begins with here.
    var subjects = Expected.condition
    /// The words of clauses that the statement takes; nil takes all of a query's.
    package var clausesOffered: [String]?

    /// The tokens of a text; the last one is its end.
    public static func tokens(of text: String) -> [Token] { Lexer.tokens(of: text) }

    /// Reads a query: a noun or a result, and clauses. A final `;`, a leading `.` or `\` (habits of other shells) are ignored.
    public static func query(_ text: String, bindings: Bindings = [:]) -> (query: QuerySyntax?, mistakes: [Diagnostic]) {
        var parser = Parser(text)
        parser.expand(bindings)
        parser.passHabits()
        parser.reportUnclosedTexts()
        let query = parser.queryStatement()
        return (query, parser.diagnostics)
    }

    /// Reads an alert rule: `when QUERY over D having P …`.
    public static func rule(_ text: String) -> (rule: RuleSyntax?, mistakes: [Diagnostic]) {
        var parser = Parser(text)
        parser.reportUnclosedTexts()
        let rule = parser.ruleBehindWhen()
        parser.end()
        return (rule, parser.diagnostics)
    }

    package init(_ text: String) {
        self.text = text
        tokens = Lexer.tokens(of: text)
        while tokens.count > 1, tokens[tokens.count - 2].isMark(";") { tokens.remove(at: tokens.count - 2) }
    }

    package var token: Token { tokens[at] }
    package var next: Token { ahead(1) }

    /// The token `distance` places on; the end when there are fewer.
    package func ahead(_ distance: Int) -> Token { tokens[min(at + distance, tokens.count - 1)] }

    @discardableResult package mutating func advance() -> Token {
        defer { if at < tokens.count - 1 { at += 1 } }
        return tokens[at]
    }

    package mutating func report(_ diagnostic: Diagnostic) {
        if token.kind == .end { isLost = true }
        // One mistake is reported once, however many paths meet it.
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    /// The text as written between two places.
    package func source(_ span: TextSpan) -> String { String(decoding: Array(text.utf8)[span.start..<span.end], as: UTF8.self) }

    // MARK: Beginnings

    /// Passes a leading `\`.
    package mutating func passHabits() { if token.isMark("\\") { advance() } }

    /// The word that begins here, without a leading dot; nil when something else does.
    package var wordHere: String? {
        if token.isMark("?") { return "?" }
        guard token.kind == .word else { return nil }
        let word = token.folded
        return word.hasPrefix(".") && word.utf8.count > 1 ? String(word.dropFirst()) : word
    }

    /// Reports texts in quotes, and patterns, that do not end.
    package mutating func reportUnclosedTexts() {
        for token in tokens where (token.kind == .string || token.kind == .pattern) && !token.isClosed {
            report(Mistake.unclosedString(token))
        }
    }

    /// A query where a statement may stand. What follows a mistyped noun is still read, so that one mistake does not hide the
    /// others; nil when no query was meant, which is reported.
    /// - Parameter others: Words that begin other statements, of which one may be meant.
    package mutating func queryStatement(besides others: [String] = []) -> QuerySyntax? {
        guard token.kind != .end else { return nil }
        if isResult(token) { return innerQuery() }
        if token.kind == .string {
            report(Mistake.missingNoun(token, noun: "errors", written: source(token.span)))
            return query(Name("errors", TextSpan(token.span.start, token.span.start)))
        }
        guard let word = wordHere else {
            report(Mistake.unknownStatement(token, best: nil))
            return nil
        }
        if Words.isNoun(word) { return query(Name(word, advance().span)) }
        if word == "select" { return selectFrom().map { query($0) } }
        if let noun = foreignBeginning(word) { return query(noun) }
        let best = NearestName.best(for: word, among: Words.nouns.map(\.word) + others)
        report(Mistake.unknownStatement(token, best: best))
        guard let best, Words.isNoun(best) else {
            isLost = true
            return nil
        }
        return query(Name(best, advance().span))
    }

    /// Cuts the statement at a token, so that what stands before it is read by itself.
    /// - Returns: What stands behind that token, for `resume`.
    package mutating func cutOff(at place: Int) -> [Token] {
        let behind = Array(tokens[(place + 1)...]), cut = tokens[place].span.start
        tokens.removeSubrange(place...)
        tokens.append(Token(kind: .end, value: "", span: TextSpan(cut, cut)))
        return behind
    }

    /// Reads on with tokens that were cut off; what might have stood before them is not asked for.
    package mutating func resume(with behind: [Token]) {
        (tokens, at) = (behind, 0)
        (offers, isLost) = ([], false)
    }

    /// Passes what is left, of which nothing can be read.
    package mutating func passAll() {
        at = tokens.count - 1
        isLost = true
    }

    package mutating func end() {
        if token.kind != .end { report(Mistake.unexpectedEnd(token)) }
    }

    /// A bare word as a name, lower-cased; reports and gives nil when something else stands here.
    package mutating func name(_ what: String, closest: String? = nil) -> Name? {
        guard token.kind == .word else {
            report(Mistake.expected(what, at: token, closest: closest))
            return nil
        }
        let word = advance()
        return Name(word.folded, word.span)
    }

    // MARK: Queries

    /// The clauses behind a noun.
    package mutating func query(_ noun: Name, result: ResultReference? = nil) -> QuerySyntax {
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
        offer(clausesOffered.map { .words($0) } ?? .clause)
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
        offerNothingElse()
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
            return predicate(of: .condition).map { .where($0) }
        case "having":
            advance()
            isInHaving = true
            defer { isInHaving = false }
            return predicate(of: .measure).map { .having($0) }
        case "sort": return sort()
        case "top":
            advance()
            return count("top", most: 1000).map { .top($0) }
        case "limit": return limit()
        case "as": return form()
        case "last", "today", "yesterday", "since", "from", "between", "around", "on", "all": return range().map { .range($0) }
        default: return nil
        }
    }
}
