import Model

/// Reads the maps of token counts and costs that Langfuse and the providers write.
enum TokenUsage {
    /// Adds up token counts: keys that start with `input` or `output` are summed, as in Langfuse; OpenAI's own keys and nested
    /// details are understood, too. Known fields are kept.
    static func apply(tokens: JSONSlice, to span: inout SpanRecord) {
        var input: Int64?, output: Int64?, total: Int64?, cached: Int64?, reasoning: Int64?
        func note(_ key: JSONKey, _ count: Int64) {
            if key.contains("cache"), !key.contains("creation"), !key.contains("write") { cached = sum(cached, count) }
            if key.contains("reasoning") { reasoning = sum(reasoning, count) }
        }
        tokens.forEachMember { key, value in
            if value.isObject {
                value.forEachMember { key, value in
                    if let count = value.int, count >= 0 { note(key, count) }
                }
                return
            }
            guard let count = value.int, count >= 0 else { return }
            switch key {
            case "total", "total_tokens", "totalTokens": total = count
            case "prompt_tokens", "promptTokens": input = sum(input, count)
            case "completion_tokens", "completionTokens": output = sum(output, count)
            default:
                if key.hasPrefix("input") { input = sum(input, count) }
                if key.hasPrefix("output") { output = sum(output, count) }
                note(key, count)
            }
        }
        span.inputTokens = span.inputTokens ?? input
        span.outputTokens = span.outputTokens ?? output
        span.totalTokens = span.totalTokens ?? total
        span.cachedInputTokens = span.cachedInputTokens ?? cached
        span.reasoningTokens = span.reasoningTokens ?? reasoning
    }

    private static func sum(_ a: Int64?, _ b: Int64) -> Int64? {
        let (sum, overflow) = (a ?? 0).addingReportingOverflow(b)
        return overflow ? nil : sum
    }

    /// Returns the total of a map of costs in dollars: `total`, else the sum of its parts; nil when there is none.
    static func cost(_ details: JSONSlice) -> Money? {
        var total: Double?, parts: Double?
        details.forEachMember { key, value in
            guard let dollars = value.double, dollars >= 0 else { return }
            if key == "total" { total = dollars } else { parts = (parts ?? 0) + dollars }
        }
        return (total ?? parts).flatMap { Money(dollars: $0) }
    }

    /// Clears tokens and costs of 0 on failed calls and on spans that are not calls: they report zero for unknown.
    static func clearUnknownZeros(_ span: inout SpanRecord) {
        guard span.status == .error || !span.kind.isCall else { return }
        if span.inputTokens ?? 0 == 0 && span.outputTokens ?? 0 == 0 {
            span.inputTokens = nil
            span.outputTokens = nil
            if span.totalTokens == 0 { span.totalTokens = nil }
            if span.cachedInputTokens == 0 { span.cachedInputTokens = nil }
            if span.reasoningTokens == 0 { span.reasoningTokens = nil }
        }
        if span.cost?.units == 0 { span.cost = nil }
    }
}
