/// The severity of an error, from least to most severe.
public enum Severity: Int, CaseIterable, Comparable, Sendable {
    case info = 0, warning = 1, error = 2, critical = 3

    /// The name in output and input: `INFO`, `WARNING`, `ERROR`, `CRITICAL`.
    public var name: String {
        switch self {
        case .info: "INFO"
        case .warning: "WARNING"
        case .error: "ERROR"
        case .critical: "CRITICAL"
        }
    }

    public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}

/// A coarse class of errors from the provider's point of view.
public enum ErrorClass: String, CaseIterable, Sendable {
    case authError = "auth_error"
    case rateLimit = "rate_limit"
    case networkError = "network_error"
    case parseError = "parse_error"
    case serverError = "server_error"
    case clientError = "client_error"
}

/// The type of an error, from a closed set. Raw values are stored; never renumber.
public enum ErrorType: Int, CaseIterable, Sendable {
    case quotaExceeded = 1
    case rateLimit = 2
    case timeout = 3
    case authentication = 4
    case permission = 5
    case modelError = 6
    case validationError = 7
    case contextLength = 8
    case contentFilter = 9
    case serverError = 10
    case networkError = 11
    case parseError = 12
    case toolError = 13
    case cancelled = 14
    case unknown = 15

    /// The name in output and input, such as `quota_exceeded`.
    public var name: String { row.name }
    /// The default severity of this type; classification rules can override it.
    public var severity: Severity { row.severity }
    /// The provider's class of this type.
    public var errorClass: ErrorClass { row.errorClass }
    /// A one-line description.
    public var meaning: String { row.meaning }

    /// Looks up a type by name; nil if unknown.
    public init?(name: String) {
        guard let type = ErrorType.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    private struct Row {
        let name: String, severity: Severity, errorClass: ErrorClass, meaning: String
    }

    private var row: Row {
        switch self {
        case .quotaExceeded:
            Row(
                name: "quota_exceeded", severity: .error, errorClass: .rateLimit,
                meaning: "credit or a long-term quota is exhausted")
        case .rateLimit:
            Row(
                name: "rate_limit", severity: .warning, errorClass: .rateLimit,
                meaning: "too many requests or tokens in a short time")
        case .timeout:
            Row(name: "timeout", severity: .error, errorClass: .networkError, meaning: "no answer within the time limit")
        case .authentication:
            Row(
                name: "authentication", severity: .critical, errorClass: .authError,
                meaning: "API key or token missing, malformed or invalid")
        case .permission:
            Row(name: "permission", severity: .critical, errorClass: .authError, meaning: "authenticated, but access denied")
        case .modelError:
            Row(
                name: "model_error", severity: .error, errorClass: .clientError,
                meaning: "model unknown, retired or unavailable")
        case .validationError:
            Row(name: "validation_error", severity: .warning, errorClass: .clientError, meaning: "request malformed")
        case .contextLength:
            Row(
                name: "context_length", severity: .warning, errorClass: .clientError,
                meaning: "prompt exceeds the model's context window")
        case .contentFilter:
            Row(
                name: "content_filter", severity: .warning, errorClass: .clientError,
                meaning: "blocked or refused for safety or policy reasons")
        case .serverError:
            Row(
                name: "server_error", severity: .error, errorClass: .serverError, meaning: "the provider failed or was overloaded"
            )
        case .networkError:
            Row(name: "network_error", severity: .error, errorClass: .networkError, meaning: "the connection failed")
        case .parseError:
            Row(name: "parse_error", severity: .warning, errorClass: .parseError, meaning: "the answer could not be parsed")
        case .toolError:
            Row(name: "tool_error", severity: .error, errorClass: .clientError, meaning: "a tool called by the model failed")
        case .cancelled:
            Row(name: "cancelled", severity: .info, errorClass: .clientError, meaning: "the caller aborted")
        case .unknown:
            Row(name: "unknown", severity: .warning, errorClass: .clientError, meaning: "not classified")
        }
    }
}

/// The evidence that a span or event is an error: one bit per kind, all recorded. Raw values are stored.
public struct Evidence: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    /// Creates a set from its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Status or level ERROR, a reported failure, or an exception event that ended the span.
    public static let explicit = Evidence(rawValue: 1)
    /// An error event, with or without a matching call.
    public static let event = Evidence(rawValue: 2)
    /// A structured error field with a value.
    public static let field = Evidence(rawValue: 4)
    /// A stream that broke after it had begun.
    public static let stream = Evidence(rawValue: 8)
    /// A completed call without any output, from a source that records outputs.
    public static let empty = Evidence(rawValue: 16)
    /// Cost missing despite input tokens, or slow without output tokens.
    public static let anomaly = Evidence(rawValue: 32)
    /// Latency above the limit (30 s).
    public static let slow = Evidence(rawValue: 64)
    /// Finish reason `length` or content filter, or a cancellation.
    public static let soft = Evidence(rawValue: 128)

    /// The evidence that counts as an error by default.
    public static let `default`: Evidence = [.explicit, .event, .field, .stream, .empty]

    /// All kinds with their names, strongest first.
    public static let named: [(name: String, bit: Evidence)] = [
        ("explicit", .explicit), ("event", .event), ("field", .field), ("stream", .stream),
        ("empty", .empty), ("anomaly", .anomaly), ("slow", .slow), ("soft", .soft),
    ]

    /// The names of the kinds in the set, strongest first.
    public var names: [String] { Evidence.named.filter { contains($0.bit) }.map(\.name) }
}

/// The component in which an error originated. Raw values are stored.
public enum ErrorOrigin: Int, CaseIterable, Sendable {
    case unknown = 0, provider = 1, gateway = 2, client = 3, tool = 4, app = 5

    /// The name in output and input.
    public var name: String { ErrorOrigin.names[rawValue] }

    /// The names by raw value.
    private static let names = ["unknown", "provider", "gateway", "client", "tool", "app"]
}

/// Whether an error was recovered, and how that is known. Raw values are stored.
public enum Recovery: Int, CaseIterable, Sendable {
    /// Nothing later in the trace recovered it.
    case open = 0
    /// A later call with the same parent and operation succeeded.
    case inferred = 1
    /// The source states it: a retry or fallback link, or an attempt number.
    case explicit = 2

    /// The name in output and input.
    public var name: String { String(describing: self) }
}
