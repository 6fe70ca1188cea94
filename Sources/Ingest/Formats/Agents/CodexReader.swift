import Model

extension SourceFormat {
    /// Rollout files of Codex.
    public static let codex = SourceFormat(
        "codex", "Codex's rollout files, as in ~/.codex/sessions",
        forms: [
            SourceForm(
                isObject: { shape in
                    guard shape.has("timestamp", "payload"), let type = shape.text("type") else { return false }
                    return ["session_meta", "response_item", "event_msg", "turn_context", "compacted"].contains(type)
                }, needsWhole: true, reader: { CodexReader() })
        ])
}

/// Reads Codex's rollout files: `{timestamp, type, payload}` a line, items of the conversation and events of the program.
///
/// Each new count of tokens is a call; files of versions that wrote none have a call for each answer. A failure is an event of
/// the stream, an error, or the end of a turn with one.
struct CodexReader: ValueReader {
    private var transcript = AgentTranscript(service: "codex")
    /// The call that was counted last; what was said before it, or, in older files, after it, is its answer.
    private var call: Counted?
    private var said = Answer()
    /// Answers without counts, kept until it is known whether the file has any.
    private var uncounted: [(span: SpanRecord, line: Int)] = []
    private var hasCounts = false
    private var lastTotals: [UInt8] = []
    /// What the program says of tools that failed, before their output comes.
    private var toolFailures: [String: String] = [:]

    private struct Counted {
        var span: SpanRecord
        let line: Int
    }

    /// What the model said and asked for since the last count.
    private struct Answer {
        var text: String?
        var hasTools = false
        var line = 0
        var time: Timestamp?
        var isEmpty: Bool { text == nil && !hasTools }
    }

    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        let row = try cursor.skipValue()
        guard let type = row.member("type")?.filledText, let payload = row.member("payload"), payload.isObject else {
            return sink.problem("expected a record of Codex with its type and payload", line: line)
        }
        let time = row.member("timestamp").flatMap(TimeValue.any)
        switch type {
        case "session_meta":
            transcript.session = payload.member("id")?.filledText ?? payload.member("session_id")?.filledText
            transcript.release = payload.member("cli_version")?.filledText
            transcript.provider = payload.member("model_provider")?.filledText.map(ProviderNames.canonical)
        case "turn_context":
            if let model = payload.member("model")?.filledText {
                let (provider, name) = ProviderNames.split(model)
                transcript.model = name
                transcript.provider = transcript.provider ?? provider ?? ProviderNames.maker(of: name)
            }
        case "response_item": try takeItem(payload, time, line, sink)
        case "event_msg": try takeEvent(payload, time, line, sink)
        default: break
        }
    }

    mutating func finish(sink: RecordSink) throws {
        try endCalls(sink)
        if !hasCounts { for answer in uncounted { try sink.record(.span(answer.span), answer.line) } }
        try transcript.end(sink)
    }

    // MARK: Turns

    private mutating func begin(_ id: String?, _ prompt: String?, _ time: Timestamp?, _ line: Int, _ sink: RecordSink) throws {
        try endCalls(sink)
        try transcript.begin(id: id, prompt: prompt, time: time, line: line, sink: sink)
    }

    private mutating func endCalls(_ sink: RecordSink) throws {
        closeAnswer()
        try release(sink)
    }

    private mutating func release(_ sink: RecordSink) throws {
        guard let call else { return }
        self.call = nil
        try transcript.emit(call.span, line: call.line, sink: sink)
    }

    // MARK: Items

    private mutating func takeItem(_ item: JSONSlice, _ time: Timestamp?, _ line: Int, _ sink: RecordSink) throws {
        let type = item.member("type")?.filledText ?? ""
        let id = item.member("call_id")?.filledText ?? item.member("id")?.filledText
        switch type {
        case "message":
            let text = item.member("content").flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text }
            if item.member("role")?.string == "assistant" {
                try ensureTurn(time, line, sink)
                add(text: text, time, line)
            } else if item.member("role")?.string == "user", !transcript.hasTurn {
                try begin(nil, text, time, line, sink)
            }
        case "function_call", "custom_tool_call", "local_shell_call", "web_search_call", "tool_search_call":
            try ensureTurn(time, line, sink)
            add(text: nil, time, line)
            guard let id else { return }
            let input = item.member("arguments") ?? item.member("input") ?? item.member("action")
            transcript.openTool(
                id: id, name: item.member("name")?.filledText ?? String(type.dropLast(5)),
                input: input.flatMap { AttributeValue(slice: $0).text }, time: time, line: line)
            // The provider runs a search; no output follows.
            if type == "web_search_call" {
                let outcome: AgentTranscript.Outcome = item.member("status")?.string == "failed" ? .failed(nil) : .ok
                try transcript.closeTool(id: id, outcome: outcome, output: nil, time: time, line: line, sink: sink)
            }
        case "function_call_output", "custom_tool_call_output", "local_shell_call_output":
            closeAnswer()
            guard let id else { return }
            let output = ToolOutput(item.member("output"), failure: toolFailures.removeValue(forKey: id))
            try transcript.closeTool(
                id: id, outcome: output.outcome, output: output.text, time: time, line: line, sink: sink)
        default: break
        }
    }

    private mutating func ensureTurn(_ time: Timestamp?, _ line: Int, _ sink: RecordSink) throws {
        if !transcript.hasTurn { try begin(nil, nil, time, line, sink) }
    }

    /// Notes what the model said, or that it asked for a tool.
    private mutating func add(text: String?, _ time: Timestamp?, _ line: Int) {
        if said.isEmpty, var counted = call, counted.span.output == nil, !counted.span.hasToolCalls {
            if let text { counted.span.output = text } else { counted.span.hasToolCalls = true }
            call = counted
            return
        }
        if said.isEmpty { said.line = line }
        if let text { said.text = said.text.map { $0 + "\n" + text } ?? text } else { said.hasTools = true }
        said.time = time
    }

    /// Ends an answer of which no count came.
    private mutating func closeAnswer() {
        guard !said.isEmpty, !hasCounts else {
            if call == nil { said = Answer() }
            return
        }
        var span = transcript.call(id: nil, time: said.time)
        (span.output, span.hasToolCalls) = (said.text, said.hasTools)
        uncounted.append((span, said.line))
        said = Answer()
    }

    // MARK: Events

    private mutating func takeEvent(_ event: JSONSlice, _ time: Timestamp?, _ line: Int, _ sink: RecordSink) throws {
        func text(_ name: StaticString) -> String? { event.member(name)?.filledText }
        switch text("type") ?? "" {
        case "task_started", "turn_started": try begin(text("turn_id"), nil, time, line, sink)
        case "user_message":
            if transcript.hasTurn, transcript.isFresh, said.isEmpty, call == nil, uncounted.isEmpty {
                transcript.prompt(text("message"), time: time)
            } else {
                try begin(nil, text("message"), time, line, sink)
            }
        case "token_count": try takeCount(event, time, line, sink)
        case "stream_error":
            try takeFailure(text("additional_details") ?? text("message"), event, isLast: false, time, line, sink)
        case "error": try takeFailure(text("message"), event, isLast: true, time, line, sink)
        case "task_complete", "turn_complete":
            if let error = event.member("error"), error.isObject {
                try takeFailure(error.member("message")?.filledText, error, isLast: true, time, line, sink)
            }
            try endCalls(sink)
        case "turn_aborted":
            try endCalls(sink)
            transcript.touch(time, isInput: false)
            transcript.interrupt()
        case "exec_command_end":
            guard let id = text("call_id"), let code = event.member("exit_code")?.int, code != 0 else { return }
            toolFailures[id] = text("stderr") ?? text("aggregated_output") ?? "exit code \(code)"
        case "patch_apply_end":
            guard let id = text("call_id"), event.member("success")?.bool == false else { return }
            toolFailures[id] = text("stderr") ?? text("stdout") ?? "the patch failed"
        case "mcp_tool_call_end":
            guard let id = text("call_id"), let failure = CodexReader.failure(ofTool: event.member("result")) else { return }
            toolFailures[id] = failure
        default: break
        }
    }

    /// What the answer of an MCP server says of a failure: `{"Err": …}`, or `isError` inside `{"Ok": …}`.
    private static func failure(ofTool result: JSONSlice?) -> String? {
        if let failure = result?.member("Err")?.filledText { return failure }
        guard let answer = result?.member("Ok"), answer.member("isError")?.bool == true || answer.member("is_error")?.bool == true
        else { return nil }
        return answer.member("content").flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text } ?? "isError"
    }

    /// A count of tokens: those of the last call. Repeated totals report limits only.
    private mutating func takeCount(_ event: JSONSlice, _ time: Timestamp?, _ line: Int, _ sink: RecordSink) throws {
        let info = event.member("info")
        guard let usage = info?.isObject == true ? info?.member("last_token_usage") : event, usage.isObject,
            let output = usage.member("output_tokens")?.int
        else { return }
        let totals = Array((info?.member("total_token_usage") ?? usage).bytes)
        if hasCounts, totals == lastTotals { return }
        (hasCounts, lastTotals) = (true, totals)
        uncounted.removeAll()
        try release(sink)
        try ensureTurn(time, line, sink)
        var span = transcript.call(id: nil, time: time)
        func count(_ name: StaticString) -> Int64? { usage.member(name)?.int.flatMap { (0..<(1 << 50)).contains($0) ? $0 : nil } }
        (span.inputTokens, span.cachedInputTokens) = (count("input_tokens"), count("cached_input_tokens"))
        span.outputTokens = max(0, output)
        (span.reasoningTokens, span.totalTokens) = (count("reasoning_output_tokens"), count("total_tokens"))
        (span.output, span.hasToolCalls) = (said.text, said.hasTools)
        call = Counted(span: span, line: line)
        said = Answer()
    }

    private mutating func takeFailure(
        _ message: String?, _ event: JSONSlice, isLast: Bool, _ time: Timestamp?, _ line: Int, _ sink: RecordSink
    ) throws {
        // The end of a turn repeats the error that ended it.
        if transcript.repeats(message) { return }
        try endCalls(sink)
        try ensureTurn(time, line, sink)
        var span = transcript.call(id: nil, time: time)
        (span.status, span.statusMessage) = (.error, message)
        let info = event.member("codex_error_info")
        if info?.isObject == true {
            info?.forEachMember { key, value in
                span.errorCode = key.text
                span.httpStatus = value.member("http_status_code")?.int.flatMap { (100...599).contains($0) ? Int($0) : nil }
            }
        } else if let code = info?.filledText, code != "other" {
            span.errorCode = code
        }
        transcript.fail(span, isLast: isLast, line: line)
    }
}

/// What a tool answered Codex, and whether it failed: by what the program says of it, by a `success` of false, by the exit code
/// of the process, or by the words with which the program refuses to run it.
private struct ToolOutput {
    private(set) var text: String?
    private(set) var outcome = AgentTranscript.Outcome.ok

    init(_ output: JSONSlice?, failure: String?) {
        text = output.flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text }
        var hasFailed = failure != nil
        func look(_ json: JSONSlice) {
            guard json.isObject else { return }
            if json.member("success")?.bool == false { hasFailed = true }
            if let code = json.member("metadata")?.member("exit_code")?.int, code != 0 { hasFailed = true }
            if let inner = json.member("output")?.filledText ?? json.member("content")?.filledText { text = inner }
        }
        if let output {
            look(output)
            if output.isString { AttributeValue(slice: output).withParsed(look) }
        }
        let said = text ?? ""
        if ToolOutput.isDeclined(said) {
            outcome = .declined
        } else if hasFailed || ToolOutput.tellsFailure(said) {
            outcome = .failed(failure ?? text)
        }
    }

    private static func isDeclined(_ text: String) -> Bool {
        ["aborted", "aborted by user", "rejected by user", "exec command rejected by user", "patch rejected by user"]
            .contains { text == $0 || text.hasPrefix($0 + " after") || text.hasPrefix($0 + ":") }
    }

    private static func tellsFailure(_ text: String) -> Bool {
        let beginnings = [
            "failed in sandbox", "execution error:", "unsupported call:", "failed to parse function arguments",
            "exec_command failed", "apply_patch verification failed", "tool call error:", "err: ", "write_stdin failed",
        ]
        if beginnings.contains(where: text.hasPrefix) { return true }
        // The head that the program writes before a command's output.
        for line in text.split(separator: "\n", maxSplits: 6, omittingEmptySubsequences: false).prefix(6) {
            for mark in ["Exit code: ", "Process exited with code "] where line.hasPrefix(mark) {
                return Int(line.dropFirst(mark.utf8.count)).map { $0 != 0 } ?? false
            }
            if line == "Output:" { break }
        }
        return false
    }
}
