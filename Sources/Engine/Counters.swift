import Model

/// The names behind the ids of counted calls and errors.
public struct CounterNames: Sendable {
    public var models: [Int64: (provider: String?, name: String?)] = [:]
    public var agents: [Int64: String] = [:]
    public var deployments: [Int64: (environment: String?, service: String?)] = [:]

    /// Makes names of nothing.
    public init() {}
}

/// What counted errors have in common: ids of names, and raw values of `ErrorType` and `Severity`.
public struct CountedErrorKind: Hashable, Sendable {
    public var model: Int64, agent: Int64, deployment: Int64
    public var type: Int64, severity: Int64
    /// The HTTP status; nil when there is none.
    public var status: Int64?

    /// Makes a kind of errors.
    public init(model: Int64, agent: Int64, deployment: Int64, type: Int64, severity: Int64, status: Int64?) {
        (self.model, self.agent, self.deployment) = (model, agent, deployment)
        (self.type, self.severity, self.status) = (type, severity, status)
    }
}

/// The errors of an interval in columns, ascending by time.
public struct CountedErrors: Sendable {
    /// Nanoseconds since 1970.
    public var times: [Int64] = []
    /// What each is, as a place in `kinds`.
    public var kindOf: [Int32] = []
    /// Some may not occur.
    public var kinds: [CountedErrorKind] = []
    /// When it recovered; nil while open. Empty when it was not asked for.
    public var recoveredAt: [Int64?] = []
    /// When it was known that it would not recover; nil for those that did. Empty when it was not asked for.
    public var settledAt: [Int64?] = []

    /// Makes columns without rows.
    public init() {}
}

/// Calls of one minute and one combination of ids.
public struct CountedCalls: Sendable {
    /// The minute's first instant.
    public var minute: Timestamp
    public var calls: Int64, callsOnStart: Int64
    /// Ids in the order that was asked for.
    public var ids: [Int64]

    /// Makes the calls of a minute.
    public init(minute: Timestamp, calls: Int64, callsOnStart: Int64, ids: [Int64]) {
        (self.minute, self.calls, self.callsOnStart, self.ids) = (minute, calls, callsOnStart, ids)
    }
}

/// What calls are counted by; `minute` means nothing but time.
public enum CallKeys: Sendable {
    case minute, model, agent
    /// Model, agent and deployment.
    case all
}

/// The newest span and event that an engine has taken in; those that arrive later have larger numbers.
public struct ArrivalMark: Hashable, Sendable {
    public var span: Int64, event: Int64

    /// Makes a mark.
    public init(span: Int64, event: Int64) { (self.span, self.event) = (span, event) }
}

/// The data that a hash covers.
public struct DataScope: Hashable, Sendable {
    /// The interval, the least instant standing for all that is older; nil for everything.
    public var window: Window?
    /// Spans of every kind, not only calls of models.
    public var coversEveryKind = false
    /// Traces by their own time, not only what happened in them.
    public var coversTraces = false
    /// Errors by evidence that does not count by default.
    public var coversWeakEvidence = false

    /// Makes a scope of the calls and errors of a window.
    public init(window: Window?) { self.window = window }
}
