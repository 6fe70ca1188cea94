import Model

/// Something to be sent.
public struct NewNotice: Hashable, Sendable {
    /// `log`, `webhook`, `slack`, `discord` or `email`.
    public var kind: String
    /// Where to: a URL, an address; "" for the log.
    public var target: String
    /// What is sent, whole.
    public var body: String

    /// Makes a notice.
    public init(kind: String, target: String, body: String) {
        self.kind = kind
        self.target = target
        self.body = body
    }
}

/// A notice in the outbox.
public struct WaitingNotice: Hashable, Sendable {
    public var id: Int64
    public var rule: String
    public var notice: NewNotice
    /// How often sending it has failed.
    public var attempts: Int
    /// When it is tried next; nil when it is given up.
    public var nextAt: Timestamp?
    /// When what it tells was found.
    public var madeAt: Timestamp
    /// Why the last attempt failed.
    public var problem: String?
}

extension StateStore {
    /// Puts notices into the outbox; for one change and target there is one, however often it is added.
    func add(_ notices: [NewNotice], firing: Int64, _ event: FiringEvent, at now: Timestamp) throws {
        for notice in notices {
            try run(
                """
                INSERT INTO notice(firing, event, kind, target, body, made, next) VALUES(?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                [
                    .integer(firing), .integer(event.rawValue), .text(notice.kind), .text(notice.target), .text(notice.body),
                    .integer(now.nanoseconds), .integer(now.nanoseconds),
                ])
        }
    }

    /// Notices whose time has come, oldest first.
    public func dueNotices(at now: Timestamp, limit: Int = 1000) throws(StoreError) -> [WaitingNotice] {
        try notices("n.next <= \(now.nanoseconds)", limit: limit)
    }

    /// Notices that were given up, newest first.
    public func deadNotices(limit: Int = 1000) throws(StoreError) -> [WaitingNotice] {
        try notices("n.next IS NULL AND n.sent IS NULL", "n.id DESC", limit: limit)
    }

    /// Lets notices that were given up be tried again, from an instant on and as often as new ones: those of a rule, or all.
    /// The result is how many they are.
    public func reviveDeadNotices(ofRule rule: String?, at now: Timestamp) throws(StoreError) -> Int {
        try StoreError.about(path) {
            try run(
                "UPDATE notice SET next = ?, attempts = 0 WHERE \(StateStore.isDead)",
                [.integer(now.nanoseconds), .text(rule), .text(rule)])
        }
    }

    /// Forgets notices that were given up: those of a rule, or all. The result is how many they were.
    public func discardDeadNotices(ofRule rule: String?) throws(StoreError) -> Int {
        try StoreError.about(path) { try run("DELETE FROM notice WHERE \(StateStore.isDead)", [.text(rule), .text(rule)]) }
    }

    private static let isDead =
        "next IS NULL AND sent IS NULL AND (? IS NULL OR firing IN (SELECT id FROM alert_history WHERE rule = ?))"

    /// When the next notice is to be tried; nil when none waits.
    public func nextNotice() throws(StoreError) -> Timestamp? {
        try StoreError.about(path) {
            try connection.integer("SELECT min(next) FROM notice WHERE next IS NOT NULL").map(Timestamp.init(nanoseconds:))
        }
    }

    /// Notes that a notice was sent. Its body is not kept any longer.
    public func noteSent(_ id: Int64, at now: Timestamp) throws(StoreError) {
        try StoreError.about(path) {
            _ = try run(
                "UPDATE notice SET sent = ?, next = NULL, problem = NULL, body = '' WHERE id = ?",
                [.integer(now.nanoseconds), .integer(id)])
        }
    }

    /// Notes that an attempt failed, and when the next one is due; nil gives the notice up.
    public func noteFailure(_ id: Int64, problem: String, nextAt: Timestamp?) throws(StoreError) {
        try StoreError.about(path) {
            _ = try run(
                "UPDATE notice SET attempts = attempts + 1, problem = ?, next = ? WHERE id = ?",
                [.text(problem), .integer(nextAt?.nanoseconds), .integer(id)])
        }
    }

    private func notices(_ condition: String, _ order: String = "n.id", limit: Int) throws(StoreError) -> [WaitingNotice] {
        try read(
            """
            SELECT n.id, h.rule, n.kind, n.target, n.body, n.attempts, n.next, n.problem, n.made
            FROM notice n JOIN alert_history h ON h.id = n.firing WHERE \(condition) ORDER BY \(order) LIMIT \(limit)
            """
        ) { row in
            WaitingNotice(
                id: row.integer(0), rule: row.text(1) ?? "",
                notice: NewNotice(kind: row.text(2) ?? "", target: row.text(3) ?? "", body: row.text(4) ?? ""),
                attempts: Int(clamping: row.integer(5)), nextAt: row.optionalInteger(6).map(Timestamp.init(nanoseconds:)),
                madeAt: Timestamp(nanoseconds: row.integer(8)), problem: row.text(7))
        }
    }
}

extension StateStore {
    /// Takes a notice for one attempt, until an instant; false when somebody else has it.
    public func claim(_ notice: WaitingNotice, until lease: Timestamp) throws(StoreError) -> Bool {
        try StoreError.about(path) {
            try run(
                "UPDATE notice SET next = ? WHERE id = ? AND next IS ? AND sent IS NULL",
                [.integer(lease.nanoseconds), .integer(notice.id), .integer(notice.nextAt?.nanoseconds)]) == 1
        }
    }
}
