import Model

/// A request for a page of a web API.
public struct WebRequest: Sendable, Equatable {
    /// The complete URL, without keys.
    public var url: String
    /// The name of HTTP basic authentication.
    public var user: String
    /// Its password.
    public var password: String

    /// Creates a request.
    public init(url: String, user: String, password: String) {
        self.url = url
        self.user = user
        self.password = password
    }
}

/// A complete answer to a request.
public struct WebResponse: Sendable, Equatable {
    /// The HTTP status.
    public var status: Int
    /// How long the server asks to wait.
    public var retryAfter: Duration?
    /// The content.
    public var body: [UInt8]

    /// Creates an answer.
    public init(status: Int, retryAfter: Duration? = nil, body: [UInt8] = []) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }
}

/// A request without a complete answer: no connection, a timeout, a connection that was cut.
public struct WebFailure: Error, Sendable, Equatable {
    /// The reason, in lower case.
    public var reason: String
    /// True when the same request may succeed later; false when the program that sends it is missing.
    public var isTransient: Bool

    /// Creates a failure.
    public init(_ reason: String, isTransient: Bool = true) {
        self.reason = reason
        self.isTransient = isTransient
    }
}

/// Gets pages from web APIs.
public protocol WebClient: Sendable {
    /// Returns the answer to one request. Throws `WebFailure` without a complete answer, `Interrupted` when the user stops.
    func get(_ request: WebRequest) throws -> WebResponse
}
