import Errors
import Ingest
import Model

/// What a source gave, and what of it is an error by the evidence that counts unless the user says otherwise.
struct Assessed {
    let reading: Reading
    private(set) var calls = 0
    private(set) var tokens: Int64 = 0
    /// How many errors there are of each type, by its name.
    private(set) var errors: [String: Int] = [:]
    private(set) var recovered = 0
    private(set) var failedTraces = 0

    init(path: String) throws {
        reading = try Reading(path: path)
        var traces: [String: (spans: [SpanRecord], events: [EventRecord])] = [:]
        for span in reading.spans { traces[span.traceID ?? "span \(span.spanID)", default: ([], [])].spans.append(span) }
        for event in reading.events { traces[event.traceID ?? "event \(event.eventID)", default: ([], [])].events.append(event) }
        let assessor = Assessor()
        for trace in traces.values {
            let found = assessor.assess(
                spans: trace.spans.map { SpanEvidence($0) }, events: trace.events.map { EventEvidence($0) })
            let wrappers = Set(found.wrapperSpans)
            for (index, span) in trace.spans.enumerated() where span.kind.isCall && !wrappers.contains(index) {
                calls += 1
                tokens += span.totalTokens ?? (span.inputTokens ?? 0) + (span.outputTokens ?? 0)
            }
            for finding in found.findings where !finding.evidence.isDisjoint(with: .default) {
                errors[finding.type.name, default: 0] += 1
                if finding.recovery != .open { recovered += 1 }
            }
            if found.failed { failedTraces += 1 }
        }
    }

    /// `2 calls, 120 tokens, rate_limit 1`.
    var summary: String {
        let types = errors.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return (["\(calls) calls", "\(tokens) tokens"] + types).joined(separator: ", ")
    }
}
