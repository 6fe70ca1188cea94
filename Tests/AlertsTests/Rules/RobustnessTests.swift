import Model
import TestSupport
import Testing

@testable import Alerts

@Suite("No input traps")
struct RobustnessTests {
    private static let expressions = [
        "sum by (provider) (rate(llm_errors_total{error_type=\"a\\n\",model=~\"x.*|(y)+\"}[5m] offset 1h)) > bool 0.1 # end",
        "topk(3, llm_errors_total) / on (provider) group_left (model) llm_requests_total and -(1 + 2) * 3e5 unless absent(`raw`)",
    ]
    private static let templates = [
        "a {{- if gt $value 5.0 -}} {{ printf \"%5.2f\" $value | toUpper }} {{ else if .Labels.x }}b{{ end }} {{/* c */}}",
        "{{ range $k, $v := $labels }}{{ with $v }}{{ . }}{{ end }}{{ else }}{{ ($labels).x }}{{ end }}",
    ]
    private static let yaml = """
        groups:
        - name: "a b"
          interval: 1m
          rules:
          - alert: A
            expr: >-
              sum(llm_errors_total)
                > 1
            labels: &l {severity: 'x''y'}
            annotations: {summary: "{{ $value }} \\u00e9"}
          - alert: B
            expr: |2
              sum(llm_errors_total)
            labels: *l
        """

    private func read(_ text: String) {
        for mistake in ExpressionParser.parse(text).mistakes {
            #expect(mistake.span.start >= 0 && mistake.span.end <= text.utf8.count, "\(text)")
        }
        let (template, mistakes) = Template.parse(text)
        for mistake in mistakes { #expect(mistake.span.start >= 0 && mistake.span.end <= text.utf8.count, "\(text)") }
        _ = template?.rendered(labels: LabelSet([LabelPair("x", "y")]), value: 3)
        if let pattern = try? Pattern(text) { _ = pattern.replacing("abc", with: text) }
        for mistake in RuleFile(yaml: text).mistakes { #expect(mistake.line >= 1 && mistake.column >= 1, "\(text)") }
    }

    @Test("any prefix of a valid text gives errors within its bounds")
    func prefixes() {
        for text in RobustnessTests.expressions + RobustnessTests.templates + [RobustnessTests.yaml] {
            let scalars = Array(text.unicodeScalars)
            // Whole files are slow: test only every third prefix.
            for length in stride(from: 0, to: scalars.count, by: text == RobustnessTests.yaml ? 3 : 1) {
                read(String(String.UnicodeScalarView(scalars[..<length])))
            }
        }
    }

    @Test("any mutated text gives errors within its bounds", arguments: 0..<4)
    func changed(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 77)
        let signs = Array("{}[]()\"'`\\|&*#:-!@%,.$ \n\t<>=~^?0é\u{0}日a".unicodeScalars)
        for _ in 0..<90 {
            let text =
                (RobustnessTests.expressions + RobustnessTests.templates + [RobustnessTests.yaml]).randomElement(
                    using: &generator) ?? ""
            var scalars = Array(text.unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<max(scalars.count, 1), using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: scalars.insert(signs.randomElement(using: &generator) ?? " ", at: place)
                case 1: if place < scalars.count { scalars.remove(at: place) }
                default:
                    let end = min(place + Int.random(in: 0...20, using: &generator), scalars.count)
                    scalars += scalars[place..<end]
                    if place < scalars.count { scalars[place] = signs.randomElement(using: &generator) ?? " " }
                }
            }
            read(String(String.UnicodeScalarView(scalars)))
        }
    }

    @Test("random bytes never trap", arguments: 0..<4)
    func bytes(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 4711)
        for _ in 0..<90 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            read(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("deep nesting and long chains are rejected")
    func depth() {
        for text in [
            String(repeating: "(", count: 100_000), String(repeating: "-", count: 100_000),
            String(repeating: "sum(", count: 50_000),
            "1" + String(repeating: " + 1", count: 50_000),
            String(repeating: "absent(", count: 1000) + "llm_errors_total" + String(repeating: ")", count: 1000),
            "llm_errors_total" + String(repeating: " or llm_errors_total", count: 5000),
        ] {
            #expect(ExpressionParser.parse(text).mistakes.first?.id == "too-deep")
        }
        #expect(!Template.parse(String(repeating: "{{ if 1 }}", count: 5000)).mistakes.isEmpty)
        #expect(!Template.parse("{{ " + String(repeating: "(", count: 50_000) + " }}").mistakes.isEmpty)
        #expect(!RuleFile(yaml: String(repeating: "[", count: 50_000)).mistakes.isEmpty)
        #expect(!RuleFile(yaml: String(repeating: "- ", count: 50_000)).mistakes.isEmpty)
    }
}
