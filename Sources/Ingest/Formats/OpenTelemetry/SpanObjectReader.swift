import Model

extension SourceFormat {
    /// Spans that are one JSON object each.
    public static let otelConsole = SourceFormat(
        "otelConsole", "spans as single JSON objects: OpenTelemetry's console exporter, OpenInference",
        forms: [
            SourceForm(isObject: isSpan, reader: { SpanObjectReader() }),
            SourceForm(
                isObject: { shape in
                    guard shape.has("spans"), !shape.hasAny("traceID", "info") else { return false }
                    return shape.inner("spans").map(isSpan) == true
                }, reader: { SpanObjectReader() }),
        ])

    /// Tables of spans as Phoenix's client gives them: `context.trace_id`, `attributes.llm.model_name`.
    public static let phoenixTable = SourceFormat(
        "phoenixTable", "tables of spans from Phoenix's client: `to_json(orient=\"records\")`, JSON lines, CSV",
        forms: [
            SourceForm(
                isObject: { shape in shape.has("context.trace_id") || shape.has("context.span_id", "start_time") },
                isHeader: { $0.contains("context.trace_id") && $0.contains("start_time") }, reader: { SpanObjectReader() })
        ])

    @Sendable private static func isSpan(_ shape: JSONShape) -> Bool {
        if shape.inner("context")?.has("trace_id") == true { return true }
        return shape.has("trace_id", "span_id") && shape.hasAny("attributes", "parent_span_id", "parent_id")
            && shape.hasAny("start_time", "name")
    }
}

/// Reads spans as single JSON objects: OpenTelemetry's console exporter, OpenInference's JSON, the flat form with `trace_id`,
/// `span_id` and `parent_span_id` at the top, and database rows with these names.
struct SpanObjectReader: ListReader {
    static let deepestList = 4

    private var draft = SpanDraft()
    private var eventAttributes = AttributeSet(.events)

    /// Reads a span, a list of spans, or a wrapper around one; stops a few levels deep.
    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let line = lines.line(at: cursor.at)
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected a span object", line: line)
        }
        draft.reset()
        var resource = ResourceContext()
        var code: JSONSlice?, spanKind: JSONSlice?, milliseconds: Double?
        while let key = try cursor.nextKey() {
            switch key {
            case "spans":
                // A wrapper around spans; its other members are skipped.
                if depth < SpanObjectReader.deepestList, try cursor.enterArray() {
                    while try cursor.nextElement() { try read(&cursor, lines: &lines, sink: sink, depth: depth + 1) }
                    while try cursor.nextKey() != nil { _ = try cursor.skipValue() }
                    return
                }
                _ = try cursor.skipValue()
            case "context", "span_context": takeContext(try cursor.skipValue())
            case "trace_id", "traceId", "span_id", "spanId", "parent_id", "parentId", "parent_span_id", "parentSpanId":
                takeID(key, try cursor.skipValue())
            case "name": draft.name = try cursor.skipValue().filledText
            case "kind":
                let kind = try cursor.skipValue().string
                draft.isClient = kind == "SpanKind.CLIENT" || kind == "SPAN_KIND_CLIENT" || kind == "CLIENT"
            case "start_time": draft.start = TimeValue.any(try cursor.skipValue())
            case "end_time": draft.end = TimeValue.any(try cursor.skipValue())
            case "status":
                let status = try cursor.skipValue()
                if !status.isObject { code = status }
                status.forEachMember { key, value in
                    if key == "status_code" || key == "code" { code = value }
                    if key == "description" || key == "message" { draft.statusMessage = value.filledText }
                }
            case "status_code": code = try cursor.skipValue()
            case "status_message": draft.statusMessage = try cursor.skipValue().filledText
            case "span_kind": spanKind = try cursor.skipValue()
            case "attributes": try readAttributes(&cursor)
            case "project": resource.project = try cursor.skipValue().filledText
            case "cost": draft.attributes.add(JSONKey("llm.cost.total"), AttributeValue(slice: try cursor.skipValue()))
            case "duration_ms": milliseconds = try cursor.skipValue().double
            case "events", "span_events": try readEvents(&cursor)
            case "links": draft.links = try cursor.skipValue()
            case "resource": resource = readResource(try cursor.skipValue(), resource)
            case "scope", "instrumentation_scope": resource.scope = try cursor.skipValue().member("name")?.filledText
            default: takeColumn(key, try cursor.skipValue())
            }
        }
        draft.status = code.map(OTLPReader.status) ?? .unset
        if draft.end == nil, let start = draft.start, let milliseconds, milliseconds >= 0, milliseconds < 1e12 {
            draft.end = start + .nanoseconds(Int64(milliseconds * 1e6))
        }
        // OpenInference's own kind (`LLM`), or OpenTelemetry's, which is not one of ours; the attribute is more precise.
        if let spanKind, spanKind.string.flatMap(SpanKindWords.kind) != nil, draft.attributes[.openInferenceKind] == nil {
            draft.attributes.add(JSONKey("openinference.span.kind"), AttributeValue(slice: spanKind))
        }
        try draft.emit(resource, line: line, sink: sink)
    }

    /// A column of a table of spans, its place in the span written with dots.
    private mutating func takeColumn(_ key: JSONKey, _ value: JSONSlice) {
        if value.isVoid { return }
        if key.hasPrefix("context.") {
            takeID(JSONKey(start: key.start + 8, count: key.count - 8), value)
        } else if key.hasPrefix("attributes.") {
            let name = JSONKey(start: key.start + 11, count: key.count - 11)
            guard value.isObject, !draft.attributes.holdsWhole(name.bytes) else {
                return draft.attributes.add(name, AttributeValue(slice: value))
            }
            // A cell may hold a part of the span that was not taken apart.
            var writer = JSONWriter()
            writer.beginObject()
            writer.key(name)
            writer.value(value)
            writer.endObject()
            draft.attributes.addNested(draft.arena.value(writer.bytes), arena: draft.arena)
        }
    }

    private mutating func takeContext(_ context: JSONSlice) {
        context.forEachMember { takeID($0, $1) }
    }

    private mutating func takeID(_ key: JSONKey, _ value: JSONSlice) {
        switch key {
        case "trace_id", "traceId": draft.traceID = OTLPIdentifier.read(value, bytes: 16)
        case "span_id", "spanId": draft.spanID = OTLPIdentifier.read(value, bytes: 8)
        case "parent_id", "parentId", "parent_span_id", "parentSpanId": draft.parentID = OTLPIdentifier.read(value, bytes: 8)
        default: break
        }
    }

    private func readResource(_ resource: JSONSlice, _ known: ResourceContext) -> ResourceContext {
        var set = AttributeSet()
        if let attributes = resource.member("attributes") { set.addMembers(of: attributes) }
        var context = ResourceContext(&set)
        context.scope = known.scope
        context.project = context.project ?? known.project
        return context
    }

    /// Reads a plain object with dotted or nested names, or OTLP's list.
    private mutating func readAttributes(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard try cursor.peek() == 0x7B else { return try OTLPReader.readAttributes(&cursor, into: &draft.attributes) }
        draft.attributes.addNested(try cursor.skipValue(), arena: draft.arena)
    }

    private mutating func readEvents(_ cursor: inout JSONCursor) throws(JSONFault) {
        let events = try cursor.skipValue()
        events.forEachElement { event in
            eventAttributes.reset()
            var name: String?, time: Timestamp?
            event.forEachMember { key, value in
                switch key {
                case "name", "event_name": name = value.filledText
                case "timestamp", "time", "time_unix_nano": time = TimeValue.any(value)
                case "attributes": eventAttributes.addMembers(of: value)
                default: break
                }
            }
            draft.addEvent(name: name, time: time, attributes: &eventAttributes)
        }
    }
}
