import Alerts
import Engine
import Model
import QueryLanguage

/// What one rule would have done, and what is needed to ask about it.
package struct RuleTestResult {
    package var rule: RuleUnderTest
    package var replay: RuleReplay
    /// The values of the keys behind each alert's labels; empty for rules of Prometheus.
    package var keys: [LabelSet: [Value]] = [:]
    /// What the selectors of a rule of Prometheus say of the errors they count.
    package var selected: CheckedPredicate = .always(true)

    /// The errors behind one firing, as a listing.
    package func errors(behind firing: Firing, of alert: AlertReplay) -> CheckedQuery {
        switch rule.kind {
        case .own(let own):
            // A group that is not among the rows read is found by its labels.
            let keys = keys[alert.resultLabels] ?? own.keys { alert.resultLabels[$0] }
            return CheckedQuery(behind: own, keys: keys, in: firing.evidence, knownAt: own.asksForRecovery ? firing.from : nil)
        case .prometheus:
            let values = alert.resultLabels.pairs.compactMap { pair -> (field: FieldID, text: String)? in
                Label(name: pair.name).flatMap { SelectedErrors.fields[$0] }.map { ($0, pair.value) }
            }.sorted { $0.field.rawValue < $1.field.rawValue }
            return CheckedQuery(
                errorsWith: values, and: selected, in: firing.evidence, evidence: rule.evidence, zone: rule.zone)
        }
    }
}

/// Rules over the history of a store: reads once what they need, and replays them.
package struct RuleTest {
    package let engine: any Engine
    /// The labels that counters of Prometheus carry.
    package var labels = Set(Label.allCases)
    /// Asked now and then with what is done and all; false ends the trial.
    package var isWanted: (Int, Int) -> Bool = { _, _ in true }
    /// How much longer before the grid rows are read than windows reach, so that groups are known.
    package var extraReach: Duration = .zero

    /// Prepares to read an engine's data.
    package init(engine: any Engine, labels: Set<Label> = Set(Label.allCases)) {
        self.engine = engine
        self.labels = labels
    }

    /// The replays of the rules, in their order.
    /// - Throws: `Interrupted`, `ReplayInterrupted`, `RuleTrouble`, or trouble of the store.
    package func run(_ rules: [RuleUnderTest], on grid: Grid, options: ReplayOptions) throws -> [RuleTestResult] {
        try engine.snapshot {
            var results = [RuleTestResult?](repeating: nil, count: rules.count)
            try runPrometheus(rules, on: grid, options, &results)
            let own = try NativeRuleReader(rules.compactMap(\.checked), engine, on: grid, extraReach: extraReach)
            for (index, rule) in rules.enumerated() {
                guard let checked = rule.checked else { continue }
                guard isWanted(index, rules.count) else { throw Interrupted() }
                let read = try own.read(checked, name: rule.name, extraReach: extraReach) { isWanted(index, rules.count) }
                let replay = RuleReplay.run(read.rule, over: read.history, on: grid, options: options)
                results[index] = RuleTestResult(rule: rule, replay: replay, keys: read.keys)
            }
            return results.compactMap { $0 }
        }
    }

    /// Rules that count the same evidence share one history.
    private func runPrometheus(
        _ rules: [RuleUnderTest], on grid: Grid, _ options: ReplayOptions, _ results: inout [RuleTestResult?]
    ) throws {
        var places: [Int: [Int]] = [:]
        for (index, rule) in rules.enumerated() {
            if case .prometheus = rule.kind { places[rule.evidence.rawValue, default: []].append(index) }
        }
        for (evidence, places) in places.sorted(by: { $0.key < $1.key }) {
            let read = places.compactMap { place in
                if case .prometheus(let rule) = rules[place].kind { rule } else { nil as PrometheusRule? }
            }
            let stored = StoredHistory(
                engine: engine, evidence: Evidence(rawValue: evidence), labels: labels,
                allowsMinutes: CallRequirement(of: read, on: grid, labels: labels)?.allowsMinutes ?? true)
            guard isWanted(0, rules.count) else { throw Interrupted() }
            let history =
                try stored.history(until: grid.end, for: read)
                ?? EventHistory(beginning: grid.start, values: LabelValues(), errors: EventColumns(labels: []))
            func replayed(_ history: EventHistory) throws -> [RuleReplay] {
                try RuleReplay.run(read, over: history, on: grid, labels: labels, options: options, isWanted: isWanted)
            }
            var replays = try replayed(history)
            // Most values lie far from their thresholds: only then is it worth reading every call.
            if replays.contains(where: \.isWithinRounding),
                let all = try stored.historyOfAllLabels(until: grid.end, for: read)
            {
                replays = try replayed(all)
            }
            let names = try engine.counterNames()
            for (place, replay) in zip(places, replays) {
                results[place] = RuleTestResult(rule: rules[place], replay: replay)
                if case .prometheus(let rule) = rules[place].kind {
                    results[place]?.selected = SelectedErrors(names).condition(rule.errorSelections)
                }
            }
        }
    }

    /// How often a rule would fire under other thresholds; nil when it has none that could be moved.
    package func tune(_ rule: RuleUnderTest, on grid: Grid, _ question: RuleTuning.Question) throws -> RuleTuning? {
        try engine.snapshot {
            switch rule.kind {
            case .own(let own):
                let read = try NativeRuleReader([own], engine, on: grid).read(own, name: rule.name) { isWanted(0, 1) }
                return RuleTuning.run(read.rule, over: read.history, on: grid, question: question)
            case .prometheus(let prometheus):
                let stored = StoredHistory(
                    engine: engine, evidence: rule.evidence, labels: labels,
                    allowsMinutes: CallRequirement(of: [prometheus], on: grid, labels: labels)?.allowsMinutes ?? true)
                guard let history = try stored.history(until: grid.end, for: [prometheus]) else { return nil }
                return RuleTuning.run(prometheus, over: history, on: grid, labels: labels, question: question)
            }
        }
    }
}
