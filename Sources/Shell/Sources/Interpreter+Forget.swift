import LocalStore
import Model
import QueryLanguage
import Render

/// `forget SOURCE`, `forget before T`.
extension Interpreter {
    func forget(_ arguments: [Literal], _ text: String) throws -> Reply {
        guard let first = arguments.first else {
            throw missingSource(text, "forget what? a source, or everything before a time", "forget before 90d ago")
        }
        var arguments = arguments, isConfirmed = false
        if arguments.count > 1, let last = arguments.last, !last.isQuoted, ["yes", "--yes"].contains(last.text.lowercased()) {
            isConfirmed = true
            arguments.removeLast()
        }
        if !first.isQuoted, first.text.lowercased() == "before" {
            guard arguments.count > 1 else {
                throw missingSource(text, "forget before when?", "forget before 90d ago, forget before 2026-10-01")
            }
            return try forget(before: arguments[1], text, isConfirmed: isConfirmed)
        }
        guard arguments.count == 1 else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "one-source", at: arguments[1].span, "one source at a time is forgotten",
                        closest: "quotes keep a path with blanks together")
                ])
        }
        let source = try source(first, text)
        return try forget(
            .source(source.path), "what came from \(Printable.safe(source.path, glyphs: style.glyphs))", text,
            isConfirmed: isConfirmed)
    }

    private func forget(before word: Literal, _ text: String, isConfirmed: Bool) throws -> Reply {
        let (time, mistakes) = Parser.time(in: text, from: word.span.start, allowing: ["yes", "--yes"])
        guard let time, mistakes.isEmpty else { throw Diagnostics(text: text, mistakes) }
        let instant = try QueryCompiler().instant(time, text: text, context: context())
        guard instant <= now else {
            throw Diagnostics(
                text: text,
                [Diagnostic("future-time", at: time.span, "that lies in the future", closest: "forget before 90d ago")])
        }
        return try forget(
            .before(instant), "what was over before \(ValueText(style).time(instant)) \(settings.zone.name)", text,
            isConfirmed: isConfirmed)
    }

    /// Says what will be removed, and removes it once that is confirmed.
    private func forget(_ what: Forgetting, _ name: String, _ text: String, isConfirmed: Bool) throws -> Reply {
        let counts = try store.forgettable(what)
        if case .before = what, counts.isEmpty { return .narrated("the store holds nothing of \(name)") }
        let removed = "\(Redaction.text(name)): \(words(counts))"
        if !isConfirmed {
            guard let confirm else {
                var reply = Reply.narrated("would remove \(removed)")
                reply.narration += "nothing was removed: say `\(text.trimmed) yes`\n"
                reply.exit = .wrong
                return reply
            }
            progress?.clear()
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
