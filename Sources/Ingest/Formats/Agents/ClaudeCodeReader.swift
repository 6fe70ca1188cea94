import Model

extension SourceFormat {
    /// Session files of Claude Code.
    public static let claudeCode = SourceFormat(
        "claudeCode", "Claude Code's session files, as in ~/.claude/projects",
        forms: [
            SourceForm(
                isObject: { shape in
                    guard shape.has("message", "uuid"), shape.hasAny("sessionId", "parentUuid"), let type = shape.text("type")
                    else { return shape.has("uuid", "sessionId", "subtype") && shape.text("type") == "system" }
                    return ["user", "assistant"].contains(type)
                }, needsWhole: true, reader: { ClaudeCodeReader() })
        ])
}

/// Reads Claude Code's session files: one record a line, in the order in which things happened.
///
/// A response comes in several records of one message id, each with the usage of the whole: they are one call. Failed attempts
/// are records of the system, the last failure is an answer of the pretended model `<synthetic>`. What the user interrupted or
/// declined is no failure. Subagents that write into the same file have turns of their own.
struct ClaudeCodeReader: ValueReader {
    private var transcripts: [String: Session] = [:]
    /// The records seen: a session that is taken up again may repeat them.
    private var seen: Set<String> = []

    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        let row = try cursor.skipValue()
        guard row.isObject, let type = row.member("type")?.filledText else {
            return sink.problem("expected a record of Claude Code with its type", line: line)
        }
        guard ["user", "assistant", "system", "tool"].contains(type) else { return }
        if let id = row.member("uuid")?.filledText, !seen.insert(id).inserted { return }
        let key = row.member("agentId")?.filledText ?? (row.member("isSidechain")?.bool == true ? "sidechain" : "")
        var session = transcripts[key] ?? Session()
        try session.take(row, type: type, line: line, sink: sink)
        transcripts[key] = session
    }

    mutating func finish(sink: RecordSink) throws {
        for key in transcripts.keys.sorted() { try transcripts[key]?.finish(sink) }
    }
}

/// One conversation of such a file: the user's own, or a subagent's.
private struct Session {
    private var transcript = AgentTranscript(service: "claude-code")
    /// The call whose records are being read.
    private struct OpenCall {
        var span: SpanRecord
        let message: String
        let line: Int
        /// True when the output is text, not only thought.
        var hasText = false
    }

    private var call: OpenCall?

    mutating func take(_ row: JSONSlice, type: String, line: Int, sink: RecordSink) throws {
        let time = row.member("timestamp").flatMap(TimeValue.any)
        transcript.session = row.member("sessionId")?.filledText ?? transcript.session
        transcript.release = row.member("version")?.filledText ?? transcript.release
        if !transcript.hasTurn, type != "user" {
            try begin(row, prompt: nil, time, line, sink)
        }
        switch type {
        case "user": try takeUser(row, time, line, sink)
        case "assistant": try takeAnswer(row, time, line, sink)
        case "tool": transcript.touch(time, isInput: true)
        default:
            if row.member("subtype")?.string == "api_error" { try takeAttempt(row, time, line, sink) }
        }
    }

    mutating func finish(_ sink: RecordSink) throws {
        try release(sink)
        try transcript.end(sink)
    }

    private mutating func begin(_ row: JSONSlice, prompt: String?, _ time: Timestamp?, _ line: Int, _ sink: RecordSink) throws {
        try release(sink)
        try transcript.begin(id: row.member("uuid")?.filledText, prompt: prompt, time: time, line: line, sink: sink)
    }

    private mutating func release(_ sink: RecordSink) throws {
        guard let call else { return }
        self.call = nil
        try transcript.emit(call.span, line: call.line, sink: sink)
    }

    // MARK: What the user and the tools said

    private mutating func takeUser(_ row: JSONSlice, _ time: Timestamp?, _ line: Int, _ sink: RecordSink) throws {
        guard let content = row.member("message")?.member("content") else { return }
        var results: [JSONSlice] = []
        content.forEachElement { if $0.member("type")?.string == "tool_result" { results.append($0) } }
        if !results.isEmpty {
            if !transcript.hasTurn { try begin(row, prompt: nil, time, line, sink) }
            let detail = row.member("toolUseResult")
            for result in results { try takeResult(result, detail, time, line, sink) }
            return
        }
        let text = MessageText(AttributeValue(slice: content), withRoles: false).text ?? ""
        if text.hasPrefix("[Request interrupted by user") {
            transcript.touch(time, isInput: false)
            return transcript.interrupt()
        }
        // Commands of the program, its own remarks and summaries are not asked of the model as a prompt.
        if row.member("isMeta")?.bool == true || row.member("isCompactSummary")?.bool == true || text.hasPrefix("<command-name>")
            || text.hasPrefix("<local-command-") || text.hasPrefix("Caveat: ")
        {
            return transcript.touch(time, isInput: true)
        }
        try begin(row, prompt: text.isEmpty ? nil : text, time, line, sink)
    }

    private mutating func takeResult(
        _ result: JSONSlice, _ detail: JSONSlice?, _ time: Timestamp?, _ line: Int, _ sink: RecordSink
    ) throws {
        guard let id = result.member("tool_use_id")?.filledText else { return }
        let text = result.member("content").flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text }
        let isInterrupted = detail?.member("interrupted")?.bool == true
        let outcome: AgentTranscript.Outcome
        if isInterrupted || Session.isDeclined(text ?? detail?.string ?? "") {
            outcome = .declined
        } else {
            outcome = result.member("is_error")?.bool == true ? .failed(text.map(Session.bare)) : .ok
        }
        try transcript.closeTool(id: id, outcome: outcome, output: text, time: time, line: line, sink: sink)
    }

    private static func isDeclined(_ text: String) -> Bool {
        let beginnings = [
            "The user doesn't want to", "[Request interrupted by user", "User rejected", "Error: [Request interrupted by user",
            "Error: User rejected",
        ]
        return beginnings.contains(where: text.hasPrefix)
    }

    /// Without the tags around what the program itself says of a wrong use.
    private static func bare(_ text: String) -> String {
        guard text.hasPrefix("<tool_use_error>"), text.hasSuffix("</tool_use_error>") else { return text }
        return String(text.dropFirst(16).dropLast(17))
    }

    // MARK: What the model answered

    private mutating func takeAnswer(_ row: JSONSlice, _ time: Timestamp?, _ line: Int, _ sink: RecordSink) throws {
        guard let message = row.member("message") else { return }
        let model = message.member("model")?.filledText
        if row.member("isApiErrorMessage")?.bool == true { return try takeFailure(row, message, time, line, sink) }
        if model == "<synthetic>" { return transcript.touch(time, isInput: false) }
        let id = message.member("id")?.filledText ?? row.member("uuid")?.filledText ?? ""
        if call?.message != id {
            try release(sink)
            if let model {
                (transcript.provider, transcript.model) = ProviderNames.split(model)
                transcript.provider = transcript.provider ?? transcript.model.flatMap(ProviderNames.maker)
            }
            var span = transcript.call(id: id.isEmpty ? nil : id, time: time)
            span.modelResponded = transcript.model
            span.requestID = row.member("requestId")?.filledText
            call = OpenCall(span: span, message: id, line: line)
        } else if call?.span.end != nil, let time {
            call?.span.end = time
        }
        message.member("content")?.forEachElement { addContent($0, time, line) }
        if message.member("content")?.isString == true { addText(message.member("content")?.filledText) }
        if let reason = message.member("stop_reason")?.filledText { call?.span.finishReasons = [reason] }
        fillUsage(row, message)
        transcript.touch(time, isInput: false)
    }

    private mutating func addContent(_ block: JSONSlice, _ time: Timestamp?, _ line: Int) {
        switch block.member("type")?.string {
        case "text": addText(block.member("text")?.filledText)
        case "tool_use", "server_tool_use", "mcp_tool_use":
            call?.span.hasToolCalls = true
            guard let id = block.member("id")?.filledText else { return }
            var input: String?
            if let value = block.member("input"), !value.isVoid {
                var writer = JSONWriter()
                writer.value(value)
                input = writer.text
            }
            transcript.openTool(id: id, name: block.member("name")?.filledText, input: input, time: time, line: line)
        case "thinking", "redacted_thinking":
            // An answer that is only thought so far is none that is empty.
            if call?.span.output == nil { call?.span.output = block.member("thinking")?.filledText ?? "(thinking)" }
        default: break
        }
    }

    private mutating func addText(_ text: String?) {
        guard let text else { return }
        if call?.hasText == true, let before = call?.span.output {
            call?.span.output = before + "\n" + text
        } else {
            call?.span.output = text
        }
        call?.hasText = true
    }

    /// Every record of a message repeats its usage; the last one has all of the output.
    private mutating func fillUsage(_ row: JSONSlice, _ message: JSONSlice) {
        if let cost = row.member("costUSD")?.double, cost >= 0 { call?.span.cost = Money(dollars: cost) }
        guard let usage = message.member("usage") else { return }
        func count(_ name: StaticString) -> Int64? { usage.member(name)?.int.flatMap { (0..<(1 << 50)).contains($0) ? $0 : nil } }
        if let input = count("input_tokens") {
            call?.span.inputTokens = input + (count("cache_read_input_tokens") ?? 0) + (count("cache_creation_input_tokens") ?? 0)
        }
        call?.span.cachedInputTokens = count("cache_read_input_tokens")
        if let output = count("output_tokens"), output > call?.span.outputTokens ?? -1 { call?.span.outputTokens = output }
    }

    // MARK: Failures

    /// The failure that the user sees, when no further attempt is made.
    private mutating func takeFailure(
        _ row: JSONSlice, _ message: JSONSlice, _ time: Timestamp?, _ line: Int, _ sink: RecordSink
    ) throws {
        try release(sink)
        let text = message.member("content").flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text }
        var span = failedCall(row, time)
        span.statusMessage = text
        span.errorCode = row.member("error")?.filledText
        span.httpStatus = row.member("apiErrorStatus")?.int.flatMap { (100...599).contains($0) ? Int($0) : nil }
        span.requestID = row.member("requestId")?.filledText
        if text?.contains("Request was aborted") == true { span.status = .cancelled }
        transcript.fail(span, isLast: true, line: line)
    }

    /// An attempt after which the program tries again.
    private mutating func takeAttempt(_ row: JSONSlice, _ time: Timestamp?, _ line: Int, _ sink: RecordSink) throws {
        try release(sink)
        var span = failedCall(row, time)
        span.attempt = row.member("retryAttempt")?.int.flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
        let error = row.member("error")
        if let error, error.isObject {
            let failure = ErrorObject(error)
            (span.statusMessage, span.errorType, span.httpStatus) = (failure.message, failure.type, failure.status)
            span.requestID = error.member("requestID")?.filledText ?? error.member("request_id")?.filledText
        } else {
            span.statusMessage = error?.filledText ?? row.member("content")?.filledText
        }
        transcript.fail(span, isLast: false, line: line)
    }

    private mutating func failedCall(_ row: JSONSlice, _ time: Timestamp?) -> SpanRecord {
        var span = transcript.call(id: row.member("uuid")?.filledText, time: time)
        (span.provider, span.modelRequested, span.status) = (nil, nil, .error)
        return span
    }
}

/// An error as clients write it: a status, and inside it, in some depth, what the provider or the network said.
struct ErrorObject {
    private(set) var message: String?
    private(set) var type: String?
    private(set) var status: Int?

    init(_ error: JSONSlice) {
        var at: JSONSlice? = error, depth = 0
        while let object = at, object.isObject, depth < 6 {
            // What lies deeper says more.
            message = object.member("message")?.filledText ?? message
            if let word = object.member("type")?.filledText, word != "error" { type = word }
            if message == nil, let code = object.member("code")?.filledText { message = code }
            status = status ?? object.member("status")?.int.flatMap { (100...599).contains($0) ? Int($0) : nil }
            let inner = object.member("error") ?? object.member("cause")
            if let text = inner?.string, !text.isEmpty { message = text }
            at = inner
            depth += 1
        }
    }
}
