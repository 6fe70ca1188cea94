import Glibc
import Ingest
import Model

/// How web APIs are reached: the client, the keys, and how much is read.
public struct RemoteAccess: Sendable {
    /// The client of imports, which wait for slow servers.
    let client: any WebClient
    /// The client of looks before a question, which must not wait long.
    let quickClient: any WebClient
    /// The length of the window before now that is imported.
    let window: Duration
    private let publicKey: String?
    private let secretKey: String?
    private let pause: @Sendable (Duration) throws -> Void

    /// The window that is imported by default.
    public static let usualWindow = Duration.hours(24)

    /// Creates the access with the keys of an environment: `LANGFUSE_PUBLIC_KEY` and `LANGFUSE_SECRET_KEY`.
    /// - Parameters:
    ///   - quickClient: The client of looks before a question; nil for the same one.
    ///   - window: The length of the window before now that is imported; nil for 24 hours.
    ///   - pause: Waits before a request is repeated.
    public init(
        client: any WebClient, quickClient: (any WebClient)? = nil, environment: [String: String], window: Duration? = nil,
        pause: @escaping @Sendable (Duration) throws -> Void = RemoteAccess.sleep
    ) {
        self.client = client
        self.quickClient = quickClient ?? client
        self.window = window ?? RemoteAccess.usualWindow
        (publicKey, secretKey) = (environment["LANGFUSE_PUBLIC_KEY"], environment["LANGFUSE_SECRET_KEY"])
        self.pause = pause
    }

    /// Returns the keys. Throws `IngestError` when one of them is not set.
    func keys(for address: LangfuseAddress) throws(IngestError) -> (public: String, secret: String) {
        let missing = [("LANGFUSE_PUBLIC_KEY", publicKey), ("LANGFUSE_SECRET_KEY", secretKey)]
            .filter { $0.1?.isEmpty ?? true }.map(\.0)
        if missing.isEmpty, let publicKey, let secretKey { return (publicKey, secretKey) }
        let verb = missing.count == 1 ? "is" : "are"
        throw IngestError(
            path: address.text,
            "\(missing.joined(separator: " and ")) \(verb) not set: export the keys of the project (Langfuse: Settings, API keys)"
        )
    }

    /// Waits; stops at the wish of the user.
    func wait(_ length: Duration) throws {
        try StopFlag.check()
        try pause(length)
        try StopFlag.check()
    }

    /// Sleeps in short steps, so that Ctrl-C is heard.
    @Sendable public static func sleep(_ length: Duration) throws {
        let end = Clock.seconds() + length.inSeconds
        while Clock.seconds() < end {
            try StopFlag.check()
            usleep(UInt32(min(0.05, max(0, end - Clock.seconds())) * 1_000_000))
        }
    }
}
