import Alerts
import Engine
import Model

/// What rules of Prometheus read, taken from an engine: errors and turns one by one, calls by whole minutes.
package struct StoredHistory {
    package let engine: any Engine
    package let evidence: Evidence
    /// The labels that counters carry.
    package var labels = Set(Label.allCases)
    /// False when instants of evaluation do not lie on whole minutes, so that calls are needed one by one.
    package var allowsMinutes = true

    /// Prepares to read an engine's data.
    package init(
        engine: any Engine, evidence: Evidence, labels: Set<Label> = Set(Label.allCases), allowsMinutes: Bool = true
    ) {
        (self.engine, self.evidence, self.labels, self.allowsMinutes) = (engine, evidence, labels, allowsMinutes)
    }

    /// The history up to an instant, as far as these rules look at it; nil when the store holds nothing.
    package func history(until end: Timestamp, for rules: [PrometheusRule]) throws -> EventHistory? {
        try history(until: end, for: rules, calls: callKeys(rules))
    }

    /// The same with calls under all their labels; nil when the other one has these, or knows no calls.
    ///
    /// Rates of calls that are added up are sums of floating numbers, one for each series that an exporter offers.
    func historyOfAllLabels(until end: Timestamp, for rules: [PrometheusRule]) throws -> EventHistory? {
        let keys = callKeys(rules)
        guard allowsMinutes, !keys.isEmpty, !keys.contains(.all) else { return nil }
        return try history(until: end, for: rules, calls: [.all])
    }

    private func history(
        until end: Timestamp, for rules: [PrometheusRule], calls: [CallKeys]
    ) throws -> EventHistory? {
        func ask(_ counters: Counter...) -> Bool { rules.contains { rule in counters.contains { rule.text.contains($0.name) } } }
        return try history(
            until: end, calls: calls, withFallbacks: ask(.fallbacks), withOutcomes: ask(.recovered, .failed))
    }

    /// Everything up to an instant that counters tell, under all their labels; nil when the store holds nothing.
    package func counters(until end: Timestamp) throws -> EventHistory? {
        try history(until: end, calls: [.all], withFallbacks: true, withOutcomes: true)
    }

    private func history(
        until end: Timestamp, calls keyTables: [CallKeys], withFallbacks: Bool, withOutcomes: Bool
    ) throws -> EventHistory? {
        let facts = try engine.overview()
        guard let coverage = facts.coverage else { return nil }
        var texts = Texts(try engine.counterNames())
        var (errors, recovered, settled) = try errors(until: end, withOutcomes: withOutcomes, &texts)
        var calls: [CallEvents] = [], fallbacks = EventColumns(labels: [.primary, .fallback])
        for keys in keyTables {
            calls.append(try allowsMinutes ? self.calls(until: end, by: keys, &texts) : exactCalls(until: end, &texts))
            if !allowsMinutes { break }
        }
        if withFallbacks {
            try engine.countedFallbacks(until: end) { time, from, to in
                fallbacks.append(
                    time, [texts.values.code(of: from, for: .primary), texts.values.code(of: to, for: .fallback)])
            }
        }
        if errors.count == 0 { (recovered, settled) = ([], []) }
        var history = EventHistory(
            beginning: coverage.from, values: texts.values, errors: errors, recoveredAt: recovered, settledAt: settled,
            calls: calls, fallbacks: fallbacks)
        history.ending = facts.newest
        return history
    }

    /// The tables of calls that rules need: rollups know models or agents; whatever else is asked for is counted anew.
    private func callKeys(_ rules: [PrometheusRule]) -> [CallKeys] {
        let needed = rules.compactMap { CallRequirement.labels(neededBy: $0, of: labels) }
        let keys = Set(
            needed.map { needed -> CallKeys in
                needed.isEmpty ? .minute : needed.isSubset(of: [.provider, .model]) ? .model : needed == [.agent] ? .agent : .all
            })
        return [.minute, .model, .agent, .all].filter(keys.contains)
    }

    private func errors(
        until end: Timestamp, withOutcomes: Bool, _ texts: inout Texts
    ) throws -> (EventColumns, [Int64?], [Int64?]) {
        let stored = try engine.countedErrors(until: end, evidence: evidence, withOutcomes: withOutcomes)
        let labels: [Label] = [.provider, .model, .agent, .environment, .service, .errorType, .severity, .statusCode]
        var types: [Int64: Int32] = [:], severities: [Int64: Int32] = [:], statuses: [Int64: Int32] = [:]
        for type in ErrorType.allCases { types[Int64(type.rawValue)] = texts.values.code(of: type.name, for: .errorType) }
        for severity in Severity.allCases {
            severities[Int64(severity.rawValue)] = texts.values.code(of: severity.name, for: .severity)
        }
        for status in Set(stored.kinds.compactMap(\.status)).sorted() {
            statuses[status] = texts.values.code(of: String(status), for: .statusCode)
        }
        // The codes of each kind, and by them those of each error.
        let codes = stored.kinds.map { kind -> [Int32] in
            let model = texts.model(kind.model), place = texts.deployment(kind.deployment)
            return [
                model.provider, model.name, texts.agent(kind.agent), place.environment, place.service, types[kind.type] ?? 0,
                severities[kind.severity] ?? 0, kind.status.flatMap { statuses[$0] } ?? 0,
            ]
        }
        let columns = EventColumns(
            labels: labels, times: stored.times,
            codes: labels.indices.map { label in
                let ofKind = codes.map { $0[label] }
                return stored.kindOf.map { ofKind[Int($0)] }
            })
        return (columns, stored.recoveredAt, stored.settledAt)
    }

    private func calls(until end: Timestamp, by keys: CallKeys, _ texts: inout Texts) throws -> CallEvents {
        let labels: [Label] =
            switch keys {
            case .minute: []
            case .model: [.provider, .model]
            case .agent: [.agent]
            case .all: [.provider, .model, .agent, .environment, .service]
            }
        var events = CallEvents(minutesBy: labels)
        try engine.countedCalls(until: end, by: keys) { minute in
            var codes: [Int32]
            switch keys {
            case .minute: codes = []
            case .agent: codes = [texts.agent(minute.ids[0])]
            case .model, .all:
                let model = texts.model(minute.ids[0])
                codes = [model.provider, model.name]
                if minute.ids.count > 2 {
                    let place = texts.deployment(minute.ids[2])
                    codes += [texts.agent(minute.ids[1]), place.environment, place.service]
                }
            }
            events.append(minute: minute.minute, calls: minute.calls, callsOnStart: minute.callsOnStart, codes: codes)
        }
        events.finish()
        return events
    }

    private func exactCalls(until end: Timestamp, _ texts: inout Texts) throws -> CallEvents {
        var columns = EventColumns(labels: [.provider, .model, .agent, .environment, .service])
        try engine.countedCallTimes(until: end) { time, ids in
            let model = texts.model(ids.model), place = texts.deployment(ids.deployment)
            columns.append(time, [model.provider, model.name, texts.agent(ids.agent), place.environment, place.service])
        }
        return CallEvents(exact: columns)
    }

    /// The codes of the dictionaries' names.
    private struct Texts {
        var values = LabelValues()
        private var models: [Int64: (provider: Int32, name: Int32)] = [:]
        private var agents: [Int64: Int32] = [:]
        private var deployments: [Int64: (environment: Int32, service: Int32)] = [:]

        /// In the order of the ids, so that equal stores give equal codes.
        init(_ names: CounterNames) {
            for (id, model) in names.models.sorted(by: { $0.key < $1.key }) {
                models[id] = (values.code(of: model.provider, for: .provider), values.code(of: model.name, for: .model))
            }
            for (id, agent) in names.agents.sorted(by: { $0.key < $1.key }) { agents[id] = values.code(of: agent, for: .agent) }
            for (id, place) in names.deployments.sorted(by: { $0.key < $1.key }) {
                deployments[id] = (
                    values.code(of: place.environment, for: .environment), values.code(of: place.service, for: .service)
                )
            }
        }

        func model(_ id: Int64) -> (provider: Int32, name: Int32) { models[id] ?? (0, 0) }
        func agent(_ id: Int64) -> Int32 { agents[id] ?? 0 }
        func deployment(_ id: Int64) -> (environment: Int32, service: Int32) { deployments[id] ?? (0, 0) }
    }
}
