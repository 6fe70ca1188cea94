import Model

/// One firing of one alert.
public struct Firing: Hashable, Sendable {
    /// When the condition began to hold.
    public var pendingFrom: Timestamp
    /// The first evaluation that fires.
    public var from: Timestamp
    /// The first evaluation that no longer fires; nil if still firing at the end.
    public var resolvedAt: Timestamp?
    /// The worst value while firing: the largest, or the smallest for a rule that fires on small values.
    public var peak: Double
    /// The value at the first firing evaluation.
    public var firstValue: Double
    /// The number of errors in the windows of its evaluations.
    public var errors: Int64
    /// The interval of those errors.
    public var evidence: Window

    /// The duration of the firing; up to `end` if it is not resolved.
    public func length(until end: Timestamp) -> Duration { (resolvedAt ?? end) - from }
}

/// The replay of one alert of a rule.
public struct AlertReplay: Hashable, Sendable {
    /// The alert's labels, without `alertname`.
    public var labels: LabelSet
    /// The labels of the expression's result, for templates; for native rules, those of the group.
    public var resultLabels: LabelSet
    /// The firings in time order; at least one.
    public var firings: [Firing]
}

/// Consecutive evaluations at which a rule failed.
public struct RuleFailure: Hashable, Sendable {
    /// From the first failed evaluation to the first one that did not fail.
    public var window: Window
    public var evaluations: Int
    public var message: String
}

/// The measure of a rule, for charts and messages.
public struct RuleMeasure: Hashable, Sendable {
    /// The measured expression in the rule's own syntax.
    public var text: String
    /// The constant threshold; nil if the rule compares with a changing value or with nothing.
    public var threshold: Double?
    /// `>`, `>=`, `<`, `<=`, `==` or `!=`; nil without a comparison.
    public var relation: String?
    /// True if small values fire the rule.
    public var isBelow: Bool
}

/// The result of testing one rule on history.
public struct RuleReplay: Sendable {
    /// The rule's name.
    public var name: String
    public var grid: Grid
    /// The rule's `for` and `keep`.
    public var hold: Duration, keep: Duration
    public var measure: RuleMeasure
    /// The alerts that fired, sorted by labels.
    public var alerts: [AlertReplay]
    /// The number of series of the measure.
    public var seriesCount: Int
    /// The measure over time, if requested: its worst value over all series, then the series that fired, sorted by labels, then
    /// the largest others.
    public var curves: [MeasureCurve] = []
    /// Failed evaluations, in time order.
    public var failures: [RuleFailure] = []
    /// True when a value was so close to its threshold that the order of summation decides; only a history with calls under all
    /// exported labels then gives the result of Prometheus.
    public var isWithinRounding = false
    /// Notable facts about the rule, if requested.
    public var findings: [RuleFinding] = []
    /// The final states of all alerts that are not inactive.
    public var states: [LabelSet: AlertState] = [:]

    /// All firings with their alerts, sorted by time, then labels.
    public var firings: [(alert: AlertReplay, firing: Firing)] {
        alerts.flatMap { alert in alert.firings.map { (alert, $0) } }
            .sorted { ($0.1.from, $0.0.labels) < ($1.1.from, $1.0.labels) }
    }
}

/// Thrown when a replay is interrupted.
public struct ReplayInterrupted: Error {}

/// Optional outputs and initial states of a replay.
public struct ReplayOptions: Sendable {
    /// The number of points per curve; 0 for no curves.
    public var curvePoints = 0
    /// Whether to search for findings.
    public var findings = false
    /// States before the start of the grid by rule name; missing ones are inactive. Rules with the same name cannot be resumed
    /// together.
    public var resuming: [String: [LabelSet: AlertState]] = [:]

    /// Creates options; by default a replay computes firings only.
    public init(curvePoints: Int = 0, findings: Bool = false, resuming: [String: [LabelSet: AlertState]] = [:]) {
        self.curvePoints = curvePoints
        self.findings = findings
        self.resuming = resuming
    }
}

extension FailureSpans {
    /// Returns the failures on a grid for display.
    func ruleFailures(on grid: Grid) -> [RuleFailure] {
        spans.compactMap { span in
            let from = max(span.from, 0), to = min(span.to, grid.count)
            guard from < to else { return nil }
            return RuleFailure(
                window: Window(from: grid.instant(from), to: grid.instant(to)), evaluations: to - from, message: span.message)
        }
    }
}
