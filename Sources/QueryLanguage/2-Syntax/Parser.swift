import Model

/// Tokens to syntax. Never throws: gives the statement as far as it was understood, and every mistake.
public struct Parser {
    var tokens: [Token]
    var at = 0
    var diagnostics: [Diagnostic] = []
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
        if tokens.count > 1, tokens[tokens.count - 2].isMark(";") { tokens.remove(at: tokens.count - 2) }
    }

    var token: Token { tokens[at] }
    var next: Token { tokens[min(at + 1, tokens.count - 1)] }

    @discardableResult mutating func advance() -> Token {
        defer { if at < tokens.count - 1 { at += 1 } }
        return tokens[at]
    }

    mutating func report(_ diagnostic: Diagnostic) {
        // One mistake is reported once, however many paths meet it.
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    private mutating func statement() -> StatementSyntax {
        for token in tokens where (token.kind == .string || token.kind == .pattern) && !token.isClosed {
            report(Mistake.unclosedString(token))
        }
        if token.kind == .mark, token.value == "\\" { advance() }
        guard token.kind != .end else { return .empty }
        guard token.kind == .word else {
            report(Mistake.unknownStatement(token))
            return .empty
        }
        var word = token.folded
        if word.hasPrefix("."), word.count > 1 { word.removeFirst() }
        if Words.nouns.contains(where: { $0.word == word }) { return .query(query()) }
        switch word {
        case "explain":
            advance()
            guard token.kind == .word, Words.nouns.contains(where: { token.isWord($0.word) }) else {
                report(Mistake.expected("a query", at: token, closest: "errors, calls, failures, traces"))
                return .empty
            }
            return .explain(query())
        case "trace": return trace()
        case "sql": return sql()
        case "q", "exit": return command("quit")
        case "?": return command("help")
        case "fields", "sources", "import", "set", "help", "quit": return command(word)
        case "select":
            report(
                Diagnostic(
                    "foreign-idiom", at: token.span, "for SQL of your own, begin with `sql`", closest: "sql SELECT …",
                    replacement: "sql select"))
            return .empty
        default:
            report(Mistake.unknownStatement(token))
            // What follows is still read as a query, so that a mistyped noun does not hide the other mistakes.
            let names = (Words.nouns + Words.statements).map(\.word)
            if let best = NearestName.best(for: word, among: names), Words.nouns.contains(where: { $0.word == best }) {
                return .query(query())
            }
            return .empty
        }
    }

    private mutating func trace() -> StatementSyntax {
        advance()
        guard token.kind == .word || token.kind == .string else {
            report(Mistake.expected("an id of a trace, span or request", at: token))
            return .empty
        }
        let id = advance()
        var form: Name?
        if token.isWord("as") {
            advance()
            form = name(token.value, "a form")
            if let form, form.text != "json" { report(Mistake.unknownForm(form)) }
        }
        end()
        return .trace(Name(id.value, id.span), form: form)
    }

    private mutating func sql() -> StatementSyntax {
        let word = advance()
        guard token.kind != .end else {
            report(Mistake.expected("a SELECT statement", at: token))
            return .empty
        }
        let bytes = Array(text.utf8)[word.span.end...]
        var rest = String(decoding: bytes, as: UTF8.self)
        while let last = rest.last, last.isWhitespace || last == ";" { rest.removeLast() }
        return .sql(Name(rest, TextSpan(word.span.end, word.span.end + rest.utf8.count)))
    }

    private mutating func command(_ word: String) -> StatementSyntax {
        let start = advance()
        var arguments: [Literal] = []
        while token.kind != .end {
            let argument = advance()
            if argument.isMark(",") { continue }
            arguments.append(Literal(text: argument.value, span: argument.span, isQuoted: argument.kind == .string))
        }
        return .command(Name(word, start.span), arguments)
    }

    mutating func end() {
        if token.kind != .end { report(Mistake.unexpectedEnd(token)) }
    }

    /// A bare word as a name, lower-cased; reports and gives nil when something else stands here.
    mutating func name(_ found: String, _ what: String) -> Name? {
        guard token.kind == .word else {
            report(Mistake.expected(what, at: token))
            return nil
        }
        let word = advance()
        return Name(word.folded, word.span)
    }

    // MARK: Queries

    private mutating func query() -> QuerySyntax {
        let noun = advance()
        var query = QuerySyntax(noun: Name(noun.folded, noun.span), text: nil, clauses: [])
        if token.kind == .string {
            let string = advance()
            query.text = Literal(text: string.value, span: string.span, isQuoted: true)
        }
        while token.kind != .end {
            let start = at
            if let clause = clause() {
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

    /// The clause's own word; all ranges share `range`, `every` and `over time` share `every`.
    static func name(of kind: ClauseSyntax.Kind) -> String {
        switch kind {
        case .show: "show"
        case .by: "by"
        case .every, .overTime: "every"
        case .range: "a time range"
        case .where: "where"
        case .having: "having"
        case .sort: "sort"
        case .top: "top"
        case .limit: "limit"
        case .as: "as"
        }
    }

    private mutating func clause() -> ClauseSyntax? {
        let start = token
        guard start.kind == .word else {
            strayToken()
            return nil
        }
        let kind: ClauseSyntax.Kind?
        switch start.folded {
        case "show": kind = show()
        case "by": kind = by()
        case "group" where next.isWord("by"):
            report(Mistake.foreignIdiom(TextSpan(start.span.start, next.span.end), found: "group by", ours: "by"))
            advance()
            kind = by()
        case "order" where next.isWord("by"):
            report(Mistake.foreignIdiom(TextSpan(start.span.start, next.span.end), found: "order by", ours: "sort"))
            advance()
            kind = sort()
        case "every": kind = every()
        case "over": kind = over()
        case "where":
            advance()
            kind = predicate().map { .where($0) }
        case "having":
            advance()
            kind = predicate().map { .having($0) }
        case "sort": kind = sort()
        case "top":
            advance()
            kind = count("top").map { .top($0) }
        case "limit": kind = limit()
        case "as": kind = form()
        case "last", "today", "yesterday", "since", "from", "around", "on", "all":
            kind = range().map { .range($0) }
        default:
            strayToken()
            return nil
        }
        let end = tokens[max(at - 1, 0)].span.end
        return kind.map { ClauseSyntax(kind: $0, span: TextSpan(start.span.start, max(end, start.span.end))) }
    }

    /// Reports a token that begins no clause, and skips to where the next clause begins.
    private mutating func strayToken() {
        let stray = token
        if stray.isMark("|") {
            report(Diagnostic("foreign-idiom", at: stray.span, "there are no pipes; clauses follow each other", replacement: ""))
            advance()
            return
        }
        if stray.isMark("&&") || stray.isMark("||") {
            report(Mistake.foreignIdiom(stray.span, found: stray.value, ours: stray.value == "&&" ? "and" : "or"))
        } else if stray.kind == .word, stray.value.hasPrefix("-"), Units.duration(String(stray.value.dropFirst())) != nil {
            report(Mistake.foreignIdiom(stray.span, found: stray.value, ours: "last " + stray.value.dropFirst()))
        } else if stray.kind == .word, Units.duration(stray.value) != nil {
            report(Mistake.foreignIdiom(stray.span, found: stray.value, ours: "last " + stray.value))
        } else if stray.isMark(","), next.kind == .word, tokens[min(at + 2, tokens.count - 1)].kind == .comparison {
            report(Mistake.missingAnd(stray.span))
        } else if stray.isWord("and") || stray.isWord("or") {
            report(Mistake.expected("`where` before a condition", at: stray))
        } else if stray.kind == .word, next.kind == .comparison {
            report(
                Diagnostic(
                    "missing-where", at: stray.span, "a condition needs `where` before it", replacement: "where \(stray.value)"))
        } else if let quoted = wordsBehindValue() {
            report(quoted)
        } else {
            report(Mistake.unknownClause(stray, after: text))
        }
        advance()
        while token.kind != .end, !(token.kind == .word && Words.clauseWords.contains(token.folded)) { advance() }
    }

    /// `name = chat gpt-4o`: words behind a bare value were meant to belong to it.
    private func wordsBehindValue() -> Diagnostic? {
        guard at >= 2, tokens[at - 1].kind == .word, tokens[at - 2].kind == .comparison, token.kind == .word,
            NearestName.best(for: token.value, among: Words.clauseWords) == nil
        else { return nil }
        var last = at
        while tokens[last + 1].kind == .word, !Words.clauseWords.contains(tokens[last + 1].folded),
            !Words.joining.contains(tokens[last + 1].folded)
        {
            last += 1
        }
        let span = TextSpan(tokens[at - 1].span.start, tokens[last].span.end)
        let value = String(decoding: Array(text.utf8)[span.start..<span.end], as: UTF8.self)
        return Mistake.missingQuotes(span, text: value)
    }
}
