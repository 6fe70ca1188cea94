import LocalStore
import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// `forget SOURCE [yes]`, `forget before TIME [yes]`.
struct ForgetStatement: Statement {
    /// What is removed.
    enum Subject {
        case source(Literal)
        case before(TimeSyntax)
    }

    let subject: Subject
    /// True when nobody is to be asked.
    let isConfirmed: Bool

    static let entry = StatementEntry(
        "forget", "forget SOURCE [yes] | forget before TIME [yes]",
        "delete the records of a source, or those that ended before a time; shows them and asks first, `yes` confirms",
        example: "forget before 400d ago", reading: .words, role: .machine, traits: .isLikeProse)

    init(_ subject: Subject, isConfirmed: Bool) {
        self.subject = subject
        self.isConfirmed = isConfirmed
    }

    init(parsing parser: inout Parser) throws(ParseStop) {
        parser.offer(.words(["before"]))
        if parser.token.isWord("before") {
            parser.advance()
            guard parser.token.kind != .end else {
                throw parser.stop(
                    "missing-path", at: parser.endOfText, "forget before when?",
                    closest: "forget before 90d ago, forget before 2026-10-01")
            }
            guard let time = parser.time() else { throw ParseStop() }
            subject = .before(time)
            parser.offer(.words(["yes"]))
            isConfirmed = parser.token.isWord("yes") || parser.token.isWord("--yes")
            if isConfirmed { parser.advance() }
            parser.end()
            return
        }
        let words = parser.words()
        guard let source = words.first else {
            throw parser.stop(
                "missing-path", at: parser.endOfText, "forget what? give a source, or `before` and a time",
                closest: "forget before 90d ago")
        }
        subject = .source(source)
        isConfirmed = words.count > 1 && words[words.count - 1].isWord(among: ["yes", "--yes"])
        guard words.count == (isConfirmed ? 2 : 1) else {
            throw parser.stop(
                "one-source", at: words[1].span, "only one source can be forgotten at a time",
                closest: "quote a path that contains spaces")
        }
        parser.offer(.words(isConfirmed ? [] : ["yes"]))
    }

    var effects: StatementEffects { .of(.changesStore) }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        switch subject {
        case .source(let word):
            let source = try session.source(word, written.text)
            let name = "what came from \(Printable.safe(source.path, glyphs: session.style.glyphs))"
            return Outcome(try session.forget(.source(source.path), name, written.text, isConfirmed: isConfirmed))
        case .before(let time):
            let instant = try QueryCompiler().instant(time, text: written.text, context: session.context())
            guard instant <= session.now else {
                throw written.mistake(
                    "future-time", at: time.span, "that is in the future", closest: "forget before 90d ago")
            }
            let name =
                "what ended before \(ValueText(session.style).time(instant)) \(session.settings.zone.name)"
            return Outcome(try session.forget(.before(instant), name, written.text, isConfirmed: isConfirmed))
        }
    }
}

/// Records that are removed.
extension Session {
    /// Says what will be removed, and removes it once that is confirmed.
    fileprivate func forget(_ what: Forgetting, _ name: String, _ text: String, isConfirmed: Bool) throws -> Reply {
        let counts = try store.forgettable(what)
        if case .before = what, counts.isEmpty { return .narrated("the store has nothing from \(name)") }
        let removed = "\(Redaction.text(name)): \(words(counts))"
        if !isConfirmed {
            guard let confirm = console.confirm else {
                var reply = Reply.narrated("would remove \(removed)")
                reply.narration += "nothing was removed; to confirm: `\(text.trimmed) yes`\n"
                reply.exit = .wrong
                return reply
            }
            console.progress?.clear()
            guard confirm("This removes \(removed).\nIt cannot be undone. Remove it? (yes/no) ") else {
                return .narrated("nothing was removed")
            }
        }
        let gone = try store.forget(what, assessor: assessor())
        storeChanged()
        return .narrated("removed \(Redaction.text(name)): \(words(gone)); sessions, alerts and their history are kept")
    }

    private func words(_ counts: ForgottenCounts) -> String {
        func count(_ n: Int64, _ one: String) -> String { "\(ValueText(style).count(n)) \(one)\(n == 1 ? "" : "s")" }
        return [
            count(counts.traces, "trace"), count(counts.spans, "span"), count(counts.events, "event"),
            count(counts.scores, "score"),
        ].joined(separator: ", ") + " with \(count(counts.errors, "error"))"
    }
}

extension String {
    /// Without blanks and a final `;` at its end.
    fileprivate var trimmed: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
        return String(text)
    }
}
