import Model
import Testing

@testable import Alerts

@Suite("Firings and their details")
struct FiringTests {
    @Test("the errors behind a firing are those in the windows of its evaluations")
    func errorsBehind() throws {
        var scene = Scene()
        // Six errors in ten minutes, as in the documented example; the first and the last are separate.
        scene.errors([-900, 60, 180, 300, 420, 540, 601, 5000], [.errorType: "quota_exceeded", .provider: "a"])
        scene.errors([100, 200], [.errorType: "timeout", .provider: "a"])
        let replay = try scene.replay("sum(increase(llm_errors_total{error_type=\"quota_exceeded\"}[15m])) > 5", minutes: 60)
        #expect(replay.spans == ["11–16"])
        let firing = replay.firings[0].firing
        #expect(firing.errors == 6)
        #expect(firing.peak == 6)
        #expect(firing.evidence == Window(from: Scene.time(-240) + .nanoseconds(1), to: Scene.time(900) + .nanoseconds(1)))
        #expect(firing.length(until: Scene.time(3600)) == .minutes(5))
    }

    @Test("the errors behind a firing are those of its own series, with every counting method")
    func errorsOfSeries() throws {
        var scene = Scene()
        for minute in 0..<30 {
            scene.errors([Double(minute) * 60 + 1], [.provider: "a", .model: "x"])
            scene.errors(
                [Double(minute) * 60 + 2, Double(minute) * 60 + 3], [.provider: "b", .model: minute % 2 == 0 ? "x" : "y"])
        }
        let few = try scene.replay("sum by (provider) (increase(llm_errors_total[2m])) > 3", minutes: 10)
        #expect(few.alerts.map { $0.labels["provider"] } == ["b"])
        #expect(few.firings.map(\.firing.errors) == [20])
        // Long windows over all series, so that the events are collected per result.
        let many = try scene.replay("sum by (provider) (llm_errors_total) > 0", minutes: 30)
        #expect(many.alerts.map { $0.firings.map(\.errors) } == [[30], [60]])
        let each = try scene.replay("llm_errors_total > 0", minutes: 30)
        #expect(each.alerts.map { $0.firings.map(\.errors) } == [[30], [30], [30]])
    }

    @Test("the peak of a rule on small values is the smallest")
    func peakBelow() throws {
        var scene = Scene()
        scene.errors([60, 60, 60, 120, 180, 180])
        #expect(
            try scene.replay("sum(increase(llm_errors_total[1m])) < 3 and on () vector(1)", minutes: 3, from: 60).firings.map(
                \.firing.peak) == [1])
        #expect(
            try scene.replay("3 > sum(increase(llm_errors_total[1m]))", minutes: 3, from: 60).firings.map(\.firing.peak) == [1])
    }

    @Test("the JSON output is exactly as documented")
    func json() throws {
        var scene = Scene()
        scene.errors([60, 61, 62], [.provider: "b\"x"])
        scene.errors([61, 62, 299], [.provider: "a"])
        let first = try Scene.rule(
            "sum by (provider) (increase(llm_errors_total[1m])) > 1", labels: ["severity": "critical", "alertname": "no"])
        var second = try Scene.rule("sum(rate(llm_errors_total[5m])) > 0.001")
        second.name = "Another"
        var third = try Scene.rule("sum(llm_errors_total) > 1000")
        third.name = "Silent"
        let replays = try RuleReplay.run([first, second, third], over: scene.plain.history, on: Scene.grid(5))
        let text = ReplayJSON.text(replays, from: Scene.time(0), to: Scene.time(300), step: .seconds(60))
        #expect(
            text == """
                {"from":"2025-10-09T08:54:00Z","to":"2025-10-09T08:59:00Z","step_seconds":60,"alerts":[\
                {"alert":"Another","labels":{},"firing":[{"firing_from":1760000100,"resolved_at":null,"peak":0.02,"errors":6}]},\
                {"alert":"Rule","labels":{"provider":"a","severity":"critical"},"firing":[{"firing_from":1760000160,"resolved_at":1760000220,"peak":2,"errors":2}]},\
                {"alert":"Rule","labels":{"provider":"b\\"x","severity":"critical"},"firing":[{"firing_from":1760000160,"resolved_at":1760000220,"peak":2,"errors":2}]}]}
                """)
        let again = try RuleReplay.run([first, second, third], over: scene.plain.history, on: Scene.grid(5))
        #expect(ReplayJSON.text(again, from: Scene.time(0), to: Scene.time(300), step: .seconds(60)) == text)
    }

    @Test("curves keep peaks and gaps")
    func curves() throws {
        var scene = Scene()
        scene.errors([61, 62, 63, 64, 65], [.provider: "a"])
        scene.errors([1261], [.provider: "b"])
        let replay = try scene.replay(
            "sum by (provider) (increase(llm_errors_total[1m])) > 3", minutes: 29, options: ReplayOptions(curvePoints: 10))
        #expect(replay.curves.map { $0.labels?["provider"] } == [nil, "a", "b"])
        #expect(
            replay.curves.map { $0.points.map { $0?.high } } == [
                [5, 0, 0, 0, 0, 0, 0, 1, 0, 0], [5, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
            ])
        let gaps = try scene.replay(
            "sum(rate(llm_errors_total[1m])) / sum(rate(llm_requests_total[1m])) > 3", minutes: 29,
            options: ReplayOptions(curvePoints: 3))
        #expect(gaps.curves[0].points == [nil, nil, nil])
    }
}
