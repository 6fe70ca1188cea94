import Model

/// Every mistake the language reports, one member each; the only place where its words are written.
enum Mistake {
    // MARK: Tokens and syntax

    static func unclosedString(_ token: Token) -> Diagnostic {
        Diagnostic("unclosed-string", at: token.span, "the text has no closing quote")
    }

    static func unknownStatement(_ token: Token) -> Diagnostic {
        let names = (Words.nouns + Words.statements).map(\.word)
        let best = NearestName.best(for: token.value, among: names)
        return Diagnostic(
            "unknown-statement", at: token.span, "no statement begins with `\(token.value)`",
            closest: best ?? "errors, calls, failures, traces; `help` lists all", replacement: best)
    }

    static func unknownClause(_ token: Token, after query: String) -> Diagnostic {
        let best = NearestName.best(for: token.value, among: Words.clauses.map(\.word))
        return Diagnostic(
            "unknown-clause", at: token.span, "found `\(token.value)` where a clause should begin",
            closest: best, replacement: best)
    }

    static func missingQuotes(_ span: TextSpan, text: String) -> Diagnostic {
        Diagnostic("missing-quotes", at: span, "a value of several words needs quotes", replacement: "\"\(text)\"")
    }

    static func missingAnd(_ span: TextSpan) -> Diagnostic {
        Diagnostic("missing-and", at: span, "conditions are joined by `and`, not by a comma", replacement: " and")
    }

    static func foreignIdiom(_ span: TextSpan, found: String, ours: String) -> Diagnostic {
        Diagnostic("foreign-idiom", at: span, "`\(found)` is written `\(ours)` here", replacement: ours)
    }

    static func repeatedClause(_ clause: String, _ span: TextSpan) -> Diagnostic {
        Diagnostic("repeated-clause", at: span, "`\(clause)` stands here twice; one is enough")
    }

    static func expected(_ what: String, at token: Token, closest: String? = nil) -> Diagnostic {
        let found = token.kind == .end ? "the end" : "`\(token.value)`"
        return Diagnostic("expected", at: token.span, "expected \(what), found \(found)", closest: closest)
    }

    static func tooDeep(_ span: TextSpan) -> Diagnostic {
        Diagnostic("too-deep", at: span, "conditions are nested more than 100 deep")
    }

    static func unexpectedEnd(_ token: Token) -> Diagnostic {
        Diagnostic("unexpected-text", at: token.span, "the statement ends before `\(token.value)`")
    }

    // MARK: Names

    static func unknownField(_ name: Name, to purpose: String, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-field", at: name.span, "no field `\(name.text)` to \(purpose)", closest: best ?? "`fields` lists all",
            replacement: best)
    }

    static func unknownMeasure(_ name: Name, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-measure", at: name.span, "no measure or field `\(name.text)` to show",
            closest: best ?? "count, error_rate, avg(latency)",
            replacement: best)
    }

    static func fieldNotHere(_ name: Name, noun: String, hint: String) -> Diagnostic {
        Diagnostic("field-not-here", at: name.span, "`\(name.text)` is no field of \(noun)", closest: hint)
    }

    static func measureNeedsField(_ name: Name, example: String) -> Diagnostic {
        Diagnostic("measure-needs-field", at: name.span, "`\(name.text)` of which field?", closest: example)
    }

    static func measureTakesNothing(_ item: ItemSyntax) -> Diagnostic {
        Diagnostic(
            "measure-takes-nothing", at: item.span, "`\(item.name.text)` takes nothing in parentheses",
            replacement: item.name.text)
    }

    static func notNumeric(_ name: Name, measure: String) -> Diagnostic {
        Diagnostic(
            "not-numeric", at: name.span, "`\(measure)` needs a number, and `\(name.text)` is none",
            closest: "latency, cost, tokens")
    }

    static func measureNotHere(_ item: ItemSyntax, noun: String, hint: String) -> Diagnostic {
        Diagnostic("measure-not-here", at: item.span, "`\(item.name.text)` has no meaning for \(noun)", closest: hint)
    }

    static func mixedShow(_ span: TextSpan) -> Diagnostic {
        Diagnostic("mixed-show", at: span, "`show` takes measures or, for a listing, fields; not both")
    }

    static func fieldsNeedListing(_ name: Name) -> Diagnostic {
        Diagnostic(
            "fields-need-listing", at: name.span,
            "with `by` or `every` only measures can be shown, and `\(name.text)` is a field",
            closest: "common(\(name.text)), distinct(\(name.text))")
    }

    // MARK: Values

    static func unknownCase(_ literal: Literal, field: String, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: literal.text, among: names)
        return Diagnostic(
            "unknown-value", at: literal.span, "no \(field) `\(literal.text)`",
            closest: best ?? names.prefix(8).joined(separator: ", "), replacement: best)
    }

    static func noValue(_ literal: Literal, noun: String, field: String, closest: [(String, Int64)]) -> Diagnostic {
        Diagnostic(
            "no-value", at: literal.span, "no call has \(field) `\(literal.text)` in the store",
            closest: closest.isEmpty ? nil : closest.map { "\($0.0) (\($0.1.grouped) calls)" }.joined(separator: ", "),
            replacement: closest.first.map { Literal.spelling($0.0) })
    }

    static func wrongUnit(_ literal: Literal, field: String, right: String, replacement: String? = nil) -> Diagnostic {
        Diagnostic("wrong-unit", at: literal.span, "\(literal.text) of what? `\(field)` takes \(right)", replacement: replacement)
    }

    static func notOrdered(_ span: TextSpan, field: String, closest: String) -> Diagnostic {
        Diagnostic("not-ordered", at: span, "`\(field)` is text and has no order", closest: closest)
    }

    static func oneValue(_ span: TextSpan, comparison: String) -> Diagnostic {
        Diagnostic("one-value", at: span, "`\(comparison)` compares with one value")
    }

    static func notAFlag(_ name: Name) -> Diagnostic {
        Diagnostic(
            "not-a-flag", at: name.span, "`\(name.text)` alone says nothing; compare it",
            closest: "\(name.text) = …, \(name.text) is present")
    }

    static func notText(_ name: Name) -> Diagnostic {
        Diagnostic("not-text", at: name.span, "`has` and `~` look into text, and `\(name.text)` is none")
    }

    static func patternsLater(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "no-patterns", at: span, "regular expressions are not understood yet",
            closest: "globs such as gpt-4*, or `has \"text\"`")
    }

    static func mixedOr(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "mixed-or", at: span,
            "a rate cannot be taken here: the `or` mixes fields of errors with fields of calls, so it has no denominator")
    }

    // MARK: Time

    static func badDuration(_ name: Name) -> Diagnostic {
        Diagnostic("bad-duration", at: name.span, "`\(name.text)` is no length of time", closest: "15m, 24h, 7d, 2w")
    }

    static func badTime(_ time: TimeSyntax) -> Diagnostic {
        Diagnostic("bad-time", at: time.span, "`\(time.text)` is no time", closest: "2026-11-20, 2026-11-20T14:00, 14:00, 3h ago")
    }

    static func badDay(_ name: Name) -> Diagnostic {
        Diagnostic("bad-day", at: name.span, "`\(name.text)` is no day, month or week", closest: "2026-11-20, 2026-11, 2026-W47")
    }

    static func emptyRange(_ span: TextSpan) -> Diagnostic {
        Diagnostic("empty-range", at: span, "the range ends before it begins")
    }

    static func tooManyBuckets(_ span: TextSpan, count: Int, width: String) -> Diagnostic {
        Diagnostic(
            "too-many-buckets", at: span, "that makes \(Int64(count).grouped) buckets; at most 50,000 are computed",
            closest: "every \(width)")
    }

    static func badNumber(_ token: Token, clause: String) -> Diagnostic {
        let found = token.kind == .end ? "the end" : "`\(token.value)`"
        return Diagnostic("bad-number", at: token.span, "`\(clause)` takes a whole number above zero, found \(found)")
    }

    static func unknownForm(_ name: Name) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: Words.forms)
        return Diagnostic(
            "unknown-form", at: name.span, "no form `\(name.text)`", closest: best ?? Words.forms.joined(separator: ", "),
            replacement: best)
    }

    static func formNeeds(_ name: Name, what: String) -> Diagnostic {
        Diagnostic("form-needs", at: name.span, "`as \(name.text)` needs \(what)")
    }

    static func topNeedsGroups(_ span: TextSpan) -> Diagnostic {
        Diagnostic("top-needs-groups", at: span, "`top` cuts groups, and there is no `by`", closest: "limit cuts a listing")
    }

    static func havingNeedsGroups(_ span: TextSpan) -> Diagnostic {
        Diagnostic("having-needs-groups", at: span, "`having` drops groups, and there is no `by` or `every`")
    }

    static func sortUnknown(_ item: ItemSyntax, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: item.name.text, among: names)
        return Diagnostic(
            "sort-unknown", at: item.span, "cannot sort by `\(item.name.text)`: it is not in the answer",
            closest: best ?? names.joined(separator: ", "), replacement: best)
    }
}

extension Int64 {
    /// The number with commas between thousands: `1,203`.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }
}

extension Literal {
    /// How a value is typed: bare where the language can read it so, else quoted.
    public static func spelling(_ value: String) -> String {
        let tokens = Lexer.tokens(of: value)
        let isBare =
            tokens.count == 2 && tokens[0].kind == .word && tokens[0].value == value && !value.contains("*")
            && !Words.reserved.contains(value.lowercased()) && !value.hasSuffix("\\")
        return isBare ? value : quoted(value)
    }

    /// The value between double quotes.
    static func quoted(_ value: String) -> String {
        var quoted = "\""
        for character in value {
            switch character {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default: quoted.append(character)
            }
        }
        return quoted + "\""
    }
}
