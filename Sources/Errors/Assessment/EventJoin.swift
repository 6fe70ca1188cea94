import Model

/// The assignment of error events to spans.
struct EventJoin {
    /// For each span, the events that are evidence of its failure, by time and id.
    var ofSpan: [Int: [Int]] = [:]
    /// Events that belong to no span, by time and id.
    var lone: [Int] = []

    /// Maximum distance of an event from a call's end when only model and parent connect them.
    private static let slack: (unknown: Int64, well: Int64) = (5_000_000_000, 1_000_000_000)

    /// Joins the events of a trace; adds their evidence to `bits`.
    init(_ graph: TraceGraph, _ events: [EventEvidence], bits: inout [Evidence]) {
        let order = events.indices.filter { events[$0].kind.isError && !ControlFlow.hasSteered(events[$0]) }.sorted {
            EventJoin.isBefore(events[$0], events[$1])
        }
        // What the spans say by themselves decides; one event must not draw the next.
        let own = bits
        let calls = Calls(graph, own)
        for index in order {
            let event = events[index]
            if event.kind == .exception, let span = event.spanID.flatMap({ graph.indexOfID[$0] }) {
                guard let bit = EventJoin.exceptionEvidence(event, graph.spans[span], own[span]) else { continue }
                bits[span].insert(bit)
                ofSpan[span, default: []].append(index)
            } else if let span = EventJoin.target(of: event, graph, own, calls) {
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

    /// Returns the evidence of an exception recorded on a span; nil when it was handled inside.
    ///
    /// Clients record exceptions that they go on to handle. An exception counts when it escaped the span, when the span failed,
    /// or when a call shows no other result.
    private static func exceptionEvidence(_ event: EventEvidence, _ span: SpanEvidence, _ own: Evidence) -> Evidence? {
        if !own.subtracting(.empty).isDisjoint(with: .default) { return own.contains(.explicit) ? .explicit : .event }
        if event.exceptionType.map(Signals.isCancellation) == true {
            return event.escaped == true || span.kind.isCall ? .soft : nil
        }
        if event.escaped == true { return .explicit }
        let showsNothing = !span.hasOutput && !span.hasToolCalls && (span.outputTokens ?? 0) == 0
        return span.kind.isCall && showsNothing ? .event : nil
    }

    /// Returns the span of an error event: by id, else the call with the same parent and model and the nearest end.
    private static func target(
        of event: EventEvidence, _ graph: TraceGraph, _ own: [Evidence], _ calls: Calls
    ) -> Int? {
        let named = event.spanID.flatMap { graph.indexOfID[$0] }
        if let named, graph.spans[named].kind.isCall { return named }
        if let call = nearestCall(to: event, graph, own, calls) { return call }
        if let named, !own[named].isDisjoint(with: .default) || graph.spans[named].kind == .tool { return named }
        // A log line that repeats the failure of a span of another kind.
        let text = FailureText(event)
        guard !text.message.isEmpty else { return nil }
        let number = calls.texts.number(of: text)
        return calls.others.last { calls.texts.isSame($0.text, as: number, ancestorIsCall: true) }?.index
    }

    private static func nearestCall(
        to event: EventEvidence, _ graph: TraceGraph, _ own: [Evidence], _ calls: Calls
    ) -> Int? {
        var best: (rank: Int, distance: Int64, index: Int)?
        let model = event.model.map(Operation.undated)
        for index in calls.candidates(for: event, model: model) {
            let span = graph.spans[index]
            let isSameModel = model != nil && span.model != nil
            let rank = calls.rank(index)
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

    /// The join candidates, prepared once for all events of a trace.
    private struct Calls {
        private struct Key: Hashable { let parent: String?, model: String?, rank: Int }

        private let graph: TraceGraph
        private let own: [Evidence]
        /// Calls by end, for each of the four lookups: with or without a parent, with or without a model.
        private var lists: [Key: [Int]] = [:]
        let texts = FailureTexts()
        /// Failed spans of other kinds with a text, and the numbers of these texts; at most 200.
        private(set) var others: [(index: Int, text: Int)] = []

        init(_ graph: TraceGraph, _ own: [Evidence]) {
            self.graph = graph
            self.own = own
            for index in graph.order where !graph.spans[index].kind.isCall && !own[index].isDisjoint(with: .default) {
                guard others.count < 200 else { break }
                let text = FailureText(graph.spans[index])
                if !text.message.isEmpty { others.append((index, texts.number(of: text))) }
            }
            let calls = graph.order.filter { graph.spans[$0].kind.isCall }
                .sorted { (Calls.end(graph, $0), graph.spans[$0].spanID) < (Calls.end(graph, $1), graph.spans[$1].spanID) }
            var undated: [String: String] = [:]
            for index in calls {
                let span = graph.spans[index], rank = rank(index)
                var model: String?
                if let name = span.model {
                    model = undated[name] ?? Operation.undated(name)
                    undated[name] = model
                }
                for parent in Set([nil, span.parentID]) {
                    // A call without a model has an empty name, so that events of any model find it.
                    lists[Key(parent: parent, model: nil, rank: rank), default: []].append(index)
                    lists[Key(parent: parent, model: model ?? "", rank: rank), default: []].append(index)
                }
            }
        }

        /// Returns 0 for failed calls, 1 for those without a result, 2 for successful ones.
        func rank(_ index: Int) -> Int {
            let span = graph.spans[index]
            if !own[index].isDisjoint(with: .default) { return 0 }
            return span.hasOutput || (span.outputTokens ?? 0) > 0 ? 2 : 1
        }

        private static func end(_ graph: TraceGraph, _ index: Int) -> Int64 {
            (graph.spans[index].end ?? graph.spans[index].start)?.nanoseconds ?? .max
        }

        /// Returns the calls below the event's span or parent (all calls when it has neither) that may have its model: for each
        /// rank, the sixteen nearest ends before and after it.
        func candidates(for event: EventEvidence, model: String?) -> [Int] {
            var parents: [String?] = [event.spanID, event.parentID].filter { $0 != nil }
            if parents.isEmpty { parents = [nil] }
            if parents.count == 2, parents[0] == parents[1] { parents.removeLast() }
            var found: [Int] = []
            for rank in 0...2 {
                for parent in parents {
                    for name in model.map({ [$0, ""] as [String?] }) ?? [nil] {
                        guard let list = lists[Key(parent: parent, model: name, rank: rank)] else { continue }
                        let middle = place(of: event.time, in: list)
                        found += list[max(0, middle - 16)..<min(list.count, middle + 16)]
                    }
                }
            }
            return found
        }

        private func place(of time: Timestamp?, in list: [Int]) -> Int {
            guard let time else { return 0 }
            return list.partitioningIndex { Calls.end(graph, $0) >= time.nanoseconds }
        }
    }
}
