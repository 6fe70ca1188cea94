import Glibc
import Model
import TestSupport
import Testing

@testable import Alerts

@Suite("Rule files")
struct RuleFileTests {
    @Test("a Prometheus rule file is parsed completely")
    func whole() {
        let file = RuleFile(
            yaml: """
                groups:
                  - name: first
                    interval: 30s
                    limit: 0
                    rules:
                      - alert: Burst
                        expr: sum by (provider) (rate(llm_errors_total[5m])) > 0.1
                        for: 5m
                        keep_firing_for: 10m
                        labels: {severity: critical, team: "{{ $labels.provider }}"}
                        annotations:
                          summary: 'errors for {{ $labels.provider }}'
                          runbook: 12
                  - name: second
                    rules:
                """)
        #expect(file.mistakes == [])
        #expect(file.groups.map(\.name) == ["first", "second"])
        #expect(file.groups[0].interval == .seconds(30))
        let rule = file.rules[0]
        #expect(rule.name == "Burst" && rule.group == "first" && rule.line == 6)
        #expect(rule.text == "sum by (provider) (rate(llm_errors_total[5m])) > 0.1")
        #expect(rule.hold == .minutes(5) && rule.keep == .minutes(10))
        #expect(rule.labels.map(\.name) == ["severity", "team"])
        #expect(
            rule.annotations(labels: LabelSet([LabelPair("provider", "openai")]), value: 1) == [
                LabelPair("runbook", "12"), LabelPair("summary", "errors for openai"),
            ])
    }

    @Test("a file with ten different errors gets ten messages with line and column")
    func tenMistakes() {
        let file = RuleFile(yaml: Fixture.text("ten-mistakes.yaml"))
        let told = file.mistakes.map { "\($0.line):\($0.column) \($0.id) \($0.closest ?? "-")" }
        #expect(
            told == [
                "3:5 unknown-key interval", "6:14 bad-duration -", "10:23 unknown-label model",
                "12:19 unknown-counter llm_errors_total",
                "16:13 outside-subset -", "20:9 recording-rule -", "26:11 bad-label-name -", "28:37 unknown-function humanize",
                "33:14 missing-bool -",
                "36:20 bad-yaml -",
            ])
        // The valid rules are still there.
        #expect(file.rules.map(\.name) == ["Good"])
        #expect(file.mistakes.first { $0.id == "unknown-label" }?.alert == "UnknownLabel")
    }

    @Test("recording rules are rejected by name")
    func recording() {
        let file = RuleFile(yaml: "groups:\n- name: a\n  rules:\n  - record: job:errors\n    expr: sum(llm_errors_total)\n")
        #expect(file.mistakes.map(\.message) == ["recording rule `job:errors` is not supported; only alerting rules are"])
        #expect(file.mistakes.map(\.line) == [4])
    }

    @Test("errors in expressions have file positions in every YAML scalar style")
    func places() {
        let heads = [
            "expr: sum(nothing) > 1": (5, 15), "expr: 'sum(nothing) > 1'": (5, 16), "expr: \"sum(nothing) > 1\"": (5, 16),
            "expr: |\n        sum(\n          nothing) > 1": (7, 11),
            "expr: >-\n        sum(nothing)\n        > 1": (6, 13), "expr: sum(\n        nothing) > 1": (6, 9),
            "expr: \"sum(\\\"a\\\", nothing)\"": (5, 23),
            "expr: 'absent(llm_errors_total{model=\"it''s\"}) or nothing'": (5, 55), "expr: |2\n        sum(nothing)": (6, 13),
        ]
        for (text, place) in heads {
            let file = RuleFile(yaml: "groups:\n- name: a\n  rules:\n  - alert: A\n    \(text)\n")
            let found = file.mistakes.first { $0.id == "unknown-counter" }
            #expect(found.map { [$0.line, $0.column] } == [place.0, place.1], "\(text): \(file.mistakes)")
        }
    }

    @Test("errors in templates have file positions")
    func placesInTemplates() {
        let file = RuleFile(
            yaml: """
                groups:
                - name: a
                  rules:
                  - alert: A
                    expr: sum(llm_errors_total) > 1
                    annotations:
                      summary: |
                        first line
                        {{ $labels.x }} {{ humanise $value }}
                """)
        #expect(file.mistakes.map { [$0.line, $0.column] } == [[9, 28]])
    }

    @Test(
        "required and unsupported keys of a file",
        arguments: [
            ("", "empty-file", 1), ("a: 1", "unknown-key", 1), ("groups: 5", "wrong-shape", 1), ("- a", "wrong-shape", 1),
            ("groups:\n- rules: []", "missing-name", 2),
            ("groups:\n- name: a", "missing-key", 2),
            ("groups:\n- name: a\n  rules:\n  - expr: llm_errors_total", "missing-name", 4),
            ("groups:\n- name: a\n  rules:\n  - alert: A", "missing-key", 4),
            ("groups:\n- name: a\n  rules: []\n- name: a\n  rules: []", "repeated-group", 4),
            ("groups:\n- name: a\n  limit: 5\n  rules: []", "unsupported-key", 3),
            ("groups:\n- name: a\n  query_offset: 5m\n  rules: []", "unsupported-key", 3),
            ("groups:\n- name: a\n  interval: 0\n  rules: []", "bad-duration", 3),
            ("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: 'llm_errors_total'\n    for: 5 minutes", "bad-duration", 6),
            ("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: [1]", "wrong-shape", 5), ("groups: [", "bad-yaml", 1),
            ("groups:\n\t- a", "bad-yaml", 2),
            ("groups:\n- name: a\n  rules:\n  - alert: A\n    alert: B\n    expr: llm_errors_total", "bad-yaml", 4),
            (
                "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: llm_errors_total\n    labels: {__name__: b}",
                "bad-label-name", 6
            ),
        ])
    func shapes(yaml: String, id: String, line: Int) {
        let mistakes = RuleFile(yaml: yaml).mistakes
        #expect(mistakes.first?.id == id, "\(mistakes)")
        #expect(mistakes.first?.line == line, "\(mistakes)")
    }

    @Test("one broken rule does not hide the others, even if it is invalid YAML")
    func badRuleAlone() {
        let file = RuleFile(
            yaml: """
                groups:
                - name: a
                  rules:
                  - alert: First
                    expr: sum(llm_errors_total) > 1
                  - alert: "open
                    expr: sum(llm_errors_total) > 2
                  - alert: Twice
                    expr: sum(llm_errors_total) > 3
                    expr: sum(llm_errors_total) > 4
                  - alert: Last
                    expr: sum(llm_errors_total) > 5
                """)
        #expect(file.rules.map(\.name) == ["First", "Last"])
        #expect(file.mistakes.allSatisfy { $0.id == "bad-yaml" } && file.mistakes.count == 2, "\(file.mistakes)")
    }

    @Test("anchors and aliases work, and alias bombs are rejected")
    func aliases() {
        let good = RuleFile(
            yaml: """
                groups:
                - name: a
                  rules:
                  - alert: First
                    expr: sum(llm_errors_total) > 1
                    labels: &critical {severity: critical}
                  - alert: Last
                    expr: sum(llm_errors_total) > 5
                    labels: *critical
                """)
        #expect(good.rules.map { $0.labels.count } == [1, 1])
        var bomb = "a0: &a0 [x]\n"
        for level in 1..<40 {
            bomb += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        #expect(RuleFile(yaml: bomb + "? *a39\n: 1\n").mistakes.map(\.id) == ["too-many-aliases"])
    }

    @Test("the rules of the provider guide and their fixed versions are valid")
    func shipped() {
        for name in ["provider-guide", "provider-guide-repaired"] {
            let file = RuleFile(yaml: Fixture.read(Fixtures.root + "/queries/alerts/\(name).yaml"))
            #expect(file.mistakes == [])
            #expect(file.rules.count == 3)
        }
        let guide = RuleFile(yaml: Fixture.read(Fixtures.root + "/queries/alerts/provider-guide.yaml")).rules
        #expect(
            guide.map(\.text) == [
                "rate(llm_errors_total[5m]) > 0.1", "sum(llm_rate_limits_total) > 100",
                "sum(llm_errors_total{error_type=\"server_error\"}) > 10",
            ])
        #expect(guide.map(\.hold) == [.minutes(5), .minutes(1), .minutes(2)])
    }
}

/// Fixture texts next to the tests.
enum Fixture {
    static func text(_ name: String) -> String { read(Fixtures.path("Alerts/" + name)) }

    static func read(_ path: String) -> String {
        guard let stream = fopen(path, "rb") else { return "" }
        defer { fclose(stream) }
        var bytes: [UInt8] = [], part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&part, 1, part.count, stream)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += part[..<count]
        }
    }
}
