import Model

/// An OTLP log record being read.
struct OTLPLogDraft {
    var body: AttributeValue?
    private var traceID: String?
    private var spanID: String?
    var time: Timestamp?
    private var observed: Timestamp?
    private var level: String?
    private var severity: Int64?
    private var name: String?

    mutating func take(_ key: JSONKey, _ value: JSONSlice) {
        switch key {
        case "traceId", "trace_id": traceID = OTLPIdentifier.read(value, bytes: 16)
        case "spanId", "span_id": spanID = OTLPIdentifier.read(value, bytes: 8)
        case "timeUnixNano", "time_unix_nano": time = TimeValue.nanoseconds(value)
        case "observedTimeUnixNano", "observed_time_unix_nano": observed = TimeValue.nanoseconds(value)
        case "severityText", "severity_text": level = value.filledText
        case "severityNumber", "severity_number": severity = OTLPLogDraft.severity(value)
        case "eventName", "event_name": name = value.filledText
        default: break
        }
    }

    /// Parses a severity: 1...24 as a number, or a name (`SEVERITY_NUMBER_WARN2`).
    private static func severity(_ value: JSONSlice) -> Int64? {
        if let number = value.int { return (1...24).contains(number) ? number : nil }
        guard let name = value.string, let range = name.split(separator: "_").last else { return nil }
        for (start, word) in [(1, "TRACE"), (5, "DEBUG"), (9, "INFO"), (13, "WARN"), (17, "ERROR"), (21, "FATAL")]
            as [(Int64, String)]
        where range.hasPrefix(word) {
            return start + (Int64(range.dropFirst(word.count)) ?? 1) - 1
        }
        return nil
    }

    /// Returns an event, a score for an evaluation result, or a span for a call or tool that a coding agent reports.
    func finish(_ attributes: inout AttributeSet, resource: ResourceContext, id: String) -> Record {
        let name = name ?? attributes.text(.eventName)
        if name == "gen_ai.evaluation.result", let score = score(attributes, resource, id) { return .score(score) }
        if let agent = AgentEvent(name: name, body: body?.text, scope: resource.scope),
            let span = agent.span(
                &attributes, id: id, trace: traceID, parent: spanID, end: time ?? observed, resource: resource)
        {
            return .span(span)
        }
        var event = EventRecord(eventID: id, kind: .log)
        event.project = resource.project ?? ""
        event.traceID = traceID
        event.spanID = spanID
        event.time = time ?? observed
        event.name = name
        event.level = level ?? severity.map(OTLPLogDraft.word)
        if let body, body.form == .plain {
            event.message = MessageText(body, withRoles: false).text
        } else if let body, !body.isVoid {
            var writer = JSONWriter()
            body.write(to: &writer)
            event.message = writer.text
        }
        // The exception's own message is more precise than the log line, and an error more precise than the event's name.
        if let message = attributes.text(.exceptionMessage) { event.message = message }
        if let message = event.message, let name, OTLPLogDraft.isName(message, name),
            let error = attributes.text(.errorMessage) ?? attributes.text(.errorField)
        {
            event.message = error
        }
        (event.session, event.user) = (attributes.text(.session), attributes.text(.user))
        event.service = attributes.text(.service) ?? resource.service
        event.environment = attributes.text(.environment) ?? resource.environment
        event.release = attributes.text(.release) ?? resource.release
        EventMapping.fill(&event, from: &attributes, isError: (severity ?? 0) >= 17 || attributes.saysFailure)
        return .event(event)
    }

    /// True when the text of a record only repeats the event's name, with or without its namespace.
    private static func isName(_ text: String, _ name: String) -> Bool {
        text == name || text.hasSuffix("." + name) || name.hasSuffix("." + text)
    }

    private static func word(_ severity: Int64) -> String {
        ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"][min(5, max(0, Int(severity - 1) / 4))]
    }

    private func score(_ attributes: AttributeSet, _ resource: ResourceContext, _ id: String) -> ScoreRecord? {
        var found: ScoreRecord?
        for (key, value) in attributes.leftovers where key == "gen_ai.evaluation.name" {
            found = value.text.map { ScoreRecord(scoreID: id, name: $0) }
        }
        guard var score = found else { return nil }
        score.project = resource.project ?? ""
        (score.traceID, score.spanID, score.time) = (traceID, spanID, time ?? observed)
        for (key, value) in attributes.leftovers {
            switch key {
            case "gen_ai.evaluation.score.value": score.number = value.double
            case "gen_ai.evaluation.score.label": score.text = value.text
            case "gen_ai.evaluation.explanation": score.comment = value.text
            default: break
            }
        }
        return score
    }
}
