import Model
import Testing

@testable import Alerts

@Suite("Evaluation of rules")
struct EvaluationTests {
    @Test("the grid is start + k · interval, both ends included")
    func grid() throws {
        var scene = Scene()
        scene.errors([0, 300])
        #expect(Scene.grid(5).count == 6)
        #expect(try scene.firings("sum(increase(llm_errors_total[1m])) > 0", minutes: 5) == ["0–1", "5–"])
        #expect(Grid(from: Scene.time(0), to: Scene.time(119)) == Grid(from: Scene.time(0), to: Scene.time(60)))
        #expect(Grid(from: Scene.time(0), to: Scene.time(-1)) == nil)
        #expect(Grid(from: Scene.time(0), to: Scene.time(1), step: .zero) == nil)
    }

    @Test("nothing is pending before the start")
    func pendingBeforeStart() throws {
        var scene = Scene()
        scene.errors([0])
        let spans = try scene.firings("sum(increase(llm_errors_total[10m])) > 0", minutes: 12, from: 300, hold: .minutes(3))
        // The condition has held since minute 0, but the first evaluation is at minute 5.
        #expect(spans == ["8–10"])
    }

    @Test("a history that begins within a window is reported")
    func historyBegins() throws {
        var scene = Scene()
        scene.errors([10])
        let options = ReplayOptions(findings: true)
        let early = try scene.replay("sum(increase(llm_errors_total[5m])) > 1", minutes: 20, options: options)
        #expect(early.finding("history-begins")?.sentence.contains("2025-10-09T08:59:00Z") == true)
        let late = try scene.replay("sum(increase(llm_errors_total[5m])) > 1", minutes: 20, from: 300, options: options)
        #expect(late.finding("history-begins") == nil)
    }

    @Test("an event at exactly t counts at t; one at exactly t − w does not")
    func windowEdges() throws {
        var scene = Scene()
        scene.errors([60])
        #expect(try scene.firings("sum(increase(llm_errors_total[2m])) > 0", minutes: 5) == ["1–3"])
        scene = Scene()
        scene.errors([60.000_000_001])
        #expect(try scene.firings("sum(increase(llm_errors_total[2m])) > 0", minutes: 5) == ["2–4"])
        scene = Scene()
        scene.errors([59.999_999_999])
        #expect(try scene.firings("sum(increase(llm_errors_total[2m])) > 0", minutes: 5) == ["1–3"])
    }

    @Test("raw counters count since the beginning of the history")
    func rawCounters() throws {
        var scene = Scene()
        scene.plain.beginning = Scene.nanoseconds(-3600)
        scene.errors([-3000, -2000, 130])
        #expect(try scene.firings("sum(llm_errors_total) >= 2", minutes: 5) == ["0–"])
        #expect(try scene.firings("sum(llm_errors_total) >= 3", minutes: 5) == ["3–"])
        #expect(try scene.firings("sum(increase(llm_errors_total[1m])) >= 1", minutes: 5) == ["3–4"])
    }

    @Test("series are 0 from the beginning of the history")
    func seriesExist() throws {
        var scene = Scene()
        scene.plain.beginning = Scene.nanoseconds(120)
        scene.errors([250])
        // There is no series before the beginning.
        #expect(try scene.firings("llm_errors_total == 0", minutes: 6) == ["2–5"])
        #expect(try scene.firings("increase(llm_errors_total[1m]) == 0", minutes: 6) == ["2–5", "6–"])
        #expect(try scene.firings("absent(llm_errors_total)", minutes: 6) == ["0–2"])
    }

    @Test("rate is n · (1/w): 90 errors in 5 minutes exceed 0.3")
    func rateByReciprocal() throws {
        var scene = Scene()
        scene.errors((0..<90).map { 61 + Double($0) / 2 })
        #expect(90.0 / 300 == 0.3)
        #expect(try scene.firings("rate(llm_errors_total[5m]) > 0.3", minutes: 9) == ["2–7"])
        #expect(try scene.replay("rate(llm_errors_total[5m]) > 0.3", minutes: 9).firings[0].firing.peak == 90 * (1 / 300.0))
    }

    @Test("increase is the whole count")
    func increaseIsWhole() throws {
        var scene = Scene()
        scene.errors([61, 62, 63])
        #expect(try scene.firings("increase(llm_errors_total[90s]) == 3", minutes: 5) == ["2–3"])
    }

    @Test("PromQL's rate and the ratio of errors to calls have different names")
    func twoRates() throws {
        var scene = Scene()
        scene.errors([61])
        scene.calls([61, 62])
        let options = ReplayOptions(findings: true)
        let rate = try scene.replay("sum(rate(llm_errors_total[5m])) > 0.1", minutes: 9, options: options)
        #expect(
            rate.finding("rate-unit")?.sentence
                == "`rate` is errors per second, not a share of calls: > 0.1 means at least 31 errors in 5m")
        let ratio = try scene.replay(
            "sum(rate(llm_errors_total[5m])) / sum(rate(llm_requests_total[5m])) > 0.05", minutes: 9, options: options)
        #expect(ratio.finding("ratio-unit")?.sentence == "the value is a ratio of errors to calls: 0.05 means 5%")
    }

    @Test("without calls a ratio has no value and does not fire")
    func noValue() throws {
        var scene = Scene()
        scene.errors([61])
        scene.calls([61])
        let ratio = "sum(rate(llm_errors_total[1m])) / sum(rate(llm_requests_total[1m]))"
        #expect(try scene.firings("\(ratio) > 0.5", minutes: 5) == ["2–3"])
        #expect(try scene.firings("\(ratio) < 0.5", minutes: 5) == [])
        #expect(try scene.firings("\(ratio) <= 1", minutes: 5) == ["2–3"])
    }

    @Test("comparisons filter; absent() and or vector(0) can alert on missing data")
    func alertingOnNothing() throws {
        var scene = Scene()
        scene.errors([61], [.provider: "openai"])
        #expect(try scene.firings("sum(increase(llm_errors_total[1m])) > 0", minutes: 4) == ["2–3"])
        #expect(try scene.firings("absent(sum(increase(llm_errors_total[1m])) > 0)", minutes: 4) == ["0–2", "3–"])
        #expect(try scene.firings("(sum(increase(llm_errors_total[1m])) > 0) or vector(0)", minutes: 4) == ["0–"])
        #expect(try scene.firings("sum(increase(llm_errors_total{provider=\"nobody\"}[1m])) == 0", minutes: 4) == [])
        #expect(
            try scene.firings("(sum(increase(llm_errors_total{provider=\"nobody\"}[1m])) or vector(0)) == 0", minutes: 4) == [
                "0–"
            ])
        #expect(
            try scene.replay("absent(llm_errors_total{provider=\"nobody\"})", minutes: 4).alerts[0].labels
                == LabelSet([LabelPair("provider", "nobody")]))
    }

    @Test("an instant selector of a counter always has a value once its series exists")
    func instantSelector() throws {
        var scene = Scene()
        scene.errors([0])
        #expect(try scene.firings("llm_errors_total > 0", minutes: 600) == ["0–"])
    }

    @Test("recoveries count from the success on, final failures from the end of the trace")
    func knownAtTheTime() throws {
        var scene = Scene()
        scene.errors([61, 62])
        scene.plain.errors[0].recoveredAt = Scene.nanoseconds(200)
        scene.plain.errors[1].settledAt = Scene.nanoseconds(300)
        #expect(try scene.firings("sum(llm_errors_recovered_total) > 0", minutes: 8) == ["4–"])
        #expect(try scene.firings("sum(llm_errors_failed_total) > 0", minutes: 8) == ["5–"])
        #expect(try scene.firings("sum(increase(llm_errors_recovered_total[1m])) > 0", minutes: 8) == ["4–5"])
    }

    @Test("per-minute calls give the same results as calls with their own times")
    func callsByMinutes() throws {
        var scene = Scene()
        scene.errors([65, 121, 185])
        scene.calls([0, 1, 60, 61, 119.9, 120, 180, 181, 240])
        let rules = try [
            "sum(increase(llm_requests_total[2m]))", "sum(llm_requests_total)",
            "sum(rate(llm_errors_total[1m])) / sum(rate(llm_requests_total[1m]))",
        ]
        .flatMap { text in try ["> 1", "> 3", "== 2", "<= 0.5"].map { try Scene.rule("\(text) \($0)") } }
        var history = scene.plain.history
        let exact = try RuleReplay.run(rules, over: history, on: Scene.grid(6))
        var minutes = CallEvents(minutesBy: [])
        for minute in 0..<5 {
            let inside = scene.plain.calls.filter {
                $0.time >= Scene.nanoseconds(Double(minute) * 60) && $0.time < Scene.nanoseconds(Double(minute + 1) * 60)
            }
            minutes.append(
                minute: Scene.time(Double(minute) * 60), calls: Int64(inside.count),
                callsOnStart: Int64(inside.count { $0.time == Scene.nanoseconds(Double(minute) * 60) }), codes: [])
        }
        minutes.finish()
        history.calls = [minutes]
        let counted = try RuleReplay.run(rules, over: history, on: Scene.grid(6))
        #expect(exact.map(\.alerts) == counted.map(\.alerts))
        #expect(exact.contains { !$0.alerts.isEmpty })
    }

    @Test("the requirements of rules on calls are known before reading")
    func callRequirement() throws {
        func need(_ text: String, _ grid: Grid = Scene.grid(5)) throws -> CallRequirement? {
            CallRequirement(of: [try Scene.rule(text)], on: grid)
        }
        #expect(try need("sum(llm_errors_total) > 1") == nil)
        let sum = try #require(try need("sum(rate(llm_errors_total[5m])) / sum(rate(llm_requests_total[5m])) > 1"))
        #expect(sum.needed == [] && sum.allowsMinutes && sum.reach == .minutes(5))
        #expect(try need("sum by (model) (rate(llm_requests_total{provider=\"a\"}[90s])) > 1")?.needed == [.model, .provider])
        #expect(try need("sum by (model) (rate(llm_requests_total[90s])) > 1")?.allowsMinutes == false)
        #expect(try need("sum(rate(llm_requests_total[1m])) > 1", Scene.grid(5, step: .seconds(30)))?.allowsMinutes == false)
        #expect(try need("rate(llm_requests_total[5m]) > 1")?.needed == Label.ofCalls)
        #expect(try need("sum(rate(llm_requests_total[5m]) > 1) > 1")?.needed == Label.ofCalls)
        #expect(try need("sum(llm_requests_total) > 1")?.reach == .some(nil))
    }

    @Test("the labels of counters can be limited to those of an exporter")
    func exportedLabels() throws {
        var scene = Scene()
        scene.errors([61], [.provider: "openai", .model: "a"])
        scene.errors([62], [.provider: "openai", .model: "b"])
        #expect(try scene.replay("increase(llm_errors_total[1m]) > 1", minutes: 5).alerts.isEmpty)
        let replay = try scene.replay("increase(llm_errors_total[1m]) > 1", minutes: 5, exported: [.provider])
        #expect(replay.alerts.map(\.labels) == [LabelSet([LabelPair("provider", "openai")])])
    }

    @Test("an interrupted replay throws")
    func interrupted() throws {
        let rule = try Scene.rule("sum(llm_errors_total) > 1")
        #expect(throws: ReplayInterrupted.self) {
            try RuleReplay.run([rule, rule], over: Scene().plain.history, on: Scene.grid(5)) { done, all in done < 1 && all == 2 }
        }
    }

    @Test("rules evaluated together give the same results as alone")
    func inOneGo() throws {
        var scene = Scene()
        scene.errors([61, 62, 63, 400, 401, 900])
        scene.calls((0..<200).map { Double($0) * 7 })
        let texts = [
            "sum(increase(llm_errors_total[5m])) > 2", "sum by (provider) (rate(llm_errors_total[3m])) > 0.001",
            "sum(increase(llm_errors_total[5m])) / sum(increase(llm_requests_total[5m])) > 0.02", "llm_errors_total > 4",
            "absent(llm_fallback_triggered_total)",
        ]
        let yaml = texts.enumerated().map { "      - {alert: R\($0), expr: '\($1)', for: \($0)m}\n" }.joined()
        let file = RuleFile(yaml: "groups:\n  - name: g\n    rules:\n" + yaml)
        #expect(file.mistakes.isEmpty)
        var asked: [Int] = []
        let together = try RuleReplay.run(file.rules, over: scene.plain.history, on: Scene.grid(30)) { done, all in
            asked.append(done)
            return all == texts.count
        }
        #expect(asked == Array(texts.indices))
        let alone = try file.rules.flatMap { try RuleReplay.run([$0], over: scene.plain.history, on: Scene.grid(30)) }
        #expect(together.map(\.alerts) == alone.map(\.alerts))
        #expect(together.filter { !$0.alerts.isEmpty }.count >= 4)
    }
}
