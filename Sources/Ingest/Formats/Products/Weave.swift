import Model

extension SourceFormat {
    /// Calls of Weights & Biases Weave.
    public static let weave = SourceFormat(
        "weave", "calls of Weights & Biases Weave: streams of its interface, exported pages and tables",
        forms: [
            SourceForm(
                isObject: { $0.has("op_name") && $0.hasAny("started_at", "trace_id", "inputs") },
                isHeader: { $0.contains("op_name") && $0.contains("started_at") },
                reader: { ProductReader("a call of Weave", pages: ["data", "calls"], fill: WeaveCall.fill) })
        ])
}

/// One call of Weave. Its summary adds up the usage of what lies below, so that only calls to models have their own.
private enum WeaveCall {
    @Sendable static func fill(_ record: JSONSlice, _ span: inout SpanDraft) -> Bool {
        guard let op = record.member("op_name")?.filledText else { return false }
        let name = WeaveCall.name(op)
        span.spanID = record.member("id")?.filledText.map(Identifier.normalise)
        span.traceID = record.member("trace_id")?.filledText.map(Identifier.normalise)
        span.parentID = record.member("parent_id")?.filledText.map(Identifier.normalise)
        span.name = record.member("display_name")?.filledText ?? name
        span.start = record.member("started_at").flatMap { TimeValue.any($0) }
        span.end = record.member("ended_at").flatMap { TimeValue.any($0) }
        let inputs = record.member("inputs"), output = record.member("output"), summary = record.member("summary")
        let model = inputs?.member("model")?.filledText
        let kind = (record.member("attributes")?.member("kind") ?? record.member("attributes")?.member("weave")?.member("kind"))?
            .filledText
        let isCall = kind == "llm" || kind == nil && model != nil && isModelOp(name)
        span.setKind(isCall ? (name.contains("embed") ? "embedding" : "llm") : kind ?? (name.contains("tool") ? "tool" : "chain"))
        if isCall {
            span.set("gen_ai.request.model", inputs?.member("model"))
            span.set("gen_ai.response.model", output?.member("model"))
            span.set("gen_ai.provider.name", text: provider(name))
            span.set("langfuse.observation.usage_details", output?.member("usage") ?? ownUsage(summary))
            span.set("gen_ai.response.id", output?.member("id"))
        }
        span.set("langfuse.observation.input", inputs)
        span.set("langfuse.observation.output", output)
        span.set("openinference.project.name", record.member("project_id"))
        span.set("session.id", record.member("thread_id"))
        span.set("user.id", record.member("wb_user_id"))
        span.status = span.end == nil ? .inProgress : .ok
        // `descendant_error` says that something below failed; that call has its own record.
        if summary?.member("weave")?.member("status")?.string == "error" { span.status = .error }
        span.fail(record.member("exception"))
        return true
    }

    /// `openai.chat.completions.create` of `weave:///team/project/op/openai.chat.completions.create:hash`.
    private static func name(_ op: String) -> String {
        let last = op.split(separator: "/").last.map(String.init) ?? op
        return last.split(separator: ":").first.map(String.init) ?? last
    }

    private static func isModelOp(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["completion", "messages", "generate", "responses", "embed", "converse", "invoke_model", "chat"].contains(
            where: name.contains)
    }

    private static func provider(_ name: String) -> String? {
        name.contains(".")
            ? name.split(separator: ".").first.map(String.init).flatMap { ["litellm", "langchain"].contains($0) ? nil : $0 } : nil
    }

    /// The usage of the one model in the summary.
    private static func ownUsage(_ summary: JSONSlice?) -> JSONSlice? {
        var found: [JSONSlice] = []
        summary?.member("usage")?.forEachMember { found.append($1) }
        return found.count == 1 ? found[0] : nil
    }
}
