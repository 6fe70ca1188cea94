import Model

/// A span being read; `finish` maps it to the canonical record. Reused for the next span.
struct SpanDraft {
    var traceID: String?
    var spanID: String?
    var parentID: String?
    var name: String?
    var start: Timestamp?
    var end: Timestamp?
    var status = SpanStatus.unknown
    var statusMessage: String?
    var level: String?
    var updatedAt: Timestamp?
    /// True when the span calls another process.
    var isClient = false
    /// Time of the first chunk of a streamed answer.
    var firstChunk: Timestamp?
    /// True after a chunk of a streamed answer.
    var hasBegunStream = false
    var links: JSONSlice?
    var droppedAttributes: Int64?
    /// The origin of the failure, if the source gives it.
    var origin = ErrorOrigin.unknown
    /// A failure found in the source's free-form metadata.
    var metadataFailure: MetadataFailure?
    var attributes = AttributeSet()
    /// Memory for texts created while the span is read; released with it.
    let arena = TextArena()
    var events: [EventRecord] = []
    /// Attributes that look like a failure and are not understood.
    private(set) var unclear: [(name: String, word: String)] = []
    private var writer = JSONWriter()

    mutating func reset() {
        (traceID, spanID, parentID, name, start, end) = (nil, nil, nil, nil, nil, nil)
        (status, statusMessage, level, updatedAt) = (.unknown, nil, nil, nil)
        (isClient, firstChunk, hasBegunStream, links, droppedAttributes) = (false, nil, false, nil, nil)
        origin = .unknown
        metadataFailure = nil
        unclear.removeAll(keepingCapacity: true)
        attributes.reset()
        arena.reset()
        events.removeAll(keepingCapacity: true)
    }

    /// Returns the record; `spanID` must be set.
    mutating func finish(_ resource: ResourceContext) -> SpanRecord {
        let kind = AgentSpan.kind(name) ?? SpanKindWords.kind(attributes, name: name, isClient: isClient)
        var span = SpanRecord(spanID: spanID ?? "", kind: kind)
        span.project = attributes.text(.project) ?? resource.project ?? ""
        (span.traceID, span.parentID, span.name) = (traceID, parentID, name)
        (span.start, span.end, span.updatedAt) = (start, end, updatedAt)
        fillStatus(&span)
        fillModel(&span)
        fillTexts(&span)
        fillPeople(&span, resource)
        fillUsage(&span)
        fillTimes(&span)
        fillFailure(&span)
        AgentSpan.fill(&span, from: &attributes)
        TokenUsage.clearUnknownZeros(&span)
        span.attributes = leftovers(&span, resource)
        return span
    }

    private func fillStatus(_ span: inout SpanRecord) {
        span.level = level ?? attributes.text(.level)
        span.status = span.level == "ERROR" ? .error : status
        if end == nil, start != nil, span.status == .unset || span.status == .unknown { span.status = .inProgress }
        span.statusMessage = statusMessage ?? attributes.text(.statusMessage)
    }

    private func fillModel(_ span: inout SpanRecord) {
        var requested = attributes.text(.modelRequested)
        var responded = attributes.text(.modelResponded)
        attributes[.parameters]?.withParsed { json in
            guard json.isObject else { return }
            requested = requested ?? json.member("model")?.filledText
            span.isStream = json.member("stream")?.bool
        }
        if let either = attributes.text(.modelEither) {
            // OpenInference has a single name for the answering model, or the requested one when no answer came.
            if requested == nil { requested = either }
            if responded == nil, span.status != .error { responded = either }
        }
        span.isStream = attributes[.isStream]?.bool ?? span.isStream
        if hasBegunStream { span.isStream = true }
        let provider = attributes.text(.provider) ?? attributes.text(.hostProvider)
        span.provider = provider.map(ProviderNames.canonical)
        if provider != span.provider { span.providerAsWritten = provider }
        span.host = attributes.text(.serverAddress) ?? attributes.text(.apiBase).map(SpanDraft.host)
        if span.host == nil, let host = attributes.text(.hostProvider).map(ProviderNames.canonical), host != span.provider {
            span.host = host
        }
        if let name = requested {
            let (provider, model) = ProviderNames.split(name)
            span.modelRequested = model
            if model != name { span.modelAsWritten = name }
            span.provider = span.provider ?? provider
        }
        span.modelResponded = responded.map { ProviderNames.split($0).model }
        if span.kind.isCall, span.provider == nil {
            span.provider = (span.modelRequested ?? span.modelResponded).flatMap(ProviderNames.maker)
        }
    }

    /// Returns the host of a URL such as `https://api.openai.com/v1/`.
    private static func host(_ address: String) -> String {
        var rest = Substring(address)
        if let scheme = rest.range(of: "://") { rest = rest[scheme.upperBound...] }
        return String(rest.prefix { $0 != "/" })
    }

    private func fillTexts(_ span: inout SpanRecord) {
        let messages = attributes.messages
        let input = attributes[.input].map { MessageText($0, withRoles: true) }
        span.input = input?.text ?? messages.inputText
        if span.input == nil { span.input = attributes[.inputWhole].flatMap { MessageText($0, withRoles: true).text } }
        if let system = attributes[.systemText].flatMap({ MessageText($0, withRoles: false).text }) {
            span.input = "system: " + system + (span.input.map { "\n" + $0 } ?? "")
        }
        span.finishReasons = attributes[.finishReasons]?.texts ?? messages.finishReasons
        span.hasToolCalls = messages.asksForTools
        // An answer with messages but without text is empty, whatever its raw form repeats.
        if let value = attributes[.output] ?? (messages.hasOutput ? nil : attributes[.outputWhole]) {
            let output = MessageText(value, withRoles: false)
            span.output = output.text
            span.hasToolCalls = span.hasToolCalls || (output.asksForTools && span.kind.isCall)
            if span.finishReasons.isEmpty { span.finishReasons = output.finishReasons }
        } else {
            span.output = messages.outputText
        }
        if span.finishReasons.contains(where: { ["tool_calls", "tool_use", "tool-calls"].contains($0) }) {
            span.hasToolCalls = true
        }
        span.promptName = attributes.text(.promptName)
        span.promptVersion = attributes.text(.promptVersion)
    }

    private func fillPeople(_ span: inout SpanRecord, _ resource: ResourceContext) {
        let entity = attributes.text(.entityName)
        span.agent = attributes.text(.agent) ?? attributes.text(.graphNode)
        if span.agent == nil, span.kind == .agent {
            let words = name.flatMap { $0.hasPrefix("invoke_agent ") ? String($0.dropFirst(13)) : $0 }
            span.agent = entity ?? words
        }
        span.workflow = attributes.text(.workflow) ?? (span.kind == .workflow ? entity ?? name : nil)
        span.user = attributes.text(.user)
        span.session = attributes.text(.session)
        span.environment = attributes.text(.environment) ?? resource.environment
        span.release = attributes.text(.release) ?? resource.release
        span.service = attributes.text(.service) ?? resource.service
        span.tags = attributes[.tags]?.texts ?? []
    }

    private func fillUsage(_ span: inout SpanRecord) {
        func count(_ field: AttributeField) -> Int64? { attributes[field]?.int.flatMap { $0 >= 0 ? $0 : nil } }
        span.inputTokens = count(.inputTokens)
        span.outputTokens = count(.outputTokens)
        span.totalTokens = count(.totalTokens)
        span.cachedInputTokens = count(.cachedTokens)
        span.reasoningTokens = count(.reasoningTokens)
        attributes[.usageDetails]?.withParsed { TokenUsage.apply(tokens: $0, to: &span) }
        if let dollars = attributes[.cost]?.money {
            span.cost = Money(dollars: dollars)
        } else if attributes[.costOfInput] != nil || attributes[.costOfOutput] != nil {
            span.cost = Money(dollars: (attributes[.costOfInput]?.money ?? 0) + (attributes[.costOfOutput]?.money ?? 0))
        }
        if span.cost == nil { attributes[.costDetails]?.withParsed { span.cost = TokenUsage.cost($0) } }
    }

    private func fillTimes(_ span: inout SpanRecord) {
        let milliseconds = attributes[.firstTokenAfterMilliseconds]?.double
        if let seconds = attributes[.firstTokenAfter]?.double ?? milliseconds.map({ $0 / 1000 }), seconds >= 0, seconds < 1e6,
            let start
        {
            span.firstToken = start + .nanoseconds(Int64(seconds * 1e9))
        } else {
            attributes[.completionStart]?.slice.withContent { span.firstToken = TimeValue.any($0) }
        }
        span.firstToken = span.firstToken ?? firstChunk
    }

    private mutating func fillFailure(_ span: inout SpanRecord) {
        let exception = events.last { $0.kind == .exception && $0.name != "log" }
        span.exceptionType = exception?.exceptionType ?? attributes.text(.exceptionType)
        span.exceptionMessage = exception?.message ?? attributes.text(.exceptionMessage) ?? attributes.text(.errorMessage)
        span.stack = exception?.stack ?? attributes.text(.exceptionStack) ?? attributes.text(.errorStack)
        span.errorType = attributes.text(.errorType)
        span.httpStatus = EventMapping.httpStatus(attributes) ?? exception?.httpStatus
        span.errorCode = attributes[.errorCode]?.int == nil ? attributes.text(.errorCode) : nil
        span.requestID = attributes.text(.requestID)
        span.errorField = attributes[.errorField].flatMap { value in
            guard let text = value.text, text != "false", text != "False", text != "0" else { return nil }
            return text
        }
        if span.errorField == nil, let failure = metadataFailure {
            span.errorField = failure.message
            span.exceptionType = span.exceptionType ?? failure.exceptionType
        }
        if span.errorField == nil { span.errorField = flaggedFailure(span) }
        if span.errorField == nil, isForeignPage(span) { span.errorField = "the answer is an HTML page, not valid JSON" }
        span.origin = origin
        span.retryOf = attributes.text(.retryOf).map(Identifier.normalise)
        span.fallbackFrom = attributes.text(.fallbackFrom)
        span.attempt = attributes[.attempt]?.int.flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
        span.attemptsMade = attributes[.attemptsMade]?.int.flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
        span.isBrokenStream = isBrokenStream(span)
    }

    /// What a flag among the attributes, or in a tool's result, says about a failure that nothing else reports.
    private mutating func flaggedFailure(_ span: SpanRecord) -> String? {
        let isOfTool = [SpanKind.tool, .span, .unknown].contains(span.kind)
        if isOfTool, let value = attributes[.outputWhole] ?? attributes[.output], let said = FailureFlag.inResult(value) {
            return said
        }
        for (key, value) in attributes.leftovers {
            switch FailureFlag.finding(key, value) {
            case .failed(let what): return what
            case .unclear(let name, let word): unclear.append((name, word))
            case nil: break
            }
        }
        return nil
    }

    /// True when the answer could not be parsed because a proxy's page replaced the completion. Pages written by a model are in
    /// the messages of an answer with tokens.
    private func isForeignPage(_ span: SpanRecord) -> Bool {
        guard span.kind == .llm, span.outputTokens == nil, span.finishReasons.isEmpty, attributes[.output] == nil,
            !attributes.messages.hasOutput, attributes[.outputWhole] != nil, let start = span.output?.utf8.prefix(15)
        else { return false }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
    }

    /// True for a stream that began and did not end: it failed, an error occurred in between, or the final attributes of its
    /// instrumentation are missing.
    private func isBrokenStream(_ span: SpanRecord) -> Bool {
        guard span.kind == .llm, span.finishReasons.isEmpty else { return false }
        let hasBegun = hasBegunStream || (span.output != nil && (span.isStream == true || span.firstToken != nil))
        guard hasBegun else { return false }
        if span.status == .error || events.contains(where: \.kind.isError) { return true }
        return isUnfinishedLangfuseStream(span)
    }

    /// True when Langfuse's wrapper of the OpenAI client did not write usage or a finish reason, which it does at the end of a
    /// stream. It writes these two parameters with every call; observations created by hand lack them and are left alone.
    private func isUnfinishedLangfuseStream(_ span: SpanRecord) -> Bool {
        guard span.end != nil, span.firstToken != nil, span.output != nil else { return false }
        guard span.inputTokens ?? 0 == 0, span.outputTokens ?? 0 == 0 else { return false }
        var isWrapped = false
        attributes[.parameters]?.withParsed { json in
            isWrapped = json.member("frequency_penalty") != nil && json.member("presence_penalty") != nil
        }
        return isWrapped
    }

    private mutating func leftovers(_ span: inout SpanRecord, _ resource: ResourceContext) -> String? {
        span.parameters = parameters()
        // Fields without a place in the record, or with unknown words.
        attributes.returnToLeftovers([.apiBase, .graphNode, .fallbackTo, .reason, .eventName, .eventContent, .exceptionEscaped])
        if span.agent != attributes.text(.entityName), span.workflow != attributes.text(.entityName) {
            attributes.returnToLeftovers([.entityName])
        }
        attributes.returnToLeftovers(
            SpanKindWords.fields.filter { field in attributes.text(field).map { SpanKindWords.kind($0) == nil } ?? false })
        writer.removeAll()
        writer.beginObject()
        attributes.writeLeftovers(to: &writer)
        if let links, !links.isVoid {
            writer.key("links")
            writer.value(links)
        }
        if let droppedAttributes, droppedAttributes > 0 {
            writer.key("droppedAttributes")
            writer.integer(droppedAttributes)
        }
        resource.write(to: &writer)
        writer.endObject()
        return writer.bytes.count > 2 ? writer.text : nil
    }

    /// Returns the request's parameters: given as one value, or collected from `gen_ai.request.*`.
    private mutating func parameters() -> String? {
        var found: String?
        writer.removeAll()
        if let value = attributes[.parameters] {
            value.withParsed { json in
                if json.isObject, !json.isVoid { writer.value(json) }
            }
            found = writer.textIfAny
        }
        guard found == nil, !attributes.parameters.isEmpty else { return found }
        writer.beginObject()
        for (key, value) in attributes.parameters {
            let prefix = 15
            writer.key(JSONKey(start: key.start + prefix, count: key.count - prefix))
            value.write(to: &writer)
        }
        writer.endObject()
        return writer.text
    }
}

extension Substring {
    /// Returns the first occurrence of `part`.
    fileprivate func range(of part: String) -> Range<Index>? {
        var from = startIndex
        while from < endIndex {
            if self[from...].hasPrefix(part) { return from..<index(from, offsetBy: part.count) }
            from = index(after: from)
        }
        return nil
    }
}
