import Model

/// How often a rule should fire at most.
public struct TuningAim: Hashable, Sendable {
    public var firings: Int
    public var per: Duration

    /// Makes an aim, such as two a week.
    public init(firings: Int, per: Duration) {
        self.firings = firings
        self.per = per
    }
}

/// How often a rule would fire under other thresholds and other `for`s.
public struct RuleTuning: Sendable {
    /// What a threshold does, and every other one that no value lies between.
    public struct Step: Hashable, Sendable {
        public var threshold: Double
        /// One for each `for`.
        public var firings: [Int]
        /// Over all alerts, one for each `for`.
        public var firingTime: [Duration]
    }

    /// What a threshold does to labelled incidents.
    public struct Score: Hashable, Sendable {
        public var threshold: Double
        public var score: IncidentScore
    }

    /// What is compared, with the rule's own threshold.
    public var measure: RuleMeasure
    /// The `for`s that were tried, the rule's own first.
    public var holds: [Duration]
    /// By ascending threshold; neighbours with the same firings are one.
    public var steps: [Step]
    /// What the rule's own threshold does; nil when it has none.
    public var present: Step?
    /// How many firings the aim allows over the range, which counts as one period of the aim at least; nil without aim.
    public var allowed: Double?
    /// True when the rule's own threshold fires no more often than the aim allows; nil without aim.
    public var isAimMet: Bool?
    /// What the most sensitive round threshold does that fires no more often than the aim allows, and no more than half of the
    /// time, under the rule's own `for`; nil without aim, and when none does.
    public var suggested: Step?
    /// Its threshold.
    public var suggestion: Double? { suggested?.threshold }
    /// By ascending threshold: what incidents say of some thresholds, the rule's own and the suggested one among them. Empty
    /// without incidents.
    public var scores: [Score]

    /// What to look for.
    public struct Question: Sendable {
        /// Further `for`s to try.
        public var holds: [Duration] = []
        public var aim: TuningAim?
        public var incidents: [LabelledIncident] = []

        /// Makes a question about the rule's own `for`.
        public init(holds: [Duration] = [], aim: TuningAim? = nil, incidents: [LabelledIncident] = []) {
            self.holds = holds
            self.aim = aim
            self.incidents = incidents
        }
    }

    /// Tries thresholds of a Prometheus rule's first comparison; nil when it compares with nothing that could be moved.
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
        )?.tuning(measured.told, question)
    }

    /// Tries thresholds of the first comparison of a rule of our own; nil when it has none that could be moved.
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
    /// The expression with its first comparison's left side in the comparison's place: the values that a threshold would cut.
    var withoutFirstComparison: Expression {
        switch self {
        case .comparison(_, let a, let b, _, isBool: false): a.isScalar ? b : a
        case .set(let operation, let a, let b, let matching): .set(operation, a.withoutFirstComparison, b, matching)
        default: self
        }
    }
}
