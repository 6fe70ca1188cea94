import Engine
import LocalStore
import Model
import TestSupport
import Testing

/// The counters of alert rules, arrivals and hashes, which every engine gives alike.
@Suite("Conformance of engines: counters")
struct CounterConformanceTests {
    /// Counted calls and errors as sorted lines of names: the ids are an engine's own.
    private func lines(_ engine: any Engine, until end: Timestamp, by keys: CallKeys) throws -> [String] {
        let names = try engine.counterNames()
        var lines: [String] = []
        func model(_ id: Int64) -> String { names.models[id].map { "\($0.provider ?? "-") \($0.name ?? "-")" } ?? "- -" }
        func place(_ id: Int64) -> String {
            names.deployments[id].map { "\($0.environment ?? "-") \($0.service ?? "-")" } ?? "- -"
        }
        func agent(_ id: Int64) -> String { names.agents[id] ?? "-" }
        try engine.countedCalls(until: end, by: keys) { calls in
            var words: [String] = []
            switch keys {
            case .minute: break
            case .model: words = [model(calls.ids[0])]
            case .agent: words = [agent(calls.ids[0])]
            case .all: words = [model(calls.ids[0]), agent(calls.ids[1]), place(calls.ids[2])]
            }
            lines.append("calls \(calls.minute.nanoseconds) \(calls.calls) \(calls.callsOnStart) \(words)")
        }
        let counted = try engine.countedErrors(until: end, evidence: .default, withOutcomes: true)
        #expect(zip(counted.times, counted.times.dropFirst()).allSatisfy { $0 <= $1 })
        for (row, time) in counted.times.enumerated() {
            let kind = counted.kinds[Int(counted.kindOf[row])]
            let outcome = "\(counted.recoveredAt[row] ?? 0) \(counted.settledAt[row] ?? 0)"
            lines.append(
                "error \(time) \(model(kind.model)) \(agent(kind.agent)) \(place(kind.deployment)) \(kind.type) \(kind.severity) \(kind.status ?? 0) \(outcome)"
            )
        }
        try engine.countedCallTimes(until: end) { time, ids in
            lines.append("call \(time.nanoseconds) \(model(ids.model)) \(agent(ids.agent)) \(place(ids.deployment))")
        }
        try engine.countedFallbacks(until: end) { lines.append("fallback \($0.nanoseconds) \($1 ?? "-") \($2 ?? "-")") }
        return lines.sorted()
    }

    @Test("counters hold what plain rows add up to", arguments: EngineUnderTest.chosen)
    func counters(_ kind: EngineUnderTest) throws {
        let traces = AwkwardHistory.traces(seed: 207, count: 60), history = try HistoryStore(traces)
        let engine = kind.engine(history, traces), plain = PlainEngine(history.store, traces)
        let whole = try #require(try engine.overview().coverage)
        let middle = Timestamp(nanoseconds: (whole.from.nanoseconds + whole.to.nanoseconds) / 2)
        for end in [whole.to, middle] {
            for keys in [CallKeys.minute, .model, .agent, .all] {
                let found = try lines(engine, until: end, by: keys)
                #expect(found.count > 20)
                let expected = try lines(plain, until: end, by: keys)
                #expect(found == expected, "\(Set(found).symmetricDifference(expected).sorted().prefix(6))")
            }
        }
    }

    @Test("records that arrived after a mark are found by their time", arguments: EngineUnderTest.chosen)
    func arrivals(_ kind: EngineUnderTest) throws {
        let traces = AwkwardHistory.traces(seed: 208, count: 40), history = try HistoryStore(traces)
        let engine = kind.engine(history, traces), none = ArrivalMark(span: 0, event: 0)
        let newest = try engine.newestArrival()
        let first = Timestamp(nanoseconds: .min / 2), last = Timestamp(nanoseconds: .max / 2)
        #expect(try engine.firstLateRow(after: newest, from: first, to: last) == nil)
        let times = traces.flatMap { $0.1.compactMap { PlainEngine.lastTime(of: $0) } + $0.2.compactMap(\.time) }.sorted()
        #expect(try engine.firstLateRow(after: none, from: first, to: last) == times[0])
        let later = times[times.count / 2]
        #expect(try engine.firstLateRow(after: none, from: later, to: last) == later)
        #expect(try engine.firstLateRow(after: none, from: first, to: times[0] - .nanoseconds(1)) == nil)
    }

    @Test("the hash of data is the same for the same rows, and another for others", arguments: EngineUnderTest.chosen)
    func fingerprints(_ kind: EngineUnderTest) throws {
        let traces = AwkwardHistory.traces(seed: 209, count: 60), history = try HistoryStore(traces)
        let engine = kind.engine(history, traces), whole = try #require(try engine.overview().coverage)
        let middle = Timestamp(nanoseconds: (whole.from.nanoseconds + whole.to.nanoseconds) / 2)
        let everything = try engine.fingerprint(of: DataScope(window: nil))
        #expect(try engine.fingerprint(of: DataScope(window: nil)) == everything)
        #expect(try engine.fingerprint(of: DataScope(window: whole)) == everything)
        let half = try engine.fingerprint(of: DataScope(window: Window(from: whole.from, to: middle)))
        let other = try engine.fingerprint(of: DataScope(window: Window(from: middle, to: whole.to)))
        #expect(Set([everything, half, other]).count == 3)
        // An engine that holds the same records gives the same hash.
        #expect(try kind.engine(HistoryStore(traces), traces).fingerprint(of: DataScope(window: nil)) == everything)
        let mark = try engine.changeMark()
        #expect(try engine.changeMark() == mark)
    }
}
