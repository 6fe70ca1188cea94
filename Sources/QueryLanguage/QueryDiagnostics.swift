import Model

/// The errors that the language reports, one member each; the only place with their wording.
package enum Mistake {
    // MARK: Tokens and syntax

    package static func unclosedString(_ token: Token) -> Diagnostic {
        let quoted = token.kind == .string ? Literal.quoted(token.value) : nil
        return Diagnostic(
            "unclosed-string", at: token.span,
            "missing closing \(token.kind == .string ? "quote" : "slash")",
            replacement: quoted)
    }

    package static func unknownStatement(_ token: Token, best: String?) -> Diagnostic {
        Diagnostic(
            "unknown-statement", at: token.span, "unknown statement `\(token.value)`",
            closest: best ?? "errors, calls, failures, traces; `help` lists all", replacement: best)
    }

    package static func missingNoun(_ token: Token, noun: String, written: String) -> Diagnostic {
        Diagnostic(
            "missing-noun", at: token.span, "a query begins with a noun, found `\(token.value)`",
            closest: "errors, calls, failures, traces", replacement: "\(noun) \(written)")
    }

    package static func lateNoun(_ span: TextSpan, noun: String, clauses: String) -> Diagnostic {
        Diagnostic(
            "missing-noun", at: span, "a query begins with a noun; found `\(noun)` after its clauses",
            replacement: "\(noun) \(clauses)")
    }

    package static func secondStatement(_ token: Token) -> Diagnostic {
        Diagnostic("unexpected-text", at: token.span, "unexpected text after the `;` that ends the statement")
    }

    package static func missingParenthesis(_ token: Token) -> Diagnostic {
        var diagnostic = expected("`)`", at: token)
        if token.kind == .end { diagnostic.replacement = ")" }
        return diagnostic
    }

    package static func valuesInParentheses(_ token: Token, _ span: TextSpan, listed: String?) -> Diagnostic {
        var diagnostic = expected("values in parentheses", at: token, closest: "(a, b)")
        guard let listed, token.kind != .word || !Words.reserved.contains(token.folded) else { return diagnostic }
        diagnostic.span = span
        diagnostic.replacement = "(\(listed))"
        return diagnostic
    }

    package static func unknownClause(_ token: Token, best: String?) -> Diagnostic {
        Diagnostic(
            "unknown-clause", at: token.span, "expected a clause, found `\(token.value)`",
            closest: best ?? "where, by, every, last, having, sort, top, limit, as", replacement: best)
    }

    package static func missingQuotes(_ span: TextSpan, text: String) -> Diagnostic {
        Diagnostic("missing-quotes", at: span, "a value with several words needs quotes", replacement: Literal.quoted(text))
    }

    package static func missingAnd(_ span: TextSpan) -> Diagnostic {
        Diagnostic("missing-and", at: span, "conditions are joined by `and`, not by a comma", replacement: " and")
    }

    package static func missingWhere(_ token: Token) -> Diagnostic {
        let isJoint = token.isWord("and") || token.isMark("&&")
        let isChoice = token.isWord("or") || token.isMark("||")
        return Diagnostic(
            "missing-where", at: token.span, "missing `where` before `\(token.value)`",
            replacement: isChoice ? nil : isJoint ? "where" : "where \(token.value)")
    }

    package static func missingShow(_ token: Token) -> Diagnostic {
        Diagnostic(
            "missing-show", at: token.span, "missing `show` before the measure `\(token.value)`",
            replacement: "show \(token.value)")
    }

    package static func missingComma(_ span: TextSpan, before token: Token) -> Diagnostic {
        Diagnostic("missing-comma", at: span, "expected a comma before `\(token.value)`", replacement: ", ")
    }

    package static func foreignIdiom(_ span: TextSpan, found: String, ours: String, replacement: String? = nil) -> Diagnostic {
        Diagnostic("foreign-idiom", at: span, "use `\(ours)` instead of `\(found)`", replacement: replacement ?? ours)
    }

    package static func pipe(_ token: Token) -> Diagnostic {
        Diagnostic("foreign-idiom", at: token.span, "pipes are not supported; write one clause after another", replacement: "")
    }

    package static func foreignSQL(_ token: Token) -> Diagnostic {
        Diagnostic(
            "foreign-idiom", at: token.span, "SQL statements begin with `sql`", closest: "sql SELECT …; errors show count",
            replacement: "sql \(token.value)")
    }

    package static func repeatedClause(_ clause: String, _ span: TextSpan) -> Diagnostic {
        let what = clause == "range" ? "time range" : "`\(clause)`"
        return Diagnostic("repeated-clause", at: span, "duplicate \(what)")
    }

    package static func expected(_ what: String, at token: Token, closest: String? = nil) -> Diagnostic {
        let found = token.kind == .end ? "the end" : token.kind == .dollar ? "`$\(token.value)`" : "`\(token.value)`"
        return Diagnostic("expected", at: token.span, "expected \(what), found \(found)", closest: closest)
    }

    package static func reservedValue(_ token: Token) -> Diagnostic {
        expected("a value", at: token, closest: "\(Literal.quoted(token.value)) for the word itself")
    }

    package static func overWhat(_ token: Token) -> Diagnostic {
        expected("`time` or a duration after `over`", at: token, closest: "over time, over 15m")
    }

    package static func versusWhat(_ token: Token, best: String) -> Diagnostic {
        Diagnostic(
            "bad-baseline", at: token.span,
            "`vs` takes `previous` or a duration, found `\(token.value)`",
            closest: "vs previous, vs 1d", replacement: best)
    }

    package static func noResult(_ token: Token) -> Diagnostic {
        Diagnostic(
            "no-result", at: token.span, "`$\(token.value)` is not a result; results are numbered from 1", closest: "$1, $")
    }

    package static func notWords(_ name: Name) -> Diagnostic {
        Diagnostic(
            "not-words", at: name.span, "`is new` applies to names, and the values of `\(name.text)` are not names",
            closest: "signature is new, model is new")
    }

    package static func badPattern(_ span: TextSpan, _ message: String) -> Diagnostic {
        Diagnostic("bad-pattern", at: span, message)
    }

    package static func newNeedsWindow(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "new-needs-window", at: span, "`is new` needs a time range: with `all` every value is new",
            closest: "last 24h, today")
    }

    package static func newNeedsKey(_ item: ItemSyntax) -> Diagnostic {
        Diagnostic(
            "new-needs-key", at: item.span, "`new` needs a text field in `by`",
            closest: "by signature, by model")
    }

    package static func overNeedsEvery(_ span: TextSpan, length: String) -> Diagnostic {
        Diagnostic(
            "over-needs-every", at: span, "`over \(length)` needs time buckets: add `every`",
            closest: "every \(length); last \(length)")
    }

    package static func tooManySteps(_ span: TextSpan, count: Int) -> Diagnostic {
        Diagnostic(
            "too-many-steps", at: span,
            "\(Int64(count).grouped) overlapping windows; the limit is 5,000", closest: "every 1h")
    }

    package static func versusNeedsMeasures(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "vs-needs-measures", at: span, "`vs` compares measures, and this query lists rows",
            closest: "show count, by type, every 1h")
    }

    package static func versusNeedsWindow(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "vs-needs-window", at: span, "`vs` needs a time range: `all` has no earlier window",
            closest: "last 24h")
    }

    package static func changeNeedsVersus(_ name: Name) -> Diagnostic {
        Diagnostic(
            "change-needs-vs", at: name.span, "`\(name.text)` needs `vs`",
            closest: "vs previous, vs 1w")
    }

    package static func unknownMethod(_ name: Name, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-method", at: name.span, "unknown method `\(name.text)`", closest: best ?? names.joined(separator: ", "),
            replacement: best)
    }

    package static func trendNeedsEvery(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "trend-needs-every", at: span, "`trend` needs time buckets", closest: "every 1h, every 1d")
    }

    package static func clauseNotHere(_ span: TextSpan, word: String, statement: String) -> Diagnostic {
        let what = word == "range" ? "a time range" : "`\(word)`"
        return Diagnostic(
            "clause-not-here", at: span, "\(what) cannot be used in `\(statement)`", closest: "help \(statement)", replacement: ""
        )
    }

    package static func whyOfEvents(_ noun: Token) -> Diagnostic {
        Diagnostic(
            "why-of-events", at: noun.span, "`why` compares errors, calls, failures or traces, not events", closest: "errors",
            replacement: "errors")
    }

    package static func compareNeedsTwo(_ literal: Literal, field: String) -> Diagnostic {
        Diagnostic(
            "compare-needs-two", at: literal.span, "`compare` needs at least two values, found one",
            closest: "compare \(field) \(literal.text), …")
    }

    /// - Parameter removed: The span of the comma and the value, if enough values remain without it; otherwise nil.
    package static func comparedTwice(_ literal: Literal, removed: TextSpan?) -> Diagnostic {
        Diagnostic(
            "compared-twice", at: removed ?? literal.span,
            "duplicate value `\(literal.text)` in `compare`",
            replacement: removed.map { _ in "" })
    }

    package static func tooDeep(_ span: TextSpan) -> Diagnostic {
        Diagnostic("too-deep", at: span, "conditions are nested more than 100 levels deep")
    }

    package static func tooMany(_ span: TextSpan, what: String, most: Int) -> Diagnostic {
        Diagnostic("too-many", at: span, "the statement has more than \(Int64(most).grouped) \(what)")
    }

    package static func unexpectedEnd(_ token: Token) -> Diagnostic {
        Diagnostic("unexpected-text", at: token.span, "unexpected `\(token.value)` after the statement", replacement: "")
    }

    // MARK: Names

    package static func unknownField(_ name: Name, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        let other = name.text == "metadata" ? "metadata.KEY with a key" : "`fields` lists all"
        return Diagnostic(
            "unknown-field", at: name.span, "unknown field `\(name.text)`", closest: best ?? other,
            replacement: best)
    }

    package static func unknownMeasure(_ name: Name, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-measure", at: name.span, "unknown measure or field `\(name.text)`",
            closest: best ?? "count, error_rate, avg(latency)",
            replacement: best)
    }

    package static func fieldNotHere(_ name: Name, noun: String, hint: String, replacement: String? = nil) -> Diagnostic {
        Diagnostic(
            "field-not-here", at: name.span, "`\(name.text)` is not a field of \(noun)", closest: hint, replacement: replacement)
    }

    package static func timeNeedsWidth(_ name: Name) -> Diagnostic {
        Diagnostic("time-needs-width", at: name.span, "group by time with `every`, not with `by`", closest: "every 1h, over time")
    }

    /// - Parameter outer: The measure in whose argument it occurs; nil in `where`.
    package static func measureInWhere(_ item: ItemSyntax, inside outer: Name?) -> Diagnostic {
        guard let outer else {
            return Diagnostic(
                "measure-in-where", at: item.span, "`\(item.text)` is a measure of groups; `where` filters single rows",
                closest: "having \(item.text) …")
        }
        if outer.text == "count" || outer.text == "share" {
            return Diagnostic(
                "measure-in-measure", at: item.span,
                "`\(item.text)` is a measure of groups; `\(outer.text)(…)` tests single rows",
                closest: "having \(item.text) …; \(outer.text)(latency > 30s)")
        }
        return Diagnostic(
            "measure-in-measure", at: item.span, "`\(outer.text)` takes a field, and `\(item.text)` is a measure",
            closest: "\(outer.text)(latency)")
    }

    package static func fieldInHaving(_ name: Name) -> Diagnostic {
        Diagnostic(
            "field-in-having", at: name.span, "`having` compares measures, and `\(name.text)` is a field",
            closest: "where \(name.text) …, having count(\(name.text) …) > …")
    }

    package static func measureNeedsMeasure(_ name: Name, example: String) -> Diagnostic {
        Diagnostic("measure-needs-field", at: name.span, "`\(name.text)` needs a measure", closest: example)
    }

    package static func measureNeedsField(_ name: Name, example: String) -> Diagnostic {
        Diagnostic("measure-needs-field", at: name.span, "`\(name.text)` needs a field", closest: example)
    }

    package static func measureTakesNothing(_ item: ItemSyntax) -> Diagnostic {
        Diagnostic(
            "measure-takes-nothing", at: item.span, "`\(item.name.text)` takes no argument",
            replacement: item.name.text)
    }

    package static func notNumeric(_ name: Name, measure: String) -> Diagnostic {
        Diagnostic(
            "not-numeric", at: name.span, "`\(measure)` needs a numeric field, and `\(name.text)` is not numeric",
            closest: "latency, cost, tokens")
    }

    package static func measureNotHere(_ item: ItemSyntax, noun: String, hint: String) -> Diagnostic {
        Diagnostic("measure-not-here", at: item.span, "`\(item.name.text)` cannot be used with \(noun)", closest: hint)
    }

    package static func mixedShow(_ span: TextSpan) -> Diagnostic {
        Diagnostic("mixed-show", at: span, "`show` takes either measures or, for a listing, fields")
    }

    package static func fieldsNeedListing(_ name: Name, isKey: Bool) -> Diagnostic {
        Diagnostic(
            "fields-need-listing", at: name.span,
            "with `by` or `every` only measures can be shown, and `\(name.text)` is a field",
            closest: isKey ? "the fields of `by` are always shown" : "distinct(\(name.text)), by \(name.text)")
    }

    // MARK: Values

    package static func unknownCase(_ literal: Literal, field: String, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: literal.text, among: names)
        return Diagnostic(
            "unknown-value", at: literal.span, "unknown \(field) `\(literal.text)`",
            closest: best ?? names.prefix(8).joined(separator: ", "), replacement: best)
    }

    package static func notYesOrNo(_ literal: Literal, field: String) -> Diagnostic {
        Diagnostic(
            "unknown-value", at: literal.span, "`\(field)` takes yes or no, found `\(literal.text)`",
            closest: "\(field), not \(field)")
    }

    package static func noValue(_ literal: Literal, field: String, closest: [KnownValue]) -> Diagnostic {
        Diagnostic(
            "no-value", at: literal.span, "no calls with \(field) `\(literal.text)` in the store",
            closest: closest.isEmpty ? nil : closest.map { "\($0.value) (\($0.words))" }.joined(separator: ", "),
            replacement: closest.first.map { Literal.spelling($0.value) })
    }

    package static func wrongUnit(_ literal: Literal, field: String, right: String, replacement: String? = nil) -> Diagnostic {
        let written = (literal.isMoney ? "$" : "") + literal.text
        let message = "`\(field)` takes \(right), found `\(written)`"
        return Diagnostic("wrong-unit", at: literal.span, message, replacement: replacement)
    }

    package static func notOrdered(_ span: TextSpan, field: String, closest: String) -> Diagnostic {
        Diagnostic("not-ordered", at: span, "the values of `\(field)` have no order", closest: closest)
    }

    package static func oneValue(_ span: TextSpan, comparison: String) -> Diagnostic {
        Diagnostic("one-value", at: span, "`\(comparison)` takes a single value")
    }

    package static func notAFlag(_ name: Name, closest: String) -> Diagnostic {
        Diagnostic("not-a-flag", at: name.span, "`\(name.text)` is not a yes/no field; compare it with a value", closest: closest)
    }

    package static func notText(_ name: Name) -> Diagnostic {
        Diagnostic("not-text", at: name.span, "`has` and `~` search text, and `\(name.text)` is not text")
    }

    package static func mixedOr(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "mixed-or", at: span,
            "the rate has no denominator: `or` mixes fields of errors with fields of calls")
    }

    // MARK: Time

    package static func badDuration(_ name: Name, closest: String = "15m, 24h, 7d, 2w") -> Diagnostic {
        if Units.number(name.text) != nil, !name.text.hasPrefix("-") {
            return Diagnostic(
                "bad-duration", at: name.span, "the duration `\(name.text)` has no unit",
                closest: "\(name.text)m, \(name.text)h, \(name.text)d")
        }
        let meant = Units.lengthMeant(by: name.text)
        return Diagnostic(
            "bad-duration", at: name.span, "`\(name.text)` is not a duration", closest: meant ?? closest, replacement: meant)
    }

    package static func badTime(_ time: TimeSyntax) -> Diagnostic {
        let length = Units.duration(time.text) == nil ? Units.lengthMeant(by: time.text) : time.text
        let meant = length.map { $0 + " ago" }
        if let day = NearestName.best(for: time.text, among: ["today", "yesterday", "now"]), !time.isAgo {
            return Diagnostic("bad-time", at: time.span, "`\(time.text)` is not a time", closest: day, replacement: day)
        }
        return Diagnostic(
            "bad-time", at: time.span, "`\(time.text)` is not a time",
            closest: meant ?? "2026-11-20, 2026-11-20T14:00, 14:00, 3h ago", replacement: time.isAgo ? nil : meant)
    }

    package static func badDay(
        _ name: Name, field: String = "day, month or week", closest: String = "2026-11-20, 2026-11, 2026-W47"
    ) -> Diagnostic {
        Diagnostic("bad-day", at: name.span, "`\(name.text)` is not a \(field)", closest: closest)
    }

    package static func emptyRange(_ span: TextSpan) -> Diagnostic {
        Diagnostic("empty-range", at: span, "the range ends before it begins")
    }

    package static func rangeTooFar(_ span: TextSpan) -> Diagnostic {
        Diagnostic("range-too-far", at: span, "the range exceeds the years 1678 to 2261", closest: "all")
    }

    package static func tooManyBuckets(_ span: TextSpan, count: Int, width: String) -> Diagnostic {
        Diagnostic(
            "too-many-buckets", at: span, "\(Int64(count).grouped) buckets; the limit is 50,000",
            closest: "every \(width)", replacement: "every \(width)")
    }

    package static func badNumber(_ token: Token, clause: String, most: Int64) -> Diagnostic {
        let found = token.kind == .end ? "the end" : "`\(token.value)`"
        return Diagnostic(
            "bad-number", at: token.span, "`\(clause)` takes a whole number from 1 to \(most.grouped), found \(found)",
            closest: "\(clause) 10")
    }

    package static func unknownForm(_ name: Name, among forms: [String]) -> Diagnostic {
        let best = forms.count == 1 ? forms[0] : NearestName.best(for: name.text, among: forms)
        return Diagnostic(
            "unknown-form", at: name.span, "unknown form `\(name.text)`\(forms.count == 1 ? " for a trace" : "")",
            closest: best ?? forms.joined(separator: ", "), replacement: best)
    }

    package static func formNeeds(_ name: Name, what: String) -> Diagnostic {
        Diagnostic("form-needs", at: name.span, "`as \(name.text)` needs \(what)")
    }

    package static func topNeedsGroups(_ span: TextSpan, count: Int) -> Diagnostic {
        Diagnostic(
            "top-needs-groups", at: span, "`top` needs groups: add `by`", closest: "limit \(count)",
            replacement: "limit \(count)")
    }

    package static func havingNeedsGroups(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "having-needs-groups", at: span, "`having` filters groups: add `by` or `every`",
            closest: "by model, every 1h; `where` for single rows")
    }

    package static func sortUnknown(_ item: ItemSyntax, among names: [String], shown: [String]) -> Diagnostic {
        let best = NearestName.best(for: item.name.text, among: names)
        return Diagnostic(
            "sort-unknown", at: item.span, "cannot sort by `\(item.name.text)`: it is not in the answer",
            closest: best ?? shown.prefix(8).joined(separator: ", "), replacement: best)
    }
}

extension Literal {
    /// Returns a value as typed: bare if possible, otherwise quoted.
    public static func spelling(_ value: String) -> String {
        let tokens = Lexer.tokens(of: value)
        let isBare =
            tokens.count == 2 && tokens[0].kind == .word && tokens[0].value == value && !value.contains("*")
            && !Words.reserved.contains(value.lowercased()) && !value.hasSuffix("\\")
        return isBare ? value : quoted(value)
    }

    /// Returns the value in double quotes.
    package static func quoted(_ value: String) -> String {
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
