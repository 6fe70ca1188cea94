import Model

extension SourceFormat {
    /// Spans of Datadog's LLM Observability.
    public static let datadogLLM = SourceFormat(
        "datadogLLM", "Datadog LLM Observability spans: what its tracers send, and the pages of its export interface",
        forms: [
            SourceForm(
                isObject: { shape in
                    shape.has("span_id", "trace_id") && shape.hasAny("start_ns", "ml_app")
                        && shape.hasAny("meta", "metrics", "ml_app")
                        || shape.inner("spans")?.has("start_ns") == true
                        || shape.text("type") == "span"
                            && shape.inner("attributes")?.hasAny("ml_app", "span_kind", "meta") == true
                }, reader: { ProductReader("a span of Datadog", pages: ["data", "spans"], fill: DatadogSpan.fill) })
        ])
}

private enum DatadogSpan {
    @Sendable static func fill(_ record: JSONSlice, _ span: inout SpanDraft) -> Bool {
        let body =
            record.member("attributes").flatMap { $0.member("span_id") ?? $0.member("meta") ?? $0.member("span_kind") } == nil
            ? record : record.member("attributes") ?? record
        guard body.member("span_id") != nil || body.member("start_ns") != nil || body.member("span_kind") != nil else {
            return false
        }
        let meta = body.member("meta") ?? body, metrics = body.member("metrics")
        func id(_ name: StaticString) -> String? {
            body.member(name)?.filledText.flatMap { $0 == "undefined" || $0 == "0" ? nil : Identifier.normalise($0) }
        }
        span.spanID = id("span_id") ?? record.member("id")?.filledText.map(Identifier.normalise)
        (span.traceID, span.parentID) = (id("trace_id"), id("parent_id"))
        span.name = body.member("name")?.filledText
        span.start =
            body.member("start_ns").flatMap(TimeValue.nanoseconds)
            ?? (body.member("start_ms") ?? body.member("start")).flatMap { TimeValue.any($0) }
        if let length = body.member("duration")?.double { span.setLength(seconds: length / 1e9) }
        if let length = body.member("duration_ms")?.double { span.setLength(seconds: length / 1e3) }
        span.setKind(
            (meta.member("kind") ?? meta.member("span.kind") ?? meta.member("span")?.member("kind") ?? body.member("span_kind"))?
                .filledText)
        span.set("gen_ai.request.model", meta.member("model_name"))
        span.set("gen_ai.provider.name", meta.member("model_provider"))
        span.set("openinference.project.name", body.member("ml_app"))
        span.set("service.name", body.member("service"))
        span.set("session.id", body.member("session_id"))
        span.set("langfuse.observation.input", part(meta.member("input")))
        span.set("langfuse.observation.output", part(meta.member("output")))
        if let metadata = meta.member("metadata") { span.keep(JSONKey("metadata"), metadata) }
        readMetrics(metrics, &span)
        readTags(body.member("tags"), &span)
        span.status = OTLPReader.status(body.member("status") ?? meta)
        if let error = meta.member("error"), error.isObject { span.fail(error) }
        if let message = meta.member("error.message")?.filledText {
            span.status = .error
            span.statusMessage = message
            span.set("exception.type", meta.member("error.type"))
            span.set("exception.stacktrace", meta.member("error.stack"))
        }
        if body.member("error")?.int == 1 { span.status = .error }
        return true
    }

    /// Texts and messages lie one level deeper.
    private static func part(_ value: JSONSlice?) -> JSONSlice? {
        value?.member("messages") ?? value?.member("value") ?? value?.member("documents") ?? value
    }

    private static func readMetrics(_ metrics: JSONSlice?, _ span: inout SpanDraft) {
        metrics?.forEachMember { key, value in
            switch key {
            case "input_tokens", "prompt_tokens": span.set("gen_ai.usage.input_tokens", value)
            case "output_tokens", "completion_tokens": span.set("gen_ai.usage.output_tokens", value)
            case "total_tokens": span.set("gen_ai.usage.total_tokens", value)
            case "cache_read_input_tokens": span.set("gen_ai.usage.cache_read.input_tokens", value)
            case "reasoning_output_tokens": span.set("gen_ai.usage.reasoning_tokens", value)
            case "time_to_first_token": span.set("gen_ai.response.time_to_first_chunk", value)
            // In billionths of a dollar.
            case "estimated_total_cost":
                if let cost = value.double { span.set("gen_ai.usage.cost", text: "\(cost / 1e9)") }
            default: break
            }
        }
    }

    /// `env:prod` and the like, in a list or as an object.
    private static func readTags(_ tags: JSONSlice?, _ span: inout SpanDraft) {
        func take(_ name: Substring, _ value: String) {
            switch name {
            case "env": span.set("deployment.environment", text: value)
            case "version": span.set("service.version", text: value)
            case "service": span.set("service.name", text: value)
            case "session_id": span.set("session.id", text: value)
            case "user_id", "usr.id", "user.id": span.set("user.id", text: value)
            case "ml_app": span.set("openinference.project.name", text: value)
            case "error_type": span.set("error.type", text: value)
            default: break
            }
        }
        tags?.forEachElement { tag in
            guard let text = tag.string, let colon = text.firstIndex(of: ":") else { return }
            take(text[..<colon], String(text[text.index(after: colon)...]))
        }
        tags?.forEachMember { key, value in
            if let text = value.filledText { take(key.text[...], text) }
        }
    }
}
