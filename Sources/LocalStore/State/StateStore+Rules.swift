import Model
import SQLite

/// One alert rule as it is kept.
public struct StoredRule: Hashable, Sendable {
    /// The language that a rule is written in.
    public enum Form: Int64, Sendable {
        /// `when QUERY …`, the program's own.
        case own = 0
        /// A rule file of Prometheus with this one rule.
        case prometheus = 1
    }

    public var name: String
    public var form: Form
    /// The rule, from which it is read again.
    public var text: String
    public var isEnabled: Bool
    public var createdAt: Timestamp
    /// The file that it was loaded from; nil for a rule that was typed.
    public var origin: String?
    /// The zone of its calendar and the evidence that counts for it: those of the session that made it.
    public var zone: String
    public var evidence: Int64
    /// The last instant at which it was evaluated; nil before the first time.
    public var evaluatedAt: Timestamp?
    /// Since when it is to be evaluated: when it was made, changed or switched on. Nil in files of older versions.
    public internal(set) var since: Timestamp?
    /// Why it could not be evaluated the last time; nil when it could. A rule that is disabled and has a problem disabled itself.
    public var problem: String?
    /// The newest records that its last evaluation knew.
    public var lastSpan: Int64?, lastEvent: Int64?

    /// Makes a rule that was never evaluated.
    public init(
        name: String, form: Form, text: String, isEnabled: Bool = true, createdAt: Timestamp, origin: String? = nil,
        zone: String = "UTC", evidence: Int64
    ) {
        self.name = name
        self.form = form
        self.text = text
        self.isEnabled = isEnabled
        self.createdAt = createdAt
        self.origin = origin
        self.zone = zone
        self.evidence = evidence
    }
}

extension StateStore {
    /// Every rule, by name.
    public func rules() throws(StoreError) -> [StoredRule] {
        try read(
            """
            SELECT name, form, text, enabled, created, origin, zone, evidence, evaluated, problem, last_span, last_event,
                since
            FROM alert_rule ORDER BY name
            """
        ) { row in
            var rule = StoredRule(
                name: row.text(0) ?? "", form: StoredRule.Form(rawValue: row.integer(1)) ?? .own, text: row.text(2) ?? "",
                isEnabled: row.integer(3) != 0, createdAt: Timestamp(nanoseconds: row.integer(4)), origin: row.text(5),
                zone: row.text(6) ?? "UTC", evidence: row.integer(7))
            rule.evaluatedAt = row.optionalInteger(8).map(Timestamp.init(nanoseconds:))
            rule.problem = row.text(9)
            (rule.lastSpan, rule.lastEvent) = (row.optionalInteger(10), row.optionalInteger(11))
            rule.since = row.optionalInteger(12).map(Timestamp.init(nanoseconds:))
            return rule
        }
    }

    /// The rule with this name; nil when there is none.
    public func rule(named name: String) throws(StoreError) -> StoredRule? { try rules().first { $0.name == name } }

    /// Keeps rules in place of those with their names, all or none; what was known of these between evaluations is forgotten,
    /// and what they fire now ends.
    ///
    /// - Parameter limit: How many rules may be enabled.
    /// - Returns: The firings that ended; nil, and nothing is kept, when more rules than `limit` would be enabled.
    public func keep(
        _ rules: [StoredRule], at now: Timestamp, limit: Int, _ body: NotificationBody
    ) throws(StoreError) -> [FiringChange]? {
        try change {
            var changes: [FiringChange] = []
            for rule in rules {
                changes += try resolve(rule.name, because: "rule changed", at: now, body)
                let statement = try connection.statement(
                    """
                    INSERT OR REPLACE INTO alert_rule(name, form, text, enabled, created, origin, zone, evidence, since)
                    VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
                statement.bind(rule.name)
                statement.bind(rule.form.rawValue)
                statement.bind(rule.text)
                statement.bind(rule.isEnabled)
                statement.bind(rule.createdAt.nanoseconds)
                statement.bind(rule.origin)
                statement.bind(rule.zone)
                statement.bind(rule.evidence)
                statement.bind(now.nanoseconds)
                try statement.run()
            }
            if try enabledRules() > limit, rules.contains(where: \.isEnabled) { throw TooMany() }
            return changes
        }
    }

    /// Switches a rule on or off; a rule that is off is not evaluated, and what it fires ends. What kept it from being evaluated
    /// is forgotten.
    ///
    /// - Returns: The firings that ended; nil, and nothing is changed, when more rules than `limit` would be enabled.
    public func setEnabled(
        _ isEnabled: Bool, rule name: String, at now: Timestamp, limit: Int, _ body: NotificationBody
    ) throws(StoreError) -> [FiringChange]? {
        try change {
            let changed = try run(
                "UPDATE alert_rule SET enabled = ?1, evaluated = NULL, problem = NULL, since = ?2 WHERE name = ?3 AND enabled <> ?1",
                [.integer(isEnabled ? 1 : 0), .integer(now.nanoseconds), .text(name)])
            guard changed > 0 else { return [] }
            let changes = try resolve(name, because: "rule disabled", at: now, body)
            if isEnabled, try enabledRules() > limit { throw TooMany() }
            return changes
        }
    }

    /// Deletes a rule; its history stays. The result is the firings that ended.
    public func deleteRule(_ name: String, at now: Timestamp, _ body: NotificationBody) throws(StoreError) -> [FiringChange] {
        try change {
            let changes = try resolve(name, because: "rule deleted", at: now, body)
            try run("DELETE FROM alert_rule WHERE name = ?", [.text(name)])
            return changes
        } ?? []
    }

    private struct TooMany: Error {}

    private func enabledRules() throws(SQLError) -> Int {
        Int(try connection.integer("SELECT count(*) FROM alert_rule WHERE enabled") ?? 0)
    }

    /// Runs a change as a whole; nil when there were too many rules, and nothing is changed then.
    private func change(_ body: () throws -> [FiringChange]) throws(StoreError) -> [FiringChange]? {
        try StoreError.about(path) {
            do { return try connection.transaction(body) } catch is TooMany { return nil }
        }
    }

    /// All rows of a statement, each made into a value.
    func read<R>(_ sql: String, _ values: [SQLValueOrNil] = [], _ make: (Statement) throws -> R) throws(StoreError) -> [R] {
        try StoreError.about(path) {
            let statement = try connection.statement(sql)
            defer { statement.reset() }
            for value in values { value.bind(to: statement) }
            var rows: [R] = []
            while try statement.step() { rows.append(try make(statement)) }
            return rows
        }
    }

    /// Runs one statement that changes something; the result is how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValueOrNil]) throws -> Int {
        let statement = try connection.statement(sql)
        for value in values { value.bind(to: statement) }
        try statement.run()
        return connection.changes
    }
}

/// A value to be bound.
enum SQLValueOrNil {
    case integer(Int64?)
    case real(Double)
    case text(String?)

    func bind(to statement: Statement) {
        switch self {
        case .integer(let value): statement.bind(value)
        case .real(let value): statement.bind(value as Double?)
        case .text(let value): statement.bind(value)
        }
    }
}
