import Errors
import Ingest
import Model
import SQLite

/// The facts of one trace, and the columns of its row that are computed from them.
struct TraceFacts {
    var calls: [CallFact] = []
    var errors: [ErrorFact] = []
    var first: Int64?
    var last: Int64?
    var t: Int64?
    var root: Int64?
    var agent: Int64 = 0
    var deployment: Int64 = 0
    /// The record's own attributes, the gaps filled from the spans.
    var attributes: TraceRecord
    var type: Int64?
    var severity: Int64?
    var cost: Int64?
    var tokens: Int64?
    var isFailed = false

    /// Calls of models.
    var callCount: Int { calls.count { $0.core.scope == 0 } }
    /// Errors that count by default, of calls and of events without one.
    var errorCount: Int { errors.count { $0.core.countsByDefault && $0.core.scope != 1 } }
}

/// Makes facts from the spans and events of one trace.
struct FactBuilder {
    let dictionaries: Dictionaries
    let assessor: Assessor

    /// Values beyond these are mistakes of a source and count as unknown in facts: sums of millions must not overflow.
    private static let longest: Int64 = 10 * 366 * 86_400 * 1_000_000_000
    private static let mostTokens: Int64 = 1 << 40
    private static let mostMoney: Int64 = 1 << 53

    /// The facts of the trace at `row`. The result does not depend on the order of `spans` and `events`.
    func facts(
        of key: TraceKey, row: Int64, record: TraceRecord?, spans unordered: [SpanItem], events unorderedEvents: [EventItem]
    ) throws(SQLError) -> TraceFacts {
        let isOrdered = zip(unordered, unordered.dropFirst()).allSatisfy { !FactBuilder.isBefore($1, $0) }
        let spans = isOrdered ? unordered : unordered.sorted(by: FactBuilder.isBefore)
        let events =
            unorderedEvents.count < 2
            ? unorderedEvents
            : unorderedEvents.sorted {
                ($0.record.time?.nanoseconds ?? .min, $0.record.eventID) < (
                    $1.record.time?.nanoseconds ?? .min, $1.record.eventID
                )
            }
        let assessment = assessor.assess(spans: spans.map(\.evidence), events: events.map { EventEvidence($0.record) })
        try StopFlag.checkBetweenStatements()
        let root = assessment.root
        let agents = SpanAgents(spans)
        var facts = TraceFacts(attributes: record ?? TraceRecord(traceID: key.traceID))
        fillGaps(&facts.attributes, spans: spans, root: root)
        facts.root = root.map { spans[$0].row }
        facts.isFailed = assessment.failed
        cover(&facts, spans: spans, events: events, record: record)
        if key.isOwn(spans: spans.count, events: events) { facts.t = nil }
        facts.deployment = try deployment(key.project, of: facts.attributes).id
        facts.calls.reserveCapacity(spans.count)

        var findings: [FindingSubject: Finding] = [:]
        for finding in assessment.findings { findings[finding.subject] = finding }
        var wrappers = assessment.wrapperSpans[...]
        var agentOfTrace: DictionaryEntry?
        for (place, span) in spans.enumerated() {
            try StopFlag.checkBetweenStatements()
            let isWrapper = wrappers.first == place
            if isWrapper { wrappers.removeFirst() }
            let agent = try dictionaries.agent.entry(.init(first: agents.names[place]))
            if agent.id != 0, agentOfTrace == nil || place == root { agentOfTrace = agent }
            guard let t = span.time else { continue }
            try add(
                span, at: t, finding: findings.isEmpty ? nil : findings[.span(place)], isWrapper: isWrapper, agent: agent,
                key: key, row: row, to: &facts)
        }
        facts.agent = agentOfTrace?.id ?? 0
        for finding in assessment.findings {
            guard case .event(let place) = finding.subject else { continue }
            try StopFlag.checkBetweenStatements()
            let event = events[place]
            let enclosing = (event.record.spanID ?? event.record.parentID).flatMap(agents.place)
            let agent = try dictionaries.agent.entry(.init(first: enclosing.flatMap { agents.names[$0] }))
            try add(event, finding: finding, agent: agent, key: key, row: row, attributes: facts.attributes, to: &facts)
        }
        summarise(&facts)
        return facts
    }

    /// The facts of an event that belongs to no trace.
    func facts(ofLone event: EventItem, project: String) throws(SQLError) -> [ErrorFact] {
        let assessment = assessor.assess(spans: [], events: [EventEvidence(event.record)])
        var facts = TraceFacts(attributes: TraceRecord(traceID: ""))
        for finding in assessment.findings {
            try add(
                event, finding: finding, agent: try dictionaries.agent.entry(.init()),
                key: TraceKey(project: project, traceID: ""), row: nil, attributes: facts.attributes, to: &facts)
        }
        return facts.errors
    }

    private static func isBefore(_ a: SpanItem, _ b: SpanItem) -> Bool {
        let x = (a.record.start ?? a.record.end)?.nanoseconds ?? .max, y = (b.record.start ?? b.record.end)?.nanoseconds ?? .max
        return x == y ? a.record.spanID < b.record.spanID : x < y
    }

    // MARK: rows of facts

    private func add(
        _ span: SpanItem, at t: Int64, finding: Finding?, isWrapper: Bool, agent: DictionaryEntry, key: TraceKey, row: Int64,
        to facts: inout TraceFacts
    ) throws(SQLError) {
        let name = span.record.modelRequested ?? span.record.modelResponded
        let model = try dictionaries.model.entry(
            .init(first: span.record.provider ?? name.flatMap(ModelNames.maker), second: name))
        let operation = try dictionaries.operation.entry(.init(number: Int64(span.record.kind.rawValue), first: span.record.name))
        let deployment = try dictionaries.deployment.entry(
            .init(
                first: key.project.isEmpty ? nil : key.project, second: span.record.service ?? facts.attributes.service,
                third: span.record.environment ?? facts.attributes.environment,
                fourth: span.record.release ?? facts.attributes.release))
        let evidence = Int64(finding?.evidence.rawValue ?? 0)
        let tokens =
            span.record.totalTokens.flatMap(FactBuilder.plausible)
            ?? FactBuilder.sum(span.record.inputTokens, span.record.outputTokens)
        let core = FactCore(
            scope: span.record.kind.isCall && !isWrapper ? 0 : 1, t: t, id: span.row, trace: row, model: model.id,
            agent: agent.id,
            operation: operation.id, deployment: deployment.id, latency: FactBuilder.latency(of: span.record),
            cost: span.record.cost.flatMap { $0.units.magnitude <= FactBuilder.mostMoney.magnitude ? $0.units : nil },
            inputTokens: span.record.inputTokens.flatMap(FactBuilder.plausible),
            outputTokens: span.record.outputTokens.flatMap(FactBuilder.plausible), tokens: tokens, evidence: evidence)
        let names = FactNames(
            identity: FactNames.identity(project: key.project, trace: key.traceID, id: span.record.spanID), model: model.hash,
            agent: agent.hash, operation: operation.hash, deployment: deployment.hash)
        var call = CallFact(core: core)
        call.seal(names)
        facts.calls.append(call)
        if let finding, evidence != 0 {
            facts.errors.append(try error(core, finding, attempts: span.record.attemptsMade ?? span.record.attempt, names))
        }
    }

    private func add(
        _ event: EventItem, finding: Finding, agent: DictionaryEntry, key: TraceKey, row: Int64?, attributes: TraceRecord,
        to facts: inout TraceFacts
    ) throws(SQLError) {
        let record = event.record
        guard let t = record.time?.nanoseconds, !finding.evidence.isEmpty else { return }
        let model = try dictionaries.model.entry(
            .init(first: record.provider ?? record.model.flatMap(ModelNames.maker), second: record.model))
        let operation = try dictionaries.operation.entry(.init(number: Int64(SpanKind.event.rawValue), first: record.name))
        let deployment = try deployment(key.project, of: attributes)
        let core = FactCore(
            scope: 2, t: t, id: event.row, trace: row, model: model.id, agent: agent.id, operation: operation.id,
            deployment: deployment.id, latency: nil, cost: nil, inputTokens: nil, outputTokens: nil, tokens: nil,
            evidence: Int64(finding.evidence.rawValue))
        let names = FactNames(
            identity: FactNames.identity(project: key.project, trace: row == nil ? nil : key.traceID, id: record.eventID),
            model: model.hash, agent: agent.hash, operation: operation.hash, deployment: deployment.hash)
        facts.errors.append(try error(core, finding, attempts: nil, names))
    }

    private func error(_ core: FactCore, _ finding: Finding, attempts: Int?, _ names: FactNames) throws(SQLError) -> ErrorFact {
        let signature = try dictionaries.signature.entry(.init(first: finding.signature))
        let message = try dictionaries.message.entry(.init(first: finding.message))
        var fact = ErrorFact(
            core: core, type: Int64(finding.type.rawValue), severity: Int64(finding.severity.rawValue),
            status: finding.httpStatus.map(Int64.init), code: finding.code, origin: Int64(finding.origin.rawValue),
            attempts: attempts.map(Int64.init), recovery: Int64(finding.recovery.rawValue),
            recoveredAt: finding.recoveredAt?.nanoseconds, settledAt: finding.settledAt?.nanoseconds,
            signature: signature.id, message: message.id, rule: finding.rule)
        fact.seal(names, messageHash: message.hash)
        return fact
    }

    private func deployment(_ project: String, of trace: TraceRecord) throws(SQLError) -> DictionaryEntry {
        try dictionaries.deployment.entry(
            .init(
                first: project.isEmpty ? nil : project, second: trace.service, third: trace.environment, fourth: trace.release))
    }

    // MARK: measures

    private static func plausible(_ tokens: Int64) -> Int64? { (0...mostTokens).contains(tokens) ? tokens : nil }

    private static func sum(_ a: Int64?, _ b: Int64?) -> Int64? {
        switch (a.flatMap(plausible), b.flatMap(plausible)) {
        case (let a?, let b?): a + b
        case (let a?, nil): a
        case (nil, let b): b
        }
    }

    /// The span's latency; nil when it is unknown or makes no sense.
    static func latency(of record: SpanRecord) -> Int64? {
        (record.latency?.inNanoseconds).flatMap { (0...longest).contains($0) ? $0 : nil }
    }

    // MARK: the trace's row

    private func fillGaps(_ trace: inout TraceRecord, spans: [SpanItem], root: Int?) {
        // The root speaks first, then the spans in their order.
        let order = (root.map { [$0] } ?? []) + spans.indices.filter { $0 != root }
        func first(_ field: (SpanRecord) -> String?) -> String? {
            for place in order { if let value = field(spans[place].record) { return value } }
            return nil
        }
        if let root {
            if trace.name == nil { trace.name = spans[root].record.name }
            if trace.status == .unknown { trace.status = spans[root].record.status }
        }
        trace.user = trace.user ?? first(\.user)
        trace.session = trace.session ?? first(\.session)
        trace.environment = trace.environment ?? first(\.environment)
        trace.release = trace.release ?? first(\.release)
        trace.service = trace.service ?? first(\.service)
        if trace.tags.isEmpty, let place = order.first(where: { !spans[$0].record.tags.isEmpty }) {
            trace.tags = spans[place].record.tags
        }
    }

    private func cover(_ facts: inout TraceFacts, spans: [SpanItem], events: [EventItem], record: TraceRecord?) {
        var firstStart: Int64?, lastEnd: Int64?
        func add(_ start: Timestamp?, _ end: Timestamp?) {
            for time in [start, end] {
                guard let time = time?.nanoseconds else { continue }
                facts.first = min(facts.first ?? time, time)
                facts.last = max(facts.last ?? time, time)
            }
            if let start { firstStart = min(firstStart ?? .max, start.nanoseconds) }
            if let end { lastEnd = max(lastEnd ?? .min, end.nanoseconds) }
        }
        for span in spans { add(span.record.start, span.record.end) }
        add(record?.start, record?.end)
        if facts.first == nil {
            let times = events.compactMap { $0.record.time?.nanoseconds }
            facts.first = times.min()
            facts.last = times.max()
        }
        facts.t = lastEnd ?? firstStart ?? facts.last
    }

    private func summarise(_ facts: inout TraceFacts) {
        func total(_ value: (FactCore) -> Int64?) -> Int64? {
            facts.calls.reduce(nil) { sum, call in
                guard call.core.scope == 0, let value = value(call.core) else { return sum }
                return (sum ?? 0) &+ value
            }
        }
        facts.cost = total(\.cost)
        facts.tokens = total(\.tokens)
        let worst = facts.errors.filter(\.core.countsByDefault).min {
            ($1.severity, $0.core.t, $0.type, $0.core.scope) < ($0.severity, $1.core.t, $1.type, $1.core.scope)
        }
        facts.type = worst?.type
        facts.severity = worst?.severity
    }
}

/// Whose agent each span of a trace works for.
struct SpanAgents {
    /// For each span its own agent, else that of its nearest ancestor which has one.
    let names: [String?]
    private let places: [String: Int]
    private let single: String?

    /// The place of the span with this id.
    func place(of id: String) -> Int? { single.map { $0 == id ? 0 : nil } ?? places[id] }

    init(_ spans: [SpanItem]) {
        single = spans.count == 1 ? spans[0].record.spanID : nil
        var names = spans.map(\.record.agent)
        var places: [String: Int] = [:]
        if spans.count > 1 {
            places.reserveCapacity(spans.count)
            for (place, span) in spans.enumerated() { places[span.record.spanID] = place }
            var isKnown = names.map { $0 != nil }
            for start in spans.indices where !isKnown[start] {
                // Up to the first span whose answer is known; parents that go in a circle end the walk.
                var path = [start], at = start, found: String?
                while let parent = spans[at].record.parentID.flatMap({ places[$0] }), path.count <= spans.count {
                    if isKnown[parent] {
                        found = names[parent]
                        break
                    }
                    path.append(parent)
                    at = parent
                }
                for place in path {
                    names[place] = found
                    isKnown[place] = true
                }
            }
        }
        self.names = names
        self.places = places
    }
}
