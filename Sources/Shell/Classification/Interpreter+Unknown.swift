import Errors
import LocalStore
import Model
import QueryLanguage
import Render
import System

/// A rule that `unknown` proposes, by its number in the list.
struct ProposedRule {
    var proposal: RuleProposal
    var signature: UnclassifiedSignature
    /// Errors of all times that the phrase meets, by the type they have.
    var met: [ErrorType: Int64] = [:]
}

/// `unknown`: what no rule knows, a rule for each of it, and what that would change; `rules check` and `rules apply`.
extension Interpreter {
    /// Signatures that are listed.
    private static let mostSignatures = 20

    func unknown(_ arguments: [Literal], _ text: String) throws -> Reply {
        let book = try ruleBook()
        if let reply = mistakes(of: book) { return reply }
        if arguments.first?.text.lowercased() == "keep" {
            return try keep(Array(arguments.dropFirst()), book, text)
        }
        let window = try unknownWindow(text, after: arguments.first)
        let signatures = try store.snapshot { try store.unclassified(in: window, limit: Interpreter.mostSignatures) }
        guard !signatures.isEmpty else {
            proposals = []
            return Reply(["every error \(window == nil ? "" : "of this time ")has a type"])
        }
        proposals = try proposed(for: signatures)
        let values = ValueText(style)
        let rows: [[Value]] = proposals.enumerated().map { index, proposed in
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
            "`unknown keep N as TYPE` writes rule N to \(book.path) and types the store anew; a phrase of your own may follow the type",
            with: &reply)
        return reply
    }

    /// The window that the range behind `unknown` names; the session's own when there is none, nil for all.
    private func unknownWindow(_ text: String, after first: Literal?) throws -> Window? {
        let range = first.map { String(decoding: Array(text.utf8)[$0.span.start...], as: UTF8.self) } ?? ""
        let lead = "errors "
        let (statement, found) = Parser.parse(lead + range, bindings: bindings)
        // Places of mistakes are those of the statement as it was written.
        let shift = (first?.span.start ?? 0) - lead.utf8.count
        func placed(_ mistakes: [Diagnostic]) -> Diagnostics {
            Diagnostics(
                text: text,
                mistakes.map { mistake in
                    var mistake = mistake
                    mistake.span = TextSpan(max(0, mistake.span.start + shift), max(0, mistake.span.end + shift))
                    return mistake
                })
        }
        guard case .query(let syntax) = statement, found.isEmpty else { throw placed(found) }
        for clause in syntax.clauses {
            if case .range = clause.kind { continue }
            throw placed([
                Diagnostic("range-only", at: clause.span, "`unknown` takes only a range of time", closest: "unknown last 7d")
            ])
        }
        do { return try compile(syntax, lead + range, []).query.window } catch let diagnostics as Diagnostics {
            throw placed(diagnostics.all)
        }
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

    /// `unknown keep N [as TYPE] ["phrase"]`.
    private func keep(_ arguments: [Literal], _ book: RuleBook, _ text: String) throws -> Reply {
        func mistake(_ id: String, _ span: TextSpan, _ message: String, closest: String? = nil) -> Diagnostics {
            Diagnostics(text: text, [Diagnostic(id, at: span, message, closest: closest)])
        }
        let end = TextSpan(text.utf8.count, text.utf8.count)
        guard let number = arguments.first else {
            throw mistake("missing-number", end, "keep which rule?", closest: "unknown keep 1 as timeout")
        }
        guard let place = Int(number.text), proposals.indices.contains(place - 1) else {
            throw mistake(
                "unknown-number", number.span,
                proposals.isEmpty
                    ? "nothing is proposed yet; `unknown` lists rules to keep"
                    : "no rule \(number.text) is proposed; 1 to \(proposals.count) are")
        }
        let proposed = proposals[place - 1]
        var rest = arguments.dropFirst(), type = proposed.proposal.type, phrase = proposed.proposal.phrase
        if rest.first?.text.lowercased() == "as", rest.first?.isQuoted == false {
            rest = rest.dropFirst()
            let types = ErrorType.allCases.map(\.name)
            guard let word = rest.first else {
                throw mistake("missing-type", end, "as which type?", closest: types.joined(separator: ", "))
            }
            guard let named = ErrorType(name: word.text) else {
                throw mistake(
                    "unknown-type", word.span, "no error type `\(word.text)`",
                    closest: NearestName.best(for: word.text, among: types) ?? types.joined(separator: ", "))
            }
            type = named
            rest = rest.dropFirst()
        }
        if let own = rest.first {
            phrase = own.text
            rest = rest.dropFirst()
        }
        if let extra = rest.first {
            throw mistake("extra-word", extra.span, "expected the end of the statement, found `\(extra.text)`")
        }
        guard let type else {
            throw mistake(
                "missing-type", end, "no typed error resembles this one; say its type",
                closest: "unknown keep \(place) as server_error")
        }
        guard !phrase.isEmpty else {
            throw mistake(
                "missing-phrase", end, "too few words are left for a rule; say a phrase",
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
        readBook = nil
        var reply = try reclassify(written, keeps: true)
        reply.narration = Printable.safe("rule `\(rule.id)` is kept in \(book.path)") + "\n" + reply.narration
        proposals = []
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
        summary += keeps ? "moved to another type" : "would move to another type; `rules apply` does it"
        if change.otherwiseChanged > 0 {
            summary +=
                "; \(count(change.otherwiseChanged, "error")) keep\(change.otherwiseChanged == 1 ? "s" : "") the type by another rule"
        }
        reply.narration = summary + "\n"
        return reply
    }
}
