import Model

/// A message about one alert: it fires, or it is resolved.
public struct Notice: Hashable, Sendable {
    /// What it tells.
    public enum Kind: String, Hashable, Sendable {
        case firing, resolved
    }

    public var kind: Kind
    /// The rule's name.
    public var alert: String
    /// The alert's identity, without its name.
    public var labels: LabelSet
    /// Texts for people, by name: `summary`, `description`.
    public var annotations: [LabelPair]
    /// When it is sent.
    public var time: Timestamp
    /// When the firing began.
    public var startsAt: Timestamp
    /// When it was resolved; nil while it fires.
    public var endsAt: Timestamp?
    /// The value when the firing began.
    public var value: Double
    /// What the rule asks, in its own language.
    public var expression: String

    /// Makes a notice.
    public init(
        _ kind: Kind, alert: String, labels: LabelSet, annotations: [LabelPair] = [], time: Timestamp, startsAt: Timestamp,
        endsAt: Timestamp? = nil, value: Double, expression: String
    ) {
        self.kind = kind
        self.alert = alert
        self.labels = labels
        self.annotations = annotations
        self.time = time
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.value = value
        self.expression = expression
    }

    /// Its labels with its name among them, as other programs know it.
    public var namedLabels: LabelSet { labels.overwritten(by: [LabelPair("alertname", alert)]) }
    /// The text of an annotation; nil when there is none.
    public func annotation(_ name: String) -> String? { annotations.first { $0.name == name }?.value }

    /// One line: the summary, or the alert with its labels.
    public var headline: String {
        if let summary = annotation("summary"), !summary.isEmpty { return summary }
        let labels = labels.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        return labels.isEmpty ? alert : "\(alert) (\(labels))"
    }
}

/// What `cooldown` makes of one firing.
public struct NoticePlan: Hashable, Sendable {
    /// When the firing is told: at its start, or when the cooldown ends; nil when it was over before.
    public var told: Timestamp?
    /// True when the notice at its start was suppressed.
    public var isSuppressed: Bool
    /// When its end is told; nil when it is not over, and when the firing was never told.
    public var resolved: Timestamp?
}

/// Decides which firings of one alert are told when.
public struct Cooldown: Hashable, Sendable {
    public let length: Duration
    /// When the alert was last told to fire; nil when it never was.
    public private(set) var last: Timestamp?

    /// Begins with what was sent before, if anything was.
    public init(_ length: Duration, last: Timestamp? = nil) {
        self.length = length
        self.last = last
    }

    /// True when a firing may be told at this instant: the last notice is not younger than the cooldown.
    public func allows(_ instant: Timestamp) -> Bool { last.map { instant - $0 >= length } ?? true }

    /// Notes that a firing was told.
    public mutating func told(at instant: Timestamp) { last = instant }

    /// The notices of one firing, on the instants of a grid; firings come in time order.
    public mutating func plan(_ firing: Firing, on grid: Grid) -> NoticePlan {
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
        return NoticePlan(told: told, isSuppressed: told != firing.from, resolved: told == nil ? nil : firing.resolvedAt)
    }
}

extension RuleReplay {
    /// The notices that a cooldown would let through, by time, then labels, and how many firings were never told.
    ///
    /// - Parameters:
    ///   - annotations: The texts for a firing, such as rendered templates.
    public func notices(cooldown: Duration, annotations: (AlertReplay, Firing) -> [LabelPair] = { _, _ in [] })
        -> (notices: [Notice], plans: [[NoticePlan]])
    {
        var notices: [Notice] = [], plans: [[NoticePlan]] = []
        for alert in alerts {
            var state = Cooldown(cooldown)
            plans.append(alert.firings.map { state.plan($0, on: grid) })
            for (firing, plan) in zip(alert.firings, plans[plans.count - 1]) {
                guard let told = plan.told else { continue }
                var notice = Notice(
                    .firing, alert: name, labels: alert.labels, annotations: annotations(alert, firing), time: told,
                    startsAt: firing.from, value: firing.firstValue, expression: measure.text)
                notices.append(notice)
                guard let end = plan.resolved else { continue }
                notice.kind = .resolved
                notice.time = end
                notice.endsAt = end
                notices.append(notice)
            }
        }
        notices.sort { ($0.time, $0.labels, $0.kind.rawValue) < ($1.time, $1.labels, $1.kind.rawValue) }
        return (notices, plans)
    }
}

extension PrometheusRule {
    /// What templates see of a result's labels: also the counter's name, where the result still carries it.
    func templateLabels(_ labels: LabelSet) -> LabelSet {
        expression.metricName.map { labels.overwritten(by: [LabelPair("__name__", $0)]) } ?? labels
    }

    /// The rule's annotations for one result.
    public func annotations(labels: LabelSet, value: Double) -> [LabelPair] {
        let shown = templateLabels(labels)
        return annotations.map { LabelPair($0.name, $0.template.rendered(labels: shown, value: value)) }
    }
}
