/// The versions of the file with a store's sessions, rules, firings and incidents.
extension Migration {
    static let state1 = Migration(
        """
        CREATE TABLE session(
            id INTEGER PRIMARY KEY, started_at INTEGER NOT NULL, ended_at INTEGER, statements INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX session_started ON session(started_at);
        """)

    /// The text of each session as it goes, so that a crash loses nothing; and how replays of files ended.
    static let state2 = Migration(
        """
        ALTER TABLE session ADD COLUMN title TEXT;
        ALTER TABLE session ADD COLUMN process TEXT;
        ALTER TABLE session ADD COLUMN file TEXT;
        CREATE TABLE session_piece(
            session INTEGER NOT NULL, place INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY(session, place)) WITHOUT ROWID;
        CREATE TABLE replayed(file TEXT PRIMARY KEY, at INTEGER NOT NULL, verdict TEXT NOT NULL) WITHOUT ROWID;
        """)

    /// Rules, what is known of them between evaluations, what they did, what is still to be sent, and what really happened.
    ///
    /// A firing is one row, whatever process evaluates and however often: rule, labels and beginning name it. `labels` is the
    /// label set as a JSON object whose names ascend, so that equal sets are equal texts.
    static let state3 = Migration(
        """
        CREATE TABLE alert_rule(
            name TEXT PRIMARY KEY, form INTEGER NOT NULL, text TEXT NOT NULL, enabled INTEGER NOT NULL, created INTEGER NOT NULL,
            origin TEXT, zone TEXT NOT NULL, evidence INTEGER NOT NULL, evaluated INTEGER, problem TEXT,
            -- The newest records that the last evaluation knew: what is newer and yet earlier than it came late.
            last_span INTEGER, last_event INTEGER) WITHOUT ROWID;
        CREATE TABLE alert_state(
            rule TEXT NOT NULL, labels TEXT NOT NULL, active_at INTEGER, firing_from INTEGER, keep_since INTEGER,
            PRIMARY KEY(rule, labels)) WITHOUT ROWID;
        CREATE TABLE alert_history(
            id INTEGER PRIMARY KEY, rule TEXT NOT NULL, labels TEXT NOT NULL, severity INTEGER NOT NULL, pending INTEGER NOT NULL,
            started INTEGER NOT NULL, ended INTEGER, peak REAL NOT NULL, value REAL NOT NULL, errors INTEGER NOT NULL, note TEXT,
            noticed INTEGER, acknowledged INTEGER, was_late INTEGER NOT NULL DEFAULT 0, UNIQUE(rule, labels, started));
        CREATE INDEX alert_history_time ON alert_history(started);
        CREATE INDEX alert_history_open ON alert_history(rule, labels) WHERE ended IS NULL;
        CREATE TABLE notice(
            id INTEGER PRIMARY KEY, firing INTEGER NOT NULL, event INTEGER NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,
            body TEXT NOT NULL, made INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next INTEGER, sent INTEGER,
            problem TEXT, UNIQUE(firing, event, kind, target));
        CREATE INDEX notice_waiting ON notice(next) WHERE next IS NOT NULL;
        CREATE TABLE incident(
            id INTEGER PRIMARY KEY, "from" INTEGER NOT NULL, "to" INTEGER NOT NULL, text TEXT NOT NULL,
            UNIQUE("from", "to", text));
        """)

    /// From when on a rule is evaluated: since it was made, changed or switched on.
    static let state4 = Migration("ALTER TABLE alert_rule ADD COLUMN since INTEGER;")

    /// What a firing's condition was, a trace that shows it, and why it ended, so that every notification of it says so, whatever
    /// became of its rule; and an outbox that is read by queues.
    static let state5 = Migration(
        """
        ALTER TABLE alert_history ADD COLUMN condition TEXT;
        ALTER TABLE alert_history ADD COLUMN trace TEXT;
        ALTER TABLE alert_history ADD COLUMN resolution TEXT;
        ALTER TABLE notice RENAME TO notification;
        DROP INDEX notice_waiting;
        CREATE INDEX notification_waiting ON notification(kind, target) WHERE next IS NOT NULL;
        """)
}
