import Engine
import Errors
import Model
import QueryLanguage
import Terminal

/// What may stand at the cursor, by the state of the grammar there; values come from the data, most frequent first.
package struct Completer {
    let catalog: any ValueCatalog
    /// The names of the rules that are kept.
    var rules: () -> [String] = { [] }
    /// What the session knows; nothing unless told.
    var session = SessionWords()

    /// What the grammar expects.
    indirect enum Expected {
        case statement, noun, clause, measureOrField, measure, argument, groupField, condition, sortKey
        case comparison(Field), value(Field)
        /// Words of the grammar, and then perhaps something else.
        case words([String], or: Expected)
        /// What `alert` does, and the name of a kept rule.
        case alertVerb, rule
        case duration, form, topic, fieldTopic, setting, settingValue(String), nothing
    }

    init(catalog: any ValueCatalog, rules: @escaping () -> [String] = { [] }, session: SessionWords = SessionWords()) {
        self.catalog = catalog
        self.rules = rules
        self.session = session
    }

    /// A completer that knows a store and no session; what it has learned of the store it forgets with it.
    package init(_ engine: any Engine) { self.init(catalog: StoreCatalog(engine)) }

    /// The candidates for the word that ends at the cursor.
    package func completion(of text: String, cursorByte: Int) -> Completion {
        let before = String(decoding: Array(text.utf8).prefix(cursorByte), as: UTF8.self)
        var tokens = Parser.tokens(of: before)
        tokens.removeLast()
        var prefix = "", start = min(cursorByte, before.utf8.count)
        if let last = tokens.last, last.span.end == before.utf8.count, last.kind == .word {
            prefix = last.value
            start = last.span.start
            tokens.removeLast()
        } else if let last = tokens.last, last.kind == .dollar, last.span.end == before.utf8.count {
            prefix = "$" + last.value
            start = last.span.start
            tokens.removeLast()
        } else if let last = tokens.last, last.kind == .string, !last.isClosed {
            return Completion(replaceFrom: start, candidates: [])
        }
        let wanted = prefix.lowercased()
        let state = expected(tokens)
        let offered = prefix.hasPrefix("$") ? dollars(behind: tokens) : candidates(state, used: tokens)
        let found = offered.filter {
            $0.text.lowercased().hasPrefix(wanted) || $0.text.lowercased().hasPrefix("\"" + wanted)
        }
        let kept = String(decoding: Array(before.utf8).prefix(start), as: UTF8.self)
        let results = found.isEmpty ? [:] : session.results()
        // A measure of a condition is judged as one that is compared.
        var rest = ""
        if case .measure = state { rest = " > 0" }
        return Completion(
            replaceFrom: start,
            candidates: found.filter { mayStand($0.text, behind: kept, $0.text.hasSuffix("(") ? "" : rest, results) })
    }

    // MARK: The state

    func expected(_ tokens: [Token]) -> Expected {
        guard let first = tokens.first else { return .statement }
        if first.kind == .dollar {
            // Behind `$3` and `$3[2]` stand clauses.
            let place = tokens.count > 1 && word(tokens[1]) == "[" ? tokens.firstIndex { word($0) == "]" } : 0
            return place.map { query(tokens.dropFirst($0 + 1)) } ?? .nothing
        }
        guard first.kind == .word else { return .nothing }
        if let next = notebook(tokens) { return next }
        switch first.value.lowercased() {
        case "explain": return tokens.count == 1 ? .noun : query(tokens.dropFirst(2))
        case "export":
            if tokens.count == 1 { return .words(["metrics"], or: .noun) }
            return word(tokens[1]) == "metrics"
                ? query(tokens.dropFirst(2), among: ["every"] + Completer.rangeWords) : query(tokens.dropFirst(2))
        case "help": return tokens.count == 1 ? .topic : .nothing
        case "fields": return tokens.count == 1 ? .fieldTopic : .nothing
        case "set": return tokens.count == 1 ? .setting : .settingValue(tokens[1].value.lowercased())
        case "summary": return query(tokens.dropFirst(), among: ["where"] + Completer.rangeWords)
        case "trend":
            if tokens.count == 1 { return .words(["method="], or: .noun) }
            let rest =
                word(tokens[1]) == "method"
                ? tokens.dropFirst(tokens.count > 2 && tokens[2].kind == .comparison ? 3 : 2) : tokens.dropFirst()
            if word(tokens[1]) == "method", rest.isEmpty { return .words(Trend.Method.allCases.map(\.rawValue), or: .nothing) }
            let query = word(tokens[1]) == "method" ? rest.dropFirst() : rest
            return query.isEmpty ? .noun : self.query(query.dropFirst())
        case "compare":
            guard tokens.count > 1, let field = Field(named: tokens[1].value) else {
                return tokens.count == 1 ? .groupField : .nothing
            }
            let last = tokens.count == 2 || tokens.last.map(word) == ","
            return last ? .value(field) : query(tokens.dropFirst(2), among: ["where"] + Completer.rangeWords)
        case "trace": return tokens.count == 2 ? .words(["as json"], or: .nothing) : .nothing
        case "firings": return firings(tokens.dropFirst())
        case "as": return tokens.count == 1 ? .words(["of"], or: .nothing) : .nothing
        case "alert": return alert(tokens.dropFirst())
        case "rules":
            if tokens.count == 1 { return .words(Interpreter.ruleWords, or: .nothing) }
            return word(tokens[1]) == "show" && tokens.count == 2
                ? .words(RuleSet.builtIn.rules.map(\.id), or: .nothing) : .nothing
        case "unknown": return query(tokens.dropFirst(), among: Completer.rangeWords)
        case "incident": return tokens.count == 1 ? .words(["add", "list", "delete", "import"], or: .nothing) : .nothing
        default: return Noun(rawValue: first.value.lowercased()) == nil ? .nothing : query(tokens.dropFirst())
        }
    }

    /// Behind `firings`: the clauses it takes, and its own columns where fields stand.
    private func firings(_ tokens: ArraySlice<Token>) -> Expected {
        let columns = FiringTable.columns
        switch query(tokens, among: FiringTable.clauses + Completer.rangeWords) {
        case .groupField: return .words(columns.filter(\.groups).map(\.name), or: .nothing)
        case .measureOrField: return .words(["count", "sum(", "avg(", "min(", "max("] + columns.map(\.name), or: .nothing)
        case .argument: return .words(columns.filter(\.isMeasured).map(\.name), or: .nothing)
        case .sortKey: return .words(["count"] + columns.map(\.name), or: .nothing)
        case .condition: return .words(columns.map(\.name) + ["not"], or: .nothing)
        case .comparison, .value: return .nothing
        case let other: return other
        }
    }

    /// Behind `alert`: what to do, with which rule, and the rule's query.
    private func alert(_ tokens: ArraySlice<Token>) -> Expected {
        guard let verb = tokens.first.map(word) else { return .alertVerb }
        let words = tokens.map(word)
        if let when = words.firstIndex(of: "when") {
            let inside = tokens.dropFirst(when + 1)
            return inside.isEmpty ? .noun : query(inside.dropFirst())
        }
        switch (verb, tokens.count) {
        case ("create", 2), ("edit", 2): return .words(["when"], or: .nothing)
        case ("test", 1), ("tune", 1): return .words(["when"], or: .rule)
        case ("edit", 1), ("show", 1), ("enable", 1), ("disable", 1), ("delete", 1), ("resend", 1),
            ("discard", 1):
            return .rule
        case ("test", 2...), ("tune", 2...): return query(tokens.dropFirst(2))
        default: return .nothing
        }
    }

    private static let rangeWords = ["last", "today", "yesterday", "since", "from", "around", "on", "all"]

    /// As `query`, for statements that take only some of the clauses.
    private func query(_ tokens: ArraySlice<Token>, among words: [String]) -> Expected {
        if case .clause = query(tokens) { return .words(words, or: .nothing) }
        return tokens.contains { Completer.clauseWords.contains(word($0)) } ? query(tokens) : .words(words, or: .nothing)
    }

    /// Only the clause that the cursor is in matters; it begins at the last word that begins one.
    private func query(_ tokens: ArraySlice<Token>) -> Expected {
        var tokens = tokens
        if tokens.first?.kind == .string { tokens = tokens.dropFirst() }
        let begin = tokens.indices.last { place in
            tokens[place].kind == .word && Completer.clauseWords.contains(tokens[place].value.lowercased())
                // Behind a comparison such a word is a value that lacks its quotes; `limit all` is no range.
                && !(place > tokens.startIndex && (tokens[place - 1].kind == .comparison || word(tokens[place - 1]) == "limit"))
        }
        guard let begin else { return tokens.isEmpty ? .clause : .nothing }
        let inside = tokens[(begin + 1)...]
        let isList = inside.isEmpty || inside.last.map(word) == ","
        switch word(tokens[begin]) {
        case "show", "sort":
            if inside.last.map(word) == "(" { return .argument }
            let isSort = word(tokens[begin]) == "sort"
            if isList { return isSort ? .sortKey : .measureOrField }
            let hasDirection = ["asc", "desc"].contains(inside.last.map(word))
            return isSort && !hasDirection ? .words(["desc", "asc"], or: .clause) : .clause
        case "by": return isList ? .groupField : .clause
        case "limit": return inside.isEmpty ? .words(["all"], or: .nothing) : .clause
        case "every", "last": return inside.isEmpty ? .duration : .clause
        case "over": return inside.isEmpty ? .words(["time"], or: .duration) : .clause
        case "vs": return inside.isEmpty ? .words(["previous"], or: .duration) : .clause
        case "since", "from", "around": return range(word(tokens[begin]), inside)
        case "today", "yesterday", "all": return .clause
        case "where", "having": return condition(inside, isHaving: word(tokens[begin]) == "having")
        case "as":
            if inside.isEmpty { return .form }
            return inside.count == 1 ? .words(["to"], or: .clause) : inside.count == 2 ? .nothing : .clause
        default: return inside.isEmpty ? .nothing : .clause
        }
    }

    private func word(_ token: Token) -> String { token.kind == .string ? "" : token.value.lowercased() }

    /// Behind `since`, `from` or `around`.
    private func range(_ begin: String, _ inside: ArraySlice<Token>) -> Expected {
        guard let last = inside.last.map(word) else { return .nothing }
        let words = inside.map(word)
        let middle = begin == "since" ? ["until"] : begin == "from" ? ["to"] : ["+-", "±"]
        if middle.contains(last) { return begin == "around" ? .duration : .nothing }
        let isLength = Units.duration(last) != nil && begin != "around"
        let ago = isLength ? ["ago"] : []
        if words.contains(where: middle.contains) { return .words(begin == "around" ? [] : ago, or: .clause) }
        return .words(ago + middle.prefix(1), or: begin == "from" ? .nothing : .clause)
    }

    private func condition(_ tokens: ArraySlice<Token>, isHaving: Bool) -> Expected {
        let subject: Expected = isHaving ? .measure : .condition
        guard let last = tokens.last else { return subject }
        let before = tokens.dropLast().last
        if last.kind == .comparison {
            return isHaving ? .nothing : before.flatMap { Field(named: $0.value) }.map { .value($0) } ?? .nothing
        }
        switch word(last) {
        case "and", "or", "not": return subject
        case "(":
            if before.map(word) == "in" { return fieldOfList(tokens) }
            return isHaving && before?.kind == .word && !["and", "or", "not"].contains(word(before!)) ? .argument : subject
        case ",": return fieldOfList(tokens)
        case "is":
            return isHaving ? .words(["missing", "present"], or: .nothing) : .words(["missing", "present", "new"], or: .nothing)
        case "in", "has": return .nothing
        default: break
        }
        let isSubject = before == nil || ["and", "or", "not"].contains(word(before!)) || word(before!) == "("
        if isHaving, isSubject || word(last) == ")", !tokens.contains(where: { $0.kind == .comparison }) || isSubject {
            return .words(["=", "!=", "<", "<=", ">", ">="], or: .nothing)
        }
        let depth = tokens.reduce(0) { $0 + (word($1) == "(" ? 1 : word($1) == ")" ? -1 : 0) }
        if isSubject, !isHaving, last.kind == .word, let field = Field(named: last.value) {
            // A flag is a condition by itself.
            if field.type != .flag { return .comparison(field) }
            return .words(
                ["and", "or", "is missing", "is present"] + (depth > 0 ? [")"] : []), or: depth > 0 ? .nothing : .clause)
        }
        return .words(["and", "or"] + (depth > 0 ? [")"] : []), or: depth > 0 ? .nothing : .clause)
    }

    /// The field whose list of values is open at the end of the tokens.
    private func fieldOfList(_ tokens: ArraySlice<Token>) -> Expected {
        let place = tokens.lastIndex { $0.kind == .comparison || word($0) == "in" }
        guard let place, place > tokens.startIndex else { return .nothing }
        return Field(named: tokens[place - 1].value).map { .value($0) } ?? .nothing
    }

    private static let clauseWords = Set(Words.clauses.map(\.word))

    // MARK: The check

    /// Mistakes that what is typed next can still mend.
    static let mendable: Set<String> = [
        "not-a-flag", "measure-needs-field", "having-needs-groups", "top-needs-groups", "form-needs", "over-needs-every",
        "compare-needs-two", "vs-needs-measures", "vs-needs-window", "change-needs-vs", "new-needs-window", "new-needs-key",
        "trend-needs-every",
    ]

    /// False when the language itself finds a mistake in the word at its place: `calls show recovered`, a second range.
    private func mayStand(_ candidate: String, behind kept: String, _ rest: String, _ results: [Int: ResultSource]) -> Bool {
        let text = kept + candidate + rest
        let place = TextSpan(kept.utf8.count, kept.utf8.count + candidate.utf8.count)
        let (statement, found) = Parser.parse(text, bindings: session.bindings())
        var mistakes = found
        let syntax: QuerySyntax? =
            switch statement {
            case .query(let query), .explain(let query): query
            default: nil
            }
        if let syntax {
            var context = CheckContext(now: Timestamp(nanoseconds: 0))
            context.results = results
            context.lastResult = results.keys.max()
            let facts = QueryFacts(coverage: nil, newest: nil, keepsSuccesses: true, rules: "")
            do throws(Diagnostics) {
                _ = try QueryCompiler().compile(syntax, text: text, mistakes: found, context: context, facts: facts)
            } catch { mistakes = error.all }
        }
        return !mistakes.contains {
            $0.span.start < place.end && $0.span.end > place.start && !Completer.mendable.contains($0.id)
        }
    }
}
