import Model

/// Searches the replay of a native rule for facts that its author should know.
struct WindowFindings {
    let rule: WindowRule
    let history: WindowHistory
    let replay: RuleReplay
    /// The values of the first compared measure, by group.
    let vector: StepVector

    init(_ rule: WindowRule, _ history: WindowHistory, _ replay: RuleReplay, _ vector: StepVector) {
        self.rule = rule
        self.history = history
        self.replay = replay
        self.vector = vector
    }

    private var grid: Grid { replay.grid }
    private var shown: MeasuredValue { MeasuredValue(relation: compared?.relation, threshold: compared?.threshold) }
    private func spelling(_ length: Duration) -> String { PromDuration.spelling(length.inNanoseconds) }

    /// The findings, most important first; the record of firings is last.
    var all: [RuleFinding] {
        [
            diluted, threshold, shortHold, replay.historyBegins(history.beginning, reach: rule.reach),
            replay.historyEnds(history.ending, reach: rule.reach), replay.record,
        ].compactMap { $0 }
    }

    /// The first comparison, to which the replay's threshold belongs.
    private var compared: (measure: WindowMeasure, relation: Relation, threshold: Double)? {
        guard let (place, _, _) = rule.condition.first, let word = replay.measure.relation,
            let relation = Relation(rawValue: word == "=" ? "==" : word), let threshold = replay.measure.threshold
        else { return nil }
        return (rule.measures[place], relation, threshold)
    }

    /// True if the rule is a single comparison.
    private var isBare: Bool { if case .comparison = rule.condition { true } else { false } }

    private var threshold: RuleFinding? {
        guard let (measure, relation, threshold) = compared else { return nil }
        let missed = relation == .greater || relation == .greaterOrEqual ? missed(measure, relation, threshold) : nil
        return ThresholdFinding(vector, relation, threshold).finding(
            of: isBare ? nil : measure.name, missed: missed.map { "; " + $0 } ?? "")
    }

    /// Describes by how much the largest value fell short, as a count; nil if that is unknown.
    private func missed(_ measure: WindowMeasure, _ relation: Relation, _ threshold: Double) -> String? {
        guard threshold.isFinite else { return nil }
        var largest: Change?
        for change in vector.changes where change.value.isFinite && change.value > largest?.value ?? -.infinity {
            largest = change
        }
        guard let largest else { return nil }
        let factor: Double, counted: RowClass
        var whole = ""
        switch measure.quantity {
        case .count(let rows):
            counted = rows
            factor = measure.perSeconds.map { $0 / measure.length.inSeconds } ?? 1
        case .ratio(let part, let all) where measure.perSeconds == nil:
            guard let calls = count(all, measure, at: largest), calls > 0 else { return nil }
            counted = part
            factor = 1 / calls
            whole = measure.name.hasPrefix("error_rate") ? " of \(Counted(Int64(calls), "call").text)" : " of \(Int64(calls))"
        default: return nil
        }
        guard factor > 0, let seen = Int64(exactly: (largest.value / factor).rounded()),
            let near = Int64(exactly: (threshold / factor).rounded()), near.magnitude < 1 << 50,
            let needed = (max(near - 2, 0)...max(near + 2, 0)).first(where: { relation.holds(Double($0) * factor, threshold) }),
            needed > seen
        else { return nil }
        let word = isOfErrors(counted) ? "error" : "row"
        return
            "the peak was \(Counted(seen, word).text)\(whole) in \(spelling(measure.length)), \(needed - seen) short of \(needed)"
    }

    /// True if the counted rows are the errors behind the rule's firings.
    private func isOfErrors(_ counted: RowClass) -> Bool {
        guard counted.family == rule.errors.family else { return false }
        let rows = history.families[counted.family]
        return rows.flags.allSatisfy { $0 >> UInt32(counted.bit) & 1 == 0 || $0 >> UInt32(rule.errors.bit) & 1 == 1 }
    }

    /// Returns the number of rows of a class in the measure's window at a change.
    private func count(_ rows: RowClass, _ measure: WindowMeasure, at change: Change) -> Double? {
        var other = rule
        other.measures = [WindowMeasure(.count(rows), over: measure.length, offset: measure.offset, name: "count")]
        other.condition = .comparison(measure: 0, .greaterOrEqual, [0])
        var evaluation = WindowEvaluation(other, history, grid)
        return evaluation.run(measures: true).measure.last { $0.series == change.series && $0.instant <= change.instant }?.value
    }

    /// Reports a threshold that no single group reaches although their sum would.
    private var diluted: RuleFinding? {
        guard replay.alerts.isEmpty, history.groups.count > 1, case .comparison(_, _, let bounds) = rule.condition,
            bounds.count == 1, let (measure, relation, threshold) = compared, relation == .greater || relation == .greaterOrEqual,
            case .count(let rows) = measure.quantity, history.familyGroups[rows.family].isEmpty
        else { return nil }
        // The counts of groups are additive.
        var sum = 0.0, largest = 0.0, most = 0.0
        var values = [Double](repeating: 0, count: history.groups.count), changes: [Change] = []
        for (place, change) in vector.changes.enumerated() {
            let value = change.value.isFinite ? change.value : 0
            sum += value - values[Int(change.series)]
            values[Int(change.series)] = value
            largest = max(largest, value)
            if place + 1 < vector.changes.count, vector.changes[place + 1].instant == change.instant { continue }
            most = max(most, sum)
            changes.append(Change(change.instant, 0, relation.holds(sum, threshold) ? sum : .absent))
        }
        guard most > largest, relation.holds(most, threshold), !relation.holds(largest, threshold) else { return nil }
        let sweep = StateSweep(
            grid: grid, hold: rule.hold.inNanoseconds, keep: rule.keep.inNanoseconds, failures: .none, isBelow: false)
        let spans = sweep.run(changes, alerts: 1, initial: []).firings[0]
        guard !spans.isEmpty else { return nil }
        let lengths = spans.map { grid.instant($0.to ?? grid.count - 1) - grid.instant(max($0.from, 0)) }
        return RuleFinding(
            "diluted",
            "each of \(history.groups.count) series must be \(shown.condition) on its own: the largest reached "
                + "\(shown.text(largest)), their sum reached \(shown.text(most))",
            suggestion: RuleFinding.Suggestion(
                text: "the same rule without `by`", hold: rule.hold, firings: spans.count,
                firingTime: lengths.reduce(.zero) { $0 + $1 }))
    }

    private var shortHold: RuleFinding? {
        guard rule.hold > .zero, let length = outlasts(rule.condition), length >= rule.hold, !replay.alerts.isEmpty else {
            return nil
        }
        return RuleFinding(
            "short-for",
            "`for` \(spelling(rule.hold)) is not longer than the window \(spelling(length)): a burst shorter than `for` can still "
                + "fire, because the window outlasts it")
    }

    /// How long a condition can hold after the last row that made it true: the shortest window of the conditions that must hold
    /// together; nil if unknown.
    private func outlasts(_ condition: WindowCondition) -> Duration? {
        switch condition {
        case .comparison(let place, .greater, _), .comparison(let place, .greaterOrEqual, _):
            if case .change = rule.measures[place].quantity { return nil }
            return rule.measures[place].length
        case .and(let a, let b):
            guard let a = outlasts(a), let b = outlasts(b) else { return nil }
            return min(a, b)
        case .or(let a, let b):
            guard let a = outlasts(a), let b = outlasts(b) else { return nil }
            return max(a, b)
        case .comparison, .isMissing, .not, .always: return nil
        }
    }
}
