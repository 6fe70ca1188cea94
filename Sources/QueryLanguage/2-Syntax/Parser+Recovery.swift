import Model

/// Recovery from errors at the start of a clause: each is reported with the correct spelling, and parsing continues if possible.
extension Parser {
    /// Words of other query languages and the equivalent clauses.
    private static let foreignWords: [String: String] = [
        "stats": "show", "summarize": "show", "summarise": "show", "aggregate": "show", "filter": "where", "when": "where",
        "head": "limit", "take": "limit", "first": "limit", "during": "on", "within": "last", "past": "last",
    ]

    /// Reports the next `count` tokens as a foreign idiom and skips all but the last.
    mutating func foreign(_ count: Int, found: String, ours: String) {
        report(Mistake.foreignIdiom(TextSpan(token.span.start, ahead(count - 1).span.end), found: found, ours: ours))
        for _ in 1..<max(count, 1) { advance() }
    }

    /// Reports a token that begins no clause. Returns the clause that was clearly meant, otherwise skips to the next one.
    mutating func recover(after last: ClauseSyntax?) -> ClauseSyntax.Kind? {
        let stray = token
        if stray.isMark("|") {
            report(Mistake.pipe(stray))
            advance()
            return nil
        }
        if stray.isMark(";") {
            report(Mistake.secondStatement(stray))
            passAll()
            return nil
        }
        let place = at
        if let length = bareLength() { return .range(.last(length)) }
        if let condition = looseCondition(after: last) { return condition }
        // A recognised but invalid condition has already been reported and skipped.
        if at > place { return nil }
        if stray.kind == .word, let ours = Parser.foreignWords[stray.folded], isContent(next) {
            foreign(1, found: stray.value, ours: ours)
            return clauseKind(as: ours)
        }
        if case .by? = last?.kind, isListItem(stray) { return missingComma() }
        if case .sort? = last?.kind, isListItem(stray) { return missingComma() }
        if case .show? = last?.kind, isListItem(stray) { return missingComma() }
        if stray.kind == .word, MeasureTable.names[stray.folded] != nil {
            report(Mistake.missingShow(stray))
            return list { $0.item("a measure or field", offers: .measureOrField) }.first.map { .show([$0]) }
        }
        if stray.kind == .word, !stray.isWord("time"),
            let best = NearestName.best(for: stray.value, among: Words.clauseWords.sorted())
        {
            report(Mistake.unknownClause(stray, best: best))
            return clauseKind(as: best)
        }
        if let quoted = wordsBehindValue() {
            report(quoted)
        } else {
            report(Mistake.unknownClause(stray, best: nil))
        }
        advance()
        skipToClause()
        return nil
    }

    /// Parses a clause as if the next word were `word`.
    private mutating func clauseKind(as word: String) -> ClauseSyntax.Kind? {
        tokens[at] = Token(kind: .word, value: word, span: token.span)
        return clauseKind()
    }

    private func isContent(_ token: Token) -> Bool {
        token.kind == .word && !Words.clauseWords.contains(token.folded) || token.kind == .dollar
    }

    /// Parses `24h`, `-24h`, `ago(24h)` in place of a range.
    private mutating func bareLength() -> Name? {
        let span: TextSpan, length: String
        if let call = agoCall() {
            (span, length) = call
        } else if token.kind == .word {
            length = token.value.hasPrefix("-") ? String(token.value.dropFirst()) : token.value
            span = token.span
            guard Units.duration(length) != nil else { return nil }
            advance()
        } else {
            return nil
        }
        report(Mistake.foreignIdiom(span, found: source(span), ours: "last \(length)"))
        return Name(length.lowercased(), span)
    }

    /// Parses `ago(1h)`; returns its span and length.
    mutating func agoCall() -> (TextSpan, String)? {
        guard token.isWord("ago"), next.isMark("("), ahead(2).kind == .word, ahead(3).isMark(")") else { return nil }
        let start = token.span, length = ahead(2).value
        for _ in 0..<3 { advance() }
        return (start.union(advance().span), length)
    }

    /// Parses a condition without `where`, after a comma, or after an `and` with nothing before it.
    private mutating func looseCondition(after last: ClauseSyntax?) -> ClauseSyntax.Kind? {
        let stray = token
        if stray.isMark(","), beginsCondition(1) {
            report(Mistake.missingAnd(stray.span))
            advance()
        } else if stray.isWord("and") || stray.isMark("&&") || stray.isWord("or") || stray.isMark("||"), beginsCondition(1) {
            report(Mistake.missingWhere(stray))
            advance()
        } else if stray.isWord("if"), beginsCondition(1) {
            foreign(1, found: stray.value, ours: "where")
            advance()
        } else if let (field, value, span) = colonCondition() {
            report(Mistake.foreignIdiom(span, found: source(span), ours: "where \(field.text) = \(source(value.span))"))
            return .where(.comparison(ItemSyntax(name: field, argument: nil, span: field.span), .equal, [value], span))
        } else if beginsCondition(0), !isValueContinued() {
            report(Mistake.missingWhere(stray))
        } else {
            return nil
        }
        return predicate(of: .condition).map { .where($0) }
    }

    private func isValueContinued() -> Bool { wordsBehindValue() != nil && next.kind != .comparison }

    /// Returns true if a condition seems to begin `distance` tokens ahead.
    func beginsCondition(_ distance: Int) -> Bool {
        let first = ahead(distance), second = ahead(distance + 1)
        guard first.kind == .word else { return false }
        if first.isWord("not") { return second.kind == .word || second.isMark("(") }
        guard !Words.reserved.contains(first.folded) else { return false }
        if second.kind == .comparison || second.isWord("has") || second.isWord("in") { return true }
        return second.isWord("is") || second.isWord("not") && ahead(distance + 2).isWord("in")
    }

    /// Parses `provider:"gemini"` and `provider:gemini`; returns the field, the value and the span of both.
    mutating func colonCondition() -> (Name, Literal, TextSpan)? {
        guard token.kind == .word, let colon = token.value.firstIndex(of: ":"), next.kind != .comparison,
            !next.isWord("has"), !next.isWord("is"), !next.isWord("in")
        else { return nil }
        let name = token.value[..<colon].lowercased(), rest = String(token.value[token.value.index(after: colon)...])
        guard !name.hasPrefix("metadata."), Field(named: name) != nil else { return nil }
        let start = token.span
        if rest.isEmpty {
            guard next.kind == .string || next.kind == .word, next.span.start == start.end else { return nil }
            advance()
            let value = advance()
            let literal = Literal(text: value.value, span: value.span, isQuoted: value.kind == .string)
            return (Name(name, start), literal, start.union(value.span))
        }
        advance()
        let value = TextSpan(start.end - rest.utf8.count, start.end)
        return (Name(name, start), Literal(text: rest, span: value, isQuoted: false), start)
    }

    /// Returns true for the name of a field or measure.
    private func isListItem(_ token: Token) -> Bool {
        token.kind == .word && (Field(named: token.folded) != nil || MeasureTable.names[token.folded] != nil)
    }

    /// Reports a missing comma, as in `by user session`, and skips the rest of the list.
    private mutating func missingComma() -> ClauseSyntax.Kind? {
        report(Mistake.missingComma(TextSpan(tokens[max(at - 1, 0)].span.end, token.span.start), before: token))
        advance()
        skipToClause()
        return nil
    }

    /// Detects words after a bare value that belong to it, as in `name = chat gpt-4o`.
    private func wordsBehindValue() -> Diagnostic? {
        guard at >= 2, tokens[at - 1].kind == .word, tokens[at - 2].kind == .comparison, token.kind == .word,
            !Words.reserved.contains(token.folded)
        else { return nil }
        var last = at
        while tokens[last + 1].kind == .word, !Words.reserved.contains(tokens[last + 1].folded) { last += 1 }
        let span = TextSpan(tokens[at - 1].span.start, tokens[last].span.end)
        return Mistake.missingQuotes(span, text: source(span))
    }

    // MARK: Beginnings of statements

    /// Reports a statement that begins as in another language; returns the intended noun, after which clauses follow.
    mutating func foreignBeginning(_ word: String) -> Name? {
        switch word {
        case "show", "list", "count", "get", "find":
            guard next.kind == .word, Words.isNoun(next.folded) else {
                guard word == "count" else { return nil }
                // `count by model`
                let span = token.span
                if next.isWord("by") {
                    foreign(2, found: "count by", ours: "errors by")
                } else {
                    foreign(1, found: "count", ours: "errors show count")
                    advance()
                }
                return Name("errors", span)
            }
            let noun = next
            foreign(2, found: "\(word) \(noun.value)", ours: noun.folded)
            advance()
            return Name(noun.folded, noun.span)
        default:
            guard Words.clauseWords.contains(word) else { return nil }
            let start = token, place = tokens.count - 2
            guard place > at, tokens[place].kind == .word, Words.isNoun(tokens[place].folded) else {
                report(Mistake.missingNoun(start, noun: "errors", written: start.value))
                return Name("errors", TextSpan(start.span.start, start.span.start))
            }
            // `last 24h errors`: the noun follows its clauses.
            let noun = tokens.remove(at: place)
            let clauses = TextSpan(start.span.start, tokens[place - 1].span.end)
            report(Mistake.lateNoun(clauses.union(noun.span), noun: noun.folded, clauses: source(clauses)))
            return Name(noun.folded, noun.span)
        }
    }

    /// Parses `select … from errors` up to the noun; reports an unknown noun and returns nil.
    mutating func selectFrom() -> Name? {
        let start = token
        var place = at + 1, counts = false
        while place < tokens.count - 1, !tokens[place].isWord("from") {
            if tokens[place].isWord("count") { counts = true }
            place += 1
        }
        let noun = tokens[min(place + 1, tokens.count - 1)]
        guard noun.kind == .word, Words.isNoun(noun.folded) else {
            report(Mistake.foreignSQL(start))
            passAll()
            return nil
        }
        let span = start.span.union(noun.span)
        report(Mistake.foreignIdiom(span, found: "select … from", ours: counts ? "\(noun.folded) show count" : noun.folded))
        at = place + 2
        return Name(noun.folded, noun.span)
    }
}
