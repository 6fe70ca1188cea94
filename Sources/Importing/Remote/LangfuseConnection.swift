import Ingest
import Model

/// A conversation with a Langfuse server: which lists it has, and pages of them, with waiting and retries.
final class LangfuseConnection {
    let address: LangfuseAddress
    private let access: RemoteAccess
    private let client: any WebClient
    private let keys: (public: String, secret: String)
    /// False for a look before a question: trouble is reported at once.
    private let isPatient: Bool
    /// Lists that the server does not have.
    private var missing: Set<LangfuseList> = []
    /// The time that the server last asked to wait.
    private(set) var wish: Duration?
    /// Called before a wait.
    var onWait: (Duration, String) throws -> Void = { _, _ in }

    /// True once the server answered: until then its address may be wrong.
    private var hasAnswered = false

    /// The number of times a request is sent before its trouble is reported.
    static let attempts = 8
    /// As above, while the server has not answered at all.
    static let firstAttempts = 2
    /// The longest wait that a server may ask for; a longer one is reported.
    static let longestWait = Duration.minutes(15)

    init(_ address: LangfuseAddress, _ access: RemoteAccess, isPatient: Bool) throws(IngestError) {
        self.address = address
        self.access = access
        self.isPatient = isPatient
        client = isPatient ? access.client : access.quickClient
        keys = try access.keys(for: address)
    }

    /// A text that differs between projects, for marks; not the key itself.
    var project: String {
        var hash = FNV1a()
        hash.add(keys.public)
        return hash.digits
    }

    /// Returns a page; nil when the server does not have the list.
    func page(
        _ list: LangfuseList, from: Timestamp, to: Timestamp, at place: LangfusePage.Place
    ) throws -> LangfusePage? {
        guard !missing.contains(list) else { return nil }
        let request = WebRequest(
            url: list.url(address, from: from, to: to, at: place), user: keys.public, password: keys.secret)
        var attempt = 0
        while true {
            attempt += 1
            let reason: String, asked: Duration?
            do {
                let response = try client.get(request)
                hasAnswered = true
                switch response.status {
                case 200..<300:
                    if let page = LangfusePage(response.body, of: list, at: place) { return page }
                    guard response.body.first(where: { $0 > 0x20 }) == 0x7B else { throw notLangfuse(list) }
                    (reason, asked) = ("the answer is cut off", nil)
                case 404, 501:
                    // Newer lists; every server has observations.
                    guard list != .observations else { throw notLangfuse(list, status: response.status) }
                    missing.insert(list)
                    return nil
                case 429: (reason, asked) = ("HTTP 429, too many requests", response.retryAfter)
                case 500...: (reason, asked) = ("HTTP \(response.status)", response.retryAfter)
                default: throw refusal(response, of: list)
                }
            } catch let failure as WebFailure {
                guard failure.isTransient else { throw trouble(failure.reason) }
                (reason, asked) = (failure.reason, nil)
            }
            try wait(asked, after: reason, attempt: attempt)
        }
    }

    private func wait(_ asked: Duration?, after reason: String, attempt: Int) throws {
        wish = asked
        // 1, 2, 4 … 64 seconds.
        let length = asked ?? .seconds(1 << Int64(min(attempt - 1, 6)))
        let attempts = hasAnswered ? LangfuseConnection.attempts : LangfuseConnection.firstAttempts
        guard isPatient, attempt < attempts, length <= LangfuseConnection.longestWait else {
            let wish = asked.map { "; the server asks to wait \(Int64($0.inSeconds))s" } ?? ""
            throw trouble(reason + wish)
        }
        try onWait(length, reason)
        try access.wait(length)
    }

    private func refusal(_ response: WebResponse, of list: LangfuseList) -> IngestError {
        let words = LangfuseConnection.message(of: response.body).map { ": \($0)" } ?? ""
        switch response.status {
        case 401:
            return trouble(
                "the keys are refused (HTTP 401): check LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, and that the host is that "
                    + "of the project's region")
        case 403: return trouble("the keys may not read \(list.path) (HTTP 403)\(words)")
        case 300..<400:
            return trouble("HTTP \(response.status), a redirect, which is not followed: give the address that it leads to")
        default: return trouble("\(list.path) is refused (HTTP \(response.status))\(words)")
        }
    }

    private func notLangfuse(_ list: LangfuseList, status: Int? = nil) -> IngestError {
        let what = status.map { "HTTP \($0)" } ?? "something other than JSON"
        return trouble("is not a Langfuse server: \(list.path) gives \(what)")
    }

    private func trouble(_ reason: String) -> IngestError { IngestError(path: address.text, reason) }

    /// Returns the first words of the server's own message.
    private static func message(of body: [UInt8]) -> String? {
        let members = FlatObject.members(of: String(decoding: body.prefix(65_536), as: UTF8.self))
        return (members?["message"] ?? members?["error"]).map { String($0.prefix(200)) }
    }
}
