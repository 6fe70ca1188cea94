import Model

/// What `cooldown` makes of one firing.
public struct NotificationPlan: Hashable, Sendable {
    /// When the firing is notified: at its start, or when the cooldown ends; nil when it was over before.
    public var told: Timestamp?
    /// True when the notification at its start was suppressed.
    public var isSuppressed: Bool
    /// When its end is notified; nil when it is not over, and when the firing was never notified.
    public var resolved: Timestamp?
}

/// Decides which firings of one alert are notified when.
public struct Cooldown: Hashable, Sendable {
    public let length: Duration
    /// When a firing was last notified; nil when none was.
    public private(set) var last: Timestamp?

    /// Begins with what was sent before, if anything was.
    public init(_ length: Duration, last: Timestamp? = nil) {
        self.length = length
        self.last = last
    }

    /// True when a firing may be notified at this instant: the last notification is not younger than the cooldown.
    public func allows(_ instant: Timestamp) -> Bool { last.map { instant - $0 >= length } ?? true }

    /// Notes that a firing was notified.
    public mutating func told(at instant: Timestamp) { last = instant }

    /// The notifications of one firing, on the instants of a grid; firings come in time order.
    public mutating func plan(_ firing: Firing, on grid: Grid) -> NotificationPlan {
        var told: Timestamp?
        if allows(firing.from) {
            told = firing.from
        } else if let last {
            // Still firing when the cooldown ends: then.
            let due = grid.first(atOrAfter: last.nanoseconds, plus: length.inNanoseconds)
            if due < Int64(grid.count) {
                let instant = grid.instant(Int(max(due, 0)))
                if instant >= firing.from, firing.resolvedAt.map({ instant < $0 }) ?? true { told = instant }
            }
        }
        if let told { self.told(at: told) }
        return NotificationPlan(told: told, isSuppressed: told != firing.from, resolved: told == nil ? nil : firing.resolvedAt)
    }
}

extension RuleReplay {
    /// The notifications that a cooldown lets through, by time, then labels, and the plan of every firing.
    ///
    /// - Parameters:
    ///   - annotations: The texts for a firing, such as rendered templates.
    public func notifications(cooldown: Duration, annotations: (AlertReplay, Firing) -> [LabelPair] = { _, _ in [] })
        -> (notifications: [Notification], plans: [[NotificationPlan]])
    {
        var notifications: [Notification] = [], plans: [[NotificationPlan]] = []
        for alert in alerts {
            var state = Cooldown(cooldown)
            plans.append(alert.firings.map { state.plan($0, on: grid) })
            for (firing, plan) in zip(alert.firings, plans[plans.count - 1]) {
                guard let told = plan.told else { continue }
                var notification = Notification(
                    .firing, alert: name, labels: alert.labels, annotations: annotations(alert, firing), time: told,
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
