import Model

/// The errors that the language reports, one member each; the only place with their wording.
enum Mistake {
    // MARK: Tokens and syntax

    static func unclosedString(_ token: Token) -> Diagnostic {
        let quoted = token.kind == .string ? Literal.quoted(token.value) : nil
        return Diagnostic(
            "unclosed-string", at: token.span,
            "the \(token.kind == .string ? "text" : "pattern") has no closing \(token.kind == .string ? "quote" : "slash")",
            replacement: quoted)
    }

    static func unknownStatement(_ token: Token, best: String?) -> Diagnostic {
        Diagnostic(
            "unknown-statement", at: token.span, "no statement begins with `\(token.value)`",
            closest: best ?? "errors, calls, failures, traces; `help` lists all", replacement: best)
    }

    static func missingNoun(_ token: Token, noun: String, written: String) -> Diagnostic {
        Diagnostic(
            "missing-noun", at: token.span, "a query begins with what it asks about, found `\(token.value)`",
            closest: "errors, calls, failures, traces", replacement: "\(noun) \(written)")
    }

    static func lateNoun(_ span: TextSpan, noun: String, clauses: String) -> Diagnostic {
        Diagnostic(
            "missing-noun", at: span, "a query begins with what it asks about, found `\(noun)` behind its clauses",
            replacement: "\(noun) \(clauses)")
    }

    static func secondStatement(_ token: Token) -> Diagnostic {
        Diagnostic("unexpected-text", at: token.span, "found more behind the `;` that ends the statement")
    }

    static func missingParenthesis(_ token: Token) -> Diagnostic {
        var diagnostic = expected("`)`", at: token)
        if token.kind == .end { diagnostic.replacement = ")" }
        return diagnostic
    }

    static func valuesInParentheses(_ token: Token, _ span: TextSpan, listed: String?) -> Diagnostic {
        var diagnostic = expected("values in parentheses", at: token, closest: "(a, b)")
        guard let listed, token.kind != .word || !Words.reserved.contains(token.folded) else { return diagnostic }
        diagnostic.span = span
        diagnostic.replacement = "(\(listed))"
        return diagnostic
    }

    static func unknownClause(_ token: Token, best: String?) -> Diagnostic {
        Diagnostic(
            "unknown-clause", at: token.span, "found `\(token.value)` where a clause should begin",
            closest: best ?? "where, by, every, last, having, sort, top, limit, as", replacement: best)
    }

    static func missingQuotes(_ span: TextSpan, text: String) -> Diagnostic {
        Diagnostic("missing-quotes", at: span, "a value of several words needs quotes", replacement: Literal.quoted(text))
    }

    static func missingAnd(_ span: TextSpan) -> Diagnostic {
        Diagnostic("missing-and", at: span, "conditions are joined by `and`, not by a comma", replacement: " and")
    }

    static func missingWhere(_ token: Token) -> Diagnostic {
        let isJoint = token.isWord("and") || token.isMark("&&")
        let isChoice = token.isWord("or") || token.isMark("||")
        return Diagnostic(
            "missing-where", at: token.span, "a condition needs `where` before it, found `\(token.value)`",
            replacement: isChoice ? nil : isJoint ? "where" : "where \(token.value)")
    }

    static func missingShow(_ token: Token) -> Diagnostic {
        Diagnostic(
            "missing-show", at: token.span, "a measure needs `show` before it, found `\(token.value)`",
            replacement: "show \(token.value)")
    }

    static func missingComma(_ span: TextSpan, before token: Token) -> Diagnostic {
        Diagnostic("missing-comma", at: span, "expected a comma before `\(token.value)`", replacement: ", ")
    }

    static func foreignIdiom(_ span: TextSpan, found: String, ours: String, replacement: String? = nil) -> Diagnostic {
        Diagnostic("foreign-idiom", at: span, "`\(found)` is written `\(ours)` here", replacement: replacement ?? ours)
    }

    static func pipe(_ token: Token) -> Diagnostic {
        Diagnostic("foreign-idiom", at: token.span, "there are no pipes; clauses follow each other", replacement: "")
    }

    static func foreignSQL(_ token: Token) -> Diagnostic {
        Diagnostic(
            "foreign-idiom", at: token.span, "SQL of your own begins with `sql`", closest: "sql SELECT …; errors show count",
            replacement: "sql \(token.value)")
    }

    static func repeatedClause(_ clause: String, _ span: TextSpan) -> Diagnostic {
        let what = clause == "range" ? "a time range stands" : "`\(clause)` stands"
        return Diagnostic("repeated-clause", at: span, "\(what) here a second time; one is enough")
    }

    static func expected(_ what: String, at token: Token, closest: String? = nil) -> Diagnostic {
        let found = token.kind == .end ? "the end" : token.kind == .dollar ? "`$\(token.value)`" : "`\(token.value)`"
        return Diagnostic("expected", at: token.span, "expected \(what), found \(found)", closest: closest)
    }

    static func reservedValue(_ token: Token) -> Diagnostic {
        expected("a value", at: token, closest: "\(Literal.quoted(token.value)), if the word itself is meant")
    }

    static func overWhat(_ token: Token) -> Diagnostic {
        expected("`time` or a length of time after `over`", at: token, closest: "over time, over 15m")
    }

    static func versusWhat(_ token: Token, best: String) -> Diagnostic {
        Diagnostic(
            "bad-baseline", at: token.span,
            "`vs` compares with the window before or with one that long ago, found `\(token.value)`",
            closest: "vs previous, vs 1d", replacement: best)
    }

    static func noResult(_ token: Token) -> Diagnostic {
        Diagnostic("no-result", at: token.span, "`$\(token.value)` is no result; results are numbered from 1", closest: "$1, $")
    }

    static func notWords(_ name: Name) -> Diagnostic {
        Diagnostic(
            "not-words", at: name.span, "`is new` is about names, and the values of `\(name.text)` are none",
            closest: "signature is new, model is new")
    }

    static func badPattern(_ span: TextSpan, _ message: String) -> Diagnostic {
        Diagnostic("bad-pattern", at: span, message)
    }

    static func newNeedsWindow(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "new-needs-window", at: span, "`is new` asks what first occurs within a window, and everything does within `all`",
            closest: "last 24h, today")
    }

    static func newNeedsKey(_ item: ItemSyntax) -> Diagnostic {
        Diagnostic(
            "new-needs-key", at: item.span, "`new` is about the values that group, and there is no `by` over texts",
            closest: "by signature, by model")
    }

    static func overNeedsEvery(_ span: TextSpan, length: String) -> Diagnostic {
        Diagnostic(
            "over-needs-every", at: span, "`over \(length)` takes each value up to the end of a bucket, and there is no `every`",
            closest: "every \(length); last \(length)")
    }

    static func tooManySteps(_ span: TextSpan, count: Int) -> Diagnostic {
        Diagnostic(
            "too-many-steps", at: span,
            "that makes \(Int64(count).grouped) windows that overlap; at most 5,000 are computed", closest: "every 1h")
    }

    static func versusNeedsMeasures(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "vs-needs-measures", at: span, "`vs` compares numbers, and this lists rows", closest: "show count, by type, every 1h")
    }

    static func versusNeedsWindow(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "vs-needs-window", at: span, "`vs` needs a window to compare with another, and `all` has none before it",
            closest: "last 24h")
    }

    static func changeNeedsVersus(_ name: Name) -> Diagnostic {
        Diagnostic(
            "change-needs-vs", at: name.span, "`change` is against another window, and there is no `vs`",
            closest: "vs previous, vs 1w")
    }

    static func unknownMethod(_ name: Name, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-method", at: name.span, "no method `\(name.text)`", closest: best ?? names.joined(separator: ", "),
            replacement: best)
    }

    static func trendNeedsEvery(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "trend-needs-every", at: span, "a trend runs over buckets of time, and there are none", closest: "every 1h, every 1d")
    }

    static func clauseNotHere(_ span: TextSpan, word: String, statement: String) -> Diagnostic {
        let what = word == "range" ? "a time range" : "`\(word)`"
        return Diagnostic(
            "clause-not-here", at: span, "\(what) has no place in `\(statement)`", closest: "help \(statement)", replacement: "")
    }

    static func compareNeedsTwo(_ literal: Literal, field: String) -> Diagnostic {
        Diagnostic(
            "compare-needs-two", at: literal.span, "`compare` sets two values or more side by side, found one",
            closest: "compare \(field) \(literal.text), …")
    }

    /// - Parameter removed: The span of the comma and the value, if enough values remain without it; otherwise nil.
    static func comparedTwice(_ literal: Literal, removed: TextSpan?) -> Diagnostic {
        Diagnostic(
            "compared-twice", at: removed ?? literal.span,
            "`\(literal.text)` stands here a second time; `compare` sets different values side by side",
            replacement: removed.map { _ in "" })
    }

    static func tooDeep(_ span: TextSpan) -> Diagnostic {
        Diagnostic("too-deep", at: span, "conditions are nested more than 100 deep")
    }

    static func tooMany(_ span: TextSpan, what: String, most: Int) -> Diagnostic {
        Diagnostic("too-many", at: span, "the statement holds more than \(Int64(most).grouped) \(what)")
    }

    static func unexpectedEnd(_ token: Token) -> Diagnostic {
        Diagnostic("unexpected-text", at: token.span, "the statement ends before `\(token.value)`", replacement: "")
    }

    // MARK: Names

    static func unknownField(_ name: Name, to purpose: String, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        let other = name.text == "metadata" ? "metadata.KEY, with the key behind the dot" : "`fields` lists all"
        return Diagnostic(
            "unknown-field", at: name.span, "no field `\(name.text)` to \(purpose)", closest: best ?? other,
            replacement: best)
    }

    static func unknownMeasure(_ name: Name, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: name.text, among: names)
        return Diagnostic(
            "unknown-measure", at: name.span, "no measure or field `\(name.text)` to show",
            closest: best ?? "count, error_rate, avg(latency)",
            replacement: best)
    }

    static func fieldNotHere(_ name: Name, noun: String, hint: String, replacement: String? = nil) -> Diagnostic {
        Diagnostic(
            "field-not-here", at: name.span, "`\(name.text)` is no field of \(noun)", closest: hint, replacement: replacement)
    }

    static func timeNeedsWidth(_ name: Name) -> Diagnostic {
        Diagnostic("time-needs-width", at: name.span, "time is grouped in buckets, not by itself", closest: "every 1h, over time")
    }

    /// - Parameter outer: The measure in whose argument it occurs; nil in `where`.
    static func measureInWhere(_ item: ItemSyntax, inside outer: Name?) -> Diagnostic {
        guard let outer else {
            return Diagnostic(
                "measure-in-where", at: item.span, "`\(item.text)` is a measure of a group; `where` looks at single rows",
                closest: "having \(item.text) …")
        }
        if outer.text == "count" || outer.text == "share" {
            return Diagnostic(
                "measure-in-measure", at: item.span,
                "`\(item.text)` is a measure of a group; `\(outer.text)(…)` looks at single rows",
                closest: "having \(item.text) …; \(outer.text)(latency > 30s)")
        }
        return Diagnostic(
            "measure-in-measure", at: item.span, "`\(item.text)` is a measure, and `\(outer.text)` is taken of a field",
            closest: "\(outer.text)(latency)")
    }

    static func fieldInHaving(_ name: Name) -> Diagnostic {
        Diagnostic(
            "field-in-having", at: name.span, "`having` compares measures, and `\(name.text)` is a field",
            closest: "where \(name.text) …, having count(\(name.text) …) > …")
    }

    static func measureNeedsMeasure(_ name: Name, example: String) -> Diagnostic {
        Diagnostic("measure-needs-field", at: name.span, "`\(name.text)` of which measure?", closest: example)
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

    static func fieldsNeedListing(_ name: Name, isKey: Bool) -> Diagnostic {
        Diagnostic(
            "fields-need-listing", at: name.span,
            "with `by` or `every` only measures can be shown, and `\(name.text)` is a field",
            closest: isKey ? "the fields of `by` are shown by themselves" : "distinct(\(name.text)), by \(name.text)")
    }

    // MARK: Values

    static func unknownCase(_ literal: Literal, field: String, among names: [String]) -> Diagnostic {
        let best = NearestName.best(for: literal.text, among: names)
        return Diagnostic(
            "unknown-value", at: literal.span, "no \(field) `\(literal.text)`",
            closest: best ?? names.prefix(8).joined(separator: ", "), replacement: best)
    }

    static func notYesOrNo(_ literal: Literal, field: String) -> Diagnostic {
        Diagnostic(
            "unknown-value", at: literal.span, "`\(field)` is yes or no, found `\(literal.text)`",
            closest: "\(field), not \(field)")
    }

    static func noValue(_ literal: Literal, field: String, closest: [KnownValue]) -> Diagnostic {
        Diagnostic(
            "no-value", at: literal.span, "no call has \(field) `\(literal.text)` in the store",
            closest: closest.isEmpty ? nil : closest.map { "\($0.value) (\($0.words))" }.joined(separator: ", "),
            replacement: closest.first.map { Literal.spelling($0.value) })
    }

    static func wrongUnit(_ literal: Literal, field: String, right: String, replacement: String? = nil) -> Diagnostic {
        let written = (literal.isMoney ? "$" : "") + literal.text
        let message =
            replacement == nil
            ? "`\(written)` does not fit `\(field)`, which takes \(right)" : "\(written) of what? `\(field)` takes \(right)"
        return Diagnostic("wrong-unit", at: literal.span, message, replacement: replacement)
    }

    static func notOrdered(_ span: TextSpan, field: String, closest: String) -> Diagnostic {
        Diagnostic("not-ordered", at: span, "the values of `\(field)` have no order", closest: closest)
    }

    static func oneValue(_ span: TextSpan, comparison: String) -> Diagnostic {
        Diagnostic("one-value", at: span, "`\(comparison)` compares with one value")
    }

    static func notAFlag(_ name: Name, closest: String) -> Diagnostic {
        Diagnostic("not-a-flag", at: name.span, "`\(name.text)` alone says nothing; compare it", closest: closest)
    }

    static func notText(_ name: Name) -> Diagnostic {
        Diagnostic("not-text", at: name.span, "`has` and `~` look into text, and `\(name.text)` is none")
    }

    static func mixedOr(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "mixed-or", at: span,
            "a rate cannot be taken here: the `or` mixes fields of errors with fields of calls, so it has no denominator")
    }

    // MARK: Time

    static func badDuration(_ name: Name, closest: String = "15m, 24h, 7d, 2w") -> Diagnostic {
        if Units.number(name.text) != nil, !name.text.hasPrefix("-") {
            return Diagnostic(
                "bad-duration", at: name.span, "\(name.text) of what? a length of time takes a unit",
                closest: "\(name.text)m, \(name.text)h, \(name.text)d")
        }
        let meant = Units.lengthMeant(by: name.text)
        return Diagnostic(
            "bad-duration", at: name.span, "`\(name.text)` is no length of time", closest: meant ?? closest, replacement: meant)
    }

    static func badTime(_ time: TimeSyntax) -> Diagnostic {
        let length = Units.duration(time.text) == nil ? Units.lengthMeant(by: time.text) : time.text
        let meant = length.map { $0 + " ago" }
        if let day = NearestName.best(for: time.text, among: ["today", "yesterday", "now"]), !time.isAgo {
            return Diagnostic("bad-time", at: time.span, "`\(time.text)` is no time", closest: day, replacement: day)
        }
        return Diagnostic(
            "bad-time", at: time.span, "`\(time.text)` is no time",
            closest: meant ?? "2026-11-20, 2026-11-20T14:00, 14:00, 3h ago", replacement: time.isAgo ? nil : meant)
    }

    static func badDay(
        _ name: Name, field: String = "day, month or week", closest: String = "2026-11-20, 2026-11, 2026-W47"
    ) -> Diagnostic {
        Diagnostic("bad-day", at: name.span, "`\(name.text)` is no \(field)", closest: closest)
    }

    static func emptyRange(_ span: TextSpan) -> Diagnostic {
        Diagnostic("empty-range", at: span, "the range ends before it begins")
    }

    static func rangeTooFar(_ span: TextSpan) -> Diagnostic {
        Diagnostic("range-too-far", at: span, "the range reaches beyond the years 1678 to 2261", closest: "all")
    }

    static func tooManyBuckets(_ span: TextSpan, count: Int, width: String) -> Diagnostic {
        Diagnostic(
            "too-many-buckets", at: span, "that makes \(Int64(count).grouped) buckets; at most 50,000 are computed",
            closest: "every \(width)", replacement: "every \(width)")
    }

    static func badNumber(_ token: Token, clause: String, most: Int64) -> Diagnostic {
        let found = token.kind == .end ? "the end" : "`\(token.value)`"
        return Diagnostic(
            "bad-number", at: token.span, "`\(clause)` takes a whole number from 1 to \(most.grouped), found \(found)",
            closest: "\(clause) 10")
    }

    static func unknownForm(_ name: Name, among forms: [String] = Words.forms) -> Diagnostic {
        let best = forms.count == 1 ? forms[0] : NearestName.best(for: name.text, among: forms)
        return Diagnostic(
            "unknown-form", at: name.span, "no form `\(name.text)`\(forms.count == 1 ? " of a trace" : "")",
            closest: best ?? forms.joined(separator: ", "), replacement: best)
    }

    static func formNeeds(_ name: Name, what: String) -> Diagnostic {
        Diagnostic("form-needs", at: name.span, "`as \(name.text)` needs \(what)")
    }

    static func topNeedsGroups(_ span: TextSpan, count: Int) -> Diagnostic {
        Diagnostic(
            "top-needs-groups", at: span, "`top` cuts groups, and there is no `by`", closest: "limit \(count)",
            replacement: "limit \(count)")
    }

    static func havingNeedsGroups(_ span: TextSpan) -> Diagnostic {
        Diagnostic(
            "having-needs-groups", at: span, "`having` drops groups, and there is no `by` or `every`",
            closest: "by model, every 1h; `where` for single rows")
    }

    static func sortUnknown(_ item: ItemSyntax, among names: [String], shown: [String]) -> Diagnostic {
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
