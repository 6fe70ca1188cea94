import Errors
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// `rules`: the table by which errors are typed, read, tried and applied.
struct RulesStatement: Statement {
    /// What is done with the rules.
    private enum Verb {
        case list(Literal?)
        case show(Literal)
        case test(ErrorText)
        case check, apply
    }

    private let verb: Verb

    static let entry = StatementEntry(
        "rules",
        "rules [list [TYPE]] | rules show ID | rules test \"TEXT\" [status=N] [class=C] [code=C] | rules check | rules apply",
        "the classification rules, including custom ones in rules.yaml; `test` shows which rule matches a text, `check` what a change would reclassify, `apply` reclassifies the store",
        example: "rules test \"Error code: 429 - slow down\"", reading: .words, role: .machine, traits: .isLikeProse)

    private static let verbs = ["list", "show", "test", "check", "apply"]

    init(parsing parser: inout Parser) throws(ParseStop) {
        var words = Arguments(parser.words())
        guard let word = words.next() else {
            parser.offer(.words(RulesStatement.verbs))
            verb = .list(nil)
            return
        }
        switch word.text.lowercased() {
        case "list": verb = .list(words.next())
        case "show":
            parser.offer(words.isEmpty ? .classificationRule : .words([]))
            guard let id = words.next() else {
                throw parser.stop(
                    "missing-rule", at: parser.endOfText, "show which rule?", closest: "rules show rate.exceeded")
            }
            verb = .show(id)
        case "test": verb = .test(try RulesStatement.text(of: words, &parser))
        case "check": verb = .check
        case "apply": verb = .apply
        default:
            let best = NearestName.best(for: word.text, among: RulesStatement.verbs)
            throw parser.stop(
                "unknown-word", at: word.span, "unknown argument `\(word.text)` of `rules`",
                closest: best ?? RulesStatement.verbs.joined(separator: ", "), replacement: best)
        }
    }

    /// The error that `rules test` describes.
    private static func text(of words: Arguments, _ parser: inout Parser) throws(ParseStop) -> ErrorText {
        guard !words.isEmpty else {
            throw parser.stop(
                "missing-text", at: parser.endOfText, "test which text?",
                closest: "rules test \"Error code: 429 - slow down\" status=429")
        }
        var error = ErrorText(text: ""), texts: [String] = []
        for word in words.rest {
            let parts = word.isQuoted ? [] : word.text.split(separator: "=", maxSplits: 1).map(String.init)
            switch parts.first?.lowercased() {
            case "status" where parts.count == 2:
                guard let status = Int(parts[1]), (100...599).contains(status) else {
                    throw parser.stop(
                        "bad-status", at: word.span, "`\(parts[1])` is not an HTTP status", closest: "status=429")
                }
                error.httpStatus = status
            case "code" where parts.count == 2: error.code = parts[1]
            case "class" where parts.count == 2: error.exceptionClass = parts[1]
            default: texts.append(word.text)
            }
        }
        error.text = texts.joined(separator: " ")
        return error
    }

    var effects: StatementEffects { if case .apply = verb { .of(.changesStore) } else { .none } }

    func check(in session: Session, as written: StatementText) throws {
        switch verb {
        // These only read, and quickly.
        case .list, .show, .test: _ = try run(in: session, as: written)
        case .check, .apply: break
        }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let book = try session.ruleBook()
        if let reply = session.mistakes(of: book) { return Outcome(reply) }
        switch verb {
        case .list(let wanted): return Outcome(try session.listRules(wanted, book, written))
        case .show(let id): return Outcome(try session.showRule(id, book, written))
        case .test(let error):
            return Outcome(Reply(RuleWording.explained(error, by: Classifier(rules: book.rules), session.style)))
        case .check: return Outcome(try session.reclassify(book, keeps: false))
        case .apply: return Outcome(try session.reclassify(book, keeps: true))
        }
    }
}

/// What is shown of the rules.
extension Session {
    /// What is wrong with the user's file, as a reply; nil when nothing is.
    func mistakes(of book: RuleBook) -> Reply? {
        guard !book.mistakes.isEmpty else { return nil }
        var reply = Reply(exit: .wrong)
        var style = style
        if !environment.traits.errorIsTerminal { style.theme = .plain }
        reply.narration = book.lines(style).map { $0 + "\n" }.joined()
        return reply
    }

    fileprivate func listRules(_ wanted: Literal?, _ book: RuleBook, _ written: StatementText) throws -> Reply {
        let errors = try store.errorsByRule(), own = Set(book.own.map(\.id))
        var rules = book.rules.rules
        if let wanted {
            let word = wanted.text.lowercased()
            rules = rules.filter {
                $0.type?.name == word || (word == "not_an_error" && $0.type == nil) || $0.id.hasPrefix(word)
                    || (word == "own" && own.contains($0.id))
            }
            if rules.isEmpty {
                let names = ErrorType.allCases.map(\.name) + ["own"]
                throw written.mistake(
                    "no-rules", at: wanted.span, "no rule has the id or type `\(wanted.text)`",
                    closest: NearestName.best(for: word, among: names) ?? "`rules list` shows all")
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
            ? "no custom rules in \(book.path)" : "\(book.own.count) custom from \(book.path)"
        tell(
            "rules \(book.rules.version): \(builtIn) built in, \(ownText)" + (try staleness(book)), with: &reply)
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
        return "; the store's errors were classified by rules \(typed); `rules apply` reclassifies them"
    }

    fileprivate func showRule(_ id: Literal, _ book: RuleBook, _ written: StatementText) throws -> Reply {
        guard let rule = book.rules.rule(id: id.text) else {
            let best = NearestName.best(for: id.text, among: book.rules.rules.map(\.id))
            throw written.mistake(
                "unknown-rule", at: id.span, "no rule `\(id.text)`", closest: best ?? "`rules list` shows all",
                replacement: best)
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
}
