import Model
import TestSupport
import Testing

@testable import Alerts

@Suite("OpenMetrics export")
struct OpenMetricsTests {
    private func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    /// Errors of models with these names, one per second from 1 on; those at even indices recover two seconds later.
    private func history(_ models: [String?]) -> EventHistory {
        var values = LabelValues(), errors = EventColumns(labels: [.model, .errorType])
        for (index, model) in models.enumerated() {
            let type = index % 3 == 0 ? "rate_limit" : "timeout"
            errors.append(
                time(Int64(index) + 1), [values.code(of: model, for: .model), values.code(of: type, for: .errorType)])
        }
        let ofCalls = Label.allCases.filter(Label.ofCalls.contains)
        let calls = EventColumns(
            labels: ofCalls, times: errors.times,
            codes: ofCalls.map { $0 == .model ? errors.codes[0] : Array(repeating: 0, count: errors.count) })
        let recovered = models.indices.map { $0 % 2 == 0 ? time(Int64($0) + 3).nanoseconds : nil }
        let settled = models.indices.map { $0 % 2 == 0 ? nil : time(Int64($0) + 1).nanoseconds }
        return EventHistory(
            beginning: time(0), values: values, errors: errors, recoveredAt: recovered, settledAt: settled,
            calls: [CallEvents(exact: calls)])
    }

    private func totals(_ history: EventHistory, until end: Timestamp, _ cleared: (String) -> String = { $0 }) throws
        -> OpenMetricsReader
    {
        var text = ""
        OpenMetricsText(history, until: end, cleared: cleared).totals { text += $0 }
        return try OpenMetricsReader(text)
    }

    @Test("any text is a valid label value and round-trips")
    func escaping() throws {
        let names = ["a\"b", "a\\b", "a\nb", "\\n", "日本", "a,b=\"c\"}", "a b", "{", "\\", "a\\\"b", "z", "a"]
        let read = try totals(history(names), until: time(100))
        #expect(Set(read.samples.filter { $0.name == "llm_errors_total" }.compactMap { $0.labels["model"] }) == Set(names))
        #expect(read.families == Counter.allCases.map(\.name).sorted().map { String($0.dropLast(6)) })
    }

    @Test("counters have the names that rules select and count everything up to and including the end")
    func counts() throws {
        let history = history(["a", "b", nil, "a", "b", "a"])
        func sum(_ read: OpenMetricsReader, _ counter: Counter) -> Int64 {
            read.samples.filter { $0.name == counter.name }.reduce(0) { $0 + $1.value }
        }
        let read = try totals(history, until: time(4))
        #expect(sum(read, .errors) == 4 && sum(read, .requests) == 4 && sum(read, .rateLimits) == 2)
        // Those at 1 and 3 recover at 3 and 5; those at 2 and 4 never do.
        #expect(sum(read, .recovered) == 1 && sum(read, .failed) == 2 && sum(read, .fallbacks) == 0)
        let errors = read.samples.filter { $0.name == "llm_errors_total" }
        #expect(errors.first { $0.labels == ["error_type": "rate_limit", "model": "a"] }?.value == 2)
        #expect(errors.contains { $0.labels == ["error_type": "timeout"] && $0.value == 1 })
        #expect(read.samples.allSatisfy { $0.time == nil })
        #expect(try totals(history, until: time(0)).samples.isEmpty)
    }

    @Test("values that become equal are merged into one series, and the order is that of the written text")
    func alike() throws {
        let read = try totals(history(["secret z", "b", "secret a", "b", "c", "secret q"]), until: time(100)) {
            $0.hasPrefix("secret") ? "a" : $0
        }
        let errors = read.samples.filter { $0.name == "llm_errors_total" }
        #expect(errors.filter { $0.labels["model"] == "a" }.reduce(0) { $0 + $1.value } == 3)
        #expect(Set(errors.map(\.labels)).count == errors.count)
    }

    @Test("samples are the totals at each instant since the beginning of the history, with timestamps")
    func samples() throws {
        let history = history(["a", "b", nil, "a", "b", "a", "c"])
        let grid = try #require(
            Grid(from: Timestamp(nanoseconds: -1_500_000_000), to: time(12), step: .nanoseconds(500_000_000)))
        var text = ""
        OpenMetricsText(history, until: grid.end, cleared: { $0 }).samples(on: grid) { text += $0 }
        let read = try OpenMetricsReader(text)
        #expect(text.contains(" 2.500000000\n") && text.contains(" 2\n"))
        #expect(read.samples.allSatisfy { ($0.time ?? -1) >= 0 })
        for index in 3..<grid.count {
            let instant = grid.instant(index)
            let now = read.samples.filter { $0.time == instant.nanoseconds && $0.value > 0 }
            var expected = try totals(history, until: instant).samples
            for place in expected.indices { expected[place].time = instant.nanoseconds }
            #expect(now == expected, "at \(instant.nanoseconds)")
        }
    }

    @Test(
        "the strict parser rejects invalid text",
        arguments: [
            "", "# EOF", "# EOF\n# EOF\n", "a_total 1\n# EOF\n", "# TYPE a counter\na_total 1\n",
            "# TYPE a counter\na 1\n# EOF\n",
            "# TYPE a counter\na_total 1\na_total 1\n# EOF\n", "# TYPE b counter\n# TYPE a counter\n# EOF\n",
            "# TYPE a counter\na_total{m=\"b\"} 1\na_total{m=\"a\"} 1\n# EOF\n",
            "# TYPE a counter\na_total{m=\"a\\b\"} 1\n# EOF\n",
            "# TYPE a counter\na_total{m=\"a\"b\"} 1\n# EOF\n", "# TYPE a counter\na_total{m=\"a\",m=\"b\"} 1\n# EOF\n",
            "# TYPE a counter\na_total -1\n# EOF\n", "# TYPE a counter\na_total 2 1\na_total 1 2\n# EOF\n",
            "# TYPE a gauge\n# EOF\n", "\n# EOF\n",
        ])
    func strict(_ text: String) { #expect(throws: OpenMetricsReader.Fault.self) { try OpenMetricsReader(text) } }
}
