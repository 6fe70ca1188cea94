import Model

extension SourceFormat {
    /// OpenTelemetry's traces.
    public static let otlpTraces = SourceFormat(
        "otlpTraces",
        "OpenTelemetry traces as OTLP/JSON (Collector lines, a document, Tempo) or protobuf, with gen_ai, OpenInference, OpenLLMetry, Langfuse and LiteLLM attributes",
        forms: [
            SourceForm(
                isObject: {
                    $0.hasAny("resourceSpans", "resource_spans", "batches", "scopeSpans", "instrumentationLibrarySpans")
                },
                wrappers: ["resourceSpans", "resource_spans", "batches"], reader: { OTLPReader(isBare: false) }),
            // A trace as Tempo's and Jaeger's newer interfaces answer with it.
            SourceForm(
                isObject: { shape in
                    ["trace", "result"].contains { shape.inner($0)?.hasAny("resourceSpans", "resource_spans", "batches") == true }
                }, reader: { OTLPReader(isBare: false) }),
            SourceForm(
                isObject: { shape in
                    shape.has("attributes", "name") && shape.inner("attributes")?.has("key", "value") == true
                        && !shape.hasAny("context", "start_time")
                }, reader: { OTLPReader(isBare: true) }),
        ])

    /// OpenTelemetry's logs.
    public static let otlpLogs = SourceFormat(
        "otlpLogs",
        "OpenTelemetry logs as OTLP/JSON or protobuf; what Claude Code, Codex and Gemini CLI report in them as calls and tools",
        forms: [
            SourceForm(
                isObject: { $0.hasAny("resourceLogs", "resource_logs", "scopeLogs", "instrumentationLibraryLogs") },
                wrappers: ["resourceLogs", "resource_logs"], reader: { OTLPReader(isBare: false) })
        ])
}

/// Reads OTLP/JSON: traces and logs, including older and bare forms.
///
/// Accepts a whole request (`resourceSpans`, `batches`, `resourceLogs`), one element of those lists, or a single span with an
/// OTLP attribute list. Keys may come in any order; unknown keys are skipped.
struct OTLPReader: ValueReader {
    /// True when the values are single spans.
    let isBare: Bool
    private var draft = SpanDraft()
    private var eventAttributes = AttributeSet(.events)
    private var resource = ResourceContext()
    private var identity = RowIdentity()

    init(isBare: Bool) { self.isBare = isBare }

    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        if isBare {
            resource = ResourceContext()
            return try readSpan(&cursor, lines: &lines, sink: sink)
        }
        try readList(&cursor, lines: &lines, sink: sink) { reader, cursor, lines throws in
            try reader.readNode(&cursor, lines: &lines, sink: sink, depth: 0)
        }
    }

    private typealias Step = (inout OTLPReader, inout JSONCursor, inout LineCounter) throws -> Void

    /// Runs `step` on each element of a list, or on a single object in its place.
    private mutating func readList(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, _ step: Step) throws {
        if try cursor.enterArray() {
            while try cursor.nextElement() { try step(&self, &cursor, &lines) }
        } else {
            try step(&self, &cursor, &lines)
        }
    }

    /// Reads a request or a resource's part of it. Parts that precede their resource are read once it is known.
    private mutating func readNode(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        guard depth < 4, try cursor.enterObject() else {
            let line = lines.line(at: cursor.at)
            _ = try cursor.skipValue()
            return sink.problem("expected an object with resourceSpans or resourceLogs", line: line)
        }
        var isKnown = false
        resource = ResourceContext()
        var postponed: [Int] = []
        while let key = try cursor.nextKey() {
            switch key {
            case "resourceSpans", "resource_spans", "batches", "resourceLogs", "resource_logs", "trace", "result":
                try readList(&cursor, lines: &lines, sink: sink) { reader, cursor, lines throws in
                    try reader.readNode(&cursor, lines: &lines, sink: sink, depth: depth + 1)
                }
            case "resource":
                resource = try readResource(&cursor)
                isKnown = true
            case "scopeSpans", "scope_spans", "instrumentationLibrarySpans", "scopeLogs", "scope_logs",
                "instrumentationLibraryLogs":
                if isKnown {
                    try readScopes(&cursor, lines: &lines, sink: sink)
                } else {
                    let start = cursor.at
                    do {
                        _ = try cursor.skipValue()
                        postponed.append(start)
                    } catch {
                        // The text is truncated here: read what is readable, without its resource.
                        cursor.at = start
                        try readScopes(&cursor, lines: &lines, sink: sink)
                        throw error
                    }
                }
            default: _ = try cursor.skipValue()
            }
        }
        let end = cursor.at
        for start in postponed {
            cursor.at = start
            try readScopes(&cursor, lines: &lines, sink: sink)
        }
        cursor.at = end
    }

    private mutating func readResource(_ cursor: inout JSONCursor) throws -> ResourceContext {
        draft.reset()
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return ResourceContext()
        }
        while let key = try cursor.nextKey() {
            if key == "attributes" {
                try OTLPReader.readAttributes(&cursor, into: &draft.attributes)
            } else {
                _ = try cursor.skipValue()
            }
        }
        return ResourceContext(&draft.attributes)
    }

    /// Reads a list of OTLP's KeyValue, or a plain object.
    static func readAttributes(_ cursor: inout JSONCursor, into set: inout AttributeSet) throws(JSONFault) {
        if try cursor.enterArray() {
            while try cursor.nextElement() {
                if let (key, value) = try AttributeValue.readPair(&cursor), let value { set.add(key, value) }
            }
        } else {
            let value = try cursor.skipValue()
            if value.isObject { set.addMembers(of: value) }
        }
    }

    private mutating func readScopes(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        try readList(&cursor, lines: &lines, sink: sink) { reader, cursor, lines throws in
            guard try cursor.enterObject() else {
                _ = try cursor.skipValue()
                return
            }
            reader.resource.scope = nil
            while let key = try cursor.nextKey() {
                switch key {
                case "scope", "instrumentationLibrary": reader.resource.scope = try cursor.skipValue().member("name")?.filledText
                case "spans":
                    try reader.readList(&cursor, lines: &lines, sink: sink) { reader, cursor, lines throws in
                        try reader.readSpan(&cursor, lines: &lines, sink: sink)
                    }
                case "logRecords", "log_records", "logs":
                    try reader.readList(&cursor, lines: &lines, sink: sink) { reader, cursor, lines throws in
                        try reader.readLog(&cursor, lines: &lines, sink: sink)
                    }
                default: _ = try cursor.skipValue()
                }
            }
        }
    }

    private mutating func readSpan(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected a span object", line: line)
        }
        let start = cursor.at
        draft.reset()
        while let key = try cursor.nextKey() {
            switch key {
            case "traceId", "trace_id": draft.traceID = OTLPIdentifier.read(try cursor.skipValue(), bytes: 16)
            case "spanId", "span_id": draft.spanID = OTLPIdentifier.read(try cursor.skipValue(), bytes: 8)
            case "parentSpanId", "parent_span_id": draft.parentID = OTLPIdentifier.read(try cursor.skipValue(), bytes: 8)
            case "name": draft.name = try cursor.skipValue().filledText
            case "kind":
                let kind = try cursor.skipValue()
                draft.isClient = kind.int == 3 || kind.string == "SPAN_KIND_CLIENT"
            case "startTimeUnixNano", "start_time_unix_nano": draft.start = TimeValue.nanoseconds(try cursor.skipValue())
            case "endTimeUnixNano", "end_time_unix_nano": draft.end = TimeValue.nanoseconds(try cursor.skipValue())
            case "attributes": try OTLPReader.readAttributes(&cursor, into: &draft.attributes)
            case "events": try readEvents(&cursor)
            case "status": readStatus(try cursor.skipValue())
            case "links": draft.links = try cursor.skipValue()
            case "droppedAttributesCount": draft.droppedAttributes = try cursor.skipValue().int
            default: _ = try cursor.skipValue()
            }
        }
        if draft.status == .unknown { draft.status = .unset }
        if draft.spanID == nil, isBare {
            var hash = ContentHash()
            hash.add(UnsafeBufferPointer(start: cursor.base + start, count: cursor.at - start))
            draft.spanID = identity.next(hash)
        }
        try draft.emit(resource, line: line, sink: sink)
    }

    private mutating func readStatus(_ status: JSONSlice) {
        status.forEachMember { key, value in
            switch key {
            case "code": draft.status = OTLPReader.status(value)
            case "message": draft.statusMessage = value.filledText
            default: break
            }
        }
    }

    /// Parses a status code, a number or one of its names.
    static func status(_ value: JSONSlice) -> SpanStatus {
        if let code = value.int { return code == 2 ? .error : code == 1 ? .ok : .unset }
        switch value.text?.uppercased() {
        case "ERROR", "STATUS_CODE_ERROR", "STATUSCODE.ERROR": return .error
        case "OK", "STATUS_CODE_OK", "STATUSCODE.OK": return .ok
        default: return .unset
        }
    }

    private mutating func readEvents(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard try cursor.enterArray() else {
            _ = try cursor.skipValue()
            return
        }
        while try cursor.nextElement() {
            guard try cursor.enterObject() else {
                _ = try cursor.skipValue()
                continue
            }
            eventAttributes.reset()
            var name: String?, time: Timestamp?
            while let key = try cursor.nextKey() {
                switch key {
                case "name", "event_name": name = try cursor.skipValue().filledText
                case "timeUnixNano", "time_unix_nano": time = TimeValue.nanoseconds(try cursor.skipValue())
                case "attributes": try OTLPReader.readAttributes(&cursor, into: &eventAttributes)
                default: _ = try cursor.skipValue()
                }
            }
            draft.addEvent(name: name, time: time, attributes: &eventAttributes)
        }
    }

    private mutating func readLog(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected a log record object", line: line)
        }
        let start = cursor.at
        var log = OTLPLogDraft()
        eventAttributes.reset()
        while let key = try cursor.nextKey() {
            switch key {
            case "attributes": try OTLPReader.readAttributes(&cursor, into: &eventAttributes)
            case "body": log.body = try AttributeValue.readWrapped(&cursor)
            default: log.take(key, try cursor.skipValue())
            }
        }
        var hash = ContentHash()
        hash.add(UnsafeBufferPointer(start: cursor.base + start, count: cursor.at - start))
        try sink.record(log.finish(&eventAttributes, resource: resource, id: identity.next(hash)), line)
    }
}
