/// How grave an error is; ordered from the least to the gravest.
public enum Severity: Int, CaseIterable, Comparable, Sendable {
    case info = 0, warning = 1, error = 2, critical = 3

    /// The word shown and typed: `INFO`, `WARNING`, `ERROR`, `CRITICAL`.
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

/// The provider's view of an error: the coarse group that an error type belongs to.
public enum ErrorClass: String, CaseIterable, Sendable {
    case authError = "auth_error"
    case rateLimit = "rate_limit"
    case networkError = "network_error"
    case parseError = "parse_error"
    case serverError = "server_error"
    case clientError = "client_error"
}

/// What went wrong: the closed set of error types. The raw value is stored; never renumber.
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

    /// The word shown and typed, such as `quota_exceeded`.
    public var name: String { row.name }
    /// How grave an error of this type is, unless a rule says otherwise.
    public var severity: Severity { row.severity }
    /// The provider's view of this type.
    public var errorClass: ErrorClass { row.errorClass }
    /// One line for people, such as "money or a long allowance is used up".
    public var meaning: String { row.meaning }

    /// The type with this name; nil when there is none.
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
            Row(name: "quota_exceeded", severity: .error, errorClass: .rateLimit, meaning: "money or a long allowance is used up")
        case .rateLimit:
            Row(
                name: "rate_limit", severity: .warning, errorClass: .rateLimit,
                meaning: "too many requests or tokens in a short time")
        case .timeout:
            Row(name: "timeout", severity: .error, errorClass: .networkError, meaning: "waited too long for an answer")
        case .authentication:
            Row(
                name: "authentication", severity: .critical, errorClass: .authError,
                meaning: "key or token missing, malformed or not recognised")
        case .permission:
            Row(name: "permission", severity: .critical, errorClass: .authError, meaning: "identity known, access refused")
        case .modelError:
            Row(
                name: "model_error", severity: .error, errorClass: .clientError,
                meaning: "model unknown, retired or not served here")
        case .validationError:
            Row(name: "validation_error", severity: .warning, errorClass: .clientError, meaning: "request malformed")
        case .contextLength:
            Row(
                name: "context_length", severity: .warning, errorClass: .clientError,
                meaning: "prompt longer than the model's window")
        case .contentFilter:
            Row(
                name: "content_filter", severity: .warning, errorClass: .clientError,
                meaning: "blocked or refused for safety or policy")
        case .serverError:
            Row(
                name: "server_error", severity: .error, errorClass: .serverError, meaning: "the provider failed or was overloaded"
            )
        case .networkError:
            Row(name: "network_error", severity: .error, errorClass: .networkError, meaning: "the connection failed")
        case .parseError:
            Row(name: "parse_error", severity: .warning, errorClass: .parseError, meaning: "an answer came but could not be read")
        case .toolError:
            Row(name: "tool_error", severity: .error, errorClass: .clientError, meaning: "a tool that the model called failed")
        case .cancelled:
            Row(name: "cancelled", severity: .info, errorClass: .clientError, meaning: "the caller aborted")
        case .unknown:
            Row(name: "unknown", severity: .warning, errorClass: .clientError, meaning: "none of the known types")
        }
    }
}

/// Why a span or event counts as an error: one bit for each kind of evidence, all recorded. Raw bits are stored.
public struct Evidence: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    /// Makes the set with these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Status or level ERROR, a reported failure, an exception event that ended the span.
    public static let explicit = Evidence(rawValue: 1)
    /// An error event joined to the call, or standing alone.
    public static let event = Evidence(rawValue: 2)
    /// A structured error field that has a value.
    public static let field = Evidence(rawValue: 4)
    /// A stream that broke after it began.
    public static let stream = Evidence(rawValue: 8)
    /// A finished call with no output at all, from a source that keeps outputs.
    public static let empty = Evidence(rawValue: 16)
    /// Cost missing though input tokens were counted; no output tokens and slow.
    public static let anomaly = Evidence(rawValue: 32)
    /// Latency over the limit (30 s).
    public static let slow = Evidence(rawValue: 64)
    /// Finish reason length or content filter, or a cancellation.
    public static let soft = Evidence(rawValue: 128)

    /// The bits that count as an error unless a statement or setting says otherwise.
    public static let `default`: Evidence = [.explicit, .event, .field, .stream, .empty]

    /// Every single bit with its name, in order of strength.
    public static let named: [(name: String, bit: Evidence)] = [
        ("explicit", .explicit), ("event", .event), ("field", .field), ("stream", .stream),
        ("empty", .empty), ("anomaly", .anomaly), ("slow", .slow), ("soft", .soft),
    ]

    /// The names of the bits in the set, in order of strength.
    public var names: [String] { Evidence.named.filter { contains($0.bit) }.map(\.name) }
}

/// Who failed: the place where an error arose. The raw value is stored.
public enum ErrorOrigin: Int, CaseIterable, Sendable {
    case unknown = 0, provider = 1, gateway = 2, client = 3, tool = 4, app = 5

    /// The word shown and typed.
    public var name: String { ErrorOrigin.names[rawValue] }

    /// By raw value.
    private static let names = ["unknown", "provider", "gateway", "client", "tool", "app"]
}

/// Whether and how it is known that an error was made good. The raw value is stored.
public enum Recovery: Int, CaseIterable, Sendable {
    /// Nothing later in the trace made it good.
    case open = 0
    /// A later call of the same parent and operation succeeded.
    case inferred = 1
    /// The source says so: a retry or fallback link, an attempt number.
    case explicit = 2

    /// The word shown and typed.
    public var name: String { String(describing: self) }
}
