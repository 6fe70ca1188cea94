import Model

/// Parsing of time ranges and times.
extension Parser {
    /// Reads a point in time that stands by itself.
    /// - Parameter place: Where its text begins within the one that mistakes are shown in.
    public static func time(of text: String, at place: Int) -> (time: TimeSyntax?, mistakes: [Diagnostic]) {
        func moved(_ span: TextSpan) -> TextSpan { TextSpan(span.start + place, span.end + place) }
        var parser = Parser(text)
        var time = parser.time()
        if parser.diagnostics.isEmpty { parser.end() }
        if let span = time?.span { time?.span = moved(span) }
        return (
            time,
            parser.diagnostics.map { mistake in
                var mistake = mistake
                mistake.span = moved(mistake.span)
                return mistake
            }
        )
    }

    /// A time range where one begins; nil without moving elsewhere.
    package mutating func rangeClause() -> ClauseSyntax? {
        let start = token
        guard start.kind == .word, Expected.rangeWords.contains(start.folded), let range = range() else { return nil }
        return ClauseSyntax(kind: .range(range), span: start.span.union(tokens[max(at - 1, 0)].span))
    }

    package mutating func range() -> RangeSyntax? {
        let word = advance()
        switch word.folded {
        case "today": return .today
        case "yesterday": return .yesterday
        case "all": return .all
        case "last": return lengthName(closest: "15m, 24h, 7d").map { .last($0) }
        case "since":
            guard let start = time() else { return nil }
            offer(.words(["until"]))
            guard token.isWord("until") else { return .since(start, until: nil) }
            advance()
            guard let end = time() else { return nil }
            return .since(start, until: end)
        case "from":
            guard let start = time() else { return nil }
            offer(.words(["to"]))
            guard token.isWord("to") || token.isWord("until") else {
                report(Mistake.expected("`to` and the end of the range", at: token, closest: "from A to B; since A"))
                return nil
            }
            advance()
            guard let end = time() else { return nil }
            return .between(start, end)
        case "between":
            guard let start = time() else { return nil }
            offer(.words(["and"]))
            guard token.isWord("and") || token.isWord("to") else {
                report(Mistake.expected("`and` and the end of the range", at: token, closest: "between A and B"))
                return nil
            }
            advance()
            guard let end = time() else { return nil }
            return .between(start, end)
        case "around":
            partPlusMinus()
            guard let middle = time() else { return nil }
            partPlusMinus()
            offer(.words(["+-"]))
            guard token.isWord("+-") || token.isMark("±") else { return .around(middle, looseRadius()) }
            advance()
            return lengthName(closest: "15m, 1h").map { .around(middle, $0) }
        default:
            if isResult(token) { return resultReference().map { .onResult($0) } }
            if let day = dayInWords() { return .on(day) }
            guard token.kind == .word, !Words.clauseWords.contains(token.folded) else {
                report(Mistake.expected("a day, month or week", at: token, closest: "2026-11-20, 2026-11, 2026-W47"))
                return nil
            }
            let day = advance()
            return .on(Name(day.value, day.span))
        }
    }

    /// Parses `30m`, `+/- 30m` and `+/-30m` in place of `+- 30m`, which is reported; nil if no duration follows.
    private mutating func looseRadius() -> Name? {
        let start = token, isSigned = token.kind == .word && token.value.hasPrefix("+/-")
        if isSigned, token.value.utf8.count == 3 { advance() }
        guard token.kind == .word else { return nil }
        let length = (isSigned && token.span == start.span ? String(token.value.dropFirst(3)) : token.value).lowercased()
        guard Units.duration(length) != nil else { return nil }
        let span = start.span.union(advance().span)
        report(Mistake.foreignIdiom(span, found: source(span), ours: "+- \(length)"))
        return Name(length, span)
    }

    /// Parses a duration. `24 hours` is reported and accepted as `24h`.
    package mutating func lengthName(closest: String) -> Name? {
        offer(.duration)
        guard token.kind == .word, !Words.clauseWords.contains(token.folded) else {
            report(Mistake.expected("a duration", at: token, closest: closest))
            return nil
        }
        let word = advance()
        guard Units.number(word.value) != nil, token.kind == .word, let unit = Units.unit(named: token.folded) else {
            return Name(word.folded, word.span)
        }
        let span = word.span.union(advance().span)
        report(Mistake.foreignIdiom(span, found: source(span), ours: word.folded + unit))
        return Name(word.folded + unit, span)
    }

    /// Splits `14:00+-30m` and `+-30m`, which are single words to the lexer, at `+-`.
    private mutating func partPlusMinus() {
        guard token.kind == .word, token.value != "+-" else { return }
        let bytes = Array(token.value.utf8)
        guard let place = bytes.indices.dropLast().first(where: { bytes[$0] == 0x2B && bytes[$0 + 1] == 0x2D }) else { return }
        let start = token.span.start
        var parts: [Token] = []
        for range in [0..<place, place..<place + 2, place + 2..<bytes.count] where !range.isEmpty {
            parts.append(
                Token(
                    kind: .word, value: String(decoding: bytes[range], as: UTF8.self),
                    span: TextSpan(start + range.lowerBound, start + range.upperBound)))
        }
        tokens.replaceSubrange(at...at, with: parts)
    }

    /// A point in time: one word, or a date and a time of day and an offset, or a length and `ago`.
    package mutating func time() -> TimeSyntax? {
        if let (span, length) = agoCall() {
            report(Mistake.foreignIdiom(span, found: source(span), ours: "\(length) ago"))
            return TimeSyntax(text: length.lowercased(), isAgo: true, span: span)
        }
        if let time = timeInWords() { return time }
        guard token.kind == .string || (token.kind == .word && !Words.reserved.contains(token.folded)) else {
            report(Mistake.expected("a time", at: token, closest: "2026-11-20, 14:00, 3h ago"))
            return nil
        }
        let word = advance()
        if word.kind == .word, Units.duration(word.value) != nil { offer(.words(["ago"])) }
        if token.isWord("ago") {
            return TimeSyntax(text: word.folded, isAgo: true, span: word.span.union(advance().span))
        }
        if word.kind == .word, Units.number(word.value) != nil, let unit = Units.unit(named: token.folded), token.kind == .word,
            next.isWord("ago")
        {
            advance()
            let span = word.span.union(advance().span)
            report(Mistake.foreignIdiom(span, found: source(span), ours: "\(word.folded)\(unit) ago"))
            return TimeSyntax(text: word.folded + unit, isAgo: true, span: span)
        }
        var time = TimeSyntax(text: word.value, isAgo: false, span: word.span)
        guard word.value.utf8.count == 10, word.value.filter({ $0 == "-" }).count == 2 else { return time }
        if token.kind == .word, token.value.first?.isNumber == true, token.value.contains(":") {
            let clock = advance()
            time.text += "T" + clock.value
            time.span = time.span.union(clock.span)
            if token.kind == .word, Parser.isOffset(token.value) {
                time.span = time.span.union(token.span)
                time.text += advance().value
            }
        }
        return time
    }

    /// Returns true for `+01:00`, `-0530`, `+01`, `Z`.
    private static func isOffset(_ text: String) -> Bool {
        if text == "Z" || text == "z" { return true }
        guard let sign = text.first, sign == "+" || sign == "-", (3...6).contains(text.utf8.count) else { return false }
        return text.dropFirst().allSatisfy { ($0.isASCII && $0.isNumber) || $0 == ":" }
    }
}
