import Model
import Platform
import Testing

@testable import LocalStore
@testable import Notebook

/// A store with errors of a server, and sessions on it at instants of its time.
struct ErrorBursts {
    let folder = TemporaryFolder()
    let store: String

    /// Six errors in the first seconds of each of these minutes, such as `2026-11-21T12:10`; those of a name are OpenAI's.
    init(at minutes: [String], provider: String = "openai") throws {
        store = folder.file("store.db")
        _ = try Store.open(path: store, create: true)
        try add(minutes, provider: provider)
    }

    func add(_ minutes: [String], provider: String = "openai", count: Int = 6) throws {
        let lines = minutes.flatMap { minute in
            (1...count).map { second in
                #"{"provider":"\#(provider)","timestamp":"\#(minute):0\#(second)Z","error_type":"APIError","status_code":500,"error_message":"failed \#(minute) \#(second) \#(provider)"}"#
                    + "\n"
            }
        }
        let file = folder.write("\(provider)-\(minutes.first ?? "").jsonl", lines.joined())
        #expect(try openSession(store).importPaths([file], showsAllProblems: false).exit == .ok)
    }

    func makeSession(at time: String, width: Int = 80) throws -> Session {
        var environment = testEnvironment(width: width)
        environment.pinnedNow = TimeText.parse(time)
        return try openSession(store, environment)
    }

    /// What a statement answers at an instant.
    @discardableResult func run(_ statement: String, at time: String) throws -> Reply {
        try makeSession(at: time).run(statement)
    }

    /// Beginnings and ends of all firings that are kept, by time.
    func firings() throws -> [String] {
        try StateStore.open(path: folder.file("store.db.state")).firings().reversed().map {
            TimeText.iso($0.startedAt) + " – " + ($0.endedAt.map { TimeText.iso($0) } ?? "")
        }
    }
}
