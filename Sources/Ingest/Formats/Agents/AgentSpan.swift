import Model

/// Claude Code's own spans, whose attributes have plain names that mean nothing on the spans of others.
enum AgentSpan {
    /// The kind of such a span by its name; nil for every other.
    static func kind(_ name: String?) -> SpanKind? {
        guard let name, name.hasPrefix("claude_code.") else { return nil }
        switch name {
        case "claude_code.llm_request": return .llm
        case "claude_code.tool": return .tool
        case "claude_code.interaction": return .agent
        default: return nil
        }
    }

    /// Fills in what the attributes of such a span say, and takes them out of the leftovers.
    static func fill(_ span: inout SpanRecord, from attributes: inout AttributeSet) {
        guard let kind = kind(span.name) else { return }
        var used: [StaticString] = []
        func value(_ name: StaticString) -> AttributeValue? {
            guard let found = attributes.leftovers.first(where: { $0.key == name }) else { return nil }
            used.append(name)
            return found.value
        }
        func count(_ name: StaticString) -> Int64? { value(name)?.int.flatMap { (0..<(1 << 50)).contains($0) ? $0 : nil } }
        if value("success")?.bool == false { span.status = .error }
        if kind == .tool, let name = value("tool_name")?.text { span.name = name }
        if kind == .llm {
            if span.modelRequested == nil, let model = value("model")?.text {
                span.modelRequested = ProviderNames.split(model).model
            }
            span.provider = span.provider ?? "anthropic"
            if span.inputTokens == nil, let input = count("input_tokens") {
                let cached = count("cache_read_tokens")
                span.inputTokens = input + (cached ?? 0) + (count("cache_creation_tokens") ?? 0)
                span.cachedInputTokens = cached
            }
            span.outputTokens = span.outputTokens ?? count("output_tokens")
            span.httpStatus = span.httpStatus ?? count("status_code").flatMap { (100...599).contains($0) ? Int($0) : nil }
            span.attempt = span.attempt ?? count("attempt").flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
            span.requestID = span.requestID ?? value("request_id")?.text
            if span.firstToken == nil, let start = span.start, let wait = count("ttft_ms") {
                span.firstToken = start + .milliseconds(wait)
            }
        }
        attributes.removeLeftovers(used)
    }
}
