import Model

/// What a finding is about.
public enum FindingSubject: Hashable, Sendable {
    /// The span with this index among the spans given.
    case span(Int)
    /// The event with this index among the events given; it is joined to no call and stands alone.
    case event(Int)
}

/// One error, or something that may count as one: a span or a lone event with evidence.
public struct Finding: Sendable, Equatable {
    public var subject: FindingSubject
    /// Every kind of evidence; which of it counts is chosen when a question is asked.
    public var evidence: Evidence
    public var type: ErrorType
    public var severity: Severity
    /// The id of the rule that gave the type; "none" when nothing matched, `evidence.…` when there was no text.
    public var rule: String
    public var origin: ErrorOrigin
    public var httpStatus: Int?
    /// The provider's error code.
    public var code: String?
    /// Redacted, at most 4,096 bytes; may have several lines.
    public var message: String
    public var signature: String
    public var recovery: Recovery
    /// The end of the success that made the error good; nil when it is open.
    public var recoveredAt: Timestamp?
    /// When an open error was known to be final: the trace's end. Nil for recovered errors and traces without times.
    public var settledAt: Timestamp?
}

/// What one trace's spans and events amount to.
public struct TraceFindings: Sendable, Equatable {
    /// Ordered by the subject's time (end if known, else start), then its id.
    public var findings: [Finding] = []
    /// Indices, ascending, of spans of kind llm or embedding that record the same call as another one around or inside
    /// them. They count neither as a call nor as an error of their own.
    public var wrapperSpans: [Int] = []
    /// True when the root failed, or the root says nothing and a failed call or lone error event was never made good.
    public var failed = false
    /// The index of the root: without parent, else with a parent that is absent, else the earliest; nil without spans.
    public var root: Int?

    /// Makes the result of an empty trace.
    public init() {}
}
