import Model

/// One recorded session of the notebook.
public struct SessionEntry: Hashable, Sendable {
    public var id: Int64
    public var startedAt: Timestamp
    /// Nil while it runs, and for ever when it was killed.
    public var endedAt: Timestamp?
    /// How many statements were run in it.
    public var statements: Int64
}

/// The small file beside the store for what must survive a rebuilt or forgotten store, never blocked by an import.
public final class StateStore {
    /// The path it was opened with.
    public let path: String
    let connection: Connection

    /// The path of the state file that belongs to the store at `storePath`: `state.db` in the same folder.
    public static func path(besideStore storePath: String) -> String {
        guard let slash = storePath.lastIndex(of: "/") else { return "state.db" }
        return storePath[...slash] + "state.db"
    }

    /// Opens the file at `path`, which is made when it is missing, readable by its owner only.
    public static func open(path: String) throws(StoreError) -> StateStore {
        try StoreError.about(path) {
            try Store.prepare(path: path, create: true, migrations: .state)
            return try StateStore(path: path)
        }
    }

    private init(path: String) throws {
        self.path = path
        connection = try Connection(path: path, mode: .readWrite(create: false))
        try connection.execute("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;")
    }

    /// Begins a session; the result is its id.
    public func beginSession(at now: Timestamp) throws(StoreError) -> Int64 {
        try change("INSERT INTO session(started_at) VALUES(?)", [now.nanoseconds])
        return connection.lastInsertedRow
    }

    /// Notes that one more statement was run in the session.
    public func countStatement(ofSession id: Int64) throws(StoreError) {
        try change("UPDATE session SET statements = statements + 1 WHERE id = ?", [id])
    }

    /// Ends the session.
    public func endSession(_ id: Int64, at now: Timestamp) throws(StoreError) {
        try change("UPDATE session SET ended_at = ? WHERE id = ?", [now.nanoseconds, id])
    }

    /// The newest sessions, newest first, at most `limit`.
    public func sessions(limit: Int = 20) throws(StoreError) -> [SessionEntry] {
        try StoreError.about(path) {
            let statement = try connection.statement(
                "SELECT id, started_at, ended_at, statements FROM session ORDER BY started_at DESC, id DESC LIMIT ?")
            defer { statement.reset() }
            statement.bind(limit)
            var sessions: [SessionEntry] = []
            while try statement.step() {
                sessions.append(
                    SessionEntry(
                        id: statement.integer(0), startedAt: Timestamp(nanoseconds: statement.integer(1)),
                        endedAt: statement.optionalInteger(2).map(Timestamp.init(nanoseconds:)), statements: statement.integer(3))
                )
            }
            return sessions
        }
    }

    private func change(_ sql: String, _ values: [Int64]) throws(StoreError) {
        try StoreError.about(path) {
            let statement = try connection.statement(sql)
            for value in values { statement.bind(value) }
            try statement.run()
        }
    }
}
