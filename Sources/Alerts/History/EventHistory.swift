import Model

/// The input of a Prometheus rule replay: all events up to the end of the replay, independent of any store.
public struct EventHistory: Sendable {
    /// The first instant that the records cover: counters are 0 before it, and series exist from then on.
    public var beginning: Timestamp
    /// The last instant that the records cover; nil if unknown.
    public var ending: Timestamp?
    /// The texts behind the codes of all columns.
    public var values: LabelValues
    /// Errors, each at its own time.
    public var errors: EventColumns
    /// For each error, the time of the success that recovered it, in nanoseconds; nil if it never recovered.
    public var recoveredAt: [Int64?]
    /// For each error, the time from which it is known to be final (the end of its trace); nil if it recovered.
    public var settledAt: [Int64?]
    /// Calls, as one table or as several rollups by different labels. A rule reads the table with the fewest labels among
    /// those that have all the labels it needs.
    public var calls: [CallEvents]
    /// Fallbacks from one model to another, with the labels `primary` and `fallback`.
    public var fallbacks: EventColumns

    /// Creates a history; `recoveredAt` and `settledAt` are either empty or as long as `errors`.
    public init(
        beginning: Timestamp, values: LabelValues, errors: EventColumns, recoveredAt: [Int64?] = [], settledAt: [Int64?] = [],
        calls: [CallEvents] = [], fallbacks: EventColumns = EventColumns(labels: [])
    ) {
        precondition(recoveredAt.isEmpty || recoveredAt.count == errors.count, "one recovery for each error, or none at all")
        precondition(settledAt.isEmpty || settledAt.count == errors.count, "one settlement for each error, or none at all")
        self.beginning = beginning
        self.values = values
        self.errors = errors
        self.recoveredAt = recoveredAt
        self.settledAt = settledAt
        self.calls = calls
        self.fallbacks = fallbacks
    }
}

/// A counter that rules can select, as an exporter for this telemetry would expose it.
public enum Counter: String, CaseIterable, Sendable {
    case errors = "llm_errors_total"
    case requests = "llm_requests_total"
    case rateLimits = "llm_rate_limits_total"
    case recovered = "llm_errors_recovered_total"
    case failed = "llm_errors_failed_total"
    case fallbacks = "llm_fallback_triggered_total"

    /// The metric name.
    public var name: String { rawValue }

    /// A one-line description, used as HELP text.
    public var meaning: String {
        switch self {
        case .errors: "errors, counted when they occur"
        case .requests: "calls, including failed ones"
        case .rateLimits: "errors of type rate_limit"
        case .recovered: "errors recovered by a later success, counted at the time of that success"
        case .failed: "errors that never recovered, counted at the end of their trace"
        case .fallbacks: "fallbacks from one model to another"
        }
    }

    /// The labels of its series.
    public var labels: Set<Label> {
        switch self {
        case .errors, .rateLimits, .recovered, .failed: Label.ofErrors
        case .requests: Label.ofCalls
        case .fallbacks: Label.ofFallbacks
        }
    }

    /// Parses a metric name; the suffix `_total` is optional, and dots may replace underscores (`llm.errors.total`).
    public init?(spelling: String) {
        let name = String(spelling.map { $0 == "." ? "_" : $0 })
        guard let counter = Counter.allCases.first(where: { $0.name == name || $0.name == name + "_total" }) else { return nil }
        self = counter
    }
}
