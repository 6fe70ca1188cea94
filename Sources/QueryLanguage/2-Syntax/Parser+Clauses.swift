import Model

/// The clauses of a query.
extension Parser {
    mutating func show() -> ClauseSyntax.Kind? {
        advance()
        let items = list { $0.item("a measure or field") }
        return items.isEmpty ? nil : .show(items)
    }

    mutating func by() -> ClauseSyntax.Kind? {
        advance()
        let names = list { (parser: inout Parser) -> Name? in
            guard parser.token.kind == .word, !Words.reserved.contains(parser.token.folded) else {
                parser.report(Mistake.expected("a field", at: parser.token, closest: "type, provider, model, agent"))
                return nil
            }
            let word = parser.advance()
            // Keys of metadata keep their case, the names of fields do not.
            let isMetadata = word.folded.hasPrefix("metadata.")
            return Name(isMetadata ? "metadata." + word.value.dropFirst(9) : word.folded, word.span)
        }
        return names.isEmpty ? nil : .by(names)
    }

    mutating func every() -> ClauseSyntax.Kind? {
        advance()
        guard token.kind == .word else {
            report(Mistake.expected("a length of time", at: token, closest: "5m, 1h, 1d"))
            return nil
        }
        let word = advance()
        return .every(Name(word.folded, word.span))
    }

    mutating func over() -> ClauseSyntax.Kind? {
        advance()
        guard token.isWord("time") else {
            report(Mistake.expected("`time` after `over`", at: token))
            if token.kind != .end { advance() }
            return nil
        }
        advance()
        return .overTime
    }

    mutating func sort() -> ClauseSyntax.Kind? {
        advance()
        if token.isWord("by") {
            report(Mistake.foreignIdiom(TextSpan(tokens[at - 1].span.start, token.span.end), found: "sort by", ours: "sort"))
            advance()
        }
        let keys = list { (parser: inout Parser) -> SortSyntax? in
            guard let item = parser.item("a measure or field") else { return nil }
            if parser.token.isWord("asc") || parser.token.isWord("desc") {
                return SortSyntax(item: item, isDescending: parser.advance().isWord("desc"))
            }
            return SortSyntax(item: item, isDescending: nil)
        }
        return keys.isEmpty ? nil : .sort(keys)
    }

    mutating func count(_ clause: String) -> Int? {
        guard token.kind == .word, let number = Units.count(token.value), number > 0, number <= 1_000_000_000 else {
            report(Mistake.badNumber(token, clause: clause))
            if token.kind != .end, !Words.clauseWords.contains(token.folded) { advance() }
            return nil
        }
        advance()
        return Int(number)
    }

    mutating func limit() -> ClauseSyntax.Kind? {
        advance()
        if token.isWord("all") {
            advance()
            return .limit(nil)
        }
        return count("limit").map { .limit($0) }
    }

    mutating func form() -> ClauseSyntax.Kind? {
        advance()
        guard let form = name("", "a form") else { return nil }
        var path: Literal?
        if token.isWord("to") {
            advance()
            guard token.kind == .word || token.kind == .string else {
                report(Mistake.expected("a path", at: token))
                return .as(form, to: nil)
            }
            let word = advance()
            path = Literal(text: word.value, span: word.span, isQuoted: word.kind == .string)
        }
        return .as(form, to: path)
    }

    mutating func range() -> RangeSyntax? {
        let word = advance()
        switch word.folded {
        case "today": return .today
        case "yesterday": return .yesterday
        case "all": return .all
        case "last":
            guard token.kind == .word else {
                report(Mistake.expected("a length of time", at: token, closest: "15m, 24h, 7d"))
                return nil
            }
            let length = advance()
            return .last(Name(length.folded, length.span))
        case "since":
            guard let start = time() else { return nil }
            guard token.isWord("until") else { return .since(start, until: nil) }
            advance()
            guard let end = time() else { return nil }
            return .since(start, until: end)
        case "from":
            guard let start = time() else { return nil }
            guard token.isWord("to") else {
                report(Mistake.expected("`to` and the end of the range", at: token))
                return nil
            }
            advance()
            guard let end = time() else { return nil }
            return .between(start, end)
        case "around":
            guard let middle = time() else { return nil }
            guard token.isWord("+-") || token.isMark("±") else { return .around(middle, nil) }
            advance()
            guard token.kind == .word else {
                report(Mistake.expected("a length of time", at: token, closest: "15m, 1h"))
                return nil
            }
            let length = advance()
            return .around(middle, Name(length.folded, length.span))
        default:
            guard token.kind == .word else {
                report(Mistake.expected("a day, month or week", at: token, closest: "2026-11-20, 2026-11, 2026-W47"))
                return nil
            }
            let day = advance()
            return .on(Name(day.value, day.span))
        }
    }

    /// A point in time: one word, or a date and a time of day, or a length and `ago`.
    private mutating func time() -> TimeSyntax? {
        guard token.kind == .word || token.kind == .string, !Words.clauseWords.contains(token.folded) else {
            report(Mistake.expected("a time", at: token, closest: "2026-11-20, 14:00, 3h ago"))
            return nil
        }
        let word = advance()
        if token.isWord("ago") {
            return TimeSyntax(text: word.folded, isAgo: true, span: word.span.union(advance().span))
        }
        let isDate = word.value.count == 10 && word.value.filter({ $0 == "-" }).count == 2
        if isDate, token.kind == .word, token.value.first?.isNumber == true, token.value.contains(":") {
            let clock = advance()
            return TimeSyntax(text: word.value + "T" + clock.value, isAgo: false, span: word.span.union(clock.span))
        }
        return TimeSyntax(text: word.value, isAgo: false, span: word.span)
    }

    /// One or more things with commas between them; stops at the first that is not understood.
    private mutating func list<Element>(_ element: (inout Parser) -> Element?) -> [Element] {
        var elements: [Element] = []
        while true {
            let start = at
            guard let found = element(&self) else {
                if at == start, token.kind != .end, !Words.clauseWords.contains(token.folded) { advance() }
                return elements
            }
            elements.append(found)
            guard token.isMark(",") else { return elements }
            advance()
        }
    }
}
