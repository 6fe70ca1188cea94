import Model

/// The records of a coding agent's session while they are read: a turn for each prompt, and below it the calls and tools.
///
/// A turn is a trace of its own, named after the prompt, so that an attempt that failed and the one that followed it are found
/// together, and copies of a conversation in several files are one.
struct AgentTranscript {
    /// How a tool ended.
    enum Outcome {
        case ok
        case failed(String?)
        /// The user, or a rule of theirs, did not let it run.
        case declined
    }

    /// The agent's name, such as `claude-code`.
    let service: String
    var session: String?
    var release: String?
    /// The model and provider that the session names last.
    var model: String?
    var provider: String?
    /// When the agent last got something to answer: a prompt, a tool's result, a failed attempt.
    private(set) var lastInput: Timestamp?
    private var turn: SpanRecord?
    private var turnLine = 0
    private var turns = 0
    private var callsOfTurn = 0
    private var tools: [String: (span: SpanRecord, line: Int)] = [:]
    /// Failed attempts that wait for the model of the one after them.
    private var attempts: [(span: SpanRecord, line: Int)] = []
    private var lastFailure: String?

    init(service: String) { self.service = service }

    var hasTurn: Bool { turn != nil }
    /// True when the turn has a prompt.
    var hasPrompt: Bool { turn?.input != nil }
    /// True when nothing was called in the turn so far.
    var isFresh: Bool { callsOfTurn == 0 && attempts.isEmpty && tools.isEmpty }
    /// How many attempts of the request under way failed.
    private(set) var failedAttempts = 0
    /// True when the last failure of the turn said the same.
    func repeats(_ message: String?) -> Bool { message != nil && message == lastFailure }

    /// Begins a turn; the one before is handed out. Without an id it is counted in the session.
    mutating func begin(id: String?, prompt: String?, time: Timestamp?, line: Int, sink: RecordSink) throws {
        try end(sink)
        turns += 1
        callsOfTurn = 0
        let trace = id.map(Identifier.normalise) ?? "\(session ?? service)-\(turns)"
        var span = SpanRecord(spanID: "\(trace)-turn", kind: .agent)
        (span.traceID, span.name, span.agent, span.input) = (trace, "turn", service, prompt)
        (span.start, span.end, span.status) = (time, time, .unset)
        turn = dress(span)
        turnLine = line
        lastInput = time ?? lastInput
    }

    /// Takes the prompt of a turn that began without one.
    mutating func prompt(_ text: String?, time: Timestamp?) {
        if turn?.input == nil { turn?.input = text }
        lastInput = time ?? lastInput
    }

    /// Notes that something was given to the agent, or came from it.
    mutating func touch(_ time: Timestamp?, isInput: Bool) {
        guard let time else { return }
        if isInput { lastInput = time }
        if let end = turn?.end, end >= time { return }
        if turn?.start == nil { turn?.start = time }
        turn?.end = time
    }

    /// Notes that the user stopped the turn.
    mutating func interrupt() { turn?.status = .cancelled }

    /// A call of the turn, to be filled; its start is the agent's last input when that is known.
    mutating func call(id: String?, time: Timestamp?) -> SpanRecord {
        callsOfTurn += 1
        var span = SpanRecord(
            spanID: id.map(Identifier.normalise) ?? "\(turn?.traceID ?? service)-call-\(callsOfTurn)", kind: .llm)
        (span.traceID, span.parentID, span.name) = (turn?.traceID, turn?.spanID, "chat")
        (span.provider, span.modelRequested) = (provider, model)
        span.status = .ok
        if let begin = lastInput, let time, begin <= time {
            (span.start, span.end) = (begin, time)
        } else {
            span.start = time
        }
        return dress(span)
    }

    /// Hands out a call that ended, after the failed attempts before it.
    mutating func emit(_ call: SpanRecord, line: Int, sink: RecordSink) throws {
        var call = call
        if failedAttempts > 0 { call.attempt = call.attempt ?? failedAttempts + 1 }
        failedAttempts = 0
        try releaseAttempts(call.modelRequested, call.provider, sink)
        lastFailure = nil
        touch(call.end ?? call.start, isInput: false)
        try sink.record(.span(call), line)
    }

    /// A failed attempt; it is held back until the model is known that the next one asks. After a last one the request was
    /// given up.
    mutating func fail(_ call: SpanRecord, isLast: Bool, line: Int) {
        var call = call
        if isLast, failedAttempts > 0 { call.attempt = call.attempt ?? failedAttempts + 1 }
        failedAttempts = isLast ? 0 : failedAttempts + 1
        attempts.append((call, line))
        lastFailure = call.statusMessage
        touch(call.end ?? call.start, isInput: true)
    }

    mutating func openTool(id: String, name: String?, input: String?, time: Timestamp?, line: Int) {
        var span = SpanRecord(spanID: Identifier.normalise(id), kind: .tool)
        (span.traceID, span.parentID, span.name, span.input) = (turn?.traceID, turn?.spanID, name ?? "tool", input)
        (span.start, span.status) = (time, .inProgress)
        tools[id] = (dress(span), line)
        touch(time, isInput: false)
    }

    /// Hands out a tool that ended. A failure of one that nobody saw begin is kept too.
    mutating func closeTool(
        id: String, outcome: Outcome, output: String?, time: Timestamp?, line: Int, sink: RecordSink
    ) throws {
        touch(time, isInput: true)
        if tools[id] == nil {
            guard case .failed = outcome else { return }
            openTool(id: id, name: nil, input: nil, time: time, line: line)
        }
        guard let begun = tools.removeValue(forKey: id) else { return }
        var span = begun.span
        span.end = time
        switch outcome {
        case .ok: (span.status, span.output) = (.ok, output)
        case .failed(let message): (span.status, span.statusMessage) = (.error, message ?? output)
        case .declined: span.status = .cancelled
        }
        try sink.record(.span(span), begun.line)
    }

    /// Hands out what the turn still holds: failed attempts, tools without a result, the turn itself.
    mutating func end(_ sink: RecordSink) throws {
        try releaseAttempts(nil, nil, sink)
        for (span, line) in tools.values.sorted(by: { $0.span.spanID < $1.span.spanID }) { try sink.record(.span(span), line) }
        tools.removeAll()
        (lastFailure, failedAttempts) = (nil, 0)
        guard let turn else { return }
        self.turn = nil
        try sink.record(.span(turn), turnLine)
    }

    private mutating func releaseAttempts(_ model: String?, _ provider: String?, _ sink: RecordSink) throws {
        for attempt in attempts {
            var span = attempt.span
            span.modelRequested = span.modelRequested ?? model ?? self.model
            span.provider = span.provider ?? provider ?? self.provider
            try sink.record(.span(span), attempt.line)
        }
        attempts.removeAll()
    }

    private func dress(_ span: SpanRecord) -> SpanRecord {
        var span = span
        (span.session, span.release, span.service) = (session.map(Identifier.normalise), release, service)
        return span
    }
}
