import Alerts
import Model
import TestSupport
import Testing

@testable import Alerts

@Suite("Replay of Prometheus rules against a naive evaluator")
struct PrometheusPropertyTests {
    /// Random expressions of the subset, as text.
    struct Author {
        var generator: SeededGenerator

        mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &generator)] }
        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

        mutating func selector() -> String {
            let counter = pick([
                "llm_errors_total", "llm_errors_total", "llm_requests_total", "llm_rate_limits_total",
                "llm_errors_recovered_total", "llm_errors_failed_total",
            ])
            var matchers: [String] = []
            if chance(30) {
                matchers.append(
                    pick([
                        "provider=\"openai\"", "provider!=\"openai\"", "provider=~\"openai|anthropic\"", "provider!~\"openai|\"",
                    ]))
            }
            if chance(20) { matchers.append(pick(["model=\"a\"", "agent=\"\"", "agent!=\"\"", "error_type=\"server_error\""])) }
            return counter + (matchers.isEmpty ? "" : "{\(matchers.joined(separator: ","))}")
        }

        mutating func counted() -> String {
            let window = pick(["1m", "2m", "5m", "7m", "90s", "10m", "45s"]),
                offset = pick(["", "", "", " offset 3m", " offset 50s"])
            switch Int.random(in: 0..<12, using: &generator) {
            case 0...4: return "rate(\(selector())[\(window)]\(offset))"
            case 5...7: return "increase(\(selector())[\(window)]\(offset))"
            case 8: return selector() + offset
            case 9: return "delta(\(selector())[\(window)])"
            case 10: return "irate(\(selector())[\(window)]\(offset))"
            default: return "\(pick(["sum", "avg", "min", "max", "count"]))_over_time(\(selector())[\(window)]\(offset))"
            }
        }

        mutating func vector(_ depth: Int) -> String {
            if depth <= 0 { return counted() }
            switch Int.random(in: 0..<14, using: &generator) {
            case 0...4: return "\(pick(["sum", "min", "max", "avg", "count"]))\(grouping()) (\(vector(depth - 1)))"
            case 5: return "topk\(grouping()) (\(pick(["1", "2", "3", "5"])), \(vector(depth - 1)))"
            case 6: return "(\(vector(depth - 1))) \(pick(["+", "-", "*", "/"])) \(matching()) (\(vector(depth - 1)))"
            case 7: return "(\(vector(depth - 1))) \(pick(["and", "or", "unless"])) \(setMatching()) (\(vector(depth - 1)))"
            case 8: return "(\(vector(depth - 1))) \(pick(["+", "-", "*", "/"])) \(number())"
            case 9: return "(\(vector(depth - 1))) \(pick([">", "<", ">=", "==", "!="])) \(pick(["", "bool"])) \(number())"
            case 10:
                return pick([
                    "absent(\(selector()))", "clamp_max(\(vector(depth - 1)), 3)", "clamp_min(\(vector(depth - 1)), 1)",
                    "-(\(vector(depth - 1)))",
                ])
            case 11: return "vector(\(pick(["scalar(\(vector(depth - 1)))", "time() / 1e9", number()])))"
            case 12:
                return
                    "sum by (provider) (rate(\(selector())[5m])) / on (provider) group_left () sum by (provider) (rate(llm_requests_total[5m]))"
            default: return counted()
            }
        }

        mutating func grouping() -> String {
            pick([
                "", "", " by (provider)", " by (provider, model)", " by (error_type)", " without (agent)",
                " without (status_code, model)",
            ])
        }
        mutating func matching() -> String {
            pick([
                "", "on (provider)", "ignoring (agent)", "on (provider) group_left ()", "on () group_left ()",
                "ignoring (model, agent) group_left (agent)",
            ])
        }
        mutating func setMatching() -> String { pick(["", "on (provider)", "ignoring (model)", "on ()"]) }
        mutating func number() -> String { pick(["0", "1", "2", "5", "0.01", "0.5", "3", "-1", "0.3", "1e9"]) }

        mutating func rule() -> String {
            let measure = vector(pick([0, 1, 1, 2, 2, 3]))
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: return measure
            case 1: return "\(number()) < \(measure)"
            case 2: return "(\(measure)) > \(number()) and \(setMatching()) (\(vector(1))) > \(number())"
            case 3: return "(\(measure)) > \(matching()) (\(vector(1)))"
            case 5: return "topk\(grouping()) (\(pick(["1", "2", "3", "4"])), \(counted())) >= 0"
            case 4: return "(\(measure)) * 60 >= scalar(\(vector(1)))"
            default: return "(\(measure)) \(pick([">", ">", ">=", "<", "<=", "==", "!="])) \(number())"
            }
        }
    }

    /// The firings by naive evaluation.
    private func naive(_ rule: PrometheusRule, _ plain: PlainHistory, _ grid: Grid, _ limit: Set<Label>) -> [NaiveStates.Span] {
        let evaluator = NaiveEvaluator(plain: plain, grid: grid, limit: limit)
        var states = NaiveStates(
            hold: rule.hold.inNanoseconds, keep: rule.keep.inNanoseconds, isBelow: rule.expression.measured.isBelow)
        for index in 0..<grid.count {
            let t = grid.instant(index).nanoseconds
            guard let result = try? evaluator.evaluate(rule.expression, at: t) else { continue }
            let elements =
                if case .vector(let found) = result { found } else if case .scalar(let value) = result {
                    [NaiveEvaluator.Element(labels: [:], value: value)]
                } else { [NaiveEvaluator.Element]() }
            var results: [LabelSet: Double] = [:], isClean = true
            for element in elements {
                let own = LabelSet(element.labels.map { LabelPair($0.key.name, $0.value) })
                let labels = own.overwritten(
                    by: rule.labels.map { LabelPair($0.name, $0.template.rendered(labels: own, value: element.value)) })
                if results.updateValue(element.value, forKey: labels) != nil { isClean = false }
            }
            if isClean { states.step(results, at: t) }
        }
        return states.spans()
    }

    @Test("equals a naive evaluator that counts every window at every step", arguments: 0..<12)
    func equalsNaive(seed: Int) throws {
        var author = Author(generator: SeededGenerator(seed: UInt64(seed) &* 7919 &+ 1))
        let start: Int64 = 1_760_000_040_000_000_000
        let minutes = 60
        let plain = PlainHistory.generated(
            errors: author.pick([5, 30, 40, 60]), minutes: minutes, from: start, with: &author.generator)
        let grid = try #require(
            Grid(
                from: Timestamp(nanoseconds: start + author.pick([0, 0, 60, -600, 30]) * 1_000_000_000),
                to: Timestamp(nanoseconds: start + Int64(minutes) * 60_000_000_000),
                step: author.pick([.seconds(60), .seconds(60), .seconds(30), .seconds(150)])))
        let limit = author.chance(25) ? [Label.provider, .errorType, .model] : Set(Label.allCases)
        var rules: [PrometheusRule] = [], texts: [String] = []
        for number in 0..<12 {
            let text = author.rule()
            let (made, mistakes) = PrometheusRule.make(
                "rule\(number)", expression: text, hold: .seconds(author.pick([0, 0, 60, 120, 150, 300])),
                keep: .seconds(author.pick([0, 0, 0, 60, 240, 100])))
            guard var rule = made else {
                // Scalar comparisons without bool and set operations on scalars are rejected correctly.
                #expect(!mistakes.isEmpty)
                continue
            }
            if author.chance(20) { rule.labels = [PrometheusRule.Text("model", Template.parse("all").template!)] }
            if author.chance(10) { rule.labels = [PrometheusRule.Text("severity", Template.parse("v{{ $value }}").template!)] }
            rules.append(rule)
            texts.append(text)
        }
        let replays = try RuleReplay.run(rules, over: plain.history, on: grid, labels: limit)
        for (index, rule) in rules.enumerated() {
            let expected = naive(rule, plain, grid, limit)
            let found = replays[index].alerts.flatMap { alert in
                alert.firings.map {
                    NaiveStates.Span(
                        labels: alert.labels, from: $0.from.nanoseconds, to: $0.resolvedAt?.nanoseconds, peak: $0.peak)
                }
            }.sorted()
            #expect(
                found == expected || same(found, expected),
                "seed \(seed), rule \(texts[index]) for \(rule.hold) keep \(rule.keep): \(found.prefix(4)) instead of \(expected.prefix(4))"
            )
        }
    }

    /// NaN equals NaN.
    private func same(_ a: [NaiveStates.Span], _ b: [NaiveStates.Span]) -> Bool {
        a.count == b.count
            && zip(a, b).allSatisfy {
                $0.labels == $1.labels && $0.from == $1.from && $0.to == $1.to
                    && ($0.peak == $1.peak || $0.peak.isNaN || $1.peak.isNaN)
            }
    }
}
