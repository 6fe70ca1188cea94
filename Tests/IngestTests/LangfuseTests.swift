import Model
import Testing

@testable import Ingest

@Suite("Langfuse") struct LangfuseTests {
    @Test("API observations yield spans and events")
    func observations() throws {
        let reading = try Reading("langfuse.jsonl")
        #expect(reading.format == .langfuse && reading.problems.isEmpty)
        try #require(reading.spans.count == 2)
        let first = reading.spans[0], second = reading.spans[1]
        #expect(first.traceID == "t1" && first.spanID == "o1" && first.kind == .llm && first.status == .ok)
        #expect(first.inputTokens == 160 && first.cachedInputTokens == 40 && first.outputTokens == 30 && first.totalTokens == 190)
        #expect(first.cost == Money(units: 4000) && first.environment == "production" && first.provider == "openai")
        #expect(first.firstToken.map { $0 - first.start! } == .milliseconds(400) && first.reportedLatency == nil)
        #expect(first.parameters == #"{"temperature":0.2}"# && first.level == "DEFAULT")
        #expect(second.status == .error && second.inputTokens == nil && second.cost == nil && second.parentID == "o0")
        let event = try #require(reading.events.first)
        #expect(event.kind == .log && event.level == "WARNING" && event.name == "quota_exceeded" && event.model == "gpt-4o")
        #expect(event.parentID == "o0" && event.spanID == nil && event.message == "falling back")
    }

    @Test("an event's kind follows its name and level")
    func events() throws {
        func kind(_ name: String, _ level: String) throws -> EventKind? {
            let row =
                #"{"id":"e","traceId":"t","type":"EVENT","name":"\#(name)","startTime":"2025-10-11T09:00:02Z","level":"\#(level)"}"#
            return try Reading(text: row).events.first?.kind
        }
        #expect(try kind("fallback_success", "DEFAULT") == .fallback)
        #expect(try kind("context_length_fallback", "WARNING") == .fallback)
        #expect(try kind("quota_exceeded", "ERROR") == .error)
        #expect(try kind("quota_exceeded", "WARNING") == .log)
    }

    @Test("blob exports with snake case, ClickHouse times and numbers in strings are read")
    func blob() throws {
        let spans = try Reading("langfuse-blob.jsonl").spans
        try #require(spans.count == 3)
        #expect(
            spans[0].inputTokens == 120 && spans[0].modelRequested == "gpt-4o-mini"
                && spans[0].parameters == #"{"temperature":0.2}"#)
        #expect(spans[0].start.map { TimeText.iso($0) } == "2025-10-11T09:00:00Z" && spans[0].project == "p")
        #expect(spans[1].status == .error && spans[1].statusMessage == "Connection error.")
        #expect(spans[2].kind == .tool && spans[2].status == .inProgress && spans[2].level == nil)
    }

    @Test("an API page yields the same spans as the SDK")
    func pageAndSpans() throws {
        let page = try Reading("langfuse-page.json"), sdk = try Reading("otlp-langfuse-sdk.jsonl")
        #expect(page.problems.isEmpty)
        func identity(_ spans: [SpanRecord]) -> Set<String> {
            Set(
                spans.map {
                    "\($0.project) \($0.traceID ?? "-") \($0.spanID) \($0.parentID ?? "-") \($0.kind) \($0.user ?? "") \($0.isBrokenStream) \($0.status == .error)"
                })
        }
        #expect(identity(page.spans) == identity(sdk.spans))
        #expect(page.spans.allSatisfy { $0.release == "shop-5.1" && $0.session != nil })
    }

    @Test("traces and scores are read")
    func tracesAndScores() throws {
        let trace = try #require(try Reading("langfuse-traces.json").traces.first)
        #expect(trace.traceID == "935dd628ecff8c45cc842b832c6b3d28" && trace.name == "shop-assistant" && trace.status == .unknown)
        #expect(trace.tags == ["shop", "web"] && trace.session != nil && trace.project.isEmpty)
        let scores = try Reading("langfuse-scores.jsonl").scores
        #expect(scores.map(\.number) == [0.9, nil] && scores.map(\.text) == [nil, "friendly"])
        #expect(scores.first?.spanID == "o1" && scores.first?.comment == "short")
    }

    @Test("the trace view's export contains the trace and its observations")
    func traceView() throws {
        let text =
            #"{"trace":{"id":"t9","timestamp":"2025-06-06T11:31:33Z","name":"n","scores":[]},"observations":[{"id":"o9","traceId":"t9","type":"SPAN","startTime":"2025-06-06T11:31:33Z","endTime":"2025-06-06T11:31:34Z","level":"DEFAULT","usageDetails":{"total":0},"totalCost":0}]}"#
        let reading = try Reading(text: text)
        #expect(reading.traces.map(\.traceID) == ["t9"] && reading.spans.map(\.spanID) == ["o9"])
        #expect(reading.spans.first?.cost == nil && reading.spans.first?.totalTokens == nil)
    }

    @Test("the deprecated usage map counts only when it has values")
    func usage() throws {
        func tokens(_ usage: String) throws -> Int64? {
            let row =
                #"{"id":"o","traceId":"t","type":"GENERATION","startTime":"2025-10-11T09:00:02Z","endTime":"2025-10-11T09:00:03Z","level":"DEFAULT","usage":\#(usage)}"#
            return try Reading(text: row).spans.first?.inputTokens
        }
        #expect(try tokens(#"{"input":0,"output":0,"total":0,"unit":"TOKENS"}"#) == nil)
        #expect(try tokens(#"{"input":4,"output":1,"total":5,"unit":"TOKENS"}"#) == 4)
        #expect(try tokens(#"{"promptTokens":6,"completionTokens":1,"totalTokens":7}"#) == 6)
    }

    @Test("the duration is never taken from a reported latency")
    func latency() throws {
        let row =
            #"{"id":"o","traceId":"t","type":"GENERATION","startTime":"2025-10-11 09:00:02.5","endTime":"2025-10-11 09:00:03","latencyMs":99999,"latency":9,"providedModelName":"m"}"#
        let span = try #require(try Reading(text: row).spans.first)
        #expect(
            span.end.map { $0 - span.start! } == .milliseconds(500) && span.reportedLatency == nil && span.modelRequested == "m")
        #expect(span.attributes == nil && span.status == .unknown)
    }
}
