import Errors
import LocalStore
import Model
import QueryLanguage
import Render

/// `rules`: the table by which errors are typed, read, tried and applied.
extension Interpreter {
    /// The words behind `rules`, for dispatch and completion.
    static let ruleWords = ["list", "show", "test", "check", "apply"]

    func ruleTable(_ arguments: [Literal], _ text: String) throws -> Reply {
        let book = try ruleBook()
        guard let word = arguments.first else { return try listRules([], book, text) }
        switch word.text.lowercased() {
        case "list": return try listRules(Array(arguments.dropFirst()), book, text)
        case "show": return try showRule(Array(arguments.dropFirst()), book, text)
        case "test": return try testRules(Array(arguments.dropFirst()), book, text)
        case "check": return try reclassify(book, keeps: false)
        case "apply": return try reclassify(book, keeps: true)
        default:
            let best = NearestName.best(for: word.text, among: Interpreter.ruleWords)
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "unknown-word", at: word.span, "`rules` does not know `\(word.text)`",
                        closest: best ?? Interpreter.ruleWords.joined(separator: ", "), replacement: best)
                ])
        }
    }

    /// What is wrong with the user's file, as a reply; nil when nothing is.
    func mistakes(of book: RuleBook) -> Reply? {
        guard !book.mistakes.isEmpty else { return nil }
        var reply = Reply(exit: .wrong)
        var style = style
        if !surroundings.traits.errorIsTerminal { style.theme = .plain }
        reply.narration = book.lines(style).map { $0 + "\n" }.joined()
        return reply
    }

    private func listRules(_ arguments: [Literal], _ book: RuleBook, _ text: String) throws -> Reply {
        if let reply = mistakes(of: book) { return reply }
        let errors = try store.errorsByRule(), own = Set(book.own.map(\.id))
        var rules = book.rules.rules
        if let wanted = arguments.first {
            let word = wanted.text.lowercased()
            rules = rules.filter {
                $0.type?.name == word || (word == "not_an_error" && $0.type == nil) || $0.id.hasPrefix(word)
                    || (word == "own" && own.contains($0.id))
            }
            if rules.isEmpty {
                let names = ErrorType.allCases.map(\.name) + ["own"]
                throw Diagnostics(
                    text: text,
                    [
                        Diagnostic(
                            "no-rules", at: wanted.span, "no rule is called `\(wanted.text)` or gives such a type",
                            closest: NearestName.best(for: word, among: names) ?? "`rules list` shows all")
                    ])
            }
        }
        let columns = [
            ResultColumn("rule", .text), ResultColumn("type", .text), ResultColumn("strength", .text),
            ResultColumn("errors", .count),
            ResultColumn("from", .text), ResultColumn("matches", .text),
        ]
        let rows: [[Value]] = rules.map { rule in
            [
                .text(rule.id), .text(rule.type?.name ?? "not_an_error"), .text("\(rule.strength)"),
                .count(errors[rule.id] ?? 0), .text(own.contains(rule.id) ? "you" : "program"), .text(RuleWording.matches(rule)),
            ]
        }
        var reply = AnswerPresenter(style).table(ResultTable(columns: columns, rows: rows).redacted, form: settings.form)
        let builtIn = RuleSet.builtIn.rules.count
        let ownText =
            book.own.isEmpty
            ? "none of your own; \(book.path) would hold them" : "\(book.own.count) of your own from \(book.path)"
        tell(
            "rules \(book.rules.version): \(builtIn) of the program, \(ownText)" + (try staleness(book)), with: &reply)
        return reply
    }

    /// A remark under a table on the screen; beside data that leaves the program it is narration.
    func tell(_ remark: String, with reply: inout Reply) {
        let isData = settings.form.map { ExportFormat(rawValue: $0) != nil } ?? false
        let lines = wrap(Printable.safe(remark, glyphs: style.glyphs), width: style.widthInColumns, hanging: 2)
        if isData { reply.narration += remark + "\n" } else { reply.output += lines.map { $0 + "\n" }.joined() }
    }

    /// Says when the store was typed by other rules.
    private func staleness(_ book: RuleBook) throws -> String {
        guard let typed = try store.meta("rules"), !typed.isEmpty, typed != book.rules.version else { return "" }
        return "; the store's errors were typed by rules \(typed), `rules apply` types them by these"
    }

    private func showRule(_ arguments: [Literal], _ book: RuleBook, _ text: String) throws -> Reply {
        if let reply = mistakes(of: book) { return reply }
        guard let id = arguments.first else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "missing-rule", at: TextSpan(text.utf8.count, text.utf8.count), "show which rule?",
                        closest: "rules show rate.exceeded")
                ])
        }
        guard let rule = book.rules.rule(id: id.text) else {
            let best = NearestName.best(for: id.text, among: book.rules.rules.map(\.id))
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "unknown-rule", at: id.span, "no rule `\(id.text)`", closest: best ?? "`rules list` shows all",
                        replacement: best)
                ])
        }
        let errors = try store.errorsByRule()[rule.id] ?? 0
        var rows: [(String, String)] = [
            ("rule", rule.id + (book.own.contains { $0.id == rule.id } ? ", your own" : "")),
            ("type", rule.type.map { "\($0.name), \((rule.severity ?? $0.severity).name)" } ?? "not_an_error"),
            ("strength", "\(rule.strength), \(rule.strength.meaning)"),
            ("errors", ValueText(style).count(errors) + " in the store"),
        ]
        for (name, texts) in [("phrases", rule.phrases), ("codes", rule.codes), ("classes", rule.classes)] where !texts.isEmpty {
            rows.append((name, texts.joined(separator: " · ")))
        }
        if !rule.statuses.isEmpty { rows.append(("statuses", RuleWording.statuses(rule))) }
        if !rule.unless.isEmpty { rows.append(("unless", rule.unless.joined(separator: " · "))) }
        for example in rule.examples { rows.append(("example", example)) }
        for example in rule.counterexamples { rows.append(("not", example)) }
        return Reply(RuleWording.lines(rows, style))
    }

    private func testRules(_ arguments: [Literal], _ book: RuleBook, _ text: String) throws -> Reply {
        if let reply = mistakes(of: book) { return reply }
        guard !arguments.isEmpty else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "missing-text", at: TextSpan(text.utf8.count, text.utf8.count), "test which text?",
                        closest: "rules test \"Error code: 429 - slow down\" status=429")
                ])
        }
        var error = ErrorText(text: ""), words: [String] = []
        for argument in arguments {
            let parts = argument.isQuoted ? [] : argument.text.split(separator: "=", maxSplits: 1).map(String.init)
            switch parts.first?.lowercased() {
            case "status" where parts.count == 2:
                guard let status = Int(parts[1]), (100...599).contains(status) else {
                    throw Diagnostics(
                        text: text,
                        [Diagnostic("bad-status", at: argument.span, "`\(parts[1])` is no HTTP status", closest: "status=429")])
                }
                error.httpStatus = status
            case "code" where parts.count == 2: error.code = parts[1]
            case "class" where parts.count == 2: error.exceptionClass = parts[1]
            default: words.append(argument.text)
            }
        }
        error.text = words.joined(separator: " ")
        return Reply(RuleWording.explained(error, by: Classifier(rules: book.rules), style))
    }
}

/// Rules and what they find, in words.
enum RuleWording {
    /// What a rule looks for, as far as it fits a column.
    static func matches(_ rule: Rule) -> String {
        let texts = rule.phrases + rule.codes + rule.classes
        let status = statuses(rule)
        let all = texts.prefix(4).joined(separator: " · ") + (texts.count > 4 ? " · …" : "")
        return [status.isEmpty ? "" : "HTTP " + status, all].filter { !$0.isEmpty }.joined(separator: " · ")
    }

    static func statuses(_ rule: Rule) -> String {
        rule.statuses.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }.joined(separator: ", ")
    }

    /// Names in a column, their values beside them.
    static func lines(_ rows: [(String, String)], _ style: Style) -> [String] {
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        return rows.flatMap { name, value in
            wrap(
                name + String(repeating: " ", count: width - name.count)
                    + Printable.safe(Redaction.text(value), glyphs: style.glyphs),
                width: style.widthInColumns, hanging: width)
        }
    }

    /// Which rule types a text, from which field, by which characters; and what else it meets.
    static func explained(_ error: ErrorText, by classifier: Classifier, _ style: Style) -> [String] {
        let found = classifier.classify(error)
        let met = classifier.rulesMet(by: error)
        var rows: [(String, String)] = []
        if let found {
            rows.append(("type", "\(found.type.name), \(found.severity.name), class \(found.type.errorClass.rawValue)"))
            let rule = classifier.rules.rule(id: found.rule)
            rows.append(("rule", found.rule + (rule.map { ", \($0.strength.meaning)" } ?? " (no rule knows this text)")))
            if let field = found.field { rows.append(("field", field.name)) }
            if let status = found.httpStatus { rows.append(("HTTP status", String(status))) }
            if let code = found.code { rows.append(("code", code)) }
        } else {
            rows.append(("type", "not_an_error"))
            let benign = met.first { $0.type == nil }
            rows.append(("rule", benign?.id ?? "none: nothing in the text says that something failed"))
            var known = error
            known.isKnownFailure = true
            if let failed = classifier.classify(known) {
                rows.append(("if it failed", "\(failed.type.name) by \(failed.rule)"))
            }
        }
        let others = met.filter { $0.id != found?.rule }.map(\.id)
        if !others.isEmpty { rows.append(("also met", others.joined(separator: ", "))) }
        return lines(rows, style) + marked(error, found, style)
    }

    /// The field's text with the characters underlined that the rule matched.
    private static func marked(_ error: ErrorText, _ found: Classification?, _ style: Style) -> [String] {
        guard let found, let range = found.matched, let field = found.field, let source = error.value(of: field) else {
            return []
        }
        let bytes = Array(source.utf8)
        guard range.upperBound <= bytes.count else { return [] }
        func shown(_ part: ArraySlice<UInt8>) -> String {
            Printable.safe(Redaction.text(String(decoding: part, as: UTF8.self)), glyphs: style.glyphs)
        }
        let room = max(10, style.widthInColumns - 4)
        let middle = shown(bytes[range])
        let lead = String(shown(bytes[..<range.lowerBound]).suffix(max(0, (room - middle.count) / 2)))
        let line = DisplayWidth.cut(
            lead + middle + shown(bytes[range.upperBound...]), to: room, mark: style.glyphs == .unicode ? "…" : "~")
        let mark = String(
            repeating: style.glyphs == .unicode ? "▔" : "^",
            count: max(1, min(DisplayWidth.of(middle), room - DisplayWidth.of(lead))))
        return ["  " + line, "  " + String(repeating: " ", count: DisplayWidth.of(lead)) + mark]
    }
}
