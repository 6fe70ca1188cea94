import Model

/// Finds the success that made an error good.
struct Recoveries {
    private let graph: TraceGraph
    private let bits: [Evidence]
    private let events: [EventEvidence]
    /// For each span its nearest ancestor that wraps a call and ended well; -1 when there is none.
    private let wrapperAbove: [Int]
    /// For each parent id ("" for none) its spans by start.
    private var children: [String: [Int]] = [:]
    /// The calls that ended well, for each parent id and, under nil, all of them; by start.
    private var goodCalls: [String?: [Int]] = [:]
    /// For each span those that say they repeat it or stand in for it, by start.
    private var successors: [String: [Int]] = [:]
    /// What each span does, by index; found out when it is first asked for.
    private let operations: Operations
    private let turns: Turns
    private let attempts = Attempts()

    init(_ graph: TraceGraph, bits: [Evidence], events: [EventEvidence], wrappers: Set<Int>) {
        self.graph = graph
        self.bits = bits
        self.events = events
        operations = Operations(graph.spans)
        turns = Turns(events)
        wrapperAbove = graph.nearestAncestors {
            wrappers.contains($0) && Recoveries.endedWell(graph.spans[$0], bits[$0])
        }
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

    /// How a failed span recovered; `passers` are the spans that only pass its failure on.
    func recovery(of index: Int, passers: [Int]) -> (Recovery, Timestamp?) {
        for failed in [index] + passers {
            let span = graph.spans[failed]
            if span.isRecovered { return (.explicit, span.end ?? span.start) }
            if let found = attempts.found(for: failed, { linked(failed) ?? sibling(of: failed) }) { return found }
        }
        // A call around it that ended well in spite of it: the client tried again inside.
        let above = wrapperAbove[index]
        if above >= 0, graph.isWithinReach(above, of: index) { return (.inferred, graph.spans[above].end) }
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
        return (
            turns.isTurn(of: event.model, from: time) ? .explicit : .inferred, graph.spans[next].end ?? graph.spans[next].start
        )
    }

    /// The place of the first of these spans, which are in the order of starts, that begins at `instant` or later.
    private func firstIndex(in spans: [Int], from instant: Timestamp) -> Int {
        spans.partitioningIndex { index in (graph.spans[index].start ?? graph.spans[index].end).map { $0 >= instant } ?? true }
    }

    private func endedWell(_ index: Int) -> Bool { Recoveries.endedWell(graph.spans[index], bits[index]) }

    private static func endedWell(_ span: SpanEvidence, _ bits: Evidence) -> Bool {
        guard bits.isDisjoint(with: .default), span.status != .cancelled, span.status != .inProgress else { return false }
        return span.end != nil || span.status == .ok
    }

    /// The most attempts that are followed where attempts name each other in a circle.
    private static let longestCircle = 256

    /// Follows links from attempt to attempt.
    ///
    /// A chain of failed attempts is gone through once: what an attempt came to is known to all before it.
    private func linked(_ index: Int) -> (Recovery, Timestamp?)? {
        var at = index, path: [Int] = []
        var found: (Recovery, Timestamp?)?
        while true {
            if let known = attempts.links[at] {
                found = known.outcome
                break
            }
            if attempts.isOnPath(at) || attempts.circular.contains(at) {
                for step in path {
                    attempts.leave(step)
                    attempts.circular.insert(step)
                }
                return linkedInCircle(index)
            }
            attempts.enter(at)
            path.append(at)
            guard let next = successors[graph.spans[at].spanID]?.first else { break }
            if endedWell(next) {
                found = (.explicit, graph.spans[next].end ?? graph.spans[next].start)
                break
            }
            at = next
        }
        for step in path {
            attempts.leave(step)
            attempts.links[step] = Attempts.Link(outcome: found)
        }
        return found
    }

    private func linkedInCircle(_ index: Int) -> (Recovery, Timestamp?)? {
        var at = index
        var seen: Set<Int> = [index]
        while let next = successors[graph.spans[at].spanID]?.first(where: { !seen.contains($0) }) {
            if endedWell(next) { return (.explicit, graph.spans[next].end ?? graph.spans[next].start) }
            guard seen.count < Recoveries.longestCircle else { return nil }
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
            guard stands || operations.areEqual(next, index) else { continue }
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
        return turns.isTurn(from: failed, to: span, between: from - .milliseconds(100), and: to + .milliseconds(100))
    }
}

/// What is known of attempts already: each is looked at once, however many errors it stands behind.
private final class Attempts {
    struct Link { let outcome: (Recovery, Timestamp?)? }

    /// What following the links from a span came to.
    var links: [Int: Link] = [:]
    /// Spans whose links lead into a circle.
    var circular: Set<Int> = []
    private var successes: [Int: Link] = [:]
    private var path: Set<Int> = []

    /// The success after a failed span, looked for once.
    func found(for index: Int, _ search: () -> (Recovery, Timestamp?)?) -> (Recovery, Timestamp?)? {
        if let known = successes[index] { return known.outcome }
        let outcome = search()
        successes[index] = Link(outcome: outcome)
        return outcome
    }

    func enter(_ index: Int) { path.insert(index) }
    func leave(_ index: Int) { path.remove(index) }
    func isOnPath(_ index: Int) -> Bool { path.contains(index) }
}
