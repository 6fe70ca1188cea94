import Model

extension RuleReplay {
    /// Evaluates a native rule at every instant of a grid, in one pass over its rows.
    ///
    /// The rows must cover the grid from its start minus the rule's reach to its end; per-minute rows are valid only if
    /// `WindowRule.allowsMinutes` is true.
    public static func run(
        _ rule: WindowRule, over history: WindowHistory, on grid: Grid, options: ReplayOptions = ReplayOptions()
    ) -> RuleReplay {
        WindowReplay(rule, history, grid).replay(options)
    }
}

/// Replays one native rule over a grid.
struct WindowReplay {
    let rule: WindowRule
    let history: WindowHistory
    let grid: Grid

    init(_ rule: WindowRule, _ history: WindowHistory, _ grid: Grid) {
        self.rule = rule
        self.history = history
        self.grid = grid
    }

    /// The measure of the rule, for charts and messages.
    var measure: RuleMeasure {
        guard let (place, comparison, bounds) = rule.condition.first else {
            return RuleMeasure(text: rule.text, threshold: nil, relation: nil, isBelow: false)
        }
        return RuleMeasure(
            text: rule.measures[place].name, threshold: bounds.first, relation: comparison.rawValue,
            isBelow: comparison == .less || comparison == .lessOrEqual)
    }

    /// Returns a group's labels plus the rule's severity.
    private func identity(_ group: Int) -> LabelSet {
        history.groups[group].overwritten(by: rule.severity.map { [LabelPair(rule.severityName, $0.name)] } ?? [])
    }

    func replay(_ options: ReplayOptions) -> RuleReplay {
        var evaluation = WindowEvaluation(rule, history, grid)
        let result = evaluation.run(measures: options.findings || options.curvePoints > 0)
        let measure = measure
        var replay = RuleReplay(
            name: rule.name, grid: grid, hold: rule.hold, keep: rule.keep, measure: measure, alerts: [],
            seriesCount: history.groups.count)
        let resuming = options.resuming[rule.name] ?? [:]
        var alerts = history.groups.indices.map(identity)
        let known = Set(alerts)
        alerts += resuming.keys.filter { !known.contains($0) }.sorted()
        let sweep = StateSweep(
            grid: grid, hold: rule.hold.inNanoseconds, keep: rule.keep.inNanoseconds, failures: .none, isBelow: measure.isBelow)
        let (spans, states) = sweep.run(
            result.firing, alerts: alerts.count, initial: resuming.isEmpty ? [] : alerts.map { resuming[$0] ?? .inactive })
        let fired = spans.indices.filter { !spans[$0].isEmpty }
        let errors = timelines(Set(fired)), reach = rule.reach.inNanoseconds
        for alert in fired {
            let group = alert < history.groups.count ? alert : nil, since = resuming[alerts[alert]]?.firingFrom
            let firings = spans[alert].map { firing($0, group.map { errors[$0] }, reach: reach, since: since) }
            let labels = group.map { history.groups[$0] } ?? LabelSet(alerts[alert].pairs.filter { $0.name != rule.severityName })
            replay.alerts.append(AlertReplay(labels: alerts[alert], resultLabels: labels, firings: firings))
        }
        replay.alerts.sort { $0.labels < $1.labels }
        for (index, state) in states.enumerated() where state != .inactive { replay.states[alerts[index]] = state }
        let vector = StepVector(series: SeriesTable(labels: [], codes: [], count: history.groups.count), changes: result.measure)
        replay.curves = CurveSampler(grid: grid, points: options.curvePoints).curves(
            vector, isBelow: measure.isBelow, wanted: Set(fired), limit: 6
        ) { history.groups[$0] }
        if options.findings { replay.findings = WindowFindings(rule, history, replay, vector).all }
        return replay
    }

    // The errors behind firings.

    /// Times in order, each with the running total of rows.
    private struct Timeline {
        var times: [Int64] = []
        var upTo: [Int64] = []

        /// Returns the number of rows at or before a time.
        func total(_ time: Int64) -> Int64 {
            let count = times.partitioningIndex { $0 > time }
            return count == 0 ? 0 : upTo[count - 1]
        }
    }

    /// Returns the errors of each group that fired.
    private func timelines(_ fired: Set<Int>) -> [Timeline] {
        var lines = [Timeline](repeating: Timeline(), count: history.groups.count)
        guard !fired.isEmpty else { return lines }
        let rows = history.families[rule.errors.family], map = history.familyGroups[rule.errors.family]
        var targets = [[Int]](repeating: [], count: map.isEmpty ? lines.count : Int(map.max() ?? -1) + 1)
        for group in lines.indices where fired.contains(group) { targets[map.isEmpty ? group : Int(map[group])].append(group) }
        for row in rows.times.indices where rows.flags[row] >> UInt32(rule.errors.bit) & 1 == 1 {
            for group in targets[Int(rows.groups[row])] {
                lines[group].times.append(rows.times[row])
                lines[group].upTo.append((lines[group].upTo.last ?? 0) &+ rows.weight(row))
            }
        }
        return lines
    }

    /// - Parameters:
    ///   - reach: How far back the measures look, in nanoseconds.
    ///   - since: When the firing began, if that was before the grid.
    private func firing(_ span: FiringSpan, _ line: Timeline?, reach: Int64, since: Timestamp?) -> Firing {
        let first = grid.instant(max(span.from, 0)).nanoseconds, last = grid.instant((span.to ?? grid.count) - 1).nanoseconds
        let (before, overflow) = first.subtractingReportingOverflow(reach)
        let after = overflow ? .min : before, activeAt = Timestamp(nanoseconds: span.activeAt)
        return Firing(
            pendingFrom: activeAt, from: span.from < 0 ? since ?? activeAt : grid.instant(span.from),
            resolvedAt: span.to.map(grid.instant), peak: span.peak, firstValue: span.first,
            errors: line.map { $0.total(last) - $0.total(after) } ?? 0,
            evidence: Window(from: Timestamp(nanoseconds: after &+ 1), to: Timestamp(nanoseconds: last &+ 1)))
    }
}
