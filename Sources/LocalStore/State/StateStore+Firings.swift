import Model
import SQLite

/// A firing as it is kept.
public struct FiringEntry: Hashable, Sendable {
    public var id: Int64
    public var rule: String
    /// The label set as a JSON object whose names ascend.
    public var labels: String
    public var severity: Severity
    /// When the condition began to hold.
    public var pendingFrom: Timestamp
    public var startedAt: Timestamp
    /// Nil while it fires.
    public var endedAt: Timestamp?
    /// The worst value so far, and the one at the beginning.
    public var peak: Double, value: Double
    /// Errors in the windows of its evaluations.
    public var errors: Int64
    /// The rule's annotations as a JSON object; nil when it has none.
    public var note: String?
    /// The rule's condition when it began, as a JSON object of texts; nil in files of older versions.
    public var condition: String?
    /// A trace with one of its errors; nil when there is none.
    public var trace: String?
    /// Why it ended; nil while it fires, and when its condition held no longer.
    public var resolution: String?
    /// When it was notified; nil while it is not, because of a cooldown.
    public var notifiedAt: Timestamp?
    public var acknowledgedAt: Timestamp?
    /// True when found after late rows arrived.
    public var wasLate = false

    /// Makes a firing that is not kept yet; its id is 0.
    public init(
        rule: String, labels: String, severity: Severity, pendingFrom: Timestamp, startedAt: Timestamp, endedAt: Timestamp?,
        peak: Double, value: Double, errors: Int64, note: String?
    ) {
        id = 0
        self.rule = rule
        self.labels = labels
        self.severity = severity
        self.pendingFrom = pendingFrom
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.peak = peak
        self.value = value
        self.errors = errors
        self.note = note
    }
}

/// What one evaluation of a rule came to; kept as a whole or not at all.
public struct AlertRound: Sendable {
    /// One alert between evaluations.
    public struct State: Hashable, Sendable {
        public var labels: String
        public var activeAt: Timestamp?, firingFrom: Timestamp?, keepSince: Timestamp?

        /// Makes a state.
        public init(labels: String, activeAt: Timestamp?, firingFrom: Timestamp?, keepSince: Timestamp?) {
            self.labels = labels
            self.activeAt = activeAt
            self.firingFrom = firingFrom
            self.keepSince = keepSince
        }
    }

    /// The rule as it was read before.
    public var rule: StoredRule
    /// The last instant evaluated.
    public var at: Timestamp
    public var states: [State] = []
    /// Firings that began, went on or ended.
    public var firings: [FiringEntry] = []
    public var cooldown: Duration = .zero
    /// True when small values are the worse ones.
    public var isBelow = false
    /// The newest records that were known.
    public var lastSpan: Int64?, lastEvent: Int64?
    /// Where notifications of new firings go.
    public var receivers: [NotificationReceiver] = []
    /// Why the rule, or some of its instants, could not be evaluated.
    public var problem: String?
    /// True for a rule that cannot be evaluated at all: it is disabled, and what it fires ends.
    public var disables = false

    /// Makes a round in which nothing happened.
    public init(_ rule: StoredRule, at: Timestamp) {
        self.rule = rule
        self.at = at
    }
}

/// What happened to a firing.
public enum FiringEvent: Int64, Sendable {
    case fired = 0, resolved = 1
}

/// What a round changed.
public struct FiringChange: Hashable, Sendable {
    public var firing: FiringEntry
    public var event: FiringEvent
    /// False when nobody is notified, because of a cooldown.
    public var isNotified: Bool
}

extension StateStore {
    /// The states of a rule's alerts.
    public func states(ofRule name: String) throws(StoreError) -> [AlertRound.State] {
        try read(
            "SELECT labels, active_at, firing_from, keep_since FROM alert_state WHERE rule = ? ORDER BY labels", [.text(name)]
        ) { row in
            AlertRound.State(
                labels: row.text(0) ?? "{}", activeAt: row.optionalInteger(1).map(Timestamp.init(nanoseconds:)),
                firingFrom: row.optionalInteger(2).map(Timestamp.init(nanoseconds:)),
                keepSince: row.optionalInteger(3).map(Timestamp.init(nanoseconds:)))
        }
    }

    /// Writes a round: states, firings and notifications in one transaction. Nothing is written, and the result is nil, when
    /// another process evaluated or changed the rule meanwhile.
    public func commit(
        _ round: AlertRound, at now: Timestamp, _ body: NotificationBody
    ) throws(StoreError) -> [FiringChange]? {
        try StoreError.about(path) {
            try connection.transaction { () -> [FiringChange]? in
                let rule = round.rule
                let isOurs = try run(
                    """
                    UPDATE alert_rule SET evaluated = ?, problem = ?, last_span = ?, last_event = ?, enabled = ?
                    WHERE name = ? AND enabled AND text = ? AND created = ? AND evaluated IS ?
                    """,
                    [
                        .integer(round.at.nanoseconds), .text(round.problem), .integer(round.lastSpan),
                        .integer(round.lastEvent), .integer(round.disables ? 0 : 1), .text(rule.name), .text(rule.text),
                        .integer(rule.createdAt.nanoseconds), .integer(rule.evaluatedAt?.nanoseconds),
                    ])
                guard isOurs == 1 else { return nil }
                guard !round.disables else {
                    let reason = "rule disabled: \(round.problem ?? "it cannot be evaluated")"
                    return try resolve(rule.name, because: reason, at: now, body)
                }
                if round.problem == nil { try write(round.states, of: rule.name) }
                var changes: [FiringChange] = []
                for firing in round.firings.sorted(by: { ($0.startedAt, $0.labels) < ($1.startedAt, $1.labels) }) {
                    changes += try write(firing, round, now, body)
                }
                return changes
            }
        }
    }

    /// Forgets what is pending of a rule, and ends what it fires, for another reason than its condition.
    func resolve(
        _ rule: String, because reason: String, at now: Timestamp, _ body: NotificationBody
    ) throws -> [FiringChange] {
        try run("DELETE FROM alert_state WHERE rule = ?", [.text(rule)])
        return try firings(whose: "rule = ? AND ended IS NULL", [.text(rule)]).reversed().map { firing in
            var firing = firing
            firing.endedAt = max(now, firing.startedAt)
            firing.resolution = reason
            try run(
                "UPDATE alert_history SET ended = ?, resolution = ? WHERE id = ?",
                [.integer(firing.endedAt?.nanoseconds), .text(reason), .integer(firing.id)])
            try add(.resolved, of: firing, to: [], at: now, body)
            return FiringChange(firing: firing, event: .resolved, isNotified: firing.notifiedAt != nil)
        }
    }

    private func write(_ states: [AlertRound.State], of rule: String) throws {
        try run("DELETE FROM alert_state WHERE rule = ?", [.text(rule)])
        for state in states {
            try run(
                "INSERT INTO alert_state(rule, labels, active_at, firing_from, keep_since) VALUES(?, ?, ?, ?, ?)",
                [
                    .text(rule), .text(state.labels), .integer(state.activeAt?.nanoseconds),
                    .integer(state.firingFrom?.nanoseconds), .integer(state.keepSince?.nanoseconds),
                ])
        }
    }

    /// Writes one firing and its notifications.
    private func write(
        _ firing: FiringEntry, _ round: AlertRound, _ now: Timestamp, _ body: NotificationBody
    ) throws -> [FiringChange] {
        let key: [SQLValueOrNil] = [.text(firing.rule), .text(firing.labels), .integer(firing.startedAt.nanoseconds)]
        let isNew =
            try run(
                """
                INSERT INTO alert_history(rule, labels, started, severity, pending, peak, value, errors, note, was_late,
                    condition, trace)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
                key + [
                    .integer(Int64(firing.severity.rawValue)), .integer(firing.pendingFrom.nanoseconds), .real(firing.peak),
                    .real(firing.value), .integer(firing.errors), .text(firing.note), .integer(firing.wasLate ? 1 : 0),
                    .text(firing.condition), .text(firing.trace),
                ]) == 1
        guard let old = try firings(whose: "rule = ? AND labels = ? AND started = ?", key).first else { return [] }
        // A firing that is over is not begun again: late rows may only add to it.
        let worst = round.isBelow ? min(old.peak, firing.peak) : max(old.peak, firing.peak)
        try run(
            """
            UPDATE alert_history SET ended = coalesce(ended, ?), peak = ?, errors = max(errors, ?),
                condition = coalesce(condition, ?)
            WHERE id = ?
            """,
            [
                .integer(firing.endedAt?.nanoseconds), .real(worst), .integer(firing.errors), .text(firing.condition),
                .integer(old.id),
            ])
        guard var kept = try firings(whose: "id = ?", [.integer(old.id)]).first else { return [] }
        if kept.notifiedAt == nil {
            let last = try connection.statementValue(
                "SELECT max(noticed) FROM alert_history WHERE rule = ? AND labels = ?",
                [.text(firing.rule), .text(firing.labels)]
            ).map(Timestamp.init(nanoseconds:))
            let due = max(kept.startedAt, last.map { $0 + round.cooldown } ?? kept.startedAt)
            if due <= round.at, kept.endedAt.map({ due < $0 }) ?? true {
                kept.notifiedAt = due
                try run("UPDATE alert_history SET noticed = ? WHERE id = ?", [.integer(due.nanoseconds), .integer(kept.id)])
                try add(.fired, of: kept, to: round.receivers, at: now, body)
            }
        }
        var changes: [FiringChange] = []
        let isNotified = kept.notifiedAt != nil
        if isNew || (isNotified && old.notifiedAt == nil) {
            changes.append(FiringChange(firing: kept, event: .fired, isNotified: isNotified))
        }
        if kept.endedAt != nil, isNew || old.endedAt == nil {
            try add(.resolved, of: kept, to: [], at: now, body)
            changes.append(FiringChange(firing: kept, event: .resolved, isNotified: isNotified))
        }
        return changes
    }

    /// The firings that touch an interval, newest first; all when it is nil.
    public func firings(in window: Window? = nil, limit: Int = 10_000) throws(StoreError) -> [FiringEntry] {
        guard let window else { return try firings(whose: "1", [], limit: limit) }
        return try firings(
            whose: "started < ? AND (ended IS NULL OR ended > ?)",
            [.integer(window.to.nanoseconds), .integer(window.from.nanoseconds)], limit: limit)
    }

    /// What fires now, newest first.
    public func activeFirings() throws(StoreError) -> [FiringEntry] { try firings(whose: "ended IS NULL", []) }

    /// The firings of a rule that touch an interval.
    public func firings(ofRule name: String, in window: Window) throws(StoreError) -> [FiringEntry] {
        try firings(
            whose: "rule = ? AND started < ? AND (ended IS NULL OR ended > ?)",
            [.text(name), .integer(window.to.nanoseconds), .integer(window.from.nanoseconds)])
    }

    /// Notes that somebody knows of a firing. False when there is no such firing.
    public func acknowledge(_ id: Int64, at now: Timestamp) throws(StoreError) -> Bool {
        try StoreError.about(path) {
            try run(
                "UPDATE alert_history SET acknowledged = coalesce(acknowledged, ?) WHERE id = ?",
                [.integer(now.nanoseconds), .integer(id)]) == 1
        }
    }

    /// Keeps firings that another program recorded; those that are there already stay as they are. The result is how many are new.
    public func keep(past firings: [FiringEntry]) throws(StoreError) -> Int {
        try StoreError.about(path) {
            try connection.transaction {
                var kept = 0
                for firing in firings {
                    kept += try run(
                        """
                        INSERT OR IGNORE INTO alert_history(rule, labels, severity, pending, started, ended, peak, value, errors, note,
                            noticed, acknowledged)
                        VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                        [
                            .text(firing.rule), .text(firing.labels), .integer(Int64(firing.severity.rawValue)),
                            .integer(firing.pendingFrom.nanoseconds), .integer(firing.startedAt.nanoseconds),
                            .integer(firing.endedAt?.nanoseconds), .real(firing.peak), .real(firing.value),
                            .integer(firing.errors), .text(firing.note), .integer(firing.notifiedAt?.nanoseconds),
                            .integer(firing.acknowledgedAt?.nanoseconds),
                        ])
                }
                return kept
            }
        }
    }

    private func firings(whose condition: String, _ values: [SQLValueOrNil], limit: Int = 10_000) throws(StoreError)
        -> [FiringEntry]
    {
        try read(
            """
            SELECT id, rule, labels, severity, pending, started, ended, peak, value, errors, note, noticed, acknowledged, was_late,
                condition, trace, resolution
            FROM alert_history WHERE \(condition) ORDER BY started DESC, rule, labels LIMIT \(limit)
            """, values
        ) { row in
            func instant(_ column: Int32) -> Timestamp? { row.optionalInteger(column).map(Timestamp.init(nanoseconds:)) }
            var firing = FiringEntry(
                rule: row.text(1) ?? "", labels: row.text(2) ?? "{}",
                severity: Severity(rawValue: Int(clamping: row.integer(3))) ?? .warning,
                pendingFrom: Timestamp(nanoseconds: row.integer(4)), startedAt: Timestamp(nanoseconds: row.integer(5)),
                endedAt: instant(6), peak: row.optionalReal(7) ?? 0, value: row.optionalReal(8) ?? 0, errors: row.integer(9),
                note: row.text(10))
            firing.id = row.integer(0)
            (firing.notifiedAt, firing.acknowledgedAt) = (instant(11), instant(12))
            firing.wasLate = row.integer(13) != 0
            (firing.condition, firing.trace, firing.resolution) = (row.text(14), row.text(15), row.text(16))
            return firing
        }
    }
}

extension Connection {
    /// The first column of the first row of a statement with values; nil when there is no row or it is NULL.
    func statementValue(_ sql: String, _ values: [SQLValueOrNil]) throws(SQLError) -> Int64? {
        let statement = try statement(sql)
        defer { statement.reset() }
        for value in values { value.bind(to: statement) }
        return try statement.step() ? statement.optionalInteger(0) : nil
    }
}
