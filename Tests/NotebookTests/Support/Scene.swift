import Glibc
import Model
import QueryLanguage
import Synchronization
import Synthesis
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import SQLite
@testable import Notebook
@testable import Platform

/// The stores that tests ask; made once, gone when the process ends.
enum Stores {
    private static let folder: TemporaryFolder = {
        let folder = TemporaryFolder()
        kept = folder
        atexit { Stores.kept?.remove() }
        return folder
    }()
    nonisolated(unsafe) private static var kept: TemporaryFolder?

    /// A new folder for saved sessions.
    static func sessions() -> String {
        let number = made.add(1, ordering: .relaxed).newValue
        let path = folder.file("sessions\(number)")
        mkdir(path, 0o700)
        return path
    }

    private static let made = Atomic<Int>(0)

    /// The end of every history here, at which the clock stands.
    static let now = Timestamp(seconds: 1_795_269_600)

    /// 300 calls of a week, and the traces of `Witness`.
    static let small = made("small.db") { store in
        let history = History(HistoryPlan(calls: 300, days: 7, end: now, seed: 1))
        try store.load(history.lazy.map { ($0.trace, $0.spans, $0.events) }, now: now)
        _ = try Importer(store).importRecords("witness", format: "test", now: now, Witness.plain)
    }

    /// The traces of `Witness` alone.
    static let leaking = made("leaking.db") { store in
        _ = try Importer(store).importRecords("witness", format: "test", now: now, Witness.plain + Witness.leaking)
    }

    /// 2,000 calls of 30 days, as the demonstration is made.
    static let tour = made("tour.db") { store in
        let history = History(HistoryPlan(calls: 2000, days: 30, end: now, seed: 1))
        try store.load(history.lazy.map { ($0.trace, $0.spans, $0.events) }, now: now)
    }

    /// Nothing at all.
    static let empty = made("empty.db") { _ in }

    static func made(_ name: String, _ fill: (Store) throws -> Void) -> String {
        let path = folder.file(name)
        do { try fill(Store.open(path: path, create: true)) } catch { preconditionFailure("\(name) can be made: \(error)") }
        return path
    }
}

/// What surrounds a session in a test: no terminal, UTF-8, 80 columns, a clock that stands still; shipped scripts are those of
/// the source, and sessions are saved where no test looks.
func testEnvironment(_ environment: [String: String] = [:], width: Int = 80) -> SessionEnvironment {
    let variables = [
        "LANG": "C.UTF-8", "TERM": "xterm", "FAULTLINE_QUERIES": Fixtures.root + "/queries",
        "FAULTLINE_SESSIONS": Stores.sessions(),
    ].merging(environment) { $1 }
    var environment = SessionEnvironment(
        variables: variables, traits: TerminalTraits(environment: variables, input: -1, output: -1, error: -1))
    environment.pinnedNow = Stores.now
    environment.width = width
    return environment
}

/// A session on one of the stores.
func openSession(_ path: String = Stores.small, _ environment: SessionEnvironment = testEnvironment()) throws -> Session {
    try Session(store: Store.open(path: path, create: false), environment: environment)
}

extension Reply {
    /// Everything a reader sees.
    var shown: String { output + narration }
}

extension Stores {
    /// A copy of a store in a test's own folder, to be written to.
    static func copy(_ path: String, in folder: TemporaryFolder) -> String {
        let copy = folder.file("copy.db")
        // What waits in the log beside the file belongs to it. Another test may have the store open: no copy takes its locks away.
        for suffix in ["", "-wal"] where Files.exists(path + suffix) {
            guard let bytes = OpenDatabases.header(of: path + suffix, count: 64 << 20),
                let stream = fopen(copy + suffix, "wb")
            else { preconditionFailure("\(path) can be copied") }
            _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, stream) }
            fclose(stream)
        }
        return copy
    }
}

/// An error that comes late.
enum LateError {
    /// A line of an error log.
    static func line(at time: String) -> String {
        #"{"provider":"openai","timestamp":"\#(time)","error_type":"APIError","error_message":"a late error"}"# + "\n"
    }
}
