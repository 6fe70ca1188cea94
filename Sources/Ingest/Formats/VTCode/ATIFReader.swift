import Model

extension SourceFormat {
    /// Trajectories of agents.
    public static let atif = SourceFormat(
        "atif", "agent trajectories in ATIF",
        forms: [
            SourceForm(
                isObject: { $0.has("steps") && $0.text("schema_version")?.hasPrefix("ATIF-") == true }, reader: { ATIFReader() })
        ])
}

/// Reads agent trajectories in ATIF: a session with its steps. An agent step is a call; a failed turn is a system step whose
/// message starts with `turn_failed`.
struct ATIFReader: ValueReader {
    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        let document = try cursor.skipValue()
        guard document.isObject, document.member("steps")?.isArray == true else {
            return sink.problem("expected a trajectory with steps", line: line)
        }
        var hash = ContentHash()
        hash.add(document.bytes)
        let trace = Identifier.normalise(document.member("session_id")?.filledText ?? "atif-\(hash.text)")
        let agent = document.member("agent")
        var session = Session(
            trace: trace, agent: agent?.member("name")?.filledText, model: agent?.member("model_name")?.filledText)
        session.release = agent?.member("version")?.filledText
        var records: [Record] = [], number = 0, last: Timestamp?
        document.member("steps")?.forEachElement { step in
            number += 1
            guard step.isObject else { return }
            // A step without a time follows the previous one.
            let time = step.member("timestamp").flatMap(TimeValue.any) ?? last.map { $0 + .nanoseconds(1000) }
            last = time ?? last
            records += session.records(of: step, number: number, time)
        }
        for record in records { try sink.record(record, line) }
        var record = TraceRecord(traceID: trace)
        (record.session, record.release, record.end) = (trace, session.release, last)
        record.start = document.member("steps").flatMap(ATIFReader.firstTime)
        if let metrics = document.member("final_metrics"), !metrics.isVoid {
            var writer = JSONWriter()
            writer.value(metrics)
            record.metadata = writer.text
        }
        try sink.record(.trace(record), line)
    }

    private static func firstTime(_ steps: JSONSlice) -> Timestamp? {
        var first: Timestamp?
        steps.forEachElement { step in first = first ?? step.member("timestamp").flatMap(TimeValue.any) }
        return first
    }

    private struct Session {
        let trace: String
        let agent: String?
        let model: String?
        var release: String?
        /// The call in progress, which receives the metrics of the next system step.
        private var asked: String?

        init(trace: String, agent: String?, model: String?) {
            (self.trace, self.agent, self.model) = (trace, agent, model)
        }

        mutating func records(of step: JSONSlice, number: Int, _ time: Timestamp?) -> [Record] {
            let text = step.member("message").flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text }
            switch step.member("source")?.filledText {
            case "user":
                asked = text
                return []
            case "agent": return [.span(call(step, number, time, text, isFailed: false))]
            default:
                let message = text ?? ""
                if message.hasPrefix("turn_failed") {
                    let rest = message.dropFirst(11).drop { $0 == ":" || $0 == " " }
                    return [.span(call(step, number, time, rest.isEmpty ? message : String(rest), isFailed: true))]
                }
                var event = EventRecord(eventID: "\(trace)-\(number)", kind: message.hasPrefix("error") ? .error : .lifecycle)
                (event.traceID, event.time, event.name, event.message) = (trace, time, "system", text)
                return [.event(event)]
            }
        }

        private mutating func call(_ step: JSONSlice, _ number: Int, _ time: Timestamp?, _ text: String?, isFailed: Bool)
            -> SpanRecord
        {
            var span = SpanRecord(spanID: "\(trace)-\(number)", kind: .llm)
            (span.traceID, span.session, span.agent, span.release) = (trace, trace, agent, release)
            (span.name, span.end, span.start) = ("step", time, time)
            if let name = step.member("model_name")?.filledText ?? model {
                (span.provider, span.modelRequested) = ProviderNames.split(name)
                span.provider = span.provider ?? span.modelRequested.flatMap(ProviderNames.maker)
                if name != span.modelRequested { span.modelAsWritten = name }
            }
            span.status = isFailed ? .error : .ok
            if isFailed { span.statusMessage = text.map(TerminalText.plain) } else { span.output = text }
            span.input = asked
            span.hasToolCalls = step.member("tool_calls").map { !$0.isVoid } ?? false
            if let metrics = step.member("metrics") {
                func count(_ name: StaticString) -> Int64? { metrics.member(name)?.int.flatMap { $0 >= 0 ? $0 : nil } }
                (span.inputTokens, span.outputTokens) = (count("prompt_tokens"), count("completion_tokens"))
                span.cachedInputTokens = count("cached_tokens")
                span.cost = metrics.member("cost_usd")?.double.flatMap { $0 >= 0 ? Money(dollars: $0) : nil }
            }
            return span
        }
    }
}
