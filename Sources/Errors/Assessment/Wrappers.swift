import Model

/// Spans that record a call which another span records too, as a framework's or gateway's span around a client's.
enum Wrappers {
    /// Fills `wraps`, for each span the call spans right below it (through chains and plain spans only).
    ///
    /// A tool or an agent between two calls makes them different calls: the outer one then ran the inner one.
    static func innerCalls(_ spans: [SpanEvidence], parent: (Int) -> Int) -> [Int: [Int]] {
        var inner: [Int: [Int]] = [:]
        for index in spans.indices where spans[index].kind.isCall {
            var at = parent(index), steps = 0
            while at >= 0, steps < 64 {
                if spans[at].kind == spans[index].kind {
                    inner[at, default: []].append(index)
                    break
                }
                switch spans[at].kind {
                case .chain, .span, .unknown, .prompt: break
                default: steps = 64
                }
                at = parent(at)
                steps += 1
            }
        }
        return inner
    }

    /// Calls that stand in the trace twice: once as a span of the tree, and once alone, under the id that the tree's span
    /// knows as that of its answer. So a gateway's own log of a call lies beside the trace of it.
    ///
    /// `copy` is the lone record; in the order of `copy`.
    static func copies(in spans: [SpanEvidence]) -> [(copy: Int, original: Int)] {
        let lone = spans.indices.filter { spans[$0].kind.isCall && spans[$0].parentID == nil }
        guard !lone.isEmpty, spans.count > 1 else { return [] }
        let known = spans.indices.filter { spans[$0].kind.isCall && spans[$0].requestID != nil }
        guard !known.isEmpty else { return [] }
        var originals: [String: Int] = [:]
        for index in known {
            let id = Identifier.normalise(spans[index].requestID ?? "")
            // A record that stands under its own answer's id is no original of another one.
            guard id != spans[index].spanID else { continue }
            if let other = originals[id], spans[other].spanID <= spans[index].spanID { continue }
            originals[id] = index
        }
        return lone.compactMap { copy in originals[spans[copy].spanID].map { (copy, $0) } }
    }

    /// True when the inner span is an echo of the outer one: it alone knows neither model nor tokens.
    static func isEcho(_ inner: SpanEvidence, of outer: SpanEvidence) -> Bool {
        func knowsNothing(_ span: SpanEvidence) -> Bool {
            span.inputTokens == nil && span.outputTokens == nil && span.model == nil
        }
        return knowsNothing(inner) && !knowsNothing(outer)
    }

    /// Finds the parent of each span without building an index; for the small traces that nearly all are.
    static func parentByScan(_ spans: [SpanEvidence], _ index: Int) -> Int {
        guard let id = spans[index].parentID else { return -1 }
        for other in spans.indices where other != index && spans[other].spanID == id { return other }
        return spans.indices.first { $0 != index && spans[$0].alternateID == id } ?? -1
    }
}
