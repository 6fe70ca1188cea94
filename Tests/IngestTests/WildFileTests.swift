import Glibc
import Model
import Testing
import TestSupport

@testable import Ingest

/// A file, the format that it is recognised as, and what it gives.
struct Expectation: CustomStringConvertible, Sendable {
    let file: String, format: String, summary: String
    var description: String { file }

    /// The rows of a table of expectations below the fixtures: file, format and summary, parted by tabs.
    static func table(_ folder: String) -> [Expectation] {
        Fixtures.text(folder + "/expected.tsv").split(separator: "\n").map { line in
            let cells = line.split(separator: "\t").map(String.init)
            return Expectation(file: folder + "/" + cells[0], format: cells[1], summary: cells[2])
        }
    }
}

@Suite("Files as they come") struct WildFileTests {
    private func check(_ expected: Expectation) throws {
        let assessed = try Assessed(path: Fixtures.path(expected.file))
        #expect(assessed.reading.format.name == expected.format)
        #expect(assessed.summary == expected.summary)
        #expect(assessed.reading.problems.isEmpty, "\(assessed.reading.problems)")
    }

    @Test("files out of the wild give what is in them", arguments: Expectation.table("wild"))
    func wild(_ expected: Expectation) throws { try check(expected) }

    @Test(
        "logs give their errors whichever library wrote and whichever collector kept them", arguments: Expectation.table("logs"))
    func logs(_ expected: Expectation) throws { try check(expected) }

    @Test("attempts under one request id are one request, recovered when the last succeeded")
    func attempts() throws {
        let assessed = try Assessed(path: Fixtures.path("wild/b46_claude_retry_lines.jsonl"))
        #expect(assessed.recovered == 4 && assessed.failedTraces == 0)
        #expect(Set(assessed.reading.spans.map(\.traceID)) == ["job-7"])
    }

    @Test("a pause for a person is no failure")
    func pause() throws {
        let assessed = try Assessed(path: Fixtures.path("wild/b05_langgraph_interrupt_otlp.json"))
        #expect(assessed.errors.isEmpty && assessed.failedTraces == 0)
    }

    @Test("a batch of LangSmith: what a patch completes is one run")
    func batch() throws {
        let batch =
            #"{"post":[{"id":"a","name":"llm","run_type":"llm","start_time":"2026-11-30T09:00:00","trace_id":"a","extra":{"metadata":{"ls_model_name":"gpt-4o"}}}]}"#
            + "\n"
            + #"{"patch":[{"id":"a","trace_id":"a","dotted_order":"20261130T090000000000Za","end_time":"2026-11-30T09:00:02","error":"TimeoutError('slow')"}]}"#
            + "\n"
        let span = try #require(try Reading(text: batch).spans.first)
        #expect(
            span.kind == .llm && span.modelRequested == "gpt-4o" && span.status == .error && span.exceptionType == "TimeoutError")
        #expect(span.statusMessage == "slow" && span.end != nil)
    }

    @Test("traces of the Agents SDK: a trace, its spans, and the error of a tool")
    func agents() throws {
        let lines = [
            #"{"object":"trace","id":"trace_1","workflow_name":"support","group_id":"g1","metadata":{}}"#,
            #"{"object":"trace.span","id":"span_1","trace_id":"trace_1","parent_id":null,"started_at":"2026-11-30T09:00:00+00:00","ended_at":"2026-11-30T09:00:05+00:00","span_data":{"type":"agent","name":"triage"},"error":null}"#,
            #"{"object":"trace.span","id":"span_2","trace_id":"trace_1","parent_id":"span_1","started_at":"2026-11-30T09:00:01+00:00","ended_at":"2026-11-30T09:00:02+00:00","span_data":{"type":"generation","model":"gpt-4o","usage":{"input_tokens":10,"output_tokens":5}},"error":null}"#,
            #"{"object":"trace.span","id":"span_3","trace_id":"trace_1","parent_id":"span_1","started_at":"2026-11-30T09:00:02+00:00","ended_at":"2026-11-30T09:00:03+00:00","span_data":{"type":"function","name":"lookup"},"error":{"message":"Error running tool","data":{"tool_name":"lookup","error":"no such order"}}}"#,
        ]
        let reading = try Reading(text: lines.joined(separator: "\n") + "\n")
        #expect(
            reading.format == .openAIAgents && reading.traces.first?.name == "support" && reading.traces.first?.session == "g1")
        #expect(reading.spans.map(\.kind) == [.agent, .llm, .tool] && reading.spans[1].inputTokens == 10)
        #expect(reading.spans[2].status == .error && reading.spans[2].statusMessage == "Error running tool: no such order")
        #expect(try Reading(text: #"{"data":["# + lines.joined(separator: ",") + "]}").spans.count == 3)
    }

    @Test("calls of Weave: the call to the model has the tokens, what encloses it has none")
    func weave() throws {
        let lines = [
            #"{"id":"c1","trace_id":"t1","parent_id":null,"op_name":"weave:///t/p/op/answer:v1","started_at":"2026-11-30T09:00:00Z","ended_at":"2026-11-30T09:00:02Z","inputs":{},"output":null,"summary":{"usage":{"gpt-4o":{"prompt_tokens":10}},"weave":{"status":"descendant_error"}}}"#,
            #"{"id":"c2","trace_id":"t1","parent_id":"c1","op_name":"weave:///t/p/op/openai.chat.completions.create:v1","started_at":"2026-11-30T09:00:00Z","ended_at":"2026-11-30T09:00:01Z","inputs":{"model":"gpt-4o"},"output":null,"exception":"RateLimitError: Error code: 429","summary":{"usage":{"gpt-4o":{"prompt_tokens":10}},"weave":{"status":"error"}}}"#,
        ]
        let reading = try Reading(text: lines.joined(separator: "\n") + "\n")
        #expect(
            reading.format == .weave && reading.calls.count == 1 && reading.spans[0].kind == .chain
                && reading.spans[0].status == .ok)
        let call = try #require(reading.calls.first)
        #expect(
            call.provider == "openai" && call.status == .error && call.exceptionType == "RateLimitError" && call.inputTokens == 10
        )
    }

    @Test("tables of MLflow: the spans of a row, or the whole trace in a cell")
    func tables() throws {
        let row =
            #"{"request_id":"tr-1","status":"ERROR","execution_time_ms":5,"timestamp_ms":1760173200000,"request_metadata":{},"spans":[{"name":"llm","context":{"span_id":"a1","trace_id":"b1"},"parent_id":null,"start_time":1760173200000000000,"end_time":1760173201000000000,"status_code":"ERROR","status_message":"Request timed out.","attributes":{"mlflow.spanType":"\"CHAT_MODEL\""}}]}"#
        let reading = try Reading(text: row + "\n")
        #expect(reading.format == .mlflowTable && reading.traces.count == 1)
        #expect(reading.calls.first?.statusMessage == "Request timed out." && reading.calls.first?.start != nil)
    }
}
