import Model

extension SourceFormat {
    /// What Langfuse answers and exports.
    public static let langfuse = SourceFormat(
        "langfuse",
        "Langfuse observations, traces and scores: API pages, UI and blob exports as JSON, JSONL or CSV",
        forms: [
            SourceForm(
                isObject: { $0.has("trace", "observations") || isLangfuse($0.keys) }, isHeader: { isLangfuse($0) },
                reader: { LangfuseReader() })
        ])

    /// True for the members of an observation, a trace or a score, in camel case or in snake case.
    private static func isLangfuse(_ names: [String]) -> Bool {
        let names = Set(names)
        func hasAny(_ some: String...) -> Bool { some.contains(where: names.contains) }
        if hasAny("traceId", "trace_id"), hasAny("startTime", "start_time") {
            return hasAny("type", "parentObservationId", "parent_observation_id")
        }
        guard names.contains("id") else { return false }
        if names.contains("timestamp"),
            hasAny("htmlPath", "sessionId", "errorCount", "session_id", "userId", "user_id", "bookmarked")
        {
            return true
        }
        return names.contains("name") && hasAny("value", "stringValue", "string_value")
            && hasAny("traceId", "trace_id", "dataType", "data_type", "observationId")
    }
}

/// Reads Langfuse's API responses and exports: observations, traces and scores, alone, in lists or in pages `{data, meta}`; also
/// the snake-case names of its blob exports.
struct LangfuseReader: ListReader {
    static let deepestList = 4

    private var draft = SpanDraft()
    private var eventAttributes = AttributeSet(.events)
    private var members: [(key: JSONKey, value: JSONSlice)] = []
    /// True while reading an observation whose source omits defaults such as the level.
    private var isWhole = false

    mutating func readElement(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink, depth: Int) throws {
        let line = lines.line(at: cursor.at)
        guard depth < LangfuseReader.deepestList, try cursor.enterObject() else {
            // Traces list the ids of their observations and scores; those are not records.
            if try !cursor.skipValue().isString { sink.problem("expected an observation, trace or score", line: line) }
            return
        }
        var members: [(key: JSONKey, value: JSONSlice)] = []
        swap(&members, &self.members)
        members.removeAll(keepingCapacity: true)
        var isWrapper = false
        while let key = try cursor.nextKey() {
            switch key {
            case "data", "observations", "scores":
                if try cursor.peek() == 0x5B {
                    try read(&cursor, lines: &lines, sink: sink, depth: depth + 1)
                    isWrapper = isWrapper || key == "data"
                    continue
                }
            case "trace":
                if try cursor.peek() == 0x7B {
                    try read(&cursor, lines: &lines, sink: sink, depth: depth + 1)
                    isWrapper = true
                    continue
                }
            default: break
            }
            let value = try cursor.skipValue()
            if !value.isNull { members.append((key, value)) }
        }
        if !isWrapper { try readRecord(members, line: line, sink: sink) }
        swap(&members, &self.members)
    }

    /// The subject of a Langfuse body, where its context determines it.
    enum Subject: Hashable {
        /// With its type, such as `GENERATION`.
        case observation(String)
        case trace, score

        /// One word for all observations, one for traces, one for scores.
        var word: String {
            switch self {
            case .observation: "observation"
            case .trace: "trace"
            case .score: "score"
            }
        }
    }

    /// Reads a body with a known subject; `time` is its last change in the source.
    mutating func read(_ subject: Subject, id: String, _ body: JSONSlice, at time: Timestamp?, line: Int, sink: RecordSink) throws
    {
        var members: [(key: JSONKey, value: JSONSlice)] = []
        body.forEachMember { key, value in
            if !value.isNull { members.append((key, value)) }
        }
        switch subject {
        case .observation(let type):
            isWhole = true
            defer { isWhole = false }
            // An update alone must not replace a whole observation from another file.
            let hasStart = members.contains { $0.key == "startTime" || $0.key == "start_time" }
            try readObservation(members, type: type, updatedAt: hasStart ? time : nil, line: line, sink: sink)
        case .trace:
            var trace = LangfuseRecords.trace(id: id, members, attributes: &draft.attributes, arena: draft.arena)
            trace.updatedAt = trace.updatedAt ?? time
            try sink.record(.trace(trace), line)
        case .score:
            guard let name = members.first(where: { $0.key == "name" })?.value.filledText else {
                return sink.problem("a score without a name", line: line)
            }
            try sink.record(.score(LangfuseRecords.score(id: id, name: name, members)), line)
        }
    }

    private mutating func readRecord(_ members: [(key: JSONKey, value: JSONSlice)], line: Int, sink: RecordSink) throws {
        func value(_ names: StaticString...) -> JSONSlice? {
            members.first { member in names.contains { member.key == $0 } }?.value
        }
        let start = value("startTime", "start_time")
        if start != nil, value("type") != nil || value("traceId", "trace_id") != nil {
            return try readObservation(members, type: nil, updatedAt: nil, line: line, sink: sink)
        }
        guard let id = value("id")?.filledText else {
            return sink.problem("neither an observation, a trace nor a score", line: line)
        }
        if let name = value("name")?.filledText, value("value", "stringValue", "string_value") != nil {
            return try sink.record(.score(LangfuseRecords.score(id: id, name: name, members)), line)
        }
        if value("timestamp") != nil {
            return try sink.record(
                .trace(LangfuseRecords.trace(id: id, members, attributes: &draft.attributes, arena: draft.arena)), line)
        }
        sink.problem("neither an observation, a trace nor a score", line: line)
    }

    private mutating func readObservation(
        _ members: [(key: JSONKey, value: JSONSlice)], type known: String?, updatedAt: Timestamp?, line: Int, sink: RecordSink
    ) throws {
        draft.reset()
        draft.updatedAt = updatedAt
        var resource = ResourceContext()
        var type = known, projectID: (JSONKey, String)?, metadata: JSONSlice?, version: String?, usage: JSONSlice?
        for (key, value) in members {
            switch key {
            case "id": draft.spanID = value.filledText.map(Identifier.normalise)
            case "traceId", "trace_id": draft.traceID = value.filledText.map(Identifier.normalise)
            case "parentObservationId", "parent_observation_id": draft.parentID = value.filledText.map(Identifier.normalise)
            case "projectId", "project_id": projectID = value.filledText.map { (key, $0) }
            case "type": type = value.filledText
            case "name": draft.name = value.filledText
            case "startTime", "start_time": draft.start = TimeValue.any(value)
            case "endTime", "end_time": draft.end = TimeValue.any(value)
            case "level": draft.level = value.filledText
            case "statusMessage", "status_message": draft.statusMessage = value.filledText
            case "updatedAt", "updated_at", "event_ts": draft.updatedAt = max(draft.updatedAt, TimeValue.any(value))
            case "version": version = value.filledText
            case "metadata": metadata = value
            default:
                if key == "usageDetails" || key == "usage_details" { usage = value }
                switch LangfuseRecords.members[key] {
                case .ignored: break
                case .attribute(let name): draft.attributes.add(JSONKey(name), AttributeValue(slice: value))
                case nil: draft.attributes.add(key, AttributeValue(slice: value))
                }
            }
        }
        if let type { draft.attributes.add(JSONKey("langfuse.observation.type"), LangfuseRecords.word(type)) }
        if let metadata {
            draft.metadataFailure = MetadataFailure(metadata)
            resource = LangfuseRecords.takeMetadata(metadata, into: &draft.attributes, arena: draft.arena)
        }
        resource.release = resource.release ?? version
        draft.attributes.completeUsage()
        if let usage { LangfuseRecords.clearDerivedZeros(in: &draft.attributes, of: usage) }
        resource.project = LangfuseRecords.project(projectID?.1, traceID: draft.traceID)
        draft.status = draft.level == nil && !isWhole ? .unknown : draft.end == nil ? .inProgress : .ok
        guard type?.uppercased() == "EVENT" else { return try draft.emit(resource, line: line, sink: sink) }
        try emitEvent(resource, metadata, line: line, sink: sink)
    }

    /// Emits an observation without a duration as an event. It is a sibling of its call: both have the same parent.
    private mutating func emitEvent(_ resource: ResourceContext, _ metadata: JSONSlice?, line: Int, sink: RecordSink) throws {
        guard let id = draft.spanID else { return sink.problem("an event without an id", line: line) }
        var event = EventRecord(eventID: id, kind: .log)
        event.project = resource.project ?? ""
        (event.traceID, event.parentID) = (draft.traceID, draft.parentID)
        (event.time, event.name, event.level, event.message) = (draft.start, draft.name, draft.level, draft.statusMessage)
        eventAttributes.reset()
        if let metadata { eventAttributes.addMembers(of: metadata) }
        EventMapping.fill(&event, from: &eventAttributes, isError: draft.level == "ERROR")
        event.model = event.model ?? draft.attributes.text(.modelRequested).map { ProviderNames.split($0).model }
        try sink.record(.event(event), line)
    }
}

private func max(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? {
    guard let a, let b else { return a ?? b }
    return Swift.max(a, b)
}
