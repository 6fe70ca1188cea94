import Model

/// A trace of a synthetic history as records, with the truth about its failures.
public struct SyntheticTrace: Sendable {
    /// The trace as a source would report it.
    public var trace: TraceRecord
    /// Its spans: a parent before its children, siblings by start.
    public var spans: [SpanRecord]
    /// Its events in order of time.
    public var events: [EventRecord]
    /// The actual failures: one for each failed call or tool, in the order of `spans`.
    public var failures: [SyntheticFailure]

    /// The number of model calls among the spans.
    public var calls: Int {
        var count = 0
        // By index: iterating over elements would copy each span, which is large.
        for index in spans.indices where spans[index].kind.isCall { count += 1 }
        return count
    }
}

/// A failure as generated, which an analysis of the history should find.
///
/// Spans that only propagate a child's failure have none, nor do calls that were slow, truncated or cancelled.
public struct SyntheticFailure: Sendable, Hashable {
    /// The identity of the span that failed.
    public var traceID: String, spanID: String
    /// `llm`, `embedding` or `tool`.
    public var kind: SpanKind
    /// The only kind of evidence in the records; the JSONL output may be less specific (see `LangfuseLines`).
    public var evidence: Evidence
    public var type: ErrorType
    /// The time at which the span ended.
    public var time: Timestamp
    /// The provider and the model; nil for tools.
    public var provider: String?, model: String?
    public var agent: String
    /// True if a later call of the trace recovered it.
    public var isRecovered: Bool
    /// The incident that caused it; nil for an ordinary failure.
    public var incident: String?
}
