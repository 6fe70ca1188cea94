import Model

/// Conditions: `not` before `and` before `or`, parentheses, comparisons.
extension Parser {
    private static let deepest = 100

    mutating func predicate() -> PredicateSyntax? { disjunction(depth: 0) }

    private mutating func disjunction(depth: Int) -> PredicateSyntax? {
        guard var left = conjunction(depth: depth) else { return nil }
        while token.isWord("or") || token.isMark("||") {
            foreignJoin("||", "or")
            advance()
            guard let right = conjunction(depth: depth) else { return left }
            left = .or(left, right)
        }
        return left
    }

    private mutating func conjunction(depth: Int) -> PredicateSyntax? {
        guard var left = negation(depth: depth) else { return nil }
        while true {
            if token.isWord("and") || token.isMark("&&") {
                foreignJoin("&&", "and")
                advance()
            } else if token.isMark(","), next.kind == .word, [.comparison].contains(tokens[min(at + 2, tokens.count - 1)].kind) {
                report(Mistake.missingAnd(token.span))
                advance()
            } else {
                return left
            }
            guard let right = negation(depth: depth) else { return left }
            left = .and(left, right)
        }
    }

    private mutating func foreignJoin(_ mark: String, _ word: String) {
        if token.isMark(mark) { report(Mistake.foreignIdiom(token.span, found: mark, ours: word)) }
    }

    private mutating func negation(depth: Int) -> PredicateSyntax? {
        guard depth < Parser.deepest else {
            report(Mistake.tooDeep(token.span))
            at = tokens.count - 1
            return nil
        }
        if token.isWord("not") || token.isMark("!") {
            let start = advance()
            guard let inner = negation(depth: depth + 1) else { return nil }
            return .not(inner, start.span.union(inner.span))
        }
        if token.isMark("(") {
            advance()
            guard let inner = disjunction(depth: depth + 1) else { return nil }
            if token.isMark(")") { advance() } else { report(Mistake.expected("`)`", at: token)) }
            return inner
        }
        return condition(depth: depth)
    }

    private mutating func condition(depth: Int) -> PredicateSyntax? {
        guard let subject = item("a field", depth: depth + 1) else { return nil }
        if token.kind == .comparison {
            guard let comparison = Comparison(rawValue: token.value) else {
                report(Mistake.expected("a comparison", at: token))
                advance()
                return nil
            }
            advance()
            if token.isMark("(") { return membership(subject, comparison) }
            guard let first = value() else { return nil }
            var values = [first]
            while comparison == .equal || comparison == .notEqual, token.isMark(","), next.kind == .word || next.kind == .string,
                tokens[min(at + 2, tokens.count - 1)].kind != .comparison, !next.isWord("not"),
                !Words.reserved.contains(next.folded)
            {
                advance()
                guard let further = value() else { break }
                values.append(further)
            }
            return .comparison(subject, comparison, values, subject.span.union(tokens[at - 1].span))
        }
        if token.isWord("in") || (token.isWord("not") && next.isWord("in")) {
            let isNegated = advance().isWord("not")
            if isNegated { advance() }
            return membership(subject, isNegated ? .notEqual : .equal)
        }
        if token.isWord("has") {
            advance()
            guard let text = value() else { return nil }
            return .has(subject, text, subject.span.union(text.span))
        }
        if token.isWord("is") {
            advance()
            let isNegated = token.isWord("not")
            if isNegated { advance() }
            if token.isWord("missing") || token.isWord("present") || token.isWord("null") {
                let word = advance()
                return .isMissing(subject, negated: word.isWord("present") != isNegated, subject.span.union(word.span))
            }
            report(Mistake.expected("`missing` or `present`", at: token))
            if token.kind != .end { advance() }
            return nil
        }
        return .bare(subject)
    }

    private mutating func membership(_ subject: ItemSyntax, _ comparison: Comparison) -> PredicateSyntax? {
        guard token.isMark("(") else {
            report(Mistake.expected("values in parentheses", at: token, closest: "(a, b)"))
            return nil
        }
        advance()
        var values: [Literal] = []
        while token.kind != .end, !token.isMark(")") {
            guard let value = value() else { break }
            values.append(value)
            if token.isMark(",") { advance() }
        }
        if token.isMark(")") { advance() } else { report(Mistake.expected("`)`", at: token)) }
        guard !values.isEmpty else {
            report(Mistake.expected("a value", at: token))
            return nil
        }
        return .comparison(subject, comparison, values, subject.span.union(tokens[at - 1].span))
    }

    /// A value; a word that begins or joins clauses must be quoted.
    private mutating func value() -> Literal? {
        switch token.kind {
        case .string, .pattern:
            let value = advance()
            return Literal(text: value.value, span: value.span, isQuoted: true)
        case .dollar where token.value.first?.isNumber == true || token.value.first == ".":
            let value = advance()
            return Literal(text: value.value, span: value.span, isQuoted: false, isMoney: true)
        case .word where !Words.reserved.contains(token.folded):
            let value = advance()
            return Literal(text: value.value, span: value.span, isQuoted: false)
        case .mark where token.value == "(" && next.isWord("none") && tokens[min(at + 2, tokens.count - 1)].isMark(")"):
            // `(none)` is how a missing value is shown, and may be typed.
            let start = advance()
            advance()
            return Literal(text: "(none)", span: start.span.union(advance().span), isQuoted: false)
        case .word:
            report(Mistake.expected("a value", at: token, closest: "\"\(token.value)\" in quotes, if the word itself is meant"))
            return nil
        default:
            report(Mistake.expected("a value", at: token))
            return nil
        }
    }

    /// A measure or field, with what stands in its parentheses.
    mutating func item(_ what: String, depth: Int = 0) -> ItemSyntax? {
        guard token.kind == .word, !Words.reserved.contains(token.folded) else {
            report(Mistake.expected(what, at: token))
            return nil
        }
        guard depth < Parser.deepest else {
            report(Mistake.tooDeep(token.span))
            at = tokens.count - 1
            return nil
        }
        let word = advance()
        let isMetadata = word.folded.hasPrefix("metadata.")
        var item = ItemSyntax(
            name: Name(isMetadata ? "metadata." + word.value.dropFirst(9) : word.folded, word.span), argument: nil,
            span: word.span)
        guard token.isMark("("), token.span.start == word.span.end else { return item }
        advance()
        if token.isWord("*") {
            advance()
            item.argument = .star
        } else if token.isMark(")") {
            item.argument = nil
        } else if takesPredicate(item.name.text) {
            item.argument = disjunction(depth: depth + 1).map { .predicate($0) }
        } else {
            item.argument = self.item("a field", depth: depth + 1).map { .item($0) }
        }
        if token.isMark(")") {
            item.span = word.span.union(advance().span)
        } else {
            report(Mistake.expected("`)`", at: token))
        }
        return item
    }

    private func takesPredicate(_ name: String) -> Bool { name == "count" || name == "share" }
}
