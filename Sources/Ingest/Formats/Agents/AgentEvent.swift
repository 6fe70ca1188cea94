import Model

/// A log event by which a coding agent reports a finished call or tool: of Claude Code, Codex, Gemini CLI and its forks.
///
/// A source of such logs alone is read as calls, so that it can be asked like one of spans. Sources: the agents' own
/// descriptions of their telemetry, and what their exporters write.
struct AgentEvent {
    /// What one event stands for.
    enum Role {
        case call
        /// A call that failed, whatever else the event says.
        case failedCall
        /// The request of a streamed call: only its failure is a call, success is told by the end of the stream.
        case request
        /// A piece of a streamed call: its end, or a failure in it.
        case stream
        case tool
    }

    private struct Agent {
        let prefix: String
        let provider: String?
        /// True when spans of the agent's own stand for its calls wherever an event names a span.
        let hasCallSpans: Bool
        let roles: [String: Role]
    }

    private static let agents: [Agent] = {
        let gemini: [String: Role] = ["api_response": .call, "api_error": .failedCall, "tool_call": .tool]
        return [
            Agent(
                prefix: "claude_code.", provider: "anthropic", hasCallSpans: true,
                roles: ["api_request": .call, "api_error": .failedCall, "tool_result": .tool]),
            Agent(
                prefix: "codex.", provider: nil, hasCallSpans: false,
                roles: [
                    "api_request": .request, "websocket_request": .request, "sse_event": .stream, "websocket_event": .stream,
                    "tool_result": .tool,
                ]),
            Agent(prefix: "gemini_cli.", provider: "google", hasCallSpans: false, roles: gemini),
            Agent(prefix: "qwen-code.", provider: nil, hasCallSpans: false, roles: gemini),
            Agent(prefix: "qwen_code.", provider: nil, hasCallSpans: false, roles: gemini),
        ]
    }()

    private let agent: Agent
    private let role: Role

    /// The event with this name, which older versions write without the agent in front, and this text; nil for any other.
    init?(name: String?, body: String?, scope: String?) {
        var candidates = [name, body].compactMap { $0 }
        if scope == "com.anthropic.claude_code.events", let name { candidates.append("claude_code." + name) }
        for candidate in candidates {
            guard let agent = AgentEvent.agents.first(where: { candidate.hasPrefix($0.prefix) }),
                let role = agent.roles[String(candidate.dropFirst(agent.prefix.utf8.count))]
            else { continue }
            (self.agent, self.role) = (agent, role)
            return
        }
        return nil
    }

    /// The call or tool; nil when the event is only a step of one, or belongs to a span that stands for it.
    func span(
        _ attributes: inout AttributeSet, id: String, trace: String?, parent: String?, end: Timestamp?, resource: ResourceContext
    ) -> SpanRecord? {
        if parent != nil, agent.hasCallSpans { return nil }
        var left = AgentAttributes(attributes)
        let failure = left.failure, status = EventMapping.httpStatus(attributes)
        let hasFailed = role == .failedCall || failure != nil || (status ?? 0) >= 400 || left.truth("success") == false
        switch role {
        case .request: if !hasFailed { return nil }
        case .stream: if !hasFailed, left.text("event.kind") != "response.completed" { return nil }
        case .call, .failedCall, .tool: break
        }
        var span = SpanRecord(spanID: id, kind: role == .tool ? .tool : .llm)
        (span.project, span.service, span.environment) = (resource.project ?? "", resource.service, resource.environment)
        span.release = resource.release ?? left.text("app.version")
        span.user = attributes.text(.user)
        span.session = (attributes.text(.session) ?? left.text("conversation.id")).map(Identifier.normalise)
        // Events of one prompt belong together; without its id, those of the session do.
        span.traceID = trace ?? (left.text("prompt.id") ?? left.text("prompt_id")).map(Identifier.normalise) ?? span.session
        span.parentID = parent
        // The duration of a piece of a stream is not that of the call.
        if role != .stream, let end, let milliseconds = left.number("duration_ms"), milliseconds < 1e12 {
            let latency = Duration.nanoseconds(Int64((milliseconds * 1e6).rounded()))
            (span.start, span.end, span.reportedLatency) = (end - latency, end, latency)
        } else {
            span.start = end
        }
        span.httpStatus = status
        span.requestID = attributes.text(.requestID)
        if role == .tool { fillTool(&span, &left) } else { fillCall(&span, attributes, &left) }
        if left.isDeclined {
            span.status = .cancelled
        } else {
            span.status = hasFailed ? .error : .ok
            if hasFailed { span.statusMessage = failure ?? left.text("output") }
        }
        if hasFailed {
            span.exceptionType = attributes.text(.exceptionType) ?? attributes.text(.errorType)
            span.errorCode = attributes.text(.errorCode)
        }
        TokenUsage.clearUnknownZeros(&span)
        span.attributes = left.rest(resource)
        return span
    }

    private func fillTool(_ span: inout SpanRecord, _ left: inout AgentAttributes) {
        span.name = left.text("tool_name") ?? left.text("function_name") ?? left.text("name") ?? "tool"
        span.input = left.text("function_args") ?? left.text("arguments") ?? left.text("tool_parameters")
    }

    private func fillCall(_ span: inout SpanRecord, _ attributes: AttributeSet, _ left: inout AgentAttributes) {
        span.name = "chat"
        if let written = attributes.text(.modelRequested) {
            let (provider, model) = ProviderNames.split(written)
            (span.provider, span.modelRequested) = (provider, model)
            if model != written { span.modelAsWritten = written }
        }
        let provider = attributes.text(.provider) ?? left.text("provider_name")
        span.provider =
            provider.map(ProviderNames.canonical) ?? span.provider ?? agent.provider
            ?? span.modelRequested.flatMap(ProviderNames.maker)
        if provider != span.provider { span.providerAsWritten = provider }
        span.isStream = role == .stream ? true : nil
        span.outputTokens = left.count("output_tokens") ?? left.count("output_token_count")
        span.reasoningTokens = left.count("reasoning_token_count") ?? left.count("thoughts_token_count")
        if let input = left.count("input_tokens") {
            // Anthropic counts what came from the cache and what was written to it apart.
            let cached = left.count("cache_read_tokens")
            span.inputTokens = input + (cached ?? 0) + (left.count("cache_creation_tokens") ?? 0)
            span.cachedInputTokens = cached
        } else {
            span.inputTokens = left.count("input_token_count")
            span.cachedInputTokens = left.count("cached_token_count") ?? left.count("cached_content_token_count")
            span.totalTokens = left.count("total_token_count")
        }
        span.cost = left.number("cost_usd").flatMap { Money(dollars: $0) }
        span.attempt = left.count("attempt").flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
        span.finishReasons = left.texts("finish_reasons")
    }
}

/// The attributes of such an event, most of which have plain names that mean nothing on other events.
private struct AgentAttributes {
    private var attributes: AttributeSet
    private var used: Set<Int> = []

    init(_ attributes: AttributeSet) { self.attributes = attributes }

    private mutating func value(_ name: StaticString) -> AttributeValue? {
        guard let index = attributes.leftovers.firstIndex(where: { $0.key == name }) else { return nil }
        used.insert(index)
        return attributes.leftovers[index].value
    }

    mutating func text(_ name: StaticString) -> String? { value(name)?.text }
    mutating func texts(_ name: StaticString) -> [String] { value(name)?.texts ?? [] }
    mutating func truth(_ name: StaticString) -> Bool? { value(name)?.bool }
    mutating func number(_ name: StaticString) -> Double? { value(name)?.double.flatMap { $0 >= 0 ? $0 : nil } }
    mutating func count(_ name: StaticString) -> Int64? { value(name)?.int.flatMap { (0..<(1 << 50)).contains($0) ? $0 : nil } }

    /// What the event says of its failure; nil when it says nothing.
    var failure: String? {
        attributes.text(.exceptionMessage) ?? attributes.text(.errorMessage) ?? attributes.text(.errorField)
            ?? attributes.text(.reason)
    }

    /// True when the user, or a rule of theirs, did not let the tool run.
    var isDeclined: Bool {
        mutating get {
            let words = ["reject", "rejected", "denied", "abort", "cancelled"]
            return [text("decision"), text("decision_type")].contains { $0.map(words.contains) ?? false }
        }
    }

    /// What was not used, as a JSON object.
    func rest(_ resource: ResourceContext) -> String? {
        var writer = JSONWriter()
        writer.beginObject()
        for (index, leftover) in attributes.leftovers.enumerated() where !used.contains(index) {
            writer.key(leftover.key)
            leftover.value.write(to: &writer)
        }
        resource.write(to: &writer)
        writer.endObject()
        return writer.bytes.count > 2 ? writer.text : nil
    }
}
