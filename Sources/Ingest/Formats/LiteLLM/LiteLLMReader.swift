import Model

extension SourceFormat {
    /// What LiteLLM's callbacks write.
    public static let litellm = SourceFormat(
        "litellm", "LiteLLM's StandardLoggingPayload, one object a call",
        forms: [
            SourceForm(
                isObject: {
                    $0.has("call_type", "startTime") && $0.hasAny("litellm_call_id", "error_str", "model_group")
                        && !$0.has("spend")
                }, reader: { LiteLLMReader() })
        ])

    /// What LiteLLM's proxy keeps in its database.
    public static let litellmSpend = SourceFormat(
        "litellmSpend", "LiteLLM's SpendLogs and ErrorLogs as JSON or CSV",
        forms: [
            SourceForm(
                isObject: { $0.has("request_id", "startTime") && $0.hasAny("spend", "exception_string") },
                isHeader: {
                    $0.contains("request_id") && $0.contains("startTime")
                        && ($0.contains("spend") || $0.contains("exception_string"))
                }, reader: { LiteLLMReader() })
        ])
}

/// Reads LiteLLM's call records: the StandardLoggingPayload of its callbacks and loggers, and the rows of its tables
/// `LiteLLM_SpendLogs` and `LiteLLM_ErrorLogs`. Each record is one attempt; the attempts of a request share a trace.
struct LiteLLMReader: ListReader {
    static let deepestList = 1

    private var draft = SpanDraft()
    private var extras = JSONWriter()
    private var identity = RowIdentity()

    /// Members and their equivalent attributes.
    private static let names: [(member: StaticString, attribute: StaticString)] = [
        ("custom_llm_provider", "gen_ai.provider.name"), ("api_base", "llm.api_base"),
        ("model", "gen_ai.request.model"), ("litellm_model_name", "gen_ai.request.model"), ("stream", "llm.is_streaming"),
        ("model_parameters", "llm.invocation_parameters"), ("messages", "langfuse.observation.input"),
        ("response", "langfuse.observation.output"), ("prompt_tokens", "gen_ai.usage.input_tokens"),
        ("completion_tokens", "gen_ai.usage.output_tokens"), ("total_tokens", "gen_ai.usage.total_tokens"),
        ("response_cost", "gen_ai.usage.cost"), ("spend", "gen_ai.usage.cost"), ("session_id", "session.id"),
        ("request_tags", "tag.tags"), ("exception_string", "exception.message"), ("exception_type", "exception.type"),
        ("status_code", "http.response.status_code"), ("end_user", "user.id"),
    ]
    /// Members of `error_information` and their equivalent attributes.
    private static let failures: [(member: StaticString, attribute: StaticString)] = [
        ("error_class", "exception.type"), ("error_message", "exception.message"), ("traceback", "exception.stacktrace"),
        ("llm_provider", "error.llm_provider"), ("error_provider_request_id", "llm.response.id"),
    ]
    /// Catalogue data about the model, the same in every row, and members that repeat others.
    private static let ignored: [StaticString] = [
        "model_map_information", "response_time", "request_duration_ms", "status_fields", "standard_built_in_tools_params",
        "created_at", "updated_at", "saved_cache_cost",
    ]

    private enum Place { case attribute(StaticString), ignored }
    private static let members = NameTable<Place>(
        names.map { ($0.member, .attribute($0.attribute)) } + ignored.map { ($0, .ignored) })
    private static let failureMembers = NameTable<StaticString>(failures.map { ($0.member, $0.attribute) })

    /// Members that must be interpreted together.
    private struct Call {
        var id: String?, callID: String?
        var status: String?, errorText: String?
        var isCacheHit = false, isCancelled = false, hasFailure = false, hasFallenBack = false
        /// The group of models that was asked for first.
        var originalGroup: String?
        var firstToken: Timestamp?
    }

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let line = lines.line(at: cursor.at), start = cursor.at
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return sink.problem("expected a call record", line: line)
        }
        draft.reset()
        var call = Call()
        while let key = try cursor.nextKey() {
            let value = try cursor.skipValue()
            if !value.isVoid { take(key, value, &call) }
        }
        finish(call)
        if draft.spanID == nil {
            // The proxy writes rows without ids: each is a call of its own.
            var hash = ContentHash()
            hash.add(UnsafeBufferPointer(start: cursor.base + start, count: cursor.at - start))
            draft.spanID = identity.next(hash)
        }
        guard draft.start != nil || draft.end != nil else { return sink.problem("a call without a readable time", line: line) }
        try draft.emit(ResourceContext(), line: line, sink: sink)
    }

    private mutating func take(_ key: JSONKey, _ value: JSONSlice, _ call: inout Call) {
        switch key {
        case "id", "request_id": call.id = value.filledText
        case "litellm_call_id": call.callID = value.filledText
        case "call_type": takeType(value)
        case "mcp_namespaced_tool_name": draft.name = draft.name ?? value.filledText
        case "trace_id": draft.traceID = value.filledText.map(Identifier.normalise)
        case "startTime": draft.start = TimeValue.any(value)
        case "endTime": draft.end = TimeValue.any(value)
        case "completionStartTime": call.firstToken = TimeValue.any(value)
        case "status": call.status = value.filledText
        case "attempted_retries": takeRetries(value)
        case "attempted_fallbacks": if (value.int ?? 0) > 0 { call.hasFallenBack = true }
        case "original_model_group": call.originalGroup = value.filledText
        case "error_str": call.errorText = value.filledText
        case "cache_hit": call.isCacheHit = value.bool == true
        case "user": if draft.attributes[.user] == nil { add("user.id", value) }
        case "error_information": takeFailure(parsed(value), &call)
        case "metadata": takeMetadata(parsed(value), &call)
        case "messages", "response", "request_tags", "model_parameters", "proxy_server_request", "request_kwargs":
            place(key, parsed(value))
        default: place(key, value)
        }
    }

    /// What kind of work a type of call is. Only some of the proxy's routes ask a model for something: those that fetch, list,
    /// delete or cancel repeat the tokens and the cost of the call that they look at.
    private mutating func takeType(_ value: JSONSlice) {
        guard let type = value.filledText else { return }
        let word = type.hasPrefix("a") && SpanKindWords.kind(type) == nil ? String(type.dropFirst()) : type
        if type == "call_mcp_tool" || type.hasPrefix("mcp_") {
            add("openinference.span.kind", draft.arena.string("tool"))
        } else if [
            "get_", "list_", "delete_", "cancel_", "retrieve_", "create_file", "file_", "vector_store_create", "create_batch",
            "create_fine_tuning", "_health", "update_", "video_retrieve", "video_content", "skills_", "container_",
        ]
        .contains(where: word.hasPrefix) || word.contains("_retrieve") || word.contains("_list") || word.contains("_delete") {
            add("openinference.span.kind", draft.arena.string("span"))
        } else if ["search", "vector_store_search", "ocr", "moderation", "pass_through_endpoint"].contains(word) {
            add(
                "openinference.span.kind",
                draft.arena.string(word.contains("search") ? "retriever" : word == "moderation" ? "guardrail" : "span"))
        } else if let kind = SpanKindWords.kind(type) ?? SpanKindWords.kind(word) {
            add("openinference.span.kind", draft.arena.string(kind.name))
        }
        add("call_type", value)
    }

    private mutating func place(_ key: JSONKey, _ value: JSONSlice) {
        switch LiteLLMReader.members[key] {
        case .attribute(let name): add(name, value)
        case .ignored: break
        case nil: addPruned(key, value)
        }
    }

    private mutating func add(_ name: StaticString, _ value: JSONSlice) {
        draft.attributes.add(JSONKey(name), AttributeValue(slice: value))
    }

    /// Parses a JSON column, which may be a string, or a string inside a string.
    private mutating func parsed(_ value: JSONSlice) -> JSONSlice {
        var found = value
        for _ in 0..<2 where found.isString {
            AttributeValue(slice: found).withParsed { inner in found = draft.arena.value(inner.bytes) }
        }
        return found
    }

    /// Keeps members with a value; most of the hundreds of members of a payload are null.
    private mutating func addPruned(_ key: JSONKey, _ value: JSONSlice) {
        extras.removeAll()
        LiteLLMReader.prune(value, to: &extras, depth: 0)
        draft.attributes.add(key, AttributeValue(slice: draft.arena.value(extras.bytes)))
    }

    private static func prune(_ value: JSONSlice, to writer: inout JSONWriter, depth: Int) {
        guard value.isObject, depth < 8 else { return writer.value(value) }
        writer.beginObject()
        value.forEachMember { key, value in
            if value.isVoid { return }
            writer.key(key)
            prune(value, to: &writer, depth: depth + 1)
        }
        writer.endObject()
    }

    /// Reads the failure; on success the object is present, too, with empty strings.
    private mutating func takeFailure(_ failure: JSONSlice, _ call: inout Call) {
        failure.forEachMember { key, value in
            guard let text = value.filledText else { return }
            switch key {
            case "error_code":
                call.hasFailure = true
                if text == "499" { call.isCancelled = true }
                add("error.code", value)
            case "error_rate_limit_category":
                if text.hasPrefix("litellm") { draft.origin = .gateway }
                draft.attributes.add(key, AttributeValue(slice: value))
            default:
                if key == "error_class" || key == "error_message" { call.hasFailure = true }
                if key == "error_class", text == "ClientDisconnected" { call.isCancelled = true }
                let name = LiteLLMReader.failureMembers[key].map { JSONKey($0) } ?? key
                draft.attributes.add(name, AttributeValue(slice: value))
            }
        }
    }

    private mutating func takeMetadata(_ metadata: JSONSlice, _ call: inout Call) {
        guard metadata.isObject else { return addPruned(JSONKey("metadata"), metadata) }
        extras.removeAll()
        extras.beginObject()
        var user: JSONSlice?
        metadata.forEachMember { key, value in
            if value.isVoid { return }
            switch key {
            case "error_information": takeFailure(value, &call)
            case "status": call.status = call.status ?? value.filledText
            case "usage_object": add("langfuse.observation.usage_details", value)
            case "user_api_key_user_id", "user_api_key_end_user_id": user = user ?? value
            case "attempted_retries": takeRetries(value)
            case "attempted_fallbacks": if (value.int ?? 0) > 0 { call.hasFallenBack = true }
            case "original_model_group": call.originalGroup = value.filledText
            case "mcp_tool_call_metadata": draft.name = draft.name ?? value.member("name")?.filledText
            case "model_map_information", "requester_custom_headers": break
            default:
                extras.key(key)
                LiteLLMReader.prune(value, to: &extras, depth: 1)
            }
        }
        extras.endObject()
        if draft.attributes[.user] == nil, let user { add("user.id", user) }
        if extras.bytes.count > 2 {
            draft.attributes.add(JSONKey("metadata"), AttributeValue(slice: draft.arena.value(extras.bytes)))
        }
    }

    /// So many attempts were made inside the proxy before this one.
    private mutating func takeRetries(_ value: JSONSlice) {
        guard let retries = value.int, retries > 0, retries < 1_000_000 else { return }
        add("retry.attempts", draft.arena.value(String(retries + 1).utf8))
    }

    private mutating func finish(_ call: Call) {
        if let original = call.originalGroup, call.hasFallenBack { add("fallback.from", draft.arena.string(original)) }
        // A repeated answer out of the cache carries the id of the first; else `id` tells the attempts of a call apart.
        var id = call.isCacheHit ? call.callID ?? call.id : call.id ?? call.callID
        if let text = id, let suffix = text.firstRange(of: "_cache_hit") {
            id = call.callID ?? String(text[..<suffix.lowerBound]) + String(text[suffix.upperBound...])
        }
        draft.spanID = id.map(Identifier.normalise)
        if let callID = call.callID { add("litellm_call_id", draft.arena.string(callID)) }
        if call.isCacheHit { add("cache_hit", draft.arena.value("true".utf8)) }
        if let error = call.errorText { draft.statusMessage = error }
        let failed = ["failure", "failed", "error"].contains(call.status?.lowercased() ?? "")
        // ErrorLogs has no status column: each of its rows is a failure.
        let isError = failed || (call.status == nil && (call.hasFailure || draft.attributes[.exceptionMessage] != nil))
        draft.status = call.isCancelled ? .cancelled : isError ? .error : .ok
        if let first = call.firstToken, let start = draft.start, first >= start, first != draft.end { draft.firstChunk = first }
        if !isError, !call.isCancelled {
            // An old row may say success and still have the text of an earlier attempt.
            draft.statusMessage = nil
        }
    }
}
