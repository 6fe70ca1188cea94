import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// `unfollow SOURCE…`.
struct UnfollowStatement: Statement {
    let sources: [Literal]

    static let entry = StatementEntry(
        "unfollow", "unfollow SOURCE", "stop following a source; imported records are kept", example: "unfollow \"traces.jsonl\"",
        reading: .paths, role: .machine, traits: .isLikeProse)

    init(sources: [Literal]) { self.sources = sources }

    init(parsing parser: inout Parser) throws(ParseStop) {
        sources = parser.words()
        guard !sources.isEmpty else {
            throw parser.stop(
                "missing-path", at: parser.endOfText, "unfollow what? `sources` lists what is followed",
                closest: "unfollow \"traces.jsonl\"")
        }
    }

    var effects: StatementEffects { .of(.changesStore) }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        var reply = Reply()
        for word in sources {
            let source = try session.source(word, written.text, among: { $0.following != nil }, what: "followed source")
            if let totals = try session.stopReceiving(source) {
                reply.narration += "stopped receiving at \(Printable.safe(source.path)): \(ReceiverText.sum(totals))\n"
                continue
            }
            _ = try Follower(session.store).unfollow(source.path)
            let path = Printable.safe(source.path)
            reply.narration += Redaction.text("\(path): stopped following; imported records are kept") + "\n"
        }
        session.storeChanged()
        return Outcome(reply)
    }
}

/// Sources by what a person types.
extension Session {
    /// The source that a word names: its path, or the end of one that no other source has.
    func source(
        _ word: Literal, _ text: String, among isMeant: (StoreSource) -> Bool = { _ in true }, what: String = "source"
    ) throws -> StoreSource {
        let sources = try store.sources().filter(isMeant)
        let expanded = environment.locations.expandingHome(word.text), whole = Files.wholePath(expanded)
        if let source = sources.first(where: { $0.path == expanded }) ?? sources.first(where: { $0.path == whole }) {
            return source
        }
        let ending = "/" + (word.text.hasPrefix("…/") || word.text.hasPrefix("~/") ? String(word.text.dropFirst(2)) : word.text)
        let matches = sources.filter { $0.path.hasSuffix(ending) }
        if matches.count == 1 { return matches[0] }
        let names = sources.map(\.path)
        let problem =
            matches.isEmpty
            ? Diagnostic(
                "unknown-source", at: word.span, "no \(what) `\(word.text)`",
                closest: NearestName.best(for: word.text, among: names)
                    ?? (names.isEmpty ? "there are none" : "`sources` lists them"))
            : Diagnostic(
                "ambiguous-source", at: word.span, "\(matches.count) sources end in `\(word.text)`",
                closest: matches.prefix(3).map(\.path).joined(separator: ", "))
        throw Diagnostics(text: text, [problem])
    }
}
