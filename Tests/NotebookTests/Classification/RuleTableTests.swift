import Errors
import Model
import Testing

@testable import Importing
@testable import LocalStore
@testable import SQLite
@testable import Notebook
@testable import Platform

@Suite("The user's own rules")
struct RuleTableTests {
    let folder = TemporaryFolder()

    private func makeSession(_ rules: String? = nil, on path: String = Stores.small) throws -> Session {
        if let rules { _ = folder.write("rules.yaml", rules) }
        return try openSession(path, testEnvironment(["FAULTLINE_RULES": folder.file("rules.yaml")]))
    }

    @Test("the file that help shows can be read, and its rules come first")
    func helpExample() throws {
        let session = try makeSession(RuleFileHelp.example.map { $0 + "\n" }.joined())
        let reply = session.run("rules test \"gateway-9: no seat free\"")
        #expect(reply.output.contains("own.gateway-busy") && reply.output.contains("server_error"), "\(reply.shown)")
        #expect(session.run("rules test \"rate limit: no seat free\"").output.contains("rate."))
        #expect(session.run("rules list own").output.contains("own.gateway-busy"))
        #expect(session.run("rules show own.gateway-busy").output.contains("GATEWAY_FULL"))
        #expect(session.run("help rules").output.contains("own.gateway-busy"))
    }

    @Test(
        "every mistake of the file is told with its line and a caret",
        arguments: [
            ("rules:\n  - id: a\n    type: server_eror\n    phrases: [x1]\n", "rules.yaml:3:11:", "server_eror", "server_error"),
            ("rules:\n  - id: a\n    type: timeout\n    phrase: [x1]\n", "rules.yaml:4:5:", "phrase", "phrases"),
            ("rules:\n  - id: a\n    type: timeout\n", "rules.yaml:2:5:", "id", "matches nothing"),
            ("rules:\n  - id: rate.window\n    type: timeout\n    phrases: [x1]\n", "rules.yaml:2:9:", "rate.window", "built-in"),
            (
                "rules:\n  - id: a\n    type: timeout\n    phrases: [\"the oven\"]\n    examples:\n      - the stove\n",
                "rules.yaml:6:9:", "the", "does not match its example"
            ),
            ("rules:\n  - id: a\n    type: timeout\n    phrases: [\"x1\"\n", "rules.yaml:", "", "expected"),
            ("rules:\n  - id: a\n    type: timeout\n    statuses: [200]\n", "rules.yaml:4:16:", "200", "429 or 500-599"),
            ("- id: a\n", "rules.yaml:1:1:", "-", "mapping"),
        ])
    func mistakes(text: String, place: String, word: String, says: String) throws {
        let reply = try makeSession(text).run("rules")
        #expect(reply.exit == .wrong)
        #expect(reply.narration.contains(place) && reply.narration.contains(says), "\(reply.narration)")
        #expect(reply.narration.contains("^"))
        let lines = reply.narration.split(separator: "\n").map(String.init)
        let from = lines.firstIndex { $0.contains(place) } ?? 0
        if !word.isEmpty, let caret = lines[from...].firstIndex(where: { $0.contains("^") }), caret > 0 {
            let column = lines[caret].prefix { $0 == " " }.count
            #expect(lines[caret - 1].dropFirst(column).hasPrefix(word), "\(reply.narration)")
        }
        // Nothing is imported by half a table.
        #expect(try makeSession().run("import \"\(folder.file("none.jsonl"))\"").narration.contains("rules.yaml:"))
    }

    @Test("a text is tried with its fields; what matched is underlined")
    func tries() throws {
        let session = try makeSession()
        let reply = session.run("rules test \"Error: Too many requests, please wait\"")
        let lines = reply.output.split(separator: "\n").map(String.init)
        let mark = try #require(lines.last), shown = lines[lines.count - 2]
        let column = mark.prefix { $0 == " " }.count
        #expect(shown.dropFirst(column).hasPrefix("Too many requests") && mark.dropFirst(column).allSatisfy { $0 == "▔" })
        #expect(session.run("rules test \"no words\" status=429").output.contains("status.429"))
        #expect(session.run("rules test \"no words\" class=ReadTimeout").output.contains("exception's class"))
        #expect(session.run("rules test \"All is well here\"").output.contains("not_an_error"))
        #expect(session.run("rules test").exit == .wrong)
        #expect(session.run("rules test x status=9").exit == .wrong)
        #expect(session.run("rules shov").narration.contains("show"))
        #expect(session.run("rules show rate.windw").narration.contains("rate.window"))
    }

    /// A store with errors that no rule knows.
    private func unknownStore() throws -> String {
        let path = folder.file("unknown.db")
        let store = try Store.open(path: path, create: true)
        var records: [Record] = []
        for index in 0..<9 {
            var span = SpanRecord(spanID: "s\(index)", kind: .llm)
            span.traceID = "t\(index)"
            span.end = Stores.now - .seconds(Int64(60 * (index + 1)))
            span.status = .error
            span.statusMessage =
                index < 5
                ? "node \(index) of the warp core has no coolant left"
                : index < 7 ? "Connection error." : "the warp core of ship \(index) has no coolant valve"
            records.append(.span(span))
        }
        _ = try Importer(store).importRecords("f", format: "test", now: Stores.now, records)
        return path
    }

    @Test("`unknown` proposes rules with their effect; one that is kept is written down and types the store anew")
    func unknown() throws {
        let session = try makeSession(on: try unknownStore())
        let before = session.run("errors by type all as csv").output
        #expect(before.contains("unknown,7"))
        let list = session.run("unknown last 1h")
        #expect(list.exit == .ok && list.output.contains("has no coolant left"), "\(list.shown)")
        #expect(session.run("unknown last 1s").output.contains("has a type"))
        #expect(session.run("unknown keep 1 as server_error").narration.contains("no rules are suggested"))
        _ = session.run("unknown all")
        #expect(session.run("unknown keep 1 as sever_error").narration.contains("server_error"))
        let kept = session.run("unknown keep 1 as server_error")
        #expect(kept.exit == .ok && kept.narration.contains("own.server_error.1"), "\(kept.shown)")
        #expect(kept.output.contains("unknown") && kept.output.contains("server_error") && kept.narration.contains("5 errors of"))
        let after = session.run("errors by type all as csv").output
        #expect(after.contains("server_error,5") && after.contains("unknown,2"))
        #expect(try Files.text(of: folder.file("rules.yaml")).contains("type: server_error"))
        // The version in receipts follows.
        #expect(session.run("errors by type all").output.contains("rules \(try session.ruleBook().rules.version)"))
        _ = session.run("unknown all")
        #expect(session.run("unknown keep 1 as timeout \"coolant valve\"").exit == .ok)
        #expect(session.run("unknown all").output.contains("has a type"))
        // Twice the same says that nothing moves.
        #expect(session.run("rules apply").narration.contains("0 errors"))
    }

    @Test("a changed file is told, tried and applied")
    func apply() throws {
        let path = try unknownStore()
        let session = try makeSession(on: path)
        _ = folder.write("rules.yaml", "rules:\n  - id: own.warp\n    type: timeout\n    phrases: warp core\n")
        #expect(session.run("rules list own").output.contains("rules apply"))
        let check = session.run("rules check")
        #expect(check.output.contains("timeout") && check.narration.contains("would move"), "\(check.shown)")
        #expect(session.run("errors by type all as csv").output.contains("unknown,7"))
        #expect(session.run("rules apply").narration.contains("7 errors of"))
        #expect(session.run("errors by type all as csv").output.contains("timeout,7"))
        #expect(session.run("why t1").output.contains("own.warp"))
    }

    @Test("the range of `unknown` is read like any other, and nothing else")
    func range() throws {
        let session = try makeSession()
        for statement in ["unknown lst 7d", "unknown by model", "unknown last"] {
            let reply = session.run(statement)
            #expect(reply.exit == .wrong && reply.narration.contains("^"), "\(statement): \(reply.shown)")
        }
    }

    @Test("rules that cannot be used are told of once where followed sources are read, and by doctor")
    func followedWithBrokenRules() throws {
        let path = folder.write("live.jsonl", "")
        let rules = folder.write("rules.yaml", "rules:\n  - id: mine\n    type: timeout\n    phrases: [\"the flux\"]\n")
        let session = try Session(
            store: Store.open(path: folder.file("followed.db"), create: true),
            environment: testEnvironment(["FAULTLINE_RULES": rules]))
        #expect(session.run("follow \"\(path)\"").exit == .ok)
        _ = folder.write("rules.yaml", "rules:\n  - id: mine\n    type: nonsense\n")
        session.followedSources.nextLook = nil
        let first = session.run("errors")
        #expect(first.narration.contains("rules.yaml:3:11:"), "\(first.narration)")
        #expect(first.narration.contains("until then followed sources use only the built-in rules"))
        session.followedSources.nextLook = nil
        #expect(!session.run("errors").narration.contains("rules.yaml"))
        let text = session.run("doctor").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("warning rules ") && text.contains("until then nothing can be imported"), "\(text)")
    }
}
