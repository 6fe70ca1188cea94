import Model

extension SpanDraft {
    /// Adds an event whose attributes have been read; stream chunks only set the first token.
    mutating func addEvent(name: String?, time: Timestamp?, attributes: inout AttributeSet) {
        if EventMapping.isChunk(name) {
            hasBegunStream = true
            firstChunk = firstChunk ?? time
            return
        }
        // The number counts only events that are kept, so that it is the same in every format of the span.
        var event = EventRecord(eventID: String(events.count), kind: .log)
        event.name = name
        event.time = time
        EventMapping.fill(&event, from: &attributes)
        events.append(event)
    }

    /// Emits the span, its events, and the trace when the span is a root with trace-level data.
    mutating func emit(_ resource: ResourceContext, line: Int, sink: RecordSink) throws {
        guard let spanID else { return sink.problem("a span without an id", line: line) }
        let span = finish(resource)
        sink.unclear.count(unclear, isError: span.status == .error || span.errorField != nil, line: line)
        for var event in events {
            event.project = span.project
            event.traceID = span.traceID
            event.spanID = spanID
            event.parentID = span.parentID
            event.eventID = "\(spanID)-\(event.eventID)"
            try sink.record(.event(event), line)
        }
        if let trace = trace(of: span) { try sink.record(.trace(trace), line) }
        try sink.record(.span(span), line)
    }

    /// Returns the trace-level data on a root span of the Langfuse SDK.
    private func trace(of span: SpanRecord) -> TraceRecord? {
        guard let traceID = span.traceID, span.parentID == nil || attributes[.isRoot]?.bool == true else { return nil }
        let metadata = attributes.leftovers.filter { $0.key.hasPrefix("langfuse.trace.metadata.") }
        let fields: [AttributeField] = [.traceName, .traceInput, .traceOutput]
        guard !metadata.isEmpty || fields.contains(where: { attributes[$0] != nil }) else { return nil }
        var trace = TraceRecord(traceID: traceID)
        trace.project = span.project
        trace.name = attributes.text(.traceName) ?? span.name
        (trace.start, trace.end) = (span.start, span.end)
        (trace.user, trace.session, trace.environment) = (span.user, span.session, span.environment)
        (trace.release, trace.service, trace.tags) = (span.release, span.service, span.tags)
        trace.input = attributes[.traceInput].flatMap { MessageText($0, withRoles: true).text } ?? span.input
        trace.output = attributes[.traceOutput].flatMap { MessageText($0, withRoles: false).text } ?? span.output
        if !metadata.isEmpty {
            var writer = JSONWriter()
            writer.beginObject()
            for (key, value) in metadata {
                let prefix = 24
                writer.key(JSONKey(start: key.start + prefix, count: key.count - prefix))
                // The SDK writes each value as JSON in a string.
                var isWritten = false
                value.withParsed { inner in
                    writer.value(inner)
                    isWritten = true
                }
                if !isWritten { value.write(to: &writer) }
            }
            writer.endObject()
            trace.metadata = writer.text
        }
        return trace
    }
}
