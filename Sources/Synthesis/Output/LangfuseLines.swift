import Model

/// A trace in the format of Langfuse's public API: one observation per line, with the trace's fields repeated on every line.
///
/// Importing the lines gives the calls and errors of the records. Langfuse's levels are coarser than the records: a broken
/// stream becomes `level` ERROR, a cancelled call WARNING, and a span without a status DEFAULT.
public enum LangfuseLines {
    /// Returns the lines of a trace without line ends: its observations in order, then its events.
    public static func lines(of trace: SyntheticTrace) -> [String] {
        var bytes: [UInt8] = []
        append(trace, to: &bytes)
        return bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Appends the lines of a trace with line ends.
    public static func append(_ trace: SyntheticTrace, to bytes: inout [UInt8]) {
        var json = JSONWriter()
        swap(&json.bytes, &bytes)
        for index in trace.spans.indices { write(trace.spans[index], trace.trace, to: &json) }
        for event in trace.events { write(event, trace.trace, to: &json) }
        swap(&json.bytes, &bytes)
    }

    private static func write(_ span: SpanRecord, _ trace: TraceRecord, to json: inout JSONWriter) {
        let isError = span.status == .error || span.isBrokenStream
        json.beginObject()
        json.put("id", span.spanID)
        writeTrace(trace, to: &json)
        json.put("type", type(of: span.kind))
        json.put("name", span.name)
        json.put("startTime", span.start)
        if let first = span.firstToken { json.put("completionStartTime", first) }
        json.put("endTime", span.end)
        json.putOrNull("parentObservationId", span.parentID)
        json.put("level", isError ? "ERROR" : span.status == .cancelled ? "WARNING" : "DEFAULT")
        json.putOrNull("statusMessage", span.statusMessage ?? span.exceptionMessage)
        if span.kind.isCall { writeCall(span, to: &json) }
        json.put("input", span.input)
        if span.hasToolCalls {
            json.putRaw("output", toolCall)
        } else {
            json.putOrNull("output", span.output)
        }
        writeMetadata(span, to: &json)
        json.endObject()
        json.endLine()
    }

    /// The output of a call that requests a tool.
    private static let toolCall =
        #"{"role":"assistant","content":null,"tool_calls":[{"id":"call_0","type":"function","function":{"name":"lookup","arguments":"{}"}}]}"#

    private static func writeTrace(_ trace: TraceRecord, to json: inout JSONWriter) {
        json.put("traceId", trace.traceID)
        json.put("traceName", trace.name)
        json.put("environment", trace.environment)
        json.put("release", trace.release)
        json.put("userId", trace.user)
        json.put("sessionId", trace.session)
        guard !trace.tags.isEmpty else { return }
        json.beginArray("tags")
        for tag in trace.tags { json.string(tag) }
        json.endArray()
    }

    private static func writeCall(_ span: SpanRecord, to json: inout JSONWriter) {
        json.put("model", span.modelRequested)
        if let parameters = span.parameters { json.putRaw("modelParameters", parameters) }
        json.put("promptName", span.promptName)
        json.put("promptVersion", span.promptVersion.flatMap { Int64($0) })
        // Langfuse counts each token once: cached and reasoning tokens are not included in the others.
        json.beginObject("usageDetails")
        if let input = span.inputTokens {
            json.put("input", input - (span.cachedInputTokens ?? 0))
            json.put("input_cached_tokens", span.cachedInputTokens)
            json.put("output", span.outputTokens.map { $0 - (span.reasoningTokens ?? 0) })
            json.put("output_reasoning_tokens", span.reasoningTokens)
            json.put("total", span.totalTokens)
        }
        json.endObject()
        json.beginObject("costDetails")
        json.put("total", span.cost)
        json.endObject()
    }

    /// Writes fields without a Langfuse member as metadata, under names from OpenTelemetry and similar conventions.
    private static func writeMetadata(_ span: SpanRecord, to json: inout JSONWriter) {
        json.beginObject("metadata")
        json.put("agent.name", span.agent)
        json.put("gen_ai.workflow.name", span.workflow)
        json.put("service.name", span.service)
        json.put("gen_ai.provider.name", span.provider)
        json.put("server.address", span.host)
        json.put("gen_ai.response.model", span.modelResponded)
        if let isStream = span.isStream { json.put("gen_ai.request.stream", isStream) }
        json.put("finish_reason", span.finishReasons.first)
        json.put("retry.attempt", span.attempt.map(Int64.init))
        json.put("retry.attempts", span.attemptsMade.map(Int64.init))
        json.put("retry.of", span.retryOf)
        json.put("fallback.from", span.fallbackFrom)
        json.put("exception.type", span.exceptionType)
        json.put("http.response.status_code", span.httpStatus.map(Int64.init))
        json.put("error.type", span.errorType)
        json.put("error.code", span.errorCode)
        json.put("error", span.errorField)
        json.endObject()
    }

    /// Writes an event as a sibling of the span that it refers to, with the model's name.
    private static func write(_ event: EventRecord, _ trace: TraceRecord, to json: inout JSONWriter) {
        json.beginObject()
        json.put("id", event.eventID)
        writeTrace(trace, to: &json)
        json.put("type", "EVENT")
        json.put("name", event.name)
        json.put("startTime", event.time)
        json.putOrNull("endTime", nil)
        json.putOrNull("parentObservationId", event.parentID)
        json.put("level", event.level ?? "DEFAULT")
        json.putOrNull("statusMessage", event.message)
        json.beginObject("metadata")
        json.put("model", event.model)
        json.put("fallback_model", event.fallbackModel)
        json.put("provider", event.provider)
        json.put("error_type", event.exceptionType)
        json.endObject()
        json.endObject()
        json.endLine()
    }

    private static func type(of kind: SpanKind) -> String {
        switch kind {
        case .llm: "GENERATION"
        case .embedding: "EMBEDDING"
        case .tool: "TOOL"
        case .agent: "AGENT"
        case .chain: "CHAIN"
        case .retriever: "RETRIEVER"
        case .evaluator: "EVALUATOR"
        case .guardrail: "GUARDRAIL"
        case .event: "EVENT"
        case .unknown, .workflow, .reranker, .prompt, .span: "SPAN"
        }
    }
}
