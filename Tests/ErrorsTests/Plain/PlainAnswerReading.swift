@testable import Errors
import Model

/// The reading of answers as its rule reads, span by span: what the quick one must equal.
enum PlainAnswerReading {
    /// True when the span that failed so was reading an answer: it is a call itself, or the last call that ended below it, or
    /// beside it, before it did gave no text and no tool call. That must be known: contents are kept, or there was no more
    /// than the one token that ends an answer.
    static func isOfAnswer(_ index: Int, in graph: TraceGraph) -> Bool {
        let span = graph.spans[index]
        if span.kind == .llm { return true }
        guard let end = span.end ?? span.start else { return false }
        var last: Int?
        for place in graph.spans.indices where graph.spans[place].kind == .llm && place != index {
            guard let ended = graph.spans[place].end, ended <= end else { continue }
            guard isBelow(place, index, in: graph) || (graph.parent[index] >= 0 && isBelow(place, graph.parent[index], in: graph))
            else { continue }
            if let other = last, let before = graph.spans[other].end,
                (before, graph.spans[other].spanID) > (ended, graph.spans[place].spanID)
            {
                continue
            }
            last = place
        }
        guard let last else { return false }
        let call = graph.spans[last]
        guard !call.hasOutput, !call.hasToolCalls else { return false }
        return call.keepsOutputs || call.outputTokens.map { $0 <= 1 } == true
    }

    /// True when `ancestor` stands above the span.
    private static func isBelow(_ index: Int, _ ancestor: Int, in graph: TraceGraph) -> Bool {
        var at = graph.parent[index]
        while at >= 0 {
            if at == ancestor { return true }
            at = graph.parent[at]
        }
        return false
    }
}
