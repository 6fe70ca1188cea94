/// What kind of work a span records. The raw value is stored; never renumber.
public enum SpanKind: Int, CaseIterable, Sendable {
    case unknown = 0, llm = 1, embedding = 2, tool = 3, agent = 4, chain = 5, workflow = 6, retriever = 7
    case reranker = 8, guardrail = 9, evaluator = 10, prompt = 11, event = 12, span = 13

    /// The word shown and typed, such as `llm`.
    public var name: String { SpanKind.names[rawValue] }

    /// By raw value. Written out, because every start of the program needs them and asking the runtime for them is slow.
    private static let names = [
        "unknown", "llm", "embedding", "tool", "agent", "chain", "workflow", "retriever", "reranker", "guardrail", "evaluator",
        "prompt", "event", "span",
    ]

    /// True for the kinds that the noun `calls` counts: one request to a model.
    public var isCall: Bool { self == .llm || self == .embedding }
}

/// How a span ended, as far as its source says. The raw value is stored. `unset` is not `ok`.
public enum SpanStatus: Int, CaseIterable, Sendable {
    case unknown = 0, unset = 1, ok = 2, error = 3, cancelled = 4, inProgress = 5
}

/// One span of any kind, in the canonical form that every input format is mapped to.
///
/// Unknown is nil, never 0 or "". Times are UTC. Identifiers are normalised by `Identifier.normalise`.
public struct SpanRecord: Sendable, Equatable {
    /// The project of the source; "" when it names none. Part of the identity.
    public var project = ""
    /// The trace; nil when the source knows none (the span then is a trace of its own).
    public var traceID: String?
    /// The span's identity inside its trace. Readers without ids derive one from the content of the row.
    public var spanID: String
    /// Another id by which the source knows the span: events may use it, and people look the span up by it.
    public var alternateID: String?
    /// The enclosing span; it may be missing from the data.
    public var parentID: String?
    public var kind: SpanKind
    /// The span's name, such as `chat gpt-4o`.
    public var name: String?

    public var start: Timestamp?
    public var firstToken: Timestamp?
    public var end: Timestamp?
    /// Latency reported by the source; see `latency`.
    public var reportedLatency: Duration?

    public var modelRequested: String?
    public var modelResponded: String?
    /// The product that answered, such as `openai`, `anthropic`.
    public var provider: String?
    /// The provider and the requested model as the source spells them, where that differs from the two above.
    public var providerAsWritten: String?, modelAsWritten: String?
    /// The host that served it, such as `azure`, or a server address.
    public var host: String?
    /// Request parameters as a JSON object.
    public var parameters: String?
    public var isStream: Bool?
    public var finishReasons: [String] = []

    public var agent: String?
    public var workflow: String?
    public var user: String?
    public var session: String?
    public var environment: String?
    public var release: String?
    public var service: String?
    public var tags: [String] = []
    public var promptName: String?
    public var promptVersion: String?

    public var inputTokens: Int64?
    public var cachedInputTokens: Int64?
    public var outputTokens: Int64?
    public var reasoningTokens: Int64?
    public var totalTokens: Int64?
    /// Cost as reported by the source.
    public var cost: Money?

    public var input: String?
    public var output: String?
    /// True when the call asked for tools, so that an empty text is no empty answer.
    public var hasToolCalls = false

    public var status: SpanStatus = .unknown
    /// The source's own word for level or status, as written.
    public var level: String?
    public var statusMessage: String?

    public var exceptionType: String?
    public var exceptionMessage: String?
    public var stack: String?
    /// HTTP status of the answer, 100...599.
    public var httpStatus: Int?
    /// The provider's error code, such as `insufficient_quota`.
    public var errorCode: String?
    /// The provider's error type, such as `rate_limit_error`, or the value of `error.type`.
    public var errorType: String?
    public var requestID: String?
    public var origin: ErrorOrigin = .unknown
    /// True when a stream that had begun broke off.
    public var isBrokenStream = false
    /// The text of a structured error field that has a value (`error`, `exception`), nil otherwise.
    public var errorField: String?

    /// True when the source itself says that the failure was recovered.
    public var isRecovered = false

    /// Which attempt of one request this is, from 1.
    public var attempt: Int?
    /// How many attempts the client made inside this span.
    public var attemptsMade: Int?
    /// The span that this one repeats.
    public var retryOf: String?
    public var fallbackFrom: String?

    /// When the source last changed the row; of two versions the larger one wins.
    public var updatedAt: Timestamp?
    /// Everything the mapping did not take, as a JSON object.
    public var attributes: String?

    /// Makes a span with nothing known but its identity and kind.
    public init(spanID: String, kind: SpanKind) {
        self.spanID = spanID
        self.kind = kind
    }

    /// Fills in the start or the end when the other one and the latency are known.
    public mutating func completeTimes() {
        guard let reportedLatency else { return }
        if end == nil, let start {
            end = start + reportedLatency
        } else if start == nil, let end {
            start = end - reportedLatency
        }
    }

    /// How long the span took; nil when that is unknown.
    public var latency: Duration? { Latency.of(start, end, reported: reportedLatency) }
}

/// What a source says of a whole trace. Aggregates it may report are not taken over; they are computed anew.
public struct TraceRecord: Sendable, Equatable {
    public var project = ""
    public var traceID: String
    public var name: String?
    public var start: Timestamp?
    public var end: Timestamp?
    public var status: SpanStatus = .unknown
    public var user: String?
    public var session: String?
    public var environment: String?
    public var release: String?
    public var service: String?
    public var tags: [String] = []
    public var input: String?
    public var output: String?
    /// The rest, as a JSON object.
    public var metadata: String?
    public var updatedAt: Timestamp?

    /// Makes a trace with nothing known but its identity.
    public init(traceID: String) { self.traceID = traceID }
}

/// What an event tells. The raw value is stored.
public enum EventKind: Int, CaseIterable, Sendable {
    case log = 0, exception = 1, error = 2, fallback = 3, retry = 4, lifecycle = 5

    /// The word shown and typed.
    public var name: String { String(describing: self) }

    /// True for the kinds that are evidence of an error.
    public var isError: Bool { self == .exception || self == .error }
}

/// Something that happened at one instant, inside a span, a trace, or neither.
public struct EventRecord: Sendable, Equatable {
    public var project = ""
    public var traceID: String?
    /// The span it belongs to, when the source says so.
    public var spanID: String?
    /// The span that encloses the one it belongs to, when the source says only that.
    public var parentID: String?
    /// The event's identity; readers without ids derive one from the content of the row.
    public var eventID: String
    public var time: Timestamp?
    public var name: String?
    public var kind: EventKind
    public var level: String?
    public var message: String?
    /// The model that failed or was left, and the model turned to.
    public var model: String?, fallbackModel: String?
    public var provider: String?
    public var exceptionType: String?
    public var httpStatus: Int?
    public var errorCode: String?
    public var stack: String?
    /// For an exception event: whether the exception left the span; nil when the source does not say.
    public var escaped: Bool?
    /// The rest, as a JSON object.
    public var attributes: String?

    /// Makes an event with nothing known but its identity and kind.
    public init(eventID: String, kind: EventKind) {
        self.eventID = eventID
        self.kind = kind
    }
}

/// A judgement of a trace, span or session.
public struct ScoreRecord: Sendable, Equatable {
    public var project = ""
    public var scoreID: String
    public var traceID: String?
    public var spanID: String?
    public var session: String?
    public var name: String
    public var number: Double?
    public var text: String?
    public var comment: String?
    /// Who judged: API, evaluation, annotation, as written.
    public var source: String?
    public var time: Timestamp?

    /// Makes a score with nothing known but its identity and name.
    public init(scoreID: String, name: String) {
        self.scoreID = scoreID
        self.name = name
    }
}

/// One record read from a source.
public enum Record: Sendable, Equatable {
    case span(SpanRecord)
    case trace(TraceRecord)
    case event(EventRecord)
    case score(ScoreRecord)
}
