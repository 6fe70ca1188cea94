import Model
import QueryLanguage

extension AlertSubjectSyntax {
    /// Files that are read for it.
    var effects: StatementEffects {
        if case .file(let file) = self { StatementEffects(kinds: [], read: [file.text]) } else { .none }
    }
}

/// What `alert test` and `alert tune` try, and over which time.
struct RuleTestSyntax {
    let subject: AlertSubjectSyntax
    private(set) var range: ClauseSyntax?
    /// Only of `test`.
    private(set) var step: Name?, form: Name?
    /// Only of `tune`: `2/week` as written.
    private(set) var aim: Name?

    /// - Parameter verb: `test` or `tune`.
    init(parsing parser: inout Parser, verb: String) throws(ParseStop) {
        guard var subject = RuleTestSyntax.subject(&parser) else { throw ParseStop() }
        if case .rule(var rule) = subject {
            // Within a rule that is written out the range stands among its clauses.
            if let place = rule.query.clauses.firstIndex(where: { Parser.name(of: $0.kind) == "range" }) {
                range = rule.query.clauses.remove(at: place)
            }
            if let place = rule.query.clauses.firstIndex(where: { Parser.name(of: $0.kind) == "as" }),
                case .as(let name, nil) = rule.query.clauses[place].kind
            {
                form = name
                rule.query.clauses.remove(at: place)
            }
            subject = .rule(rule)
        }
        self.subject = subject
        offer(&parser, verb)
        while parser.token.kind != .end {
            readOption(&parser, verb)
            offer(&parser, verb)
        }
        if let form, form.text != "json", form.text != "table" {
            parser.report(Mistake.unknownForm(form, among: ["json", "table"]))
        }
    }

    /// Throws if the rule or the range cannot be used.
    func check(in session: Session, as written: StatementText) throws {
        _ = try session.monitor.subject(subject, written.text)
        _ = try session.window(range, written.text)
    }

    private func offer(_ parser: inout Parser, _ verb: String) {
        if range == nil { parser.offer(.words(Expected.rangeWords)) }
        parser.offer(.words(verb == "test" ? ["step", "as"] : ["aim"]))
    }

    private mutating func readOption(_ parser: inout Parser, _ verb: String) {
        let start = parser.token
        if start.isWord("step"), verb == "test" {
            parser.advance()
            step = parser.lengthName(closest: "step 1m")
        } else if start.isWord("aim"), verb == "tune" {
            parser.advance()
            aim = RuleTestSyntax.aim(&parser)
        } else if start.isWord("as") {
            parser.advance()
            parser.offer(.words(["json", "table"]))
            form = parser.name("a form", closest: "json")
        } else if let found = parser.rangeClause() {
            if range != nil { parser.report(Mistake.repeatedClause("range", found.span)) } else { range = found }
        } else if parser.token == start {
            parser.report(Mistake.unexpectedEnd(start))
            parser.passAll()
        }
    }

    /// `2/week`, `1/day`; slashes belong to words.
    private static func aim(_ parser: inout Parser) -> Name? {
        guard parser.token.kind == .word else {
            parser.report(Mistake.expected("a target such as 2/week", at: parser.token, closest: "aim 2/week"))
            return nil
        }
        let word = parser.advance()
        return Name(word.folded, word.span)
    }

    private static func subject(_ parser: inout Parser) -> AlertSubjectSyntax? {
        parser.offer(.words(["when"]), .rule)
        if parser.token.isWord("when") { return parser.ruleBehindWhen().map { .rule($0) } }
        guard parser.token.kind == .word || parser.token.kind == .string else {
            let expected = "a rule's name, a file, or `when` and a query"
            parser.report(Mistake.expected(expected, at: parser.token, closest: "alert test quota_burst last 30d"))
            return nil
        }
        let lowered = parser.token.folded
        if parser.token.kind == .string || lowered.hasSuffix(".yaml") || lowered.hasSuffix(".yml") || lowered.contains("/") {
            let word = parser.advance()
            return .file(Literal(text: word.value, span: word.span, isQuoted: word.kind == .string))
        }
        return parser.ruleName().map { .name($0) }
    }
}

extension Parser {
    /// The name of an alert rule.
    mutating func ruleName() -> Name? {
        offer(.rule)
        guard token.kind == .word || token.kind == .string, !token.isWord("when") else {
            report(Mistake.expected("a rule's name", at: token, closest: "quota_burst"))
            return nil
        }
        let word = advance()
        return Name(word.value, word.span)
    }
}
