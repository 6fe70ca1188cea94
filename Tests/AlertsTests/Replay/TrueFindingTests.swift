import Model
import Testing

@testable import Alerts

@Suite("Findings are correct")
struct TrueFindingTests {
    private let options = ReplayOptions(findings: true)

    private func ids(_ scene: Scene, _ text: String, hold: Duration = .zero, from: Double = 0) throws -> [String] {
        try scene.replay(text, minutes: 60, from: from, hold: hold, options: options).findings.map(\.id)
    }

    /// Forty errors in four seconds, with calls throughout.
    private var burst: Scene {
        var scene = Scene()
        scene.plain.beginning = Scene.nanoseconds(-7200)
        scene.errors((0..<40).map { 601 + Double($0) / 10 })
        scene.calls((0..<300).map { Double($0) * 12 })
        return scene
    }

    @Test("an offset delays a burst and does not prolong it")
    func offset() throws {
        let scene = burst
        #expect(try !ids(scene, "sum(rate(llm_errors_total[2m] offset 10m)) > 0.1", hold: .minutes(1)).isEmpty)
        let short = try scene.replay(
            "sum(rate(llm_errors_total[5m] offset 10m)) > 0.1", minutes: 60, hold: .minutes(3), options: options)
        #expect(
            short.finding("short-for")?.sentence
                == "`for` 3m is not longer than the window 5m: a burst shorter than `for` can still fire, because the window outlasts it; 1 of 1 firing was caused by such a burst"
        )
        // A window of two minutes with an offset of ten does not outlast a `for` of three.
        var long = Scene()
        long.errors((0..<400).map { 601 + Double($0) })
        let replay = try long.replay(
            "sum(rate(llm_errors_total[2m] offset 10m)) > 0.1", minutes: 60, hold: .minutes(3), options: options)
        #expect(!replay.alerts.isEmpty && replay.finding("short-for") == nil)
    }

    @Test("a conjunction ends with its shorter window")
    func shorterArm() throws {
        var scene = Scene()
        scene.errors((0..<600).map { 601 + Double($0) })
        let both = "sum(rate(llm_errors_total[2m])) > 0.1 and sum(rate(llm_errors_total[1h])) > 0.01"
        let replay = try scene.replay(both, minutes: 60, hold: .minutes(5), options: options)
        #expect(!replay.alerts.isEmpty && replay.finding("short-for") == nil)
        let either = try scene.replay(
            both.replacing(" and ", with: " or "), minutes: 60, hold: .minutes(5), options: options)
        #expect(either.finding("short-for")?.sentence.contains("the window 1h:") == true)
        // Comparisons with `<` and functions of the last two samples do not outlast their windows.
        #expect(try !ids(scene, "sum(rate(llm_errors_total[1h])) < 5", hold: .minutes(5)).contains("short-for"))
        #expect(try !ids(scene, "irate(llm_errors_total[1h]) > 0.1", hold: .minutes(5)).contains("short-for"))
    }

    @Test("equality has no diluted threshold and does not fire forever")
    func equality() throws {
        var scene = Scene()
        for provider in ["a", "b"] { scene.errors([61, 62], [.provider: provider, .errorType: "timeout"]) }
        let zero = try ids(scene, "increase(llm_errors_total[5m]) == 0")
        #expect(!zero.contains("diluted") && !zero.contains("ratio-unit"))
        #expect(try !ids(scene, "llm_errors_total == 1").contains("raw-counter"))
        // The smaller of the two series meets the threshold: it is reached.
        scene.errors([63], [.provider: "a", .errorType: "timeout"])
        #expect(try !ids(scene, "increase(llm_errors_total[5m]) == 2").contains("never-reached"))
        let never = try scene.replay("increase(llm_errors_total[5m]) == 7", minutes: 60, options: options)
        #expect(never.finding("never-reached")?.sentence == "never reached: values ranged from 0 to 3, the threshold is == 7")
    }

    @Test("only errors over calls in the same window are a ratio of errors to calls")
    func ratios() throws {
        let scene = burst
        func unit(_ text: String) throws -> String? {
            try scene.replay(text, minutes: 60, options: options).finding("ratio-unit")?.sentence
        }
        let errors = "sum(rate(llm_errors_total[5m]))", calls = "sum(rate(llm_requests_total[5m]))"
        #expect(
            try unit("\(errors) / \(calls) > 0.07") == "the value is a ratio of errors to calls: 0.07 means 7%")
        for other in [
            "\(errors) / clamp_min(\(calls), 1) > 0.05", "\(errors) * 100 / \(calls) > 5",
            "\(errors) / sum(rate(llm_requests_total[1h])) > 0.05", "\(errors) / sum(increase(llm_requests_total[5m])) > 0.05",
            "\(errors) / sum(rate(llm_requests_total[5m] offset 1h)) > 0.05", "(\(calls) - \(errors)) / \(calls) < 0.9",
            "\(errors) / (\(calls) + 1) > 0.05", "\(errors) / \(calls) == 0", "\(errors) / \(calls) > 0",
            "count(llm_errors_total) / count(llm_requests_total) > 0.5",
        ] {
            #expect(try unit(other) == nil, "\(other)")
        }
    }

    @Test("a raw counter that another condition can end does not fire forever")
    func endedCounters() throws {
        let scene = burst
        func raw(_ text: String) throws -> String? {
            try scene.replay(text, minutes: 60, options: options).finding("raw-counter")?.sentence
        }
        #expect(try raw("sum(llm_errors_total) > 5")?.contains("it fires forever") == true)
        #expect(try raw("sum(llm_errors_total) >= 5")?.contains("once at or above 5 it") == true)
        #expect(
            try raw("sum(llm_errors_total) > 5 and on () hour() > 8")?.contains("only the rest of the rule can resolve") == true)
        #expect(try raw("sum(llm_errors_total) - sum(llm_errors_total offset 5m) > 5") == nil)
        #expect(try raw("sum(llm_errors_total) / sum(llm_requests_total) > 0.05") == nil)
        #expect(try raw("topk(1, llm_errors_total) > 5")?.contains("forever") == false)
    }

    @Test("series are not diluted if one reaches the threshold or their sum does not")
    func notDiluted() throws {
        var scene = Scene()
        for model in ["a", "b"] { scene.errors((0..<20).map { 61 + Double($0) }, [.provider: "p", .model: model]) }
        #expect(try ids(scene, "increase(llm_errors_total[5m]) > 30").contains("diluted"))
        #expect(try !ids(scene, "increase(llm_errors_total[5m]) > 10").contains("diluted"))
        #expect(try !ids(scene, "increase(llm_errors_total[5m]) > 50").contains("diluted"))
        #expect(try !ids(scene, "increase(llm_errors_total[5m]) > 30 and on () hour() >= 0").contains("diluted"))
    }

    @Test("thresholds keep all digits, and values are never rounded onto the threshold")
    func wholeNumbers() throws {
        var scene = Scene()
        scene.errors((0..<12_345).map { 61 + Double($0) / 1000 })
        func never(_ text: String) throws -> String? {
            try scene.replay(text, minutes: 9, options: options).finding("never-reached")?.sentence
        }
        #expect(
            try never("sum(increase(llm_errors_total[5m])) > 1234567")?.contains("value was 12345, the threshold is > 1234567")
                == true)
        #expect(
            try never("sum(increase(llm_errors_total[5m])) / 3 > 4115.0123456")
                == "never reached: the largest value was 4115, the threshold is > 4115.0123456")
        #expect(
            try never("sum(increase(llm_errors_total[5m])) / 7 > 1763.6")
                == "never reached: the largest value was 1763.5714285714287, the threshold is > 1763.6")
    }

    @Test("selectors without series and operands that never match are reported")
    func matchesNothing() throws {
        let scene = burst
        func told(_ text: String) throws -> [String] {
            try scene.replay(text, minutes: 60, options: options).findings
                .filter { $0.id == "no-series" || $0.id == "no-pairs" }.map(\.sentence)
        }
        #expect(
            try told("sum(rate(llm_errors_total{provider=\"opanai\"}[30m])) > 0.05")
                == ["the selector `provider=\"opanai\"` matches no series; closest: openai"])
        #expect(
            try told("sum(increase(llm_errors_total{error_type=\"ratelimit\"}[30m])) > 5")
                == ["the selector `error_type=\"ratelimit\"` matches no series; closest: rate_limit"])
        #expect(
            try told("sum(increase(llm_fallback_triggered_total[30m])) > 5")
                == ["`llm_fallback_triggered_total` has no series in the history: nothing was counted"])
        #expect(
            try told("rate(llm_errors_total[5m]) / rate(llm_requests_total[5m]) > 0.05").first?.hasSuffix(
                "so the result is always empty: only one side has error_type; sum both by (provider)") == true)
        #expect(try told("sum(rate(llm_errors_total{provider=~\"open.*\"}[30m])) > 0.05").isEmpty)
    }

    @Test("evaluations before the beginning and after the end of the data are reported")
    func noData() throws {
        var scene = Scene()
        scene.plain.beginning = Scene.nanoseconds(600)
        scene.errors([660, 700])
        let rule = "sum(increase(llm_errors_total[5m])) > 5"
        let before = try scene.replay(rule, minutes: 5, options: options)
        #expect(before.finding("no-data")?.sentence.contains("after the last evaluation") == true)
        #expect(before.finding("history-begins") == nil)
        var history = scene.plain.history
        history.ending = Scene.time(700)
        let made = try Scene.rule(rule)
        func late(_ minutes: Int64, from: Double) throws -> RuleReplay {
            try RuleReplay.run([made], over: history, on: Scene.grid(minutes, from: from), options: options)[0]
        }
        #expect(try late(30, from: 700).finding("history-ends") != nil)
        #expect(try late(100, from: 3600).finding("no-data")?.sentence.contains("before the first window") == true)
        #expect(try late(15, from: 700).findings.allSatisfy { $0.id != "history-ends" && $0.id != "no-data" })
    }
}
