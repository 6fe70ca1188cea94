import Model

/// One trace of a synthetic history, in the canonical form, with the truth about its failures.
public struct SyntheticTrace: Sendable {
    /// The trace as a source would report it.
    public var trace: TraceRecord
    /// Its spans: a parent before its children, siblings by start.
    public var spans: [SpanRecord]
    /// Its events, in the order in which they happened.
    public var events: [EventRecord]
    /// What truly failed in it: one entry for each failed call or tool, in the order of `spans`.
    public var failures: [SyntheticFailure]

    /// How many of the spans are calls to models.
    public var calls: Int {
        var count = 0
        // By index: a span is large, and a loop over elements would copy each.
        for index in spans.indices where spans[index].kind.isCall { count += 1 }
        return count
    }
}

/// A failure as it was made: what a tool that reads the history ought to find.
///
/// Spans that only pass on the failure of a child have none, nor have calls that were slow, cut short or cancelled.
public struct SyntheticFailure: Sendable, Hashable {
    /// The identity of the span that failed.
    public var traceID: String, spanID: String
    /// llm, embedding or tool.
    public var kind: SpanKind
    /// The one kind of evidence that the records hold; `JSONL` may hold a plainer one (see `LangfuseLines`).
    public var evidence: Evidence
    public var type: ErrorType
    /// The end of the span.
    public var time: Timestamp
    /// Nil for tools.
    public var provider: String?, model: String?
    public var agent: String
    /// True when a later call of the trace made it good.
    public var isRecovered: Bool
    /// The incident that caused it; nil for an ordinary failure.
    public var incident: String?
}
