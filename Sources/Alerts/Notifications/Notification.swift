import Model

/// A message about one alert: it fires, or it is resolved.
public struct Notification: Hashable, Sendable {
    /// What it reports.
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
    /// What is known of the firing, in the order in which it is shown: `value`, `threshold`, `window`, `trace`.
    public var details: [LabelPair]
    /// When it is sent.
    public var time: Timestamp
    /// When the firing began.
    public var startsAt: Timestamp
    /// When it was resolved; nil while it fires.
    public var endsAt: Timestamp?

    /// Makes a notification.
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

    /// Its labels with its name among them, as other programs know it.
    public var namedLabels: LabelSet { labels.overwritten(by: [LabelPair("alertname", alert)]) }
    /// The text of an annotation; nil when there is none.
    public func annotation(_ name: String) -> String? { annotations.first { $0.name == name }?.value }

    /// Annotations and details as one list for receivers that know no details; a rule's own annotation wins.
    var describedAnnotations: [LabelPair] {
        annotations + details.filter { annotation($0.name) == nil }
    }

    /// One line: the summary, or the alert with its labels.
    public var headline: String {
        if let summary = annotation("summary"), !summary.isEmpty { return summary }
        let labels = labels.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        return labels.isEmpty ? alert : "\(alert) (\(labels))"
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
