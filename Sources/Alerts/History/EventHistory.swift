import Model

/// What a replay of Prometheus rules reads: everything that happened up to the end of the replay, free of any store.
public struct EventHistory: Sendable {
    /// The first instant that the records cover: counters are 0 before it, and series exist from it on.
    public var beginning: Timestamp
    /// The newest instant that the records cover; nil when it is not known.
    public var ending: Timestamp?
    /// The texts behind the codes of all columns.
    public var values: LabelValues
    /// Errors, each at its own time.
    public var errors: EventColumns
    /// For each error the instant at which a success made it good, in nanoseconds; nil while open.
    public var recoveredAt: [Int64?]
    /// For each error the instant from which it is known that nothing will make it good (the trace's end); nil for recovered ones.
    public var settledAt: [Int64?]
    /// Calls; several tables when rollups count them by different labels. Of the tables that know all labels a rule asks for,
    /// the one with the fewest is read.
    public var calls: [CallEvents]
    /// Turns from one model to another, by `primary` and `fallback`.
    public var fallbacks: EventColumns

    /// Makes a history; `recoveredAt` and `settledAt` are empty or as long as `errors`.
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

/// A counter that rules select, as an exporter of this program's telemetry would offer it.
public enum Counter: String, CaseIterable, Sendable {
    case errors = "llm_errors_total"
    case requests = "llm_requests_total"
    case rateLimits = "llm_rate_limits_total"
    case recovered = "llm_errors_recovered_total"
    case failed = "llm_errors_failed_total"
    case fallbacks = "llm_fallback_triggered_total"

    /// The name shown.
    public var name: String { rawValue }

    /// One line for people.
    public var meaning: String {
        switch self {
        case .errors: "errors, at the time of each"
        case .requests: "calls, failed or not"
        case .rateLimits: "errors of type rate_limit"
        case .recovered: "errors that a later success made good, at the time of that success"
        case .failed: "errors that nothing made good, at the end of their trace"
        case .fallbacks: "turns from one model to another"
        }
    }

    /// The labels its series carry.
    public var labels: Set<Label> {
        switch self {
        case .errors, .rateLimits, .recovered, .failed: Label.ofErrors
        case .requests: Label.ofCalls
        case .fallbacks: Label.ofFallbacks
        }
    }

    /// The counter with this name; `_total` may be left out, and dots stand for underscores (`llm.errors.total`).
    public init?(spelling: String) {
        let name = String(spelling.map { $0 == "." ? "_" : $0 })
        guard let counter = Counter.allCases.first(where: { $0.name == name || $0.name == name + "_total" }) else { return nil }
        self = counter
    }
}
