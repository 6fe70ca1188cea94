import Engine
import Model
import QueryLanguage
import SQLite

/// What an alert rule reads of the store, as plain columns.
extension Store {
    /// The names behind the ids of facts.
    public func counterNames() throws(StoreError) -> CounterNames {
        try StoreError.about(path) {
            var names = CounterNames()
            try each("SELECT id, provider, name FROM model") { names.models[$0.integer(0)] = ($0.text(1), $0.text(2)) }
            try each("SELECT id, name FROM agent") { names.agents[$0.integer(0)] = $0.text(1) }
            try each("SELECT id, environment, service FROM deployment") {
                names.deployments[$0.integer(0)] = ($0.text(1), $0.text(2))
            }
            return names
        }
    }

    /// The errors up to an instant, this included, that have some of the evidence; those of whole packed days from there.
    public func countedErrors(
        until end: Timestamp, evidence: Evidence, withOutcomes: Bool = true
    ) throws(StoreError) -> CountedErrors {
        try StoreError.about(path) {
            var reading = CountedErrorReading(evidence, withOutcomes: withOutcomes)
            let window = Window(from: Timestamp(nanoseconds: .min), to: end + .nanoseconds(1))
            let packed = try errorColumns(in: window, recoveries: withOutcomes, settlements: withOutcomes)
            try each("SELECT id, \(ErrorKind.columns) FROM error_kind") {
                reading.note(ErrorKind($0, from: 1), id: Int($0.integer(0)), of: packed.kindCount)
            }
            for part in WindowPart.parts(of: window, packed: packed.stretches) {
                switch part {
                case .packed(let stretch): reading.take(packed, in: stretch)
                case .rows(let stretch):
                    let bounds = [stretch.from.nanoseconds, stretch.to.nanoseconds.subtractingStopping(1)]
                    try each(ErrorKind.errorsBetween, bounds.map { .integer($0) }) { reading.take($0) }
                }
            }
            return reading.errors
        }
    }

    /// Calls up to an instant by whole minutes, ascending. The minute in which the instant lies is whole unless it is the
    /// minute's first instant.
    public func countedCalls(until end: Timestamp, by keys: CallKeys, _ take: (CountedCalls) -> Void) throws(StoreError) {
        try StoreError.about(path) {
            let minute: Int64 = 60_000_000_000
            let last = floorDivide(end.nanoseconds, minute)
            let sql: String
            switch keys {
            case .minute: return try minutes(until: last, take)
            case .model:
                sql = "SELECT bucket, calls, calls_on, model FROM call_minute_model WHERE bucket <= ? ORDER BY bucket, model"
            case .agent:
                sql = "SELECT bucket, calls, calls_on, agent FROM call_minute_agent WHERE bucket <= ? ORDER BY bucket, agent"
            case .all:
                sql = """
                    SELECT t / 60000000000 - (t % 60000000000 < 0), count(*), sum(t % 60000000000 = 0), model, agent, deployment
                    FROM call WHERE scope = 0 AND t < (?1 + 1) * 60000000000 GROUP BY 1, 4, 5, 6 ORDER BY 1, 4, 5, 6
                    """
            }
            try each(sql, [.integer(last)]) { row in
                let first = Timestamp(nanoseconds: row.integer(0) * minute)
                take(
                    CountedCalls(
                        minute: first, calls: row.integer(1), callsOnStart: row.integer(2),
                        ids: (3..<row.columnCount).map { row.integer($0) }))
            }
        }
    }

    /// All calls by whole minutes up to one, this included; those of packed days from there.
    private func minutes(until last: Int64, _ take: (CountedCalls) -> Void) throws {
        let minute: Int64 = 60_000_000_000
        func give(_ start: Int64, _ calls: Int64, _ onStart: Int64) {
            take(CountedCalls(minute: Timestamp(nanoseconds: start), calls: calls, callsOnStart: onStart, ids: []))
        }
        let window = Window(from: Timestamp(nanoseconds: .min), to: Timestamp(nanoseconds: (last + 1) * minute))
        let packed = try minuteColumns(in: window)
        for part in WindowPart.parts(of: window, packed: packed.stretches) {
            switch part {
            case .packed(let stretch):
                for row in packed.rows(in: stretch) { give(packed.times[row], packed.calls[row], packed.callsOnStart[row]) }
            case .rows(let stretch):
                let bounds = [stretch.from.nanoseconds, stretch.to.nanoseconds.subtractingStopping(1)].map {
                    floorDivide($0, minute)
                }
                try each(
                    "SELECT bucket, calls, calls_on FROM call_minute WHERE bucket BETWEEN ? AND ? ORDER BY bucket",
                    bounds.map { .integer($0) }
                ) { give($0.integer(0) * minute, $0.integer(1), $0.integer(2)) }
            }
        }
    }

    /// Calls up to an instant, this included, one by one, ascending.
    public func countedCallTimes(
        until end: Timestamp, _ take: (Timestamp, (model: Int64, agent: Int64, deployment: Int64)) -> Void
    ) throws(StoreError) {
        try StoreError.about(path) {
            try each(
                "SELECT t, model, agent, deployment FROM call WHERE scope = 0 AND t <= ? ORDER BY t",
                [.integer(end.nanoseconds)]
            ) { take(Timestamp(nanoseconds: $0.integer(0)), ($0.integer(1), $0.integer(2), $0.integer(3))) }
        }
    }

    /// Turns from one model to another up to an instant, ascending: the events about them, and in traces without any the
    /// calls that say which model they stand in for.
    public func countedFallbacks(until end: Timestamp, _ take: (Timestamp, _ from: String?, _ to: String?) -> Void)
        throws(StoreError)
    {
        try StoreError.about(path) {
            try each(
                """
                SELECT t, model, fallback_model FROM event WHERE kind = ?2 AND t <= ?1
                UNION ALL
                SELECT coalesce("end", start), fallback_from, coalesce(model_requested, model_responded) FROM span AS s
                WHERE fallback_from IS NOT NULL AND coalesce("end", start) <= ?1
                    AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.trace = s.trace AND e.kind = ?2)
                ORDER BY 1, 2, 3
                """, [.integer(end.nanoseconds), .integer(Int64(EventKind.fallback.rawValue))]
            ) { take(Timestamp(nanoseconds: $0.integer(0)), $0.text(1), $0.text(2)) }
        }
    }

    /// The numbers of the newest span and event that the store has taken in; later ones are larger.
    public func newestArrival() throws(StoreError) -> ArrivalMark {
        try StoreError.about(path) {
            ArrivalMark(
                span: try reader.integer("SELECT max(id) FROM span") ?? 0,
                event: try reader.integer("SELECT max(id) FROM event") ?? 0)
        }
    }

    /// The earliest error or call at or before an instant, and not before another one, that was taken in after these records;
    /// nil when none came late.
    public func firstLateRow(after mark: ArrivalMark, from: Timestamp, to: Timestamp) throws(StoreError) -> Timestamp? {
        try StoreError.about(path) {
            var first: Int64?
            func look(_ sql: String, _ values: [SQLValueOrNil]) throws {
                try each(sql, values) { row in
                    guard let time = row.optionalInteger(0) else { return }
                    first = first.map { min($0, time) } ?? time
                }
            }
            let (from, to) = (SQLValueOrNil.integer(from.nanoseconds), SQLValueOrNil.integer(to.nanoseconds))
            try look(
                "SELECT min(coalesce(\"end\", start)) FROM span WHERE id > ? AND coalesce(\"end\", start) BETWEEN ? AND ?",
                [.integer(mark.span), from, to])
            try look("SELECT min(t) FROM event WHERE id > ? AND t BETWEEN ? AND ?", [.integer(mark.event), from, to])
            return first.map(Timestamp.init(nanoseconds:))
        }
    }

    private func each(_ sql: String, _ values: [SQLValueOrNil] = [], _ take: (Statement) -> Void) throws {
        let statement = try reader.statement(sql)
        defer { statement.reset() }
        for value in values { value.bind(to: statement) }
        while try statement.step() { take(statement) }
    }
}

/// Takes in errors from rows and from packed days.
private struct CountedErrorReading {
    private let evidence: Int64
    private let withOutcomes: Bool
    private(set) var errors = CountedErrors()
    private var places: [CountedErrorKind: Int32] = [:]
    /// By the id of a kind of the store: its place, −1 for kinds that do not count.
    private var placeOfID: [Int32] = []

    init(_ evidence: Evidence, withOutcomes: Bool) {
        self.evidence = Int64(evidence.rawValue)
        self.withOutcomes = withOutcomes
    }

    /// Errors that others passed on do not count.
    private func counts(_ kind: ErrorKind) -> Bool { kind.scope != 1 && kind.evidence & evidence != 0 }

    private mutating func place(of kind: ErrorKind) -> Int32 {
        let kind = CountedErrorKind(
            model: kind.model, agent: kind.agent, deployment: kind.deployment, type: kind.type, severity: kind.severity,
            status: kind.status)
        if let place = places[kind] { return place }
        places[kind] = Int32(errors.kinds.count)
        errors.kinds.append(kind)
        return Int32(errors.kinds.count - 1)
    }

    /// Notes what the store calls a kind.
    mutating func note(_ kind: ErrorKind, id: Int, of count: Int) {
        if placeOfID.isEmpty { placeOfID = Array(repeating: -1, count: count + 1) }
        guard placeOfID.indices.contains(id), counts(kind) else { return }
        placeOfID[id] = place(of: kind)
    }

    /// Takes a row of `err`: its times, then the columns of its kind.
    mutating func take(_ row: Statement) {
        let kind = ErrorKind(row, from: 3)
        guard counts(kind) else { return }
        errors.times.append(row.integer(0))
        errors.kindOf.append(place(of: kind))
        guard withOutcomes else { return }
        errors.recoveredAt.append(row.optionalInteger(1))
        errors.settledAt.append(row.optionalInteger(2))
    }

    /// Takes the errors of a packed interval.
    mutating func take(_ packed: ErrorColumns, in stretch: Window) {
        errors.times.reserveCapacity(packed.times.count)
        errors.kindOf.reserveCapacity(packed.times.count)
        for row in packed.rows(in: stretch) {
            let kind = Int(packed.kinds[row])
            guard placeOfID.indices.contains(kind), placeOfID[kind] >= 0 else { continue }
            errors.times.append(packed.times[row])
            errors.kindOf.append(placeOfID[kind])
            guard withOutcomes else { continue }
            let (recovered, settled) = (packed.recoveredAt[row], packed.settledAt[row])
            errors.recoveredAt.append(recovered == HistoryColumns.unknown ? nil : recovered)
            errors.settledAt.append(settled == HistoryColumns.unknown ? nil : settled)
        }
    }
}
