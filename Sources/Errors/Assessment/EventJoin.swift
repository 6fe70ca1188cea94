import Model

/// Which error events are evidence of which spans.
struct EventJoin {
    /// For each span its events that are evidence of failure, in order of time and id.
    var ofSpan: [Int: [Int]] = [:]
    /// Events that are joined to nothing and stand alone, in order of time and id.
    var lone: [Int] = []

    /// How far from a call's end an event may lie when only model and parent tie them together.
    private static let slack: (unknown: Int64, well: Int64) = (5_000_000_000, 1_000_000_000)

    /// Joins the events of a trace; adds the evidence that they give to `bits`.
    init(_ graph: TraceGraph, _ events: [EventEvidence], bits: inout [Evidence]) {
        let order = events.indices.filter { events[$0].kind.isError }.sorted { EventJoin.isBefore(events[$0], events[$1]) }
        // What the spans say by themselves decides; one event must not draw the next.
        let own = bits
        for index in order {
            let event = events[index]
            if event.kind == .exception, let span = event.spanID.flatMap({ graph.indexOfID[$0] }) {
                guard let bit = EventJoin.exceptionEvidence(event, graph.spans[span], own[span]) else { continue }
                bits[span].insert(bit)
                ofSpan[span, default: []].append(index)
            } else if let span = EventJoin.target(of: event, graph, own) {
                bits[span].insert(.event)
                ofSpan[span, default: []].append(index)
            } else {
                lone.append(index)
            }
        }
    }

    static func isBefore(_ a: EventEvidence, _ b: EventEvidence) -> Bool {
        if a.time != b.time {
            guard let timeA = a.time, let timeB = b.time else { return a.time != nil }
            return timeA < timeB
        }
        return a.eventID < b.eventID
    }

    /// What an exception recorded on a span says of it; nil when it was handled inside.
    ///
    /// Clients record exceptions that they go on to handle. One counts when it left the span, when the span failed, or
    /// when a call has nothing else to show.
    private static func exceptionEvidence(_ event: EventEvidence, _ span: SpanEvidence, _ own: Evidence) -> Evidence? {
        if !own.subtracting(.empty).isDisjoint(with: .default) { return own.contains(.explicit) ? .explicit : .event }
        if event.exceptionType.map(Signals.isCancellation) == true {
            return event.escaped == true || span.kind.isCall ? .soft : nil
        }
        if event.escaped == true { return .explicit }
        let showsNothing = !span.hasOutput && !span.hasToolCalls && (span.outputTokens ?? 0) == 0
        return span.kind.isCall && showsNothing ? .event : nil
    }

    /// The span that an error event belongs to: by id, else the call of the same parent and model with the nearest end.
    private static func target(of event: EventEvidence, _ graph: TraceGraph, _ own: [Evidence]) -> Int? {
        let named = event.spanID.flatMap { graph.indexOfID[$0] }
        if let named, graph.spans[named].kind.isCall { return named }
        if let call = nearestCall(to: event, graph, own) { return call }
        if let named, !own[named].isDisjoint(with: .default) || graph.spans[named].kind == .tool { return named }
        // A log line that repeats what a failed span of another kind says.
        let text = FailureText(event)
        guard !text.message.isEmpty else { return nil }
        return graph.order.last { index in
            guard !graph.spans[index].kind.isCall, !own[index].isDisjoint(with: .default) else { return false }
            let other = FailureText(graph.spans[index])
            return !other.message.isEmpty && other.isSame(as: text, ancestorIsCall: true)
        }
    }

    private static func nearestCall(to event: EventEvidence, _ graph: TraceGraph, _ own: [Evidence]) -> Int? {
        var best: (rank: Int, distance: Int64, index: Int)?
        for index in graph.order where graph.spans[index].kind.isCall {
            let span = graph.spans[index]
            if event.spanID != nil || event.parentID != nil {
                guard let parent = span.parentID, parent == event.spanID || parent == event.parentID else { continue }
            }
            var isSameModel = false
            if let model = event.model, let other = span.model {
                guard Operation.isSameModel(model, other) else { continue }
                isSameModel = true
            }
            let rank = !own[index].isDisjoint(with: .default) ? 0 : span.hasOutput || (span.outputTokens ?? 0) > 0 ? 2 : 1
            if rank == 2 && !isSameModel { continue }
            var distance: Int64 = 0
            if let time = event.time, let end = span.end ?? span.start {
                let away = (time - end).inNanoseconds
                distance = away == .min ? .max : abs(away)
                let isInside = (span.start ?? end) <= time && time <= end
                if rank > 0 && !isInside && distance > (rank == 1 ? slack.unknown : slack.well) { continue }
            }
            if let best, (best.rank, best.distance) <= (rank, distance) { continue }
            best = (rank, distance, index)
        }
        return best?.index
    }
}
