/// Versions 2 to 5 of the store.
extension Migration {
    /// Sources are followed; and a trace as a whole is known to come from a source, so that it can be forgotten.
    static let store2 = Migration(
        """
        CREATE TABLE follow(
            source INTEGER PRIMARY KEY, since INTEGER NOT NULL, checked INTEGER NOT NULL, device INTEGER, inode INTEGER,
            position INTEGER, lines INTEGER, mark INTEGER, state TEXT, whole_seconds REAL, whole_at INTEGER, problem TEXT);
        CREATE TABLE follow_mark(
            source INTEGER NOT NULL, name TEXT NOT NULL, row INTEGER NOT NULL, identity TEXT, updated TEXT,
            PRIMARY KEY(source, name)) WITHOUT ROWID;
        ALTER TABLE trace_content ADD COLUMN source INTEGER;
        -- The time over which a source was followed that is followed no more.
        ALTER TABLE source ADD COLUMN followed_from INTEGER;
        ALTER TABLE source ADD COLUMN followed_to INTEGER;
        """)

    /// Calls by the minute alone.
    static let store3 = Migration(
        """
        CREATE TABLE call_minute(
            bucket INTEGER NOT NULL, calls INTEGER NOT NULL, calls_on INTEGER NOT NULL, errors INTEGER NOT NULL,
            errors_on INTEGER NOT NULL, lat_sum INTEGER NOT NULL, lat_n INTEGER NOT NULL, cost_sum INTEGER NOT NULL,
            cost_n INTEGER NOT NULL, tin_sum INTEGER NOT NULL, tin_n INTEGER NOT NULL, tout_sum INTEGER NOT NULL,
            tout_n INTEGER NOT NULL, tok_sum INTEGER NOT NULL, tok_n INTEGER NOT NULL, digest INTEGER NOT NULL,
            PRIMARY KEY(bucket)) WITHOUT ROWID;
        """, rebuilds: true)

    /// Whole days of facts in columns.
    static let store4 = Migration(
        """
        CREATE TABLE error_kind(
            id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, model INTEGER NOT NULL, agent INTEGER NOT NULL,
            operation INTEGER NOT NULL, deployment INTEGER NOT NULL, evidence INTEGER NOT NULL, type INTEGER NOT NULL,
            severity INTEGER NOT NULL, status INTEGER, origin INTEGER NOT NULL);
        CREATE TABLE error_day(day INTEGER PRIMARY KEY, columns BLOB NOT NULL);
        CREATE TABLE call_day(day INTEGER PRIMARY KEY, columns BLOB NOT NULL);
        """, rebuilds: true)

    /// Files that builds between these versions made get the shape of the others, and everything derived is made again as this
    /// version makes it. The state of alerts and sessions is the store's own from now on: one that was there before may have
    /// shared it with others of its folder (`StateStore`).
    static let store5 = Migration(
        """
        DROP INDEX IF EXISTS span_lookup;
        DROP INDEX IF EXISTS span_identity;
        CREATE UNIQUE INDEX span_identity ON span(span_id, trace);
        CREATE INDEX IF NOT EXISTS span_trace ON span(trace);
        CREATE UNIQUE INDEX IF NOT EXISTS latency_cell_low ON latency_cell(low);
        DROP INDEX IF EXISTS trace_failed;
        CREATE INDEX trace_failed ON trace(t, agent) WHERE failed = 1;
        CREATE TABLE follow_new(
            source INTEGER PRIMARY KEY, since INTEGER NOT NULL, checked INTEGER NOT NULL, device INTEGER, inode INTEGER,
            position INTEGER, lines INTEGER, mark INTEGER, state TEXT, problem TEXT);
        INSERT INTO follow_new
            SELECT source, since, checked, device, inode, position, lines, mark, state, problem FROM follow;
        DROP TABLE follow;
        ALTER TABLE follow_new RENAME TO follow;
        """,
        backfill: "INSERT INTO meta(key, value) VALUES('shared_state', 1);", rebuilds: true)

    /// Names as their sources write them, further ids, the zones of local times, and which sources keep outputs. The views of
    /// `sql` are made by each connection that needs them, and no longer kept.
    static let store6 = Migration(
        """
        ALTER TABLE span DROP COLUMN keeps_content;
        ALTER TABLE span ADD COLUMN alternate_id TEXT;
        ALTER TABLE span ADD COLUMN provider_written TEXT;
        ALTER TABLE span ADD COLUMN model_written TEXT;
        ALTER TABLE span ADD COLUMN is_recovered INTEGER;
        CREATE INDEX span_alternate ON span(alternate_id) WHERE alternate_id IS NOT NULL;
        ALTER TABLE source ADD COLUMN habits INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE source ADD COLUMN zone TEXT;
        """,
        backfill: """
            UPDATE source SET habits = habits + 1 WHERE id IN (
                SELECT DISTINCT source FROM span WHERE kind = 1 AND has_output = 1 AND "end" IS NOT NULL);
            UPDATE source SET habits = habits + 2 WHERE format = 'llmMetrics' OR id IN (
                SELECT DISTINCT source FROM span WHERE kind = 1 AND tout > 0 AND "end" IS NOT NULL);
            """, rebuilds: true)

    /// What the user says that the columns of a source mean.
    static let store7 = Migration("ALTER TABLE source ADD COLUMN columns TEXT;")
}
