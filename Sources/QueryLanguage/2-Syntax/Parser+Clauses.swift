import Model

/// Parsing of the clauses of a query other than time ranges and conditions.
extension Parser {
    mutating func show() -> ClauseSyntax.Kind? {
        advance()
        let items = list { $0.item("a measure or field", closest: "count, error_rate, p95(latency)", offers: .measureOrField) }
        return items.isEmpty ? nil : .show(items)
    }

    mutating func by() -> ClauseSyntax.Kind? {
        advance()
        let names = list { (parser: inout Parser) -> Name? in
            parser.offer(.groupField)
            guard parser.token.kind == .word, !Words.reserved.contains(parser.token.folded) else {
                parser.report(Mistake.expected("a field", at: parser.token, closest: "type, provider, model, agent"))
                return nil
            }
            let word = parser.advance()
            return Name(Parser.fieldName(word), word.span)
        }
        return names.isEmpty ? nil : .by(names)
    }

    /// The name that a word stands for: in lower case, but keys of metadata keep theirs.
    package static func fieldName(_ word: Token) -> String {
        word.folded.hasPrefix("metadata.") ? "metadata." + word.value.dropFirst(9) : word.folded
    }

    mutating func every() -> ClauseSyntax.Kind? {
        advance()
        return lengthName(closest: "5m, 1h, 1d").map { .every($0) }
    }

    mutating func over() -> ClauseSyntax.Kind? {
        advance()
        offer(.words(["time"]), .duration)
        if token.isWord("time") {
            advance()
            return .overTime
        }
        guard token.kind == .word, !Words.clauseWords.contains(token.folded) else {
            report(Mistake.overWhat(token))
            return nil
        }
        return lengthName(closest: "over time, over 15m").map { .over($0) }
    }

    /// Parses `vs previous`, `vs 1w`.
    mutating func versus() -> ClauseSyntax.Kind? {
        let word = advance()
        offer(.words(["previous"]), .duration)
        if word.isWord("versus") { report(Mistake.foreignIdiom(word.span, found: word.value, ours: "vs")) }
        if token.isWord("previous") {
            advance()
            return .versus(.previous)
        }
        if token.isWord("yesterday") || token.isWord("today") {
            report(Mistake.versusWhat(advance(), best: "1d"))
            return .versus(.previous)
        }
        guard token.kind == .word, !Words.clauseWords.contains(token.folded) else {
            report(Mistake.expected("`previous` or a duration", at: token, closest: "vs previous, vs 1d, vs 1w"))
            return nil
        }
        if Units.duration(token.folded) == nil,
            let best = NearestName.best(for: token.value, among: ["previous"])
        {
            report(Mistake.versusWhat(advance(), best: best))
            return .versus(.previous)
        }
        return lengthName(closest: "previous, 1d, 1w").map { .versus(.ago($0)) }
    }

    mutating func sort() -> ClauseSyntax.Kind? {
        advance()
        if token.isWord("by") {
            report(Mistake.foreignIdiom(TextSpan(tokens[at - 1].span.start, token.span.end), found: "sort by", ours: "sort"))
            advance()
        }
        let keys = list { (parser: inout Parser) -> SortSyntax? in
            guard let item = parser.item("a measure or field", closest: "count, time", offers: .sortKey) else {
                return nil
            }
            parser.offer(.words(["desc", "asc"]))
            if parser.token.isWord("asc") || parser.token.isWord("desc") {
                return SortSyntax(item: item, isDescending: parser.advance().isWord("desc"))
            }
            return SortSyntax(item: item, isDescending: nil)
        }
        return keys.isEmpty ? nil : .sort(keys)
    }

    /// Parses a number of rows or groups, from 1 to `most`.
    mutating func count(_ clause: String, most: Int64) -> Int? {
        guard token.kind == .word, let number = Units.count(token.value), number > 0, number <= most else {
            report(Mistake.badNumber(token, clause: clause, most: most))
            if token.kind != .end, !Words.clauseWords.contains(token.folded) { advance() }
            return nil
        }
        advance()
        return Int(number)
    }

    mutating func limit() -> ClauseSyntax.Kind? {
        advance()
        offer(.words(["all"]))
        if token.isWord("all") {
            advance()
            return .limit(nil)
        }
        return count("limit", most: 1_000_000_000).map { .limit($0) }
    }

    mutating func form() -> ClauseSyntax.Kind? {
        advance()
        offer(.form)
        guard let form = name("a form", closest: "table, bars, csv, json") else { return nil }
        var path: Literal?
        offer(.words(["to"]))
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

    /// One or more things with commas between them; stops at the first that is not understood, passes over doubled commas.
    package mutating func list<Element>(_ element: (inout Parser) -> Element?) -> [Element] {
        var elements: [Element] = []
        while true {
            let start = at
            if let found = element(&self) {
                elements.append(found)
                guard token.isMark(",") else { return elements }
                advance()
            } else if token.isMark(",") {
                advance()
            } else {
                if at == start, token.kind != .end, !Words.clauseWords.contains(token.folded) { advance() }
                return elements
            }
        }
    }
}
