import Model

extension SourceFormat {
    /// Requests that went through Helicone.
    public static let helicone = SourceFormat(
        "helicone", "Helicone requests: its interface's pages and its exports as JSON, JSONL or CSV",
        forms: [
            SourceForm(
                isObject: { isHelicone($0.keys) }, isHeader: { isHelicone($0) },
                reader: { ProductReader("a request of Helicone", fill: HeliconeRequest.fill) })
        ])

    private static func isHelicone(_ names: [String]) -> Bool {
        names.contains {
            $0.hasPrefix("helicone_") || $0 == "request_path" || $0 == "response_status" || $0 == "request_properties"
        }
            && names.contains("request_created_at")
    }
}

private enum HeliconeRequest {
    /// Helicone's own values beside the statuses of HTTP.
    private static let pending: Int64 = -2, cancelled: Int64 = -3, threat: Int64 = -4

    @Sendable static func fill(_ record: JSONSlice, _ span: inout SpanDraft) -> Bool {
        guard let created = record.member("request_created_at") else { return false }
        func first(_ names: StaticString...) -> JSONSlice? { names.lazy.compactMap { record.member($0) }.first { !$0.isVoid } }
        span.spanID = first("request_id", "helicone_request_id", "response_id")?.filledText.map(Identifier.normalise)
        span.start = TimeValue.any(created)
        span.end = first("response_created_at").flatMap { TimeValue.any($0) }
        let length = first("delay_ms", "latency", "response_delay_ms")?.double.map { $0 / 1000 }
        span.setLength(seconds: length)
        span.name = first("request_path", "target_url", "helicone_prompt_id")?.filledText
        let path = span.name?.lowercased() ?? ""
        span.setKind(path.contains("embedding") ? "embedding" : "llm")
        span.set("gen_ai.request.model", first("request_model", "model", "model_override"))
        span.set("gen_ai.response.model", first("response_model"))
        span.set("gen_ai.provider.name", first("provider"))
        span.set("user.id", first("request_user_id", "user_id"))
        let properties = first("request_properties", "properties", "helicone_properties")
        span.set("session.id", properties?.member("Helicone-Session-Id") ?? first("session_id", "helicone_session_id"))
        span.set("gen_ai.usage.input_tokens", first("prompt_tokens"))
        span.set("gen_ai.usage.output_tokens", first("completion_tokens"))
        span.set("gen_ai.usage.total_tokens", first("total_tokens"))
        span.set("gen_ai.usage.cost", first("cost_usd", "costUSD", "cost"))
        if let first = first("time_to_first_token")?.double, let start = span.start, first > 0, first < 1e9 {
            span.firstChunk = start + .nanoseconds(Int64(first * 1e6))
        }
        let response = first("response_body"), status = first("response_status", "status")?.int
        span.set("langfuse.observation.input", first("request_body"))
        if status ?? 200 < 400 { span.set("langfuse.observation.output", response) }
        if let properties { span.keep(JSONKey("properties"), properties) }
        readStatus(status, response, &span)
        return true
    }

    private static func readStatus(_ status: Int64?, _ response: JSONSlice?, _ span: inout SpanDraft) {
        span.status = .ok
        let error = response?.member("error") ?? response?.member("helicone_error")
        switch status {
        case nil, pending: span.status = .inProgress
        case cancelled, 499: span.status = .cancelled
        case threat: span.fail("blocked by Helicone's prompt security")
        case let status? where status >= 400 || status < 0:
            span.fail(error)
            span.status = .error
            if status > 0 { span.set("http.response.status_code", text: String(status)) }
            if span.statusMessage == nil { span.statusMessage = response?.text }
        default: span.fail(error)
        }
    }
}
