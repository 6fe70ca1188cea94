import Model

extension SourceFormat {
    /// Telemetry files of Gemini CLI and Copilot.
    public static let otelSDK = SourceFormat(
        "otelSDK", "the telemetry file of Gemini CLI and Copilot: records of OpenTelemetry's JavaScript SDK",
        forms: [SourceForm(isObject: SDKRecordReader.isRecord, reader: { SDKRecordReader() })])
}

/// Reads the records that OpenTelemetry's JavaScript SDK holds, as Gemini CLI and Copilot write them to their telemetry file:
/// log records and spans with times as `[seconds, nanoseconds]`, with metrics in between.
struct SDKRecordReader: ValueReader {
    private var draft = SpanDraft()
    private var attributes = AttributeSet(.events)
    private var identity = RowIdentity()

    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        let row = try cursor.skipValue()
        guard row.isObject else { return sink.problem("expected a log record or span", line: line) }
        if row.member("hrTime") != nil {
            try readLog(row, line: line, sink: sink)
        } else if row.member("startTime")?.isArray == true {
            try readSpan(row, line: line, sink: sink)
        } else if row.member("scopeMetrics") == nil, row.member("descriptor") == nil, row.member("dataPoints") == nil {
            sink.problem("expected a log record or span", line: line)
        }
    }

    /// True for the first object of such a file.
    static func isRecord(_ shape: JSONShape) -> Bool {
        if shape.has("hrTime") { return shape.hasAny("body", "_body", "attributes") }
        if shape.has("startTime", "endTime", "name") {
            return shape.hasAny("_spanContext", "spanContext", "instrumentationScope", "instrumentationLibrary")
        }
        return shape.has("resource", "scopeMetrics")
    }

    /// `[seconds, nanoseconds]`; nil for anything else.
    private static func time(_ pair: JSONSlice?) -> Timestamp? {
        var parts: [Int64] = []
        pair?.forEachElement { if let part = $0.int { parts.append(part) } }
        guard parts.count == 2, (0..<9_000_000_000).contains(parts[0]), (0..<1_000_000_000).contains(parts[1]) else { return nil }
        return Timestamp(nanoseconds: parts[0] * 1_000_000_000 + parts[1])
    }

    /// The resource's attributes: an object, or the pairs that the SDK keeps inside.
    private mutating func resource(of row: JSONSlice) -> ResourceContext {
        attributes.reset()
        let resource = row.member("resource")
        if let members = resource?.member("attributes") ?? resource?.member("_attributes"), members.isObject {
            attributes.addMembers(of: members)
        } else {
            resource?.member("_rawAttributes")?.forEachElement { pair in
                var parts: [JSONSlice] = []
                pair.forEachElement { parts.append($0) }
                guard parts.count == 2, parts[0].isString else { return }
                let name = parts[0].content
                guard let start = name.baseAddress else { return }
                attributes.add(JSONKey(start: start, count: name.count), AttributeValue(slice: parts[1]))
            }
        }
        var context = ResourceContext(&attributes)
        let scope = row.member("instrumentationScope") ?? row.member("instrumentationLibrary")
        context.scope = scope?.member("name")?.filledText
        return context
    }

    private mutating func readLog(_ row: JSONSlice, line: Int, sink: RecordSink) throws {
        let resource = resource(of: row)
        var log = OTLPLogDraft()
        attributes.reset()
        if let members = row.member("attributes"), members.isObject { attributes.addMembers(of: members) }
        log.body = (row.member("body") ?? row.member("_body")).map { AttributeValue(slice: $0) }
        log.time = SDKRecordReader.time(row.member("hrTime"))
        for name: StaticString in ["severityText", "severityNumber", "eventName"] {
            if let value = row.member(name) { log.take(JSONKey(name), value) }
        }
        row.member("spanContext")?.forEachMember { key, value in log.take(key, value) }
        var hash = ContentHash()
        hash.add(row.bytes)
        try sink.record(log.finish(&attributes, resource: resource, id: identity.next(hash)), line)
    }

    private mutating func readSpan(_ row: JSONSlice, line: Int, sink: RecordSink) throws {
        let resource = resource(of: row)
        draft.reset()
        let context = row.member("_spanContext") ?? row.member("spanContext")
        func identifier(_ value: JSONSlice?, _ bytes: Int) -> String? { value.flatMap { OTLPIdentifier.read($0, bytes: bytes) } }
        draft.traceID = identifier(context?.member("traceId") ?? row.member("traceId"), 16)
        draft.spanID = identifier(context?.member("spanId") ?? row.member("spanId") ?? row.member("id"), 8)
        draft.parentID = identifier(row.member("parentSpanContext")?.member("spanId") ?? row.member("parentSpanId"), 8)
        draft.name = row.member("name")?.filledText
        draft.isClient = row.member("kind")?.int == 2
        (draft.start, draft.end) = (SDKRecordReader.time(row.member("startTime")), SDKRecordReader.time(row.member("endTime")))
        draft.status = row.member("status")?.member("code").map(OTLPReader.status) ?? .unset
        draft.statusMessage = row.member("status")?.member("message")?.filledText
        if let members = row.member("attributes"), members.isObject { draft.attributes.addMembers(of: members) }
        row.member("events")?.forEachElement { event in
            attributes.reset()
            if let members = event.member("attributes"), members.isObject { attributes.addMembers(of: members) }
            draft.addEvent(
                name: event.member("name")?.filledText, time: SDKRecordReader.time(event.member("time")), attributes: &attributes)
        }
        try draft.emit(resource, line: line, sink: sink)
    }
}
