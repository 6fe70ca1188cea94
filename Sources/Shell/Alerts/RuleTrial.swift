import Alerts
import Model
import QueryLanguage
import Storage

/// What one rule would have done, and what is needed to ask about it.
struct TrialResult {
    var rule: TriedRule
    var replay: RuleReplay
    /// The values of the keys behind each alert's labels; empty for rules of Prometheus.
    var keys: [LabelSet: [Value]] = [:]

    /// The errors behind one firing, as a listing.
    func errors(behind firing: Firing, of alert: AlertReplay) -> CheckedQuery {
        switch rule.kind {
        case .own(let own):
            return CheckedQuery(behind: own, keys: keys[alert.resultLabels] ?? keys[alert.labels] ?? [], in: firing.evidence)
        case .prometheus(let prometheus):
            var values = alert.resultLabels.pairs.compactMap { pair -> (field: FieldID, text: String)? in
                Label(name: pair.name).flatMap { TrialResult.fields[$0] }.map { ($0, pair.value) }
            }
            // Conditions that the result's labels do not repeat.
            let text = prometheus.text
            if text.contains(Counter.rateLimits.name) { values.append((.type, ErrorType.rateLimit.name)) }
            for (label, field) in TrialResult.fields where !values.contains(where: { $0.field == field }) {
                if let value = TrialResult.equals(label, in: text) { values.append((field, value)) }
            }
            values.sort { $0.field.rawValue < $1.field.rawValue }
            return CheckedQuery(errorsWith: values, in: firing.evidence, evidence: rule.evidence, zone: rule.zone)
        }
    }

    /// The field of the language that a label stands for.
    private static let fields: [Label: FieldID] = [
        .provider: .provider, .model: .model, .agent: .agent, .errorType: .type, .severity: .severity, .statusCode: .status,
        .environment: .environment, .service: .service,
    ]

    /// The value that every selector of an expression asks of a label by `=`; nil when they ask for several or none.
    private static func equals(_ label: Label, in text: String) -> String? {
        let parts = text.split(separator: label.name + "=\"", omittingEmptySubsequences: false)
        let values = parts.dropFirst().map { String($0.prefix { $0 != "\"" }) }
        return Set(values).count == 1 ? values.first : nil
    }
}

/// Rules over the history of a store: reads once what they need, and replays them.
struct RuleTrial {
    let store: Store
    /// The labels that counters of Prometheus carry.
    var labels = Set(Label.allCases)
    /// Asked now and then with what is done and all; false ends the trial.
    var isWanted: (Int, Int) -> Bool = { _, _ in true }
    /// How much longer before the grid rows are read than windows reach, so that groups are known.
    var extraReach: Duration = .zero

    /// The replays of the rules, in their order.
    /// - Throws: `StoreInterrupted`, `ReplayInterrupted`, `RuleTrouble`, or trouble of the store.
    func run(_ rules: [TriedRule], on grid: Grid, options: ReplayOptions) throws -> [TrialResult] {
        try store.snapshot {
            var results = [TrialResult?](repeating: nil, count: rules.count)
            try runPrometheus(rules, on: grid, options, &results)
            for (index, rule) in rules.enumerated() {
                guard case .own(let own) = rule.kind else { continue }
                guard isWanted(index, rules.count) else { throw StoreInterrupted() }
                results[index] = try run(own, of: rule, on: grid, options)
            }
            return results.compactMap { $0 }
        }
    }

    /// Rules that count the same evidence share one history.
    private func runPrometheus(
        _ rules: [TriedRule], on grid: Grid, _ options: ReplayOptions, _ results: inout [TrialResult?]
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
                store: store, evidence: Evidence(rawValue: evidence), labels: labels,
                allowsMinutes: CallRequirement(of: read, on: grid, labels: labels)?.allowsMinutes ?? true)
            guard isWanted(0, rules.count) else { throw StoreInterrupted() }
            let history =
                try stored.history(until: grid.end, for: read)
                ?? EventHistory(beginning: grid.start, values: LabelValues(), errors: EventColumns(labels: []))
            let replays = try RuleReplay.run(read, over: history, on: grid, labels: labels, options: options, isWanted: isWanted)
            for (place, replay) in zip(places, replays) { results[place] = TrialResult(rule: rules[place], replay: replay) }
        }
    }

    private func run(_ own: CheckedRule, of rule: TriedRule, on grid: Grid, _ options: ReplayOptions) throws -> TrialResult {
        let read = try OwnRules(store: store).read(own, name: rule.name, on: grid, extraReach: extraReach) { isWanted(0, 1) }
        let replay = RuleReplay.run(read.rule, over: read.history, on: grid, options: options)
        return TrialResult(rule: rule, replay: replay, keys: read.keys)
    }

    /// How often a rule would fire under other thresholds; nil when it has none that could be moved.
    func tune(_ rule: TriedRule, on grid: Grid, _ question: RuleTuning.Question) throws -> RuleTuning? {
        try store.snapshot {
            switch rule.kind {
            case .own(let own):
                let read = try OwnRules(store: store).read(own, name: rule.name, on: grid) { isWanted(0, 1) }
                return RuleTuning.run(read.rule, over: read.history, on: grid, question: question)
            case .prometheus(let prometheus):
                let stored = StoredHistory(
                    store: store, evidence: rule.evidence, labels: labels,
                    allowsMinutes: CallRequirement(of: [prometheus], on: grid, labels: labels)?.allowsMinutes ?? true)
                guard let history = try stored.history(until: grid.end, for: [prometheus]) else { return nil }
                return RuleTuning.run(prometheus, over: history, on: grid, labels: labels, question: question)
            }
        }
    }
}
