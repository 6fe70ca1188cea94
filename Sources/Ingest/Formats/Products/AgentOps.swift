import Model

extension SourceFormat {
    /// Traces of AgentOps.
    public static let agentOps = SourceFormat(
        "agentOps", "AgentOps traces: a trace with its spans, or spans alone",
        forms: [
            SourceForm(
                isObject: { shape in
                    shape.inner("spans")?.has("span_id", "span_name") == true || shape.has("span_id", "span_name", "start_time")
                },
                isHeader: { $0.contains("span_id") && $0.contains("span_name") && $0.contains("start_time") },
                reader: { AgentOpsReader() })
        ])
}

/// Reads AgentOps' traces. The trace's id may stand beside its spans only.
private struct AgentOpsReader: ListReader {
    static let deepestList = 2

    private var draft = SpanDraft()

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let line = lines.line(at: cursor.at)
        let value = try cursor.skipValue()
        guard let spans = value.member("spans"), spans.isArray else { return try read(value, trace: nil, line: line, sink: sink) }
        let trace = (value.member("trace")?.member("trace_id") ?? value.member("trace_id") ?? value.member("id"))?.filledText
        var inner: [JSONSlice] = []
        spans.forEachElement { inner.append($0) }
        for span in inner { try read(span, trace: trace, line: line, sink: sink) }
    }

    private mutating func read(_ record: JSONSlice, trace: String?, line: Int, sink: RecordSink) throws {
        guard record.isObject else { return sink.problem("expected a span of AgentOps", line: line) }
        draft.reset()
        draft.spanID = record.member("span_id")?.filledText.map(Identifier.normalise)
        draft.traceID = (record.member("trace_id")?.filledText ?? trace).map(Identifier.normalise)
        draft.parentID = record.member("parent_span_id")?.filledText.map(Identifier.normalise)
        draft.name = record.member("span_name")?.filledText
        draft.start = record.member("start_time").flatMap { TimeValue.any($0) }
        draft.end = record.member("end_time").flatMap { TimeValue.any($0) }
        if let length = record.member("duration")?.double { draft.setLength(seconds: length / 1e9) }
        draft.status = OTLPReader.status(record.member("status_code") ?? record)
        draft.statusMessage = record.member("status_message")?.filledText
        for name: StaticString in ["attributes", "span_attributes"] {
            if let attributes = record.member(name), attributes.isObject {
                draft.attributes.addNested(attributes, arena: draft.arena)
            }
        }
        if draft.attributes[.openInferenceKind] == nil, draft.attributes[.operation] == nil {
            draft.setKind(record.member("span_type")?.filledText)
        }
        draft.set("service.name", record.member("service_name"))
        try draft.emit(ResourceContext(), line: line, sink: sink)
    }
}
