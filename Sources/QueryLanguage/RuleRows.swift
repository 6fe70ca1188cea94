import Model

/// The rows that the measures of a rule need, independent of any engine: the part of the history that a replay reads.
public struct RuleRows: Sendable {
    /// The measures that the rows serve.
    public enum Family: Hashable, Sendable {
        /// The noun's own rows.
        case own
        /// The calls behind rates; the errors for a query of calls.
        case calls, errors
    }

    public let family: Family
    /// The indices of the rule's keys that these rows have.
    public let keyPlaces: [Int]
    /// The fields with values in the rows, after the keys.
    public private(set) var fields: [Field]
    /// The conditions evaluated for each row, after the fields.
    public private(set) var conditions: [CheckedPredicate]
    /// True if a row counts the calls of a whole minute; its time is the start of the minute.
    public private(set) var isByMinute: Bool
    /// The statement, ordered by time. Its columns are the time in nanoseconds; for per-minute rows the number of rows, those at
    /// the start of the minute, and the failed ones of both; otherwise whether the call failed, its recovery time (both NULL if
    /// they do not apply) and its `RuleColumns.Life`; then keys, fields and conditions.
    public let statement: SQLStatement
    /// The window that the statement reads.
    let window: Window
    /// Returns the same statement for a part of the window.
    let part: @Sendable (Window) -> SQLStatement
    /// Returns a statement for the distinct groups of a window, with the time at which each was first seen; nil without keys, or
    /// if these rows do not have all of them. Its columns are those of rows with their own times.
    let groups: (@Sendable (Window) -> SQLStatement)?
    /// How the rows can be read from an engine's columns; nil if only the statement can read them.
    let packing: Packing?
    let keys: [Field]
    /// For each key that is read as a dictionary id, a statement for ids and texts.
    let dictionaries: [SQLStatement?]

    /// How columns replace rows.
    enum Packing: Sendable {
        /// Errors of the kinds that this statement returns, with the kind's id in place of the time.
        case kinds(SQLStatement)
        /// All minutes.
        case minutes
    }

    /// True if these rows determine the groups of the rule.
    public var knowsGroups: Bool { groups != nil }

    /// Reads the groups of a window from the engine, one row each: its keys, and the time at which it was first seen.
    public func groups(of window: Window, from engine: some QueryEngine) throws -> RuleColumns {
        guard let groups else { return RuleColumns(values: []) }
        var alone = self
        (alone.fields, alone.conditions, alone.isByMinute) = ([], [], false)
        var reading = RuleColumns.Reading(alone)
        for (place, statement) in dictionaries.enumerated() {
            guard let statement else { continue }
            try engine.pass(statement) { reading.name($0.integer(0) ?? 0, $0.value(1), ofKey: place) }
        }
        try engine.pass(groups(window)) { reading.take($0) }
        return reading.columns
    }

    /// Reads all rows from the engine; if `packed` is given, which must be for the same window, columnar parts come from there.
    public func columns(from engine: some QueryEngine, packed: PackedHistory? = nil) throws -> RuleColumns {
        var reading = RuleColumns.Reading(self)
        for (place, statement) in dictionaries.enumerated() {
            guard let statement else { continue }
            try engine.pass(statement) { reading.name($0.integer(0) ?? 0, $0.value(1), ofKey: place) }
        }
        switch (packing, packed) {
        case (.kinds(let kinds)?, let packed?):
            guard let errors = try packed.errorsToLookAt() else { break }
            try engine.pass(kinds) { reading.take($0) }
            reading.endKinds(count: errors.kindCount)
            for part in WindowPart.parts(of: window, packed: errors.stretches) {
                switch part {
                case .rows(let window): try engine.pass(self.part(window)) { reading.take($0) }
                case .packed(let window): reading.take(errors, in: window)
                }
            }
            return reading.columns
        case (.minutes?, let packed?):
            let minutes = try packed.minutes.get()
            for part in WindowPart.parts(of: window, packed: minutes.stretches) {
                switch part {
                case .rows(let window):
                    // A statement reads the minute of a window's end as well.
                    let before = Window(from: window.from, to: window.to - .nanoseconds(1))
                    try engine.pass(self.part(before)) { reading.take($0) }
                case .packed(let window): reading.take(minutes, in: window)
                }
            }
            return reading.columns
        default: break
        }
        try engine.pass(statement) { reading.take($0) }
        return reading.columns
    }
}

/// Rows of one family in columns, in order of time.
public struct RuleColumns: Sendable {
    /// The part of a row's life that it represents, if the query depends on recovery, which is known only from the success on.
    public enum Life: Int64, Sendable {
        case whole = 0
        /// Until the recovery.
        case untilRecovered = 1
        /// From the recovery on, for a row that also matched before, and for one that did not.
        case sinceRecovered = 2, onlySinceRecovered = 3
    }

    /// The marker for an unknown time or value.
    public static let unknown = Int64.min

    /// Times in nanoseconds since 1970, ascending.
    public internal(set) var times: [Int64] = []
    /// The index of each row's keys in `keys`.
    public internal(set) var keyOf: [Int32] = []
    /// The distinct keys.
    public internal(set) var keys: [[Value]] = []
    /// For rows with their own times, 1 for failed calls; for per-minute rows, the number of failed calls.
    public internal(set) var failed: [Int64] = []
    /// The recovery times of errors; empty if none recovered.
    public internal(set) var recoveredAt: [Int64] = []
    /// Empty if every row represents its whole life.
    public internal(set) var lives: [Life] = []
    /// For per-minute rows, the number of calls, and the calls and failed calls at the start of the minute.
    public internal(set) var counts: [Int64] = [], countsOnStart: [Int64] = [], failedOnStart: [Int64] = []
    /// Values by field: integers in the field's unit, or codes.
    public internal(set) var values: [[Int64]]
    /// One bit per condition.
    public internal(set) var conditions: [UInt32] = []

    /// Returns the index of the first row that is not earlier.
    public func first(atOrAfter time: Timestamp) -> Int { times.firstPlace(atOrAfter: time) }
}

extension RuleColumns {
    /// Collects rows from an engine.
    struct Reading {
        private(set) var columns: RuleColumns
        private let rows: RuleRows
        private let first: Int
        /// The texts of dictionaries, for each key that is read by id.
        private var names: [[Int64: StoredValue]]
        /// Maps the index of the preceding keys and a key's code to the index of both.
        private var places: [[Step: Int32]]
        private var prefixes: [[[Value]]]
        private var numbers: [[Value]: Int32] = [:]
        /// Codes of values that are not integers, for each key and each field.
        private var codes: [[StoredValue: Int64]]
        private var last: (codes: [Int64], place: Int32)?
        private var current: [Int64]
        /// By kind id: the index of its keys (−1 for kinds that do not match), and its other columns.
        private var kindKeys: [Int32] = [], kindFailed: [Int64] = [], kindConditions: [UInt32] = []

        private struct Step: Hashable {
            var prefix: Int32
            var code: Int64
        }

        init(_ rows: RuleRows) {
            self.rows = rows
            columns = RuleColumns(values: rows.fields.map { _ in [] })
            first = rows.isByMinute ? 5 : 4
            names = rows.keys.map { _ in [:] }
            places = rows.keys.map { _ in [:] }
            prefixes = rows.keys.map { _ in [] }
            codes = (0..<rows.keys.count + rows.fields.count).map { _ in [:] }
            current = Array(repeating: 0, count: rows.keys.count)
            if rows.keys.isEmpty { columns.keys = [[]] }
        }

        mutating func name(_ id: Int64, _ text: StoredValue, ofKey key: Int) { names[key][id] = text }

        mutating func take(_ row: some PassingRow) {
            guard let time = row.integer(0) else { return }
            columns.times.append(time)
            if rows.isByMinute {
                columns.counts.append(row.integer(1) ?? 0)
                columns.countsOnStart.append(row.integer(2) ?? 0)
                columns.failed.append(row.integer(3) ?? 0)
                columns.failedOnStart.append(row.integer(4) ?? 0)
            } else {
                columns.failed.append(row.integer(1) ?? 0)
                let place = columns.times.count - 1
                if let recovered = row.integer(2) {
                    if columns.recoveredAt.isEmpty { columns.recoveredAt = Array(repeating: RuleColumns.unknown, count: place) }
                    columns.recoveredAt.append(recovered)
                } else if !columns.recoveredAt.isEmpty {
                    columns.recoveredAt.append(RuleColumns.unknown)
                }
                let life = row.integer(3).flatMap(Life.init(rawValue:)) ?? .whole
                if life != .whole, columns.lives.isEmpty { columns.lives = Array(repeating: .whole, count: place) }
                if life != .whole || !columns.lives.isEmpty { columns.lives.append(life) }
            }
            columns.keyOf.append(rows.keys.isEmpty ? 0 : key(row))
            let second = first + rows.keys.count
            for place in rows.fields.indices { columns.values[place].append(whole(row, second + place, place)) }
            guard !rows.conditions.isEmpty else { return }
            var bits: UInt32 = 0
            for place in 0..<min(rows.conditions.count, 32) where row.integer(second + rows.fields.count + place) == 1 {
                bits |= 1 << UInt32(place)
            }
            columns.conditions.append(bits)
        }

        /// Treats the rows so far as kinds of errors, whose ids are at most `count`.
        mutating func endKinds(count: Int) {
            kindKeys = Array(repeating: -1, count: count + 1)
            kindFailed = Array(repeating: 0, count: count + 1)
            kindConditions = Array(repeating: 0, count: rows.conditions.isEmpty ? 0 : count + 1)
            for (place, id) in columns.times.enumerated() where kindKeys.indices.contains(Int(id)) {
                kindKeys[Int(id)] = columns.keyOf[place]
                kindFailed[Int(id)] = columns.failed[place]
                if !rows.conditions.isEmpty { kindConditions[Int(id)] = columns.conditions[place] }
            }
            let keys = columns.keys
            columns = RuleColumns(values: [])
            columns.keys = keys
        }

        /// Adds the errors in a window that are of matching kinds.
        mutating func take(_ errors: ErrorColumns, in window: Window) {
            if columns.recoveredAt.isEmpty { columns.recoveredAt = columns.times.map { _ in RuleColumns.unknown } }
            for row in errors.rows(in: window) {
                let kind = Int(errors.kinds[row])
                guard kindKeys.indices.contains(kind), kindKeys[kind] >= 0 else { continue }
                columns.times.append(errors.times[row])
                columns.keyOf.append(kindKeys[kind])
                columns.failed.append(kindFailed[kind])
                columns.recoveredAt.append(errors.recoveredAt[row])
                if !kindConditions.isEmpty { columns.conditions.append(kindConditions[kind]) }
            }
        }

        /// Adds the minutes in a window.
        mutating func take(_ minutes: MinuteColumns, in window: Window) {
            let places = minutes.rows(in: window)
            // Usually all of them are needed, and nothing is copied.
            func add(_ packed: [Int64], to column: inout [Int64]) {
                if column.isEmpty && places.count == packed.count { column = packed } else { column += packed[places] }
            }
            add(minutes.times, to: &columns.times)
            add(minutes.calls, to: &columns.counts)
            add(minutes.callsOnStart, to: &columns.countsOnStart)
            add(minutes.failed, to: &columns.failed)
            add(minutes.failedOnStart, to: &columns.failedOnStart)
            columns.keyOf += repeatElement(0, count: places.count)
        }

        private mutating func key(_ row: some PassingRow) -> Int32 {
            for place in rows.keys.indices { current[place] = code(row, first + place, place) }
            if let last, last.codes == current { return last.place }
            var prefix: Int32 = 0
            for place in rows.keys.indices {
                let step = Step(prefix: prefix, code: current[place])
                if let found = places[place][step] {
                    prefix = found
                    continue
                }
                let before = place == 0 ? [] : prefixes[place - 1][Int(prefix)]
                var stored = row.value(first + place)
                if rows.dictionaries[place] != nil, let id = row.integer(first + place) { stored = names[place][id] ?? .null }
                let values = before + [FieldCodec.value(rows.keys[place], stored)]
                let number: Int32
                if place == rows.keys.count - 1 {
                    // Two dictionary rows may have the same text: two models may share a provider.
                    number = numbers[values] ?? Int32(columns.keys.count)
                    if number == columns.keys.count {
                        numbers[values] = number
                        columns.keys.append(values)
                    }
                } else {
                    number = Int32(prefixes[place].count)
                    prefixes[place].append(values)
                }
                places[place][step] = number
                prefix = number
            }
            last = (current, prefix)
            return prefix
        }

        /// Returns a code for a stored value that is unique within its column.
        private mutating func code(_ row: some PassingRow, _ column: Int, _ place: Int) -> Int64 {
            let reserved = Int64.min + 1 << 40
            if let number = row.integer(column), number >= reserved { return number }
            let value = row.value(column)
            if case .null = value { return RuleColumns.unknown }
            if let code = codes[place][value] { return code }
            let code = RuleColumns.unknown + 1 + Int64(codes[place].count)
            codes[place][value] = code
            return code
        }

        /// Returns a field's value as the integer that is summed, ranked or compared.
        private mutating func whole(_ row: some PassingRow, _ column: Int, _ place: Int) -> Int64 {
            switch rows.fields[place].type {
            case .count, .duration, .money, .time, .flag, .httpStatus: return row.integer(column) ?? RuleColumns.unknown
            case .text, .choice, .tags:
                let value = row.value(column)
                switch value {
                case .null, .text(""): return RuleColumns.unknown
                default: break
                }
                let slot = rows.keys.count + place
                if let code = codes[slot][value] { return code }
                codes[slot][value] = Int64(codes[slot].count)
                return Int64(codes[slot].count - 1)
            }
        }
    }
}
