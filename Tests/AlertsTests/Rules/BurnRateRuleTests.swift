import Model
import QueryLanguage
import Testing

@testable import Alerts

@Suite("Burn rate rules")
struct BurnRateRuleTests {
    @Test("99% over 30 days gives the table of the SRE workbook")
    func workbook() {
        let rules = BurnRateRule.rules(target: 0.99, period: .days(30))
        #expect(rules.map(\.burnRate) == [14.4, 6, 3, 1])
        #expect(rules.map(\.badShare) == [0.144, 0.06, 0.03, 0.01])
        #expect(rules.map(\.severity) == [.critical, .critical, .warning, .warning])
        #expect(
            rules[0].when("calls where agent = a", measure: "error_rate")
                == "when calls where agent = a over 5m having error_rate > 14.4% and error_rate over 1h > 14.4% severity CRITICAL"
        )
    }

    @Test("rules that would fire within budget, or that errors cannot reach, are left out")
    func leftOut() {
        #expect(BurnRateRule.rules(target: 0.99, period: .days(7)).map(\.name) == ["slo_1h", "slo_6h"])
        #expect(BurnRateRule.rules(target: 0.9, period: .days(30)).map(\.name) == ["slo_6h", "slo_1d", "slo_3d"])
        #expect(BurnRateRule.rules(target: 0.99, period: .hours(1)).isEmpty)
    }

    @Test("the rule file is read back as the same rules", arguments: [0.9, 0.95, 0.99, 0.999, 0.9995, 0.99999])
    func yaml(target: Double) throws {
        let rules = BurnRateRule.rules(target: target, period: .days(30))
        let file = RuleFile(yaml: BurnRateRule.yaml(rules, selector: #"{provider="openai"}"#).joined(separator: "\n"))
        #expect(file.mistakes.isEmpty, "\(file.mistakes)")
        #expect(file.rules.map(\.name) == rules.map(\.name))
        #expect(!rules.flatMap { $0.promQL(selector: "") }.joined().contains("e-"))
        for (read, rule) in zip(file.rules, rules) {
            #expect(read.windows == [rule.short, rule.long])
            #expect(read.text.contains(#"llm_requests_total{provider="openai"}"#))
        }
    }

    @Test(
        "conditions on labels become matchers",
        arguments: [
            ("provider = openai", #"{provider="openai"}"#),
            ("provider = openai and agent != a", #"{provider="openai",agent!="a"}"#),
            ("model in (gpt-4o, o1)", #"{model=~"gpt-4o|o1"}"#), ("model in (\"gpt-4.1\", o1)", #"{model=~"gpt-4\\.1|o1"}"#),
        ])
    func selectors(condition: String, selector: String) throws {
        #expect(PredicateSelector.text(try predicates(condition)) == selector)
    }

    @Test(
        "conditions without a label have no selector",
        arguments: [
            "user = u1", "model = gpt-4*", "latency > 3s", "provider = openai or agent = a", "not fallback", "model is missing",
        ])
    func noSelector(condition: String) throws {
        #expect(PredicateSelector.text(try predicates(condition)) == nil)
    }

    private func predicates(_ condition: String) throws -> [PredicateSyntax] {
        let query = try #require(Parser.query("calls where \(condition)").query)
        return query.clauses.compactMap { if case .where(let predicate) = $0.kind { predicate } else { nil } }
    }
}
