import Engine
import LocalStore
import Model

@testable import QueryLanguage

/// An engine that holds plain rows in memory and answers each statement by going through all of them.
///
/// It is slow and short, shares no code with any store, and passes the suite that stores must pass.
final class PlainEngine: Engine {
    /// Events are not among the plain rows.
    struct HasNoEvents: Error {}

    private let store: Store
    let traces: [AwkwardHistory.Trace]
    private var known: [String: PlainFacts] = [:]
    /// Numbers of names, by the values of their fields.
    var ids: [[Value]: Int64] = [:]

    /// - Parameter store: Where the plain rows are read from, once for each zone and evidence, one by one and ungrouped.
    init(_ store: Store, _ traces: [AwkwardHistory.Trace]) { (self.store, self.traces) = (store, traces) }

    var capabilities: Capabilities { Capabilities(holdsSnapshots: false) }
    func overview() throws -> QueryFacts { try store.queryFacts() }
    func isCheap(_ statement: PlannedStatement) -> Bool { true }
    func snapshot<R>(_ body: () throws -> R) throws -> R { try body() }
    func interrupt() {}

    func explain(_ statement: PlannedStatement) throws -> ExplainedStatement {
        ExplainedStatement(text: "every row, one by one", bindings: [], steps: []) { [self] in try rows(for: statement).count }
    }

    // MARK: Rows

    func values(_ scope: StatementScope) throws -> PlainValues {
        PlainValues(scope: scope, facts: try facts(scope.zone, scope.evidence))
    }

    func facts(_ zone: Zone, _ evidence: Evidence) throws -> PlainFacts {
        let name = "\(zone.name) \(evidence.rawValue)"
        let facts = try known[name] ?? PlainFacts(store, zone: zone, evidence: evidence)
        known[name] = facts
        return facts
    }

    func rows(
        _ relation: Relation, _ predicate: CheckedPredicate, _ values: PlainValues
    ) throws -> [PlainRow] {
        let scope = values.scope, all: [PlainRow]
        switch relation {
        case .errors: all = values.facts.errors
        case .calls: all = values.facts.calls
        case .traces(let failedOnly): all = values.facts.traces.filter { !failedOnly || $0.hasFailed }
        case .events: throw HasNoEvents()
        }
        return try all.filter { row in
            try StopFlag.check()
            let isInside = scope.window?.contains(Timestamp(nanoseconds: row.time)) ?? true
            return isInside && (scope.coversEveryKind || row.scope != 1) && values.holds(predicate, row)
        }
    }

    func rows(for statement: PlannedStatement) throws -> [[StoredValue]] {
        let values = try values(statement.scope)
        let rows = try rows(statement.relation, statement.predicate, values)
        if case .listing(let columns, let sort, let limit) = statement.task {
            let sorted = PlainOrder(values, sort).sorted(rows)
            return sorted.prefix(limit ?? sorted.count).map { row in columns.map { values.stored($0, row) } }
        }
        var groups: [[StoredValue]: [PlainRow]] = statement.keys.isEmpty && statement.buckets == nil ? [[]: []] : [:]
        for row in rows {
            var key = statement.keys.map { values.stored($0, row) }
            if let buckets = statement.buckets {
                guard let place = buckets.axis.starts.lastIndex(where: { $0.nanoseconds <= row.time }) else { continue }
                key.append(.integer(buckets.keys[place]))
            }
            groups[key, default: []].append(row)
        }
        return groups.compactMap { key, rows in answer(statement, rows, values).map { key + $0 } }
    }

    private func answer(_ statement: PlannedStatement, _ rows: [PlainRow], _ values: PlainValues) -> [StoredValue]? {
        switch statement.task {
        case .partials(let partials): return partials.map { partial($0, statement.relation, rows, values) }
        case .percentiles(let quantity, let percents):
            let numbers = rows.compactMap { row -> Int64? in
                switch quantity {
                case .field(let field): values.stored(field, row).integer
                case .recoveryTime: values.isRecovered(row) ? row.recoveryTime : nil
                }
            }.sorted()
            guard !numbers.isEmpty else { return nil }
            return percents.map { .integer(numbers[max(1, ($0 * numbers.count + 99) / 100) - 1]) }
        case .distinct(let field):
            let own: [StoredValue] = rows.map { row in
                // Traces of two projects may have one id.
                field.id == .trace ? row.trace.map { .integer($0) } ?? .null : values.stored(field, row)
            }
            return [.integer(Int64(Set(own.filter { $0 != .null }).count))]
        case .common(let field):
            let counts = Dictionary(grouping: rows.filter { values.stored(field, $0) != .null }) { values.stored(field, $0) }
            let order = PlainOrder(values, [])
            return counts.min { a, b in
                if a.value.count != b.value.count { return a.value.count > b.value.count }
                return order.precedes(field, a.value[0], b.value[0]) ?? false
            }.map { [$0.key] }
        case .sample:
            let traced = rows.filter { !$0[.trace].isMissing }, newest = traced.map(\.time).max()
            return traced.filter { $0.time == newest }.map { values.stored(Field(.trace), $0) }
                .min { (PlainValues.order($0, $1) ?? 0) < 0 }.map { [$0] }
        case .listing: preconditionFailure("listings have no groups")
        }
    }

    private func partial(_ partial: Partial, _ relation: Relation, _ rows: [PlainRow], _ values: PlainValues) -> StoredValue {
        func count(_ isCounted: (PlainRow) -> Bool) -> StoredValue { .integer(Int64(rows.count(where: isCounted))) }
        func known(_ field: Field) -> [Int64] { rows.compactMap { values.stored(field, $0).integer } }
        func sum(_ numbers: [Int64]) -> StoredValue { numbers.isEmpty ? .null : .integer(numbers.reduce(0, &+)) }
        switch partial {
        case .rows: return count { _ in true }
        case .failedCalls: return count { relation == .errors ? $0.scope < 2 : $0[.failed] == .flag(true) }
        case .recovered: return count { values.isRecovered($0) }
        case .matching(let predicate): return count { values.holds(predicate, $0) }
        case .sum(let field): return sum(known(field).map { $0 & 0xFFFF_FFFF })
        case .carry(let field): return sum(known(field).map { $0 >> 32 })
        case .known(let field): return .integer(Int64(known(field).count))
        case .least(let field): return known(field).min().map { .integer($0) } ?? .null
        case .greatest(let field): return known(field).max().map { .integer($0) } ?? .null
        }
    }

    // MARK: Histories

    func histories(in window: Window) throws -> any HistoryReader { PlainHistories(self) }

    // MARK: Values

    /// Fields whose values are listed by how many calls have them.
    private static let listed: Set<FieldID> = [.model, .provider, .agent]

    func values(of field: FieldID) throws -> [KnownValue] {
        guard PlainEngine.listed.contains(field) else { return [] }
        let facts = try PlainFacts(store, zone: .utc, evidence: .default)
        let counts = Dictionary(grouping: facts.calls.filter { $0.scope == 0 && !$0[field].isMissing }) { $0[field] }
        return counts.compactMap { value, rows -> KnownValue? in
            if case .text(let text) = value { KnownValue(text, Int64(rows.count)) } else { nil }
        }.sorted { ($1.count, $0.value) < ($0.count, $1.value) }
    }

    func contains(_ value: String, in field: FieldID) throws -> Bool? {
        guard PlainEngine.listed.contains(field) else { return nil }
        let facts = try PlainFacts(store, zone: .utc, evidence: .default)
        return (facts.calls + facts.errors).contains { $0[field] == .text(value) }
    }

    // MARK: Traces

    func findTraces(prefix: String, limit: Int) throws -> [TraceMatch] {
        var found: [TraceMatch] = []
        func look(_ kind: TraceMatch.Kind, _ isMeant: (String) -> Bool) {
            var here: [TraceMatch] = []
            for (record, spans, _) in traces {
                let ids: [String?] =
                    switch kind {
                    case .trace: [record.traceID]
                    case .span: spans.map(\.spanID)
                    case .request: spans.map(\.requestID)
                    }
                for case let id? in ids where isMeant(id) {
                    here.append(TraceMatch(kind: kind, id: id, project: record.project, traceID: record.traceID))
                }
            }
            found += here.sorted { ($0.id, $0.traceID, $0.project) < ($1.id, $1.traceID, $1.project) }
        }
        let kinds: [TraceMatch.Kind] = [.trace, .span, .request]
        for kind in kinds { look(kind) { $0 == prefix } }
        if found.isEmpty { for kind in kinds { look(kind) { $0.hasPrefix(prefix) } } }
        var seen: Set<[String]> = []
        return Array(found.filter { seen.insert([$0.project, $0.traceID]).inserted }.prefix(limit))
    }

    func trace(_ traceID: String, project: String?) throws -> StoredTrace? {
        guard
            let (record, spans, events) = traces.first(where: { trace in
                trace.0.traceID == traceID && (project == nil || project == trace.0.project)
            })
        else { return nil }
        let facts = try PlainFacts(store, zone: .utc, evidence: .default)
        guard let row = facts.traces.first(where: { $0[.trace] == .text(traceID) }) else { return nil }
        let times = spans.flatMap { [$0.start, $0.end].compactMap { $0 } }
        func count(_ field: FieldID) -> Int64 { if case .count(let number) = row[field] { number } else { 0 } }
        return StoredTrace(
            record: record, first: times.min(), last: times.max(), calls: count(.calls), errorCount: count(.errors),
            isFailed: row.hasFailed,
            spans: spans.map { StoredSpan(record: $0, isCall: $0.kind.isCall) },
            events: events.filter { $0.traceID == traceID }, errors: [], scores: [])
    }
}
