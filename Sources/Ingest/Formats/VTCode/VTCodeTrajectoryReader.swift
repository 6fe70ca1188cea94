import Model

extension SourceFormat {
    /// What VT Code logs of its turns.
    public static let vtcodeTrajectory = SourceFormat(
        "vtcodeTrajectory", "VT Code's trajectory log",
        forms: [
            SourceForm(isObject: { $0.has("kind", "turn", "ts") }, needsWhole: true, reader: { VTCodeTrajectoryReader() })
        ])
}

/// Reads VT Code's trajectory log: per turn, a line about the model request and its retries, one about its tokens, and one per
/// tool. The log has no session id: its first line serves as one. Times are whole seconds, written after the call.
struct VTCodeTrajectoryReader: ValueReader {
    private var traceID: String?
    private var identity = RowIdentity()
    /// The last request; its tokens come on a separate line.
    private var held: (span: SpanRecord, turn: Int64?, line: Int)?

    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        let row = try cursor.skipValue()
        guard row.isObject, let kind = row.member("kind")?.filledText else {
            return sink.problem("expected a line of VT Code's trajectory with kind, turn and ts", line: line)
        }
        guard let time = row.member("ts").flatMap(TimeValue.any) else {
            return sink.problem("a line without a readable ts", line: line)
        }
        var hash = ContentHash()
        hash.add(row.bytes)
        let trace = traceID ?? "vtcode-\(hash.text)"
        traceID = trace
        let id = identity.next(hash)
        let turn = row.member("turn")?.int
        switch kind {
        case "llm_retry_metrics":
            try release(sink)
            held = (call(row, id: id, trace: trace, time), turn, line)
            if let event = retry(row, id: id, trace: trace, time) { try sink.record(.event(event), line) }
        case "prompt_cache_metrics":
            if held == nil || held?.turn != turn {
                try release(sink)
                held = (call(row, id: id, trace: trace, time), turn, line)
            }
            addTokens(row)
        case "tool": try sink.record(.span(tool(row, id: id, trace: trace, time)), line)
        default: try sink.record(.event(event(row, kind, id: id, trace: trace, time)), line)
        }
    }

    mutating func finish(sink: RecordSink) throws { try release(sink) }

    private mutating func release(_ sink: RecordSink) throws {
        guard let (span, _, line) = held else { return }
        held = nil
        try sink.record(.span(span), line)
    }

    private func span(_ row: JSONSlice, _ kind: SpanKind, id: String, trace: String, _ time: Timestamp) -> SpanRecord {
        var span = SpanRecord(spanID: id, kind: kind)
        (span.traceID, span.end) = (trace, time)
        span.attributes = VTCodeTrajectoryReader.rest(row)
        return span
    }

    private func call(_ row: JSONSlice, id: String, trace: String, _ time: Timestamp) -> SpanRecord {
        var span = span(row, .llm, id: id, trace: trace, time)
        span.name = "turn"
        if let model = row.member("model")?.filledText {
            let (provider, name) = ProviderNames.split(model)
            span.modelRequested = name
            span.provider = provider ?? ProviderNames.maker(of: name)
            if name != model { span.modelAsWritten = model }
        }
        span.attemptsMade = row.member("attempts_made")?.int.flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
        let success = row.member("success")?.bool
        span.status = success == false ? .error : success == true ? .ok : .unknown
        if success == false { span.statusMessage = row.member("last_error")?.filledText.map(TerminalText.plain) }
        return span
    }

    /// Returns the error of an attempt that a later one recovered.
    private func retry(_ row: JSONSlice, id: String, trace: String, _ time: Timestamp) -> EventRecord? {
        guard row.member("success")?.bool == true, let error = row.member("last_error")?.filledText else { return nil }
        var event = EventRecord(eventID: id + "-retry", kind: .retry)
        (event.traceID, event.spanID, event.time, event.name) = (trace, id, time, "retry")
        event.message = TerminalText.plain(error)
        return event
    }

    private mutating func addTokens(_ row: JSONSlice) {
        func count(_ name: StaticString) -> Int64? { row.member(name)?.int.flatMap { $0 >= 0 ? $0 : nil } }
        held?.span.inputTokens = count("prompt_tokens")
        held?.span.outputTokens = count("completion_tokens")
        held?.span.totalTokens = count("total_tokens")
        held?.span.cachedInputTokens = count("cached_prompt_tokens") ?? count("cache_read_tokens")
    }

    private func tool(_ row: JSONSlice, id: String, trace: String, _ time: Timestamp) -> SpanRecord {
        var span = span(row, .tool, id: id, trace: trace, time)
        span.name = row.member("name")?.filledText
        span.agent = row.member("agent_name")?.filledText
        span.input = row.member("args").flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text }
        span.status = row.member("ok")?.bool.map { $0 ? .ok : .error } ?? .unknown
        span.statusMessage = span.status == .error ? (row.member("error")?.filledText).map(TerminalText.plain) : nil
        return span
    }

    private func event(_ row: JSONSlice, _ kind: String, id: String, trace: String, _ time: Timestamp) -> EventRecord {
        var event = EventRecord(eventID: id, kind: kind == "route" ? .lifecycle : .log)
        (event.traceID, event.time, event.name) = (trace, time, kind)
        event.model = row.member("selected_model")?.filledText ?? row.member("model")?.filledText
        event.message = row.member("input_preview")?.filledText
        event.attributes = VTCodeTrajectoryReader.rest(row)
        return event
    }

    private static func rest(_ row: JSONSlice) -> String? {
        var writer = JSONWriter()
        writer.beginObject()
        row.forEachMember { key, value in
            if value.isVoid || key == "ts" || key == "kind" || key == "args" || key == "last_error" { return }
            writer.key(key)
            writer.value(value)
        }
        writer.endObject()
        return writer.text
    }
}
