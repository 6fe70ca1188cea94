import Model
import Testing

@testable import Ingest

@Suite("Spans as single objects") struct SpanObjectTests {
    @Test("the console exporter's indented objects are read one after another")
    func console() throws {
        let reading = try Reading("console.json")
        #expect(reading.format == .otelConsole && reading.problems.isEmpty)
        try #require(reading.spans.count == 2)
        let first = reading.spans[0], second = reading.spans[1]
        #expect(
            first.traceID == "96428bac22b6d19287c8ef8427b6e86c" && first.spanID == "db2c8754bd71c57b" && first.service == "bot")
        #expect(first.kind == .llm && first.status == .unset && first.provider == "openai")
        #expect(second.kind == .llm && second.status == .error && second.parentID == "db2c8754bd71c57b")
        #expect(second.statusMessage == "RateLimitError: Error code: 429" && second.exceptionType == "openai.RateLimitError")
        #expect(reading.lines == [1, 27, 27])
    }

    @Test("OpenInference's objects are read, offsets and nested messages included")
    func openInference() throws {
        let span = try #require(try Reading("openinference.jsonl").spans.first)
        #expect(span.kind == .llm && span.status == .ok && span.input == "user: Hello?")
        #expect(span.traceID == "ed7b336de71a46f0a3345f2e87cb6cfc")
        #expect(span.start.map { TimeText.iso($0) } == "2023-09-07T18:54:47.597121Z")
    }

    @Test("an array of objects is read element by element, in any wrapper")
    func wrapped() throws {
        let object =
            #"{"trace_id":"97847cb33dff13e46483685930f4e236","span_id":"771ce4dcbd861745","parent_span_id":"b5aaea6a8c6e066f","name":"execute_tool f","start_time":1784995767655639000,"end_time":1784995767656160000,"attributes":{"gen_ai.operation.name":"execute_tool"},"status":{"code":"ERROR"},"span_events":[]}"#
        for text in ["[\(object),\n\(object)]", "{\"spans\":[\(object),\(object)],\"count\":2}", "\(object)\n\(object)\n"] {
            let reading = try Reading(text: text)
            #expect(reading.spans.count == 2 && reading.problems.isEmpty, "\(text)")
            #expect(
                reading.spans.allSatisfy {
                    $0.kind == .tool && $0.status == .error && $0.start?.nanoseconds == 1_784_995_767_655_639_000
                })
        }
    }

    @Test("an event has the same identity in both forms of its span")
    func identity() throws {
        let console = try Reading("console.json").events.map(\.eventID)
        #expect(console == ["db2c8754bd71c57c-0"])
    }
}
