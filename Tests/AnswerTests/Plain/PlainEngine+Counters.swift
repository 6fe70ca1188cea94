import Engine
import Model

@testable import QueryLanguage

/// Counters, arrivals and hashes by going through all plain rows.
extension PlainEngine {
    private static let minute: Int64 = 60_000_000_000

    private func facts(_ evidence: Evidence = .default) throws -> PlainFacts { try facts(.utc, evidence) }

    private func text(_ row: PlainRow, _ field: FieldID) -> String? {
        if case .text(let text) = row[field] { text } else { nil }
    }

    /// A number for equal values of some fields; numbers of one engine mean nothing to another.
    private func id(_ row: PlainRow, _ fields: [FieldID]) -> Int64 {
        let values = fields.map { row[$0] }
        if let known = ids[values] { return known }
        ids[values] = Int64(ids.count)
        return Int64(ids.count - 1)
    }

    private static let model: [FieldID] = [.provider, .model], deployment: [FieldID] = [.environment, .service]

    func counterNames() throws -> CounterNames {
        var names = CounterNames()
        let facts = try facts(Evidence(rawValue: -1))
        for row in facts.calls + facts.errors {
            names.models[id(row, PlainEngine.model)] = (text(row, .provider), text(row, .model))
            names.agents[id(row, [.agent])] = text(row, .agent)
            names.deployments[id(row, PlainEngine.deployment)] = (text(row, .environment), text(row, .service))
        }
        return names
    }

    func countedErrors(until end: Timestamp, evidence: Evidence, withOutcomes: Bool) throws -> CountedErrors {
        var counted = CountedErrors()
        let rows = try facts(evidence).errors.filter { $0.scope != 1 && $0.time <= end.nanoseconds }
        for (place, row) in rows.sorted(by: { $0.time < $1.time }).enumerated() {
            counted.times.append(row.time)
            counted.kindOf.append(Int32(place))
            var status: Int64?
            if case .count(let number) = row[.status] { status = number }
            counted.kinds.append(
                CountedErrorKind(
                    model: id(row, PlainEngine.model), agent: id(row, [.agent]),
                    deployment: id(row, PlainEngine.deployment),
                    type: Int64(ErrorType.allCases.first { $0.name == text(row, .type) }?.rawValue ?? -1),
                    severity: Int64(Severity.allCases.first { $0.name == text(row, .severity) }?.rawValue ?? -1),
                    status: status))
            guard withOutcomes else { continue }
            counted.recoveredAt.append(row.recoveryTime.map { row.time + $0 })
            counted.settledAt.append(row.settledAt)
        }
        return counted
    }

    private func calls(until end: Int64) throws -> [PlainRow] {
        try facts().calls.filter { $0.scope == 0 && $0.time <= end }.sorted { $0.time < $1.time }
    }

    func countedCalls(until end: Timestamp, by keys: CallKeys, _ take: (CountedCalls) -> Void) throws {
        let fields: [[FieldID]] =
            switch keys {
            case .minute: []
            case .model: [PlainEngine.model]
            case .agent: [[.agent]]
            case .all: [PlainEngine.model, [.agent], PlainEngine.deployment]
            }
        var counts: [[Int64]: (calls: Int64, onStart: Int64)] = [:]
        let last = (floorDivide(end.nanoseconds, PlainEngine.minute) + 1) * PlainEngine.minute - 1
        for row in try calls(until: last) {
            let start = floorDivide(row.time, PlainEngine.minute) * PlainEngine.minute
            let key = [start] + fields.map { id(row, $0) }
            counts[key, default: (0, 0)].calls += 1
            if row.time == start { counts[key, default: (0, 0)].onStart += 1 }
        }
        for (key, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            take(
                CountedCalls(
                    minute: Timestamp(nanoseconds: key[0]), calls: count.calls, callsOnStart: count.onStart,
                    ids: Array(key.dropFirst())))
        }
    }

    func countedCallTimes(
        until end: Timestamp, _ take: (Timestamp, (model: Int64, agent: Int64, deployment: Int64)) -> Void
    ) throws {
        for row in try calls(until: end.nanoseconds) {
            let model = id(row, PlainEngine.model), place = id(row, PlainEngine.deployment)
            take(Timestamp(nanoseconds: row.time), (model, id(row, [.agent]), place))
        }
    }

    func countedFallbacks(until end: Timestamp, _ take: (Timestamp, _ from: String?, _ to: String?) -> Void) throws {
        var found: [(time: Timestamp, from: String?, to: String?)] = []
        for (record, spans, events) in traces {
            let turns = events.filter { $0.kind == .fallback }
            for event in turns { if let time = event.time { found.append((time, event.model, event.fallbackModel)) } }
            // Events that name no trace belong to none.
            guard !turns.contains(where: { $0.traceID == record.traceID }) else { continue }
            for span in spans where span.fallbackFrom != nil {
                guard let time = Self.lastTime(of: span) else { continue }
                found.append((time, span.fallbackFrom, span.modelRequested ?? span.modelResponded))
            }
        }
        for turn in found.sorted(by: { ($0.time, $0.from ?? "", $0.to ?? "") < ($1.time, $1.from ?? "", $1.to ?? "") })
        where turn.time <= end { take(turn.time, turn.from, turn.to) }
    }

    /// The end, which may follow from the reported latency, or else the start.
    static func lastTime(of span: SpanRecord) -> Timestamp? {
        var span = span
        if span.reportedLatency != nil { span.completeTimes() }
        return span.end ?? span.start
    }

    // MARK: Changes of the data

    func newestArrival() throws -> ArrivalMark {
        ArrivalMark(
            span: Int64(traces.reduce(0) { $0 + $1.1.count }), event: Int64(traces.reduce(0) { $0 + $1.2.count }))
    }

    func firstLateRow(after mark: ArrivalMark, from: Timestamp, to: Timestamp) throws -> Timestamp? {
        let spans = traces.flatMap(\.1).dropFirst(Int(mark.span)).compactMap { Self.lastTime(of: $0) }
        let events = traces.flatMap(\.2).dropFirst(Int(mark.event)).compactMap(\.time)
        return (spans + events).filter { from <= $0 && $0 <= to }.min()
    }

    /// Plain rows never change.
    func changeMark() throws -> Int64 { 0 }

    func fingerprint(of scope: DataScope) throws -> UInt64 {
        let facts = try facts(scope.coversWeakEvidence ? Evidence(rawValue: -1) : .default)
        var rows = facts.errors + facts.calls.filter { scope.coversEveryKind || $0.scope == 0 }
        if scope.coversTraces { rows += facts.traces }
        rows = rows.filter { scope.window?.contains(Timestamp(nanoseconds: $0.time)) ?? true }
        // Sums do not depend on the order.
        return rows.reduce(0) { sum, row in
            var hash = ContentHash()
            hash.add("\(row.noun) \(row.scope) \(row.time) \(row.id) \(row[.latency]) \(row[.cost]) \(row[.message])")
            return sum &+ hash.value
        }
    }
}
