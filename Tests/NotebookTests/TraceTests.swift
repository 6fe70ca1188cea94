import Model
import QueryLanguage
import Render
import SQLite
import Testing

@testable import LocalStore
@testable import Notebook

@Suite("One trace")
struct TraceTests {
    /// What SQLite's own reader of JSON says of a text.
    private func json(_ text: String, _ path: String) throws -> String? {
        let store = try Store.open(path: Stores.empty, create: false)
        let row = try store.rows(
            SQLStatement(text: "SELECT json_valid(?1), CAST(json_extract(?1, ?2) AS TEXT)", bindings: [.text(text), .text(path)]))
        return row[0][0] == .integer(1) ? row[0][1].text ?? "null" : nil
    }

    @Test(
        "a trace, a span and a request are found by any unique beginning of their id",
        arguments: [
            "3f2a", "3f2a0000000000000000000000000017", "3F2A0000-0000-0000-0000-000000000017", "3f2a000000000002", "req-17",
        ])
    func found(_ id: String) throws {
        let reply = try openSession().run("trace \(id)")
        #expect(reply.exit == .ok, "\(reply.narration)")
        #expect(reply.output.hasPrefix("trace 3f2a0000000000000000000000000017\n"))
        for shown in [
            "rate_limit", "recovered", "fallback from gpt-4o", "gpt-4o", "claude-sonnet-4", "planner", "production", "search",
        ] {
            #expect(reply.output.contains(shown), "\(shown)\n\(reply.output)")
        }
    }

    @Test("drawing a trace and writing it as JSON end when the user wants it, and not otherwise")
    func interrupted() throws {
        let store = try Store.open(path: Stores.small, create: false), stop = StopFlag()
        let match = try #require(try store.findTraces(prefix: "3f2a0000000000000000000000000017", limit: 1).first)
        let found = FoundTrace(trace: try #require(try store.trace(match.traceID, project: nil)), match: match)
        let presenter = TracePresenter(style: Style())
        #expect(try stop.governing { try TraceJSON.text(found.trace).isEmpty } == false)
        #expect(try stop.governing { try presenter.lines(found).isEmpty } == false)
        stop.raise()
        #expect(throws: Interrupted.self) { try stop.governing { try TraceJSON.text(found.trace) } }
        #expect(throws: Interrupted.self) { try stop.governing { try presenter.lines(found) } }
        #expect(throws: Interrupted.self) { try stop.governing { try TraceTree(found, style: Style()) } }
    }

    @Test("an id that nothing has is a mistake under the id")
    func unknown() throws {
        let reply = try openSession().run("trace ffffffffffff")
        #expect(reply.exit == .wrong && reply.output.isEmpty)
        #expect(reply.narration.hasPrefix("trace ffffffffffff\n      ^^^^^^^^^^^^\n") && reply.narration.contains("[no-trace]"))
    }

    @Test("a beginning that several ids share names some of them, and each of those is found")
    func ambiguous() throws {
        let session = try openSession()
        let ids = session.run("sql SELECT trace_id FROM trace ORDER BY trace_id").output.split(separator: "\n").dropFirst()
            .map { String($0.filter { !$0.isWhitespace }) }.filter { $0.count == 32 }
        let prefix = try #require(
            (1...4).lazy.flatMap { length in ids.map { String($0.prefix(length)) } }.first { prefix in
                ids.filter { $0.hasPrefix(prefix) }.count > 1
            })
        let reply = session.run("trace \(prefix)")
        #expect(reply.exit == .wrong && reply.narration.contains("[ambiguous-id]") && reply.narration.contains("      ^"))
        let named = ids.filter { reply.narration.contains($0) }
        #expect(!named.isEmpty && named.allSatisfy { $0.hasPrefix(prefix) })
        for id in named { #expect(session.run("trace \(id)").exit == .ok) }
    }

    @Test("`as json` is valid JSON that holds what the picture shows")
    func jsonForm() throws {
        let reply = try openSession().run("trace 3f2a as json")
        #expect(reply.exit == .ok && reply.output.hasSuffix("}\n"))
        #expect(try json(reply.output, "$.trace") == "3f2a0000000000000000000000000017")
        #expect(try json(reply.output, "$.outcome") == "recovered")
        #expect(try json(reply.output, "$.errors[0].type") == "rate_limit")
        #expect(try json(reply.output, "$.spans[1].http_status") == "429")
        #expect(try json(reply.output, "$.spans[2].cost_usd") == "0.072")
        #expect(try json(reply.output, "$.spans[0].cost_usd") == "null")
    }

    @Test("every trace of the store is drawn, and is valid JSON")
    func every() throws {
        let session = try openSession()
        let ids = session.run("sql SELECT trace_id FROM trace").output.split(separator: "\n").map {
            $0.filter { !$0.isWhitespace }
        }
        for id in ids.filter({ $0.count == 32 }).prefix(60) {
            let drawn = session.run("trace \(id)")
            #expect(drawn.exit == .ok && drawn.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(drawn.output)")
            #expect(try json(session.run("trace \(id) as json").output, "$.trace") == id)
        }
    }

    @Test("a setting of json holds for traces, another form of a trace is a mistake")
    func forms() throws {
        let session = try openSession()
        #expect(session.run("trace 3f2a as csv").exit == .wrong)
        #expect(session.run("set form json").exit == .ok)
        #expect(session.run("trace 3f2a").output.hasPrefix("{"))
    }
}
