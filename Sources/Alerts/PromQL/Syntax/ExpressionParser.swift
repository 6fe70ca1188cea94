import Model

/// The type of an operand.
enum ExpressionKind: String {
    case scalar, vector = "instant vector", range = "range vector", string

    /// The type with its indefinite article.
    var withArticle: String { (self == .vector ? "an " : "a ") + rawValue }
}

/// A parsed operand with its source span and type.
struct Operand {
    /// An expression, or a value that is only valid as a function argument.
    enum Content {
        case expression(Expression)
        case window(Selector, Int64)
        case text(String)
        /// A placeholder for something already reported.
        case mistaken
    }

    var content: Content
    var span: TextSpan
    var depth = 1

    /// The operand's type; nil if an error was already reported.
    var kind: ExpressionKind? {
        switch content {
        case .expression(let expression): expression.isScalar ? .scalar : .vector
        case .window: .range
        case .text: .string
        case .mistaken: nil
        }
    }

    var expression: Expression? { if case .expression(let expression) = content { expression } else { nil } }
}

/// Parses the text of an expression into a checked expression.
///
/// The grammar is a subset of Prometheus' own; anything outside the subset is reported with its name and position.
struct ExpressionParser {
    private let tokens: [Token]
    private var at = 0
    var mistakes: [Diagnostic]
    /// The maximum nesting depth and number of chained operators; protects the stack from any input.
    static let depthLimit = 100
    private var nesting = 0

    /// Thrown when the rest of the text cannot be parsed; the reason is in `mistakes`.
    struct Stop: Error {}

    /// Parses a whole expression; returns the expression or its errors, sorted by position.
    static func parse(_ text: String) -> (expression: Expression?, mistakes: [Diagnostic]) {
        let lexer = ExpressionLexer(text)
        var parser = ExpressionParser(tokens: lexer.tokens, mistakes: lexer.mistakes)
        let operand = parser.whole()
        let mistakes = Diagnostics(text: text, parser.mistakes).all
        return (mistakes.isEmpty ? operand?.expression : nil, mistakes)
    }

    private init(tokens: [Token], mistakes: [Diagnostic]) {
        self.tokens = tokens
        self.mistakes = mistakes
    }

    private mutating func whole() -> Operand? {
        if next.kind == .end {
            if mistakes.isEmpty { report("empty-expression", next.span, "missing expression") }
            return nil
        }
        do {
            let operand = try binary(level: 0)
            if next.kind != .end { try unexpected("an operator or the end") }
            if let kind = operand.kind, kind != .scalar && kind != .vector {
                report("wrong-kind", operand.span, "a rule needs an instant vector or a scalar, found \(kind.withArticle)")
            }
            return operand
        } catch {
            return nil
        }
    }

    // Tokens.

    var next: Token { tokens[at] }
    var tokenBefore: Token { tokens[max(at - 1, 0)] }
    func peek(_ distance: Int) -> Token { tokens[min(at + distance, tokens.count - 1)] }

    @discardableResult mutating func take() -> Token {
        let token = tokens[at]
        if at < tokens.count - 1 { at += 1 }
        return token
    }

    mutating func takeSign(_ sign: String) -> Bool {
        guard next.isSign(sign) else { return false }
        take()
        return true
    }

    mutating func expectSign(_ sign: String) throws(Stop) -> TextSpan {
        guard next.isSign(sign) else { try unexpected("`\(sign)`") }
        return take().span
    }

    mutating func report(_ id: String, _ span: TextSpan, _ message: String, closest: String? = nil) {
        mistakes.append(Diagnostic(id, at: span, message, closest: closest, replacement: closest))
    }

    /// Reports the next token as unexpected and stops.
    mutating func unexpected(_ expected: String) throws(Stop) -> Never {
        // An error of the lexer already explains it.
        if mistakes.isEmpty { report("unexpected", next.span, "found \(next.shown), expected \(expected)") }
        throw Stop()
    }

    /// Reports a PromQL feature that the subset does not support, and stops.
    mutating func outside(_ name: String, _ span: TextSpan) throws(Stop) -> Never {
        report("outside-subset", span, "\(name) is not part of the supported PromQL subset")
        throw Stop()
    }

    // Operators in order of precedence, weakest first.

    private static let levels: [[String]] = [
        ["or"], ["and", "unless"], ["==", "!=", "<", "<=", ">", ">="], ["+", "-"], ["*", "/"],
    ]

    private func operatorHere(_ level: Int) -> String? {
        let word = next.kind == .name ? next.text.lowercased() : next.kind == .sign ? next.text : ""
        return ExpressionParser.levels[level].contains(word) ? word : nil
    }

    mutating func binary(level: Int) throws(Stop) -> Operand {
        guard level < ExpressionParser.levels.count else { return try unary() }
        var left = try binary(level: level + 1)
        while true {
            if next.isSign("%") || next.isSign("^") || next.isWord("atan2") {
                try outside("the operator `\(next.text)`", next.span)
            }
            guard let operation = operatorHere(level) else { return left }
            let place = take().span
            var isBool = false
            if next.isWord("bool") {
                let word = take()
                isBool = level == 2
                if !isBool { report("misplaced-bool", word.span, "`bool` is only allowed in comparisons") }
            }
            let matching = try matching()
            let right = try binary(level: level + 1)
            left = join(left, operation, right, at: place, isBool: isBool, matching)
            if left.depth > ExpressionParser.depthLimit { try tooDeep(left.span) }
        }
    }

    private mutating func tooDeep(_ span: TextSpan) throws(Stop) -> Never {
        report("too-deep", span, "expressions may nest at most \(ExpressionParser.depthLimit) levels")
        throw Stop()
    }

    private mutating func unary() throws(Stop) -> Operand {
        guard next.isSign("-") || next.isSign("+") else { return try postfix() }
        nesting += 1
        defer { nesting -= 1 }
        if nesting > ExpressionParser.depthLimit { try tooDeep(next.span) }
        let sign = take()
        var operand = try unary()
        operand.span = sign.span.union(operand.span)
        operand.depth += 1
        guard let expression = operand.expression else {
            if let kind = operand.kind { report("wrong-kind", operand.span, "a sign cannot precede \(kind.withArticle)") }
            return operand
        }
        if sign.text == "-" {
            if case .number(let value) = expression {
                operand.content = .expression(.number(-value))
            } else {
                operand.content = .expression(.negative(expression))
            }
        }
        return operand
    }

    /// Parses an operand with an optional window and offset.
    private mutating func postfix() throws(Stop) -> Operand {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > ExpressionParser.depthLimit { try tooDeep(next.span) }
        var operand = try primary()
        if next.isSign("[") { operand = try window(of: operand) }
        if next.isWord("offset") {
            take()
            if next.isSign("-") { try outside("a negative offset", next.span) }
            let length = try duration(allowsZero: true)
            operand.span = operand.span.union(tokens[at - 1].span)
            switch operand.content {
            case .expression(.selector(var selector)):
                selector.offset = length
                operand.content = .expression(.selector(selector))
            case .window(var selector, let window):
                selector.offset = length
                operand.content = .window(selector, window)
            case .mistaken: break
            default: report("misplaced-offset", operand.span, "`offset` must follow a selector")
            }
        }
        if next.isSign("@") { try outside("the modifier `@`", next.span) }
        return operand
    }

    private mutating func window(of operand: Operand) throws(Stop) -> Operand {
        take()
        let length = try duration(allowsZero: false)
        if next.isSign(":") { try outside("a subquery", operand.span.union(next.span)) }
        let close = try expectSign("]")
        var result = Operand(content: .mistaken, span: operand.span.union(close), depth: operand.depth)
        if case .expression(.selector(let selector)) = operand.content {
            result.content = .window(selector, length)
        } else if operand.kind != nil {
            report("misplaced-window", result.span, "a window must follow a selector")
        }
        return result
    }

    /// Parses a duration; returns nanoseconds.
    private mutating func duration(allowsZero: Bool) throws(Stop) -> Int64 {
        guard next.kind == .duration || next.kind == .number else { try unexpected("a duration such as 5m") }
        let token = take()
        guard let length = PromDuration.nanoseconds(token.text), allowsZero || length > 0 else {
            report("bad-duration", token.span, "`\(token.text)` is not a duration; use a form such as 5m, 1h30m or 7d")
            return 1
        }
        return length
    }
}
