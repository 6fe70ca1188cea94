import Model

/// Spans that record the same call as another span, such as a framework's or gateway's span around a client's.
enum Wrappers {
    /// Returns, for each span, the call spans directly below it (through chain and plain spans only).
    ///
    /// A tool or agent between two calls makes them different calls: the outer one ran the inner one.
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

    /// Finds calls recorded twice: as a span of the tree, and separately, under the id of that span's answer. This happens when a
    /// gateway's log is imported along with the trace.
    ///
    /// `copy` is the separate record; the result is sorted by `copy`.
    static func copies(in spans: [SpanEvidence]) -> [(copy: Int, original: Int)] {
        let lone = spans.indices.filter { spans[$0].kind.isCall && spans[$0].parentID == nil }
        guard !lone.isEmpty, spans.count > 1 else { return [] }
        let known = spans.indices.filter { spans[$0].kind.isCall && spans[$0].requestID != nil }
        guard !known.isEmpty else { return [] }
        var originals: [String: Int] = [:]
        for index in known {
            let id = Identifier.normalise(spans[index].requestID ?? "")
            // A record stored under its own answer's id is not the original of another one.
            guard id != spans[index].spanID else { continue }
            if let other = originals[id], spans[other].spanID <= spans[index].spanID { continue }
            originals[id] = index
        }
        return lone.compactMap { copy in originals[spans[copy].spanID].map { (copy, $0) } }
    }

    /// Returns true when the inner span is an echo of the outer one: only the inner has neither model nor tokens.
    static func isEcho(_ inner: SpanEvidence, of outer: SpanEvidence) -> Bool {
        func knowsNothing(_ span: SpanEvidence) -> Bool {
            span.inputTokens == nil && span.outputTokens == nil && span.model == nil
        }
        return knowsNothing(inner) && !knowsNothing(outer)
    }

    /// Finds the parent of a span without an index; for small traces, which nearly all are.
    static func parentByScan(_ spans: [SpanEvidence], _ index: Int) -> Int {
        guard let id = spans[index].parentID else { return -1 }
        for other in spans.indices where other != index && spans[other].spanID == id { return other }
        return spans.indices.first { $0 != index && spans[$0].alternateID == id } ?? -1
    }
}
