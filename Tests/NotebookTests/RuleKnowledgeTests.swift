import Alerts
import Model
import QueryLanguage
import SQLite
import Testing

@testable import LocalStore
@testable import Monitoring
@testable import Notebook

@Suite("rules count what was known")
struct RuleKnowledgeTests {
    /// An error as the plain reference sees it.
    private struct PlainError {
        var time: Int64
        var provider: String
        /// Nil while it is open.
        var recoveredAt: Int64?

        func isRecovered(at t: Int64) -> Bool { recoveredAt.map { $0 <= t } ?? false }
    }

    private func errors(_ store: Store) throws -> [PlainError] {
        let statement = SQLStatement(
            text: """
                SELECT e.t, ifnull(m.provider, ''), CASE WHEN e.recovery > 0 THEN e.recovered_at END FROM err AS e
                JOIN model AS m ON m.id = e.model WHERE e.scope IN (0, 2) AND e.evidence & 31 <> 0 ORDER BY e.t
                """)
        return try store.rows(statement).map { row in
            guard case .integer(let time) = row[0], case .text(let provider) = row[1] else {
                return PlainError(time: 0, provider: "", recoveredAt: nil)
            }
            return PlainError(time: time, provider: provider, recoveredAt: row[2].integer)
        }
    }

    @Test("`recovered`, `not recovered` and `outcome` count at each instant what was known then, window by window recounted")
    func known() throws {
        let store = try Store.open(path: Stores.tour, create: false), all = try errors(store)
        #expect(all.contains { $0.recoveredAt.map { recovered in recovered > 0 } ?? false })
        // Recoveries come within minutes: steps of ten seconds see errors open that are made good later.
        let length: Int64 = 3_600_000_000_000
        let rules: [(String, ([PlainError], Int64) -> Bool)] = [
            ("errors where not recovered over 1h having count > 0", { window, t in window.contains { !$0.isRecovered(at: t) } }),
            ("errors where recovered over 1h having count > 0", { window, t in window.contains { $0.isRecovered(at: t) } }),
            ("errors over 1h having count(not recovered) = 1", { window, t in window.count { !$0.isRecovered(at: t) } == 1 }),
            (
                "errors over 1h having count(not recovered) = 0 and count > 0",
                { window, t in !window.isEmpty && window.allSatisfy { $0.isRecovered(at: t) } }
            ),
            (
                "errors over 1h having recovered >= 50%",
                { window, t in !window.isEmpty && 2 * window.count { $0.isRecovered(at: t) } >= window.count }
            ),
            (
                "errors where outcome = failed over 1h having count > 0",
                { window, t in window.contains { !$0.isRecovered(at: t) } }
            ),
            (
                "errors where not recovered or provider = openai over 1h having count > 0",
                { window, t in window.contains { !$0.isRecovered(at: t) || $0.provider == "openai" } }
            ),
        ]
        let recovered = all.filter { $0.recoveredAt != nil }
        let step: Int64 = 10_000_000_000
        for place in stride(from: 0, to: recovered.count, by: max(1, recovered.count / 6)) {
            let start = floorDivide(recovered[place].time, step) * step - 30 * step
            let grid = try #require(
                Grid(
                    from: Timestamp(nanoseconds: start), to: Timestamp(nanoseconds: start + 450 * step),
                    step: .nanoseconds(step)))
            for (text, holds) in rules {
                let rule = try RuleUnderTest(name: "r", own: "when " + text, context: CheckContext(now: Stores.now))
                let replay = try #require(
                    try RuleTest(engine: store).run([rule], on: grid, options: ReplayOptions()).first?.replay)
                var spans: [[Int]] = [], isFiring = false
                for index in 0..<grid.count {
                    let t = grid.instant(index).nanoseconds
                    let fires = holds(all.filter { $0.time > t - length && $0.time <= t }, t)
                    if fires, !isFiring { spans.append([index]) }
                    if !fires, isFiring { spans[spans.count - 1].append(index) }
                    isFiring = fires
                }
                let found = replay.firings.map { firing in
                    ([firing.firing.from] + [firing.firing.resolvedAt].compactMap { $0 }).map {
                        Int(($0 - grid.start).inNanoseconds / step)
                    }
                }
                #expect(found == spans, "\(text) from \(TimeText.iso(grid.start))")
            }
        }
    }

    @Test("several rules read together do what each does alone")
    func together() throws {
        let store = try Store.open(path: Stores.tour, create: false)
        let end = Timestamp(seconds: 1_795_269_600)
        let grid = try #require(Grid(from: end - .days(20), to: end, step: .minutes(5)))
        let rules = try [
            "errors over 1h having count > 1", "errors over 6h having count > 3", "errors by provider over 6h having count < 1",
            "errors by provider over 1h having count < 1", "calls over 1h having error_rate > 10% and calls >= 2",
            "calls by model over 6h having error_rate > 20%", "errors by type over 6h having error_rate > 10%",
            "errors by model where not recovered over 6h having count > 1", "calls over 6h having p95(latency) > 10s",
            "errors by provider, type over 12h having count > 1", "failures over 6h having count > 1",
        ].enumerated().map { try RuleUnderTest(name: "r\($0)", own: "when " + $1, context: CheckContext(now: Stores.now)) }
        let together = try RuleTest(engine: store).run(rules, on: grid, options: ReplayOptions())
        for (rule, result) in zip(rules, together) {
            let alone = try #require(try RuleTest(engine: store).run([rule], on: grid, options: ReplayOptions()).first)
            #expect(alone.replay.alerts == result.replay.alerts, "\(rule.name)")
            #expect(!alone.replay.alerts.isEmpty, "\(rule.name) fires somewhere")
        }
        // What is drawn of a rule does not change what it does.
        let drawn = try RuleTest(engine: store).run(rules, on: grid, options: ReplayOptions(curvePoints: 80, findings: true))
        #expect(drawn.map(\.replay.alerts) == together.map(\.replay.alerts))
    }

    @Test("the errors behind a firing are those that its selectors count: patterns, denials, one of several")
    func selected() throws {
        let store = try Store.open(path: Stores.tour, create: false)
        let end = Timestamp(seconds: 1_795_269_600)
        let grid = try #require(Grid(from: end - .days(28), to: end, step: .minutes(30)))
        for expression in [
            "sum(increase(llm_errors_total{provider=~\"open.*|google\"}[12h])) > 0",
            "sum(increase(llm_errors_total{provider!=\"openai\",error_type!~\"rate.*\"}[12h])) > 0",
            "sum by (provider) (increase(llm_errors_total{status_code=~\"5..\"}[12h])) > 0",
            "sum by (model) (increase(llm_rate_limits_total{agent!=\"\"}[12h])) > 0",
        ] {
            let rule = try #require(PrometheusRule.make("r", expression: expression).rule)
            let tried = RuleUnderTest(name: "r", prometheus: rule)
            let result = try #require(try RuleTest(engine: store).run([tried], on: grid, options: ReplayOptions()).first)
            #expect(!result.replay.firings.isEmpty, "\(expression)")
            for (alert, firing) in result.replay.firings.prefix(12) {
                var question = result.errors(behind: firing, of: alert)
                question.columns = []
                question.measures = [.count]
                let answer = try QueryCompiler().compile(question, facts: store.queryFacts()).answer(from: store)
                #expect(answer.table.rows.first?.first == .count(firing.errors), "\(expression) \(alert.labels)")
            }
        }
    }
}
