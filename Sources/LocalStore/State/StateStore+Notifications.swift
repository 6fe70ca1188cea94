import Model

/// Where notifications of an alert go.
public struct NotificationReceiver: Hashable, Sendable {
    /// `log`, `webhook`, `slack`, `discord` or `email`.
    public var kind: String
    /// A URL or an address; "" for the log.
    public var target: String

    /// Makes a receiver.
    public init(kind: String, target: String) {
        self.kind = kind
        self.target = target
    }
}

/// Words a change for one receiver.
public typealias NotificationBody = (FiringEntry, FiringEvent, NotificationReceiver) -> String

/// A notification in the outbox.
public struct QueuedNotification: Hashable, Sendable {
    /// What became of it so far.
    public enum State: Hashable, Sendable {
        /// Not tried yet, or behind an earlier one of its series.
        case queued
        /// Tried in vain and due again later.
        case retrying
        case sent
        /// Tried in vain for the last time.
        case gaveUp
    }

    /// Ascends in the order in which changes were found.
    public var id: Int64
    public var firing: Int64
    public var event: FiringEvent
    public var rule: String
    public var receiver: NotificationReceiver
    /// What is sent, whole; "" once it was.
    public var body: String
    /// How often sending it has failed.
    public var attempts: Int
    /// When it is tried next; nil once it was sent or given up.
    public var nextAt: Timestamp?
    public var sentAt: Timestamp?
    /// When the change was found.
    public var madeAt: Timestamp
    /// Why the last attempt failed.
    public var problem: String?

    public var state: State {
        if sentAt != nil { return .sent }
        if nextAt == nil { return .gaveUp }
        return attempts > 0 ? .retrying : .queued
    }
}

/// The outbox: what is to be sent, in the order in which it must arrive.
///
/// A queue holds the notifications of one receiver about one series (rule and labels), by their ids. Only the first that waits in
/// a queue is due, so that no RESOLVED overtakes its FIRING; queues do not wait for each other. One that was given up blocks
/// nothing, and takes the RESOLVED of its firing with it: nobody is told the end of something whose beginning never arrived.
extension StateStore {
    /// Puts a FIRING into the outbox for each receiver, or a RESOLVED for each receiver that its FIRING was meant for. For one
    /// change and receiver there is one, however often it is added.
    func add(
        _ event: FiringEvent, of firing: FiringEntry, to receivers: [NotificationReceiver], at now: Timestamp,
        _ body: NotificationBody
    ) throws {
        let made = SQLValueOrNil.integer(now.nanoseconds)
        func insert(_ receiver: NotificationReceiver, next: SQLValueOrNil, problem: String?) throws {
            try run(
                """
                INSERT INTO notification(firing, event, kind, target, body, made, next, problem) VALUES(?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                [
                    .integer(firing.id), .integer(event.rawValue), .text(receiver.kind), .text(receiver.target),
                    .text(body(firing, event, receiver)), made, next, .text(problem),
                ])
        }
        guard event == .resolved else {
            for receiver in receivers { try insert(receiver, next: made, problem: nil) }
            return
        }
        for begun in try notifications("n.firing = ? AND n.event = 0", [.integer(firing.id)]) {
            let isLost = begun.state == .gaveUp
            try insert(begun.receiver, next: isLost ? .integer(nil) : made, problem: isLost ? StateStore.lostFiring : nil)
        }
    }

    /// Why a RESOLVED is given up without being tried.
    private static let lostFiring = "its FIRING was not delivered"

    /// Notifications whose time has come and that nothing has to arrive before, oldest first.
    public func dueNotifications(at now: Timestamp, limit: Int = 1000) throws(StoreError) -> [QueuedNotification] {
        try notifications(StateStore.isDue, [.integer(now.nanoseconds)], limit: limit)
    }

    /// A notification that is still due; nil when another process has sent it meanwhile, or changed when it is due.
    public func dueNotification(_ id: Int64, at now: Timestamp) throws(StoreError) -> QueuedNotification? {
        try notifications("\(StateStore.isDue) AND n.id = ?", [.integer(now.nanoseconds), .integer(id)]).first
    }

    private static let isDue = """
        n.next <= ? AND n.id IN (
            SELECT min(q.id) FROM notification q JOIN alert_history a ON a.id = q.firing WHERE q.next IS NOT NULL
            GROUP BY q.kind, q.target, a.rule, a.labels)
        """

    /// Notifications that wait or were given up, oldest first.
    public func undeliveredNotifications(limit: Int = 10_000) throws(StoreError) -> [QueuedNotification] {
        try notifications("n.sent IS NULL", limit: limit)
    }

    /// What became of the notifications of firings, by firing, in the order in which they were made.
    public func notifications(ofFirings firings: [FiringEntry]) throws(StoreError) -> [Int64: [QueuedNotification]] {
        let ids = firings.map(\.id)
        guard let first = ids.min(), let last = ids.max() else { return [:] }
        let wanted = Set(ids)
        let found = try notifications("n.firing BETWEEN ? AND ?", [.integer(first), .integer(last)], limit: .max)
        return Dictionary(grouping: found.filter { wanted.contains($0.firing) }, by: \.firing)
    }

    /// Lets notifications that were given up be tried again, from an instant on and as often as new ones: those of a rule, or
    /// all. Those stay as they are whose series the receiver has heard of since: they would arrive out of order.
    ///
    /// - Returns: How many are tried again, and how many are not.
    public func resendNotifications(ofRule rule: String?, at now: Timestamp) throws(StoreError) -> (count: Int, outdated: Int) {
        try StoreError.about(path) {
            try connection.transaction {
                let count = try run(
                    """
                    UPDATE notification SET next = ?, attempts = 0 WHERE \(StateStore.isGivenUp) AND NOT EXISTS (
                        SELECT 1 FROM notification s JOIN alert_history a ON a.id = s.firing
                        JOIN alert_history own ON own.id = notification.firing
                        WHERE s.sent IS NOT NULL AND s.firing <> notification.firing AND s.kind = notification.kind
                            AND s.target = notification.target AND a.rule = own.rule AND a.labels = own.labels
                            AND s.id > (
                                SELECT min(b.id) FROM notification b WHERE b.firing = notification.firing
                                    AND b.kind = notification.kind AND b.target = notification.target))
                    """,
                    [.integer(now.nanoseconds), .text(rule), .text(rule)])
                return (count, try notifications(StateStore.isGivenUp, [.text(rule), .text(rule)]).count)
            }
        }
    }

    /// Deletes notifications that were given up: those of a rule, or all. The result is how many they were.
    public func discardNotifications(ofRule rule: String?) throws(StoreError) -> Int {
        try StoreError.about(path) {
            try run("DELETE FROM notification WHERE \(StateStore.isGivenUp)", [.text(rule), .text(rule)])
        }
    }

    private static let isGivenUp =
        "next IS NULL AND sent IS NULL AND (? IS NULL OR firing IN (SELECT id FROM alert_history WHERE rule = ?))"

    /// Notes that a notification was sent. Its body is not kept any longer.
    public func noteSent(_ id: Int64, at now: Timestamp) throws(StoreError) {
        try StoreError.about(path) {
            _ = try run(
                "UPDATE notification SET sent = ?, next = NULL, problem = NULL, body = '' WHERE id = ? AND sent IS NULL",
                [.integer(now.nanoseconds), .integer(id)])
        }
    }

    /// Notes that an attempt failed, and when the next one is due; nil gives the notification up.
    public func noteFailure(_ id: Int64, problem: String, nextAt: Timestamp?) throws(StoreError) {
        try StoreError.about(path) {
            try connection.transaction {
                try run(
                    "UPDATE notification SET attempts = attempts + 1, problem = ?, next = ? WHERE id = ? AND sent IS NULL",
                    [.text(problem), .integer(nextAt?.nanoseconds), .integer(id)])
                guard nextAt == nil else { return }
                try run(
                    """
                    UPDATE notification SET next = NULL, problem = ? WHERE event = 1 AND next IS NOT NULL
                        AND (firing, kind, target) IN (SELECT firing, kind, target FROM notification WHERE id = ? AND event = 0)
                    """, [.text(StateStore.lostFiring), .integer(id)])
            }
        }
    }

    private func notifications(
        _ condition: String, _ values: [SQLValueOrNil] = [], limit: Int = 1000
    ) throws(StoreError) -> [QueuedNotification] {
        try read(
            """
            SELECT n.id, h.rule, n.kind, n.target, n.body, n.attempts, n.next, n.problem, n.made, n.sent, n.firing, n.event
            FROM notification n JOIN alert_history h ON h.id = n.firing WHERE \(condition) ORDER BY n.id LIMIT \(limit)
            """, values
        ) { row in
            func instant(_ column: Int32) -> Timestamp? { row.optionalInteger(column).map(Timestamp.init(nanoseconds:)) }
            return QueuedNotification(
                id: row.integer(0), firing: row.integer(10), event: FiringEvent(rawValue: row.integer(11)) ?? .fired,
                rule: row.text(1) ?? "", receiver: NotificationReceiver(kind: row.text(2) ?? "", target: row.text(3) ?? ""),
                body: row.text(4) ?? "", attempts: Int(clamping: row.integer(5)), nextAt: instant(6), sentAt: instant(9),
                madeAt: Timestamp(nanoseconds: row.integer(8)), problem: row.text(7))
        }
    }
}
