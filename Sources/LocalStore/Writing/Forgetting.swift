import Errors
import Model
import SQLite

/// What is to be removed from the store.
public enum Forgetting: Hashable, Sendable {
    /// Everything that came from the source at a path, and stands as that source told it.
    case source(String)
    /// Traces that were over before an instant, whole; events and scores without a trace from before it.
    case before(Timestamp)
}

/// How much is removed.
public struct ForgottenCounts: Hashable, Sendable {
    /// Traces that go whole.
    public var traces: Int64 = 0
    public var spans: Int64 = 0
    public var events: Int64 = 0
    public var scores: Int64 = 0
    /// Errors among the spans and events.
    public var errors: Int64 = 0

    /// True when nothing is removed.
    public var isEmpty: Bool { traces == 0 && spans == 0 && events == 0 && scores == 0 }
}

extension Forgetting {
    /// The conditions that choose rows; `?1` is the source's row or the instant.
    fileprivate struct Choice {
        /// Traces that lose anything: a statement that gives their rows.
        var traces: String
        /// Of such a trace: spans `s` and events `e` that go.
        var spans: String
        var events: String
        /// True of a trace's own record `c` (in `trace_content`) that goes.
        var record: String
        /// Events `e` without a trace, and scores `o`.
        var loneEvents: String
        var scores: String
    }

    fileprivate var choice: Choice {
        switch self {
        case .source:
            Choice(
                traces: """
                    SELECT trace FROM span WHERE source = ?1
                    UNION SELECT trace FROM event WHERE source = ?1 AND trace IS NOT NULL
                    UNION SELECT trace FROM trace_content WHERE source = ?1 ORDER BY 1
                    """,
                spans: "s.source = ?1", events: "e.source = ?1", record: "c.source = ?1", loneEvents: "e.source = ?1",
                scores: "o.source = ?1")
        case .before:
            Choice(
                traces: """
                    SELECT id FROM trace WHERE coalesce(max(last, t), last, t) < ?1 AND NOT EXISTS (
                        SELECT 1 FROM event e WHERE ifnull(e.trace, -1 - e.project) = trace.id AND e.t >= ?1) ORDER BY id
                    """,
                spans: "?1 = ?1", events: "?1 = ?1", record: "?1 = ?1", loneEvents: "e.t < ?1", scores: "o.t < ?1")
        }
    }
}

extension Store {
    /// How much `forget` would remove now.
    public func forgettable(_ what: Forgetting) throws(StoreError) -> ForgottenCounts {
        try StoreError.about(path) {
            guard let key = try key(of: what, on: reader) else { return ForgottenCounts() }
            let choice = what.choice
            func count(_ sql: String) throws -> Int64 {
                let statement = try reader.statement(sql)
                defer { statement.reset() }
                statement.bind(key)
                return try statement.step() ? statement.integer(0) : 0
            }
            let doomed = "WITH doomed(trace) AS MATERIALIZED (\(choice.traces)) "
            var counts = ForgottenCounts()
            counts.spans = try count(
                doomed + "SELECT count(*) FROM doomed d JOIN span s ON s.trace = d.trace WHERE \(choice.spans)")
            counts.events = try count(
                doomed + "SELECT count(*) FROM doomed d JOIN event e ON ifnull(e.trace, -1 - e.project) = d.trace "
                    + "WHERE \(choice.events)")
            counts.events += try count("SELECT count(*) FROM event e WHERE e.trace IS NULL AND \(choice.loneEvents)")
            counts.scores = try count("SELECT count(*) FROM score o WHERE \(choice.scores)")
            counts.errors = try count(
                doomed + """
                    SELECT count(*) FROM doomed d JOIN err r ON r.trace = d.trace LEFT JOIN span s ON s.id = r.id AND r.scope < 2
                    LEFT JOIN event e ON e.id = r.id AND r.scope = 2
                    WHERE r.evidence & \(Evidence.default.rawValue) != 0 AND iif(r.scope < 2, \(choice.spans), \(choice.events))
                    """)
            counts.errors += try count(
                """
                SELECT count(*) FROM event e JOIN err r ON r.scope = 2 AND r.t = e.t AND r.id = e.id
                WHERE e.trace IS NULL AND r.evidence & \(Evidence.default.rawValue) != 0 AND \(choice.loneEvents)
                """)
            counts.traces = try count(
                doomed + """
                    SELECT count(*) FROM doomed d LEFT JOIN trace_content c ON c.trace = d.trace
                    WHERE (c.trace IS NULL OR \(choice.record))
                    AND NOT EXISTS (SELECT 1 FROM span s WHERE s.trace = d.trace AND NOT (\(choice.spans)))
                    AND NOT EXISTS (
                        SELECT 1 FROM event e WHERE ifnull(e.trace, -1 - e.project) = d.trace AND NOT (\(choice.events)))
                    """)
            return counts
        }
    }

    /// Removes it, with everything that was made of it: facts, rollups, texts, names that nothing bears any more.
    ///
    /// Traces that keep other spans are assessed anew. What is left equals what a rebuild would make of it. One transaction;
    /// `goesOn` is asked now and then, and when it says no the store stays as it was.
    @discardableResult
    public func forget(
        _ what: Forgetting, assessor: Assessor = Assessor()
    ) throws(StoreError) -> ForgottenCounts {
        try StoreError.about(path) {
            let connection = try writer()
            // What is forgotten must not be left in free pages.
            try connection.execute("PRAGMA secure_delete = ON")
            defer { try? connection.execute("PRAGMA secure_delete = OFF") }
            let counts = try connection.transaction {
                guard let key = try key(of: what, on: connection) else { return ForgottenCounts() }
                let session = try ImportSession(on: connection, assessor: assessor)
                let counts = try session.forget(what, key: key)
                try session.finish()
                try session.pruneNames()
                try forgetSources(what, key: key, on: connection)
                return counts
            }
            try tidy(after: .max)
            return counts
        }
    }

    private func key(of what: Forgetting, on connection: Connection) throws(SQLError) -> Int64? {
        switch what {
        case .before(let instant): return instant.nanoseconds
        case .source(let path):
            let statement = try connection.statement("SELECT id FROM source WHERE path = ?")
            defer { statement.reset() }
            statement.bind(path)
            return try statement.step() ? statement.integer(0) : nil
        }
    }

    /// Forgets how far a followed source was read, and that it is followed.
    package static func forgetFollowing(_ source: Int64, on connection: Connection) throws(SQLError) {
        for table in ["follow", "follow_mark"] {
            let statement = try connection.statement("DELETE FROM \(table) WHERE source = ?")
            statement.bind(source)
            try statement.run()
        }
    }

    /// Takes the sources' own rows away, or cuts what they cover.
    private func forgetSources(_ what: Forgetting, key: Int64, on connection: Connection) throws(SQLError) {
        switch what {
        case .source:
            try Store.forgetFollowing(key, on: connection)
            try connection.execute("DELETE FROM source WHERE id = \(key)")
        case .before:
            try connection.execute(
                """
                DELETE FROM source WHERE last < \(key) AND ifnull(followed_to, last) < \(key)
                AND id NOT IN (SELECT source FROM follow);
                UPDATE source SET last = NULL WHERE last < \(key);
                UPDATE source SET first = CASE WHEN last IS NULL THEN NULL ELSE max(first, \(key)) END,
                followed_from = CASE WHEN followed_to < \(key) THEN NULL ELSE max(followed_from, \(key)) END,
                followed_to = CASE WHEN followed_to < \(key) THEN NULL ELSE followed_to END;
                UPDATE follow SET since = min(max(since, \(key)), max(checked, since));
                """)
        }
    }
}

extension ImportSession {
    /// Removes the rows, and the facts made of them.
    fileprivate func forget(_ what: Forgetting, key: Int64) throws -> ForgottenCounts {
        let choice = what.choice
        var gone = ForgottenCounts()
        for (number, trace) in try rows(choice.traces, [key]).enumerated() {
            try StopFlag.check()
            if number % 500 == 0 { try ledger.flush(to: connection, all: false) }
            try forget(choice, in: trace, key: key, &gone)
        }
        for event in try rows("SELECT e.id FROM event e WHERE e.trace IS NULL AND \(choice.loneEvents) ORDER BY e.id", [key]) {
            try forgetLone(event, &gone)
            gone.events += 1
        }
        let scores = try connection.statement("DELETE FROM score AS o WHERE \(choice.scores)")
        scores.bind(key)
        try scores.run()
        gone.scores = Int64(connection.changes)
        try ledger.flush(to: connection, all: true)
        (counts.traces, counts.spans, counts.events, counts.scores) = (-gone.traces, -gone.spans, -gone.events, -gone.scores)
        return gone
    }

    private func rows(_ sql: String, _ values: [Int64]) throws(SQLError) -> [Int64] {
        let statement = try connection.statement(sql)
        defer { statement.reset() }
        for value in values { statement.bind(value) }
        var rows: [Int64] = []
        while try statement.step() { rows.append(statement.integer(0)) }
        return rows
    }

    private func forget(
        _ choice: Forgetting.Choice, in row: Int64, key: Int64, _ gone: inout ForgottenCounts
    ) throws(SQLError) {
        guard let (name, project) = try traceKey(ofRow: row) else { return }
        func identity(_ id: String) -> UInt64 { FactNames.identity(project: name.project, trace: name.traceID, id: id) }
        let owner = "ifnull(e.trace, -1 - e.project)"
        let doomedSpans = Set(try rows("SELECT s.id FROM span s WHERE \(choice.spans) AND s.trace = ?2", [key, row]))
        let doomedEvents = Set(try rows("SELECT e.id FROM event e WHERE \(choice.events) AND \(owner) = ?2", [key, row]))
        let losesRecord = try !rows("SELECT 1 FROM trace_content c WHERE \(choice.record) AND c.trace = ?2", [key, row]).isEmpty
        let spans = try spans(ofTrace: row), events = try events(ofTrace: row)
        let spanOfRow = Dictionary(spans.map { ($0.row, $0) }) { first, _ in first }
        let eventOfRow = Dictionary(events.map { ($0.row, $0) }) { first, _ in first }
        // Facts go while the rows that name them are still there.
        for error in try ledger.errors(ofTrace: row) {
            if error.core.scope == 2 {
                guard doomedEvents.contains(error.core.id), let event = eventOfRow[error.core.id] else {
                    continue
                }
                try ledger.remove(error, identity: identity(event.record.eventID))
                gone.errors += error.core.countsByDefault ? 1 : 0
            } else if doomedSpans.contains(error.core.id), let span = spanOfRow[error.core.id] {
                try ledger.remove(error, identity: identity(span.record.spanID))
                gone.errors += error.core.countsByDefault ? 1 : 0
            }
        }
        for span in spans where doomedSpans.contains(span.row) {
            if let t = span.time, let core = try ledger.call(row: span.row, at: t) {
                try ledger.remove(core, identity: identity(span.record.spanID))
            }
            try delete(["DELETE FROM span WHERE id = ?", "DELETE FROM span_content WHERE span = ?"], span.row)
        }
        for event in doomedEvents.sorted() { try delete(["DELETE FROM event WHERE id = ?"], event) }
        gone.spans += Int64(doomedSpans.count)
        gone.events += Int64(doomedEvents.count)
        if losesRecord { try delete(["DELETE FROM trace_content WHERE trace = ?"], row) }
        let stored = try storedRecord(row, name.traceID)
        let record = losesRecord ? nil : stored?.record
        if record == nil, doomedSpans.count == spans.count, doomedEvents.count == events.count {
            try delete(["DELETE FROM trace WHERE id = ?"], row)
            gone.traces += 1
        } else {
            try assess(
                name, row: row, project: project, record: record, version: record == nil ? nil : stored?.version)
        }
    }

    private func forgetLone(_ row: Int64, _ gone: inout ForgottenCounts) throws(SQLError) {
        let find = try connection.statement(
            "SELECT e.event_id, e.t, p.name FROM event e JOIN project p ON p.id = e.project WHERE e.id = ?")
        find.bind(row)
        guard try find.step() else { return find.reset() }
        let identity = FactNames.identity(project: find.text(2) ?? "", trace: nil, id: find.text(0) ?? "")
        let t = find.optionalInteger(1)
        find.reset()
        for error in try t.map({ t throws(SQLError) in try ledger.errors(ofEvent: row, at: t) }) ?? [] {
            try ledger.remove(error, identity: identity)
            gone.errors += error.core.countsByDefault ? 1 : 0
        }
        try delete(["DELETE FROM event WHERE id = ?"], row)
    }

    private func delete(_ sql: [String], _ row: Int64) throws(SQLError) {
        for sql in sql {
            let statement = try connection.statement(sql)
            statement.bind(row)
            try statement.run()
        }
    }

    /// Takes names and texts away that nothing bears any more, so that no text outlives what it was said of.
    fileprivate func pruneNames() throws(SQLError) {
        try connection.execute(
            """
            INSERT INTO message_index(message_index, rowid, text)
                SELECT 'delete', id, text FROM message WHERE id NOT IN (SELECT message FROM err);
            DELETE FROM message WHERE id NOT IN (SELECT message FROM err);
            DELETE FROM signature WHERE id NOT IN (SELECT signature FROM err);
            DELETE FROM model WHERE id != 0 AND id NOT IN (SELECT model FROM call UNION SELECT model FROM err);
            DELETE FROM agent WHERE id != 0
                AND id NOT IN (SELECT agent FROM call UNION SELECT agent FROM err UNION SELECT agent FROM trace);
            DELETE FROM operation WHERE id != 0 AND id NOT IN (SELECT operation FROM call UNION SELECT operation FROM err);
            DELETE FROM deployment WHERE id != 0
                AND id NOT IN (SELECT deployment FROM call UNION SELECT deployment FROM err UNION SELECT deployment FROM trace);
            DELETE FROM project WHERE id != 0
                AND id NOT IN (SELECT project FROM trace UNION SELECT project FROM event UNION SELECT project FROM score);
            DELETE FROM error_kind WHERE model NOT IN (SELECT id FROM model) OR agent NOT IN (SELECT id FROM agent)
                OR operation NOT IN (SELECT id FROM operation) OR deployment NOT IN (SELECT id FROM deployment);
            """)
    }
}
