import CSQLite
import Model

/// The steps that bring a file to the version this program writes; each is run once, in order, in one transaction.
struct Migrations: Sendable {
    /// Marks a file as this program's, in SQLite's `application_id`.
    let applicationID: Int64
    /// Step `i` makes version `i + 1`.
    let steps: [@Sendable (Connection) throws -> Void]

    /// The newest version known.
    var version: Int64 { Int64(steps.count) }

    /// The steps of the store.
    static let store = Migrations(
        applicationID: 0x666C_746E,
        steps: [
            { connection in
                for sql in [Schema.meta, Schema.dictionaries, Schema.records, Schema.facts, Schema.rollups] {
                    try connection.execute(sql)
                }
                let cell = try connection.prepare("INSERT INTO latency_cell VALUES(?, ?, ?)")
                let bounds = LatencyCell.bounds
                for (index, low) in bounds.enumerated() {
                    cell.bind(index)
                    cell.bind(low)
                    cell.bind(index + 1 < bounds.count ? bounds[index + 1] : Int64.max)
                    try cell.run()
                }
            },
            { connection in try connection.execute(Schema.follow) },
            { connection in
                // Calls by the minute alone, made of those by model; a new file has the table already, and nothing in it.
                try connection.execute(Schema.rollups.replacing("CREATE TABLE ", with: "CREATE TABLE IF NOT EXISTS "))
                // By halves: a sum that leaves the range would be an error.
                let sums = Rollup.measures(of: .calls).map { "(sum(\($0) >> 32) << 32) + sum(\($0) & 4294967295)" }
                    .joined(separator: ", ")
                try connection.execute("INSERT INTO call_minute SELECT bucket, \(sums) FROM call_minute_model GROUP BY bucket")
            },
            { connection in
                try connection.execute(Schema.days)
                try DayPacker.packAll(on: connection)
            },
            { connection in
                // Names as their sources write them, further ids, and which sources keep outputs; the views of `sql` are made
                // by each connection that needs them.
                try connection.execute(
                    """
                    ALTER TABLE span DROP COLUMN keeps_content;
                    ALTER TABLE span ADD COLUMN alternate_id TEXT;
                    ALTER TABLE span ADD COLUMN provider_written TEXT;
                    ALTER TABLE span ADD COLUMN model_written TEXT;
                    ALTER TABLE span ADD COLUMN is_recovered INTEGER;
                    CREATE INDEX span_alternate ON span(alternate_id) WHERE alternate_id IS NOT NULL;
                    ALTER TABLE source ADD COLUMN habits INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE source ADD COLUMN zone TEXT;
                    UPDATE source SET habits = habits + 1 WHERE id IN (
                        SELECT DISTINCT source FROM span WHERE kind = 1 AND has_output = 1 AND "end" IS NOT NULL);
                    UPDATE source SET habits = habits + 2 WHERE format = 'llmMetrics' OR id IN (
                        SELECT DISTINCT source FROM span WHERE kind = 1 AND tout > 0 AND "end" IS NOT NULL);
                    DROP VIEW IF EXISTS llm_generations;
                    DROP VIEW IF EXISTS llm_traces;
                    DROP VIEW IF EXISTS llm_events;
                    """)
            },
        ])

    /// The steps of the small file beside the store.
    static let state = Migrations(
        applicationID: 0x666C_7473,
        steps: [
            { connection in
                try connection.execute(
                    """
                    CREATE TABLE session(
                        id INTEGER PRIMARY KEY, started_at INTEGER NOT NULL, ended_at INTEGER, statements INTEGER NOT NULL DEFAULT 0);
                    CREATE INDEX session_started ON session(started_at);
                    """)
            },
            { connection in
                // The text of each session as it goes, so that a crash loses nothing; and how replays of files ended.
                try connection.execute(
                    """
                    ALTER TABLE session ADD COLUMN title TEXT;
                    ALTER TABLE session ADD COLUMN process TEXT;
                    ALTER TABLE session ADD COLUMN file TEXT;
                    CREATE TABLE session_piece(
                        session INTEGER NOT NULL, place INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY(session, place)) WITHOUT ROWID;
                    CREATE TABLE replayed(file TEXT PRIMARY KEY, at INTEGER NOT NULL, verdict TEXT NOT NULL) WITHOUT ROWID;
                    """)
            },
            { connection in try connection.execute(Schema.alerts) },
            { connection in
                // From when on a rule is evaluated: since it was made, changed or switched on.
                try connection.execute("ALTER TABLE alert_rule ADD COLUMN since INTEGER")
            },
            { connection in
                // What a firing's condition was, a trace that shows it, and why it ended, so that every notification of it says
                // so, whatever became of its rule; and an outbox that is read by queues.
                try connection.execute(
                    """
                    ALTER TABLE alert_history ADD COLUMN condition TEXT;
                    ALTER TABLE alert_history ADD COLUMN trace TEXT;
                    ALTER TABLE alert_history ADD COLUMN resolution TEXT;
                    ALTER TABLE notice RENAME TO notification;
                    DROP INDEX notice_waiting;
                    CREATE INDEX notification_waiting ON notification(kind, target) WHERE next IS NOT NULL;
                    """)
            },
        ])

    /// What a file is before anything is done to it.
    enum State: Equatable {
        /// Nothing in it.
        case empty
        /// Of this kind, with this version.
        case version(Int64)
        /// A database of another program, with these tables.
        case foreign(tables: [String])
    }

    /// Looks at the file without changing it.
    func state(of connection: Connection) throws(SQLError) -> State {
        if try connection.integer("PRAGMA application_id") == applicationID {
            return .version(try connection.integer("PRAGMA user_version") ?? 0)
        }
        let tables = try DatabaseSchema.tables(of: connection)
        return tables.isEmpty ? .empty : .foreign(tables: tables)
    }

    /// Runs the steps that are missing. Nothing is done when the version is already the newest.
    func run(on connection: Connection) throws {
        guard try state(of: connection) != .version(version) else { return }
        // These cannot be set inside a transaction, and only take before the first table is made.
        if try state(of: connection) == .empty {
            try connection.execute("PRAGMA page_size = 8192; PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = WAL;")
        }
        try connection.transaction {
            // Looked at again under the lock: another process may have made the file meanwhile.
            var from: Int64 = 0
            if case .version(let found) = try state(of: connection) { from = found }
            guard from < version else { return }
            for step in steps[Int(from)...] { try step(connection) }
            try connection.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version);")
        }
    }
}
