import Model

/// Variables and their values, by name in lower case.
public typealias Bindings = [String: [Literal]]

/// Parsing of notebook statements, results and variables.
extension Parser {
    /// Notebook commands whose arguments are plain words, with their own quoting of paths.
    static let notebookCommands: Set<String> = [
        "rerun", "edit", "save", "run", "replay", "sessions", "queries", "report",
    ]

    /// Parses a statement with variables: `$name` is replaced by the values bound to it, only where a value is allowed and never
    /// as syntax.
    public static func parse(_ text: String, bindings: Bindings) -> (statement: StatementSyntax, diagnostics: [Diagnostic]) {
        var parser = Parser(text)
        parser.expand(bindings)
        let statement = parser.statement()
        return (statement, parser.diagnostics)
    }

    /// Parses a value or a list of values alone, as after `let NAME =`; nil if the text is not one.
    public static func values(of text: String) -> [Literal]? {
        var parser = Parser(text)
        let values = parser.valueList()
        return parser.diagnostics.isEmpty && parser.token.kind == .end && !values.isEmpty ? values : nil
    }

    /// Parses the time at an offset in a command; one of `words` may follow it.
    public static func time(
        in text: String, from offset: Int, allowing words: Set<String>
    ) -> (time: TimeSyntax?, diagnostics: [Diagnostic]) {
        var parser = Parser(text)
        while parser.token.kind != .end, parser.token.span.start < offset { parser.advance() }
        let time = parser.time()
        if words.contains(parser.token.folded) { parser.advance() }
        if parser.diagnostics.isEmpty { parser.end() }
        return (time, parser.diagnostics)
    }

    // MARK: Variables

    mutating func binding() -> StatementSyntax {
        let word = advance()
        if token.kind == .end { return .command(Name("let", word.span), []) }
        guard token.kind == .word, Parser.isName(token.value) else {
            report(Mistake.expected("a name", at: token, closest: "let model = gpt-4o"))
            return .empty
        }
        let name = advance()
        guard token.kind == .comparison, token.value == "=" else {
            report(Mistake.expected("`=` and a value", at: token, closest: "let \(name.folded) = gpt-4o"))
            return .empty
        }
        advance()
        let known = diagnostics.count
        let values = valueList()
        if values.isEmpty, diagnostics.count == known { report(Mistake.expected("a value", at: token)) }
        if diagnostics.count == known { end() }
        return .bind(Name(name.folded, name.span), values)
    }

    private static func isName(_ text: String) -> Bool {
        text.first.map { $0.isLetter || $0 == "_" } == true && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    /// Parses one value or a comma-separated list, with or without parentheses.
    private mutating func valueList() -> [Literal] {
        let isEnclosed = token.isMark("(") && !next.isWord("none")
        if isEnclosed { advance() }
        var values: [Literal] = []
        while let value = boundValue() {
            values.append(value)
            guard token.isMark(",") else { break }
            advance()
        }
        if isEnclosed, token.isMark(")") { advance() } else if isEnclosed { report(Mistake.missingParenthesis(token)) }
        return values
    }

    private mutating func boundValue() -> Literal? {
        switch token.kind {
        case .string:
            let value = advance()
            return Literal(text: value.value, span: value.span, isQuoted: true)
        case .dollar where token.value.first?.isNumber == true || token.value.first == ".":
            let value = advance()
            return Literal(text: value.value, span: value.span, isQuoted: false, isMoney: true)
        case .word where !Words.reserved.contains(token.folded) || token.isWord("today") || token.isWord("yesterday"):
            let value = advance()
            guard token.isWord("ago") else { return Literal(text: value.value, span: value.span, isQuoted: false) }
            return Literal(text: value.value + " ago", span: value.span.union(advance().span), isQuoted: false)
        case .mark where token.value == "(" && next.isWord("none") && ahead(2).isMark(")"):
            let start = advance()
            advance()
            return Literal(text: "(none)", span: start.span.union(advance().span), isQuoted: false)
        case .word:
            report(Mistake.reservedValue(token))
            return nil
        default:
            report(Mistake.expected("a value", at: token))
            return nil
        }
    }

    /// Replaces variables by their values. Unknown variables and variables where no value is allowed are reported.
    mutating func expand(_ bindings: Bindings) {
        guard tokens.contains(where: Parser.isVariable), let first = tokens.first(where: { $0.kind != .mark }),
            !Parser.notebookCommands.union([
                "sql", "note", "import", "follow", "unfollow", "forget", "doctor", "export", "help", "set", "fields", "rules",
                "unknown",
            ]).contains(first.folded)
        else { return }
        var expanded: [Token] = []
        for token in tokens {
            guard Parser.isVariable(token) else {
                expanded.append(token)
                continue
            }
            guard let place = ValuePlace(behind: expanded) else {
                report(Mistake.misplacedVariable(token))
                expanded.append(Token(kind: .string, value: token.value, span: token.span))
                continue
            }
            guard let values = bindings[token.folded], !values.isEmpty else {
                report(Mistake.unknownVariable(token, among: bindings.keys.sorted()))
                expanded.append(Token(kind: .string, value: token.value, span: token.span))
                continue
            }
            if place == .single, values.count > 1 { report(Mistake.manyValues(token, count: values.count)) }
            expanded += Parser.tokens(
                of: values, at: token.span, enclosed: place == .list || place == .either && values.count > 1)
        }
        tokens = expanded
    }

    private static func isVariable(_ token: Token) -> Bool {
        token.kind == .dollar && token.value.first.map { $0.isLetter || $0 == "_" } == true
    }

    private static func tokens(of values: [Literal], at span: TextSpan, enclosed: Bool) -> [Token] {
        var tokens: [Token] = enclosed ? [Token(kind: .mark, value: "(", span: span)] : []
        for (index, value) in values.enumerated() {
            if index > 0 { tokens.append(Token(kind: .mark, value: ",", span: span)) }
            if value.isQuoted {
                tokens.append(Token(kind: .string, value: value.text, span: span))
            } else if value.isMoney {
                tokens.append(Token(kind: .dollar, value: value.text, span: span))
            } else if value.text == "(none)" {
                for (kind, text) in [(Token.Kind.mark, "("), (.word, "none"), (.mark, ")")] {
                    tokens.append(Token(kind: kind, value: text, span: span))
                }
            } else {
                tokens += value.text.split(separator: " ").map { Token(kind: .word, value: String($0), span: span) }
            }
        }
        return tokens + (enclosed ? [Token(kind: .mark, value: ")", span: span)] : [])
    }

    /// The kind of position that a value would be in.
    private enum ValuePlace {
        /// One value, or a list that is enclosed in parentheses.
        case either
        /// A list that is enclosed in parentheses.
        case list
        /// Within a list: values separated by commas.
        case item
        /// A single value.
        case single

        /// The position after these tokens; nil if no value is allowed there.
        init?(behind tokens: [Token]) {
            guard let last = tokens.last else { return nil }
            let singles: Set<String> = [
                "has", "last", "every", "since", "until", "from", "to", "around", "on", "over", "vs", "top", "limit", "+-",
            ]
            // The values of `compare` follow its field.
            if tokens[0].isWord("compare"), tokens.count == 2 || tokens.count > 2 && last.isMark(",") {
                self = .item
                return
            }
            switch last.kind {
            case .comparison: self = last.value == "=" || last.value == "!=" ? .either : .single
            case .word where last.folded == "in": self = .list
            case .word where singles.contains(last.folded): self = .single
            case .mark where last.value == "±": self = .single
            case .mark where last.value == "(" || last.value == ",":
                // Go back over the list to its opener.
                var rest = tokens.dropLast(last.value == "(" ? 0 : 1)
                while let token = rest.last,
                    token.kind == .word && !Words.reserved.contains(token.folded) || token.kind == .string
                        || token.kind == .dollar || token.isMark(",")
                {
                    rest.removeLast()
                }
                if rest.last?.isMark("(") == true { rest.removeLast() }
                guard let opener = rest.last, opener.kind == .comparison || opener.isWord("in") else { return nil }
                self = .item
            default: return nil
            }
        }
    }

    // MARK: Notes, expectations, watch

    /// Parses `note TEXT`; the text is kept verbatim.
    mutating func note() -> StatementSyntax {
        let word = advance()
        let bytes = Array(text.utf8)
        var start = word.span.end, end = bytes.count
        func isBlank(_ offset: Int) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) }
        while start < end, isBlank(start) { start += 1 }
        while start < end, isBlank(end - 1) { end -= 1 }
        guard start < end else {
            report(Mistake.expected("a text", at: tokens[tokens.count - 1], closest: "note the quota ran out at 13:25"))
            return .empty
        }
        let span = TextSpan(start, end)
        return .note(Name(source(span), span))
    }

    /// Parses `expect P`, `expect rows = 3`, `expect no firings`.
    mutating func expectation() -> StatementSyntax {
        advance()
        if token.isWord("no"), next.kind == .word {
            advance()
            let name = advance()
            end()
            return .expect(.nothing(Name(name.folded, name.span)))
        }
        guard token.kind != .end else {
            report(Mistake.expected("a condition on the last result", at: token, closest: "expect error_rate < 5%"))
            return .empty
        }
        let known = diagnostics.count
        guard let predicate = predicate() else { return .empty }
        if diagnostics.count == known { end() }
        return .expect(.condition(predicate))
    }

    /// Parses `watch [10s] STATEMENT [until P]`.
    mutating func watch() -> StatementSyntax {
        advance()
        var every: Name?
        if token.kind == .word, Units.duration(token.value) != nil {
            let word = advance()
            every = Name(word.folded, word.span)
        }
        guard token.kind != .end else {
            report(Mistake.expected("a query", at: token, closest: "watch 10s errors by type last 15m"))
            return .empty
        }
        // The condition is removed before the statement is parsed, so that statements of any kind can be watched.
        let isRange = tokens.contains { $0.isWord("since") }
        let open = tokens.count - 2
        let isOpen = open > at && tokens[open].isWord("until") && !isRange
        guard let place = isOpen ? open : tokens.indices.last(where: { $0 > at && beginsCondition(behindUntilAt: $0) }) else {
            return .watch(statement(), every: every, until: nil)
        }
        let condition = tokens[(place + 1)...], cut = tokens[place].span.start
        tokens.removeSubrange(place...)
        tokens.append(Token(kind: .end, value: "", span: TextSpan(cut, cut)))
        let watched = statement()
        tokens = Array(condition)
        at = 0
        let known = diagnostics.count
        let predicate = predicate()
        if diagnostics.count == known { end() }
        return .watch(watched, every: every, until: predicate)
    }

    /// Returns true if `until` begins a condition rather than the end of a range: only two words for times begin with a letter.
    private func beginsCondition(behindUntilAt place: Int) -> Bool {
        guard tokens[place].isWord("until"), place + 1 < tokens.count else { return false }
        let next = tokens[place + 1]
        if next.isMark("(") || next.isWord("not") { return true }
        guard next.kind == .word, next.value.first?.isLetter == true else { return false }
        return !["today", "yesterday", "ago", "now"].contains(next.folded)
    }
}
