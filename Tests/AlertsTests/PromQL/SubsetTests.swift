import Model
import Testing

@testable import Alerts

@Suite("The PromQL subset")
struct SubsetTests {
    /// Errors of two providers: a at 1:00, 1:10, 3:00; b at 2:00.
    private var scene: Scene {
        var scene = Scene()
        scene.errors([60, 70, 180], [.provider: "a", .model: "x", .errorType: "timeout"])
        scene.errors([120], [.provider: "b", .model: "y", .errorType: "server_error"])
        scene.calls([60, 61, 120, 180, 181, 182], [.provider: "a", .model: "x"])
        scene.calls([120, 121], [.provider: "b", .model: "y"])
        return scene
    }

    /// The values of an expression at a minute, by provider and model.
    private func values(_ text: String, at minute: Int, step: Duration = .seconds(60)) throws -> [String] {
        let rule = try Scene.rule(text)
        let grid = Scene.grid(Int64(minute), step: step)
        let evaluation = ExpressionEvaluation(scene.plain.history, grid, limit: Set(Label.allCases))
        let vector = evaluation.evaluate(rule.expression)
        var current = [Double](repeating: .absent, count: vector.series.count)
        for change in vector.changes where Int(change.instant) < grid.count { current[Int(change.series)] = change.value }
        let shown = current.indices.filter { !current[$0].isAbsent }.map { series in
            let labels = vector.series.labelSet(of: series, evaluation.tables.values)
            return "\(labels["provider"] ?? "-")\(labels["model"] ?? "-") \(GoNumber.shortest(current[series]))"
        }
        return shown.sorted()
    }

    @Test(
        "functions and operators give the expected values",
        arguments: [
            ("llm_errors_total", 3, ["ax 3", "by 1"]),
            ("llm_errors", 3, ["ax 3", "by 1"]),
            ("llm.errors.total", 3, ["ax 3", "by 1"]),
            ("llm_requests_total", 3, ["ax 4", "by 2"]),
            ("llm_errors_total{provider=\"a\"}", 3, ["ax 3"]),
            ("llm_errors_total{provider!=\"a\"}", 3, ["by 1"]),
            ("llm_errors_total{provider=~\"a|c\"}", 3, ["ax 3"]),
            ("llm_errors_total{provider=~\"\"}", 3, []),
            ("llm_errors_total{error_type=~\"server.*\"}", 3, ["by 1"]),
            ("llm_errors_total{error_type=~\"server\"}", 3, []),
            ("llm_errors_total{agent=\"\"}", 3, ["ax 3", "by 1"]),
            ("llm_errors_total{agent!=\"\"}", 3, []),
            ("llm_errors_total offset 1m", 3, ["ax 2", "by 1"]),
            ("increase(llm_errors_total[1m])", 3, ["ax 1", "by 0"]),
            ("increase(llm_errors_total[1m] offset 1m)", 3, ["ax 1", "by 1"]),
            ("rate(llm_errors_total[2m])", 2, ["ax 0.016666666666666666", "by 0.008333333333333333"]),
            ("delta(llm_errors_total[2m])", 3, ["ax 2", "by 1"]),
            ("irate(llm_errors_total[5m])", 3, ["ax 0.016666666666666666", "by 0"]),
            ("count_over_time(llm_errors_total[2m])", 3, ["ax 3", "by 3"]),
            ("sum_over_time(llm_errors_total[2m])", 3, ["ax 6", "by 2"]),
            ("avg_over_time(llm_errors_total[2m])", 3, ["ax 2", "by 0.6666666666666666"]),
            ("min_over_time(llm_errors_total[2m])", 3, ["ax 1", "by 0"]),
            ("max_over_time(llm_errors_total[2m])", 3, ["ax 3", "by 1"]),
            ("sum(llm_errors_total)", 3, ["-- 4"]),
            ("sum by (provider) (llm_errors_total)", 3, ["a- 3", "b- 1"]),
            ("sum without (model, error_type) (llm_errors_total)", 3, ["a- 3", "b- 1"]),
            ("sum(llm_errors_total) by (model)", 3, ["-x 3", "-y 1"]),
            ("min(llm_errors_total)", 3, ["-- 1"]),
            ("max(llm_errors_total)", 3, ["-- 3"]),
            ("avg(llm_errors_total)", 3, ["-- 2"]),
            ("count(llm_errors_total > 1)", 3, ["-- 1"]),
            ("topk(1, llm_errors_total)", 3, ["ax 3"]),
            ("llm_errors_total * 2 - 1", 3, ["ax 5", "by 1"]),
            ("-llm_errors_total", 3, ["ax -3", "by -1"]),
            ("1 / llm_errors_total", 3, ["ax 0.3333333333333333", "by 1"]),
            ("llm_errors_total / 0", 3, ["ax +Inf", "by +Inf"]), ("(llm_errors_total offset 3m) / 0", 3, ["ax NaN", "by NaN"]),
            ("llm_errors_total > 1", 3, ["ax 3"]),
            ("2 < llm_errors_total", 3, ["ax 3"]),
            ("llm_errors_total > bool 1", 3, ["ax 1", "by 0"]),
            ("llm_errors_total == 3", 3, ["ax 3"]),
            ("llm_errors_total != 3", 3, ["by 1"]),
            ("sum by (provider) (llm_errors_total) / sum by (provider) (llm_requests_total)", 3, ["a- 0.75", "b- 0.5"]),
            ("llm_errors_total / on (provider, model) llm_requests_total", 3, ["ax 0.75", "by 0.5"]),
            ("llm_errors_total / ignoring (error_type) llm_requests_total", 3, ["ax 0.75", "by 0.5"]),
            ("llm_errors_total / llm_requests_total", 3, []),
            ("llm_errors_total / on () group_left () sum(llm_requests_total)", 3, ["ax 0.5", "by 0.16666666666666666"]),
            ("sum by (provider) (llm_errors_total) * on (provider) group_left (model) llm_requests_total", 3, ["ax 12", "by 2"]),
            ("llm_errors_total and on (provider) (sum by (provider) (llm_requests_total) > 2)", 3, ["ax 3"]),
            ("llm_errors_total unless on (provider) (sum by (provider) (llm_requests_total) > 2)", 3, ["by 1"]),
            ("(llm_errors_total > 2) or llm_errors_total", 3, ["ax 3", "by 1"]),
            ("vector(7) or llm_errors_total", 3, ["-- 7", "ax 3", "by 1"]),
            ("llm_errors_total or on () vector(7)", 3, ["ax 3", "by 1"]),
            ("absent(llm_errors_total)", 3, []),
            ("absent(llm_errors_total{model=\"z\"})", 3, ["-z 1"]),
            ("absent(llm_errors_total{model=\"z\",model!=\"y\"})", 3, ["-- 1"]),
            ("vector(scalar(sum(llm_errors_total)))", 3, ["-- 4"]),
            ("vector(scalar(llm_errors_total))", 3, ["-- NaN"]),
            ("clamp_min(llm_errors_total, 2)", 3, ["ax 3", "by 2"]),
            ("clamp_max(llm_errors_total, 2)", 3, ["ax 2", "by 1"]),
            ("time() - 1760000000", 3, ["-- 220"]),
            ("hour()", 3, ["-- 8"]),
            ("day_of_week()", 3, ["-- 4"]),
            ("hour(vector(3600 * 25))", 3, ["-- 1"]),
            ("1 + 2 * 3 > bool 6", 3, ["-- 1"]),
            ("-2 * -(3)", 3, ["-- 6"]),
            ("2 - 1 - 1", 3, ["-- 0"]),
            ("0x10 + .5 + 1e1", 3, ["-- 26.5"]),
            ("SUM(llm_errors_total) AND sum(llm_errors_total) # and a comment", 3, ["-- 4"]),
        ] as [(String, Int, [String])])
    func values(text: String, minute: Int, expected: [String]) throws {
        let found = try values(text, at: minute)
        #expect(found == expected)
    }

    @Test("windows accept durations such as 1h30m and nothing else")
    func durations() {
        let good: [(String, Int64)] = [
            ("5m", 300), ("1h30m", 5400), ("90s", 90), ("1d", 86_400), ("2w", 1_209_600), ("1y", 31_536_000), ("0", 0),
            ("1m30s", 90),
        ]
        for (text, seconds) in good { #expect(PromDuration.nanoseconds(text) == seconds * 1_000_000_000) }
        #expect(PromDuration.nanoseconds("1s500ms") == 1_500_000_000)
        for text in ["", "5", "m", "5min", "30m1h", "5m5m", "1.5h", "-5m", "5 m", "99999999999999999999s", "300000y"] {
            #expect(PromDuration.nanoseconds(text) == nil, "\(text)")
        }
        #expect(PromDuration.spelling(5_400_000_000_000) == "1h30m")
        #expect(PromDuration.spelling(0) == "0s")
    }

    @Test("a matching error fails the rule at that instant, with Prometheus' message")
    func failingMatches() throws {
        let scene = scene
        let left = try scene.replay("llm_errors_total > on () llm_requests_total", minutes: 4)
        #expect(
            left.failures.map(\.message) == ["found duplicate series for the match group on the right hand-side of the operation"]
        )
        let many = try scene.replay("llm_errors_total >= on () sum(llm_errors_total) - 4", minutes: 4)
        #expect(
            many.failures.map(\.message) == ["multiple matches for labels: many-to-one matching must be explicit (group_left)"])
        let clash = try scene.replay(
            "llm_errors_total * on () group_left (provider, model, error_type) (llm_errors_total{model=\"x\"})", minutes: 4)
        #expect(clash.failures.map(\.message) == ["multiple matches for labels: grouping labels must ensure unique matches"])
    }

    @Test(
        "unsupported features are reported by name and column",
        arguments: [
            (
                "histogram_quantile(0.9, llm_errors_total)", 1,
                "the function `histogram_quantile` is not part of the supported PromQL subset"
            ),
            ("sum(abs(llm_errors_total))", 5, "the function `abs` is not part of the supported PromQL subset"),
            ("rate(llm_errors_total[5m:1m])", 6, "a subquery is not part of the supported PromQL subset"),
            ("llm_errors_total @ 5", 18, "the modifier `@` is not part of the supported PromQL subset"),
            ("llm_errors_total % 2", 18, "the operator `%` is not part of the supported PromQL subset"),
            ("llm_errors_total ^ 2", 18, "the operator `^` is not part of the supported PromQL subset"),
            ("stddev(llm_errors_total)", 1, "the aggregation `stddev` is not part of the supported PromQL subset"),
            (
                "llm_errors_total / on (model) group_right llm_requests_total", 31,
                "`group_right` is not part of the supported PromQL subset"
            ),
            ("{provider=\"a\"}", 1, "a selector without a counter name is not part of the supported PromQL subset"),
            ("llm_errors_total offset -5m", 25, "a negative offset is not part of the supported PromQL subset"),
        ])
    func outside(text: String, column: Int, message: String) {
        let (expression, mistakes) = ExpressionParser.parse(text)
        #expect(expression == nil)
        #expect(mistakes.map(\.message) == [message])
        #expect(mistakes.first.map { $0.span.start + 1 } == column)
    }

    @Test(
        "errors suggest the closest name",
        arguments: [
            ("llm_error_total > 1", "unknown-counter", 0, "llm_errors_total"),
            ("sum by (modle) (llm_errors_total)", "unknown-label", 8, "model"),
            ("llm_errors_total{modle=\"a\"}", "unknown-label", 17, "model"),
            ("rat(llm_errors_total[5m])", "unknown-function", 0, "rate"),
            ("rate(llm_errors_total)", "wrong-kind", 5, nil), ("llm_errors_total[5m]", "wrong-kind", 0, nil),
            ("sum(llm_errors_total[5m])", "wrong-kind", 4, nil), ("1 > 2", "missing-bool", 2, nil),
            ("rate(llm_errors_total[5x])", "bad-duration", 22, nil),
            ("llm_errors_total{model=~\"(\"}", "bad-pattern", 24, nil), ("llm_errors_total >", "unexpected", 18, nil),
            ("", "empty-expression", 0, nil),
            ("llm_errors_total{model=\"a}", "open-string", 23, nil), ("1 and llm_errors_total", "wrong-kind", 0, nil),
            ("rate(llm_errors_total[5m], 2)", "wrong-count", 4, nil), ("llm_errors_total + bool 1", "misplaced-bool", 19, nil),
            ("topk(llm_errors_total)", "wrong-count", 4, nil), ("llm_errors_total ; 1", "unexpected-character", 17, nil),
            ("sum(llm_errors_total", "unexpected", 20, nil),
            ("5m > 1", "bad-number", 0, nil), ("\"text\"", "wrong-kind", 0, nil), ("(1 + 2)[5m]", "misplaced-window", 0, nil),
        ] as [(String, String, Int, String?)])
    func mistakes(text: String, id: String, place: Int, closest: String?) {
        let (expression, mistakes) = ExpressionParser.parse(text)
        #expect(expression == nil)
        #expect(mistakes.first?.id == id)
        #expect(mistakes.first?.span.start == place)
        #expect(mistakes.first?.closest == closest)
    }

    @Test("independent errors in one expression are all reported")
    func several() {
        let (_, mistakes) = ExpressionParser.parse("sum by (modle) (rate(llm_errors_total{provder=\"a\"}[5m])) > 1")
        #expect(mistakes.map(\.closest) == ["model", "provider"])
    }

    @Test("a printed expression parses to itself")
    func printing() {
        for text in [
            "sum by (provider) (rate(llm_errors_total{error_type=\"a\\\"b\",model=~\"x.*\"}[5m] offset 1h)) > 0.1",
            "-(1 + 2) * 3", "1 - (2 - 3)",
            "a", "llm_errors_total and on () (llm_errors_total or llm_errors_total) unless llm_errors_total",
            "topk by (model) (3, llm_errors_total) / on (provider) group_left (model) llm_requests_total", "hour() > bool 5",
            "clamp_min(llm_errors_total, -1) == scalar(sum(llm_errors_total))", "sum(llm_errors_total) * 1e6 > 1e+09",
            "absent(llm_errors_total) > Inf",
        ] {
            guard let expression = ExpressionParser.parse(text).expression else { continue }
            #expect(ExpressionParser.parse(expression.description).expression == expression, "\(expression)")
        }
    }
}
