import Model
import QueryLanguage
import SQLite
import Synchronization
import TestSupport

@testable import Importing
@testable import Ingest
@testable import LocalStore

/// A store, a project on a server, and the client between them.
struct LangfuseScene {
    let folder = TemporaryFolder()
    let project: LangfuseProject
    let client: ProjectClient
    private let pauses = Pauses()

    static let address = "langfuse://cloud.langfuse.com"

    init(_ project: LangfuseProject) {
        self.project = project
        client = ProjectClient(project)
    }

    /// The lengths of all waits so far, in seconds.
    var waits: [Double] { pauses.all }

    func store(_ name: String = "store.db") throws -> Store { try Store.open(path: folder.file(name), create: true) }

    /// How the project is reached; `key` is its public key.
    func options(last window: Duration? = nil, key: String = "pk-1") -> ReadingOptions {
        let pauses = pauses
        return ReadingOptions(
            remote: RemoteAccess(
                client: client, environment: ["LANGFUSE_PUBLIC_KEY": key, "LANGFUSE_SECRET_KEY": "sk-1"], window: window,
                pause: { pauses.add($0) }))
    }

    func importAll(_ store: Store, now: Timestamp, last window: Duration? = nil) throws -> ImportReport {
        try Importer(store, options: options(last: window)).importFile(LangfuseScene.address, now: now)
    }

    private final class Pauses: Sendable {
        private let lengths = Mutex<[Double]>([])
        var all: [Double] { lengths.withLock { $0 } }
        func add(_ length: Duration) { lengths.withLock { $0.append(length.inSeconds) } }
    }
}

/// Answers requests from a project without a network.
final class ProjectClient: WebClient {
    let project: LangfuseProject
    private let seen = Mutex<[WebRequest]>([])

    init(_ project: LangfuseProject) { self.project = project }

    var requests: [WebRequest] { seen.withLock { $0 } }

    func get(_ request: WebRequest) throws -> WebResponse {
        seen.withLock { $0.append(request) }
        let target = String(request.url.dropFirst("https://cloud.langfuse.com".count))
        let answer = project.answer(target)
        // A status of 0 stands for a connection that was cut.
        if answer.status == 0 { throw WebFailure("transfer closed with outstanding read data remaining") }
        let wait = answer.headers.split(separator: ":").last.flatMap { Int64($0.filter(\.isNumber)) }
        return WebResponse(
            status: answer.status, retryAfter: answer.headers.isEmpty ? nil : wait.map { .seconds($0) },
            body: Array(answer.body.utf8))
    }
}

extension Store {
    /// The ids of all spans, sorted.
    func spanIDs() throws -> [String] {
        try rows(SQLStatement(text: "SELECT span_id FROM span ORDER BY span_id")).compactMap { $0.first?.text }
    }
}
