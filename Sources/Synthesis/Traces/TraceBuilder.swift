import Model

/// Builds traces one after another; workflows are in `TraceBuilder+Workflows`, calls in `TraceBuilder+Calls`.
///
/// Times are microseconds since 1970. A failure that is never recovered ends the work of its parent, so that no unrelated call
/// under the same parent can be mistaken for its recovery.
struct TraceBuilder: Sendable {
    let plan: HistoryPlan
    private let releases: ReleaseCalendar
    /// The windows of the incidents, kept separately because most calls need nothing else.
    let windows: [Window]
    private let crowds: [(window: Window, agent: Int, perMille: Int)]
    /// Counts the spans and events of the history; ids are derived from it by a bijection and are therefore unique.
    private var serial: UInt64 = 0
    private let idOffset: UInt64

    var random = RandomSource(seed: 0)
    var context: TraceContext
    var spans: [SpanRecord] = []
    var events: [EventRecord] = []
    var failures: [SyntheticFailure] = []
    var callsLeft = 0

    init(_ plan: HistoryPlan) {
        self.plan = plan
        releases = ReleaseCalendar(plan)
        windows = plan.incidents.map(\.window)
        idOffset = SplitMix64.mixed(plan.seed)
        crowds = plan.incidents.compactMap { incident in
            guard let name = incident.effect.crowd, let agent = Agent.index(named: name) else { return nil }
            let factor = incident.effect.trafficPerMille
            return (incident.window, agent, (factor - 1000) * 1000 / factor)
        }
        context = TraceContext(
            Agent.all[0], traceID: "", start: plan.end, load: 1000, releases: releases, seed: plan.seed, random: &random)
    }

    /// Builds the trace that starts at `start`, with at least one and at most `callsLeft` calls.
    mutating func build(random: RandomSource, start: Timestamp, load: Int, callsLeft: Int) -> SyntheticTrace {
        self.random = random
        self.callsLeft = callsLeft
        spans = []
        spans.reserveCapacity(8)
        events = []
        failures = []
        let agent = Agent.all[chooseAgent(at: start)]
        let traceID = RandomText.digits(nextID(), self.random.next())
        context = TraceContext(
            agent, traceID: traceID, start: start, load: load, releases: releases, seed: plan.seed, random: &self.random)
        let result = run(agent, parent: nil, at: start.nanoseconds / 1000, workflow: agent.name)

        var trace = TraceRecord(traceID: traceID)
        trace.name = agent.name
        trace.start = start
        trace.end = Timestamp(nanoseconds: result.end * 1000)
        trace.status = spans[0].status == .error ? .error : .ok
        trace.user = context.user
        trace.session = context.session
        trace.environment = context.environment
        trace.release = context.release
        trace.service = agent.service
        trace.tags = context.tags
        trace.input = result.input
        trace.output = result.output
        events.sort { ($0.time ?? start) < ($1.time ?? start) }
        var made = SyntheticTrace(trace: trace, spans: spans, events: events, failures: failures)
        let limit = plan.end - .microseconds(1)
        if result.end * 1000 > limit.nanoseconds { made.compress(into: Window(from: start, to: max(limit, start))) }
        return made
    }

    private mutating func chooseAgent(at instant: Timestamp) -> Int {
        for crowd in crowds where crowd.window.contains(instant) {
            if random.chance(crowd.perMille * 1000) { return crowd.agent }
        }
        return random.index(in: Agent.cumulativeShares)
    }

    /// Returns an id that is unique in the history.
    mutating func nextID() -> UInt64 {
        serial += 1
        return SplitMix64.mixed(serial &+ idOffset)
    }

    /// Adds a span with the properties of the trace; its end is set later.
    mutating func open(_ kind: SpanKind, _ name: String, _ agent: Agent, workflow: String, parent: Int?, at time: Int64) -> Int {
        let parentID = parent.map { spans[$0].spanID }, index = spans.count
        spans.append(SpanRecord(spanID: RandomText.digits(nextID()), kind: kind))
        // Fill in place: a span is large.
        func fill(_ span: inout SpanRecord) {
            span.traceID = context.traceID
            span.parentID = parentID
            span.name = name
            span.start = Timestamp(nanoseconds: time * 1000)
            span.agent = agent.name
            span.workflow = workflow
            span.user = context.user
            span.session = context.session
            span.environment = context.environment
            span.release = context.release
            span.service = agent.service
            span.tags = context.tags
            span.status = agent.style.success
            span.level = agent.style == .langfuse ? "DEFAULT" : nil
        }
        fill(&spans[index])
        return index
    }

    /// Ends a span that is not a call. A child's fault usually shows on it, as on spans through which an exception propagates.
    /// - Returns: The fault if it propagates to the parent.
    mutating func close(_ index: Int, _ agent: Agent, at time: Int64, fault: Fault?) -> Fault? {
        spans[index].end = Timestamp(nanoseconds: time * 1000)
        guard let fault, !fault.isQuiet, agent.style.marksStatus, random.chance(880_000) else { return nil }
        mark(index, agent.style, fault)
        return fault
    }

    /// Records an error on a span according to its instrumentation.
    mutating func mark(_ index: Int, _ style: Instrumentation, _ fault: Fault) {
        switch style {
        case .telemetry:
            spans[index].status = .error
            spans[index].exceptionType = fault.exception
            spans[index].exceptionMessage = fault.message
            spans[index].errorType = fault.exception
            if fault.message.utf8.count % 5 < 3 { spans[index].statusMessage = fault.message }
            if fault.message.utf8.count % 2 == 0 { spans[index].httpStatus = fault.http }
        case .langfuse:
            spans[index].status = .error
            spans[index].level = "ERROR"
            spans[index].statusMessage = fault.message
        case .gateway:
            spans[index].status = .error
            spans[index].exceptionType = fault.exception
            spans[index].exceptionMessage = fault.message
            spans[index].httpStatus = fault.http
            spans[index].errorCode = fault.code
            spans[index].origin = fault.http == nil ? .client : .provider
        case .events:
            addEvent(.error, "llm_error", span: index) {
                $0.level = "ERROR"
                $0.message = fault.message
                $0.exceptionType = fault.exception
            }
        case .field:
            spans[index].errorField = fault.message
            spans[index].errorCode = fault.code
        }
    }

    /// Adds an event at the end of a span.
    mutating func addEvent(_ kind: EventKind, _ name: String, span index: Int, _ fill: (inout EventRecord) -> Void) {
        var event = EventRecord(eventID: RandomText.digits(nextID()), kind: kind)
        let span = spans[index]
        event.traceID = span.traceID
        event.spanID = span.spanID
        event.parentID = span.parentID
        event.time = span.end
        event.name = name
        event.model = span.modelRequested
        event.provider = span.provider
        fill(&event)
        events.append(event)
    }
}

/// A failure as seen by the caller of a call or tool.
struct Fault {
    var message: String
    var exception: String?
    var http: Int?
    var code: String?
    /// True if nothing is thrown: the work ends, but no ancestor shows the failure.
    var isQuiet = false
}

extension Instrumentation {
    /// The status of a successful span.
    var success: SpanStatus {
        switch self {
        case .telemetry, .events, .field: .unset
        case .langfuse, .gateway: .ok
        }
    }

    /// True if failures are recorded in the span's status.
    var marksStatus: Bool { self == .telemetry || self == .langfuse || self == .gateway }
}

extension SyntheticTrace {
    /// Compresses the trace linearly so that it ends within the window; for the last traces of the history.
    fileprivate mutating func compress(into window: Window) {
        let last = spans.reduce(window.to) { max($0, $1.end ?? $0) }
        let length = UInt64((last - window.from).inNanoseconds / 1000), room = UInt64(window.length.inNanoseconds / 1000)
        guard length > 0 else { return }
        func moved(_ time: Timestamp?) -> Timestamp? {
            guard let time else { return nil }
            let after = UInt64((time - window.from).inNanoseconds / 1000).multipliedFullWidth(by: room)
            return window.from + .microseconds(Int64(length.dividingFullWidth(after).quotient))
        }
        trace.end = moved(trace.end)
        for index in spans.indices {
            spans[index].start = moved(spans[index].start)
            spans[index].firstToken = moved(spans[index].firstToken)
            spans[index].end = moved(spans[index].end)
        }
        for index in events.indices { events[index].time = moved(events[index].time) }
        for index in failures.indices { failures[index].time = moved(failures[index].time) ?? failures[index].time }
    }
}
