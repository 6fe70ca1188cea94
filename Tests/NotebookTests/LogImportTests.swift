import Model
import Testing

@testable import LocalStore
@testable import SQLite
@testable import Notebook

@Suite("Imports of logs")
struct LogImportTests {
    private let folder = TemporaryFolder()

    private func makeSession() throws -> Session {
        try Session(
            store: Store.open(path: folder.file("store.db"), create: true), environment: testEnvironment(width: 200))
    }

    private static let rows = """
        {"made":"2026-11-30T09:00:00Z","vendor_x":"openai","took":250,"problem":"Rate limit reached"}
        {"made":"2026-11-30T09:00:01Z","vendor_x":"openai","took":80}

        """

    @Test("what columns mean is kept for a source: reading it again changes nothing")
    func mapping() throws {
        let log = folder.write("calls.jsonl", LogImportTests.rows), session = try makeSession()
        let refused = session.run("import \"\(log)\"")
        #expect(refused.narration.contains("import --map time=made,error=COLUMN,model=COLUMN"), "\(refused.shown)")
        let reply = session.run("import --map time=made,provider=vendor_x,latency_ms=took,error=problem \"\(log)\"")
        #expect(reply.exit == .ok && reply.output.contains("2 new"), "\(reply.shown)")
        #expect(session.run("import \"\(log)\"").output.contains("2 known already"))
        #expect(session.run("errors by provider all").output.contains("openai"))
        #expect(session.run("import --map lattency=took \"\(log)\"").narration.contains("`lattency` is not a field of a log"))
    }

    @Test("a followed log is read by its mapping")
    func follow() throws {
        let log = folder.write("calls.jsonl", LogImportTests.rows), session = try makeSession()
        let reply = session.run("follow --map=time=made,provider=vendor_x,error=problem \"\(log)\"")
        #expect(reply.exit == .ok && reply.output.contains("2 records"), "\(reply.shown)")
        let found = session.run("errors by provider all")
        #expect(found.output.contains("openai"), "\(found.shown)")
    }

    @Test("an import tells of words for the outcome that it does not know")
    func unclear() throws {
        let rows = (0..<3).map {
            #"{"ts":"2026-11-30T09:00:0\#($0)Z","model":"gpt-4o","latency_ms":5,"outcome":"rejected"}"# + "\n"
        }
        let reply = try makeSession().run("import \"\(folder.write("log.jsonl", rows.joined()))\"")
        #expect(reply.output.contains("3 records have `outcome: rejected`; not counted as errors"), "\(reply.shown)")
    }

    @Test("an error line without a trace can be asked for by its session, its user and its id")
    func ownTrace() throws {
        let lines =
            #"{"timestamp":"2026-11-30T10:00:00Z","level":"ERROR","message":"429 Too many requests","session_id":"s9","user_id":"u1"}"#
            + "\n" + #"{"timestamp":"2026-11-30T10:02:00Z","level":"INFO","message":"hello","session_id":"s9"}"# + "\n"
        let session = try makeSession()
        #expect(session.run("import \"\(folder.write("log.jsonl", lines))\"").exit == .ok)
        let ids = session.run("errors where session = s9 and user = u1 all show trace as csv").output
        let id = String(try #require(ids.split(whereSeparator: \.isNewline).last))
        #expect(id.hasPrefix("event-"), "\(ids)")
        for name in [id, String(id.prefix(14)), String(id.dropFirst(6).prefix(8))] {
            let why = session.run("why \(name)").output
            #expect(why.contains("429 Too many requests") && why.contains("rate_limit"), "\(name): \(why)")
        }
        #expect(session.run("trace \(id)").output.contains("session s9"))
        #expect(session.run("traces all").output.contains("no traces match"))
    }

    @Test("a stream that was cut off is found by what its neighbours have, whichever comes first")
    func cutStream() throws {
        func span(_ id: Int, _ more: String) -> String {
            #"{"traceId":"5b8efff798038103d269b633813fc60\#(id)","spanId":"eee19b7ec3c1b17\#(id)","name":"chat","kind":3,"startTimeUnixNano":"176017320\#(id)000000000","endTimeUnixNano":"176017320\#(id)500000000","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.request.stream","value":{"boolValue":true}},{"key":"gen_ai.completion","value":{"stringValue":"text"}}\#(more)]}"#
        }
        let end =
            #",{"key":"gen_ai.response.finish_reasons","value":{"arrayValue":{"values":[{"stringValue":"stop"}]}}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"4"}}"#
        for (name, spans) in [("first", [span(1, ""), span(2, end)]), ("last", [span(2, end), span(1, "")])] {
            let lines = spans.map { #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#($0)]}]}]}"# + "\n" }.joined()
            let store = try Store.open(path: folder.file("\(name).db"), create: true)
            let session = try Session(store: store, environment: testEnvironment(width: 200))
            #expect(session.run("import \"\(folder.write("\(name).jsonl", lines))\"").exit == .ok)
            let found = session.run("errors all show type, evidence")
            #expect(found.output.contains("network_error") && found.output.contains("stream"), "\(name): \(found.shown)")
        }
    }
}
