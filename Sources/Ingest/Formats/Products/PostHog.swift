import Model

extension SourceFormat {
    /// Events of PostHog's LLM analytics.
    public static let postHog = SourceFormat(
        "postHog", "PostHog's LLM events ($ai_generation, $ai_span, $ai_trace, $ai_embedding) as JSON, JSONL or CSV",
        forms: [
            SourceForm(
                isObject: { shape in
                    shape.has("event") && shape.text("event")?.hasPrefix("$ai_") == true
                        || shape.inner("properties")?.keys.contains { $0.hasPrefix("$ai_") } == true
                        || shape.keys.contains { $0.hasPrefix("properties.$ai_") }
                },
                isHeader: { names in
                    names.contains { $0.contains("$ai_") }
                        || names.contains("event") && names.contains("properties") && names.contains("distinct_id")
                },
                reader: {
                    ProductReader("an LLM event of PostHog", pages: ["data", "results", "batch"], fill: PostHogEvent.fill)
                })
        ])
}

private enum PostHogEvent {
    @Sendable static func fill(_ record: JSONSlice, _ span: inout SpanDraft) -> Bool {
        guard let event = record.member("event")?.filledText ?? record.member("*.event")?.filledText else { return false }
        var parsed = record.member("properties")
        if let text = parsed, text.isString {
            // A table keeps them as a text.
            AttributeValue(slice: text).withParsed { inner in parsed = span.arena.value(inner.bytes) }
        }
        var values: [String: JSONSlice] = [:]
        (parsed ?? record).forEachMember { key, value in
            let name = key.text
            values[name.hasPrefix("properties.") ? String(name.dropFirst("properties.".count)) : name] = value
        }
        func value(_ names: String...) -> JSONSlice? { names.lazy.compactMap { values[$0] }.first { !$0.isVoid } }
        let kinds = ["$ai_generation": "llm", "$ai_embedding": "embedding", "$ai_span": "span", "$ai_trace": "chain"]
        span.setKind(kinds[event] ?? "event")
        span.name = value("$ai_span_name", "$ai_trace_name")?.filledText ?? event
        span.traceID = value("$ai_trace_id")?.filledText.map(Identifier.normalise)
        span.parentID = value("$ai_parent_id")?.filledText.map(Identifier.normalise)
        span.spanID = (value("$ai_span_id", "$ai_generation_id") ?? record.member("uuid") ?? record.member("id"))?.filledText.map(
            Identifier.normalise)
        if event == "$ai_trace", value("$ai_span_id") == nil { span.spanID = span.traceID ?? span.spanID }
        // Events are captured when what they report is over.
        span.end = (record.member("timestamp") ?? record.member("*.timestamp")).flatMap { TimeValue.any($0) }
        span.start = span.end
        if let seconds = value("$ai_latency")?.double, seconds >= 0, seconds < 1e7, let end = span.end {
            span.start = end - .nanoseconds(Int64(seconds * 1e9))
        }
        fillCall(&span, value)
        span.set("user.id", record.member("distinct_id"))
        readFailure(&span, value)
        return true
    }

    private static func fillCall(_ span: inout SpanDraft, _ value: (String...) -> JSONSlice?) {
        span.set("gen_ai.request.model", value("$ai_model"))
        span.set("gen_ai.provider.name", value("$ai_provider"))
        span.set("llm.api_base", value("$ai_base_url"))
        span.set("llm.invocation_parameters", value("$ai_model_parameters"))
        span.set("gen_ai.usage.input_tokens", value("$ai_input_tokens"))
        span.set("gen_ai.usage.output_tokens", value("$ai_output_tokens"))
        span.set("gen_ai.usage.cache_read.input_tokens", value("$ai_cache_read_input_tokens"))
        span.set("gen_ai.usage.reasoning_tokens", value("$ai_reasoning_tokens"))
        span.set("gen_ai.usage.cost", value("$ai_total_cost_usd"))
        span.set("gen_ai.cost.input_cost", value("$ai_input_cost_usd"))
        span.set("gen_ai.cost.output_cost", value("$ai_output_cost_usd"))
        span.set("gen_ai.response.time_to_first_chunk", value("$ai_time_to_first_token"))
        span.set("langfuse.observation.input", value("$ai_input", "$ai_input_state"))
        span.set("langfuse.observation.output", value("$ai_output_choices", "$ai_output", "$ai_output_state"))
        span.set("gen_ai.response.finish_reasons", value("$ai_stop_reason", "$ai_finish_reason"))
        span.set("session.id", value("$ai_session_id", "$session_id"))
        span.set("gen_ai.is_streaming", value("$ai_stream"))
    }

    /// Clients write the status 500 where they know none: what the error says counts before it.
    private static func readFailure(_ span: inout SpanDraft, _ value: (String...) -> JSONSlice?) {
        span.status = .ok
        let error = value("$ai_error"), status = value("$ai_http_status")?.int
        let hasFailed = value("$ai_is_error")?.bool == true || (status ?? 0) >= 400
        if hasFailed || error != nil && value("$ai_is_error")?.bool != false { span.fail(error) }
        if hasFailed { span.status = .error }
        if let status, status >= 400, status != 500 || span.statusMessage == nil {
            span.set("http.response.status_code", text: String(status))
        }
    }
}
