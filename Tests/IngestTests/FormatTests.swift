import Model
import Testing

@testable import Ingest

@Suite("Formats") struct FormatTests {
    @Test(
        "each fixture is recognised by its content",
        arguments: [
            ("jaeger.json", SourceFormat.jaeger), ("tempo.json", .otlpTraces), ("tempo-trace.json", .otlpTraces),
            ("mlflow.json", .mlflow), ("atif.json", .atif), ("vtcode-trajectory.jsonl", .vtcodeTrajectory),
            ("vtcode-session.jsonl", .vtcodeSession), ("litellm-payload.jsonl", .litellm), ("litellm-mixed.log", .litellmLog),
            ("litellm-log.jsonl", .litellmLog), ("litellm-spend.csv", .litellmSpend), ("litellm-spend.jsonl", .litellmSpend),
            ("ingestion.json", .langfuseEvents), ("ingestion-requests.jsonl", .langfuseEvents),
            ("langfuse-export.csv", .langfuse),
            ("langfuse-ui.json", .langfuse), ("openinference-nested.json", .otelConsole),
            ("claude-code.jsonl", .claudeCode), ("codex-rollout.jsonl", .codex), ("opencode.json", .openCode),
            ("gemini-telemetry.json", .otelSDK), ("otlp-agent-logs.jsonl", .otlpLogs),
        ])
    func recognised(fixture: String, format: SourceFormat) throws {
        let reading = try Reading(fixture)
        #expect(reading.format == format)
        #expect(!reading.records.isEmpty && reading.problems.isEmpty, "\(reading.problems)")
    }

    @Test("every format has a reader and a description")
    func table() {
        // Logs have no mark of their own: they are recognised by what many of their rows say.
        let logs: Set<SourceFormat> = [.errorLogJSON, .errorLogCSV, .logText]
        for format in SourceFormat.allCases where format != .sqlite {
            #expect(!format.forms.isEmpty || logs.contains(format), "\(format)")
            #expect(!format.summary.isEmpty)
        }
        #expect(Set(SourceFormat.allCases.map(\.name)).count == SourceFormat.allCases.count)
    }

    // MARK: OpenTelemetry

    @Test("Jaeger: tags are attributes, logs are events, a cancelled wait is not a failure")
    func jaeger() throws {
        let reading = try Reading("jaeger.json")
        #expect(reading.spans.count == 4 && reading.events.count == 2)
        let call = try #require(reading.calls.first)
        #expect(call.traceID == "d497c9dd55717f2c5ecb79bda3028993" && call.parentID == "0af7651916cd0001")
        #expect(call.service == "k8s_agent" && call.modelRequested == "gpt-4.1-mini" && call.input == "user: list all releases")
        #expect(call.status == .error && call.statusMessage == "Error code: 429 - Rate limit reached" && call.errorField == nil)
        #expect(call.exceptionType == "openai.RateLimitError")
        #expect(call.start == Timestamp(nanoseconds: 1_771_237_881_589_367_000))
        #expect(call.end == Timestamp(nanoseconds: 1_771_237_883_688_796_000))
        #expect(reading.spans[2].status == .unset && reading.spans[2].exceptionType == "asyncio.exceptions.CancelledError")
        #expect(reading.events.last?.escaped == false)
        // The older sign of an error; the process is not in the file.
        #expect(reading.spans[3].status == .error && reading.spans[3].httpStatus == 500 && reading.spans[3].service == nil)
    }

    @Test("Jaeger: one span per line, as in its storage")
    func jaegerSpans() throws {
        let line =
            #"{"traceID":"d497c9dd55717f2c5ecb79bda3028993","spanID":"0af7651916cd0002","operationName":"chat","startTime":1771237881589367,"duration":5,"tag":{"gen_ai@x":1,"otel.status_code":"ERROR"},"process":{"serviceName":"bot"}}"#
        let reading = try Reading(text: line + "\n" + line + "\n")
        #expect(reading.format == .jaeger && reading.spans.count == 2)
        #expect(reading.spans[0].service == "bot" && reading.spans[0].status == .error)
    }

    @Test("Tempo: batches, old scope names, ids in base64, enums by name, times as numbers")
    func tempo() throws {
        let reading = try Reading("tempo.json")
        let call = try #require(reading.calls.first)
        #expect(call.traceID == "5b8efff798038103d269b633813fc60c" && call.spanID == "eee19b7ec3c1b174")
        #expect(call.status == .error && call.statusMessage == "Request timed out." && call.service == "bot")
        #expect(call.inputTokens == 120 && call.start == Timestamp(nanoseconds: 1_760_173_202_000_000_000))
        #expect(reading.spans[1].parentID == call.spanID && reading.spans[1].status == .unset)
        #expect(try Reading("tempo-trace.json").calls.map(\.spanID) == ["eee19b7ec3c1b174"])
    }

    @Test("attributes split into nested objects are rejoined")
    func nested() throws {
        let span = try #require(try Reading("openinference-nested.json").spans.first)
        #expect(span.kind == .llm && span.modelRequested == "gpt-4o" && span.session == "s1" && span.tags == ["a", "b"])
        #expect(span.inputTokens == 120 && span.cachedInputTokens == 40 && span.errorType == "RateLimitError")
        #expect(span.input == "user: Hello?\nuser: again" && span.parameters == #"{"temperature":0}"#)
        #expect(span.attributes?.contains(#""metadata":{"channel":"chat","deep":{"x":1}}"#) == true)
        #expect(span.exceptionMessage == "Error code: 429")
    }

    @Test("a page instead of a completion is a failure; a page written by a model is not")
    func page() throws {
        let page = ("output.value", text("<!DOCTYPE html><html><head></head></html>"))
        let kind = ("openinference.span.kind", text("LLM"))
        #expect(try mapped([kind, page]).errorField?.contains("HTML") == true)
        #expect(try mapped([kind, page, ("llm.token_count.completion", int(40))]).errorField == nil)
        let written = ("llm.output_messages.0.message.content", text("<html></html>"))
        #expect(try mapped([kind, page, written]).errorField == nil)
    }

    // MARK: Langfuse

    @Test("ingestion: create and update are one observation, at any distance")
    func ingestion() throws {
        let reading = try Reading("ingestion-requests.jsonl")
        let call = try #require(reading.calls.first)
        #expect(reading.spans.count == 2 && reading.traces.count == 1 && reading.events.count == 1 && reading.scores.count == 1)
        #expect(call.name == "answer" && call.modelRequested == "gpt-4o-mini" && call.input == "user: hello")
        #expect(call.status == .error && call.level == "ERROR" && call.statusMessage?.hasPrefix("Expecting ','") == true)
        #expect(call.attributes == #"{"a":1,"b":2}"# && call.start != nil && call.end != nil && call.inputTokens == nil)
        #expect(call.updatedAt == TimeText.parse("2025-10-06T00:47:06.349Z"))
        #expect(reading.spans[0].status == .ok)
        let trace = try #require(reading.traces.first)
        #expect(trace.name == "turn" && trace.user == "u22" && trace.session == "s-0" && trace.release == "3.7")
        #expect(trace.status == .error && trace.metadata?.contains(#""build":88"#) == true)
        #expect(trace.metadata?.contains(#""turns":1"#) == true)
        #expect(reading.scores.first?.number == 0)
        #expect(try Reading("ingestion.json").calls.first?.statusMessage == "Connection error.")
    }

    @Test("ingestion: incomplete observations are limited in memory")
    func ingestionRoom() throws {
        var lines: [String] = []
        for index in 0..<200 {
            lines.append(
                #"{"type":"generation-create","timestamp":"2025-10-06T00:47:05Z","body":{"id":"g\#(index)","traceId":"t","startTime":"2025-10-06T00:47:05Z","input":"\#(String(repeating: "x", count: 200))"}}"#
            )
            lines.append(
                #"{"type":"generation-update","timestamp":"2025-10-06T00:47:06Z","body":{"id":"g\#(index)","level":"ERROR"}}"#)
        }
        var reader = IngestionReader(room: 2000)
        var spans: [SpanRecord] = []
        let sink = RecordSink(
            path: "", record: { record, _ in if case .span(let span) = record { spans.append(span) } }, problem: { _ in })
        for line in lines {
            try Array(line.utf8).withUnsafeBufferPointer { bytes in
                var cursor = JSONCursor(bytes), counter = LineCounter(bytes, line: 1, isSingle: true)
                try reader.read(&cursor, lines: &counter, sink: sink)
            }
        }
        #expect(spans.count > 180)
        try reader.finish(sink: sink)
        #expect(spans.map(\.spanID) == (0..<200).map { "g\($0)" } && spans.allSatisfy { $0.status == .error })
    }

    @Test("CSV exports: quoted dates, JSON in cells, multi-line cells, scores in their own columns")
    func csv() throws {
        let reading = try Reading("langfuse-export.csv")
        #expect(reading.spans.map(\.spanID) == ["o1", "o2", "o5"])
        #expect(reading.spans[0].start == TimeText.parse("2025-10-11T09:00:00Z") && reading.spans[0].outputTokens == 30)
        #expect(reading.spans[0].attributes == #"{"helpfulness":[0.9]}"#)
        #expect(reading.spans[1].status == .error && reading.spans[1].statusMessage == "Request timed out.")
        #expect(reading.spans[2].kind == .agent && reading.spans[2].name == "plan, then \"act\"" && reading.spans[2].end == nil)
        // Older exports put every text in quotes of JSON, and blob exports use other names.
        let older =
            #""id","traceId","type","startTime","level","name"\#n"""o1""","""t1""","""SPAN""","""2025-10-11T09:00:00.000Z""","""ERROR""","""""""#
        #expect(try Reading(text: older + "\n").spans.first?.level == "ERROR")
        let blob =
            "id,trace_id,project_id,type,start_time,level,usage_details\no1,t1,p,GENERATION,2025-10-11 09:00:00.000,DEFAULT,\"{\"\"input\"\":\"\"12\"\"}\"\n"
        #expect(try Reading(text: blob).spans.first?.inputTokens == 12)
    }

    @Test("UI export: JSON in strings, latencies ignored, missing end")
    func userInterface() throws {
        let reading = try Reading("langfuse-ui.json")
        #expect(reading.traces.first?.input == "Say 'Hello'" && reading.traces.first?.service == "bot")
        let call = try #require(reading.calls.first)
        #expect(call.status == .inProgress && call.end == nil && call.reportedLatency == nil && call.inputTokens == 1)
    }

    // MARK: LiteLLM

    @Test("payloads: empty error fields mean success, zeros of a failure are unknown, a client disconnect is not an error")
    func payload() throws {
        let spans = try Reading("litellm-payload.jsonl").spans
        #expect(spans.map(\.status) == [.ok, .error, .cancelled])
        #expect(spans.map(\.spanID) == ["chatcmpl-1", "c-2", "c-3"] && spans.map(\.traceID) == ["r-1", "r-2", "r-2"])
        #expect(spans[0].outputTokens == 20 && spans[0].exceptionType == nil && spans[0].firstToken == nil)
        #expect(spans[0].start == TimeText.parse("2025-10-11T09:00:00Z") && spans[0].input == "user: hello")
        #expect(spans[1].httpStatus == 429 && spans[1].exceptionType == "RateLimitError" && spans[1].inputTokens == nil)
        #expect(spans[1].cost == nil && spans[1].provider == "openai" && spans[1].modelRequested == "gpt-4o")
        #expect(spans[1].stack?.contains("x.py") == true && spans[1].attributes?.contains("429_RATE_LIMIT_EXCEEDED") == true)
    }

    @Test(
        "spend logs: retrievals are no calls, calls of MCP are tools, retries and fallbacks are kept, rows without ids are rows")
    func spendKinds() throws {
        func row(_ members: String) -> String {
            #"{"startTime":"2026-11-30 09:00:00.000","endTime":"2026-11-30 09:00:01.000","model":"gpt-5","spend":0.1,"total_tokens":5,\#(members)}"#
                + "\n"
        }
        let rows = [
            #""request_id":"a","call_type":"aresponses","session_id":"s","metadata":{"attempted_retries":2}"#,
            #""request_id":"b","call_type":"aget_responses""#,
            #""request_id":"c","call_type":"call_mcp_tool","mcp_namespaced_tool_name":"x/y""#,
            #""request_id":"","call_type":"acompletion","metadata":{"attempted_fallbacks":1,"original_model_group":"fast"}"#,
            #""request_id":"","call_type":"aembedding""#, #""request_id":"f","call_type":"adelete_responses""#,
        ]
        let spans = try Reading(text: rows.map(row).joined()).spans
        #expect(spans.map(\.kind) == [.llm, .span, .tool, .llm, .embedding, .span])
        #expect(
            spans[0].attemptsMade == 3 && spans[0].session == "s" && spans[2].name == "x/y" && spans[3].fallbackFrom == "fast")
        #expect(Set(spans.map(\.spanID)).count == 6)
    }

    @Test("spend logs as CSV and JSON: nested strings, codes that are not statuses, cached answers")
    func spend() throws {
        let csv = try Reading("litellm-spend.csv").spans
        #expect(csv.map(\.status) == [.ok, .error, .error] && csv[1].httpStatus == 429)
        #expect(csv[1].exceptionMessage == "litellm.RateLimitError: ..." && csv[0].cost != nil)
        let json = try Reading("litellm-spend.jsonl").spans
        #expect(json[0].spanID == "c-77" && json[0].status == .ok)
        #expect(json[1].kind == .embedding && json[1].errorCode == "unsupported_parameter" && json[1].httpStatus == nil)
        #expect(json[1].user == "u1" && json[1].session == "s1" && json[1].stack == "File x")
    }

    @Test("JSON log: one error per failed request, however often it is reported; other programs' errors are events")
    func log() throws {
        let reading = try Reading("litellm-mixed.log")
        let errors = reading.events.filter(\.kind.isError)
        #expect(reading.events.count == 6 && errors.count == 2)
        #expect(
            errors[0].message
                == "litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached. Please try again in 500ms.")
        #expect(errors[0].exceptionType == "litellm.RateLimitError" && errors[0].stack != nil && errors[0].httpStatus == nil)
        #expect(errors[0].eventID == "a3632db0f8374bc496a8f873f5cecfb0")
        #expect(errors[1].message == "No connected db.")
        // Without a proxy the router's first line counts, and those that follow at once do not.
        let router = try Reading("litellm-router.log").events.filter(\.kind.isError)
        #expect(router.map(\.time) == ["2025-10-07T14:47:25.104187Z", "2025-10-07T20:01:12.851630Z"].map { TimeText.parse($0) })
    }

    // MARK: MLflow and agents

    @Test("MLflow: base64 ids, quoted values, a failed span in a successful trace")
    func mlflow() throws {
        let reading = try Reading("mlflow.json")
        #expect(reading.spans.map(\.spanID) == ["4910c433ec943f73", "25926077c32bb0b8", "36e2463f41ba728d"])
        #expect(reading.spans.allSatisfy { $0.traceID == "f65be59c50f0f2eb813008f38da1f53b" })
        #expect(reading.spans.map(\.status) == [.ok, .error, .inProgress] && reading.spans[1].kind == .llm)
        #expect(reading.spans[1].statusMessage == "RateLimitError: Error code: 429")
        let trace = try #require(reading.traces.first)
        #expect(trace.name == "agent" && trace.session == "s1" && trace.status == .ok)
        #expect(trace.end == trace.start.map { $0 + .milliseconds(6) })
    }

    @Test("VT Code's trajectory: an exhausted turn failed, a retried one did not, tokens are on a separate line")
    func trajectory() throws {
        let reading = try Reading("vtcode-trajectory.jsonl")
        #expect(reading.calls.map(\.status) == [.ok, .error, .ok] && reading.calls.map(\.attemptsMade) == [1, 3, 2])
        #expect(reading.calls[0].inputTokens == 520 && reading.calls[0].cachedInputTokens == 100)
        #expect(reading.calls[1].statusMessage == "Provider error: OpenAI http 503 Service Unavailable: overloaded")
        #expect(reading.calls[2].statusMessage == nil && Set(reading.spans.map(\.traceID)).count == 1)
        let retry = try #require(reading.events.first { $0.kind == .retry })
        #expect(
            retry.message == "Network error: OpenAI network error: connection reset" && retry.spanID == reading.calls[2].spanID)
        let tool = try #require(reading.spans.first { $0.kind == .tool })
        #expect(tool.name == "run_terminal" && tool.status == .error && tool.agent == "main")
    }

    @Test("VT Code's session: turns and tools, the session's time, repeated ids")
    func session() throws {
        let reading = try Reading("vtcode-session.jsonl")
        #expect(reading.calls.map(\.status) == [.ok, .error] && reading.calls[1].statusMessage == "Rate limit exceeded")
        #expect(reading.calls[0].output == "Hello" && reading.calls[0].inputTokens == 520)
        let start = try #require(reading.calls[0].start)
        #expect(TimeText.iso(start).hasPrefix("2026-03-12T11:33:04"))
        let tools = reading.spans.filter { $0.kind == .tool }
        #expect(tools.map(\.status) == [.error, .ok] && Set(tools.map(\.spanID)).count == 2)
        let words = try #require(reading.events.first { $0.name == "tool_output" })
        #expect(words.spanID == tools[0].spanID && words.message == "Tool execution failed: list_files is blocked")
        #expect(reading.events.contains { $0.name == "error_recovered" && $0.kind == .retry })
        #expect(reading.traces.first?.status == .error && reading.problems.isEmpty)
    }

    @Test("ATIF: agent steps are calls, a failed turn is a system step")
    func atif() throws {
        let reading = try Reading("atif.json")
        #expect(reading.calls.map(\.status) == [.ok, .error] && reading.calls[1].statusMessage == "Rate limit exceeded")
        #expect(reading.calls[0].output == "done" && reading.calls[0].agent == "vtcode")
        #expect(reading.calls[0].modelRequested == "gpt-5" && reading.traces.first?.traceID == "s-1")
    }
}
