import Model

@testable import Alerts

/// A history as plain rows, for generation and simple counting.
struct PlainHistory {
    struct Row {
        var time: Int64
        var labels: [Label: String]
        var recoveredAt: Int64?
        var settledAt: Int64?
    }

    var beginning: Int64
    /// Ordered by time.
    var errors: [Row] = []
    var calls: [Row] = []
    var fallbacks: [Row] = []

    /// The rows that a counter counts, each at the time at which it counts.
    func rows(of counter: Counter) -> [Row] {
        switch counter {
        case .errors: errors
        case .requests: calls
        case .rateLimits: errors.filter { $0.labels[.errorType] == "rate_limit" }
        case .recovered: errors.compactMap { row in row.recoveredAt.map { Row(time: max($0, row.time), labels: row.labels) } }
        case .failed:
            errors.compactMap { row in
                row.recoveredAt == nil ? row.settledAt.map { Row(time: max($0, row.time), labels: row.labels) } : nil
            }
        case .fallbacks: fallbacks
        }
    }

    /// The same history for the replay.
    var history: EventHistory {
        var values = LabelValues()
        func columns(_ rows: [Row], _ labels: Set<Label>) -> EventColumns {
            let labels = Label.allCases.filter(labels.contains)
            var columns = EventColumns(labels: labels)
            for row in rows {
                let codes = labels.map { values.code(of: row.labels[$0], for: $0) }
                columns.append(Timestamp(nanoseconds: row.time), codes)
            }
            return columns
        }
        let errorColumns = columns(errors, Label.ofErrors)
        let callColumns = columns(calls, Label.ofCalls), fallbackColumns = columns(fallbacks, Label.ofFallbacks)
        return EventHistory(
            beginning: Timestamp(nanoseconds: beginning), values: values, errors: errorColumns,
            recoveredAt: errors.map(\.recoveredAt),
            settledAt: errors.map(\.settledAt), calls: [CallEvents(exact: callColumns)], fallbacks: fallbackColumns)
    }

    /// A history with bursts, quiet intervals, and events exactly on minutes.
    static func generated(
        errors count: Int, minutes: Int, from start: Int64, with generator: inout some RandomNumberGenerator
    ) -> PlainHistory {
        let minute: Int64 = 60_000_000_000
        var plain = PlainHistory(beginning: start - Int64.random(in: 0...20, using: &generator) * minute / 2)
        func time(_ center: Int64?) -> Int64 {
            let raw =
                center.map { $0 + Int64.random(in: 0...8 * minute, using: &generator) }
                ?? Int64.random(
                    in: plain.beginning...start + Int64(minutes) * minute, using: &generator)
            // A third of the events are exactly on a minute.
            return Int.random(in: 0..<3, using: &generator) == 0 ? raw / minute * minute : raw
        }
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &generator) ?? "" }
        func common() -> [Label: String] {
            [
                .provider: pick(["openai", "anthropic", ""]), .model: pick(["a", "b"]), .agent: pick(["x", "y", ""]),
                .environment: "prod",
            ].filter { !$0.value.isEmpty }
        }
        let bursts = (0..<4).map { _ in time(nil) }
        for _ in 0..<count {
            var labels = common()
            labels[.errorType] = pick(["rate_limit", "server_error", "timeout"])
            labels[.severity] = labels[.errorType] == "rate_limit" ? "WARNING" : "ERROR"
            labels[.statusCode] = pick(["429", "500", ""])
            labels = labels.filter { !$0.value.isEmpty }
            let at = time(Bool.random(using: &generator) ? bursts.randomElement(using: &generator) : nil)
            var row = Row(time: max(at, plain.beginning), labels: labels)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: row.recoveredAt = row.time + Int64.random(in: 0...5 * minute, using: &generator)
            case 1: row.settledAt = row.time + Int64.random(in: 0...5 * minute, using: &generator)
            default: break
            }
            plain.errors.append(row)
        }
        for _ in 0..<count * 3 { plain.calls.append(Row(time: max(time(nil), plain.beginning), labels: common())) }
        for _ in 0..<count / 4 {
            let labels: [Label: String] = [.primary: pick(["a", "b"]), .fallback: pick(["c", "d"])]
            plain.fallbacks.append(Row(time: max(time(nil), plain.beginning), labels: labels))
        }
        plain.errors.sort { $0.time < $1.time }
        plain.calls.sort { $0.time < $1.time }
        plain.fallbacks.sort { $0.time < $1.time }
        return plain
    }
}
