import Model

/// Finds the errors of a trace, their types, and whether they recovered.
///
/// Stateless: equal spans and events give equal findings, in any order. A trace is assessed again when more of it arrives.
public struct Assessor: Sendable {
    /// Number of changes to the data derived from the same records by the same rules, such as signatures and failed traces. It is
    /// part of the rules' version, so that stores derived by an earlier revision are recognised.
    static let revision = 2

    /// The classifier of messages.
    public let classifier: Classifier

    /// Creates an assessor.
    public init(rules: RuleSet = .builtIn) { classifier = Classifier(rules: rules) }

    /// Assesses one trace, as complete as it is known.
    ///
    /// Stops early when the thread's `StopFlag` is raised; the result is then incomplete and must be discarded.
    ///
    /// - Parameters:
    ///   - spans: All spans of the trace; indices in the result refer to this array.
    ///   - events: All events of the trace, whether or not they are joined to spans.
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

    /// Returns the root without sorting or indexing; equals `TraceGraph.root`.
    private static func root(of spans: [SpanEvidence]) -> Int? {
        var root: Int?
        for index in spans.indices where spans[index].parentID == nil {
            if let known = root, !TraceGraph.isBefore(spans[index], spans[known]) { continue }
            root = index
        }
        return root ?? (spans.isEmpty ? nil : TraceGraph(spans).root)
    }

    /// Returns the wrappers of a trace without errors.
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
