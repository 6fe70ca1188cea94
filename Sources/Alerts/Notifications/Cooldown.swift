import Model

/// The notifications of one firing after the cooldown is applied.
public struct NotificationPlan: Hashable, Sendable {
    /// When the firing is notified: at its start, or when the cooldown ends; nil if it was over by then.
    public var notified: Timestamp?
    /// True if the notification at the start was suppressed.
    public var isSuppressed: Bool
    /// When the resolution is notified; nil if the alert is still firing or was never notified.
    public var resolved: Timestamp?
}

/// Decides when the firings of one alert are notified.
public struct Cooldown: Hashable, Sendable {
    public let length: Duration
    /// When a firing was last notified; nil if never.
    public private(set) var last: Timestamp?

    /// Creates the cooldown, with the time of the last notification if there was one.
    public init(_ length: Duration, last: Timestamp? = nil) {
        self.length = length
        self.last = last
    }

    /// Returns true if a firing may be notified at this instant: the last notification is at least a cooldown ago.
    public func allows(_ instant: Timestamp) -> Bool { last.map { instant - $0 >= length } ?? true }

    /// Records that a firing was notified.
    public mutating func notified(at instant: Timestamp) { last = instant }

    /// Plans the notifications of one firing on the instants of a grid; call it in time order.
    public mutating func plan(_ firing: Firing, on grid: Grid) -> NotificationPlan {
        var notified: Timestamp?
        if allows(firing.from) {
            notified = firing.from
        } else if let last {
            // Still firing when the cooldown ends: notify then.
            let due = grid.first(atOrAfter: last.nanoseconds, plus: length.inNanoseconds)
            if due < Int64(grid.count) {
                let instant = grid.instant(Int(max(due, 0)))
                if instant >= firing.from, firing.resolvedAt.map({ instant < $0 }) ?? true { notified = instant }
            }
        }
        if let notified { self.notified(at: notified) }
        return NotificationPlan(
            notified: notified, isSuppressed: notified != firing.from, resolved: notified == nil ? nil : firing.resolvedAt)
    }
}

extension RuleReplay {
    /// Returns the notifications after the cooldown, sorted by time, then labels, and the plan of every firing.
    ///
    /// - Parameters:
    ///   - annotations: Returns the annotations of a firing, such as rendered templates.
    public func notifications(cooldown: Duration, annotations: (AlertReplay, Firing) -> [LabelPair] = { _, _ in [] })
        -> (notifications: [Notification], plans: [[NotificationPlan]])
    {
        var notifications: [Notification] = [], plans: [[NotificationPlan]] = []
        for alert in alerts {
            var state = Cooldown(cooldown)
            plans.append(alert.firings.map { state.plan($0, on: grid) })
            for (firing, plan) in zip(alert.firings, plans[plans.count - 1]) {
                guard let notified = plan.notified else { continue }
                var notification = Notification(
                    .firing, alert: name, labels: alert.labels, annotations: annotations(alert, firing), time: notified,
                    startsAt: firing.from)
                notifications.append(notification)
                guard let end = plan.resolved else { continue }
                notification.kind = .resolved
                notification.time = end
                notification.endsAt = end
                notifications.append(notification)
            }
        }
        notifications.sort { ($0.time, $0.labels, $0.kind.rawValue) < ($1.time, $1.labels, $1.kind.rawValue) }
        return (notifications, plans)
    }
}
