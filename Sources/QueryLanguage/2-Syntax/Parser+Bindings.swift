import Model

/// Variables and their values, by name in lower case.
public typealias Bindings = [String: [Literal]]

/// Names for values: `$name` stands for the values bound to the name, only where a value stands and never as syntax.
extension Parser {
    /// Reads a value or a list of values by itself, as behind `let NAME =`; nil when the text is none.
    public static func values(of text: String) -> [Literal]? {
        var parser = Parser(text)
        let values = parser.valueList()
        return parser.diagnostics.isEmpty && parser.token.kind == .end && !values.isEmpty ? values : nil
    }

    /// One value, or several with commas between them, with or without parentheses.
    package mutating func valueList() -> [Literal] {
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

    /// Puts the bound values in the place of their names. A name that is not bound, or that stands where no value may, is
    /// reported.
    package mutating func expand(_ bindings: Bindings) {
        guard tokens.contains(where: Parser.isVariable) else { return }
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
}
