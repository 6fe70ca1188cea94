import Model

/// A message that an alert is firing or resolved.
public struct Notification: Hashable, Sendable {
    /// The reported state.
    public enum Kind: String, Hashable, Sendable {
        case firing, resolved
    }

    public var kind: Kind
    /// The rule's name.
    public var alert: String
    /// The alert's labels, without `alertname`.
    public var labels: LabelSet
    /// Texts for readers, by name: `summary`, `description`.
    public var annotations: [LabelPair]
    /// Facts about the firing, in display order: `value`, `threshold`, `window`, `trace`.
    public var details: [LabelPair]
    /// When the notification is sent.
    public var time: Timestamp
    /// When the firing began.
    public var startsAt: Timestamp
    /// When the alert was resolved; nil while it is firing.
    public var endsAt: Timestamp?

    /// Creates a notification.
    public init(
        _ kind: Kind, alert: String, labels: LabelSet, annotations: [LabelPair] = [], details: [LabelPair] = [], time: Timestamp,
        startsAt: Timestamp, endsAt: Timestamp? = nil
    ) {
        self.kind = kind
        self.alert = alert
        self.labels = labels
        self.annotations = annotations
        self.details = details
        self.time = time
        self.startsAt = startsAt
        self.endsAt = endsAt
    }

    /// The labels including `alertname`, as other programs expect them.
    public var namedLabels: LabelSet { labels.overwritten(by: [LabelPair("alertname", alert)]) }
    /// Returns the text of an annotation; nil if missing.
    public func annotation(_ name: String) -> String? { annotations.first { $0.name == name }?.value }

    /// Annotations and details in one list, for receivers without details; the rule's own annotations win.
    var describedAnnotations: [LabelPair] {
        annotations + details.filter { annotation($0.name) == nil }
    }

    /// One line: the summary, or else the alert's name and labels.
    public var headline: String {
        if let summary = annotation("summary"), !summary.isEmpty { return summary }
        let labels = labels.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        return labels.isEmpty ? alert : "\(alert) (\(labels))"
    }
}

extension PrometheusRule {
    /// The labels that templates see: those of the result, and `__name__` if the result still has it.
    func templateLabels(_ labels: LabelSet) -> LabelSet {
        expression.metricName.map { labels.overwritten(by: [LabelPair("__name__", $0)]) } ?? labels
    }

    /// Renders the rule's annotations for one result.
    public func annotations(labels: LabelSet, value: Double) -> [LabelPair] {
        let shown = templateLabels(labels)
        return annotations.map { LabelPair($0.name, $0.template.rendered(labels: shown, value: value)) }
    }
}
