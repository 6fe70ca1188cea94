import Model

extension SourceFormat {
    /// The events of a session of VT Code.
    public static let vtcodeSession = SourceFormat(
        "vtcodeSession", "VT Code's session events",
        forms: [
            SourceForm(
                isObject: { shape in
                    if shape.has("schema_version", "event") { return true }
                    let type = shape.text("type") ?? ""
                    return ["thread.", "turn.", "item."].contains { type.hasPrefix($0) }
                }, needsWhole: true, reader: { VTCodeSessionReader() })
        ])
}

/// Reads VT Code's session events: one span per turn, with one span per finished item below it. Events have neither time nor
/// model; the time is taken from the session id, and the order is kept as microseconds after it.
struct VTCodeSessionReader: ValueReader {
    private var traceID: String?
    private var start: Timestamp?
    private var turn: SpanRecord?
    private var turnLine = 0
    private var turns = 0
    /// Occurrences of each item id in the turn: each step of a turn numbers its tools from the start.
    private var occurrences: [String: Int] = [:]
    private var step: Int64 = 0
    private var identity = RowIdentity()
    private var toldOfTime = false

    mutating func read(_ cursor: inout JSONCursor, lines: inout LineCounter, sink: RecordSink) throws {
        let line = lines.line(at: cursor.at)
        let row = try cursor.skipValue()
        let event = row.member("event") ?? row
        guard event.isObject, let type = event.member("type")?.filledText else {
            return sink.problem("expected a VT Code event with a type", line: line)
        }
        // Chunks and starts: the finished item contains everything.
        if type == "item.updated" || type == "item.started" { return }
        step += 1
        let trace: String
        if let known = traceID { trace = known } else { trace = begin(event, row) }
        if start == nil, !toldOfTime {
            toldOfTime = true
            sink.problem("no time in the session id: its events are kept without times", line: line)
        }
        switch type {
        case "thread.started": return
        case "turn.started":
            try release(.unset, sink)
            open(trace, line)
        case "turn.completed", "turn.failed":
            if turn == nil { open(trace, line) }
            finishTurn(event, failed: type == "turn.failed")
            try release(nil, sink)
        case "item.completed": try readItem(event, row, trace, line: line, sink: sink)
        case "thread.completed": try sink.record(.trace(completed(event, trace)), line)
        case "error":
            var record = self.event(row, trace, .error)
            record.message = event.member("message")?.filledText.map(TerminalText.plain)
            (record.name, record.level) = ("error", "ERROR")
            try sink.record(.event(record), line)
        default:
            var record = self.event(row, trace, .log)
            record.name = type
            try sink.record(.event(record), line)
        }
    }

    mutating func finish(sink: RecordSink) throws { try release(.inProgress, sink) }

    /// Starts a session, named by its thread, else by its first line.
    private mutating func begin(_ event: JSONSlice, _ row: JSONSlice) -> String {
        var id = event.member("thread_id")?.filledText
        start = id.flatMap(VTCodeSessionReader.time)
        if id == nil {
            var hash = ContentHash()
            hash.add(row.bytes)
            id = "vtcode-\(hash.text)"
        }
        let trace = Identifier.normalise(id ?? "")
        traceID = trace
        return trace
    }

    /// Returns the time in an id such as `session-vtcode-20260312T113304Z_360153-80579`.
    static func time(in id: String) -> Timestamp? {
        let bytes = Array(id.utf8)
        guard bytes.count >= 16 else { return nil }
        for at in 0...(bytes.count - 16) where bytes[at + 8] == 0x54 && bytes[at + 15] == 0x5A {
            let digits = bytes[at..<at + 8] + bytes[at + 9..<at + 15]
            guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { continue }
            let d = digits.map { String(UnicodeScalar($0)) }
            func part(_ from: Int, _ count: Int) -> String { d[from..<from + count].joined() }
            return TimeText.parse(
                "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))Z")
        }
        return nil
    }

    private var now: Timestamp? { start.map { $0 + .nanoseconds(step * 1000) } }

    private mutating func open(_ trace: String, _ line: Int) {
        turns += 1
        occurrences = [:]
        var span = SpanRecord(spanID: "\(trace)-turn-\(turns)", kind: .llm)
        (span.traceID, span.name, span.start) = (trace, "turn", now)
        turn = span
        turnLine = line
    }

    private mutating func release(_ status: SpanStatus?, _ sink: RecordSink) throws {
        guard var span = turn else { return }
        turn = nil
        if let status { span.status = status }
        try sink.record(.span(span), turnLine)
    }

    private mutating func finishTurn(_ event: JSONSlice, failed: Bool) {
        let end = now
        turn?.end = end
        turn?.status = failed ? .error : .ok
        if failed { turn?.statusMessage = event.member("message")?.filledText.map(TerminalText.plain) }
        guard let usage = event.member("usage") else { return }
        func count(_ name: StaticString) -> Int64? { usage.member(name)?.int.flatMap { $0 > 0 ? $0 : nil } }
        // A session without a meter writes zeros.
        turn?.inputTokens = count("input_tokens")
        turn?.outputTokens = count("output_tokens")
        turn?.cachedInputTokens = count("cached_input_tokens")
    }

    private static let kinds: [String: SpanKind] = [
        "command_execution": .tool, "tool_invocation": .tool, "mcp_tool_call": .tool, "web_search": .tool, "file_change": .tool,
    ]
    private static let failures: Set<String> = ["failed", "error", "permission_rejected", "hook_denied", "invalid_tool"]

    private mutating func readItem(_ event: JSONSlice, _ row: JSONSlice, _ trace: String, line: Int, sink: RecordSink) throws {
        guard let item = event.member("item"), item.isObject else {
            return sink.problem("an item without content", line: line)
        }
        let type = item.member("type")?.filledText ?? "item"
        func text(_ name: StaticString) -> String? { item.member(name)?.filledText }
        if type == "agent_message" {
            // The model's output in this turn.
            let before = turn?.output
            if let said = text("text") { turn?.output = before.map { $0 + "\n" + said } ?? said }
            return
        }
        if type == "harness" || type == "error" {
            let name = text("event") ?? type
            var record = self.event(row, trace, VTCodeSessionReader.kind(name))
            (record.name, record.message) = (name, (text("message")).map(TerminalText.plain))
            return try sink.record(.event(record), line)
        }
        let outcome = text("outcome") ?? text("status") ?? ""
        let isFailed = VTCodeSessionReader.failures.contains(outcome) || (item.member("exit_code")?.int ?? 0) != 0
        if type == "tool_output" {
            // The error text for the invocation reported earlier, which has none.
            guard isFailed, let call = text("call_id") else { return }
            var record = self.event(row, trace, .exception)
            record.spanID = spanID(call, trace)
            (record.name, record.message) = ("tool_output", (text("output")).map { TerminalText.plain(String($0.prefix(4000))) })
            return try sink.record(.event(record), line)
        }
        guard let kind = VTCodeSessionReader.kinds[type] else {
            var record = self.event(row, trace, .log)
            record.name = type
            return try sink.record(.event(record), line)
        }
        let id = text("id") ?? String(step)
        occurrences[id, default: 0] += 1
        var span = SpanRecord(spanID: spanID(id, trace), kind: kind)
        (span.traceID, span.parentID, span.start, span.end) = (trace, turn?.spanID, now, now)
        span.name = text("tool_name") ?? text("command") ?? text("query") ?? type
        span.input = item.member("arguments").flatMap { MessageText(AttributeValue(slice: $0), withRoles: false).text }
        span.status = outcome == "cancelled" ? .cancelled : isFailed ? .error : outcome.isEmpty ? .unset : .ok
        if isFailed { span.statusMessage = (text("message") ?? text("error")).map(TerminalText.plain) }
        span.attributes = VTCodeSessionReader.compact(item)
        try sink.record(.span(span), line)
    }

    private func spanID(_ item: String, _ trace: String) -> String {
        let count = occurrences[item] ?? 1
        return "\(trace)-\(turns)-\(Identifier.normalise(item))" + (count > 1 ? ".\(count)" : "")
    }

    /// Classifies events as failures by the end of their name; a recovered failure is not one.
    private static func kind(_ name: String) -> EventKind {
        if name.contains("retry") || name.contains("recovered") { return .retry }
        if name.hasSuffix("_failed") || name == "error" { return .error }
        return name.contains("fallback") ? .fallback : .log
    }

    private mutating func event(_ row: JSONSlice, _ trace: String, _ kind: EventKind) -> EventRecord {
        var hash = ContentHash()
        hash.add(row.bytes)
        var event = EventRecord(eventID: identity.next(hash), kind: kind)
        (event.traceID, event.parentID, event.time) = (trace, turn?.spanID, now)
        event.attributes = row.member("event").flatMap { $0.member("item") }.flatMap(VTCodeSessionReader.compact)
        return event
    }

    /// Returns the item without its long texts.
    private static func compact(_ item: JSONSlice) -> String? {
        var writer = JSONWriter()
        writer.beginObject()
        item.forEachMember { key, value in
            if value.isVoid || value.count > 2000 || key == "text" || key == "output" || key == "arguments" { return }
            writer.key(key)
            writer.value(value)
        }
        writer.endObject()
        return writer.text
    }

    /// Reads the end of a session; its usage repeats that of the turns.
    private func completed(_ event: JSONSlice, _ trace: String) -> TraceRecord {
        var record = TraceRecord(traceID: trace)
        let subtype = event.member("subtype")?.filledText
        record.status = subtype == "success" ? .ok : subtype == "cancelled" ? .cancelled : subtype == nil ? .unknown : .error
        (record.start, record.end) = (start, now)
        record.metadata = VTCodeSessionReader.compact(event)
        return record
    }
}
