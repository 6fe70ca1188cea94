import Model
import Testing

@testable import Ingest

@Suite("Coding agents") struct AgentTests {
    // MARK: Log events

    @Test("Claude Code's log events are calls and tools with model, tokens, cost, session and the error's own words")
    func claudeEvents() throws {
        let spans = try Reading("otlp-agent-logs.jsonl").spans.filter { $0.service == "claude-code" }
        let calls = spans.filter(\.kind.isCall), tools = spans.filter { $0.kind == .tool }
        #expect(calls.map(\.status) == [.ok, .error] && calls.allSatisfy { $0.modelRequested == "claude-sonnet-4-6" })
        #expect(calls.allSatisfy { $0.session == "s1" && $0.traceID == "p1" && $0.provider == "anthropic" })
        #expect(calls[0].inputTokens == 16212 && calls[0].cachedInputTokens == 15400 && calls[0].outputTokens == 310)
        #expect(calls[0].cost == Money(dollars: 0.0312) && calls[0].requestID == "req_1" && calls[0].release == "2.1.143")
        #expect(calls[0].start == Timestamp(nanoseconds: 1_796_029_200_900_000_000))
        #expect(calls[1].httpStatus == 429 && calls[1].attempt == 11 && calls[1].outputTokens == nil)
        #expect(calls[1].statusMessage?.hasPrefix("429 {") == true)
        #expect(tools.map(\.name) == ["Bash", "Edit"] && tools.map(\.status) == [.error, .cancelled])
        #expect(tools[0].statusMessage == "Exit code 1")
    }

    @Test("an event on a span of the agent is no second call, and tells the error, not its own name")
    func joinedEvent() throws {
        let reading = try Reading("otlp-agent-logs.jsonl")
        let event = try #require(reading.events.first { $0.spanID != nil })
        #expect(event.kind == .error && event.message == "Server error mid-response" && event.httpStatus == 500)
        #expect(!reading.spans.contains { $0.spanID == event.spanID })
    }

    @Test("Codex: a streamed call is counted once, at its end or its failure")
    func codexEvents() throws {
        let reading = try Reading("otlp-agent-logs.jsonl")
        let spans = reading.spans.filter { $0.service == "codex_cli_rs" }
        let calls = spans.filter(\.kind.isCall)
        #expect(calls.map(\.status) == [.error, .ok, .error] && calls.allSatisfy { $0.modelRequested == "gpt-5.5" })
        #expect(calls[0].httpStatus == 429 && calls[0].session == "c1")
        #expect(calls[1].inputTokens == 21000 && calls[1].cachedInputTokens == 18000 && calls[1].reasoningTokens == 120)
        // The duration of a piece of the stream is not that of the call.
        #expect(calls[1].end == nil && calls[1].latency == nil)
        #expect(calls[2].statusMessage == "stream disconnected before completion: Rate limit is exceeded.")
        let tool = try #require(spans.last)
        #expect(tool.kind == .tool && tool.status == .error && tool.statusMessage == "sandbox denied")
    }

    @Test("the telemetry file of Gemini CLI: log records and spans of the SDK, metrics passed over")
    func geminiFile() throws {
        let reading = try Reading("gemini-telemetry.json")
        #expect(reading.format == .otelSDK && reading.problems.isEmpty)
        let calls = reading.calls
        #expect(calls.map(\.status) == [.ok, .error] && calls.allSatisfy { $0.provider == "google" && $0.session == "g1" })
        #expect(calls[0].inputTokens == 9000 && calls[0].cachedInputTokens == 4000 && calls[0].reasoningTokens == 30)
        #expect(calls[0].end == Timestamp(nanoseconds: 1_796_029_204_500_000_000) && calls[0].release == "v22.1.0")
        #expect(calls[1].statusMessage == "You have exhausted your daily quota on this model." && calls[1].httpStatus == 429)
        let tools = reading.spans.filter { $0.kind == .tool }
        #expect(tools.map(\.status) == [.cancelled, .error] && tools[1].statusMessage == "no such file")
        #expect(tools[1].spanID == "eee19b7ec3c1b174")
    }

    @Test("Claude Code's own spans are calls and tools by their plain attributes")
    func claudeSpans() throws {
        let call = try mapped(
            [
                ("model", text("claude-opus-4-6")), ("input_tokens", int(12)), ("cache_read_tokens", int(100)),
                ("cache_creation_tokens", int(8)), ("output_tokens", int(77)), ("success", text("false")),
                ("error", text("Overloaded")), ("status_code", int(529)), ("attempt", int(2)),
            ],
            #","name":"claude_code.llm_request""#)
        #expect(call.kind == .llm && call.modelRequested == "claude-opus-4-6" && call.provider == "anthropic")
        #expect(call.inputTokens == 120 && call.cachedInputTokens == 100 && call.outputTokens == 77)
        #expect(call.status == .error && call.httpStatus == 529 && call.attempt == 2 && call.errorField == "Overloaded")
        let tool = try mapped([("tool_name", text("Bash"))], #","name":"claude_code.tool""#)
        #expect(tool.kind == .tool && tool.name == "Bash" && tool.status == .unset)
        #expect(try mapped([], #","name":"claude_code.interaction""#).kind == .agent)
    }

    // MARK: Session files

    @Test("Claude Code: a response in several records is one call, its usage counted once")
    func claudeCalls() throws {
        let reading = try Reading("claude-code.jsonl")
        #expect(reading.format == .claudeCode && reading.problems.isEmpty)
        let calls = reading.calls.filter { $0.status == .ok }
        #expect(calls.map(\.spanID) == ["msg_1", "msg_2", "msg_3"])
        #expect(calls[0].inputTokens == 16212 && calls[0].cachedInputTokens == 15400 && calls[0].outputTokens == 90)
        #expect(calls[0].output == "I run it." && calls[0].hasToolCalls && calls[0].finishReasons == ["tool_use"])
        #expect(calls[0].session == "s1" && calls[0].provider == "anthropic" && calls[0].release == "2.1.143")
        // From the last failed attempt to the last record.
        #expect(calls[0].start?.nanoseconds == 1_796_029_204_000_000_000)
        #expect(calls[0].end?.nanoseconds == 1_796_029_210_000_000_000)
        #expect(calls[2].modelRequested == "claude-haiku-4-5" && calls[2].traceID == "k1")
    }

    @Test("Claude Code: failed attempts are calls of the model that is asked, in the trace of the prompt")
    func claudeFailures() throws {
        let failed = try Reading("claude-code.jsonl").calls.filter { $0.status == .error }
        #expect(
            failed.map(\.statusMessage) == ["Overloaded", "FailedToOpenSocket", "You've hit your session limit · resets 9:50pm"])
        #expect(failed.map(\.attempt) == [1, 2, nil] && failed.map(\.httpStatus) == [529, nil, 429])
        #expect(failed.allSatisfy { $0.modelRequested == "claude-opus-4-6" && $0.outputTokens == nil })
        #expect(failed.map(\.traceID) == ["u1", "u1", "u5"] && failed[2].errorCode == "rate_limit")
    }

    @Test("Claude Code: a failed tool is a failure once, a declined one is none, the interrupted turn was cancelled")
    func claudeTools() throws {
        let spans = try Reading("claude-code.jsonl").spans
        let tools = spans.filter { $0.kind == .tool }
        #expect(tools.map(\.name) == ["Bash", "Edit"] && tools.map(\.status) == [.error, .cancelled])
        #expect(tools[0].statusMessage == "Exit code 1\n2 failed" && tools[0].input == #"{"command":"npm test"}"#)
        let turns = spans.filter { $0.kind == .agent }
        #expect(turns.map(\.input) == ["fix the test", "go on", "look for callers"])
        #expect(turns.map(\.status) == [.cancelled, .unset, .unset])
        #expect(tools.allSatisfy { $0.parentID == turns[0].spanID })
    }

    @Test("Codex: each new count is a call, repeated totals are none; attempts, errors and exit codes are failures")
    func codexRollout() throws {
        let reading = try Reading("codex-rollout.jsonl")
        #expect(reading.format == .codex && reading.problems.isEmpty)
        let calls = reading.calls
        #expect(calls.map(\.status) == [.error, .ok, .ok, .error] && calls.allSatisfy { $0.modelRequested == "gpt-5.5" })
        #expect(calls.map(\.traceID) == ["t1", "t1", "t1", "t2"])
        #expect(calls[0].statusMessage == "stream disconnected before completion: Rate limit reached for gpt-5.5")
        #expect(calls[1].attempt == 2 && calls[1].inputTokens == 100 && calls[1].cachedInputTokens == 60 && calls[1].hasToolCalls)
        #expect(calls[2].output == "It is not there." && calls[2].outputTokens == 30 && calls[2].attempt == nil)
        #expect(calls[3].errorCode == "usage_limit_exceeded" && calls[3].session == "c1")
        let tools = reading.spans.filter { $0.kind == .tool }
        #expect(tools.map(\.name) == ["exec_command", "apply_patch"] && tools.map(\.status) == [.error, .cancelled])
        #expect(reading.spans.filter { $0.kind == .agent }.map(\.status) == [.unset, .unset, .cancelled])
    }

    @Test("Codex: a file without counts has a call for each answer")
    func codexWithoutCounts() throws {
        let lines = [
            #"{"timestamp":"2026-11-30T09:00:00Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}}"#,
            #"{"timestamp":"2026-11-30T09:00:02Z","type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{}","call_id":"a"}}"#,
            #"{"timestamp":"2026-11-30T09:00:03Z","type":"response_item","payload":{"type":"function_call_output","call_id":"a","output":"{\"output\":\"x\",\"metadata\":{\"exit_code\":1}}"}}"#,
            #"{"timestamp":"2026-11-30T09:00:05Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"}]}}"#,
        ]
        let reading = try Reading(text: lines.joined(separator: "\n") + "\n")
        #expect(reading.calls.count == 2 && reading.calls.last?.output == "done")
        #expect(reading.spans.first { $0.kind == .tool }?.status == .error)
    }

    @Test("opencode: calls with tokens and cost, retries and failed tools; an abort by the user is none")
    func openCode() throws {
        let reading = try Reading("opencode.json")
        #expect(reading.format == .openCode && reading.problems.isEmpty)
        let calls = reading.calls
        #expect(calls.map(\.status) == [.ok, .error, .error, .cancelled] && calls.allSatisfy { $0.session == "ses_1" })
        #expect(calls[0].inputTokens == 115 && calls[0].cachedInputTokens == 100 && calls[0].cost == Money(dollars: 0.0123))
        #expect(calls[1].statusMessage == "Overloaded" && calls[1].httpStatus == 529 && calls[1].attempt == 1)
        #expect(calls[2].exceptionType == "ProviderAuthError" && calls[2].inputTokens == nil)
        let tool = try #require(reading.spans.first { $0.kind == .tool })
        #expect(tool.name == "bash" && tool.status == .error && tool.statusMessage == "command not found: x")
    }
}
