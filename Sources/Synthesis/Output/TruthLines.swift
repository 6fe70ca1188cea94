import Model

/// The truth file of a history, written as the history is generated: one JSON object per line.
///
/// First comes a line for each failed call or tool in trace order; at the end, a line for each incident with its actual effect,
/// and a line with the totals. The member `truth` is `failure`, `incident` or `total`.
public struct TruthLines: Sendable {
    private let plan: HistoryPlan
    private let windows: [Window]
    private var counts: [Count]
    private var total = Count()
    private var traces: Int64 = 0

    private struct Count: Sendable { var calls: Int64 = 0, failed: Int64 = 0, recovered: Int64 = 0, tools: Int64 = 0 }

    /// Creates an empty truth file for a plan.
    public init(_ plan: HistoryPlan) {
        self.plan = plan
        windows = plan.incidents.map(\.window)
        counts = Array(repeating: Count(), count: plan.incidents.count)
    }

    /// Adds a trace to the counts.
    /// - Returns: One line for each failure in it, without line ends.
    public mutating func lines(of trace: SyntheticTrace) -> [String] {
        traces += 1
        for span in trace.spans where span.kind.isCall {
            total.calls += 1
            guard let start = span.start else { continue }
            for (index, window) in windows.enumerated() where window.contains(start) {
                let incident = plan.incidents[index]
                let isTouched = incident.touches(
                    provider: span.provider, model: span.modelRequested, agent: span.agent, at: start)
                if isTouched { counts[index].calls += 1 }
            }
        }
        return trace.failures.map { failure in
            if failure.kind.isCall { total.failed += 1 } else { total.tools += 1 }
            if failure.isRecovered { total.recovered += 1 }
            if let index = plan.incidents.firstIndex(where: { $0.name == failure.incident }) {
                counts[index].failed += 1
                if failure.isRecovered { counts[index].recovered += 1 }
            }
            return TruthLines.line(of: failure)
        }
    }

    /// Returns the final lines: incidents in order of time, then the totals.
    public func closingLines() -> [String] {
        var lines: [String] = []
        for (incident, count) in zip(plan.incidents, counts) {
            var json = JSONWriter()
            json.beginObject()
            json.put("truth", "incident")
            json.put("name", incident.name)
            json.put("from", incident.window.from)
            json.put("to", incident.window.to)
            json.put("type", incident.type.name)
            json.putOrNull("provider", incident.provider)
            json.putOrNull("model", incident.model)
            json.putOrNull("agent", incident.agent)
            json.put("planned", incident.isPlanned)
            json.put("calls", count.calls)
            json.put("failed", count.failed)
            json.put("recovered", count.recovered)
            json.put("summary", incident.summary)
            json.endObject()
            lines.append(String(decoding: json.bytes, as: UTF8.self))
        }
        var json = JSONWriter()
        json.beginObject()
        json.put("truth", "total")
        json.put("from", plan.window.from)
        json.put("to", plan.window.to)
        json.put("traces", traces)
        json.put("calls", total.calls)
        json.put("failed_calls", total.failed)
        json.put("failed_tools", total.tools)
        json.put("recovered", total.recovered)
        json.endObject()
        lines.append(String(decoding: json.bytes, as: UTF8.self))
        return lines
    }

    private static func line(of failure: SyntheticFailure) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.put("truth", "failure")
        json.put("trace", failure.traceID)
        json.put("span", failure.spanID)
        json.put("time", failure.time)
        json.put("kind", failure.kind.name)
        json.put("type", failure.type.name)
        json.put("evidence", failure.evidence.names.joined(separator: ","))
        json.putOrNull("provider", failure.provider)
        json.putOrNull("model", failure.model)
        json.put("agent", failure.agent)
        json.put("recovered", failure.isRecovered)
        json.putOrNull("incident", failure.incident)
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
