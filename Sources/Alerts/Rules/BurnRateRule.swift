import Model
import QueryLanguage

/// One alert rule on the burn rate of an error budget, with a long window for significance and a short one so that it resolves
/// soon (Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts").
public struct BurnRateRule: Hashable, Sendable {
    /// The share of the period's budget that is spent within the long window when the rule fires.
    public var budget: Double
    public var long: Duration, short: Duration
    public var severity: Severity
    /// The length of the objective's period, and the share of good events it asks for.
    private let period: Duration, target: Double

    /// The workbook's table: pages at 2% of the budget in 1h and 5% in 6h, tickets at 10% in 1d and 10% in 3d.
    ///
    /// - Returns: The rules that mean something for the period: those whose burn rate is at least 1 and that errors can reach.
    public static func rules(target: Double, period: Duration) -> [BurnRateRule] {
        let table: [(Double, Duration, Duration, Severity)] = [
            (0.02, .hours(1), .minutes(5), .critical), (0.05, .hours(6), .minutes(30), .critical),
            (0.10, .days(1), .hours(2), .warning), (0.10, .days(3), .hours(6), .warning),
        ]
        return table.map { budget, long, short, severity in
            BurnRateRule(budget: budget, long: long, short: short, severity: severity, period: period, target: target)
        }.filter { $0.burnRate >= 1 && $0.badShare < 1 }
    }

    /// How many times faster than planned the budget is spent when the rule fires: 14.4 for 2% of 30 days in an hour.
    public var burnRate: Double { BurnRateRule.rounded(budget * period.inSeconds / long.inSeconds) }

    /// The share of bad events above which the rule fires.
    public var badShare: Double { BurnRateRule.rounded(burnRate * (1 - target)) }

    /// Removes the noise of binary fractions: six significant decimals are more than anybody measures.
    private static func rounded(_ x: Double) -> Double { (x * 1e6).rounded() / 1e6 }

    /// A name that says what it is: `slo_1h`.
    public var name: String { "slo_\(Units.spelling(long))" }

    /// The threshold as the language writes it: `14.4%`.
    private var percent: String {
        // 100 times a number of six decimals has at most four.
        let text = "\((badShare * 1e6).rounded() / 1e4)"
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + "%"
    }

    /// The rule in the language, from `when` on.
    /// - Parameters:
    ///   - selection: Noun and conditions: `calls where agent = checkout`.
    ///   - measure: The share of bad events: `error_rate`, `share(failed)`.
    public func when(_ selection: String, measure: String) -> String {
        "when \(selection) over \(Units.spelling(short)) having \(measure) > \(percent)"
            + " and \(measure) over \(Units.spelling(long)) > \(percent) severity \(severity.name)"
    }

    /// The rule's expression in PromQL, a comparison a line.
    /// - Parameter selector: Label matchers in braces; "" for all calls.
    public func promQL(selector: String) -> [String] {
        func ratio(_ window: Duration) -> String {
            let range = "[\(Units.spelling(window))]"
            return "sum(rate(llm_errors_total\(selector)\(range))) / sum(rate(llm_requests_total\(selector)\(range)))"
                + " > \(BurnRateRule.plain(badShare))"
        }
        return [ratio(long), "and " + ratio(short)]
    }

    /// A positive number below 1 without an exponent.
    private static func plain(_ x: Double) -> String {
        let digits = String(Int64((x * 1e6).rounded()))
        var fraction = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "0." + fraction
    }

    /// Rules as a Prometheus rule file.
    public static func yaml(_ rules: [BurnRateRule], selector: String) -> [String] {
        guard !rules.isEmpty else { return [] }
        return ["groups:", "  - name: slo", "    rules:"]
            + rules.flatMap { rule in
                ["      - alert: \(rule.name)", "        expr: >-"] + rule.promQL(selector: selector).map { "          " + $0 }
                    + ["        labels: {severity: \(rule.severity.name.lowercased())}"]
            }
    }
}
