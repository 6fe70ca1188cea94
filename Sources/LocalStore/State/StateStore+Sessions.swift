import Model

/// One recorded session of the notebook.
public struct SessionEntry: Hashable, Sendable {
    public var id: Int64
    public var startedAt: Timestamp
    /// Nil while it runs, and for ever when it was killed.
    public var endedAt: Timestamp?
    /// How many cells it has.
    public var statements: Int64
    /// What it is about; nil while nothing was said or asked.
    public var title: String?
    /// What tells the process that records it from every other; nil when not known.
    public var process: String?
    /// The file that holds all of it; nil when none does.
    public var file: String?
}

extension StateStore {
    /// Begins a session of a process; the result is its id.
    public func beginSession(at now: Timestamp, process: String? = nil) throws(StoreError) -> Int64 {
        try change("INSERT INTO session(started_at, process) VALUES(?, ?)", [.integer(now.nanoseconds), .text(process)])
        return connection.lastInsertedRow
    }

    /// Says what the session is about.
    public func setTitle(_ title: String, ofSession id: Int64) throws(StoreError) {
        try change("UPDATE session SET title = ? WHERE id = ?", [.text(title), .integer(id)])
    }

    /// Says which process records the session.
    public func setProcess(_ process: String, ofSession id: Int64) throws(StoreError) {
        try change("UPDATE session SET process = ? WHERE id = ?", [.text(process), .integer(id)])
    }

    /// Notes the file that holds the whole session; nil when none does any more.
    public func setFile(_ file: String?, ofSession id: Int64) throws(StoreError) {
        try change("UPDATE session SET file = ? WHERE id = ?", [.text(file), .integer(id)])
    }

    /// Adds a piece to the session's text, and one to its cells when it is one; it is kept from then on, whatever happens to
    /// the process.
    public func addPiece(_ text: String, toSession id: Int64, isCell: Bool = false) throws(StoreError) {
        try StoreError.about(path) {
            try connection.transaction {
                try change(
                    "INSERT INTO session_piece SELECT ?1, 1 + ifnull(max(place), 0), ?2 FROM session_piece WHERE session = ?1",
                    [.integer(id), .text(text)])
                if isCell { try change("UPDATE session SET statements = statements + 1 WHERE id = ?", [.integer(id)]) }
            }
        }
    }

    /// The session's text so far.
    public func text(ofSession id: Int64) throws(StoreError) -> String {
        try StoreError.about(path) {
            let statement = try connection.statement("SELECT text FROM session_piece WHERE session = ? ORDER BY place")
            defer { statement.reset() }
            statement.bind(id)
            var text = ""
            while try statement.step() { text += statement.text(0) ?? "" }
            return text
        }
    }

    /// Ends the session.
    public func endSession(_ id: Int64, at now: Timestamp) throws(StoreError) {
        try change("UPDATE session SET ended_at = ? WHERE id = ?", [.integer(now.nanoseconds), .integer(id)])
    }

    /// Forgets sessions in which nothing was asked, and the text of all but the newest ones.
    public func tidySessions(keeping count: Int = 200) throws(StoreError) {
        try change("DELETE FROM session WHERE statements = 0 AND ended_at IS NOT NULL", [])
        try change(
            """
            DELETE FROM session_piece WHERE session NOT IN (SELECT id FROM session ORDER BY started_at DESC, id DESC LIMIT ?)
            """, [.integer(Int64(count))])
    }

    /// The newest sessions, newest first, at most `limit`.
    public func sessions(limit: Int = 20) throws(StoreError) -> [SessionEntry] {
        try StoreError.about(path) {
            let statement = try connection.statement(
                """
                SELECT id, started_at, ended_at, statements, title, process, file FROM session
                ORDER BY started_at DESC, id DESC LIMIT ?
                """)
            defer { statement.reset() }
            statement.bind(limit)
            var sessions: [SessionEntry] = []
            while try statement.step() {
                sessions.append(
                    SessionEntry(
                        id: statement.integer(0), startedAt: Timestamp(nanoseconds: statement.integer(1)),
                        endedAt: statement.optionalInteger(2).map(Timestamp.init(nanoseconds:)), statements: statement.integer(3),
                        title: statement.text(4), process: statement.text(5), file: statement.text(6)))
            }
            return sessions
        }
    }

    // MARK: Replays

    /// Notes how the replay of a file ended.
    public func noteReplay(of file: String, at now: Timestamp, verdict: String) throws(StoreError) {
        try change(
            "INSERT OR REPLACE INTO replayed(file, at, verdict) VALUES(?, ?, ?)",
            [.text(file), .integer(now.nanoseconds), .text(verdict)])
    }

    /// How the last replay of a file ended, and when; nil when it was never replayed.
    public func lastReplay(of file: String) throws(StoreError) -> (at: Timestamp, verdict: String)? {
        try StoreError.about(path) {
            let statement = try connection.statement("SELECT at, verdict FROM replayed WHERE file = ?")
            defer { statement.reset() }
            statement.bind(file)
            guard try statement.step() else { return nil }
            return (Timestamp(nanoseconds: statement.integer(0)), statement.text(1) ?? "")
        }
    }

    /// A value of a change.
    private enum Bound { case integer(Int64), text(String?) }

    private func change(_ sql: String, _ values: [Bound]) throws(StoreError) {
        try StoreError.about(path) {
            let statement = try connection.statement(sql)
            for value in values {
                switch value {
                case .integer(let number): statement.bind(number)
                case .text(let text): statement.bind(text)
                }
            }
            try statement.run()
        }
    }
}
