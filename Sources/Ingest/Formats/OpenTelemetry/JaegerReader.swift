import Model

extension SourceFormat {
    /// Jaeger's own JSON.
    public static let jaeger = SourceFormat(
        "jaeger", "Jaeger's JSON export, with gen_ai attributes",
        forms: [
            SourceForm(
                isObject: { $0.has("traceID") && ($0.has("spans") || $0.has("spanID", "operationName")) }, wrappers: ["data"],
                reader: { JaegerReader() })
        ])
}

/// Reads Jaeger's JSON: traces `{traceID, spans, processes}` as its query API exports them, or single spans with their `process`,
/// as its storage keeps them. Tags are OpenTelemetry attributes under another name.
struct JaegerReader: ListReader {
    static let deepestList = 3

    private var draft = SpanDraft()
    private var eventAttributes = AttributeSet(.events)
    /// The processes of the current trace.
    private var processes: [String: ResourceContext] = [:]

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let start = cursor.at
        let line = lines.line(at: start)
        guard depth < JaegerReader.deepestList, try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected a Jaeger trace or span", line: line)
        }
        // The processes come after the spans that refer to them: a first pass locates both.
        var spans: Int?, isSpan = false
        processes.removeAll(keepingCapacity: true)
        do {
            while let key = try cursor.nextKey() {
                switch key {
                case "data":
                    try read(&cursor, lines: &lines, sink: sink, depth: depth + 1)
                    continue
                case "spans":
                    _ = try cursor.peek()
                    spans = cursor.at
                case "spanID": isSpan = true
                default: break
                }
                let value = try cursor.skipValue()
                if key == "processes" { value.forEachMember { processes[$0.text] = JaegerReader.resource($1) } }
            }
        } catch {
            // Truncated: the spans before the damage are complete, though their process may be unknown.
            if let spans { try? readSpans(at: spans, &cursor, lines: &lines, sink: sink) }
            throw error
        }
        let end = cursor.at
        if let spans {
            try readSpans(at: spans, &cursor, lines: &lines, sink: sink)
        } else if isSpan {
            cursor.at = start
            try readSpan(&cursor, lines: &lines, sink: sink)
        }
        cursor.at = end
    }

    private mutating func readSpans(
        at start: Int, _ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink
    ) throws {
        cursor.at = start
        guard try cursor.enterArray() else { return }
        while try cursor.nextElement() { try readSpan(&cursor, lines: &lines, sink: sink) }
    }

    private static func resource(_ process: JSONSlice) -> ResourceContext {
        var set = AttributeSet()
        process.forEachMember { key, value in
            if key == "serviceName" { set.add(JSONKey("service.name"), AttributeValue(slice: value)) }
            if key == "tags" { addTags(value, to: &set) }
        }
        return ResourceContext(&set)
    }

    /// Reads a list of `{key, type, value}`, or the object that Jaeger's storage uses.
    private static func addTags(_ tags: JSONSlice, to set: inout AttributeSet) {
        if tags.isObject { return set.addMembers(of: tags) }
        tags.forEachElement { tag in
            guard let key = tag.member("key"), key.isString, let value = tag.member("value") else { return }
            set.add(JSONKey(start: key.content.baseAddress!, count: key.content.count), AttributeValue(slice: value))
        }
    }

    private mutating func readSpan(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected a span object", line: line)
        }
        draft.reset()
        var resource = ResourceContext(), microseconds: Int64?, tags: [JSONSlice] = []
        while let key = try cursor.nextKey() {
            let value = try cursor.skipValue()
            switch key {
            case "traceID": draft.traceID = OTLPIdentifier.read(value, bytes: 16)
            case "spanID": draft.spanID = OTLPIdentifier.read(value, bytes: 8)
            case "parentSpanID": draft.parentID = draft.parentID ?? OTLPIdentifier.read(value, bytes: 8)
            case "operationName": draft.name = value.filledText
            case "references": readReferences(value)
            case "startTime": draft.start = JaegerReader.time(value)
            case "duration": microseconds = value.int
            case "tags", "tag": tags.append(value)
            case "logs": readLogs(value)
            case "processID": resource = value.string.flatMap { processes[$0] } ?? resource
            case "process": resource = JaegerReader.resource(value)
            default: break
            }
        }
        if let start = draft.start, let microseconds, (0..<1_000_000_000_000_000).contains(microseconds) {
            draft.end = start + .nanoseconds(microseconds * 1000)
        }
        for tag in tags { JaegerReader.addTags(tag, to: &draft.attributes) }
        readStatus(&resource)
        try draft.emit(resource, line: line, sink: sink)
    }

    private static func time(_ value: JSONSlice) -> Timestamp? {
        guard let microseconds = value.int, microseconds > 0 else { return nil }
        let (nanoseconds, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : Timestamp(nanoseconds: nanoseconds)
    }

    private mutating func readReferences(_ references: JSONSlice) {
        references.forEachElement { reference in
            guard draft.parentID == nil, reference.member("refType")?.string != "FOLLOWS_FROM" else { return }
            draft.parentID = reference.member("spanID").flatMap { OTLPIdentifier.read($0, bytes: 8) }
        }
    }

    /// Reads status, kind and scope from the tags: `otel.status_code`, else the older `error` = true.
    private mutating func readStatus(_ resource: inout ResourceContext) {
        draft.status = .unset
        for (key, value) in draft.attributes.leftovers {
            switch key {
            case "otel.status_code": draft.status = OTLPReader.status(value.slice)
            case "otel.status_description": draft.statusMessage = value.text
            case "otel.scope.name", "otel.library.name": resource.scope = value.text
            case "span.kind": draft.isClient = value.text == "client"
            default: break
            }
        }
        draft.attributes.removeLeftovers([
            "otel.status_code", "otel.status_description", "otel.scope.name", "otel.library.name", "span.kind",
            "internal.span.format",
        ])
        // A boolean tag is the status; a tag with text is the error.
        if let flag = draft.attributes[.errorField]?.bool {
            if flag, draft.status == .unset { draft.status = .error }
            draft.attributes.remove(.errorField)
        }
    }

    private mutating func readLogs(_ logs: JSONSlice) {
        logs.forEachElement { log in
            eventAttributes.reset()
            var time: Timestamp?, name: String?
            log.forEachMember { key, value in
                if key == "timestamp" { time = JaegerReader.time(value) }
                if key == "fields" { JaegerReader.addTags(value, to: &eventAttributes) }
            }
            for (key, value) in eventAttributes.leftovers where key == "event" { name = value.text }
            eventAttributes.removeLeftovers(["event"])
            draft.addEvent(name: name, time: time, attributes: &eventAttributes)
        }
    }
}
