import Model

@testable import QueryLanguage

/// Reads histories by going through all plain rows.
final class PlainHistories: HistoryReader {
    private let engine: PlainEngine

    init(_ engine: PlainEngine) { self.engine = engine }

    /// One row of a history.
    private struct Line {
        var time: Int64
        var failed: Int64
        var recoveredAt: Int64
        var life: HistoryColumns.Life
        var keys: [Value]
        var values: [StoredValue]
        var conditions: UInt32
    }

    func history(for request: HistoryRequest) throws -> HistoryColumns {
        let fields = request.asksForGroups ? [] : request.fields, conditions = request.asksForGroups ? [] : request.conditions
        let asked = (conditions + [request.predicate]).reduce(Set(request.keys + fields)) { $0.union($1.fields) }
        let asksForRecovery =
            (request.relation == .errors || request.relation == .calls)
            && asked.contains { $0.id == .recovered || $0.id == .outcome }
        // What counts as open until it was made good, and as made good from then on, comes once for each.
        let lives: [HistoryColumns.Life] = asksForRecovery ? [.untilRecovered, .sinceRecovered] : [.whole]
        let lines = try lives.flatMap { try self.lines(request, fields, conditions, $0) }
        return request.asksForGroups ? groups(lines) : columns(lines.sorted { $0.time < $1.time }, fields.count)
    }

    private func lines(
        _ request: HistoryRequest, _ fields: [Field], _ conditions: [CheckedPredicate], _ life: HistoryColumns.Life
    ) throws -> [Line] {
        let never = Timestamp(nanoseconds: .min)
        var scope = request.scope
        if life == .untilRecovered { scope.knownUntil = never }
        let values = try engine.values(scope)
        scope.knownUntil = never
        let before = try engine.values(scope)
        return try engine.rows(request.relation, request.predicate, values).compactMap { row in
            let recoveredAt = values.recoveredAt(row)
            if life == .sinceRecovered, recoveredAt == nil { return nil }
            // What was made good at once was never open.
            if request.asksForGroups, life == .untilRecovered, let recoveredAt, recoveredAt <= row.time { return nil }
            var own = life
            if life == .sinceRecovered, !before.holds(request.predicate, row) { own = .onlySinceRecovered }
            var bits: UInt32 = 0
            for (place, condition) in conditions.enumerated() where values.holds(condition, row) { bits |= 1 << UInt32(place) }
            let tells = request.relation == .errors || life != .whole
            let isFailed = request.relation == .errors ? row.scope < 2 : row[.failed] == .flag(true)
            let known = request.asksForGroups && life == .sinceRecovered ? max(recoveredAt ?? row.time, row.time) : row.time
            return Line(
                time: known, failed: isFailed ? 1 : 0,
                recoveredAt: tells ? recoveredAt ?? HistoryColumns.unknown : HistoryColumns.unknown,
                life: own, keys: request.keys.map { FieldCodec.value($0, values.stored($0, row)) },
                values: fields.map { values.stored($0, row) }, conditions: bits)
        }
    }

    private func columns(_ lines: [Line], _ fields: Int) -> HistoryColumns {
        var columns = HistoryColumns(fields: fields), codes: [StoredValue: Int64] = [:], places: [[Value]: Int32] = [:]
        for line in lines {
            columns.times.append(line.time)
            columns.failed.append(line.failed)
            columns.recoveredAt.append(line.recoveredAt)
            columns.lives.append(line.life)
            columns.conditions.append(line.conditions)
            let place = places[line.keys] ?? Int32(places.count)
            if place == places.count {
                places[line.keys] = place
                columns.keys.append(line.keys)
            }
            columns.keyOf.append(place)
            for (place, value) in line.values.enumerated() {
                if value.integer == nil, value != .null, codes[value] == nil { codes[value] = Int64(codes.count) }
                columns.values[place].append(value.integer ?? codes[value] ?? HistoryColumns.unknown)
            }
        }
        if columns.keys.isEmpty { columns.keys = [[]] }
        return columns
    }

    private func groups(_ lines: [Line]) -> HistoryColumns {
        let first = Dictionary(grouping: lines, by: \.keys).mapValues { $0.map(\.time).min() ?? 0 }
        let found = first.map { keys, time in
            Line(time: time, failed: 0, recoveredAt: HistoryColumns.unknown, life: .whole, keys: keys, values: [], conditions: 0)
        }
        return columns(found.sorted { $0.time < $1.time }, 0)
    }
}
