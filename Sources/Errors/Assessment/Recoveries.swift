import Model

/// Finds the success that made an error good.
struct Recoveries {
    private let graph: TraceGraph
    private let bits: [Evidence]
    private let events: [EventEvidence]
    private let wrappers: Set<Int>
    /// For each parent id ("" for none) its spans by start.
    private var children: [String: [Int]] = [:]
    /// The calls that ended well, for each parent id and, under nil, all of them; by start.
    private var goodCalls: [String?: [Int]] = [:]
    /// For each span those that say they repeat it or stand in for it, by start.
    private var successors: [String: [Int]] = [:]
    /// What each span does, by index; found out when it is first asked for.
    private let operations: Operations
    /// Fallback and retry events by time.
    private let turns: [Int]

    init(_ graph: TraceGraph, bits: [Evidence], events: [EventEvidence], wrappers: Set<Int>) {
        self.graph = graph
        self.bits = bits
        self.events = events
        self.wrappers = wrappers
        operations = Operations(graph.spans)
        turns = events.indices.filter { events[$0].kind == .fallback || events[$0].kind == .retry }
            .sorted { EventJoin.isBefore(events[$0], events[$1]) }
        for index in graph.order {
            if graph.spans[index].kind.isCall, endedWell(index) {
                goodCalls[nil, default: []].append(index)
                if let parent = graph.spans[index].parentID { goodCalls[parent, default: []].append(index) }
            }
            children[graph.spans[index].parentID ?? "", default: []].append(index)
            for id in [graph.spans[index].retryOf, graph.spans[index].fallbackFrom] {
                if let id { successors[id, default: []].append(index) }
            }
        }
    }

    /// How a failed span was made good; `passedOnBy` are the spans that only pass its failure on.
    func recovery(of index: Int, passedOnBy: [Int]) -> (Recovery, Timestamp?) {
        for failed in [index] + passedOnBy {
            let span = graph.spans[failed]
            if span.isRecovered { return (.explicit, span.end ?? span.start) }
            if let found = linked(failed) ?? sibling(of: failed) { return found }
        }
        // A call around it that ended well in spite of it: the client tried again inside.
        for above in graph.ancestors(of: index) where wrappers.contains(above) && endedWell(above) {
            return (.inferred, graph.spans[above].end)
        }
        return (.open, nil)
    }

    /// How an error that is known by a lone event was made good: by the next call of the same parent that ended well.
    func recovery(of event: EventEvidence) -> (Recovery, Timestamp?) {
        guard let time = event.time else { return (.open, nil) }
        let parents: [String?] =
            event.spanID == nil && event.parentID == nil ? [nil] : [event.spanID, event.parentID].filter { $0 != nil }
        let next = parents.compactMap { parent -> Int? in
            guard let calls = goodCalls[parent] else { return nil }
            let place = firstIndex(in: calls, from: time)
            return place < calls.count && graph.spans[calls[place]].start ?? graph.spans[calls[place]].end != nil
                ? calls[place] : nil
        }.min { TraceGraph.isBefore(graph.spans[$0], graph.spans[$1]) }
        guard let next else { return (.open, nil) }
        let isTold = turns.contains { turn in
            let turn = events[turn]
            guard let at = turn.time, at >= time else { return false }
            return turn.model == nil || event.model.map { Operation.isSameModel($0, turn.model ?? "") } != false
        }
        return (isTold ? .explicit : .inferred, graph.spans[next].end ?? graph.spans[next].start)
    }

    /// The place of the first of these spans, which are in the order of starts, that begins at `instant` or later.
    private func firstIndex(in spans: [Int], from instant: Timestamp) -> Int {
        var low = 0, high = spans.count
        while low < high {
            let middle = (low + high) / 2, span = graph.spans[spans[middle]]
            if let start = span.start ?? span.end, start < instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func endedWell(_ index: Int) -> Bool {
        let span = graph.spans[index]
        guard bits[index].isDisjoint(with: .default), span.status != .cancelled, span.status != .inProgress else { return false }
        return span.end != nil || span.status == .ok
    }

    /// Follows links from attempt to attempt.
    private func linked(_ index: Int) -> (Recovery, Timestamp?)? {
        var at = index
        var seen: Set<Int> = [index]
        while let next = successors[graph.spans[at].spanID]?.first(where: { !seen.contains($0) }) {
            if endedWell(next) { return (.explicit, graph.spans[next].end ?? graph.spans[next].start) }
            seen.insert(next)
            at = next
        }
        return nil
    }

    /// The first later span of the same parent, operation and input that ended well.
    private func sibling(of index: Int) -> (Recovery, Timestamp?)? {
        let failed = graph.spans[index]
        guard let end = failed.end ?? failed.start, let siblings = children[failed.parentID ?? ""] else { return nil }
        let low = firstIndex(in: siblings, from: end)
        var isNext = true
        for next in siblings[low...].prefix(256) where next != index {
            let span = graph.spans[next]
            guard span.kind == failed.kind, span.start ?? span.end != nil else { continue }
            let stands = failed.model.map { model in span.fallbackFrom.map { Operation.isSameModel($0, model) } == true } == true
            guard stands || operations[next] == operations[index] else { continue }
            // What follows a failure at once with another model is its fallback: its input names the model, so that digests
            // cannot agree. Anything later must have the same input.
            let isOther = isNext && isOtherModel(failed, span)
            isNext = false
            let isTold = stands || isTurn(from: failed, to: span)
            if !isTold, !isOther, let a = failed.inputDigest, let b = span.inputDigest, a != b { continue }
            // A further attempt that failed: the next one may follow it with another model.
            guard endedWell(next) else {
                isNext = !bits[next].isDisjoint(with: .default)
                continue
            }
            let counts = failed.attempt.map { (span.attempt ?? 0) > $0 } == true
            return (isTold || counts ? .explicit : .inferred, span.end ?? span.start)
        }
        return nil
    }

    private func isOtherModel(_ a: SpanEvidence, _ b: SpanEvidence) -> Bool {
        guard let first = a.model, let second = b.model else { return false }
        return !Operation.isSameModel(first, second)
    }

    /// True when a fallback or retry event between the two calls says that one follows the other.
    private func isTurn(from failed: SpanEvidence, to span: SpanEvidence) -> Bool {
        guard !turns.isEmpty, let from = failed.end ?? failed.start, let to = span.end ?? span.start else { return false }
        return turns.contains { turn in
            let turn = events[turn]
            guard let time = turn.time, time >= from - .milliseconds(100), time <= to + .milliseconds(100) else { return false }
            if let model = turn.model, let other = failed.model, !Operation.isSameModel(model, other) { return false }
            guard let owner = turn.spanID ?? turn.parentID else { return true }
            return owner == failed.spanID || owner == failed.parentID || owner == span.spanID || turn.parentID == failed.parentID
        }
    }

    /// The operations of spans, each worked out once: taking names apart costs more than all else here.
    private final class Operations {
        private let spans: [SpanEvidence]
        private var known: [Operation?]

        init(_ spans: [SpanEvidence]) {
            self.spans = spans
            known = Array(repeating: nil, count: spans.count)
        }

        subscript(index: Int) -> Operation {
            if let operation = known[index] { return operation }
            let operation = Operation(spans[index])
            known[index] = operation
            return operation
        }
    }
}
