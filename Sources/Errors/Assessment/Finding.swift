import Model

/// The subject of a finding.
public enum FindingSubject: Hashable, Sendable {
    /// The span with this index in the input.
    case span(Int)
    /// The event with this index in the input; it belongs to no call.
    case event(Int)
}

/// One error, or possible error: a span or a lone event with evidence.
public struct Finding: Sendable, Equatable {
    public var subject: FindingSubject
    /// All kinds of evidence; a query chooses which of them count.
    public var evidence: Evidence
    public var type: ErrorType
    public var severity: Severity
    /// The id of the classification rule; "none" when nothing matched, `evidence.…` when there was no text.
    public var rule: String
    public var origin: ErrorOrigin
    public var httpStatus: Int?
    /// The provider's error code.
    public var code: String?
    /// Redacted, at most 4,096 bytes; may have several lines.
    public var message: String
    public var signature: String
    public var recovery: Recovery
    /// The end of the success that recovered the error; nil for an open error.
    public var recoveredAt: Timestamp?
    /// The time at which an open error became final: the trace's end. Nil for recovered errors and traces without times.
    public var settledAt: Timestamp?
}

/// The result of assessing one trace.
public struct TraceFindings: Sendable, Equatable {
    /// Ordered by the subject's time (end if known, else start), then its id.
    public var findings: [Finding] = []
    /// Indices, ascending, of spans of kind llm or embedding that record the same call as another one around or inside them. They
    /// count neither as calls nor as errors of their own.
    public var wrapperSpans: [Int] = []
    /// True when the root failed, or has no status and a failed call or lone error event never recovered.
    public var failed = false
    /// The index of the root: without a parent, else with an absent parent, else the earliest; nil without spans.
    public var root: Int?

    /// Creates the result for an empty trace.
    public init() {}
}
