import Model

/// Finds the success that recovered an error.
struct Recoveries {
    private let graph: TraceGraph
    private let bits: [Evidence]
    private let events: [EventEvidence]
    /// The nearest ancestor of each span that wraps a call and succeeded; -1 when there is none.
    private let wrapperAbove: [Int]
    /// The spans of each parent id ("" for none), by start.
    private var children: [String: [Int]] = [:]
    /// Successful calls by parent id, and all of them under nil; by start.
    private var goodCalls: [String?: [Int]] = [:]
    /// For each span, the spans that repeat or replace it, by start.
    private var successors: [String: [Int]] = [:]
    /// The operation of each span, by index; computed on first use.
    private let operations: Operations
    private let turns: Turns
    /// The facts that siblings are compared by; copying whole spans costs more than comparing them.
    private let facts: [AttemptFacts]
    private let attempts = Attempts()

    init(_ graph: TraceGraph, bits: [Evidence], events: [EventEvidence], wrappers: Set<Int>) {
        self.graph = graph
        self.bits = bits
        self.events = events
        operations = Operations(graph.spans)
        turns = Turns(events)
        facts = graph.spans.indices.map {
            AttemptFacts(graph.spans[$0], endedWell: Recoveries.endedWell(graph.spans[$0], bits[$0]), bits[$0])
        }
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

    /// Returns how a failed span recovered; `passers` are the spans that only propagate its failure.
    func recovery(of index: Int, passers: [Int]) -> (Recovery, Timestamp?) {
        for failed in [index] + passers {
            if graph.spans[failed].isRecovered { return (.explicit, graph.spans[failed].end ?? graph.spans[failed].start) }
            if let found = attempts.found(for: failed, { linked(failed) ?? sibling(of: failed) }) { return found }
        }
        // A call around it that succeeded: the client retried internally.
        let above = wrapperAbove[index]
        if above >= 0, graph.isWithinReach(above, of: index) { return (.inferred, graph.spans[above].end) }
        return (.open, nil)
    }

    /// Returns how a lone error event recovered: by the next successful call of the same parent.
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

    /// Returns the index of the first of these spans, sorted by start, that starts at or after `instant`.
    private func firstIndex(in spans: [Int], from instant: Timestamp) -> Int {
        spans.partitioningIndex { index in (graph.spans[index].start ?? graph.spans[index].end).map { $0 >= instant } ?? true }
    }

    private func endedWell(_ index: Int) -> Bool { Recoveries.endedWell(graph.spans[index], bits[index]) }

    private static func endedWell(_ span: SpanEvidence, _ bits: Evidence) -> Bool {
        guard bits.isDisjoint(with: .default), span.status != .cancelled, span.status != .inProgress else { return false }
        return span.end != nil || span.status == .ok
    }

    /// Maximum number of attempts followed in a cycle of links.
    private static let longestCircle = 256

    /// Follows links from attempt to attempt.
    ///
    /// Visits a chain of failed attempts once: its outcome applies to all attempts in it.
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

    /// Returns the first later success with the same parent, operation and input.
    private func sibling(of index: Int) -> (Recovery, Timestamp?)? {
        let failed = facts[index]
        guard let end = failed.end ?? failed.start, let siblings = children[graph.spans[index].parentID ?? ""] else { return nil }
        var isNext = true
        for next in siblings[firstIndex(in: siblings, from: end)...].prefix(256) where next != index {
            let span = facts[next]
            guard span.kind == failed.kind, span.start ?? span.end != nil else { continue }
            let stands = span.isFallback && standsIn(next, for: index)
            guard stands || operations.areEqual(next, index) else { continue }
            // An immediate successor with another model is a fallback: its input contains the model, so digests cannot match.
            // Later spans must have the same input.
            let isOther = isNext && isOtherModel(index, next)
            isNext = false
            if !isOther, let a = failed.inputDigest, let b = span.inputDigest, a != b, !stands, !isTurn(from: index, to: next) {
                continue
            }
            // Another failed attempt: the next one may follow it with another model.
            guard span.endedWell else {
                isNext = span.hasFailed
                continue
            }
            let counts = failed.attempt.map { (span.attempt ?? 0) > $0 } == true
            return (stands || counts || isTurn(from: index, to: next) ? .explicit : .inferred, span.end ?? span.start)
        }
        return nil
    }

    /// True when a span says that it stands in for the model of a failed one.
    private func standsIn(_ next: Int, for index: Int) -> Bool {
        guard let failed = graph.spans[index].model, let named = graph.spans[next].fallbackFrom else { return false }
        return Operation.isSameModel(failed, named)
    }

    private func isOtherModel(_ a: Int, _ b: Int) -> Bool {
        guard let first = graph.spans[a].model, let second = graph.spans[b].model, first != second else { return false }
        return !Operation.isSameModel(first, second)
    }

    /// Returns true when a fallback or retry event between the two calls connects them.
    private func isTurn(from failed: Int, to span: Int) -> Bool {
        guard !turns.isEmpty, let from = facts[failed].end ?? facts[failed].start, let to = facts[span].end ?? facts[span].start
        else { return false }
        return turns.isTurn(
            from: graph.spans[failed], to: graph.spans[span], between: from - .milliseconds(100), and: to + .milliseconds(100))
    }
}

/// The facts of a span that decide whether it is a later attempt of a failed one.
private struct AttemptFacts {
    let kind: SpanKind
    let start: Timestamp?, end: Timestamp?
    let inputDigest: Int64?
    let attempt: Int?
    let isFallback: Bool, endedWell: Bool, hasFailed: Bool

    init(_ span: SpanEvidence, endedWell: Bool, _ bits: Evidence) {
        kind = span.kind
        (start, end) = (span.start, span.end)
        inputDigest = span.inputDigest
        attempt = span.attempt
        isFallback = span.fallbackFrom != nil
        self.endedWell = endedWell
        hasFailed = !bits.isDisjoint(with: .default)
    }
}

/// Results for attempts so far, so that each is visited once, however many errors precede it.
private final class Attempts {
    struct Link { let outcome: (Recovery, Timestamp?)? }

    /// The outcome of following the links from a span.
    var links: [Int: Link] = [:]
    /// Spans whose links form a cycle.
    var circular: Set<Int> = []
    private var successes: [Int: Link] = [:]
    private var path: Set<Int> = []

    /// Returns the success after a failed span, searched for once.
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
