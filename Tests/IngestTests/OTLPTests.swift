import Model
import Testing

@testable import Ingest

@Suite("OTLP traces and logs") struct OTLPTests {
    @Test("a request of the file exporter yields its spans")
    func plain() throws {
        let reading = try Reading("otlp-traces.jsonl")
        #expect(reading.format == .otlpTraces)
        #expect(reading.problems.isEmpty)
        let first = try #require(reading.spans.first), second = try #require(reading.spans.last)
        #expect(
            first.traceID == "5b8efff798038103d269b633813fc60c" && first.spanID == "eee19b7ec3c1b174" && first.parentID == nil)
        #expect(first.kind == .llm && first.status == .unset && first.provider == "openai" && first.service == "bot")
        #expect(first.inputTokens == 120 && first.outputTokens == 30 && first.cost == nil && first.totalTokens == nil)
        #expect(first.finishReasons == ["stop"])
        #expect(first.end.map { $0 - first.start! } == .milliseconds(1250))
        #expect(second.start?.nanoseconds == 1_760_173_202_000_000_001)
        #expect(second.status == .error && second.statusMessage == "RateLimitError: Error code: 429 - Rate limit reached")
        #expect(
            second.exceptionType == "openai.RateLimitError" && second.errorType == "RateLimitError" && second.httpStatus == nil)
        #expect(reading.events.map(\.kind) == [.exception])
        #expect(reading.events.first?.escaped == false && reading.events.first?.spanID == second.spanID)
        #expect(reading.lines == [1, 2, 2])
    }

    @Test("log records become events of their span")
    func logs() throws {
        let reading = try Reading("otlp-logs.jsonl")
        #expect(reading.format == .otlpLogs)
        let event = try #require(reading.events.first)
        #expect(event.kind == .exception && event.level == "WARN" && event.spanID == "eee19b7ec3c1b176")
        #expect(event.exceptionType == "openai.APITimeoutError" && event.message == "Request timed out.")
    }

    @Test("OpenInference, old OpenLLMetry and Langfuse attributes map to the same fields")
    func conventions() throws {
        let spans = try Reading("otlp-conventions.jsonl").spans
        try #require(spans.count == 3)
        #expect(spans[0].kind == .llm && spans[0].modelRequested == "gpt-4o-mini-2024-07-18" && spans[0].session == "s1")
        #expect(spans[0].input == "user: hello" && spans[0].inputTokens == 120)
        #expect(spans[1].provider == "anthropic" && spans[1].kind == .llm && spans[1].inputTokens == 120)
        #expect(spans[1].input == "user: hello" && spans[1].exceptionType == "anthropic.OverloadedError")
        #expect(spans[2].kind == .workflow && spans[2].user == "u1" && spans[2].status == .error && spans[2].end == nil)
        #expect(spans[2].statusMessage == "Request timed out." && spans[2].level == "ERROR")
    }

    @Test("base64 ids are converted to hex")
    func base64() throws {
        let line = otlp(
            #"{"traceId":"9lvlnFDw8uuBMAjzjaH1Ow==","spanId":"SRDEM+yUP3M=","parentSpanId":"AAAAAAAAAAA=","name":"a"}"#)
        let span = try #require(try Reading(text: line).spans.first)
        #expect(span.traceID == "f65be59c50f0f2eb813008f38da1f53b" && span.spanID == "4910c433ec943f73" && span.parentID == nil)
    }

    @Test("times may be numbers, status codes may be words, and 0 is unset")
    func numbers() throws {
        let line = otlp(
            #"{"traceId":"AB","spanId":"CDEF012345678901","startTimeUnixNano":1760173200000000001,"endTimeUnixNano":"0","status":{"code":"STATUS_CODE_ERROR"}}"#
        )
        let span = try #require(try Reading(text: line).spans.first)
        #expect(span.start?.nanoseconds == 1_760_173_200_000_000_001 && span.end == nil && span.status == .error)
        #expect(try mapped([], #","status":{"code":1}"#).status == .ok)
        #expect(try mapped([], #","status":{"code":"STATUS_CODE_UNSET"}"#).status == .unset)
    }

    @Test("old wrapper names are read")
    func oldWrappers() throws {
        let line =
            #"{"batches":[{"instrumentationLibrarySpans":[{"instrumentationLibrary":{"name":"i"},"spans":[\#(span())]}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"late"}}]}}]}"#
        let found = try #require(try Reading(text: line).spans.first)
        #expect(found.service == "late")
        #expect(found.attributes == #"{"scope":"i"}"#)
    }

    @Test("an indented document is read span by span, with line numbers")
    func document() throws {
        let reading = try Reading("otlp-document.json")
        #expect(reading.spans.count == 11 && reading.problems.isEmpty)
        #expect(reading.lines == reading.lines.sorted() && Set(reading.lines).count > 10)
        #expect(reading.calls.count { $0.isBrokenStream } == 1)
    }

    @Test("unmapped attributes are kept, with resource and scope")
    func leftovers() throws {
        let attributes = [
            ("gen_ai.request.temperature", #"{"doubleValue":0.5}"#),
            ("custom", #"{"kvlistValue":{"values":[{"key":"n","value":{"intValue":"7"}}]}}"#),
        ]
        let resource =
            #"[{"key":"host.name","value":{"stringValue":"h"}},{"key":"service.name","value":{"stringValue":"unknown_service"}}]"#
        let span = try #require(try Reading(text: otlp(span(attributes), resource: resource)).spans.first)
        #expect(span.attributes == #"{"custom":{"n":7},"resource":{"host.name":"h"},"scope":"s"}"#)
        #expect(span.parameters == #"{"temperature":0.5}"# && span.service == nil)
    }

    @Test("of two names for one field, the newer wins, and a different older value is kept")
    func precedence() throws {
        let span = try mapped([
            ("gen_ai.usage.prompt_tokens", int(1)), ("gen_ai.usage.input_tokens", int(2)), ("llm.token_count.prompt", int(2)),
        ])
        #expect(span.inputTokens == 2)
        #expect(span.attributes == #"{"gen_ai.usage.prompt_tokens":1,"scope":"s"}"#)
    }

    @Test("a proxy's request is one call, its framework spans are none, and a retry is a separate call")
    func proxy() throws {
        let reading = try Reading("otlp-proxy.jsonl")
        #expect(
            reading.calls.map(\.name) == ["litellm_request", "litellm_request", "fastapi.dependencies"]
                || reading.calls.count == 3)
        #expect(Set(reading.calls.compactMap(\.name)) == ["litellm_request", "fastapi.dependencies"])
        #expect(reading.spans.contains { $0.name == "raw_gen_ai_request" && $0.kind == .span })
        let failed = try #require(reading.calls.first { $0.status == .error && $0.name == "litellm_request" })
        #expect(failed.httpStatus == 504 && failed.exceptionType == "litellm.exceptions.Timeout" && failed.cost == nil)
        #expect(reading.calls.contains { $0.status == .ok && $0.cost != nil })
        #expect(reading.spans.contains { $0.name == "Failed Proxy Server Request" && $0.errorField == "No connected db." })
    }

    @Test("a stream that failed after its first chunk is a broken stream, and a fallback is an event")
    func streams() throws {
        let reading = try Reading("otlp-stream-error.jsonl")
        let broken = reading.spans.filter(\.isBrokenStream)
        #expect(broken.map(\.exceptionType) == ["openai.APIError"])
        #expect(broken.first?.firstToken != nil && broken.first?.output == "The address is changed. Because the parcel has not ")
        let fallback = try #require(reading.events.first { $0.kind == .fallback })
        #expect(fallback.model == "gpt-4o" && fallback.fallbackModel == "gpt-4o-mini" && fallback.message?.isEmpty == false)
        #expect(reading.calls.contains { $0.hasToolCalls && $0.output?.hasPrefix("[tool lookup_order") == true })
    }

    @Test("a Langfuse stream without an end is broken even without an error")
    func langfuseStream() throws {
        let reading = try Reading("otlp-langfuse-sdk.jsonl")
        #expect(reading.spans.filter(\.isBrokenStream).map(\.status) == [.unset])
        #expect(reading.traces.map(\.name) == ["shop-assistant"])
        #expect(reading.spans.first { $0.kind == .agent }?.agent == "shop-assistant")
    }

    @Test("a span without an id is reported, and reading continues")
    func withoutID() throws {
        let reading = try Reading(text: otlp(#"{"name":"a"},"# + span() + ",5"))
        #expect(reading.spans.count == 1)
        #expect(reading.problems.map(\.what) == ["a span without an id", "expected a span object"])
    }
}
