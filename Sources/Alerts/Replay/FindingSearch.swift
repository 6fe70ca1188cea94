import Model

/// Searches one rule's replay for facts that its author should know.
struct FindingSearch {
    let rule: PrometheusRule
    let evaluation: ExpressionEvaluation
    let replay: RuleReplay
    /// The values of the measured expression.
    let vector: StepVector
    private let measured: MeasuredExpression
    /// The largest finite value.
    private let largest: Double?

    init(_ rule: PrometheusRule, _ evaluation: ExpressionEvaluation, _ replay: RuleReplay, _ vector: StepVector) {
        self.rule = rule
        self.evaluation = evaluation
        self.replay = replay
        self.vector = vector
        measured = rule.expression.measured
        largest = vector.changes.map(\.value).filter(\.isFinite).max()
    }

    private var grid: Grid { evaluation.grid }

    /// Returns the findings, most important first; the record of firings is last.
    func findings() -> [RuleFinding] {
        [rawCounter, diluted, unit, threshold, clash].compactMap { $0 } + missingLabels + foreignLabels
            + SelectorFindings(rule.expression, evaluation).all
            + [shortHold, interval, beginning, ending, replay.record].compactMap { $0 }
    }

    /// Reports where the data begins; nil for rules that read no data.
    private var beginning: RuleFinding? {
        guard !rule.expression.selectors.isEmpty else { return nil }
        return replay.historyBegins(
            evaluation.tables.history.beginning, reach: rule.reach, hasWindow: rule.longestWindow > .zero)
    }

    /// Reports where the data ends; nil for rules that read no data.
    private var ending: RuleFinding? {
        rule.expression.selectors.isEmpty
            ? nil : replay.historyEnds(evaluation.tables.history.ending, reach: rule.longestWindow)
    }

    /// Reports a group interval that differs from the replay's step.
    private var interval: RuleFinding? {
        guard let interval = rule.interval, interval != grid.step else { return nil }
        return RuleFinding(
            "other-interval",
            "its group has an interval of \(spelling(interval)), but the replay used \(spelling(grid.step)); "
                + "`step \(spelling(interval))` matches the file")
    }

    private var values: MeasuredValue { MeasuredValue(relation: measured.relation, threshold: measured.threshold) }
    private func spelling(_ length: Duration) -> String { PromDuration.spelling(length.inNanoseconds) }

    /// True if the rule is a single comparison, so that facts about the measure are facts about the rule.
    private var isBare: Bool { if case .comparison = rule.expression { true } else { false } }
    /// True if large values fire the rule.
    private var isAbove: Bool { measured.relation == .greater || measured.relation == .greaterOrEqual }

    /// Evaluates the rule with another expression.
    private func suggestion(_ expression: Expression, hold: Duration) -> RuleFinding.Suggestion {
        var other = rule
        other.expression = expression
        other.hold = hold
        let totals = PrometheusReplay(other, evaluation).replay(ReplayOptions()).totals
        return RuleFinding.Suggestion(
            text: expression.description, hold: hold, firings: totals.firings, firingTime: totals.firingTime)
    }

    /// Reports a raw counter in a comparison: it only increases.
    private var rawCounter: RuleFinding? {
        if measured.threshold != nil, isAbove, case .aggregate(.topk, _, let inner) = measured.expression, inner.neverFalls {
            return RuleFinding(
                "raw-counter", "`\(measured.expression)` counts since the beginning of the history, not recent events",
                suggestion: suggestion(rule.expression.withIncrease(window: rawWindow), hold: .zero))
        }
        guard let threshold = measured.threshold, isAbove, measured.expression.neverFalls else { return nil }
        let repaired = rule.expression.withIncrease(window: rawWindow)
        let crossed = "\(measured.relation == .greater ? "above" : "at or above") \(GoNumber.plain(threshold))"
        var sentence = "`\(measured.expression)` counts since the beginning of the history and never decreases: once \(crossed) "
        guard isBare else {
            sentence += "it stays there, and only the rest of the rule can resolve the alert"
            return RuleFinding("raw-counter", sentence, suggestion: suggestion(repaired, hold: .zero))
        }
        sentence += "it fires forever"
        let firings = replay.alerts.flatMap(\.firings)
        if let first = firings.map(\.from).min() {
            let open = firings.count { $0.resolvedAt == nil }
            sentence +=
                "; it fired \(RuleReplay.times(firings.count)), \(firings.count == 1 ? "" : "first ")at \(TimeText.iso(first)), and "
            sentence += open == 0 ? "resolved" : open == firings.count ? "did not resolve" : "\(open) of them did not resolve"
        } else if let largest {
            sentence += "; its count so far is \(values.text(largest))"
        }
        return RuleFinding("raw-counter", sentence, suggestion: suggestion(repaired, hold: .zero))
    }

    /// The window for counting new events instead of all events, in nanoseconds.
    private var rawWindow: Int64 {
        let window = max(rule.hold, grid.step).inNanoseconds
        // Calls may be available per minute only.
        let minute: Int64 = 60_000_000_000
        return rule.expression.counters.contains(.requests) && window % minute != 0 ? (window / minute + 1) * minute : window
    }

    /// Reports a threshold that no single series reaches although their sum would.
    private var diluted: RuleFinding? {
        guard isBare, isAbove, let threshold = measured.threshold, let relation = measured.relation, vector.series.count > 1
        else { return nil }
        switch measured.expression {
        case .selector: break
        case .range(let function, _, _) where function.countsEvents: break
        default: return nil
        }
        let named = rule.annotations.reduce(into: Set<String>()) { $0.formUnion($1.template.labelNames) }
        let labels = Set(vector.series.labels.filter { named.contains($0.name) })
        if labels.count == vector.series.labels.count { return nil }
        let sum = Expression.aggregate(.sum, Grouping(keeps: true, labels: labels), measured.expression)
        let summed = CurveSampler.worst(evaluation.evaluate(sum), isBelow: false).map(\.value).filter(\.isFinite).max() ?? 0
        guard let largest, summed > largest, !relation.holds(largest, threshold), relation.holds(summed, threshold) else {
            return nil
        }
        let together = labels.isEmpty ? "their sum" : "their sum by " + labels.map(\.name).sorted().joined(separator: ", ")
        return RuleFinding(
            "diluted",
            "each of \(vector.series.count) series must be \(values.condition) on its own: the largest reached "
                + "\(values.text(largest)), \(together) reached \(values.text(summed))",
            suggestion: suggestion(
                .comparison(relation, sum, .number(threshold), VectorMatching(), isBool: false), hold: rule.hold))
    }

    /// Explains the unit of a threshold compared with `rate` or with a ratio of two counters.
    private var unit: RuleFinding? {
        guard let threshold = measured.threshold, let relation = measured.relation, relation != .equal, relation != .notEqual
        else { return nil }
        if let (window, factor) = measured.expression.countedWindow, let window, measured.expression.usesRate,
            let needed = neededCount
        {
            let word = measured.expression.unitWord
            var sentence = "`rate` is \(word)s per second, not a share of calls: \(values.condition) means "
            // Several series are summed as rates, so rounding decides exactly at the threshold.
            let bound = (threshold / factor).rounded()
            let isClose = abs(threshold / factor - bound) <= 1e-9 * max(bound, 1), isSum = addsUpSeries
            sentence += "\(relation.isBelow ? "at most" : "at least") \(Counted(needed, word).text) in "
            sentence += PromDuration.spelling(window)
            if isClose, isSum { sentence += "; at exactly \(Int64(bound)), rounding decides" }
            return RuleFinding("rate-unit", sentence)
        }
        guard threshold != 0, measured.expression.isErrorsOfCalls else { return nil }
        return RuleFinding(
            "ratio-unit",
            "the value is a ratio of errors to calls: \(GoNumber.plain(threshold)) means \(percent(threshold))%")
    }

    /// True if the expression sums the rates of several series.
    private var addsUpSeries: Bool {
        measured.expression.all.contains { if case .aggregate(.sum, _, _) = $0 { true } else { false } }
            && measured.expression.selectors.contains {
                $0.counter == .requests
                    || evaluation.tables.events(of: $0, needed: evaluation.tables.limit.intersection($0.counter.labels)).series
                        .count > 1
            }
    }

    /// Formats a ratio as a percentage, without binary rounding noise.
    private func percent(_ ratio: Double) -> String { GoNumber.plain((ratio * 100 * 1e10).rounded() / 1e10) }

    /// For a count times a factor, the smallest count that fires (the largest for rules that fire on small values).
    private var neededCount: Int64? {
        guard let (_, factor) = measured.expression.countedWindow, let threshold = measured.threshold,
            let relation = measured.relation,
            threshold.isFinite, relation != .equal, relation != .notEqual
        else { return nil }
        guard let near = Int64(exactly: (threshold / factor).rounded()), near.magnitude < 1 << 50 else { return nil }
        // Counts are never negative.
        let candidates = max(near - 2, 0)...max(near + 2, 0)
        return relation.isBelow
            ? candidates.last { relation.holds(Double($0) * factor, threshold) }
            : candidates.first { relation.holds(Double($0) * factor, threshold) }
    }

    private var threshold: RuleFinding? {
        guard let threshold = measured.threshold, let relation = measured.relation else { return nil }
        var missed = ""
        if isAbove, let largest, let needed = neededCount, let (window, factor) = measured.expression.countedWindow,
            let seen = Int64(exactly: (largest / factor).rounded()), needed > seen
        {
            let within = window.map { " in \(PromDuration.spelling($0))" } ?? ""
            missed =
                "; the peak was \(Counted(seen, measured.expression.unitWord).text)\(within), \(needed - seen) short of \(needed)"
        }
        return ThresholdFinding(vector, relation, threshold).finding(
            of: isBare ? nil : measured.expression.description, missed: missed)
    }

    private var clash: RuleFinding? {
        guard let first = replay.failures.first else { return nil }
        let count = replay.failures.reduce(0) { $0 + $1.evaluations }
        var sentence =
            "failed at \(count) of \(Counted(grid.count, "evaluation").text), first at \(TimeText.iso(first.window.from)): \(first.message)"
        let overwritten = rule.labels.map(\.name).filter { name in vector.series.labels.contains { $0.name == name } }
        if first.message == AlertStream.duplicates, !overwritten.isEmpty {
            sentence +=
                "; the rule overrides the result's label\(overwritten.count == 1 ? "" : "s") \(overwritten.map { "`\($0)`" }.joined(separator: ", "))"
        }
        return RuleFinding("failed", sentence)
    }

    private var missingLabels: [RuleFinding] {
        let result = evaluation.evaluate(rule.expression).series
        var present = Set(
            result.labels.filter { label in result.count == 0 || result.column(label).contains { $0 != 0 } }.map(\.name))
        if rule.expression.metricName != nil { present.insert("__name__") }
        var found: [RuleFinding] = []
        for (what, text) in rule.labels.map({ ("label", $0) }) + rule.annotations.map({ ("annotation", $0) }) {
            for name in text.template.labelNames.sorted() where !present.contains(name) {
                let isOwn = rule.labels.contains { $0.name == name }
                found.append(
                    RuleFinding(
                        "missing-label",
                        "the \(what) `\(text.name)` uses the label `\(name)`, which the result does not have; it will be empty"
                            + (isOwn ? " (templates do not see the rule's own labels)" : "")))
            }
        }
        return found
    }

    /// Matchers on labels that the counter does not have.
    private var foreignLabels: [RuleFinding] {
        var found: [RuleFinding] = []
        for selector in Set(rule.expression.selectors).sorted(by: { $0.description < $1.description }) {
            for matcher in selector.matchers {
                let carries = selector.counter.labels.contains(matcher.label)
                if carries && evaluation.tables.limit.contains(matcher.label) { continue }
                found.append(
                    RuleFinding(
                        "foreign-label",
                        "`\(selector.counter.name)` \(carries ? "is exported without the" : "has no") label `\(matcher.label.name)`: "
                            + "`\(matcher.label.name)\(matcher.kind.rawValue)` compares with the empty string"))
            }
        }
        return found
    }

    /// Reports that a burst shorter than `for` can still fire because the window is longer.
    private var shortHold: RuleFinding? {
        guard rule.hold > .zero, let length = rule.expression.outlasts, length < .max, length >= rule.hold.inNanoseconds,
            !replay.alerts.isEmpty
        else { return nil }
        let sentence =
            "`for` \(spelling(rule.hold)) is not longer than the window \(PromDuration.spelling(length)): a burst shorter than "
            + "`for` can still fire, because the window outlasts it"
        return RuleFinding("short-for", sentence + (bursts(length).map { "; " + $0 } ?? ""))
    }

    /// Reports how many firings a burst shorter than `for` caused; nil if the condition is more than one count of errors.
    private func bursts(_ window: Int64) -> String? {
        guard isBare, measured.expression.counters != [.requests] else { return nil }
        let behind = ErrorsBehindFirings(measured.expression, replay.alerts.map(\.resultLabels), evaluation)
        let delay = measured.expression.selectors.first?.offset ?? 0
        var bursts = 0, all = 0
        for (index, alert) in replay.alerts.enumerated() {
            for firing in alert.firings {
                all += 1
                let interval = ErrorsBehindFirings.Interval(
                    result: index, after: (firing.pendingFrom - .nanoseconds(delay) - .nanoseconds(window)).nanoseconds,
                    until: (firing.from - .nanoseconds(delay)).nanoseconds)
                if let spread = behind.spread(interval), spread < rule.hold.inNanoseconds { bursts += 1 }
            }
        }
        return bursts > 0
            ? "\(bursts) of \(Counted(all, "firing").text) \(bursts == 1 ? "was" : "were") caused by such a burst"
            : "none of \(Counted(all, "firing").text) so far was caused by one"
    }
}
