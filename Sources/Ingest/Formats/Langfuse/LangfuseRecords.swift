import Model

/// Langfuse's member names, and the records that need no draft.
enum LangfuseRecords {
    typealias Members = [(key: JSONKey, value: JSONSlice)]

    /// Members of an observation and the equivalent attributes of the Langfuse SDK's spans.
    static let attributeNames: [(member: StaticString, attribute: StaticString)] = [
        ("model", "langfuse.observation.model.name"),
        ("providedModelName", "langfuse.observation.model.name"),
        ("provided_model_name", "langfuse.observation.model.name"),
        ("modelParameters", "langfuse.observation.model.parameters"),
        ("model_parameters", "langfuse.observation.model.parameters"),
        ("input", "langfuse.observation.input"),
        ("output", "langfuse.observation.output"),
        ("completionStartTime", "langfuse.observation.completion_start_time"),
        ("completion_start_time", "langfuse.observation.completion_start_time"),
        ("usageDetails", "langfuse.observation.usage_details"),
        ("usage_details", "langfuse.observation.usage_details"),
        ("costDetails", "langfuse.observation.cost_details"),
        ("cost_details", "langfuse.observation.cost_details"),
        ("totalCost", "gen_ai.usage.cost"),
        ("total_cost", "gen_ai.usage.cost"),
        ("calculatedTotalCost", "gen_ai.usage.cost"),
        ("inputUsage", "gen_ai.usage.input_tokens"),
        ("outputUsage", "gen_ai.usage.output_tokens"),
        ("totalUsage", "gen_ai.usage.total_tokens"),
        ("promptName", "langfuse.observation.prompt.name"),
        ("prompt_name", "langfuse.observation.prompt.name"),
        ("promptVersion", "langfuse.observation.prompt.version"),
        ("prompt_version", "langfuse.observation.prompt.version"),
        ("environment", "langfuse.environment"),
        ("release", "langfuse.release"),
        ("userId", "user.id"),
        ("user_id", "user.id"),
        ("sessionId", "session.id"),
        ("session_id", "session.id"),
        ("tags", "langfuse.trace.tags"),
        ("traceName", "langfuse.trace.name"),
        ("trace_name", "langfuse.trace.name"),
    ]

    /// Members that repeat others, or whose unit is unreliable: durations are computed from the times.
    static let ignored: [StaticString] = [
        "latency", "latencyMs", "timeToFirstToken", "timeToFirstTokenMs", "createdAt", "created_at", "htmlPath", "unit",
        "calculatedInputCost", "calculatedOutputCost", "inputPrice", "outputPrice", "totalPrice", "inputCost", "outputCost",
        "is_deleted", "bookmarked", "public",
    ]

    /// The destination of a member without a place of its own.
    enum Member {
        case ignored
        case attribute(StaticString)
    }

    static let members = NameTable<Member>(
        ignored.map { ($0, .ignored) } + attributeNames.map { ($0.member, .attribute($0.attribute)) })

    /// Removes counts of 0 that Langfuse adds when an observation has no usage: unknown is not zero.
    static func clearDerivedZeros(in attributes: inout AttributeSet, of usage: JSONSlice) {
        var hasInput = false, hasOutput = false
        usage.forEachMember { key, _ in
            if key.hasPrefix("input") || key.hasPrefix("prompt") { hasInput = true }
            if key.hasPrefix("output") || key.hasPrefix("completion") { hasOutput = true }
        }
        let isEmpty = !hasInput && !hasOutput
        for (field, isKnown) in [
            (.inputTokens, hasInput), (.outputTokens, hasOutput), (.totalTokens, !isEmpty),
        ] as [(AttributeField, Bool)] where !isKnown && attributes[field]?.int == 0 {
            attributes.remove(field)
        }
    }

    /// Returns the kind word of a type, in memory that is never freed.
    static func word(_ type: String) -> AttributeValue {
        let known: [(String, StaticString)] = [
            ("GENERATION", "\"generation\""), ("SPAN", "\"span\""), ("EVENT", "\"event\""), ("AGENT", "\"agent\""),
            ("TOOL", "\"tool\""), ("CHAIN", "\"chain\""), ("RETRIEVER", "\"retriever\""), ("EVALUATOR", "\"evaluator\""),
            ("EMBEDDING", "\"embedding\""), ("GUARDRAIL", "\"guardrail\""),
        ]
        let text = known.first { $0.0 == type.uppercased() }?.1 ?? "\"unknown\""
        return AttributeValue(slice: JSONSlice(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Returns the project as part of a trace's identity. OpenTelemetry trace ids are globally unique, so the project is left
    /// out: an API export and the SDK's spans are then the same records. Ids chosen by people are unique only within their
    /// project.
    static func project(_ id: String?, traceID: String?) -> String? {
        let isUnique = traceID.map {
            $0.utf8.count == 32 && $0.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
        }
        return isUnique == true ? nil : id
    }

    /// Maps metadata to fields; unfolds what the OpenTelemetry endpoint stores there (attributes, resource, scope).
    static func takeMetadata(_ metadata: JSONSlice, into attributes: inout AttributeSet, arena: TextArena) -> ResourceContext {
        var resource = ResourceContext(), scope: String?
        var metadata = metadata
        if metadata.isString {
            // The UI exports it as JSON in a string.
            AttributeValue(slice: metadata).withParsed { inner in
                if inner.isObject { metadata = arena.value(inner.bytes) }
            }
        }
        guard metadata.isObject else {
            attributes.add(JSONKey("metadata"), AttributeValue(slice: metadata))
            return resource
        }
        metadata.forEachMember { key, value in
            switch key {
            case "attributes": if value.isObject { attributes.addMembers(of: value) }
            case "resourceAttributes":
                var set = AttributeSet()
                set.addMembers(of: value)
                resource = ResourceContext(&set)
            case "scope" where value.isObject: scope = value.member("name")?.filledText
            case "agent", "agent_name":
                attributes.add(value.isString ? JSONKey("agent.name") : key, AttributeValue(slice: value))
            case "finish_reason":
                attributes.add(JSONKey("langfuse.observation.metadata.finish_reason"), AttributeValue(slice: value))
            default: attributes.add(key, AttributeValue(slice: value))
            }
        }
        resource.scope = scope
        return resource
    }

    static func trace(id: String, _ members: Members, attributes: inout AttributeSet, arena: TextArena) -> TraceRecord {
        attributes.reset()
        arena.reset()
        var trace = TraceRecord(traceID: Identifier.normalise(id))
        var writer = JSONWriter()
        writer.beginObject()
        var projectID: String?, resource = ResourceContext(), version: String?
        for (key, value) in members {
            switch key {
            case "id": break
            case "name": trace.name = value.filledText
            case "timestamp": trace.start = TimeValue.any(value)
            case "userId", "user_id": trace.user = value.filledText
            case "sessionId", "session_id": trace.session = value.filledText
            case "environment": trace.environment = value.filledText
            case "release": trace.release = value.filledText
            case "version": version = value.filledText
            case "tags": trace.tags = AttributeValue(slice: value).texts
            case "projectId", "project_id": projectID = value.filledText
            case "updatedAt", "updated_at", "event_ts": trace.updatedAt = TimeValue.any(value) ?? trace.updatedAt
            case "input": trace.input = MessageText(AttributeValue(slice: value), withRoles: true).text
            case "output": trace.output = MessageText(AttributeValue(slice: value), withRoles: false).text
            case "level": if value.text == "ERROR" { trace.status = .error }
            case "metadata": resource = takeMetadata(value, into: &attributes, arena: arena)
            case "totalCost", "observationCount", "errorCount", "warningCount", "defaultCount", "debugCount": break
            default:
                if case .ignored? = LangfuseRecords.members[key] { break }
                if value.isVoid { break }
                writer.key(key)
                writer.value(value)
            }
        }
        trace.project = project(projectID, traceID: trace.traceID) ?? ""
        trace.service = resource.service
        trace.user = trace.user ?? attributes.text(.user)
        trace.session = trace.session ?? attributes.text(.session)
        trace.environment = trace.environment ?? attributes.text(.environment) ?? resource.environment
        trace.release = trace.release ?? version ?? attributes.text(.release) ?? resource.release
        attributes.writeLeftovers(to: &writer)
        resource.write(to: &writer)
        writer.endObject()
        trace.metadata = writer.bytes.count > 2 ? writer.text : nil
        return trace
    }

    static func score(id: String, name: String, _ members: Members) -> ScoreRecord {
        var score = ScoreRecord(scoreID: Identifier.normalise(id), name: name)
        var projectID: String?
        for (key, value) in members {
            switch key {
            case "traceId", "trace_id": score.traceID = value.filledText.map(Identifier.normalise)
            case "observationId", "observation_id": score.spanID = value.filledText.map(Identifier.normalise)
            case "sessionId", "session_id": score.session = value.filledText
            case "projectId", "project_id": projectID = value.filledText
            case "value":
                score.number =
                    value.bool == true && !value.isNumber ? 1 : value.bool == false && !value.isNumber ? 0 : value.double
                if score.number == nil { score.text = score.text ?? value.filledText }
            case "stringValue", "string_value": score.text = value.filledText
            case "comment": score.comment = value.filledText
            case "source": score.source = value.filledText
            case "timestamp": score.time = TimeValue.any(value)
            default: break
            }
        }
        score.project = project(projectID, traceID: score.traceID) ?? ""
        return score
    }
}

extension AttributeSet {
    /// Uses the older `usage` map only when there are no usage details: it has zeros for unknown.
    mutating func completeUsage() {
        guard let index = leftovers.firstIndex(where: { $0.key == "usage" }) else { return }
        let usage = removeLeftover(at: index)
        guard self[.usageDetails] == nil, (usage.slice.member("total")?.int ?? usage.slice.member("totalTokens")?.int ?? 0) > 0
        else { return }
        add(JSONKey("langfuse.observation.usage_details"), usage)
    }
}
