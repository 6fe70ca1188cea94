import Model
import Testing

@testable import Alerts

@Suite("States of alerts")
struct StateTests {
    /// True in the listed minutes.
    private func scene(_ minutes: [Double]) -> Scene {
        var scene = Scene()
        scene.errors(minutes.map { $0 * 60 })
        return scene
    }
    private let rule = "sum(increase(llm_errors_total[1m])) > 0"

    @Test("a new result is pending and fires at the first evaluation with t − activeAt ≥ for")
    func pendingThenFiring() throws {
        #expect(try scene([1, 2, 3, 4, 5]).firings(rule, minutes: 9, hold: .minutes(3)) == ["4–6"])
        let firing = try scene([1, 2, 3, 4, 5]).replay(rule, minutes: 9, hold: .minutes(3)).firings[0].firing
        #expect(firing.pendingFrom == Scene.time(60))
    }

    @Test("for: 0 fires immediately, and a for that is not a multiple of the interval is rounded up")
    func roundedUp() throws {
        let scene = scene([1, 2, 3, 4, 5])
        #expect(try scene.firings(rule, minutes: 9) == ["1–6"])
        #expect(try scene.firings(rule, minutes: 9, hold: .seconds(61)) == ["3–6"])
        #expect(try scene.firings(rule, minutes: 9, hold: .seconds(60)) == ["2–6"])
        #expect(try scene.firings(rule, minutes: 9, hold: .seconds(1)) == ["2–6"])
    }

    @Test("an alert that leaves the result while pending is dropped")
    func leavesWhilePending() throws {
        let scene = scene([1, 2, 4, 5, 6])
        #expect(try scene.firings(rule, minutes: 9, hold: .minutes(2)) == ["6–7"])
        #expect(try scene.firings(rule, minutes: 9, hold: .minutes(3)) == [])
        // keep_firing_for extends firings, not pending alerts.
        #expect(try scene.firings(rule, minutes: 9, hold: .minutes(3), keep: .minutes(5)) == [])
    }

    @Test("an alert that leaves the result while firing is resolved at that evaluation")
    func resolved() throws {
        #expect(try scene([1, 2, 4]).firings(rule, minutes: 9) == ["1–3", "4–5"])
    }

    @Test("keep_firing_for: an alert keeps firing while t − keepSince < keep")
    func keeps() throws {
        #expect(try scene([1]).firings(rule, minutes: 9, keep: .minutes(3)) == ["1–5"])
        #expect(try scene([1]).firings(rule, minutes: 9, keep: .seconds(150)) == ["1–5"])
        #expect(try scene([1]).firings(rule, minutes: 9, keep: .seconds(1)) == ["1–3"])
    }

    @Test("returning meanwhile resets keepSince and skips pending")
    func comesBack() throws {
        let scene = scene([1, 2, 3, 5])
        #expect(try scene.firings(rule, minutes: 12, hold: .minutes(2), keep: .minutes(3)) == ["3–9"])
        #expect(try scene.firings(rule, minutes: 12, hold: .minutes(2), keep: .minutes(1)) == ["3–7"])
    }

    @Test("keep_firing_for extends a firing and never delays it")
    func neverDelays() throws {
        let scene = scene([1, 2, 3])
        #expect(
            try scene.replay(rule, minutes: 9, hold: .minutes(1), keep: .minutes(4)).firings[0].firing.from == Scene.time(120))
        #expect(try scene.replay(rule, minutes: 9, hold: .minutes(1)).firings[0].firing.from == Scene.time(120))
    }

    @Test("an alert firing at the end is not resolved")
    func firingAtTheEnd() throws {
        #expect(try scene([4, 5]).firings(rule, minutes: 5) == ["4–"])
    }

    @Test("each label set has its own state")
    func labelSets() throws {
        var scene = Scene()
        scene.errors([60, 120, 180], [.provider: "a"])
        scene.errors([120, 180, 240], [.provider: "b"])
        let replay = try scene.replay("sum by (provider) (increase(llm_errors_total[1m])) > 0", minutes: 9, hold: .minutes(1))
        #expect(replay.alerts.map { $0.labels["provider"] } == ["a", "b"])
        #expect(replay.spans == ["2–4", "3–5"])
    }

    @Test("evaluating step by step and by changes gives the same states")
    func stepwise() throws {
        for (hold, keep) in [(0, 0), (2, 0), (1, 3), (3, 1)] as [(Int64, Int64)] {
            let minutes: [Double] = [1, 2, 3, 5, 8, 9, 10, 11, 14, 16, 17]
            var state = AlertState.inactive, spans: [String] = []
            for minute in 0...20 {
                switch state.evaluate(
                    minutes.contains(Double(minute)), at: Scene.time(Double(minute) * 60), hold: .minutes(hold),
                    keep: .minutes(keep))
                {
                case .fired: spans.append("\(minute)–")
                case .resolved: spans[spans.count - 1] += "\(minute)"
                default: break
                }
            }
            #expect(try scene(minutes).firings(rule, minutes: 20, hold: .minutes(hold), keep: .minutes(keep)) == spans)
        }
    }

    @Test("a replay in two halves with the state handed over equals the whole replay")
    func halves() throws {
        let minutes: [Double] = [1, 2, 3, 5, 8, 9, 10, 11, 14, 16, 17]
        let rule = try Scene.rule(rule, hold: .minutes(2), keep: .minutes(2)), history = scene(minutes).plain.history
        let whole = try RuleReplay.run([rule], over: history, on: Scene.grid(24))[0]
        for cut in 0..<24 {
            let first = try RuleReplay.run([rule], over: history, on: Scene.grid(Int64(cut)))[0]
            let grid = try #require(Grid(from: Scene.time(Double(cut + 1) * 60), to: Scene.time(24 * 60)))
            let second = try RuleReplay.run(
                [rule], over: history, on: grid, options: ReplayOptions(resuming: ["Rule": first.states]))[0]
            let open = first.spans.filter { $0.hasSuffix("–") }
            // A firing across the cut appears in both halves with the same start.
            #expect(first.spans.filter { !$0.hasSuffix("–") } + second.spans == whole.spans, "cut after \(cut)")
            #expect(open.isEmpty || second.spans.first?.hasPrefix(open[0]) == true)
        }
    }

    @Test("the identity is the result's labels overridden by the rule's, with templates rendered and empty values dropped")
    func identity() throws {
        var scene = Scene()
        scene.errors([60], [.provider: "openai", .severity: "ERROR", .model: "a"])
        let replay = try scene.replay(
            "increase(llm_errors_total[1m]) > 0", minutes: 3,
            labels: [
                "severity": "critical", "team": "{{ $labels.provider }}-oncall", "model": "", "gone": "{{ $labels.nothing }}",
            ])
        #expect(
            replay.alerts[0].labels
                == LabelSet([
                    LabelPair("provider", "openai"), LabelPair("severity", "critical"), LabelPair("team", "openai-oncall"),
                ]))
        #expect(replay.alerts[0].resultLabels["severity"] == "ERROR")
    }

    @Test("a label with the value creates one alert per value")
    func valueInLabel() throws {
        let scene = scene([1, 1, 2])
        let replay = try scene.replay(rule, minutes: 4, labels: ["count": "{{ $value }}"])
        #expect(replay.alerts.map { $0.labels["count"] } == ["1", "2"])
        #expect(replay.spans == ["1–2", "2–3"])
    }

    @Test("two results with the same identity fail the rule at that instant")
    func duplicates() throws {
        var scene = Scene()
        scene.errors([60, 180, 240], [.provider: "a", .severity: "ERROR"])
        scene.errors([120, 180], [.provider: "a", .severity: "WARNING"])
        let replay = try scene.replay(
            "increase(llm_errors_total[1m]) > 0", minutes: 6, labels: ["severity": "critical"],
            options: ReplayOptions(findings: true))
        #expect(replay.failures.map(\.message) == ["vector contains metrics with the same labelset after applying alert labels"])
        #expect(replay.failures.map(\.window) == [Window(from: Scene.time(180), to: Scene.time(240))])
        // The failed evaluation changes nothing: a firing alert stays firing.
        #expect(replay.spans == ["1–5"])
        #expect(replay.finding("failed")?.sentence.contains("overrides the result's label `severity`") == true)
    }

    @Test("a failing rule does not affect the other rules of a file")
    func independent() throws {
        var scene = Scene()
        scene.errors([60], [.provider: "a", .model: "x"])
        scene.errors([60], [.provider: "a", .model: "y"])
        let failing = try Scene.rule("increase(llm_errors_total[1m]) > 0", labels: ["model": "all"])
        let sound = try Scene.rule("sum(increase(llm_errors_total[1m])) > 0")
        let replays = try RuleReplay.run([failing, sound], over: scene.plain.history, on: Scene.grid(3))
        #expect(replays[0].alerts.isEmpty && replays[0].failures.count == 1)
        #expect(replays[1].spans == ["1–2"])
    }
}
