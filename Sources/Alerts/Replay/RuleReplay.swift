import Model

/// One firing of one alert.
public struct Firing: Hashable, Sendable {
    /// When the condition began to hold.
    public var pendingFrom: Timestamp
    /// The first evaluation that fires.
    public var from: Timestamp
    /// The first evaluation that does not fire any more; nil while it fires at the end.
    public var resolvedAt: Timestamp?
    /// The worst value while firing: the largest, or the smallest for a rule that fires on small values.
    public var peak: Double
    /// The value at the first evaluation that fires.
    public var firstValue: Double
    /// How many errors the windows of its evaluations held.
    public var errors: Int64
    /// Where those errors lie.
    public var evidence: Window

    /// How long it fired; up to `end` when it is not resolved.
    public func length(until end: Timestamp) -> Duration { (resolvedAt ?? end) - from }
}

/// One alert of a rule over a replay.
public struct AlertReplay: Hashable, Sendable {
    /// Its identity, without the name of the alert.
    public var labels: LabelSet
    /// The labels of the expression's result, which templates see; for native rules the group's.
    public var resultLabels: LabelSet
    /// In time order, at least one.
    public var firings: [Firing]
}

/// A stretch of evaluations at which a rule failed.
public struct RuleFailure: Hashable, Sendable {
    /// The first evaluation that failed and the first that did not.
    public var window: Window
    public var evaluations: Int
    public var message: String
}

/// What a rule watches, for a chart and for sentences.
public struct RuleMeasure: Hashable, Sendable {
    /// The measured expression, as written in the rule's language.
    public var text: String
    /// What it is compared with; nil when it is compared with something that changes, or with nothing.
    public var threshold: Double?
    /// `>`, `>=`, `<`, `<=`, `==` or `!=`; nil without comparison.
    public var relation: String?
    /// True when small values fire it.
    public var isBelow: Bool
}

/// What one rule would have done.
public struct RuleReplay: Sendable {
    /// The rule's name.
    public var name: String
    public var grid: Grid
    /// `for` and `keep`.
    public var hold: Duration, keep: Duration
    public var measure: RuleMeasure
    /// The alerts that fired, by labels.
    public var alerts: [AlertReplay]
    /// How many series the measure has.
    public var seriesCount: Int
    /// The measure over time: first its worst value over all series, then the series that fired, by labels, then the largest
    /// others. Empty unless asked for.
    public var curves: [MeasureCurve] = []
    /// Evaluations at which the rule failed, in time order.
    public var failures: [RuleFailure] = []
    /// What stands out, with the rule's own numbers; empty unless asked for.
    public var findings: [RuleFinding] = []
    /// The states of all alerts at the end that are not inactive.
    public var states: [LabelSet: AlertState] = [:]

    /// Every firing with its alert, by time, then labels.
    public var firings: [(alert: AlertReplay, firing: Firing)] {
        alerts.flatMap { alert in alert.firings.map { (alert, $0) } }
            .sorted { ($0.1.from, $0.0.labels) < ($1.1.from, $1.0.labels) }
    }
}

/// Says that a replay was interrupted.
public struct ReplayInterrupted: Error {}

/// What a replay should bring beside the firings.
public struct ReplayOptions: Sendable {
    /// How many points a curve has; 0 for none.
    public var curvePoints = 0
    /// Whether to look for findings.
    public var findings = false
    /// States before the grid's start, for each rule's name; none when nothing is pending or firing then. Rules of one name
    /// cannot be resumed together.
    public var resuming: [String: [LabelSet: AlertState]] = [:]

    /// Makes options: firings alone.
    public init(curvePoints: Int = 0, findings: Bool = false, resuming: [String: [LabelSet: AlertState]] = [:]) {
        self.curvePoints = curvePoints
        self.findings = findings
        self.resuming = resuming
    }
}

extension FailureSpans {
    /// The failures on a grid, told for people.
    func told(on grid: Grid) -> [RuleFailure] {
        spans.compactMap { span in
            let from = max(span.from, 0), to = min(span.to, grid.count)
            guard from < to else { return nil }
            return RuleFailure(
                window: Window(from: grid.instant(from), to: grid.instant(to)), evaluations: to - from, message: span.message)
        }
    }
}
