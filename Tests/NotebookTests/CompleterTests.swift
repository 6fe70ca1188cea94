import Model
import QueryLanguage
import Render
import Testing

@testable import Notebook
@testable import Terminal

@Suite("Completion")
struct CompleterTests {
    private func completion(_ text: String, cursor: Int? = nil, path: String = Stores.small) throws -> Completion {
        let session = try openSession(path)
        return Completer(catalog: session.catalog).completion(of: text, cursorByte: cursor ?? text.utf8.count)
    }

    private func texts(_ text: String) throws -> [String] { try completion(text).candidates.map(\.text) }

    /// Statements whose every beginning is completed.
    static let statements = [
        "errors by provider, type every 1h last 7d where model = gpt-4o and not recovered top 5 as stack",
        "calls by model show count, p95(latency), per_minute(count) having error_rate > 2% sort cost desc, count last 24h limit 10",
        "errors \"reset\" show time, message, model where severity >= ERROR and status in (429, 500) or fallback since 3h ago limit all",
        "traces where errors > 2 and duration > 1m today", "failures by agent over time last 30d as csv",
        "explain errors by type all",
        "calls where provider is missing and latency > 3s yesterday as json", "set form csv", "help where", "fields latency",
        "trace 3f2a",
        "errors where type in (rate_limit, timeout) and not (agent = planner or kind = tool) on 2026-11-20",
        "errors where agent != planner, triage and message has \"x\" around 14:00 +- 30m",
    ]

    @Test("everything that is offered may stand where it is offered", arguments: statements)
    func offeredIsRight(_ statement: String) throws {
        let session = try openSession()
        let completer = Completer(catalog: session.catalog)
        let bytes = Array(statement.utf8)
        var offered = 0
        for end in 0...bytes.count
        where end == bytes.count || bytes[end] == 0x20 || (end > 0 && [0x20, 0x28].contains(bytes[end - 1])) {
            let text = String(decoding: bytes[..<end], as: UTF8.self)
            let completion = completer.completion(of: text, cursorByte: end)
            #expect(completion.replaceFrom <= end)
            for candidate in completion.candidates {
                let kept = String(decoding: bytes[..<completion.replaceFrom], as: UTF8.self)
                let place = TextSpan(completion.replaceFrom, completion.replaceFrom + candidate.text.utf8.count)
                for mistake in mistakes(kept + candidate.text + candidate.ending, session)
                where mistake.span.start < place.end && mistake.span.end > place.start && !mendable.contains(mistake.id) {
                    Issue.record("‘\(kept)’ offers ‘\(candidate.text)’: \(mistake.message) [\(mistake.id)]")
                }
                offered += 1
            }
        }
        #expect(offered > 1)
    }

    /// Statements that show the language: the examples of the help and what the shipped scripts ask.
    static let examples: [String] =
        (Words.nouns + Statements.entries + Words.clauses).map(\.example)
        + FieldTable.all.map { "\($0.isTraceOnly ? "traces" : $0.isEventOnly ? "events" : "errors") where \($0.example)" }
        + MeasureTable.all.map(\.example) + statements

    /// The words of the language that a person would want completed.
    static let vocabulary: Set<String> = Set(
        (Words.nouns + Words.clauses).map(\.word) + Statements.entries.flatMap { $0.word.split(separator: " ").map(String.init) }
            + Words.joining + AnswerForms.names + FieldTable.all.map(\.id.rawValue) + MeasureTable.all.map(\.name)
            + ErrorType.allCases.map(\.name) + ["missing", "present", "new", "previous", "time", "asc", "desc", "rows"])

    @Test("every word of the language is offered where an example has it, once its first letter is typed", arguments: examples)
    func examplesAreOffered(_ statement: String) throws {
        let session = try openSession()
        let completer = Completer(catalog: session.catalog, session: session.sessionWords)
        let bytes = Array(statement.utf8)
        var isFree = false
        for token in Parser.tokens(of: statement) where token.kind == .word {
            // What follows is text of the person's own.
            if isFree { break }
            isFree = ["note", "sql", "trace", "import", "save", "report", "let", "run", "replay"].contains(token.value)
            guard CompleterTests.vocabulary.contains(token.value.lowercased()) else { continue }
            let typed = String(decoding: bytes[...token.span.start], as: UTF8.self)
            let offered = completer.completion(of: typed, cursorByte: typed.utf8.count).candidates.map { $0.text.lowercased() }
            let word = token.value.lowercased()
            #expect(
                offered.contains { $0 == word || $0.hasPrefix(word + "(") || $0.hasPrefix(word + " ") },
                "behind ‘\(typed)’ nobody offers ‘\(word)’ of ‘\(statement)’")
        }
    }

    /// Mistakes that what is typed next can still mend.
    private let mendable = Completer.mendable

    /// What is wrong with a text, the mistakes of the shell's own statements aside.
    private func mistakes(_ text: String, _ session: Session) -> [Diagnostic] {
        let parsed = Statements.parse(text), found = parsed.written.mistakes
        let syntax = (parsed.statement as? QueryStatement)?.syntax ?? (parsed.statement as? ExplainStatement)?.syntax
        guard let syntax else { return found }
        do {
            _ = try session.compile(syntax, text, found)
            return []
        } catch { return (error as? Diagnostics)?.all ?? found }
    }

    @Test("the beginning of a statement offers nouns and statements; the beginning of a word those that begin so")
    func beginning() throws {
        #expect(try texts("") == (Words.nouns + Statements.entries).map(\.word))
        #expect(try texts("er") == ["errors"])
        #expect(try texts("tra") == ["traces", "trace"])
        #expect(try texts("ERR") == ["errors"])
        #expect(try texts("explain ") == Words.nouns.map(\.word))
    }

    @Test("behind a noun stand clauses, each once")
    func clauses() throws {
        #expect(try Set(texts("errors ")) == Set(Words.clauses.map(\.word)))
        let rest = try texts("errors by type last 24h where model = gpt-4o ")
        #expect(!rest.contains("by") && !rest.contains("last") && rest.contains("limit") && rest.contains("and"))
    }

    @Test("what a clause takes is what it offers")
    func insideClauses() throws {
        #expect(try texts("errors by ").contains("type") && !texts("errors by ").contains("time"))
        #expect(try texts("calls show p9").sorted() == ["p90(", "p95(", "p99("])
        #expect(try texts("calls show p95(lat") == ["latency"])
        #expect(try texts("errors where lat") == ["latency"])
        #expect(try texts("errors where latency ").contains(">"))
        #expect(try texts("errors where type = ").count == ErrorType.allCases.count)
        #expect(try texts("errors where type in (").count == ErrorType.allCases.count)
        #expect(try texts("errors where type in (timeout, ra") == ["rate_limit"])
        #expect(try texts("errors by type as ") == AnswerForms.names)
        #expect(try texts("set ") == Settings.rows.map(\.name))
        #expect(try texts("help sev") == ["severity"])
        #expect(try texts("errors over ").first == "time" && texts("errors over ").contains("15m"))
        #expect(try texts("errors by type vs ").first == "previous")
        #expect(try texts("errors where signature is ") == ["missing", "present", "new"])
        #expect(try texts("trend ") == ["method="] + Words.nouns.map(\.word) && texts("trend method=") == ["mad", "zscore"])
        #expect(try texts("trend errors every 1h la") == ["last"])
        #expect(try texts("compare pro").contains("provider") && texts("compare provider open") == ["openai"])
        #expect(try texts("summary ").contains("last") && !texts("summary ").contains("by"))
        #expect(try texts("$3 ").contains("by") && texts("$3[2] by ty") == ["type"])
        #expect(try texts("calls by model having err").contains("error_rate"))
    }

    @Test("values come from the data with their number of calls, most frequent first")
    func values() throws {
        let candidates = try completion("errors where model = ").candidates
        let counts = candidates.compactMap { $0.note.flatMap { Int($0.filter(\.isNumber)) } }
        #expect(counts.count == candidates.count && candidates.count > 3)
        #expect(counts == counts.sorted(by: >) && counts.allSatisfy { $0 > 0 })
        #expect(candidates.allSatisfy { $0.note?.hasSuffix("calls") == true || $0.note == "1 call" })
        let listed = try openSession().run("calls by model show count all as csv").output.split(separator: "\r\n").dropFirst()
        #expect(listed.first?.hasPrefix(candidates[0].text + ",") == true)
    }

    @Test("a value that needs quotes is offered with them, and is found by its first letters")
    func quotedValues() throws {
        let all = try texts("errors where name = ")
        #expect(all.contains("\"chat gpt-4o\""))
        #expect(try texts("errors where name = chat").contains("\"chat gpt-4o\""))
    }

    @Test("an empty store offers no values, and words of the language all the same")
    func emptyStore() throws {
        #expect(try completion("errors where model = ", path: Stores.empty).candidates.isEmpty)
        #expect(try completion("errors where type = ra", path: Stores.empty).candidates.map(\.text) == ["rate_limit"])
    }

    @Test(
        "inside quotes, comments and free text nothing is offered",
        arguments: ["errors \"by ", "sql SELECT ", "trace 3f", "import ", "nonsense "])
    func nothing(_ text: String) throws { #expect(try texts(text).isEmpty) }

    @Test("the cursor may stand anywhere: only what is before it counts, in bytes")
    func cursor() throws {
        let text = "errors by  last 24h"
        #expect(try completion(text, cursor: 10).candidates.contains { $0.text == "type" })
        let wide = "errors \"日本\" by ty"
        let found = try completion(wide)
        #expect(found.candidates.map(\.text) == ["type"] && found.replaceFrom == wide.utf8.count - 2)
        // Cursors outside the text or inside a character do not trap.
        for cursor in 0...wide.utf8.count + 3 { _ = try completion(wide, cursor: min(cursor, wide.utf8.count)) }
    }

    // MARK: The notebook

    private func texts(_ text: String, in session: Session) -> [String] {
        let completer = Completer(catalog: session.catalog, session: session.sessionWords)
        return completer.completion(of: text, cursorByte: text.utf8.count).candidates.map(\.text)
    }

    @Test("statements of the notebook offer what the session knows")
    func notebook() throws {
        let session = try openSession()
        #expect(texts("$", in: session).isEmpty && texts("expect ", in: session) == ["rows", "no"])
        for statement in ["errors by type all", "calls show count, p95(latency) all", "let model = gpt-4o", "let models = a, b"] {
            _ = session.run(statement)
        }
        #expect(texts("$", in: session) == ["$2", "$1"])
        #expect(texts("$1 s", in: session) == ["show", "sort", "since"] || texts("$1 s", in: session).contains("sort"))
        #expect(texts("calls where model = $", in: session) == ["$model", "$models"])
        #expect(texts("calls by $", in: session).isEmpty)
        #expect(texts("errors where model in $", in: session).contains("$model"))
        #expect(texts("expect ", in: session) == ["count", "p95(latency)", "rows", "no"])
        #expect(
            texts("expect count ", in: session).contains(">=")
                && texts("expect count > 3 ", in: session) == ["and", "or"])
        #expect(texts("expect no ", in: session).contains("firings"))
        #expect(texts("watch ", in: session).contains("errors") && texts("watch 10s ", in: session).contains("errors"))
        #expect(texts("watch 10s errors by ", in: session).contains("type"))
        #expect(texts("watch errors by type last 1h ", in: session).contains("until"))
        #expect(texts("watch errors by type last 1h until ", in: session).contains("rows"))
        #expect(texts("run ", in: session).contains("tour") && texts("run to", in: session) == ["tour"])
        #expect(texts("run overview ", in: session) == ["window=24h"])
        #expect(
            texts("replay ", in: session).contains("--check")
                && texts("replay x --check ", in: session).contains("--check") == false)
        #expect(texts("sessions ", in: session) == ["--recover"])
        for text in ["let x = ", "note er", "save ", "rerun ", "edit ", "report "] {
            #expect(texts(text, in: session).isEmpty, "\(text)")
        }
    }
}
