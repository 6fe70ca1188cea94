import Model
import Render
import Testing

@testable import LocalStore
@testable import Notebook

@Suite("Traces side by side")
struct TraceComparisonTests {
    @Test("a trace beside itself has the same steps")
    func same() throws {
        let reply = try openSession().run("trace 3f2a vs 3f2a")
        #expect(reply.exit == .ok && reply.output.contains("nothing parts them"), "\(reply.shown)")
    }

    @Test("every step of both traces stands in one row, in its order, and leads to its span")
    func rows() throws {
        let session = try openSession(Stores.tour)
        _ = session.run("failures last 30d limit 1")
        _ = session.run("traces where not failed last 30d limit 1")
        let outcome = session.execute("trace $1[1] vs $2[1]")
        let table = try #require(outcome.result?.answer.table)
        for (column, name) in [("span_a", "A"), ("span_b", "B")] {
            let place = try #require(table.index(of: column))
            let ids = table.rows.compactMap { row -> String? in if case .text(let id) = row[place] { id } else { nil } }
            #expect(Set(ids).count == ids.count && !ids.isEmpty, "\(name)")
        }
        for (number, row) in table.rows.enumerated() {
            let place = try #require(table.index(of: row[1] == .text("B") ? "span_b" : "span_a"))
            let behind = session.execute("$3[\(number + 1)] show span")
            #expect(behind.result?.answer.table.rows == [[row[place]]], "row \(number + 1)")
        }
        #expect(session.run("$3 as json").output.contains("\"span_a\""))
    }

    @Test("`vs good` picks a trace of the same agent that did not fail", arguments: [80, 120])
    func good(width: Int) throws {
        var environment = testEnvironment()
        environment.width = width
        let session = try openSession(Stores.tour, environment)
        let failed = try #require(session.execute("failures show trace, agent last 30d limit 20").result?.answer.table)
        var compared = 0
        for (number, row) in failed.rows.enumerated() {
            let outcome = session.execute("trace $1[\(number + 1)] vs good")
            #expect(outcome.reply.exit == .ok)
            guard let table = outcome.result?.answer.table else {
                #expect(outcome.reply.output.contains("ended well"))
                continue
            }
            compared += 1
            let place = try #require(table.index(of: "span_b"))
            let span = table.rows.lazy.compactMap { row -> String? in if case .text(let id) = row[place] { id } else { nil } }
                .first
            let id = try #require(span)
            let match = try #require(try session.store.findTraces(prefix: id, limit: 1).first)
            let partner = try #require(try session.store.trace(match.traceID))
            #expect(!partner.isFailed && partner.agent.map { .text($0) } ?? .missing == row[1])
            #expect(outcome.reply.output.split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= width })
        }
        #expect(compared > 5)
    }

    @Test("an unknown partner is a mistake at its place")
    func unknown() throws {
        let reply = try openSession().run("trace 3f2a vs ffffffffffff")
        #expect(reply.exit == .wrong && reply.narration.contains("[no-trace]"))
    }
}
