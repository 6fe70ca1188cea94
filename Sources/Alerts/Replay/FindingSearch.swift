import Model

/// Looks at one rule's replay for what its author should know.
struct FindingSearch {
    let rule: PrometheusRule
    let evaluation: ExpressionEvaluation
    let replay: RuleReplay
    /// The measured expression's values.
    let vector: StepVector
    private let measured: MeasuredExpression
    /// The worst value over all series at every instant, and the worst of them all.
    private let worst: [Change], largest: Double?

    init(_ rule: PrometheusRule, _ evaluation: ExpressionEvaluation, _ replay: RuleReplay, _ vector: StepVector) {
        self.rule = rule
        self.evaluation = evaluation
        self.replay = replay
        self.vector = vector
        measured = rule.expression.measured
        worst = CurveMaker.worst(vector, isBelow: measured.isBelow)
        let values = worst.map(\.value).filter(\.isFinite)
        largest = measured.isBelow ? values.min() : values.max()
    }

    private var grid: Grid { evaluation.grid }

    /// In their order of weight; the record of firings is the last one.
    func findings() -> [RuleFinding] {
        [rawCounter, diluted, unit, threshold, clash].compactMap { $0 } + missingLabels + foreignLabels
            + [shortHold, interval, beginning, replay.record].compactMap { $0 }
    }

    /// Where the data begins; nothing for rules that read none.
    private var beginning: RuleFinding? {
        guard !rule.expression.selectors.isEmpty else { return nil }
        return replay.historyBegins(
            evaluation.tables.history.beginning, reach: rule.reach, hasWindow: rule.longestWindow > .zero)
    }

    /// A group that is evaluated in steps of its own.
    private var interval: RuleFinding? {
        guard let interval = rule.interval, interval != grid.step else { return nil }
        return RuleFinding(
            "other-interval",
            "its group asks to be evaluated every \(spelling(interval)), and it was replayed every \(spelling(grid.step)): "
                + "`step \(spelling(interval))` does as the file says")
    }

    private func four(_ value: Double) -> String { GoNumber.fixed(value, "g", precision: 4) }
    private func spelling(_ length: Duration) -> String { PromDuration.spelling(length.inNanoseconds) }

    /// What another expression would have done in the rule's place.
    private func offer(_ expression: Expression, hold: Duration) -> RuleFinding.Offer {
        var other = rule
        other.expression = expression
        other.hold = hold
        let totals = PrometheusReplay(other, evaluation).replay(ReplayOptions()).totals
        return RuleFinding.Offer(text: expression.description, hold: hold, firings: totals.firings, firingTime: totals.firingTime)
    }

    /// A counter compared as it is: it only grows.
    private var rawCounter: RuleFinding? {
        guard measured.threshold != nil, !measured.isBelow, measured.expression.rawSelectors.first != nil else { return nil }
        var window = max(rule.hold, grid.step).inNanoseconds
        // Calls may be known by whole minutes only.
        let minute: Int64 = 60_000_000_000
        if rule.expression.counters.contains(.requests), window % minute != 0 { window = (window / minute + 1) * minute }
        let repaired = rule.expression.withIncrease(window: window)
        let firings = replay.alerts.flatMap(\.firings)
        var sentence = "`\(measured.expression)` counts from the beginning of the history and never falls: once above "
        sentence += "\(four(measured.threshold ?? 0)) it fires for ever"
        if let first = firings.map(\.from).min() {
            let open = firings.count { $0.resolvedAt == nil }
            sentence += "; it fired \(RuleReplay.times(firings.count)), first at \(TimeText.iso(first)), and "
            sentence += open == 0 ? "ended" : open == firings.count ? "did not end" : "\(open) of them did not"
        } else if let largest {
            sentence += "; so far it counts \(four(largest))"
        }
        return RuleFinding("raw-counter", sentence, offer: offer(repaired, hold: .zero))
    }

    /// Each series alone must reach the threshold.
    private var diluted: RuleFinding? {
        guard measured.threshold != nil, !measured.isBelow, vector.series.count > 1, let relation = measured.relation else {
            return nil
        }
        switch measured.expression {
        case .selector, .range: break
        default: return nil
        }
        let named = rule.annotations.reduce(into: Set<String>()) { $0.formUnion($1.template.labelNames) }
        let labels = Set(vector.series.labels.filter { named.contains($0.name) })
        if labels.count == vector.series.labels.count { return nil }
        let sum = Expression.aggregate(.sum, Grouping(keeps: true, labels: labels), measured.expression)
        let summed = CurveMaker.worst(evaluation.evaluate(sum), isBelow: false).map(\.value).filter(\.isFinite).max() ?? 0
        guard let largest, summed > largest else { return nil }
        let together = labels.isEmpty ? "together" : "by " + labels.map(\.name).sorted().joined(separator: ", ")
        return RuleFinding(
            "diluted",
            "each of \(vector.series.count) series must reach \(four(measured.threshold ?? 0)) alone: the largest reached "
                + "\(four(largest)), \(together) they reached \(four(summed))",
            offer: offer(
                .comparison(relation, sum, .number(measured.threshold ?? 0), VectorMatching(), isBool: false), hold: rule.hold))
    }

    /// What a number compared with `rate` or with a quotient of two counters stands for.
    private var unit: RuleFinding? {
        guard let threshold = measured.threshold else { return nil }
        if let (window, _) = measured.expression.countedWindow, let window, measured.expression.usesRate, let needed = neededCount
        {
            let word = measured.expression.unitWord
            return RuleFinding(
                "rate-unit",
                "`rate` counts \(word)s a second, it is no share of calls: \(measured.relation?.rawValue ?? "") \(four(threshold)) is "
                    + "\(measured.isBelow ? "at most" : "at least") \(Counted(needed, word).text) in \(PromDuration.spelling(window))"
            )
        }
        if case .arithmetic(.over, let a, let b, _) = measured.expression, a.counters.contains(where: { $0 != .requests }),
            b.counters == [.requests]
        {
            return RuleFinding(
                "ratio-unit", "the value is a ratio of errors to calls: \(four(threshold)) is \(four(threshold * 100)) %")
        }
        return nil
    }

    /// For measures that are a count times a factor: the least count that fires (the largest, for rules on small values).
    private var neededCount: Int64? {
        guard let (_, factor) = measured.expression.countedWindow, let threshold = measured.threshold,
            let relation = measured.relation,
            threshold.isFinite, relation != .equal, relation != .notEqual
        else { return nil }
        guard let near = Int64(exactly: (threshold / factor).rounded()), near.magnitude < 1 << 50 else { return nil }
        let candidates = near - 2...near + 2
        return relation.isBelow
            ? candidates.last { relation.holds(Double($0) * factor, threshold) }
            : candidates.first { relation.holds(Double($0) * factor, threshold) }
    }

    private var threshold: RuleFinding? {
        guard let threshold = measured.threshold, let relation = measured.relation, let largest else { return nil }
        var missed = ""
        if !measured.isBelow, let needed = neededCount, let (window, factor) = measured.expression.countedWindow {
            let seen = Int64(exactly: (largest / factor).rounded()) ?? 0, word = measured.expression.unitWord
            let within = window.map { " in \(PromDuration.spelling($0))" } ?? ""
            missed = "; it held \(Counted(seen, word).text)\(within), \(needed - seen) short of \(needed)"
        }
        return ThresholdFinding(worst, relation, threshold).finding(missed: missed)
    }

    private var clash: RuleFinding? {
        guard let first = replay.failures.first else { return nil }
        let count = replay.failures.reduce(0) { $0 + $1.evaluations }
        var sentence =
            "failed at \(count) of \(Counted(grid.count, "evaluation").text), first at \(TimeText.iso(first.window.from)): \(first.message)"
        let overwritten = rule.labels.map(\.name).filter { name in vector.series.labels.contains { $0.name == name } }
        if first.message == AlertStream.duplicates, !overwritten.isEmpty {
            sentence += "; the rule writes over the result's own \(overwritten.map { "`\($0)`" }.joined(separator: ", "))"
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
                        "the \(what) `\(text.name)` names the label `\(name)`, which the result does not have: it will be empty"
                            + (isOwn ? " (templates do not see the rule's own labels)" : "")))
            }
        }
        return found
    }

    /// Matchers on labels that a counter does not carry.
    private var foreignLabels: [RuleFinding] {
        var found: [RuleFinding] = []
        for selector in Set(rule.expression.selectors).sorted(by: { $0.description < $1.description }) {
            for matcher in selector.matchers {
                let carries = selector.counter.labels.contains(matcher.label)
                if carries && evaluation.tables.limit.contains(matcher.label) { continue }
                found.append(
                    RuleFinding(
                        "foreign-label",
                        "`\(selector.counter.name)` has no label `\(matcher.label.name)`\(carries ? " among those exported" : ""): "
                            + "`\(matcher.label.name)\(matcher.kind.rawValue)` compares with the empty text"))
            }
        }
        return found
    }

    /// Errors that all came in less than `for` fire all the same, because the window holds on to them.
    private var shortHold: RuleFinding? {
        let window = rule.longestWindow
        guard rule.hold > .zero, window >= rule.hold, !replay.alerts.isEmpty else { return nil }
        let behind = ErrorsBehind(rule.expression, replay.alerts.map(\.resultLabels), evaluation)
        var bursts = 0, all = 0
        for (index, alert) in replay.alerts.enumerated() {
            for firing in alert.firings {
                all += 1
                let stretch = ErrorsBehind.Stretch(
                    result: index, after: (firing.pendingFrom - window).nanoseconds, until: firing.from.nanoseconds)
                if let spread = behind.spread(stretch), spread < rule.hold.inNanoseconds { bursts += 1 }
            }
        }
        var sentence =
            "`for` \(spelling(rule.hold)) is not longer than the window \(spelling(window)): a burst shorter than `for` still fires, "
        sentence += "because the window outlives it"
        sentence +=
            bursts > 0
            ? "; \(bursts) of \(Counted(all, "firing").text) \(bursts == 1 ? "rests" : "rest") on such a burst"
            : "; none of \(Counted(all, "firing").text) rests on one so far"
        return RuleFinding("short-for", sentence)
    }
}
