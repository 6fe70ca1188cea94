import Model

/// Parses a template's pieces into nodes; every error is recorded with its position.
struct TemplateParser {
    private let pieces: [TemplatePiece]
    private var at = 0
    private(set) var mistakes: [Diagnostic]
    private var scopes: [String] = ["$", "$labels", "$value", "$externalLabels", "$externalURL"]
    /// True while `.` is not the alert.
    private var hasOtherDot = false
    private var nesting = 0
    /// The labels of the result that the template uses.
    private(set) var labelNames: Set<String> = []
    private(set) var usesValue = false

    private struct Stop: Error {}
    private enum Ending { case end, otherwise, nothing }
    private static let depthLimit = 50

    init(_ text: String) {
        let lexer = TemplateLexer(text)
        pieces = lexer.pieces
        mistakes = lexer.mistakes
    }

    /// Parses the whole template.
    mutating func whole() -> [TemplateNode] {
        var nodes: [TemplateNode] = []
        while true {
            let (part, ending, span) = block()
            nodes += part
            if ending == .nothing { return nodes }
            report("stray-word", span, "`\(ending == .end ? "end" : "else")` without a matching `if`, `with` or `range`")
        }
    }

    private mutating func report(_ id: String, _ span: TextSpan, _ message: String, closest: String? = nil) {
        // The lexer has already reported this token.
        if mistakes.contains(where: { $0.span == span }) { return }
        mistakes.append(Diagnostic(id, at: span, message, closest: closest, replacement: closest))
    }

    /// Parses nodes up to and including an `end` or `else`, or to the end of the text; `else if` stays under the cursor.
    private mutating func block() -> ([TemplateNode], Ending, TextSpan) {
        var nodes: [TemplateNode] = []
        while at < pieces.count {
            switch pieces[at] {
            case .text(let text):
                nodes.append(.text(text))
                at += 1
            case .action(let tokens, let span):
                at += 1
                if tokens.first?.kind == .identifier, tokens[0].text == "end" { return (nodes, .end, span) }
                if tokens.first?.kind == .identifier, tokens[0].text == "else" { return (nodes, .otherwise, span) }
                if let node = action(tokens, span) { nodes.append(node) }
            }
        }
        return (nodes, .nothing, TextSpan(0, 0))
    }

    private mutating func action(_ tokens: [TemplateToken], _ span: TextSpan) -> TemplateNode? {
        var cursor = Cursor(tokens: tokens)
        guard let first = tokens.first, first.kind != .end else {
            report("empty-action", span, "empty action")
            return nil
        }
        if first.kind == .identifier {
            switch first.text {
            case "if", "with", "range": return control(first.text, tokens, span)
            case "define", "template", "block", "break", "continue":
                report("outside-subset", first.span, "`\(first.text)` is not supported in templates")
                return nil
            default: break
            }
        }
        do throws(Stop) {
            if first.kind == .variable, cursor.peek(1).text == ":=" || cursor.peek(1).text == "=", cursor.peek(1).kind == .sign {
                let declares = cursor.peek(1).text == ":="
                cursor.at = 2
                let pipeline = try pipeline(&cursor)
                if declares { scopes.append(first.text) } else { check(variable: first) }
                return .assign(first.text, pipeline, declares: declares)
            }
            return .output(try pipeline(&cursor))
        } catch { return nil }
    }

    private mutating func control(_ word: String, _ tokens: [TemplateToken], _ span: TextSpan) -> TemplateNode? {
        nesting += 1
        defer { nesting -= 1 }
        let depth = scopes.count, outerDot = hasOtherDot
        defer {
            scopes.removeLast(scopes.count - depth)
            hasOtherDot = outerDot
        }
        if nesting > TemplateParser.depthLimit {
            report("too-deep", span, "templates may nest at most \(TemplateParser.depthLimit) levels")
            at = pieces.count
            return nil
        }
        var cursor = Cursor(tokens: tokens)
        cursor.at = 1
        var names: [String] = []
        if cursor.next.kind == .variable, [",", ":=", "="].contains(cursor.peek(1).text) {
            names.append(cursor.take().text)
            if cursor.next.text == ",", cursor.peek(1).kind == .variable {
                cursor.at += 1
                names.append(cursor.take().text)
            }
            if cursor.next.text != ":=" && cursor.next.text != "=" {
                report("unexpected", cursor.next.span, "expected `:=` after the variables")
            }
            cursor.at += 1
        }
        let found: TemplatePipeline?
        do throws(Stop) { found = try pipeline(&cursor) } catch { found = nil }
        scopes += names
        if word != "if" { hasOtherDot = true }
        let (body, ending, elseSpan) = block()
        hasOtherDot = outerDot
        var otherwise: [TemplateNode] = []
        switch ending {
        case .nothing: report("open-block", span, "`\(word)` without `end`")
        case .end: break
        case .otherwise:
            if case .action(let elseTokens, _) = pieces[at - 1], elseTokens.count > 2 {
                // `else if …` is a nested block that ends with this one.
                if elseTokens[1].text == "if" || elseTokens[1].text == "with" {
                    if let node = control(elseTokens[1].text, Array(elseTokens.dropFirst()), elseSpan) { otherwise = [node] }
                } else {
                    report("unexpected", elseTokens[1].span, "expected `}}` or `if` after `else`")
                }
            } else {
                let (rest, ending, _) = block()
                otherwise = rest
                if ending == .nothing { report("open-block", span, "`\(word)` without `end`") }
                if ending == .otherwise { report("unexpected", elseSpan, "duplicate `else`") }
            }
        }
        guard let found else { return nil }
        if word == "range" {
            return .range(
                found, key: names.count == 2 ? names[0] : nil, value: names.last, body: body, otherwise: otherwise)
        }
        return .condition(found, variable: names.first, then: body, otherwise: otherwise, rebindsDot: word == "with")
    }

    // Pipelines.

    private struct Cursor {
        let tokens: [TemplateToken]
        var at = 0
        var next: TemplateToken { tokens[min(at, tokens.count - 1)] }
        func peek(_ distance: Int) -> TemplateToken { tokens[min(at + distance, tokens.count - 1)] }
        mutating func take() -> TemplateToken {
            defer { at += 1 }
            return next
        }
    }

    private mutating func pipeline(_ cursor: inout Cursor, isNested: Bool = false) throws(Stop) -> TemplatePipeline {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > TemplateParser.depthLimit {
            report("too-deep", cursor.next.span, "templates may nest at most \(TemplateParser.depthLimit) levels")
            throw Stop()
        }
        var commands = [try command(&cursor, isFirst: true)]
        while cursor.next.kind == .sign, cursor.next.text == "|" {
            _ = cursor.take()
            commands.append(try command(&cursor, isFirst: false))
        }
        if isNested {
            guard cursor.next.text == ")", cursor.next.kind == .sign else {
                report("unexpected", cursor.next.span, "expected `)`")
                throw Stop()
            }
            _ = cursor.take()
        } else if cursor.next.kind != .end {
            report("unexpected", cursor.next.span, "found `\(cursor.next.text)`, expected `|` or `}}`")
            throw Stop()
        }
        return TemplatePipeline(commands: commands)
    }

    private mutating func command(_ cursor: inout Cursor, isFirst: Bool) throws(Stop) -> TemplateCommand {
        let first = cursor.next
        let isFunction = first.kind == .identifier && !["true", "false", "nil"].contains(first.text)
        var command = TemplateCommand(function: nil, operands: [])
        if isFunction {
            _ = cursor.take()
            check(function: first)
            command.function = first.text
        }
        while let operand = try operand(&cursor) { command.operands.append(operand) }
        if isFunction {
            let count = command.operands.count + (isFirst ? 0 : 1)
            if let function = TemplateFunction.all[first.text], count < function.least || count > function.most ?? .max {
                let least = function.least.counted("arguments")
                let wanted = function.most == function.least ? least : "at least \(least)"
                report("wrong-count", first.span, "`\(first.text)` takes \(wanted), found \(count)")
            }
        } else if command.operands.isEmpty {
            let found = cursor.next.kind == .end ? "the end of the action" : "`\(cursor.next.text)`"
            report("unexpected", cursor.next.span, "found \(found), expected a value or a function")
            throw Stop()
        } else if command.operands.count > 1 || !isFirst {
            report("unexpected", first.span, "`\(first.text)` is not a function and takes no arguments")
            throw Stop()
        }
        return command
    }

    private mutating func check(function token: TemplateToken) {
        guard TemplateFunction.all[token.text] == nil else { return }
        if TemplateFunction.unsupported.contains(token.text) {
            report("outside-subset", token.span, "the function `\(token.text)` is not supported in templates")
        } else {
            report(
                "unknown-function", token.span, "unknown function `\(token.text)`",
                closest: NearestName.best(for: token.text, among: TemplateFunction.all.keys.sorted()))
        }
    }

    private mutating func check(variable token: TemplateToken) {
        guard !scopes.contains(token.text) else { return }
        report(
            "unknown-variable", token.span, "unknown variable `\(token.text)`",
            closest: NearestName.best(for: token.text, among: Set(scopes).subtracting(["$"]).sorted()))
    }

    private mutating func operand(_ cursor: inout Cursor) throws(Stop) -> TemplateOperand? {
        let token = cursor.next
        func fields() -> [TemplateToken] {
            var found: [TemplateToken] = []
            while cursor.next.kind == .field, cursor.next.isAttached { found.append(cursor.take()) }
            return found
        }
        switch token.kind {
        case .end: return nil
        case .string:
            _ = cursor.take()
            return .value(.text(token.text))
        case .number:
            _ = cursor.take()
            let digits = token.text.filter { $0 != "_" }
            if let whole = Int64(digits) ?? (digits.hasPrefix("0x") ? Int64(digits.dropFirst(2), radix: 16) : nil) {
                return .value(.int(whole))
            }
            guard let value = Double(digits) else {
                report("bad-number", token.span, "`\(token.text)` is not a number")
                throw Stop()
            }
            return .value(.float(value))
        case .identifier:
            _ = cursor.take()
            switch token.text {
            case "true", "false": return .value(.flag(token.text == "true"))
            case "nil": return .value(.none)
            default:
                check(function: token)
                return .function(token.text)
            }
        case .variable:
            _ = cursor.take()
            check(variable: token)
            let names = fields()
            note(token.text, names)
            return .variable(token.text, names.map { String($0.text.dropFirst()) })
        case .field:
            let names = [cursor.take()] + fields()
            if !hasOtherDot { note("$", names) }
            return .field(names.map { String($0.text.dropFirst()) })
        case .sign where token.text == ".":
            _ = cursor.take()
            return .dot
        case .sign where token.text == "(":
            _ = cursor.take()
            let inner = try pipeline(&cursor, isNested: true)
            return .nested(inner, fields().map { String($0.text.dropFirst()) })
        case .sign: return nil
        }
    }

    /// Records which fields of the alert a variable reads, and reports unknown fields.
    private mutating func note(_ variable: String, _ fields: [TemplateToken]) {
        var names = fields.map { String($0.text.dropFirst()) }
        var variable = variable
        if variable == "$", let first = names.first {
            let known = [
                "Labels": "$labels", "Value": "$value", "ExternalLabels": "$externalLabels", "ExternalURL": "$externalURL",
            ]
            guard let found = known[first] else {
                return report(
                    "unknown-field", fields[0].span, "an alert has no field `.\(first)`",
                    closest: NearestName.best(for: first, among: known.keys.sorted()).map { "." + $0 })
            }
            variable = found
            names.removeFirst()
        }
        if variable == "$value" {
            usesValue = true
            if names.first != nil, let token = fields.last { report("unknown-field", token.span, "the value has no fields") }
        }
        if variable == "$labels", let name = names.first {
            labelNames.insert(name)
            if names.count > 1, let token = fields.last { report("unknown-field", token.span, "a label has no fields") }
        }
    }
}
