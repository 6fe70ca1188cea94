import Engine
import Errors
import Model
import QueryLanguage
import Render
import Terminal

/// What may stand at the cursor, by the state of the grammar there; values come from the data, most frequent first.
package struct Completer {
    let catalog: any ValueCatalog
    /// The names of the rules that are kept.
    var rules: () -> [String] = { [] }
    /// What the session knows; nothing unless told.
    var session = SessionWords()

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
        let kept = String(decoding: Array(before.utf8).prefix(start), as: UTF8.self)
        let expected = Statements.expected(behind: kept, bindings: session.bindings())
        let offered =
            prefix.hasPrefix("$") ? dollars(behind: tokens) : expected.flatMap { candidates($0, used: tokens) }.withoutRepeats
        let found = offered.filter {
            $0.text.lowercased().hasPrefix(wanted) || $0.text.lowercased().hasPrefix("\"" + wanted)
        }
        let results = found.isEmpty ? [:] : session.results()
        // A measure of a condition is judged as one that is compared.
        let rest = expected.contains(.measure) ? " > 0" : ""
        return Completion(
            replaceFrom: start,
            candidates: found.filter { mayStand($0.text, behind: kept, $0.text.hasSuffix("(") ? "" : rest, results) })
    }

    // MARK: The check

    /// Mistakes that what is typed next can still mend.
    static let mendable: Set<String> = [
        "not-a-flag", "measure-needs-field", "having-needs-groups", "top-needs-groups", "form-needs", "over-needs-every",
        "compare-needs-two", "vs-needs-measures", "vs-needs-window", "change-needs-vs", "new-needs-window", "new-needs-key",
        "trend-needs-every", "correlate-needs-two", "correlate-needs-every",
    ]

    /// False when the language itself finds a mistake in the word at its place: `calls show recovered`, a second range.
    private func mayStand(_ candidate: String, behind kept: String, _ rest: String, _ results: [Int: ResultSource]) -> Bool {
        let text = kept + candidate + rest
        let place = TextSpan(kept.utf8.count, kept.utf8.count + candidate.utf8.count)
        let parsed = Statements.parse(text, bindings: session.bindings())
        let found = parsed.written.mistakes
        var mistakes = found
        let syntax = (parsed.statement as? QueryStatement)?.syntax ?? (parsed.statement as? ExplainStatement)?.syntax
        if let syntax {
            var context = CheckContext(now: Timestamp(nanoseconds: 0))
            context.results = results
            context.forms = AnswerForms.all
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

extension [Completion.Candidate] {
    /// Each text once, where it first stands.
    fileprivate var withoutRepeats: [Completion.Candidate] {
        var seen: Set<String> = []
        return filter { seen.insert($0.text).inserted }
    }
}
