import Model

extension SourceFormat {
    /// Runs of LangSmith.
    public static let langSmith = SourceFormat(
        "langSmith", "LangSmith runs: lists, pages and exports as JSON, JSONL or CSV, and the batches that clients send",
        forms: [
            SourceForm(
                isObject: { shape in
                    shape.has("run_type") && shape.hasAny("start_time", "dotted_order", "trace_id", "inputs", "parent_run_id")
                        || shape.inner("runs")?.has("run_type") == true
                }, isHeader: { $0.contains("run_type") && $0.contains("start_time") }, reader: { LangSmithReader(isBatch: false) }
            ),
            SourceForm(
                isObject: { shape in
                    ["post", "patch"].contains { name in
                        shape.inner(name)?.hasAny("run_type", "dotted_order", "parent_run_id") == true
                    }
                }, needsWhole: true, reader: { LangSmithReader(isBatch: true) }),
        ])
}

/// Reads runs of LangSmith. In batches a run is made by a `post` and completed by a `patch`, which may come much later.
private struct LangSmithReader: ListReader {
    static let deepestList = 2

    private let isBatch: Bool
    private var draft = SpanDraft()
    /// The parts of runs that may be completed by later ones, and the ids in the order in which they came.
    private var parts: [String: (parts: [[UInt8]], line: Int)] = [:]
    private var order: [String] = []

    init(isBatch: Bool) { self.isBatch = isBatch }

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let line = lines.line(at: cursor.at)
        let value = try cursor.skipValue()
        if value.member("run_type") == nil {
            var runs: [JSONSlice] = []
            for name: StaticString in ["runs", "data", "post", "patch"] { value.member(name)?.forEachElement { runs.append($0) } }
            if !runs.isEmpty {
                for run in runs { try take(run, line: line, sink: sink) }
                return
            }
        }
        try take(value, line: line, sink: sink)
    }

    private mutating func take(_ run: JSONSlice, line: Int, sink: RecordSink) throws {
        guard isBatch else { return try emit([run], line: line, sink: sink, depth: 0) }
        // A patch may leave its id to the address that it is sent to; the order of the runs ends with it.
        let order = run.member("dotted_order")?.string ?? ""
        let last = order.split(separator: ".").last.flatMap { part in
            part.firstIndex(of: "Z").map { part[part.index(after: $0)...] }
        }
        guard let id = run.member("id")?.filledText ?? last.map({ String($0) }) else {
            return sink.problem("a run without an id", line: line)
        }
        if parts[id] == nil { self.order.append(id) }
        parts[id, default: ([], line)].parts.append(Array(run.bytes))
    }

    mutating func finish(sink: RecordSink) throws {
        for id in order {
            guard let (bytes, line) = parts[id] else { continue }
            draft.reset()
            let slices = bytes.map { draft.arena.value($0) }
            try emit(slices, line: line, sink: sink, depth: 0, keepsArena: true)
        }
    }

    private mutating func emit(_ parts: [JSONSlice], line: Int, sink: RecordSink, depth: Int, keepsArena: Bool = false) throws {
        guard parts.allSatisfy(\.isObject) else { return sink.problem("expected a run of LangSmith", line: line) }
        if !keepsArena { draft.reset() }
        var run = Run(parts)
        run.fill(&draft)
        if draft.start == nil { sink.problem("a run without a readable time", line: line) }
        try draft.emit(ResourceContext(), line: line, sink: sink)
        guard depth < 16, let children = run["child_runs"], children.isArray else { return }
        var inner: [JSONSlice] = []
        children.forEachElement { inner.append($0) }
        for child in inner { try emit([child], line: line, sink: sink, depth: depth + 1) }
    }
}

/// One run, its members out of all its parts: the last that says something counts.
private struct Run {
    private var members: [String: JSONSlice] = [:]

    init(_ parts: [JSONSlice]) {
        for part in parts {
            part.forEachMember { key, value in
                if !value.isVoid { members[key.text] = value }
            }
        }
    }

    subscript(name: String) -> JSONSlice? { members[name] }

    private func id(_ name: String) -> String? { self[name]?.filledText.map(Identifier.normalise) }

    mutating func fill(_ span: inout SpanDraft) {
        (span.spanID, span.traceID, span.parentID) = (id("id"), id("trace_id"), id("parent_run_id"))
        readOrder(&span)
        span.name = self["name"]?.filledText
        span.start = self["start_time"].flatMap { TimeValue.any($0) }
        span.end = self["end_time"].flatMap { TimeValue.any($0) }
        let type = self["run_type"]?.filledText ?? "chain"
        span.setKind(type)
        let metadata = self["extra"]?.member("metadata") ?? self["metadata"]
        if type == "llm" || type == "embedding" { fillCall(&span, metadata) }
        span.set("langfuse.observation.input", self["inputs"])
        span.set("langfuse.observation.output", self["outputs"])
        span.set("openinference.project.name", self["session_name"])
        span.set("tag.tags", self["tags"])
        for name: StaticString in ["session_id", "thread_id", "conversation_id"] {
            span.set("session.id", metadata?.member(name))
        }
        span.set("user.id", metadata?.member("user_id"))
        span.set("deployment.environment", metadata?.member("environment") ?? metadata?.member("env"))
        span.set("service.version", metadata?.member("revision_id"))
        span.set("langgraph_node", metadata?.member("langgraph_node"))
        span.set("langfuse.observation.completion_start_time", self["first_token_time"])
        if let metadata { span.keep(JSONKey("metadata"), metadata) }
        readStatus(&span)
    }

    /// `20261130T090000000000Z<id>.20261130T090001000000Z<id>`: the way from the root, where no ids say it.
    private func readOrder(_ span: inout SpanDraft) {
        let path = (self["dotted_order"]?.string ?? "").split(separator: ".").compactMap { part in
            part.firstIndex(of: "Z").map { Identifier.normalise(String(part[part.index(after: $0)...])) }
        }
        // A shortened id is no id.
        if span.traceID == nil { span.traceID = path.first.flatMap { $0.utf8.count >= 16 ? $0 : nil } }
        if span.parentID == nil, path.count > 1 {
            span.parentID = path[path.count - 2].utf8.count >= 16 ? path[path.count - 2] : nil
        }
        if span.traceID == nil, span.parentID == nil { span.traceID = span.spanID }
    }

    private func fillCall(_ span: inout SpanDraft, _ metadata: JSONSlice?) {
        let invocation = self["extra"]?.member("invocation_params"), outputs = self["outputs"], inputs = self["inputs"]
        let models: [JSONSlice?] = [
            metadata?.member("ls_model_name"), invocation?.member("model"), invocation?.member("model_name"),
            invocation?.member("azure_deployment"), inputs?.member("model"),
        ]
        if let model = models.lazy.compactMap({ $0 }).first(where: { !$0.isVoid }) { span.set("gen_ai.request.model", model) }
        span.set("gen_ai.response.model", outputs?.member("model") ?? outputs?.member("llm_output")?.member("model_name"))
        span.set("gen_ai.provider.name", metadata?.member("ls_provider"))
        span.set("llm.invocation_parameters", invocation)
        var message: JSONSlice?
        outputs?.member("generations")?.forEachElement { list in
            if list.isObject { message = message ?? list.member("message") }
            list.forEachElement { message = message ?? $0.member("message") }
        }
        let body = message?.member("kwargs") ?? message
        let usages: [JSONSlice?] = [
            outputs?.member("usage_metadata"), outputs?.member("usage"), metadata?.member("usage_metadata"),
            outputs?.member("llm_output")?.member("token_usage"), body?.member("usage_metadata"),
        ]
        let usage = usages.lazy.compactMap { $0 }.first { $0.isObject && !$0.isVoid }
        span.set("langfuse.observation.usage_details", usage)
        // Runs that were not counted say zero.
        for (name, field) in [
            ("prompt_tokens", "gen_ai.usage.input_tokens"), ("completion_tokens", "gen_ai.usage.output_tokens"),
            ("total_tokens", "gen_ai.usage.total_tokens"),
        ] as [(String, StaticString)] {
            if let value = self[name], value.int != 0 || usage == nil { span.set(field, value) }
        }
        span.set("gen_ai.usage.cost", self["total_cost"])
        span.set("gen_ai.response.finish_reasons", body?.member("response_metadata")?.member("finish_reason"))
    }

    private func readStatus(_ span: inout SpanDraft) {
        switch self["status"]?.string {
        case "pending": span.status = .inProgress
        case "error": span.status = .error
        case "interrupted", "cancelled": span.status = .cancelled
        default: span.status = span.end == nil ? .inProgress : .ok
        }
        if let error = self["error"] { span.fail(error) }
    }
}
