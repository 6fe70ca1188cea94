import Model

/// The text of a failure and its structured fields.
public struct ErrorText: Sendable, Equatable {
    /// The message, as in the source.
    public var text: String
    public var httpStatus: Int?
    /// The exception class, with or without modules.
    public var exceptionClass: String?
    /// The provider's error code.
    public var code: String?
    /// The provider's error type.
    public var providerType: String?
    /// True when a failure is known from elsewhere, so that no text makes it benign.
    public var isKnownFailure: Bool

    /// Creates a text to classify.
    public init(
        text: String, httpStatus: Int? = nil, exceptionClass: String? = nil, code: String? = nil, providerType: String? = nil,
        isKnownFailure: Bool = false
    ) {
        self.text = text
        self.httpStatus = httpStatus
        self.exceptionClass = exceptionClass
        self.code = code
        self.providerType = providerType
        self.isKnownFailure = isKnownFailure
    }

    /// The text of a field; nil when it has none.
    public func value(of field: ErrorTextField) -> String? {
        switch field {
        case .text: text
        case .code: code
        case .providerType: providerType
        case .exceptionClass: exceptionClass
        case .httpStatus: nil
        }
    }
}

/// The field of an `ErrorText` in which a rule matched.
public enum ErrorTextField: Int, Sendable, CaseIterable {
    case text = 0, code = 1, providerType = 2, exceptionClass = 3, httpStatus = 4
}

/// The classification of a text.
public struct Classification: Sendable, Equatable {
    public var type: ErrorType
    public var severity: Severity
    /// The id of the classification rule; "none" when nothing matched.
    public var rule: String
    /// The bytes of the field that the rule matched; nil for a match by HTTP status or no match.
    public var matched: Range<Int>?
    /// The field that matched; nil without a match.
    public var field: ErrorTextField?
    /// The HTTP status: the given one, else an anchored one in the text.
    public var httpStatus: Int?
    /// The provider's code: the given one, else the value of such a key in the text.
    public var code: String?
    public var origin: ErrorOrigin

    /// The classification of an unknown failure.
    static func unknown(httpStatus: Int?, code: String?) -> Classification {
        Classification(
            type: .unknown, severity: ErrorType.unknown.severity, rule: "none", matched: nil, field: nil, httpStatus: httpStatus,
            code: code, origin: .unknown)
    }
}

extension ErrorType {
    /// The origin of errors of this type, unless a rule or the source says otherwise.
    var usualOrigin: ErrorOrigin {
        switch self {
        case .quotaExceeded, .rateLimit, .authentication, .permission, .modelError, .validationError, .contextLength,
            .contentFilter, .serverError:
            .provider
        case .timeout, .networkError, .unknown: .unknown
        case .parseError: .app
        case .toolError: .tool
        case .cancelled: .client
        }
    }
}
