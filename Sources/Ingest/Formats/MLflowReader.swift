import Model

extension SourceFormat {
    /// Traces of MLflow.
    public static let mlflow = SourceFormat(
        "mlflow", "MLflow traces as JSON",
        forms: [
            SourceForm(
                isObject: { shape in
                    guard shape.has("data"), let info = shape.inner("info") else { return false }
                    return info.hasAny("trace_id", "request_id")
                }, reader: { MLflowReader() })
        ])
}

extension SourceFormat {
    /// Tables of traces as `mlflow.search_traces` gives them.
    public static let mlflowTable = SourceFormat(
        "mlflowTable", "tables of traces from `mlflow.search_traces`: `to_json(orient=\"records\")`, JSON lines, CSV",
        forms: [
            SourceForm(isObject: { isTrace($0.keys) }, isHeader: { isTrace($0) }, reader: { MLflowReader() })
        ])

    private static func isTrace(_ names: [String]) -> Bool {
        names.contains("spans") && (names.contains("trace_id") || names.contains("request_id"))
            && names.contains {
                ["execution_time_ms", "execution_duration", "request_metadata", "trace_metadata", "assessments"].contains($0)
            }
    }
}

/// Reads MLflow traces: `{info, data: {spans}}` from its API, and database rows as one object with the columns beside `content`.
/// Attribute values are JSON strings; ids inside are base64, those in columns hex.
struct MLflowReader: ListReader {
    static let deepestList = 1

    private var draft = SpanDraft()
    private var eventAttributes = AttributeSet(.events)

    /// MLflow attributes and their equivalents.
    private static let names = NameTable<StaticString>([
        ("mlflow.llm.model", "gen_ai.request.model"), ("mlflow.llm.provider", "gen_ai.provider.name"),
        ("mlflow.chat.tokenUsage", "langfuse.observation.usage_details"),
        ("mlflow.llm.cost", "langfuse.observation.cost_details"),
        ("mlflow.spanInputs", "input.value"), ("mlflow.spanOutputs", "output.value"),
        ("mlflow.message.format", "mlflow.message.format"), ("mlflow.trace.session", "session.id"),
        ("mlflow.trace.user", "user.id"), ("mlflow.traceName", "langfuse.trace.name"),
    ])

    /// Reads a trace, or one span of a database.
    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let start = cursor.at
        let line = lines.line(at: start)
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected an MLflow trace with info and data", line: line)
        }
        var info: JSONSlice?, data: Int?, isRow = false, spans: Int?, whole: JSONSlice?
        do {
            while let key = try cursor.nextKey() {
                _ = try cursor.peek()
                let at = cursor.at
                if key == "data" { data = at }
                if key == "content" { isRow = true }
                let value = try cursor.skipValue()
                if key == "info" { info = value }
                if key == "spans" { spans = at }
                if key == "trace" { whole = value }
            }
        } catch {
            if let data { try? readSpans(at: data, info, &cursor, lines: &lines, sink: sink) }
            throw error
        }
        let end = cursor.at
        if spans != nil || whole != nil, info == nil {
            cursor.at = start
            try readTableRow(try cursor.skipValue(), line: line, sink: sink)
        } else if isRow {
            cursor.at = start
            try readSpan(&cursor, trace: nil, lines: &lines, sink: sink)
        } else {
            if let info, let trace = trace(info) { try sink.record(.trace(trace), line) }
            if let data { try readSpans(at: data, info, &cursor, lines: &lines, sink: sink) }
        }
        cursor.at = end
    }

    private mutating func readSpans(
        at start: Int, _ info: JSONSlice?, _ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink
    ) throws {
        cursor.at = start
        let id = info.flatMap(MLflowReader.identifier)
        guard try cursor.enterObject() else { return }
        while let key = try cursor.nextKey() {
            guard key == "spans", try cursor.enterArray() else {
                _ = try cursor.skipValue()
                continue
            }
            while try cursor.nextElement() { try readSpan(&cursor, trace: id, lines: &lines, sink: sink) }
        }
    }

    /// A row of a table: the trace as a text of its own, or its parts in columns.
    private mutating func readTableRow(_ row: JSONSlice, line: Int, sink: RecordSink) throws {
        let arena = TextArena()
        if let text = row.member("trace") {
            var whole = text
            AttributeValue(slice: text).withParsed { inner in whole = arena.value(inner.bytes) }
            if whole.member("info") != nil {
                var cursor = JSONCursor(whole)
                var lines = LineCounter(whole.bytes, line: line, isSingle: true)
                return try readElement(&cursor, lines: &lines, sink: sink, depth: 1)
            }
        }
        if let trace = trace(row) { try sink.record(.trace(trace), line) }
        let id = MLflowReader.identifier(row)
        var spans: [JSONSlice] = []
        row.member("spans")?.forEachElement { spans.append($0) }
        for span in spans { try read(span, trace: id, line: line, sink: sink) }
    }

    /// Returns the trace id without the `tr-` that MLflow prefixes to OpenTelemetry's id.
    private static func identifier(_ info: JSONSlice) -> String? {
        (info.member("trace_id")?.filledText ?? info.member("request_id")?.filledText).map(bare)
    }

    private static func bare(_ id: String) -> String { Identifier.normalise(id.hasPrefix("tr-") ? String(id.dropFirst(3)) : id) }

    private mutating func trace(_ info: JSONSlice) -> TraceRecord? {
        guard let id = MLflowReader.identifier(info) else { return nil }
        draft.reset()
        var trace = TraceRecord(traceID: id)
        info.forEachMember { key, value in
            switch key {
            case "request_time", "timestamp_ms": trace.start = TimeValue.any(value)
            case "state", "status":
                trace.status = value.string == "IN_PROGRESS" ? .inProgress : OTLPReader.status(value)
            case "request_preview", "request": trace.input = MessageText(AttributeValue(slice: value), withRoles: true).text
            case "response_preview", "response": trace.output = MessageText(AttributeValue(slice: value), withRoles: false).text
            case "tags", "trace_metadata", "request_metadata": value.forEachMember { addAttribute($0, $1) }
            case "trace_name": trace.name = value.filledText
            default: break
            }
        }
        for key: StaticString in ["execution_duration_ms", "execution_time_ms", "execution_duration"] {
            guard let start = trace.start, let length = info.member(key)?.double, length >= 0, length < 1e12 else { continue }
            trace.end = start + .nanoseconds(Int64(length * 1e6))
        }
        trace.name = trace.name ?? draft.attributes.text(.traceName)
        (trace.session, trace.user) = (draft.attributes.text(.session), draft.attributes.text(.user))
        var writer = JSONWriter()
        writer.beginObject()
        draft.attributes.writeLeftovers(to: &writer)
        writer.endObject()
        trace.metadata = writer.bytes.count > 2 ? writer.text : nil
        return trace
    }

    private mutating func readSpan(
        _ cursor: inout JSONCursor, trace id: String?, lines: inout LineCounter, sink: RecordSink
    ) throws {
        let line = lines.line(at: cursor.at)
        try read(try cursor.skipValue(), trace: id, line: line, sink: sink)
    }

    private mutating func read(_ span: JSONSlice, trace id: String?, line: Int, sink: RecordSink) throws {
        guard span.isObject else { return sink.problem("expected a span object", line: line) }
        draft.reset()
        if let content = span.member("content"), content.isObject { take(content) }
        // The columns of a database repeat this, with ids in hex.
        take(span)
        draft.traceID = id ?? draft.traceID
        if draft.status == .unknown { draft.status = .unset }
        try draft.emit(ResourceContext(), line: line, sink: sink)
    }

    private mutating func take(_ span: JSONSlice) {
        span.forEachMember { key, value in
            if value.isNull { return }
            switch key {
            case "trace_id", "request_id":
                let id = value.string ?? ""
                draft.traceID = id.hasPrefix("tr-") ? MLflowReader.bare(id) : OTLPIdentifier.read(value, bytes: 16)
            case "span_id": draft.spanID = OTLPIdentifier.read(value, bytes: 8)
            case "parent_span_id", "parent_id": draft.parentID = OTLPIdentifier.read(value, bytes: 8)
            case "name": draft.name = value.filledText
            case "context": take(value)
            case "start_time_unix_nano", "start_time_ns", "start_time": draft.start = TimeValue.nanoseconds(value)
            case "end_time_unix_nano", "end_time_ns", "end_time": draft.end = TimeValue.nanoseconds(value)
            case "status_message": draft.statusMessage = value.filledText
            case "status", "status_code":
                draft.status = OTLPReader.status(value.isObject ? value.member("code") ?? value : value)
                if let message = value.member("message")?.filledText { draft.statusMessage = message }
            case "type": add("openinference.span.kind", value)
            case "model_name": add("gen_ai.request.model", value)
            case "model_provider": add("gen_ai.provider.name", value)
            case "total_cost": add("gen_ai.usage.cost", value)
            case "session": add("session.id", value)
            case "user": add("user.id", value)
            case "attributes": value.forEachMember { addAttribute($0, $1) }
            case "events": takeEvents(value)
            case "links": draft.links = value
            default: break
            }
        }
    }

    private mutating func add(_ name: StaticString, _ value: JSONSlice) {
        draft.attributes.add(JSONKey(name), AttributeValue(slice: value))
    }

    /// Adds an attribute, with its value unquoted.
    private mutating func addAttribute(_ key: JSONKey, _ value: JSONSlice) {
        var inner = value
        if value.isString {
            AttributeValue(slice: value).withParsed { parsed in inner = draft.arena.value(parsed.bytes) }
        }
        if key == "mlflow.spanType" {
            // A span type may be any word; an unknown one stays an attribute.
            let isKnown = inner.string.flatMap(SpanKindWords.kind) != nil
            return draft.attributes.add(isKnown ? JSONKey("openinference.span.kind") : key, AttributeValue(slice: inner))
        }
        let name = MLflowReader.names[key].map { JSONKey($0) } ?? key
        draft.attributes.add(name, AttributeValue(slice: inner))
    }

    private mutating func takeEvents(_ events: JSONSlice) {
        draft.events.removeAll(keepingCapacity: true)
        events.forEachElement { event in
            eventAttributes.reset()
            var name: String?, time: Timestamp?
            event.forEachMember { key, value in
                switch key {
                case "name": name = value.filledText
                case "time_unix_nano", "timestamp": time = TimeValue.nanoseconds(value)
                case "attributes": eventAttributes.addMembers(of: value)
                default: break
                }
            }
            draft.addEvent(name: name, time: time, attributes: &eventAttributes)
        }
    }
}
