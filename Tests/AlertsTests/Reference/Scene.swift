import Model
import Testing

@testable import Alerts

/// A small history, given in seconds after a start, and rules over it.
struct Scene {
    /// A full minute.
    static let start: Int64 = 1_760_000_040
    var plain = PlainHistory(beginning: Scene.start * 1_000_000_000)

    /// Errors at these seconds.
    mutating func errors(_ seconds: [Double], _ labels: [Label: String] = [.provider: "openai", .errorType: "timeout"]) {
        plain.errors += seconds.map { PlainHistory.Row(time: Scene.nanoseconds($0), labels: labels) }
        plain.errors.sort { $0.time < $1.time }
    }

    /// Calls at these seconds.
    mutating func calls(_ seconds: [Double], _ labels: [Label: String] = [.provider: "openai"]) {
        plain.calls += seconds.map { PlainHistory.Row(time: Scene.nanoseconds($0), labels: labels) }
        plain.calls.sort { $0.time < $1.time }
    }

    static func nanoseconds(_ seconds: Double) -> Int64 { start * 1_000_000_000 + Int64((seconds * 1e9).rounded()) }
    static func time(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: nanoseconds(seconds)) }

    static func grid(_ minutes: Int64, from: Double = 0, step: Duration = .seconds(60)) -> Grid {
        Grid(from: time(from), to: time(Double(minutes) * 60), step: step)!
    }

    static func rule(
        _ text: String, hold: Duration = .zero, keep: Duration = .zero, labels: [String: String] = [:],
        annotations: [String: String] = [:]
    ) throws -> PrometheusRule {
        let (rule, mistakes) = PrometheusRule.make(
            "Rule", expression: text, hold: hold, keep: keep,
            labels: try labels.sorted { $0.key < $1.key }.map {
                PrometheusRule.Text($0.key, try #require(Template.parse($0.value).template))
            },
            annotations: try annotations.sorted { $0.key < $1.key }.map {
                PrometheusRule.Text($0.key, try #require(Template.parse($0.value).template))
            })
        return try #require(rule, "\(mistakes)")
    }

    /// Replays a rule over some minutes.
    func replay(
        _ text: String, minutes: Int64, from: Double = 0, step: Duration = .seconds(60), hold: Duration = .zero,
        keep: Duration = .zero,
        labels: [String: String] = [:], annotations: [String: String] = [:], exported: Set<Label> = Set(Label.allCases),
        options: ReplayOptions = ReplayOptions()
    ) throws -> RuleReplay {
        let rule = try Scene.rule(text, hold: hold, keep: keep, labels: labels, annotations: annotations)
        let replays = try RuleReplay.run(
            [rule], over: plain.history, on: Scene.grid(minutes, from: from, step: step), labels: exported, options: options)
        return try #require(replays.first)
    }

    /// The firings as minutes after the start: `2–7`; `9–` if still firing.
    func firings(
        _ text: String, minutes: Int64, from: Double = 0, step: Duration = .seconds(60), hold: Duration = .zero,
        keep: Duration = .zero
    ) throws -> [String] {
        try replay(text, minutes: minutes, from: from, step: step, hold: hold, keep: keep).spans
    }
}

extension RuleReplay {
    /// The firings as minutes after the scene's start, by time.
    var spans: [String] {
        func minutes(_ time: Timestamp) -> String {
            GoNumber.shortest(Double(time.nanoseconds - Scene.start * 1_000_000_000) / 60e9)
        }
        return firings.map { minutes($0.firing.from) + "–" + ($0.firing.resolvedAt.map(minutes) ?? "") }
    }

    func finding(_ id: String) -> RuleFinding? { findings.first { $0.id == id } }
}
