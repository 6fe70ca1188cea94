import Model

/// A trace as the store holds it, with everything that belongs to it.
public struct StoredTrace: Sendable, Equatable {
    /// What is known of the whole trace, long texts included; what no source said of it comes from its spans.
    public var record: TraceRecord
    /// The first and the last instant of its spans; nil when none has a time.
    public var first: Timestamp?
    public var last: Timestamp?
    /// The agent of its root.
    public var agent: String?
    /// Sums over its calls of what is known; nil when nothing is.
    public var cost: Money?
    public var tokens: Int64?
    /// Calls of models, and errors that count by default.
    public var calls: Int64
    public var errorCount: Int64
    public var isFailed: Bool
    /// The id of the root span; nil without spans.
    public var rootID: String?
    /// Ordered by start, then id.
    public var spans: [StoredSpan]
    /// Ordered by time, then id.
    public var events: [EventRecord]
    /// Ordered by time, then the id of what failed.
    public var errors: [StoredError]
    /// Ordered by time, then id.
    public var scores: [ScoreRecord]

    /// Makes a trace.
    public init(
        record: TraceRecord, first: Timestamp? = nil, last: Timestamp? = nil, agent: String? = nil,
        cost: Money? = nil, tokens: Int64? = nil, calls: Int64, errorCount: Int64, isFailed: Bool,
        rootID: String? = nil, spans: [StoredSpan], events: [EventRecord], errors: [StoredError],
        scores: [ScoreRecord]
    ) {
        self.record = record
        self.first = first
        self.last = last
        self.agent = agent
        self.cost = cost
        self.tokens = tokens
        self.calls = calls
        self.errorCount = errorCount
        self.isFailed = isFailed
        self.rootID = rootID
        self.spans = spans
        self.events = events
        self.errors = errors
        self.scores = scores
    }
}

/// A span with its long texts, and what was found out about it.
public struct StoredSpan: Sendable, Equatable {
    public var record: SpanRecord
    /// The provider, derived from the model's name when the source names none.
    public var provider: String?
    /// Its own agent, else that of its nearest ancestor which has one.
    public var agent: String?
    /// End − start, else as reported; nil when not known.
    public var latency: Duration?
    /// True when it counts as a call of a model: not when it only wraps another.
    public var isCall: Bool

    /// Makes a span.
    public init(
        record: SpanRecord, provider: String? = nil, agent: String? = nil, latency: Duration? = nil, isCall: Bool
    ) {
        self.record = record
        self.provider = provider
        self.agent = agent
        self.latency = latency
        self.isCall = isCall
    }
}

/// An error of a span, or of an event that belongs to no call.
public struct StoredError: Sendable, Equatable {
    /// The span that failed; nil when an event stands alone.
    public var spanID: String?
    /// The event that stands alone; nil when a span failed.
    public var eventID: String?
    public var time: Timestamp
    public var evidence: Evidence
    public var type: ErrorType
    public var severity: Severity
    public var origin: ErrorOrigin
    public var httpStatus: Int?
    public var code: String?
    /// Redacted.
    public var message: String
    public var signature: String
    /// The rule that gave the type.
    public var rule: String
    public var attempts: Int64?
    public var recovery: Recovery
    public var recoveredAt: Timestamp?
    public var settledAt: Timestamp?

    /// Makes an error.
    public init(
        spanID: String? = nil, eventID: String? = nil, time: Timestamp, evidence: Evidence, type: ErrorType,
        severity: Severity, origin: ErrorOrigin, httpStatus: Int? = nil, code: String? = nil, message: String,
        signature: String, rule: String, attempts: Int64? = nil, recovery: Recovery, recoveredAt: Timestamp? = nil,
        settledAt: Timestamp? = nil
    ) {
        self.spanID = spanID
        self.eventID = eventID
        self.time = time
        self.evidence = evidence
        self.type = type
        self.severity = severity
        self.origin = origin
        self.httpStatus = httpStatus
        self.code = code
        self.message = message
        self.signature = signature
        self.rule = rule
        self.attempts = attempts
        self.recovery = recovery
        self.recoveredAt = recoveredAt
        self.settledAt = settledAt
    }
}

/// A trace found by an id or the beginning of one.
public struct TraceMatch: Sendable, Hashable {
    /// What kind of id it was found by.
    public enum Kind: Int, Sendable { case trace, span, request }

    public var kind: Kind
    /// The whole id it was found by.
    public var id: String
    public var project: String
    public var traceID: String

    /// Makes a match.
    public init(
        kind: Kind, id: String, project: String, traceID: String
    ) {
        self.kind = kind
        self.id = id
        self.project = project
        self.traceID = traceID
    }
}
