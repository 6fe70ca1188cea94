import Model

extension SourceFormat {
    /// Messages, parts and exported sessions of opencode.
    public static let openCode = SourceFormat(
        "openCode", "opencode's messages and exported sessions",
        forms: [
            SourceForm(
                isObject: { shape in
                    if shape.has("id", "sessionID"), shape.hasAny("role", "messageID"), shape.hasAny("time", "type") {
                        return true
                    }
                    return shape.has("info", "messages") && shape.inner("messages")?.has("info", "parts") == true
                }, reader: { OpenCodeReader() })
        ])
}

/// Reads opencode's messages and their parts, alone, a line each, or together in an exported session. Times are milliseconds.
struct OpenCodeReader: ListReader {
    static let deepestList = 1

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let line = lines.line(at: cursor.at)
        let row = try cursor.skipValue()
        if let messages = row.member("messages"), messages.isArray {
            var entries: [JSONSlice] = []
            messages.forEachElement { entries.append($0) }
            let release = row.member("info")?.member("version")?.filledText
            for entry in entries { try take(entry, release, line, sink) }
            return
        }
        try take(row, nil, line, sink)
    }

    private func take(_ row: JSONSlice, _ release: String?, _ line: Int, _ sink: RecordSink) throws {
        guard row.isObject else { return sink.problem("expected a message of opencode", line: line) }
        if let info = row.member("info"), info.isObject {
            var parts: [JSONSlice] = []
            row.member("parts")?.forEachElement { parts.append($0) }
            try takeMessage(info, parts, release, line, sink)
            for part in parts { try takePart(part, release, line, sink) }
        } else if row.member("role") != nil {
            try takeMessage(row, [], release, line, sink)
        } else {
            try takePart(row, release, line, sink)
        }
    }

    private func span(_ row: JSONSlice, _ kind: SpanKind, _ release: String?) -> SpanRecord? {
        guard let id = row.member("id")?.filledText else { return nil }
        var span = SpanRecord(spanID: Identifier.normalise(id), kind: kind)
        let session = row.member("sessionID")?.filledText.map(Identifier.normalise)
        (span.traceID, span.session, span.service, span.release) = (session, session, "opencode", release)
        return span
    }

    private func time(_ row: JSONSlice?, _ name: StaticString) -> Timestamp? {
        row?.member("time")?.member(name).flatMap(TimeValue.any)
    }

    private func takeMessage(_ row: JSONSlice, _ parts: [JSONSlice], _ release: String?, _ line: Int, _ sink: RecordSink) throws {
        guard row.member("role")?.string == "assistant" else { return }
        guard var span = span(row, .llm, release) else { return sink.problem("a message without an id", line: line) }
        (span.name, span.start, span.end) = ("chat", time(row, "created"), time(row, "completed"))
        span.agent = row.member("agent")?.filledText ?? row.member("mode")?.filledText
        span.modelRequested = row.member("modelID")?.filledText
        span.provider =
            row.member("providerID")?.filledText.map(ProviderNames.canonical) ?? span.modelRequested.flatMap(ProviderNames.maker)
        span.finishReasons = row.member("finish")?.filledText.map { [$0] } ?? []
        span.cost = row.member("cost")?.double.flatMap { $0 >= 0 ? Money(dollars: $0) : nil }
        if let tokens = row.member("tokens"), tokens.isObject {
            func count(_ slice: JSONSlice?) -> Int64? { slice?.int.flatMap { (0..<(1 << 50)).contains($0) ? $0 : nil } }
            let cache = tokens.member("cache"), cached = count(cache?.member("read"))
            span.inputTokens = count(tokens.member("input")).map { $0 + (cached ?? 0) + (count(cache?.member("write")) ?? 0) }
            (span.cachedInputTokens, span.outputTokens) = (cached, count(tokens.member("output")))
            span.reasoningTokens = count(tokens.member("reasoning"))
        }
        var texts: [String] = []
        for part in parts where part.member("type")?.string == "text" {
            if let text = part.member("text")?.filledText { texts.append(text) }
        }
        let content = row.member("content").flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text }
        span.output = texts.isEmpty ? content : texts.joined(separator: "\n")
        span.hasToolCalls =
            row.member("tool_calls").map { !$0.isVoid } ?? parts.contains { $0.member("type")?.string == "tool" }
        // A message that was not completed is under way, or was when its file was copied.
        span.status = span.end != nil || row.member("time")?.member("completed") == nil && span.output != nil ? .ok : .inProgress
        if let error = row.member("error"), error.isObject { fill(&span, error) }
        TokenUsage.clearUnknownZeros(&span)
        try sink.record(.span(span), line)
    }

    private func takePart(_ part: JSONSlice, _ release: String?, _ line: Int, _ sink: RecordSink) throws {
        switch part.member("type")?.string {
        case "tool":
            guard var span = span(part, .tool, release), let state = part.member("state") else { return }
            span.name = part.member("tool")?.filledText ?? "tool"
            (span.start, span.end) = (time(state, "start"), time(state, "end"))
            span.input = state.member("input").flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text }
            let error = state.member("error")?.filledText
            switch state.member("status")?.string {
            case "completed": (span.status, span.output) = (.ok, state.member("output")?.filledText)
            case "error":
                let isDeclined = error.map { $0.contains("rejected permission") || $0.contains("aborted") } ?? false
                (span.status, span.statusMessage) = (isDeclined ? .cancelled : .error, isDeclined ? nil : error)
            default: span.status = .inProgress
            }
            try sink.record(.span(span), line)
        case "retry":
            guard var span = span(part, .llm, release), let error = part.member("error") else { return }
            (span.name, span.start) = ("chat", time(part, "created"))
            span.attempt = part.member("attempt")?.int.flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
            fill(&span, error)
            try sink.record(.span(span), line)
        default: break
        }
    }

    /// `{"name": "APIError", "data": {"message": …, "statusCode": …}}`; an abort by the user is none.
    private func fill(_ span: inout SpanRecord, _ error: JSONSlice) {
        let data = error.member("data")
        let name = error.member("name")?.filledText
        if name == "MessageAbortedError" || name == "AbortError" {
            span.status = .cancelled
            return
        }
        (span.status, span.exceptionType) = (.error, name)
        span.statusMessage = data?.member("message")?.filledText ?? error.member("message")?.filledText
        span.httpStatus = data?.member("statusCode")?.int.flatMap { (100...599).contains($0) ? Int($0) : nil }
    }
}
