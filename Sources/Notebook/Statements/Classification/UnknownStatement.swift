import Errors
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// A rule that `unknown` proposes, by its number in the list.
struct ProposedRule {
    var proposal: RuleProposal
    var signature: UnclassifiedSignature
    /// Errors of all times that the phrase meets, by the type they have.
    var met: [ErrorType: Int64] = [:]
}

/// `unknown [RANGE]`, `unknown keep N [as TYPE] ["phrase"]`: what no rule knows, a rule for each of it, and what that would change.
struct UnknownStatement: Statement {
    /// A proposed rule that is to be written down.
    struct Kept {
        let number: Literal
        /// Its type; nil for the proposed one.
        var type: ErrorType?
        /// Its phrase; nil for the proposed one.
        var phrase: String?
    }

    private enum Verb {
        case list(QuerySyntax)
        case keep(Kept)
    }

    private let verb: Verb

    static let entry = StatementEntry(
        "unknown", "unknown [RANGE] | unknown keep N [as TYPE] [\"phrase\"]",
        "the most frequent unclassified errors, each with a suggested classification rule and its effect; `keep` saves the rule",
        example: "unknown last 7d", role: .machine, traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) {
        parser.offer(.words(["keep"]))
        guard !parser.token.isWord("keep") else {
            parser.advance()
            verb = .keep(try UnknownStatement.kept(&parser))
            return
        }
        parser.clausesOffered = Expected.rangeWords
        let syntax = parser.query(Name("errors", parser.wordRead.span))
        for clause in syntax.clauses {
            if case .range = clause.kind { continue }
            throw parser.stop(
                "range-only", at: clause.span, "`unknown` takes only a time range", closest: "unknown last 7d")
        }
        verb = .list(syntax)
    }

    private static func kept(_ parser: inout Parser) throws(ParseStop) -> Kept {
        var words = Arguments(parser.words())
        guard let number = words.next() else {
            throw parser.stop("missing-number", at: parser.endOfText, "keep which rule?", closest: "unknown keep 1 as timeout")
        }
        var kept = Kept(number: number)
        parser.offer(words.isEmpty ? .words(["as"]) : .words([]))
        if words.take("as") != nil {
            let types = ErrorType.allCases.map(\.name)
            parser.offer(words.isEmpty ? .words(types) : .words([]))
            guard let word = words.next() else {
                throw parser.stop("missing-type", at: parser.endOfText, "as which type?", closest: types.joined(separator: ", "))
            }
            guard let type = ErrorType(name: word.text) else {
                throw parser.stop(
                    "unknown-type", at: word.span, "no error type `\(word.text)`",
                    closest: NearestName.best(for: word.text, among: types) ?? types.joined(separator: ", "))
            }
            kept.type = type
        }
        kept.phrase = words.next()?.text
        if let extra = words.next() {
            throw parser.stop("extra-word", at: extra.span, "expected the end of the statement, found `\(extra.text)`")
        }
        return kept
    }

    var effects: StatementEffects { if case .keep = verb { .of(.writesFiles) } else { .none } }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let book = try session.ruleBook()
        if let reply = session.mistakes(of: book) { return Outcome(reply) }
        switch verb {
        case .list(let syntax):
            let window = try session.compile(syntax, written.text, []).query.window
            return Outcome(try session.listUnknown(in: window, book))
        case .keep(let kept): return Outcome(try session.keep(kept, book, written))
        }
    }
}

/// Rules for errors that no rule knows; `rules check` and `rules apply`.
extension Session {
    /// Signatures that are listed.
    private static let mostSignatures = 20

    fileprivate func listUnknown(in window: Window?, _ book: RuleBook) throws -> Reply {
        let signatures = try store.snapshot { try store.unclassified(in: window, limit: Session.mostSignatures) }
        guard !signatures.isEmpty else {
            classification.proposals = []
            return Reply(["every error \(window == nil ? "" : "in this window ")has a type"])
        }
        classification.proposals = try proposed(for: signatures)
        let values = ValueText(style)
        let rows: [[Value]] = classification.proposals.enumerated().map { index, proposed in
            [
                .count(Int64(index + 1)), .count(proposed.signature.count), .time(proposed.signature.newest),
                .text(proposed.signature.signature),
                .text(proposed.proposal.phrase.isEmpty ? "(too few words)" : proposed.proposal.phrase),
                proposed.proposal.type.map { .text($0.name) } ?? .missing, .text(effect(proposed, values)),
            ]
        }
        let columns = [
            ResultColumn("n", .count), ResultColumn("errors", .count), ResultColumn("newest", .time),
            ResultColumn("signature", .text),
            ResultColumn("phrase", .text), ResultColumn("as", .text), ResultColumn("moves", .text),
        ]
        var reply = AnswerPresenter(style).table(ResultTable(columns: columns, rows: rows).redacted, form: settings.form)
        tell(
            "`unknown keep N as TYPE` writes rule N to \(book.path) and reclassifies the store; a custom phrase may follow the type",
            with: &reply)
        return reply
    }

    /// A rule for each signature, and the errors of the whole store that its phrase meets.
    private func proposed(for signatures: [UnclassifiedSignature]) throws -> [ProposedRule] {
        var known: Set<String> = [], typed: [(signature: String, type: ErrorType)] = []
        try store.eachTypedMessage { message in
            if message.type != .unknown, known.insert(message.signature).inserted {
                typed.append((message.signature, message.type))
            }
        }
        typed.sort { ($0.signature, $0.type.rawValue) < ($1.signature, $1.type.rawValue) }
        var proposals = signatures.map { signature in
            ProposedRule(
                proposal: RuleProposal(
                    phrase: RuleProposal.phrase(of: signature.signature) ?? "",
                    type: RuleProposal.nearestType(to: signature.signature, among: typed)),
                signature: signature)
        }
        let matchers: [(Int, Classifier)] = proposals.indices.compactMap { index in
            guard !proposals[index].proposal.phrase.isEmpty else { return nil }
            let rule = proposals[index].proposal.rule(id: "proposed", type: .serverError, example: "")
            return (index, Classifier(rules: RuleSet(rules: [rule])))
        }
        try store.eachTypedMessage { message in
            let text = ErrorText(text: message.message, isKnownFailure: true)
            for (index, classifier) in matchers where classifier.classify(text)?.rule == "proposed" {
                proposals[index].met[message.type, default: 0] += message.count
            }
        }
        return proposals
    }

    /// What a proposed rule would move, in words: the unknown first, then what has a type already.
    private func effect(_ proposed: ProposedRule, _ values: ValueText) -> String {
        let met = proposed.met.filter { $0.key != proposed.proposal.type }.sorted {
            ($0.key == .unknown ? 0 : 1, $1.value, $0.key.rawValue) < ($1.key == .unknown ? 0 : 1, $0.value, $1.key.rawValue)
        }
        return met.map { "\(values.count($0.value)) \($0.key.name)" }.joined(separator: ", ")
    }

    fileprivate func keep(_ kept: UnknownStatement.Kept, _ book: RuleBook, _ written: StatementText) throws -> Reply {
        let number = kept.number
        guard let place = Int(number.text), classification.proposals.indices.contains(place - 1) else {
            throw written.mistake(
                "unknown-number", at: number.span,
                classification.proposals.isEmpty
                    ? "no rules are suggested yet; `unknown` suggests some"
                    : "no rule \(number.text) is proposed; 1 to \(classification.proposals.count) are")
        }
        let proposed = classification.proposals[place - 1]
        let type = kept.type ?? proposed.proposal.type, phrase = kept.phrase ?? proposed.proposal.phrase
        guard let type else {
            throw written.mistake(
                "missing-type", at: written.end, "no similar classified error; give a type",
                closest: "unknown keep \(place) as server_error")
        }
        guard !phrase.isEmpty else {
            throw written.mistake(
                "missing-phrase", at: written.end, "too few words for a rule; give a phrase",
                closest: "unknown keep \(place) as \(type.name) \"a phrase\"")
        }
        var rule = RuleProposal(phrase: phrase, type: type).rule(
            id: freeID(for: type, in: book), type: type, example: proposed.signature.message)
        // An example that is long or has secrets in it is none to keep.
        if rule.examples[0].utf8.count > 400 || holdsSecret(rule.examples[0]) || rule.examples[0].contains("[redacted") {
            rule.examples = []
        }
        let written = RuleBook(path: book.path, text: book.adding(rule))
        if let reply = mistakes(of: written) { return reply }
        let folder = String(book.path.prefix(upTo: book.path.lastIndex(of: "/") ?? book.path.startIndex))
        if !folder.isEmpty { try Files.makeFolder(folder) }
        try Files.write(written.text, to: book.path)
        classification.forgetBook()
        var reply = try reclassify(written, keeps: true)
        reply.narration = Printable.safe("saved rule `\(rule.id)` in \(book.path)") + "\n" + reply.narration
        classification.proposals = []
        return reply
    }

    private func freeID(for type: ErrorType, in book: RuleBook) -> String {
        var number = 1
        while book.rules.rule(id: "own.\(type.name).\(number)") != nil { number += 1 }
        return "own.\(type.name).\(number)"
    }

    /// Types the store's errors by the rules as they stand, or tells what that would change.
    func reclassify(_ book: RuleBook, keeps: Bool) throws -> Reply {
        if let reply = mistakes(of: book) { return reply }
        let change = try store.reclassify(with: Assessor(rules: book.rules), keeps: keeps)
        if keeps { storeChanged() }
        let values = ValueText(style)
        func count(_ n: Int, _ what: String) -> String { "\(values.count(Int64(n))) \(what)\(n == 1 ? "" : "s")" }
        var reply = Reply()
        if !change.moves.isEmpty {
            let columns = [ResultColumn("from", .text), ResultColumn("to", .text), ResultColumn("errors", .count)]
            let rows = change.moves.map { [Value.text($0.from.name), .text($0.to.name), .count(Int64($0.count))] }
            reply = AnswerPresenter(style).table(ResultTable(columns: columns, rows: rows), form: settings.form)
        }
        var summary = "rules \(book.rules.version): \(count(change.moved, "error")) of \(values.count(Int64(change.errors))) "
        summary += keeps ? "moved to another type" : "would move to another type; apply with `rules apply`"
        if change.otherwiseChanged > 0 {
            summary +=
                "; \(count(change.otherwiseChanged, "error")) keep\(change.otherwiseChanged == 1 ? "s" : "") their type by another rule"
        }
        reply.narration = summary + "\n"
        return reply
    }
}
