import Model

extension SourceFormat {
    /// Rows of Braintrust's logs.
    public static let braintrust = SourceFormat(
        "braintrust", "Braintrust logs and experiments: rows of its interface, of BTQL and of exports",
        forms: [
            SourceForm(
                isObject: { $0.has("root_span_id", "span_id") && $0.hasAny("span_attributes", "metrics", "span_parents") },
                isHeader: { $0.contains("root_span_id") && $0.contains("span_attributes") },
                reader: {
                    ProductReader("a row of Braintrust", pages: ["data", "events", "rows", "objects"], fill: BraintrustRow.fill)
                })
        ])
}

private enum BraintrustRow {
    @Sendable static func fill(_ record: JSONSlice, _ span: inout SpanDraft) -> Bool {
        guard record.member("root_span_id") != nil else { return false }
        let metrics = record.member("metrics"), kind = record.member("span_attributes"), metadata = record.member("metadata")
        span.spanID = (record.member("span_id") ?? record.member("id"))?.filledText.map(Identifier.normalise)
        span.traceID = record.member("root_span_id")?.filledText.map(Identifier.normalise)
        record.member("span_parents")?.forEachElement { span.parentID = span.parentID ?? $0.filledText.map(Identifier.normalise) }
        span.name = kind?.member("name")?.filledText
        span.start = (metrics?.member("start") ?? record.member("created")).flatMap { TimeValue.any($0) }
        span.end = metrics?.member("end").flatMap { TimeValue.any($0) }
        let type = kind?.member("type")?.filledText
        span.setKind(type == "eval" || type == "score" ? "evaluator" : type)
        span.set("gen_ai.request.model", metadata?.member("model"))
        span.set("gen_ai.provider.name", metadata?.member("provider"))
        span.set("user.id", metadata?.member("user_id"))
        span.set(
            "session.id", metadata?.member("session_id") ?? metadata?.member("thread_id") ?? metadata?.member("conversation_id"))
        span.set("deployment.environment", metadata?.member("environment") ?? metadata?.member("env"))
        span.set("gen_ai.usage.input_tokens", metrics?.member("prompt_tokens"))
        span.set("gen_ai.usage.output_tokens", metrics?.member("completion_tokens"))
        span.set("gen_ai.usage.total_tokens", metrics?.member("tokens"))
        span.set("gen_ai.usage.cache_read.input_tokens", metrics?.member("prompt_cached_tokens"))
        span.set("gen_ai.usage.reasoning_tokens", metrics?.member("completion_reasoning_tokens"))
        span.set("gen_ai.usage.cost", metrics?.member("estimated_cost"))
        span.set("gen_ai.response.time_to_first_chunk", metrics?.member("time_to_first_token"))
        span.set("langfuse.observation.input", record.member("input"))
        span.set("langfuse.observation.output", record.member("output"))
        span.set("openinference.project.name", record.member("project_name"))
        span.set("tag.tags", record.member("tags"))
        for (name, value) in [("metadata", metadata), ("scores", record.member("scores"))] as [(StaticString, JSONSlice?)] {
            if let value { span.keep(JSONKey(name), value) }
        }
        span.status = span.end == nil ? .unset : .ok
        span.fail(record.member("error"))
        return true
    }
}
