import Errors
import Ingest
import LocalStore
import Model
import SQLite

/// What a receiver of requests brings into a store: a source by the address it listens at.
///
/// While the receiver runs, the source is followed: the time up to which all that was sent is known goes on also when nothing is
/// sent. Used by one thread, as its store is.
public struct ReceivedSource {
    private let store: Store
    /// The name under which the source is listed, such as `otlp://127.0.0.1:4318`.
    public let path: String
    /// What marks the process that listens.
    private let mark: String
    private let since: Timestamp

    /// The name of the format that sources of receivers have.
    public static let format = "otlp"

    /// True for the name of a receiver's source; files have paths.
    public static func isReceived(_ path: String) -> Bool { path.hasPrefix("otlp://") }

    /// Begins to receive: the source is followed from `now` on.
    public init(_ store: Store, path: String, mark: String, now: Timestamp) throws(StoreError) {
        self.store = store
        self.path = path
        self.mark = mark
        since = now
        try StoreError.about(store.path) {
            let connection = try store.writer()
            // What is acknowledged must outlast also a loss of power.
            try connection.execute("PRAGMA synchronous = FULL")
            let importer = Importer(store)
            _ = try importer.run(
                path, format: ReceivedSource.format, bytes: nil, now: now, adds: true, onBusy: { _ in try StopFlag.check() }
            ) {
                run in
                try note(now, of: run.session.source, on: connection)
            }
        }
    }

    /// Stores records in one transaction: all of them, or none when it throws. Records that the store has already count as
    /// unchanged, so that a request may be sent again. Waits while another process writes to the store.
    public func store(
        _ records: [Record], assessor: Assessor, now: Timestamp
    ) throws(StoreError) -> ImportReport {
        try StoreError.about(store.path) {
            let connection = try store.writer()
            return try connection.waiting(milliseconds: 200) {
                try Importer(store, assessor: assessor).run(
                    path, format: ReceivedSource.format, bytes: nil, now: now, adds: true,
                    onBusy: { _ in try StopFlag.check() }
                ) { run in
                    for record in records { try run.take(record) }
                    try note(now, of: run.session.source, on: connection)
                }
            }
        }
    }

    /// Notes that all that was sent up to `now` is stored. Left out while another process writes to the store.
    public func check(now: Timestamp) throws(StoreError) {
        try StoreError.about(store.path) {
            let connection = try store.writer()
            do {
                try connection.waiting(milliseconds: 50) {
                    try connection.transaction {
                        guard let source = try source(on: connection) else { return }
                        try note(now, of: source, on: connection)
                    }
                }
            } catch let error as SQLError where error.isBusy {
            }
        }
    }

    /// Ends receiving; what was received stays, and the time until `now` stays covered.
    public func end(now: Timestamp) throws(StoreError) {
        try check(now: now)
        _ = try Follower(store).unfollow(path)
    }

    private func note(_ now: Timestamp, of source: Int64, on connection: Connection) throws {
        var row = FollowRow(source: source, path: path, since: since.nanoseconds)
        row.state = mark
        try row.write(on: connection, checked: now)
    }

    private func source(on connection: Connection) throws -> Int64? {
        let statement = try connection.statement("SELECT id FROM source WHERE path = ?")
        defer { statement.reset() }
        statement.bind(path)
        return try statement.step() ? statement.integer(0) : nil
    }
}
