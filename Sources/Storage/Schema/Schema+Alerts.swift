/// The tables of alerts, in the small file beside the store.
extension Schema {
    /// Rules, what is known of them between evaluations, what they did, what is still to be told, and what really happened.
    ///
    /// A firing is one row, whatever process evaluates and however often: rule, labels and beginning name it. `labels` is the
    /// label set as a JSON object whose names ascend, so that equal sets are equal texts.
    static let alerts = """
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
        """
}
