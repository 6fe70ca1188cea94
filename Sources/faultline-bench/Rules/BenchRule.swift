import Model

/// An alert rule and the SQL that computes the same at one instant.
struct BenchRule: Sendable {
    enum Form: Sendable {
        /// The condition of a Faultline rule: the text after `when`.
        case own
        /// A PromQL expression.
        case prometheus
    }

    let form: Form
    let text: String
    /// Returns one row for each series that fires at `:t`.
    let sql: String
    /// The kind of the rule.
    let kind: String

    /// Returns fifty rules: ten kinds with five windows each, with thresholds that fire occasionally.
    ///
    /// - Parameter callsPerMinute: Call rate of the history; thresholds scale with it.
    static func fifty(callsPerMinute: Double) -> [BenchRule] {
        let minutes = [5, 10, 15, 30, 60]
        return kinds.flatMap { kind in
            minutes.enumerated().map { place, minutes in
                kind.make(place, minutes, threshold(kind.share * callsPerMinute * Double(minutes)))
            }
        }
    }

    /// Returns the expected count plus three standard deviations, at least two.
    private static func threshold(_ expected: Double) -> Int { max(2, Int(expected + 3 * expected.squareRoot() + 1)) }

    private struct Kind: Sendable {
        /// The share of all calls that one series counts.
        let share: Double
        let make: @Sendable (_ place: Int, _ minutes: Int, _ threshold: Int) -> BenchRule
    }

    // Errors as the language counts them: of calls, and of events that belong to no call, with the default evidence.
    private static let isError = "e.scope IN (0, 2) AND e.evidence & 31 <> 0"
    private static let providers = ["openai", "anthropic", "google", "mistral", "azure"]
    private static let types = ["rate_limit", "timeout", "server_error", "network_error", "context_length"]

    /// Returns a condition for `t` in the window that ends at `:t`.
    private static func inside(_ minutes: Int, _ column: String = "e.t") -> String {
        "\(column) > :t - \(minutes) * 60000000000 AND \(column) <= :t"
    }

    private static func number(ofType name: String) -> Int { ErrorType.allCases.first { $0.name == name }?.rawValue ?? -1 }

    private static let kinds: [Kind] = [
        Kind(share: 0.033) { _, minutes, threshold in
            BenchRule(
                form: .own, text: "errors over \(minutes)m having count > \(threshold)",
                sql: "SELECT count(*) AS n FROM err AS e WHERE \(inside(minutes)) AND \(isError) HAVING n > \(threshold)",
                kind: "errors")
        },
        Kind(share: 0.004) { place, minutes, threshold in
            let type = types[place]
            return BenchRule(
                form: .own, text: "errors where type = \(type) over \(minutes)m having count > \(threshold)",
                sql: """
                    SELECT count(*) AS n FROM err AS e
                    WHERE \(inside(minutes)) AND \(isError) AND e.type = \(number(ofType: type)) HAVING n > \(threshold)
                    """, kind: "errors of a type")
        },
        Kind(share: 0.003) { _, minutes, threshold in
            BenchRule(
                form: .own, text: "errors by provider where status = 5xx over \(minutes)m having count > \(threshold)",
                sql: """
                    SELECT m.provider, count(*) AS n FROM err AS e JOIN model AS m ON m.id = e.model
                    LEFT JOIN span AS s ON s.id = e.id AND e.scope < 2
                    WHERE \(inside(minutes)) AND \(isError) AND coalesce(e.status, s.http_status) BETWEEN 500 AND 599
                    GROUP BY 1 HAVING n > \(threshold)
                    """, kind: "errors by provider, status")
        },
        Kind(share: 0.003) { place, minutes, threshold in
            BenchRule(
                form: .own,
                text: "errors by model where provider = \(providers[place]) over \(minutes)m having count > \(threshold)",
                sql: """
                    SELECT m.name, count(*) AS n FROM err AS e JOIN model AS m ON m.id = e.model
                    WHERE \(inside(minutes)) AND \(isError) AND m.provider = '\(providers[place])' GROUP BY 1 HAVING n > \(threshold)
                    """, kind: "errors by model")
        },
        Kind(share: 1) { place, minutes, _ in
            let percent = 12 - 2 * place
            return BenchRule(
                form: .own, text: "calls over \(minutes)m having error_rate > \(percent)% and calls >= 50",
                sql: """
                    SELECT count(*) AS n, sum(evidence & 31 <> 0) AS failed FROM call
                    WHERE scope = 0 AND \(inside(minutes, "t")) HAVING n >= 50 AND failed * 1.0 / n > \(Double(percent) / 100)
                    """, kind: "error rate")
        },
        Kind(share: 0.033) { _, minutes, threshold in
            let rate = per(minutes, threshold)
            return BenchRule(
                form: .prometheus, text: "sum(rate(llm_errors_total[\(minutes)m])) > \(rate)",
                sql:
                    "SELECT count(*) AS n FROM err AS e WHERE \(inside(minutes)) AND \(isAny) HAVING n * (1.0 / \(minutes * 60)) > \(rate)",
                kind: "rate")
        },
        Kind(share: 0.01) { _, minutes, threshold in
            BenchRule(
                form: .prometheus, text: "sum by (provider) (increase(llm_errors_total[\(minutes)m])) > \(threshold)",
                sql: """
                    SELECT m.provider, count(*) AS n FROM err AS e JOIN model AS m ON m.id = e.model
                    WHERE \(inside(minutes)) AND \(isAny) GROUP BY 1 HAVING n > \(threshold)
                    """, kind: "increase by provider")
        },
        Kind(share: 0.004) { place, minutes, threshold in
            let type = types[place]
            return BenchRule(
                form: .prometheus, text: "sum(increase(llm_errors_total{error_type=\"\(type)\"}[\(minutes)m])) > \(threshold)",
                sql: """
                    SELECT count(*) AS n FROM err AS e
                    WHERE \(inside(minutes)) AND \(isAny) AND e.type = \(number(ofType: type)) HAVING n > \(threshold)
                    """, kind: "increase of a type")
        },
        Kind(share: 0.003) { _, minutes, threshold in
            let rate = per(minutes, threshold)
            return BenchRule(
                form: .prometheus,
                text: "max by (provider) (sum by (provider, model) (rate(llm_rate_limits_total[\(minutes)m]))) > \(rate)",
                sql: """
                    SELECT provider FROM (
                        SELECT m.provider AS provider, m.name, count(*) AS n FROM err AS e JOIN model AS m ON m.id = e.model
                        WHERE \(inside(minutes)) AND \(isAny) AND e.type = \(number(ofType: "rate_limit")) GROUP BY 1, 2)
                    GROUP BY 1 HAVING max(n) * (1.0 / \(minutes * 60)) > \(rate)
                    """, kind: "worst model's rate limits")
        },
        Kind(share: 1) { place, minutes, _ in
            let share = [0.12, 0.1, 0.08, 0.06, 0.05][place]
            return BenchRule(
                form: .prometheus,
                text: "sum(increase(llm_errors_total[\(minutes)m])) / sum(increase(llm_requests_total[\(minutes)m])) > \(share)",
                sql: """
                    SELECT 1 FROM (SELECT count(*) AS n FROM err AS e WHERE \(inside(minutes)) AND \(isAny)),
                        (SELECT count(*) AS calls FROM call WHERE scope = 0 AND \(inside(minutes, "t")))
                    WHERE calls > 0 AND n * 1.0 / calls > \(share)
                    """, kind: "errors to calls")
        },
    ]

    /// Counters also count errors of spans that are not calls, but not propagated errors.
    private static let isAny = "e.scope <> 1 AND e.evidence & 31 <> 0"

    /// Returns a threshold halfway between two counts, so that rounding does not matter.
    private static func per(_ minutes: Int, _ threshold: Int) -> Double { (Double(threshold) + 0.5) / Double(minutes * 60) }
}
