import Model

extension SourceFormat {
    /// Traces of the OpenAI Agents SDK.
    public static let openAIAgents = SourceFormat(
        "openAIAgents", "traces and spans of the OpenAI Agents SDK, as its processors export them",
        forms: [
            SourceForm(
                isObject: { shape in
                    let object = shape.text("object") ?? ""
                    return object == "trace.span" || object == "trace" && shape.hasAny("workflow_name", "group_id")
                        || shape.has("span_data", "trace_id")
                }, reader: { OpenAIAgentsReader() })
        ])
}

/// Reads traces and spans of the OpenAI Agents SDK.
private struct OpenAIAgentsReader: ListReader {
    static let deepestList = 3

    private var spans = ProductReader("a span of the Agents SDK", pages: ["data", "spans"], fill: OpenAIAgentsReader.fill)

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let start = cursor.at
        let value = try cursor.skipValue()
        if value.member("object")?.string == "trace", let id = value.member("id")?.filledText {
            var trace = TraceRecord(traceID: Identifier.normalise(id))
            trace.name = value.member("workflow_name")?.filledText
            trace.session = value.member("group_id")?.filledText
            trace.metadata = value.member("metadata").flatMap { $0.isVoid ? nil : String(decoding: $0.bytes, as: UTF8.self) }
            return try sink.record(.trace(trace), lines.line(at: start))
        }
        if value.isObject, value.member("span_data") == nil, let page = value.member("data"), page.isArray {
            let end = cursor.at
            cursor.at = page.start - cursor.base
            try read(&cursor, lines: &lines, sink: sink, depth: depth + 1)
            cursor.at = end
            return
        }
        cursor.at = start
        try spans.readElement(&cursor, lines: &lines, sink: sink, depth: depth)
    }

    @Sendable private static func fill(_ record: JSONSlice, _ span: inout SpanDraft) -> Bool {
        guard let data = record.member("span_data"), data.isObject else { return false }
        let type = data.member("type")?.string ?? "custom"
        span.spanID = record.member("id")?.filledText.map(Identifier.normalise)
        span.traceID = record.member("trace_id")?.filledText.map(Identifier.normalise)
        span.parentID = record.member("parent_id")?.filledText.map(Identifier.normalise)
        span.start = record.member("started_at").flatMap { TimeValue.any($0) }
        span.end = record.member("ended_at").flatMap { TimeValue.any($0) }
        span.status = .ok
        span.name = data.member("name")?.filledText ?? type
        let kinds = [
            "generation": "llm", "response": "llm", "function": "tool", "mcp_tools": "tool", "agent": "agent",
            "guardrail": "guardrail",
            "transcription": "llm", "speech": "llm", "handoff": "chain", "speech_group": "chain",
        ]
        span.setKind(kinds[type] ?? type)
        span.set("gen_ai.request.model", data.member("model") ?? data.member("response")?.member("model"))
        span.set("langfuse.observation.usage_details", data.member("usage") ?? data.member("response")?.member("usage"))
        span.set("langfuse.observation.input", data.member("input"))
        span.set("langfuse.observation.output", data.member("output"))
        span.set("llm.invocation_parameters", data.member("model_config"))
        span.set("gen_ai.response.id", data.member("response_id"))
        if type == "agent" { span.set("gen_ai.agent.name", data.member("name")) }
        data.forEachMember { key, value in
            switch key {
            case "type", "name", "model", "usage", "input", "output", "model_config", "response_id", "response": break
            default: span.keep(key, value)
            }
        }
        span.fail(record.member("error"))
        return true
    }
}
