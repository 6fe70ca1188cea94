import Model

/// The target for tuning: a maximum number of firings per period.
public struct TuningTarget: Hashable, Sendable {
    public var firings: Int
    public var per: Duration

    /// Creates a target, such as two per week.
    public init(firings: Int, per: Duration) {
        self.firings = firings
        self.per = per
    }
}

/// How often a rule would fire with other thresholds and other values of `for`.
public struct RuleTuning: Sendable {
    /// The effect of a threshold, which is the same for every threshold up to the next step.
    public struct Step: Hashable, Sendable {
        public var threshold: Double
        /// The number of firings for each `for`.
        public var firings: [Int]
        /// Total firing time over all alerts, for each `for`.
        public var firingTime: [Duration]
    }

    /// The score of a threshold against labelled incidents.
    public struct Score: Hashable, Sendable {
        public var threshold: Double
        public var score: IncidentScore
    }

    /// The measure with the rule's own threshold.
    public var measure: RuleMeasure
    /// The values of `for` that were tried, the rule's own first.
    public var holds: [Duration]
    /// The steps by ascending threshold; adjacent ones with the same firings are merged.
    public var steps: [Step]
    /// The effect of the rule's own threshold; nil if it has none.
    public var present: Step?
    /// The number of firings that the target allows over the range, counted as at least one period; nil without a target.
    public var allowed: Double?
    /// True if the rule's own threshold meets the target; nil without a target.
    public var isAimMet: Bool?
    /// The most sensitive round threshold that meets the target under the rule's own `for` and fires at most half of the time;
    /// nil without a target, or if no threshold does.
    public var suggested: Step?
    /// The suggested threshold.
    public var suggestion: Double? { suggested?.threshold }
    /// Scores of selected thresholds by ascending threshold, including the rule's own and the suggested one; empty without
    /// incidents.
    public var scores: [Score]

    /// The parameters of tuning.
    public struct Question: Sendable {
        /// Additional values of `for` to try.
        public var holds: [Duration] = []
        public var aim: TuningTarget?
        public var incidents: [LabelledIncident] = []

        /// Creates a question about the rule's own `for`.
        public init(holds: [Duration] = [], aim: TuningTarget? = nil, incidents: [LabelledIncident] = []) {
            self.holds = holds
            self.aim = aim
            self.incidents = incidents
        }
    }

    /// Tries thresholds for the first comparison of a Prometheus rule; nil if there is no threshold to vary.
    public static func run(
        _ rule: PrometheusRule, over history: EventHistory, on grid: Grid, labels: Set<Label> = Set(Label.allCases),
        question: Question
    ) -> RuleTuning? {
        let measured = rule.expression.measured
        guard let relation = measured.relation, measured.threshold != nil else { return nil }
        let evaluation = ExpressionEvaluation(history, grid, limit: labels)
        let vector = evaluation.evaluate(rule.expression.withoutFirstComparison)
        return ThresholdSearch(
            grid: grid, relation: relation, hold: rule.hold, keep: rule.keep, changes: vector.changes,
            series: vector.series.count,
            unit: measured.expression.isErrorsOfCalls ? -2 : nil
        )?.tuning(measured.measure, question)
    }

    /// Tries thresholds for the first comparison of a native rule; nil if there is no threshold to vary.
    public static func run(_ rule: WindowRule, over history: WindowHistory, on grid: Grid, question: Question) -> RuleTuning? {
        let measure = WindowReplay(rule, history, grid).measure
        guard let word = measure.relation, let relation = Relation(rawValue: word == "=" ? "==" : word) else { return nil }
        var evaluation = WindowEvaluation(rule, history, grid)
        let changes = evaluation.run(tunes: true).firing
        return ThresholdSearch(
            grid: grid, relation: relation, hold: rule.hold, keep: rule.keep, changes: changes, series: history.groups.count,
            unit: rule.condition.first.flatMap { rule.measures[$0.measure].unit }
        )?.tuning(measure, question)
    }
}

extension Expression {
    /// The expression with its first comparison replaced by the measured side: the values to compare with thresholds.
    var withoutFirstComparison: Expression {
        switch self {
        case .comparison(_, let a, let b, _, isBool: false): a.isScalar ? b : a
        case .set(let operation, let a, let b, let matching): .set(operation, a.withoutFirstComparison, b, matching)
        default: self
        }
    }
}
