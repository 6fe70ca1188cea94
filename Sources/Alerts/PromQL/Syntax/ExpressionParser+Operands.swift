import Model

/// Parsing of operands: numbers, selectors, functions, aggregations, parentheses.
extension ExpressionParser {
    mutating func primary() throws(Stop) -> Operand {
        let token = next
        switch token.kind {
        case .number:
            take()
            guard let value = number(token.text) else {
                report("bad-number", token.span, "`\(token.text)` is not a number")
                return Operand(content: .mistaken, span: token.span)
            }
            return Operand(content: .expression(.number(value)), span: token.span)
        case .duration:
            take()
            report("bad-number", token.span, "`\(token.text)` is not a number; durations go in brackets or after `offset`")
            return Operand(content: .mistaken, span: token.span)
        case .string:
            take()
            return Operand(content: .text(token.text), span: token.span)
        case .name: return try named()
        case .sign where token.text == "(":
            take()
            var inner = try binary(level: 0)
            inner.span = token.span.union(try expectSign(")"))
            inner.depth += 1
            return inner
        case .sign where token.text == "{": try outside("a selector without a counter name", token.span)
        default: try unexpected("a counter, a number or a function")
        }
    }

    private func number(_ text: String) -> Double? {
        if text.count > 2, text.dropFirst().first.map({ $0 == "x" || $0 == "X" }) == true {
            return UInt64(text.dropFirst(2), radix: 16).map { Double($0) }
        }
        return Double(text)
    }

    private mutating func named() throws(Stop) -> Operand {
        let token = next, word = token.text.lowercased()
        if word == "inf" || word == "nan" {
            take()
            return Operand(content: .expression(.number(word == "inf" ? .infinity : .nan)), span: token.span)
        }
        if FunctionTable.aggregations.contains(word), !peek(1).isSign("{"), !peek(1).isSign("[") { return try aggregation() }
        if FunctionTable.unsupportedAggregations.contains(word),
            peek(1).isSign("(") || peek(1).isWord("by") || peek(1).isWord("without")
        {
            try outside("the aggregation `\(word)`", token.span)
        }
        if peek(1).isSign("(") { return try call() }
        return try selector()
    }

    // Selectors.

    private mutating func selector() throws(Stop) -> Operand {
        let name = take()
        var span = name.span
        let counter = Counter(spelling: name.text)
        if counter == nil {
            let known = Counter.allCases.map(\.name)
            let isFunction = FunctionTable.rows.contains { $0.name == name.text }
            report(
                "unknown-counter", name.span,
                isFunction
                    ? "the function `\(name.text)` needs parentheses"
                    : "unknown counter `\(name.text)`; counters: \(known.joined(separator: ", "))",
                closest: isFunction ? nil : NearestName.best(for: name.text, among: known))
        }
        var selector = Selector(counter: counter ?? .errors)
        if next.isSign("{") {
            take()
            while !next.isSign("}") {
                if let matcher = try matcher() { selector.matchers.append(matcher) }
                if !takeSign(",") { break }
            }
            span = span.union(try expectSign("}"))
        }
        return Operand(content: counter == nil ? .mistaken : .expression(.selector(selector)), span: span)
    }

    private mutating func matcher() throws(Stop) -> Matcher? {
        guard next.kind == .name else {
            if next.kind == .string { try outside("a quoted name in braces", next.span) }
            try unexpected("a label")
        }
        let name = take()
        guard next.kind == .sign, let kind = Matcher.Kind(rawValue: next.text) else { try unexpected("one of = != =~ !~") }
        take()
        guard next.kind == .string else { try unexpected("a quoted string") }
        let value = take()
        if name.text == "__name__" { try outside("the label `__name__`", name.span) }
        let label = label(name)
        if kind == .matches || kind == .matchesNot {
            do throws(Pattern.Mistake) { _ = try Pattern(value.text) } catch {
                report("bad-pattern", value.span, error.message)
                return nil
            }
        }
        return label.map { Matcher(label: $0, kind: kind, value: value.text) }
    }

    /// Looks up a label, reporting an unknown one.
    private mutating func label(_ token: Token) -> Label? {
        if let label = Label(name: token.text) { return label }
        let known = Label.allCases.map(\.name)
        report(
            "unknown-label", token.span, "unknown label `\(token.text)`; labels: \(known.joined(separator: ", "))",
            closest: NearestName.best(for: token.text, among: known))
        return nil
    }

    /// Parses a list of labels in parentheses.
    private mutating func labels() throws(Stop) -> Set<Label> {
        _ = try expectSign("(")
        var found: Set<Label> = []
        while !next.isSign(")") {
            guard next.kind == .name else { try unexpected("a label or `)`") }
            if let label = label(take()) { found.insert(label) }
            if !takeSign(",") { break }
        }
        _ = try expectSign(")")
        return found
    }

    // Functions.

    private mutating func call() throws(Stop) -> Operand {
        let name = take()
        let open = take().span
        guard let row = FunctionTable.rows.first(where: { $0.name == name.text }) else {
            if FunctionTable.unsupported.contains(name.text) { try outside("the function `\(name.text)`", name.span) }
            let closest = NearestName.best(for: name.text, among: FunctionTable.rows.map(\.name) + FunctionTable.aggregations)
            report("unknown-function", name.span, "unknown function `\(name.text)`", closest: closest)
            throw Stop()
        }
        var arguments: [Operand] = []
        while !next.isSign(")") {
            arguments.append(try binary(level: 0))
            if !takeSign(",") { break }
        }
        let span = name.span.union(try expectSign(")"))
        let depth = 1 + (arguments.map(\.depth).max() ?? 0)
        guard (row.required...row.kinds.count).contains(arguments.count) else {
            let most = row.kinds.count.counted("arguments")
            let wanted = row.required == row.kinds.count ? most : "\(row.required) to \(most)"
            report(
                "wrong-count", TextSpan(open.start, span.end),
                "`\(name.text)` takes \(wanted), found \(arguments.count)")
            return Operand(content: .mistaken, span: span, depth: depth)
        }
        var isRight = true
        for (argument, kind) in zip(arguments, row.kinds) where argument.kind != kind {
            isRight = false
            if let found = argument.kind {
                let hint = kind == .range && found == .vector ? "; add a window, such as [5m]" : ""
                report("wrong-kind", argument.span, "`\(name.text)` needs \(kind.withArticle), found \(found.withArticle)\(hint)")
            }
        }
        return Operand(content: isRight ? row.make(arguments) : .mistaken, span: span, depth: depth)
    }

    private mutating func aggregation() throws(Stop) -> Operand {
        let name = take(), word = name.text.lowercased()
        var grouping = Grouping.none, isGrouped = false
        func isGroupingWord(_ token: Token) -> Bool { token.isWord("by") || token.isWord("without") }
        if isGroupingWord(next) {
            let keeps = take().isWord("by")
            grouping = Grouping(keeps: keeps, labels: try labels())
            isGrouped = true
        }
        let open = try expectSign("(")
        var arguments: [Operand] = []
        while !next.isSign(")") {
            arguments.append(try binary(level: 0))
            if !takeSign(",") { break }
        }
        var span = name.span.union(try expectSign(")"))
        if !isGrouped, isGroupingWord(next) {
            let keeps = take().isWord("by")
            grouping = Grouping(keeps: keeps, labels: try labels())
            span = TextSpan(span.start, tokenBefore.span.end)
        }
        var result = Operand(content: .mistaken, span: span, depth: 1 + (arguments.map(\.depth).max() ?? 0))
        let wanted = word == "topk" ? 2 : 1
        guard arguments.count == wanted, let last = arguments.last else {
            report(
                "wrong-count", TextSpan(open.start, span.end),
                "`\(word)` takes \(wanted.counted("arguments")), found \(arguments.count)")
            return result
        }
        guard let kind = last.kind else { return result }
        guard kind == .vector, let expression = last.expression else {
            report("wrong-kind", last.span, "`\(word)` needs an instant vector, found \(kind.withArticle)")
            return result
        }
        if word == "topk" {
            guard let value = arguments[0].expression?.constant, value >= 1, value < 1e6 else {
                report("bad-topk", arguments[0].span, "`topk` needs a constant number of series, at least 1")
                return result
            }
            result.content = .expression(.aggregate(.topk(Int(value)), grouping, expression))
        } else if let aggregation = FunctionTable.aggregation(word) {
            result.content = .expression(.aggregate(aggregation, grouping, expression))
        }
        return result
    }

    // Matching.

    /// Parses an optional matching clause after an operator: `on (…)`, `ignoring (…)`, `group_left (…)`.
    mutating func matching() throws(Stop) -> (matching: VectorMatching, span: TextSpan)? {
        guard next.isWord("on") || next.isWord("ignoring") else {
            if next.isWord("group_left") { try unexpected("`on` or `ignoring` before `group_left`") }
            if next.isWord("group_right") { try outside("`group_right`", next.span) }
            return nil
        }
        let word = take()
        var matching = VectorMatching(grouping: Grouping(keeps: word.isWord("on"), labels: try labels()))
        if next.isWord("group_right") { try outside("`group_right`", next.span) }
        if next.isWord("group_left") {
            take()
            matching.groupLeft = next.isSign("(") && !isOperandInParentheses ? try labels() : []
        }
        return (matching, TextSpan(word.span.start, tokenBefore.span.end))
    }

    /// True if the parentheses ahead contain more than a list of labels and are therefore the operand after `group_left`.
    private var isOperandInParentheses: Bool {
        var distance = 1
        while true {
            let token = peek(distance)
            if token.isSign(")") {
                // A list of labels is followed by an operand.
                let after = peek(distance + 1)
                return
                    !(after.kind == .name && !["or", "and", "unless", "by", "without"].contains(after.text.lowercased())
                    || after.isSign("(") || after.kind == .number || after.isSign("-") || after.isSign("+"))
            }
            guard token.kind == .name || token.isSign(",") else { return true }
            distance += 1
        }
    }

    /// Combines two operands with a binary operator.
    mutating func join(
        _ left: Operand, _ operation: String, _ right: Operand, at place: TextSpan, isBool: Bool,
        _ matching: (matching: VectorMatching, span: TextSpan)?
    ) -> Operand {
        var result = Operand(content: .mistaken, span: left.span.union(right.span), depth: max(left.depth, right.depth) + 1)
        for operand in [left, right] {
            if let kind = operand.kind, kind == .range || kind == .string {
                report("wrong-kind", operand.span, "`\(operation)` does not take \(kind.withArticle)")
            }
        }
        guard let a = left.expression, let b = right.expression else { return result }
        let isOfVectors = !a.isScalar && !b.isScalar
        if let matching, !isOfVectors {
            report("misplaced-matching", matching.span, "`on` and `ignoring` match series: both sides must be instant vectors")
            return result
        }
        let found = matching?.matching ?? VectorMatching()
        if let set = SetOperation(rawValue: operation) {
            if !isOfVectors {
                report("wrong-kind", a.isScalar ? left.span : right.span, "`\(operation)` needs instant vectors, found a scalar")
            } else if found.groupLeft != nil, let matching {
                report("misplaced-matching", matching.span, "`group_left` cannot be used with `\(operation)`")
            } else {
                result.content = .expression(.set(set, a, b, found))
            }
        } else if let relation = Relation(rawValue: operation) {
            if a.isScalar && b.isScalar && !isBool {
                report("missing-bool", place, "a comparison of two scalars needs `bool` after the operator")
            } else {
                result.content = .expression(.comparison(relation, a, b, found, isBool: isBool))
            }
        } else if let arithmetic = Arithmetic(rawValue: operation) {
            result.content = .expression(.arithmetic(arithmetic, a, b, found))
        }
        return result
    }
}
