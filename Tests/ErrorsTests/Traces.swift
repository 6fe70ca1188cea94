import Errors
import Model

/// A span for tests: times are seconds.
func span(
    _ id: String, _ kind: SpanKind = .llm, in parent: String? = nil, at time: ClosedRange<Double> = 0...1, name: String? = nil,
    status: SpanStatus = .ok, _ change: (inout SpanEvidence) -> Void = { _ in }
) -> SpanEvidence {
    var span = SpanEvidence(spanID: id, kind: kind, parentID: parent, name: name)
    span.start = second(time.lowerBound)
    span.end = second(time.upperBound)
    span.status = status
    span.hasOutput = status == .ok
    change(&span)
    return span
}

/// A span that failed with this message.
func failed(
    _ id: String, _ kind: SpanKind = .llm, in parent: String? = nil, at time: ClosedRange<Double> = 0...1, name: String? = nil,
    _ message: String, _ change: (inout SpanEvidence) -> Void = { _ in }
) -> SpanEvidence {
    span(id, kind, in: parent, at: time, name: name, status: .error) {
        $0.statusMessage = message
        change(&$0)
    }
}

/// An error event for tests.
func event(
    _ id: String, _ kind: EventKind = .error, of span: String? = nil, in parent: String? = nil, _ time: Double,
    _ message: String? = nil,
    _ change: (inout EventEvidence) -> Void = { _ in }
) -> EventEvidence {
    var event = EventEvidence(eventID: id, kind: kind, spanID: span, parentID: parent, time: second(time))
    event.message = message
    change(&event)
    return event
}

func second(_ value: Double) -> Timestamp { Timestamp(nanoseconds: Int64(value * 1e9)) }

extension TraceFindings {
    /// Indices of the spans with findings, in order.
    var spans: [Int] {
        findings.compactMap { if case .span(let index) = $0.subject { index } else { nil } }
    }
    /// Indices of the lone events with findings, in order.
    var events: [Int] {
        findings.compactMap { if case .event(let index) = $0.subject { index } else { nil } }
    }
}
