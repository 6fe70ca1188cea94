/// The kind of work that a span records. Raw values are stored; never renumber.
public enum SpanKind: Int, CaseIterable, Sendable {
    case unknown = 0, llm = 1, embedding = 2, tool = 3, agent = 4, chain = 5, workflow = 6, retriever = 7
    case reranker = 8, guardrail = 9, evaluator = 10, prompt = 11, event = 12, span = 13

    /// The name in output and input, such as `llm`.
    public var name: String { SpanKind.names[rawValue] }

    /// The names by raw value. Spelled out because they are needed at every start, and reflection is slow.
    private static let names = [
        "unknown", "llm", "embedding", "tool", "agent", "chain", "workflow", "retriever", "reranker", "guardrail", "evaluator",
        "prompt", "event", "span",
    ]

    /// True for the kinds counted by `calls`: requests to a model.
    public var isCall: Bool { self == .llm || self == .embedding }
}

/// The outcome of a span as reported by its source. Raw values are stored. `unset` is not `ok`.
public enum SpanStatus: Int, CaseIterable, Sendable {
    case unknown = 0, unset = 1, ok = 2, error = 3, cancelled = 4, inProgress = 5
}

/// A span of any kind, in the canonical form to which all input formats are mapped.
///
/// Unknown values are nil, never 0 or "". Times are UTC. Ids are normalised by `Identifier.normalise`.
public struct SpanRecord: Sendable, Equatable {
    /// The project in the source; "" if unnamed. Part of the identity.
    public var project = ""
    /// The trace id; nil if the source has none (the span is then a trace of its own).
    public var traceID: String?
    /// The span's id, unique within its trace. Readers without ids derive one from the row's content.
    public var spanID: String
    /// A second id of the span in the source: events may refer to it, and lookups accept it.
    public var alternateID: String?
    /// The id of the enclosing span, which may be missing from the data.
    public var parentID: String?
    public var kind: SpanKind
    /// The span's name, such as `chat gpt-4o`.
    public var name: String?

    public var start: Timestamp?
    public var firstToken: Timestamp?
    public var end: Timestamp?
    /// The latency reported by the source; see `latency`.
    public var reportedLatency: Duration?

    public var modelRequested: String?
    public var modelResponded: String?
    /// The provider that answered, such as `openai`, `anthropic`.
    public var provider: String?
    /// The provider and the requested model as spelled by the source, if different from the values above.
    public var providerAsWritten: String?, modelAsWritten: String?
    /// The serving platform or host, such as `azure`, or a server address.
    public var host: String?
    /// The request parameters as a JSON object.
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
    /// The total that the source reports, otherwise input and output as far as they are known; nil if neither is.
    public var tokens: Int64? {
        if let totalTokens { return totalTokens }
        guard inputTokens != nil || outputTokens != nil else { return nil }
        return (inputTokens ?? 0).addingStopping(outputTokens ?? 0)
    }
    /// The cost reported by the source.
    public var cost: Money?

    public var input: String?
    public var output: String?
    /// True if the output contains tool calls, so that an empty text is not an empty answer.
    public var hasToolCalls = false

    public var status: SpanStatus = .unknown
    /// The level or status as written by the source.
    public var level: String?
    public var statusMessage: String?

    public var exceptionType: String?
    public var exceptionMessage: String?
    public var stack: String?
    /// The HTTP status of the response, 100...599.
    public var httpStatus: Int?
    /// The provider's error code, such as `insufficient_quota`.
    public var errorCode: String?
    /// The provider's error type, such as `rate_limit_error`, or the value of `error.type`.
    public var errorType: String?
    public var requestID: String?
    public var origin: ErrorOrigin = .unknown
    /// True if a stream broke after it had begun.
    public var isBrokenStream = false
    /// The text of a structured error field (`error`, `exception`) with a value; nil otherwise.
    public var errorField: String?

    /// True if the source states that the failure was recovered.
    public var isRecovered = false

    /// The 1-based number of this attempt at a request.
    public var attempt: Int?
    /// The number of attempts that the client made within this span.
    public var attemptsMade: Int?
    /// The id of the span of which this one is a retry.
    public var retryOf: String?
    public var fallbackFrom: String?

    /// When the source last changed the row; the version with the larger value wins.
    public var updatedAt: Timestamp?
    /// All fields without a mapping, as a JSON object.
    public var attributes: String?

    /// Creates a span with only an identity and a kind.
    public init(spanID: String, kind: SpanKind) {
        self.spanID = spanID
        self.kind = kind
    }

    /// Derives a missing start or end from the other one and the reported latency.
    public mutating func completeTimes() {
        guard let reportedLatency else { return }
        if end == nil, let start {
            end = start + reportedLatency
        } else if start == nil, let end {
            start = end - reportedLatency
        }
    }

    /// The duration of the span; nil if unknown.
    public var latency: Duration? { Latency.of(start, end, reported: reportedLatency) }
}

/// A trace as reported by a source. Reported aggregates are ignored and recomputed.
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
    /// All other fields as a JSON object.
    public var metadata: String?
    public var updatedAt: Timestamp?

    /// Creates a trace with only an identity.
    public init(traceID: String) { self.traceID = traceID }
}

/// The kind of an event. Raw values are stored.
public enum EventKind: Int, CaseIterable, Sendable {
    case log = 0, exception = 1, error = 2, fallback = 3, retry = 4, lifecycle = 5

    /// The name in output and input.
    public var name: String { String(describing: self) }

    /// True for the kinds that are evidence of an error.
    public var isError: Bool { self == .exception || self == .error }
}

/// An event at one instant, in a span, in a trace, or on its own.
public struct EventRecord: Sendable, Equatable {
    public var project = ""
    public var traceID: String?
    /// The id of its span, if the source gives it.
    public var spanID: String?
    /// The id of its span's parent, if the source gives only that.
    public var parentID: String?
    /// The event's id; readers without ids derive one from the row's content.
    public var eventID: String
    public var time: Timestamp?
    public var name: String?
    public var kind: EventKind
    public var level: String?
    public var message: String?
    /// The model that failed or was abandoned, and the fallback model.
    public var model: String?, fallbackModel: String?
    public var provider: String?
    public var exceptionType: String?
    public var httpStatus: Int?
    public var errorCode: String?
    public var stack: String?
    /// For an exception event, whether the exception escaped the span; nil if unknown.
    public var escaped: Bool?
    /// All other fields as a JSON object.
    public var attributes: String?
    /// The context of the event, for events without a trace; others have that of their trace.
    public var session: String?, user: String?, service: String?, environment: String?, release: String?

    /// Creates an event with only an identity and a kind.
    public init(eventID: String, kind: EventKind) {
        self.eventID = eventID
        self.kind = kind
    }
}

/// A score of a trace, span or conversation session.
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
    /// The origin of the score as written: API, evaluation, annotation.
    public var source: String?
    public var time: Timestamp?

    /// Creates a score with only an identity and a name.
    public init(scoreID: String, name: String) {
        self.scoreID = scoreID
        self.name = name
    }
}

/// A record read from a source.
public enum Record: Sendable, Equatable {
    case span(SpanRecord)
    case trace(TraceRecord)
    case event(EventRecord)
    case score(ScoreRecord)
}
