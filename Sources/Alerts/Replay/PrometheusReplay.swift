import Model

extension RuleReplay {
    /// Evaluates the rules of a file at every instant of a grid, each in one pass over the events.
    ///
    /// - Parameters:
    ///   - labels: The labels that counters have; fewer if the exporter has fewer.
    ///   - isWanted: Called before each rule with the number of finished rules and of all rules; false stops the replay.
    /// - Returns: One replay per rule, in the order of the rules.
    public static func run(
        _ rules: [PrometheusRule], over history: EventHistory, on grid: Grid, labels: Set<Label> = Set(Label.allCases),
        options: ReplayOptions = ReplayOptions(), isWanted: (_ done: Int, _ all: Int) -> Bool = { _, _ in true }
    ) throws(ReplayInterrupted) -> [RuleReplay] {
        precondition(
            history.calls.allSatisfy { $0.precision == .exact }
                || CallRequirement(of: rules, on: grid, labels: labels)?.allowsMinutes ?? true,
            "per-minute calls require windows and grids of whole minutes")
        precondition(
            options.resuming.isEmpty || Set(rules.map(\.name)).count == rules.count,
            "resumed rules have unique names")
        let evaluation = ExpressionEvaluation(history, grid, limit: labels)
        let wantsMeasure = options.findings || options.curvePoints > 0
        for rule in rules {
            evaluation.announce(rule.expression)
            if wantsMeasure { evaluation.announce(rule.expression.measured.expression) }
        }
        var replays: [RuleReplay] = []
        for (index, rule) in rules.enumerated() {
            guard isWanted(index, rules.count) else { throw ReplayInterrupted() }
            let replayed = PrometheusReplay(rule, evaluation).replay(options, resuming: options.resuming[rule.name] ?? [:])
            replays.append(replayed)
        }
        return replays
    }
}

/// Replays one rule of a file over a grid.
struct PrometheusReplay {
    let rule: PrometheusRule
    let evaluation: ExpressionEvaluation

    init(_ rule: PrometheusRule, _ evaluation: ExpressionEvaluation) {
        self.rule = rule
        self.evaluation = evaluation
    }

    private var grid: Grid { evaluation.grid }

    /// - Parameter resuming: The states before the start of the grid.
    func replay(_ options: ReplayOptions, resuming: [LabelSet: AlertState] = [:]) -> RuleReplay {
        let measured = rule.expression.measured
        let result = evaluation.evaluate(rule.expression)
        let stream = AlertStream(rule, result, evaluation.tables.values)
        let (spans, states, alerts) = swept(stream, resuming, isBelow: measured.isBelow)
        let fired = spans.indices.filter { !spans[$0].isEmpty }
        let results = fired.map { $0 < stream.resultLabels.count ? stream.resultLabels[$0] : .empty }
        let behind = ErrorsBehindFirings(rule.expression, results, evaluation)
        let beginning = evaluation.tables.history.beginning.nanoseconds
        let intervals = fired.enumerated().flatMap { place, alert in
            spans[alert].map { behind.interval($0, of: place, on: grid, since: beginning) }
        }
        var errors = zip(intervals, behind.counts(intervals)).makeIterator()
        var replay = RuleReplay(
            name: rule.name, grid: grid, hold: rule.hold, keep: rule.keep, measure: measured.measure, alerts: [],
            seriesCount: result.series.count)
        replay.isWithinRounding = evaluation.isWithinRounding
        for (place, alert) in fired.enumerated() {
            let since = resuming[alerts[alert]]?.firingFrom
            let firings = spans[alert].compactMap { span in errors.next().map { firing(span, $0.0, errors: $0.1, since: since) } }
            replay.alerts.append(AlertReplay(labels: alerts[alert], resultLabels: results[place], firings: firings))
        }
        replay.alerts.sort { $0.labels < $1.labels }
        replay.failures = stream.failures.ruleFailures(on: grid)
        for (index, state) in states.enumerated() where state != .inactive { replay.states[alerts[index]] = state }
        if options.findings || options.curvePoints > 0 {
            let vector = evaluation.evaluate(measured.expression)
            replay.curves = CurveSampler(grid: grid, points: options.curvePoints).curves(
                vector, isBelow: measured.isBelow, wanted: firedSeries(vector, Set(results)), limit: 6
            ) { vector.series.labelSet(of: $0, evaluation.tables.values) }
            if options.findings { replay.findings = FindingSearch(rule, evaluation, replay, vector).findings() }
        }
        return replay
    }

    /// Computes the firings and final states of all alerts, including those known only from before the grid.
    private func swept(_ stream: AlertStream, _ resuming: [LabelSet: AlertState], isBelow: Bool)
        -> (spans: [[FiringSpan]], states: [AlertState], alerts: [LabelSet])
    {
        let known = Set(stream.alerts)
        let alerts = stream.alerts + resuming.keys.filter { !known.contains($0) }.sorted()
        let sweep = StateSweep(
            grid: grid, hold: rule.hold.inNanoseconds, keep: rule.keep.inNanoseconds, failures: stream.failures, isBelow: isBelow)
        let initial = resuming.isEmpty ? [] : alerts.map { resuming[$0] ?? .inactive }
        let (spans, states) = sweep.run(stream.changes, alerts: alerts.count, initial: initial)
        return (spans, states, alerts)
    }

    /// - Parameter since: When the firing began, if that was before the grid.
    private func firing(_ span: FiringSpan, _ interval: ErrorsBehindFirings.Interval, errors: Int64, since: Timestamp?) -> Firing
    {
        let activeAt = Timestamp(nanoseconds: span.activeAt)
        return Firing(
            pendingFrom: activeAt, from: span.from < 0 ? since ?? activeAt : grid.instant(span.from),
            resolvedAt: span.to.map(grid.instant), peak: span.peak, firstValue: span.first, errors: errors,
            evidence: Window(
                from: Timestamp(nanoseconds: interval.after &+ 1),
                to: Timestamp(nanoseconds: interval.until &+ 1)))
    }

    /// Returns the series of the measure whose results fired.
    private func firedSeries(_ vector: StepVector, _ fired: Set<LabelSet>) -> Set<Int> {
        fired.isEmpty
            ? []
            : Set((0..<vector.series.count).filter { fired.contains(vector.series.labelSet(of: $0, evaluation.tables.values)) })
    }
}

/// The measured side of a rule's first comparison, and its threshold.
struct MeasuredExpression {
    var expression: Expression
    var relation: Relation?
    var threshold: Double?

    var isBelow: Bool { relation?.isBelow ?? false }
    var measure: RuleMeasure {
        RuleMeasure(text: expression.description, threshold: threshold, relation: relation?.rawValue, isBelow: isBelow)
    }
}

extension Expression {
    /// The left side of the first comparison with its constant; the whole expression if it has no comparison.
    var measured: MeasuredExpression {
        switch self {
        case .comparison(let relation, let a, let b, _, isBool: false):
            if a.isScalar { return MeasuredExpression(expression: b, relation: relation.mirrored, threshold: a.constant) }
            return MeasuredExpression(expression: a, relation: relation, threshold: b.constant)
        case .set(_, let a, _, _): return a.measured
        default: return MeasuredExpression(expression: self)
        }
    }
}
