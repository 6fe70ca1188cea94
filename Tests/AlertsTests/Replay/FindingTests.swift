import Model
import TestSupport
import Testing

@testable import Alerts

@Suite("Findings")
struct FindingTests {
    private let options = ReplayOptions(findings: true)

    @Test("a raw counter fires forever once crossed, and increase over for is suggested")
    func rawCounter() throws {
        var scene = Scene()
        scene.errors([61, 62, 63, 601, 602, 603], [.errorType: "rate_limit"])
        let replay = try scene.replay("sum(llm_rate_limits_total) > 2", minutes: 30, hold: .minutes(1), options: options)
        #expect(replay.spans == ["3–"])
        let finding = try #require(replay.finding("raw-counter"))
        #expect(
            finding.sentence
                == "`sum(llm_rate_limits_total)` counts since the beginning of the history and never decreases: once above 2 it fires forever; it fired once, at 2025-10-09T08:57:00Z, and did not resolve"
        )
        #expect(
            finding.suggestion
                == RuleFinding.Suggestion(
                    text: "sum(increase(llm_rate_limits_total[1m])) > 2", hold: .zero, firings: 2, firingTime: .minutes(2)))
        // The suggestion itself has no such finding.
        #expect(
            try scene.replay("sum(increase(llm_rate_limits_total[1m])) > 2", minutes: 30, options: options).finding("raw-counter")
                == nil)
        #expect(try scene.replay("absent(llm_errors_total)", minutes: 30, options: options).finding("raw-counter") == nil)
    }

    @Test("an annotation that uses a label missing from the result is reported")
    func missingLabel() throws {
        var scene = Scene()
        scene.errors([60])
        let replay = try scene.replay(
            "sum(increase(llm_errors_total[1m])) > 0", minutes: 5, labels: ["severity": "critical"],
            annotations: ["summary": "{{ $labels.provider }}", "description": "{{ $labels.severity }} {{ $value }}"],
            options: options)
        #expect(
            replay.findings.filter { $0.id == "missing-label" }.map(\.sentence) == [
                "the annotation `description` uses the label `severity`, which the result does not have; it will be empty (templates do not see the rule's own labels)",
                "the annotation `summary` uses the label `provider`, which the result does not have; it will be empty",
            ])
        let whole = try scene.replay(
            "sum by (provider) (increase(llm_errors_total[1m])) > 0", minutes: 5,
            annotations: ["summary": "{{ $labels.provider }}"], options: options)
        #expect(whole.finding("missing-label") == nil)
    }

    @Test("with for not longer than the window, a burst shorter than for still fires")
    func shortFor() throws {
        var scene = Scene()
        scene.errors((0..<40).map { 61 + Double($0) / 10 })
        let rule = "sum(rate(llm_errors_total[5m])) > 0.1"
        let replay = try scene.replay(rule, minutes: 20, hold: .minutes(3), options: options)
        #expect(replay.spans == ["5–7"])
        #expect(
            replay.finding("short-for")?.sentence
                == "`for` 3m is not longer than the window 5m: a burst shorter than `for` can still fire, because the window outlasts it; 1 of 1 firing was caused by such a burst"
        )
        #expect(
            try scene.replay("sum(rate(llm_errors_total[2m])) > 0.1", minutes: 20, hold: .minutes(3), options: options).finding(
                "short-for") == nil)
    }

    @Test("series split by a label dilute the threshold, and their sum is suggested")
    func diluted() throws {
        var scene = Scene()
        for model in ["a", "b", "c"] { scene.errors((0..<20).map { 61 + Double($0) }, [.provider: "openai", .model: model]) }
        let replay = try scene.replay(
            "rate(llm_errors_total[5m]) > 0.1", minutes: 20, annotations: ["summary": "{{ $labels.provider }}"], options: options)
        #expect(replay.alerts.isEmpty)
        let finding = try #require(replay.finding("diluted"))
        #expect(
            finding.sentence
                == "each of 3 series must be > 0.1 on its own: the largest reached 0.06667, their sum by provider reached 0.2"
        )
        #expect(finding.suggestion?.text == "sum by (provider) (rate(llm_errors_total[5m])) > 0.1")
        #expect(finding.suggestion?.firings == 1)
        #expect(finding.suggestion?.firingTime == .minutes(5))
    }

    @Test("a threshold never reached is reported with the largest value and the number of missing errors")
    func neverReached() throws {
        var scene = Scene()
        scene.errors([61, 62, 63])
        let rate = try scene.replay("sum(rate(llm_errors_total[5m])) > 0.1", minutes: 9, options: options)
        #expect(
            rate.finding("never-reached")?.sentence
                == "never reached: the largest value was 0.01, the threshold is > 0.1; the peak was 3 errors in 5m, 28 short of 31"
        )
        let count = try scene.replay("sum(increase(llm_errors_total[5m])) >= 5", minutes: 9, options: options)
        #expect(count.finding("never-reached")?.sentence.hasSuffix("the peak was 3 errors in 5m, 2 short of 5") == true)
        let below = try scene.replay("sum(increase(llm_errors_total[5m])) < 0", minutes: 9, options: options)
        #expect(below.finding("never-reached")?.sentence == "never reached: the smallest value was 0, the threshold is < 0")
        #expect(
            try scene.replay("sum(increase(llm_errors_total[5m])) > 2", minutes: 9, options: options).finding("never-reached")
                == nil)
    }

    @Test("a threshold always exceeded is reported")
    func alwaysExceeded() throws {
        var scene = Scene()
        scene.errors([61])
        let replay = try scene.replay("sum(increase(llm_errors_total[5m])) >= 0", minutes: 9, options: options)
        #expect(replay.finding("always-exceeded")?.sentence == "always exceeded: at every evaluation some series satisfies >= 0")
    }

    @Test("the record has the weeks with firings, the longest firing and the flaps")
    func record() throws {
        var scene = Scene()
        let week = 7.0 * 86_400
        scene.errors([60, 600, 660, 720, week * 2 + 60])
        let replay = try scene.replay("sum(increase(llm_errors_total[1m])) > 0", minutes: 4 * 7 * 1440, options: options)
        #expect(replay.spans.count == 3)
        #expect(
            replay.finding("record")?.sentence
                == "would have fired 3 times, in 2 of 4 weeks; the longest firing lasted 3m; 2 of 3 were shorter than two steps")
        let totals = replay.totals
        #expect(
            totals.firings == 3 && totals.flaps == 2 && totals.firingTime == .minutes(5) && totals.weeksWithFiring == 2
                && totals.weeks == 4)
        #expect(
            try Scene().replay("sum(llm_errors_total) > 0", minutes: 60, options: options).finding("record")?.sentence
                == "would not have fired in the 1h replayed")
    }

    @Test("a matcher on a label that a counter does not have is reported")
    func foreignLabel() throws {
        var scene = Scene()
        scene.calls([60])
        let replay = try scene.replay("sum(llm_requests_total{error_type=\"timeout\"}) > 0", minutes: 5, options: options)
        #expect(
            replay.finding("foreign-label")?.sentence
                == "`llm_requests_total` has no label `error_type`: `error_type=` compares with the empty string")
    }

    @Test("the provider guide's rules have findings, and the fixed ones have none")
    func providerGuide() throws {
        var scene = Scene()
        scene.plain.beginning = Scene.nanoseconds(-7200)
        for model in 0..<8 {
            scene.errors(
                (0..<40).map { 3600 + Double($0 * 15 + model) },
                [.provider: "openai", .model: "m\(model)", .errorType: "server_error", .statusCode: "503"])
            scene.errors(
                (0..<40).map { 3600 + Double($0 * 12 + model) },
                [.provider: "openai", .model: "m\(model)", .errorType: "rate_limit", .statusCode: "429"])
        }
        scene.calls((0..<3000).map { Double($0) * 4 })
        func findings(_ name: String) throws -> [[String]] {
            let rules = RuleFile(yaml: Fixture.read(Fixtures.root + "/queries/alerts/\(name).yaml")).rules
            let replays = try RuleReplay.run(rules, over: scene.plain.history, on: Scene.grid(200), options: options)
            return replays.map { $0.findings.map(\.id).filter { !["record", "rate-unit"].contains($0) } }
        }
        let guide = try findings("provider-guide"), repaired = try findings("provider-guide-repaired")
        #expect(guide == [["diluted", "never-reached"], ["raw-counter", "missing-label"], ["raw-counter", "missing-label"]])
        #expect(repaired == [[], [], ["short-for"]])
    }

    @Test("a rule without a window reports only where the history begins; an offset looks back too")
    func historyOfCounters() throws {
        var scene = Scene()
        scene.plain.beginning = Scene.nanoseconds(600)
        scene.errors([660])
        let raw = try scene.replay("sum(llm_errors_total) > 5", minutes: 30, options: options)
        #expect(
            raw.finding("history-begins")?.sentence
                == "the history begins at 2025-10-09T09:04:00Z, after the first evaluation: earlier evaluations have no data"
        )
        #expect(try scene.replay("hour() > 5", minutes: 30, options: options).finding("history-begins") == nil)
        let late = try scene.replay("sum(llm_errors_total) > 5", minutes: 30, from: 700, options: options)
        #expect(late.finding("history-begins") == nil)
        let offset = try scene.replay("sum(llm_errors_total offset 10m) > 5", minutes: 30, from: 700, options: options)
        #expect(offset.finding("history-begins") != nil)
        #expect(try Scene.rule("sum(llm_errors_total offset 10m) > 5").reach == .minutes(10))
    }

    @Test("templates see the metric name while the result still has it; identities never do")
    func metricName() throws {
        var scene = Scene()
        scene.errors([60])
        func labels(_ text: String) throws -> [LabelSet] {
            try scene.replay(text, minutes: 5, labels: ["counter": "{{ $labels.__name__ }}"]).alerts.map(\.labels)
        }
        for kept in [
            "llm_errors_total > 0", "0 < llm_errors_total", "topk(1, llm_errors_total) > 0",
            "llm_errors_total > 0 and on () vector(1)", "llm_errors_total offset 1m > 0", "llm_errors_total or llm_errors_total",
        ] {
            let found = try labels(kept)
            #expect(found.map { $0["counter"] } == ["llm_errors_total"], "\(kept): \(found)")
            #expect(found.allSatisfy { $0["__name__"] == nil })
        }
        for dropped in ["sum(llm_errors_total) > 0", "increase(llm_errors_total[5m]) > 0", "llm_errors_total * 2 > 0"] {
            #expect(try labels(dropped).map { $0["counter"] } == [nil], "\(dropped)")
        }
        let told = try scene.replay(
            "llm_errors_total > 0", minutes: 5, annotations: ["summary": "{{ $labels.__name__ }}"], options: options)
        #expect(told.finding("missing-label") == nil)
        let rule = try Scene.rule(
            "llm_errors_total > 0", annotations: ["summary": "{{ $labels.__name__ }} {{ $labels.provider }}"])
        #expect(rule.annotations(labels: told.alerts[0].resultLabels, value: 1).map(\.value) == ["llm_errors_total openai"])
    }
}
