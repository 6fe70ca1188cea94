import Model

/// What a failure says of itself: the text, and the structured fields beside it.
public struct ErrorText: Sendable, Equatable {
    /// The message, as the source has it.
    public var text: String
    public var httpStatus: Int?
    /// The class of the exception, with or without its modules.
    public var exceptionClass: String?
    /// The provider's error code.
    public var code: String?
    /// The provider's error type.
    public var providerType: String?
    /// True when it is known from elsewhere that there was a failure, so that no text makes it benign.
    public var isKnownFailure: Bool

    /// Makes a text to be classified.
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
}

/// The field of an `ErrorText` in which a rule found its match.
public enum ErrorTextField: Int, Sendable, CaseIterable {
    case text = 0, code = 1, providerType = 2, exceptionClass = 3, httpStatus = 4
}

/// What a text was found to be.
public struct Classification: Sendable, Equatable {
    public var type: ErrorType
    public var severity: Severity
    /// The id of the rule; "none" when nothing matched.
    public var rule: String
    /// The bytes of the field that the rule matched; nil when it went by the HTTP status or nothing matched.
    public var matched: Range<Int>?
    /// The field that matched; nil when nothing did.
    public var field: ErrorTextField?
    /// The HTTP status: the given one, else one that the text states with an anchor.
    public var httpStatus: Int?
    /// The provider's code: the given one, else one that the text states as the value of a key.
    public var code: String?
    public var origin: ErrorOrigin

    /// The classification of a failure of which nothing is known.
    static func unknown(httpStatus: Int?, code: String?) -> Classification {
        Classification(
            type: .unknown, severity: ErrorType.unknown.severity, rule: "none", matched: nil, field: nil, httpStatus: httpStatus,
            code: code, origin: .unknown)
    }
}

extension ErrorType {
    /// Where an error of this type arises unless a rule or the source says otherwise.
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
