import Model
import Testing

@testable import Notebook

@Suite("`slo`")
struct SLOStatementTests {
    private func rows(_ statement: String, _ session: Session) throws -> ResultTable {
        try #require(session.execute(statement).result?.answer.table, "\(statement)")
    }

    @Test(
        "each window's events and bad ones are those that a query counts",
        arguments: [
            ("99% of calls", "calls where not failed or failed", "failed"),
            ("99% of traces", "traces where failed or not failed", "failed"),
            ("95% of latency < 2s", "calls where latency is present", "not latency < 2s"),
        ])
    func windows(objective: String, events: String, bad: String) throws {
        let session = try openSession(Stores.tour)
        let table = try rows("slo \(objective) last 30d", session)
        #expect(table.rows.count == 5)
        for row in table.rows {
            guard case .text(let window) = row[0], case .count(let all) = row[1] else {
                Issue.record("a window and its events")
                continue
            }
            let length = window == "4w2d" ? "30d" : window
            let counted = try rows("\(events) show count, count(\(bad)) last \(length)", session).rows[0]
            #expect(counted[0] == .count(all), "\(window)")
            if all > 0 { #expect(row[2] == counted[1], "\(window)") }
        }
    }

    @Test("the budget of a period is its allowed bad events, and burn rates are multiples of it")
    func budget() throws {
        let session = try openSession(Stores.tour)
        for row in try rows("slo 99% last 30d", session).rows {
            guard case .count(let all) = row[1], case .count(let bad) = row[2], case .number(let burn) = row[4] else { continue }
            #expect(abs(burn - Double(bad) / (0.01 * Double(all))) < 1e-9)
        }
    }

    @Test("each rule fires as `alert test` says, and can be created as printed")
    func firings() throws {
        let folder = TemporaryFolder()
        let session = try openSession(Stores.copy(Stores.tour, in: folder))
        let table = try rows("slo 97% of calls last 30d", session)
        let rule = try #require(table.index(of: "rule")), firings = try #require(table.index(of: "firings"))
        var tested = 0
        for row in table.rows {
            guard case .text(let text) = row[rule], case .count(let count) = row[firings] else { continue }
            let replay = session.execute("alert test \(text) last 30d")
            #expect(replay.result?.answer.table.rows.count == Int(count), "\(text)")
            #expect(session.run("alert create slo_\(tested) \(text)").exit == .ok, "\(text)")
            tested += 1
        }
        #expect(tested >= 3)
    }

    @Test("a row leads to the bad events of its window")
    func behind() throws {
        let session = try openSession(Stores.tour)
        let table = try rows("slo 99% last 30d", session)
        let listed = try rows("$1[1] limit all", session)
        #expect(table.rows[0][2] == .count(Int64(listed.rows.count)))
        #expect(listed.index(of: "type") != nil)
        let slow = try rows("slo 95% of latency < 2s last 7d", session)
        let behind = try rows("$3[1] limit all", session)
        #expect(slow.rows[0][2] == .count(Int64(behind.rows.count)))
    }

    @Test("objectives without counters of Prometheus say so; a store without events has nothing to measure")
    func without() throws {
        let session = try openSession(Stores.tour)
        #expect(session.run("slo 99% of latency < 2s").output.contains("the counters of Prometheus know"))
        #expect(session.run("slo 99% on 2020-01-01").shown.contains("nothing to measure"))
    }

    @Test(
        "what is no target is a mistake with its correction",
        arguments: [
            ("slo", "expected"), ("slo 99 last 30d", "bad-target"), ("slo 100%", "bad-target"), ("slo 0%", "bad-target"),
            ("slo fast", "bad-target"), ("slo 99% of", "expected"), ("slo 99% by model", "clause-not-here"),
        ])
    func mistakes(text: String, id: String) throws {
        let reply = try openSession().run(text)
        #expect(reply.exit == .wrong && reply.narration.contains("[\(id)"), "\(reply.narration)")
    }
}
