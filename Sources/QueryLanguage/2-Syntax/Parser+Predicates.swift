import Model

/// Parsing of conditions: `not` binds tighter than `and`, `and` tighter than `or`.
extension Parser {
    private static let deepest = 100
    private static let mostConditions = 500
    private static let mostValues = 5000

    /// The condition of a clause. What cannot be read of it is passed over, up to where the next clause begins.
    /// - Parameter subjects: What is compared in it.
    package mutating func predicate(of subjects: Expected) -> PredicateSyntax? {
        self.subjects = subjects
        let known = diagnostics.count
        let predicate = disjunction(depth: 0)
        if diagnostics.count > known { skipToClause() }
        return predicate
    }

    private mutating func disjunction(depth: Int) -> PredicateSyntax? {
        guard var left = conjunction(depth: depth) else { return nil }
        offer(.words(["or"]))
        while token.isWord("or") || token.isMark("||") {
            foreignJoin("||", "or")
            advance()
            guard let right = conjunction(depth: depth) else { return left }
            left = .or(left, right)
            offer(.words(["or"]))
        }
        return left
    }

    private mutating func conjunction(depth: Int) -> PredicateSyntax? {
        guard var left = negation(depth: depth) else { return nil }
        while true {
            offer(.words(["and"]))
            if token.isWord("and") || token.isMark("&&") {
                foreignJoin("&&", "and")
                advance()
            } else if token.isMark(","), beginsCondition(1) {
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

    /// Reports an error and skips the rest of a statement that no person would write.
    private mutating func giveUp(_ mistake: Diagnostic) {
        report(mistake)
        at = tokens.count - 1
        isLost = true
    }

    private mutating func negation(depth: Int) -> PredicateSyntax? {
        guard depth < Parser.deepest else {
            giveUp(Mistake.tooDeep(token.span))
            return nil
        }
        if token.isWord("not") || token.isMark("!") {
            if token.isMark("!") { report(Mistake.foreignIdiom(token.span, found: "!", ours: "not", replacement: "not ")) }
            let start = advance()
            guard let inner = negation(depth: depth + 1) else { return nil }
            return .not(inner, start.span.union(inner.span))
        }
        if token.isMark("(") {
            advance()
            guard let inner = disjunction(depth: depth + 1) else { return nil }
            close()
            return inner
        }
        return condition(depth: depth)
    }

    private mutating func close() {
        offer(.words([")"]))
        if token.isMark(")") { advance() } else { report(Mistake.missingParenthesis(token)) }
    }

    private mutating func condition(depth: Int) -> PredicateSyntax? {
        conditionCount += 1
        guard conditionCount <= Parser.mostConditions else {
            giveUp(Mistake.tooMany(token.span, what: "conditions", most: Parser.mostConditions))
            return nil
        }
        if let (field, value, span) = colonCondition() {
            report(Mistake.foreignIdiom(span, found: source(span), ours: "\(field.text) = \(source(value.span))"))
            return .comparison(ItemSyntax(name: field, argument: nil, span: field.span), .equal, [value], span)
        }
        guard var subject = item("a condition", closest: "model = gpt-4o, latency > 30s", offers: subjects, depth: depth + 1)
        else { return nil }
        offerComparison(of: subject)
        // In `having` a measure may carry its own length of time.
        if isInHaving, token.isWord("over"), next.kind == .word, !next.isWord("time"),
            !Words.reserved.contains(next.folded)
        {
            advance()
            let length = advance()
            subject.over = Name(length.folded, length.span)
            subject.span = subject.span.union(length.span)
        }
        if token.kind == .comparison { return comparison(subject) }
        if token.isWord("in") || (token.isWord("not") && next.isWord("in")) {
            let isNegated = advance().isWord("not")
            if isNegated { advance() }
            return membership(subject, isNegated ? .notEqual : .equal)
        }
        if token.isWord("has") || token.isWord("contains") || token.isWord("like") { return search(subject) }
        if token.isWord("is") { return presence(subject) }
        return .bare(subject)
    }

    /// What may follow a subject at the end of the text; a flag is a condition by itself.
    private mutating func offerComparison(of subject: ItemSyntax) {
        guard token.kind == .end else { return }
        if subjects != .condition {
            offer(Expected.comparisons)
        } else if let field = Field(named: subject.name.text) {
            guard field.type != .flag else { return offer(.words(["is missing", "is present"])) }
            offer(.comparison(field))
        }
        offerNothingElse()
    }

    /// What may be compared with a subject: the values of a field.
    private func values(of subject: ItemSyntax) -> [Expected] {
        guard subjects == .condition, let field = Field(named: subject.name.text) else { return [] }
        return [.value(field)]
    }

    private mutating func search(_ subject: ItemSyntax) -> PredicateSyntax? {
        let word = advance()
        guard var text = value() else { return nil }
        let span = word.span.union(text.span)
        if word.isWord("like") {
            text.text = text.text.filter { $0 != "%" }
            report(Mistake.foreignIdiom(span, found: source(span), ours: "has \(Literal.quoted(text.text))"))
        } else if !word.isWord("has") {
            report(Mistake.foreignIdiom(word.span, found: word.value, ours: "has"))
        }
        return .has(subject, text, subject.span.union(text.span))
    }

    private mutating func presence(_ subject: ItemSyntax) -> PredicateSyntax? {
        var span = advance().span
        offer(.words(["missing", "present"] + (isInHaving ? [] : ["new"])))
        let isNegated = token.isWord("not")
        if isNegated { span = span.union(advance().span) }
        if token.isWord("missing") || token.isWord("present") || token.isWord("null") {
            let word = advance()
            return .isMissing(subject, negated: word.isWord("present") != isNegated, subject.span.union(word.span))
        }
        if token.isWord("new") {
            let word = advance()
            return .isNew(subject, negated: isNegated, subject.span.union(word.span))
        }
        guard isValue(token), !token.isMark("(") else {
            report(Mistake.expected("`missing`, `present` or `new`", at: token))
            return nil
        }
        report(Mistake.foreignIdiom(span, found: source(span), ours: isNegated ? "!=" : "="))
        return value().map { .comparison(subject, isNegated ? .notEqual : .equal, [$0], subject.span.union($0.span)) }
    }

    private mutating func comparison(_ subject: ItemSyntax) -> PredicateSyntax? {
        guard let comparison = Comparison(rawValue: token.value) else {
            report(Mistake.expected("a comparison", at: token))
            advance()
            return nil
        }
        advance()
        offer(behind: 0, self.values(of: subject))
        if token.isMark("("), !next.isWord("none") { return membership(subject, comparison) }
        guard let first = value() else { return nil }
        var values = [first]
        if token.isMark(",") { offer(behind: 1, self.values(of: subject)) }
        while token.isMark(","), isValue(next), !beginsCondition(1) {
            advance()
            guard let further = value() else { break }
            values.append(further)
            if token.isMark(",") { offer(behind: 1, self.values(of: subject)) }
        }
        return .comparison(subject, comparison, values, subject.span.union(tokens[at - 1].span))
    }

    private func isValue(_ token: Token) -> Bool {
        switch token.kind {
        case .word: !Words.reserved.contains(token.folded)
        case .string, .dollar: true
        case .mark: token.value == "("
        default: false
        }
    }

    private mutating func membership(_ subject: ItemSyntax, _ comparison: Comparison) -> PredicateSyntax? {
        if isResult(token) {
            return resultReference().map { .inResult(subject, $0, negated: comparison == .notEqual, subject.span.union($0.span)) }
        }
        guard token.isMark("(") else {
            // Values listed without parentheses are reported together, so that the correction is complete.
            var last = token
            var place = 0
            while isValue(last), ahead(place + 1).isMark(","), isValue(ahead(place + 2)) {
                place += 2
                last = ahead(place)
            }
            let span = token.span.union(last.span)
            report(Mistake.valuesInParentheses(token, span, listed: isValue(token) ? source(span) : nil))
            if isValue(token) { for _ in 0...place { advance() } }
            return nil
        }
        advance()
        var values: [Literal] = []
        offer(behind: 0, self.values(of: subject))
        while token.kind != .end, !token.isMark(")") {
            guard let value = value() else { break }
            values.append(value)
            guard token.isMark(",") else { continue }
            advance()
            offer(behind: 0, self.values(of: subject))
            offerNothingElse()
        }
        guard !values.isEmpty else {
            report(Mistake.expected("a value", at: token))
            if token.isMark(")") { advance() }
            return nil
        }
        close()
        return .comparison(subject, comparison, values, subject.span.union(tokens[at - 1].span))
    }

    /// A value; a word that begins or joins clauses must be quoted.
    package mutating func value() -> Literal? {
        valueCount += 1
        guard valueCount <= Parser.mostValues else {
            giveUp(Mistake.tooMany(token.span, what: "values", most: Parser.mostValues))
            return nil
        }
        if let (span, length) = agoCall() {
            report(Mistake.foreignIdiom(span, found: source(span), ours: length))
            return Literal(text: length, span: span, isQuoted: false)
        }
        switch token.kind {
        case .string, .pattern:
            let value = advance()
            return Literal(text: value.value, span: value.span, isQuoted: true)
        case .dollar where token.value.first?.isNumber == true || token.value.first == ".":
            let value = advance()
            return Literal(text: value.value, span: value.span, isQuoted: false, isMoney: true)
        case .word where !Words.reserved.contains(token.folded) || token.isWord("today") || token.isWord("yesterday"):
            let value = advance()
            if Units.number(value.value) != nil, token.kind == .word, let unit = Units.unit(named: token.folded) {
                let span = value.span.union(advance().span)
                report(Mistake.foreignIdiom(span, found: source(span), ours: value.value + unit))
                return Literal(text: value.value + unit, span: span, isQuoted: false)
            }
            if token.isWord("ago"), !next.isMark("(") {
                return Literal(text: value.value + " ago", span: value.span.union(advance().span), isQuoted: false)
            }
            return Literal(text: value.value, span: value.span, isQuoted: false)
        case .mark where token.value == "(" && next.isWord("none") && ahead(2).isMark(")"):
            // `(none)` is the display form of a missing value and is accepted as input.
            let start = advance()
            advance()
            return Literal(text: "(none)", span: start.span.union(advance().span), isQuoted: false)
        case .word:
            report(Mistake.reservedValue(token))
            // If a clause follows, the word is its beginning; otherwise it was meant as a value.
            if !Words.clauseWords.contains(token.folded) || next.kind == .end { advance() }
            return nil
        default:
            report(Mistake.expected("a value", at: token))
            return nil
        }
    }

    /// A measure or field, with what stands in its parentheses.
    mutating func item(_ what: String, closest: String? = nil, offers expected: Expected, depth: Int = 0) -> ItemSyntax? {
        offer(expected)
        guard token.kind == .word, !Words.reserved.contains(token.folded) else {
            report(Mistake.expected(what, at: token, closest: closest))
            return nil
        }
        guard depth < Parser.deepest else {
            giveUp(Mistake.tooDeep(token.span))
            return nil
        }
        let word = advance()
        var item = ItemSyntax(name: Name(Parser.fieldName(word), word.span), argument: nil, span: word.span)
        guard token.isMark("("), token.span.start == word.span.end else { return item }
        advance()
        if token.isWord("*") {
            advance()
            item.argument = .star
        } else if token.isMark(")") {
            item.argument = nil
        } else if item.name.text == "count" || item.name.text == "share" {
            let outer = subjects
            subjects = .condition
            item.argument = disjunction(depth: depth + 1).map { .predicate($0) }
            subjects = outer
        } else {
            let field = self.item("a field", closest: "latency, cost, tokens", offers: .argument, depth: depth + 1)
            item.argument = field.map { .item($0) }
        }
        if token.isMark(")") { item.span = item.span.union(token.span) }
        close()
        return item
    }
}
