import Model

extension SourceFormat {
    /// What LiteLLM logs.
    public static let litellmLog = SourceFormat(
        "litellmLog", "LiteLLM's JSON log, plain lines in between passed over",
        forms: [
            SourceForm(
                isObject: { $0.has("message", "level", "timestamp", "component") }, hasPlainLines: true,
                reader: { LiteLLMLogReader() })
        ])
}

/// Reads LiteLLM's JSON log: each line is an event; the lines of one failed request are one error.
///
/// The router reports a failure once per level of its fallbacks, then the proxy reports it again with the id of the call. With a
/// proxy, its line counts; without one, the first of the router's lines that come together. Lines from other programs are events,
/// whatever their level.
struct LiteLLMLogReader: ValueReader {
    private var attributes = AttributeSet(.events)
    private var identity = RowIdentity()
    /// True after the first line of the proxy.
    private var hasProxy = false
    /// The router's last failure, held back until the next line shows whether the proxy reports it, too.
    private var held: (event: EventRecord, line: Int)?
    /// Time of the router's last line about a failure.
    private var last: Timestamp?

    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        let start = cursor.at
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected a line of LiteLLM's log", line: line)
        }
        attributes.reset()
        var event = EventRecord(eventID: "", kind: .log)
        var text = "", component = "", callID: String?, stack: String?
        while let key = try cursor.nextKey() {
            let value = try cursor.skipValue()
            switch key {
            case "message": text = value.filledText ?? ""
            case "level": event.level = value.filledText
            case "timestamp": event.time = TimeValue.any(value)
            case "component": component = value.filledText ?? ""
            case "trace_id": event.traceID = value.filledText.map(Identifier.normalise)
            case "litellm_call_id": callID = value.filledText
            case "stacktrace": stack = value.filledText
            case "color_message": break
            default: attributes.add(key, AttributeValue(slice: value))
            }
        }
        var hash = ContentHash()
        hash.add(UnsafeBufferPointer(start: cursor.base + start, count: cursor.at - start))
        event.eventID = identity.next(hash)
        attributes.writeAll(to: &event, component: component, callID: callID)
        event.message = text
        event.stack = stack
        try take(&event, text, component, callID, line: line, sink: sink)
    }

    mutating func finish(sink: RecordSink) throws { try release(sink) }

    private mutating func release(_ sink: RecordSink, asError: Bool = true) throws {
        guard let (kept, line) = held else { return }
        held = nil
        var event = kept
        if !asError { event.kind = .log }
        try sink.record(.event(event), line)
    }

    private mutating func take(
        _ event: inout EventRecord, _ text: String, _ component: String, _ callID: String?, line: Int, sink: RecordSink
    ) throws {
        let isProxy = component.hasPrefix("LiteLLM Proxy")
        hasProxy = hasProxy || isProxy
        let isGrave = ["ERROR", "CRITICAL"].contains(event.level ?? "")
        guard isGrave, component.hasPrefix("LiteLLM") else { return try sink.record(.event(event), line) }
        let core = LiteLLMLogReader.core(of: text)
        event.message = core
        event.exceptionType = LiteLLMLogReader.exception(in: core)
        event.kind = .error
        if isProxy {
            try release(sink, asError: false)
            // Two reports about one call are one failure.
            if let callID { event.eventID = Identifier.normalise(callID) }
            return try sink.record(.event(event), line)
        }
        let isSame = last.map { LiteLLMLogReader.isNear($0, event.time) } ?? false
        last = event.time
        if isSame {
            event.kind = .log
            return try sink.record(.event(event), line)
        }
        try release(sink, asError: !hasProxy)
        held = (event, line)
        if hasProxy { try release(sink, asError: false) }
    }

    /// True when two lines are milliseconds apart: each fallback level reports an exception as it propagates, in its own words.
    private static func isNear(_ before: Timestamp, _ time: Timestamp?) -> Bool {
        guard let time else { return false }
        let apart = (time - before).inNanoseconds
        return apart >= 0 && apart < 50_000_000
    }

    /// Returns the failure without its location: `litellm.router.py::f() - Error occurred while … - <this>`.
    private static func core(of text: String) -> String {
        var rest = Substring(text)
        for lead in ["Error occurred while trying to do fallbacks - ", "Exception occured - ", "Exception occurred - "] {
            if let found = rest.firstRange(of: lead) { rest = rest[found.upperBound...] }
        }
        if rest.hasPrefix("litellm_call_id="), let found = rest.firstRange(of: " - ") { rest = rest[found.upperBound...] }
        if let found = rest.firstRange(of: "\nDebug Information:") { rest = rest[..<found.lowerBound] }
        return String(rest)
    }

    /// Returns the leading class name, `litellm.RateLimitError: …`.
    private static func exception(in core: String) -> String? {
        guard core.hasPrefix("litellm."), let colon = core.firstIndex(of: ":") else { return nil }
        let name = core[..<colon]
        return name.utf8.count < 64 && !name.contains(" ") ? String(name) : nil
    }
}

extension AttributeSet {
    /// Writes the remaining members, and the origin of the line, as attributes of an event.
    fileprivate mutating func writeAll(to event: inout EventRecord, component: String, callID: String?) {
        returnToLeftovers(AttributeField.allCases)
        event.name = component.isEmpty ? nil : component
        var writer = JSONWriter()
        writer.beginObject()
        writeLeftovers(to: &writer)
        if let callID {
            writer.key("litellm_call_id")
            writer.string(callID)
        }
        writer.endObject()
        event.attributes = writer.bytes.count > 2 ? writer.text : nil
    }
}
