import Model
import Testing

@testable import Alerts

@Suite("Templates")
struct TemplateTests {
    private let labels = LabelSet([LabelPair("provider", "openai"), LabelPair("model", "gpt-4o")])

    private func rendered(_ text: String, _ value: Double = 7) throws -> String {
        let (template, mistakes) = Template.parse(text)
        return try #require(template, "\(mistakes)").rendered(labels: labels, value: value)
    }

    @Test(
        "numbers are formatted as in Go",
        arguments: [
            (1_000_000, "1e+06"), (999_999, "999999"), (50.0 / 300, "0.16666666666666666"),
            (50 * (1 / 300.0), "0.16666666666666669"), (0.1, "0.1"), (1, "1"),
            (-0.5, "-0.5"), (0, "0"), (123_456, "123456"), (1_234_567, "1.234567e+06"), (0.0001, "0.0001"), (0.00001, "1e-05"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"), (5e-324, "5e-324"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (100, "100"),
            (12.5, "12.5"), (1e20, "1e+20"),
            (123_456.789, "123456.789"), (0.1 + 0.2, "0.30000000000000004"), (-1e-7, "-1e-07"),
        ] as [(Double, String)])
    func goNumbers(value: Double, text: String) throws {
        #expect(try rendered("{{ $value }}", value) == text)
    }

    @Test(
        "labels, values, pipes and functions",
        arguments: [
            ("plain", "plain"), ("{{ $labels.provider }}: {{ $value }}", "openai: 7"),
            ("{{ .Labels.model }} {{ .Value }}", "gpt-4o 7"),
            ("{{$labels.provider}}", "openai"), ("{{ $labels.nothing }}", ""), ("[{{ .Labels.nothing }}]", "[]"),
            ("{{ $labels }}", "map[model:gpt-4o provider:openai]"),
            ("{{ $value | printf \"%.2f\" }}", "7.00"), ("{{ printf \"%.1f%% of %s\" $value $labels.model }}", "7.0% of gpt-4o"),
            ("{{ printf \"%d\" $value }}", "%!d(float64=7)"),
            ("{{ printf \"%s\" $value }}", "%!s(float64=7)"), ("{{ printf \"%d\" 3 }}", "3"),
            ("{{ printf \"%5.1f|%-6s|%06.2f\" $value \"a\" $value }}", "  7.0|a     |007.00"),
            ("{{ printf \"%v %v\" $value }}", "7 %!v(MISSING)"), ("{{ printf \"x\" 1 }}", "x%!(EXTRA int=1)"),
            ("{{ printf \"%q\" $labels.model }}", "\"gpt-4o\""),
            ("{{ printf \"%e\" 1500.0 }} {{ printf \"%g\" 1e6 }}", "1.500000e+03 1e+06"),
            ("{{ printf \"%+d %x %t\" 5 255 true }}", "+5 ff true"),
            ("{{ title \"hello wORLD x-y\" }}", "Hello WORLD X-Y"), ("{{ $labels.provider | toUpper }}", "OPENAI"),
            ("{{ toLower \"ABC\" }}", "abc"),
            ("{{ if match \"gpt.*\" $labels.model }}yes{{ else }}no{{ end }}", "yes"),
            ("{{ match \"^4\" $labels.model }}", "false"),
            ("{{ reReplaceAll \"gpt-(.*)\" \"$1\" $labels.model }}", "4o"),
            ("{{ $labels.model | reReplaceAll \"-\" \"_\" }}", "gpt_4o"),
            ("{{ if gt $value 5.0 }}many{{ end }}", "many"),
            ("{{ if lt $value 5.0 }}few{{ else if eq $value 7.0 }}seven{{ else }}other{{ end }}", "seven"),
            ("{{ with $labels.nothing }}a{{ else }}b{{ end }}", "b"), ("{{ with $labels.model }}<{{ . }}>{{ end }}", "<gpt-4o>"),
            ("{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}", "model=gpt-4o;provider=openai;"),
            ("{{ range .Labels }}{{ . }} {{ end }}", "gpt-4o openai "),
            ("{{ range $v := $externalLabels }}x{{ else }}none{{ end }}", "none"),
            ("{{ $x := $value }}{{ $x }}{{ $x = 2 }}{{ $x }}", "72"),
            ("{{ with $x := \"a\" }}{{ $x }}{{ end }}", "a"), ("a {{- \"b\" -}} c", "abc"), ("a {{ \"b\" }} c", "a b c"),
            ("a\n  {{- /* nothing */ -}}\n b", "ab"),
            ("{{/* nothing */}}x", "x"), ("{{ `raw \\n` }}", "raw \\n"), ("{{ \"a\\tb\" }}", "a\tb"),
            ("{{ len $labels.model }} {{ len $labels }}", "6 2"),
            ("{{ index $labels \"model\" }}", "gpt-4o"), ("{{ and 1 0 }} {{ or 0 \"x\" }} {{ not true }}", "0 x false"),
            ("{{ print 1 2 \"a\" }}", "1 2a"),
            ("{{ ($labels).model }}", "gpt-4o"), ("{{ (printf \"%s\" $labels.model) | title }}", "Gpt-4o"),
            ("{{ 1.5 }} {{ 0x10 }} {{ -3 }}", "1.5 16 -3"), ("{{ true }}", "true"),
            ("{{ eq $labels.model \"a\" \"gpt-4o\" }} {{ ne 1 2 }} {{ le 2 2 }} {{ ge 1 2 }}", "true true true false"),
            ("{{ $.Value }}", "7"), ("{{ $externalURL }}", ""),
            ("{{ if gt $value 5 }}x{{ end }}", "<error expanding template: incompatible types for comparison>"),
            (
                "{{ $labels.model | humanize }}",
                "<error expanding template: strconv.ParseFloat: parsing \"gpt-4o\": invalid syntax>"
            ),
            ("{{ \"1500\" | humanize }}", "1.5k"), ("{{ $value | humanize | printf \"%s!\" }}", "7!"),
        ])
    func rendering(text: String, expected: String) throws { #expect(try rendered(text) == expected) }

    @Test(
        "the humanize functions give the same text as Prometheus",
        arguments: [
            ("humanize", 0, "0"), ("humanize", 1_234_567, "1.235M"), ("humanize", 999, "999"), ("humanize", 1000, "1k"),
            ("humanize", 0.001234, "1.234m"),
            ("humanize", -2500, "-2.5k"), ("humanize", 1e-30, "1e-06y"), ("humanize", 1e30, "1e+06Y"),
            ("humanize", .infinity, "+Inf"), ("humanize", .nan, "NaN"),
            ("humanize1024", 1024, "1ki"), ("humanize1024", 1536, "1.5ki"), ("humanize1024", 1, "1"),
            ("humanize1024", 0.5, "0.5"), ("humanize1024", 1_073_741_824, "1Gi"),
            ("humanizePercentage", 0.125, "12.5%"), ("humanizePercentage", -0.0001, "-0.01%"), ("humanizePercentage", 1, "100%"),
            ("humanizePercentage", 0.123456, "12.35%"),
            ("humanizeDuration", 0, "0s"), ("humanizeDuration", 1, "1s"), ("humanizeDuration", 59.5, "59.5s"),
            ("humanizeDuration", 60, "1m 0s"),
            ("humanizeDuration", 3661, "1h 1m 1s"), ("humanizeDuration", 90_061.9, "1d 1h 1m 1s"),
            ("humanizeDuration", 0.0015, "1.5ms"), ("humanizeDuration", -75, "-1m 15s"),
            ("humanizeTimestamp", 1_435_065_584.128, "2015-06-23 13:19:44.128 +0000 UTC"),
            ("humanizeTimestamp", 1_760_000_000, "2025-10-09 08:53:20 +0000 UTC"),
            ("humanizeTimestamp", 0, "1970-01-01 00:00:00 +0000 UTC"),
        ] as [(String, Double, String)])
    func humanize(function: String, value: Double, expected: String) throws {
        #expect(try rendered("{{ $value | \(function) }}", value) == expected)
        #expect(try rendered("{{ \(function) $value }}", value) == expected)
    }

    @Test(
        "errors are reported at load time with their position",
        arguments: [
            ("{{ humanise $value }}", "unknown-function", 3, "humanize"), ("{{ query \"up\" }}", "outside-subset", 3, nil),
            ("{{ $lables.x }}", "unknown-variable", 3, "$labels"),
            ("a {{ $value", "open-action", 2, nil), ("{{ if $value }}x", "open-block", 0, nil),
            ("x {{ end }}", "stray-word", 2, nil), ("{{ }}", "empty-action", 0, nil),
            ("{{ .Label.x }}", "unknown-field", 3, ".Labels"), ("{{ $value.x }}", "unknown-field", 9, nil),
            ("{{ $labels.a.b }}", "unknown-field", 12, nil),
            ("{{ title }}", "wrong-count", 3, nil), ("{{ $value | }}", "unexpected", 12, nil),
            ("{{ \"abc }}", "open-string", 3, nil), ("{{ template \"x\" }}", "outside-subset", 3, nil),
            ("{{ ($value }}", "unexpected", 11, nil), ("{{ 5 $value }}", "unexpected", 3, nil),
            ("{{/* x }}", "open-comment", 0, nil), ("{{ ? }}", "unexpected-character", 3, nil),
        ] as [(String, String, Int, String?)])
    func mistakes(text: String, id: String, place: Int, closest: String?) {
        let (template, mistakes) = Template.parse(text)
        #expect(template == nil)
        #expect(mistakes.first?.id == id)
        #expect(mistakes.first?.span.start == place)
        #expect(mistakes.first?.closest == closest)
    }

    @Test("a template knows which labels and whether it uses the value")
    func uses() {
        let template = Template.parse("{{ $labels.a }} {{ .Labels.b }} {{ with $labels.c }}{{ . }}{{ end }}").template
        #expect(template?.labelNames == ["a", "b", "c"])
        #expect(template?.usesValue == false)
        #expect(Template.parse("{{ $value | humanize }}").template?.usesValue == true)
        #expect(Template.parse("{{ .Value }}").template?.usesValue == true)
    }
}
