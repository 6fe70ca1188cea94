import Model

/// Says what of a trace is an error, of what type, and whether it was made good.
///
/// Holds no state between calls; equal spans and events give equal findings in whatever order they come. A trace is assessed
/// anew when more of it arrives.
public struct Assessor: Sendable {
    /// Counts the changes of what is derived of the same records by the same rules, such as signatures and failed traces: stores
    /// that were made before the last one say so by the version of their rules.
    static let revision = 2

    /// The classifier of messages.
    public let classifier: Classifier

    /// Makes an assessor.
    public init(rules: RuleSet = .builtIn) { classifier = Classifier(rules: rules) }

    /// Assesses one trace, whole as far as it is known.
    ///
    /// Ends early when the `StopFlag` of its thread is raised; what it returns then is incomplete and not to be kept.
    ///
    /// - Parameters:
    ///   - spans: every span of the trace; indices of the result point into this.
    ///   - events: every event of the trace, joined to spans or not.
    public func assess(spans: [SpanEvidence], events: [EventEvidence]) -> TraceFindings {
        var keepsCost = false, calls = 0, isClean = true
        spans.withUnsafeBufferPointer { spans in
            guard let first = spans.baseAddress else { return }
            for index in 0..<spans.count where first[index].kind.isCall {
                calls += 1
                if first[index].keepsCost { keepsCost = true }
            }
            for index in 0..<spans.count where isClean {
                isClean = Signals.evidence(first + index, traceKeepsCost: keepsCost).isEmpty
            }
        }
        for index in events.indices where events[index].kind.isError { isClean = false }
        guard isClean else { return TraceAssessment(spans, events, keepsCost, classifier).findings() }

        var result = TraceFindings()
        result.root = Assessor.root(of: spans)
        if calls > 1 { result.wrapperSpans = Assessor.wrappers(in: spans) }
        return result
    }

    /// The root without sorting or indexing; the same as `TraceGraph.root`.
    private static func root(of spans: [SpanEvidence]) -> Int? {
        var root: Int?
        for index in spans.indices where spans[index].parentID == nil {
            if let known = root, !TraceGraph.isBefore(spans[index], spans[known]) { continue }
            root = index
        }
        return root ?? (spans.isEmpty ? nil : TraceGraph(spans).root)
    }

    /// The wrappers of a trace without errors.
    private static func wrappers(in spans: [SpanEvidence]) -> [Int] {
        let inner: [Int: [Int]]
        if spans.count <= 24 {
            inner = Wrappers.innerCalls(spans) { Wrappers.parentByScan(spans, $0) }
        } else {
            let indexOfID = TraceGraph.index(spans)
            inner = Wrappers.innerCalls(spans) { index in spans[index].parentID.flatMap { indexOfID[$0] } ?? -1 }
        }
        let around = inner.isEmpty ? [] : TraceAssessment.wrappers(spans, inner, isError: { _ in false })
        return TraceAssessment.adding(copies: Wrappers.copies(in: spans), to: around, hasFailed: { _ in false })
    }
}
