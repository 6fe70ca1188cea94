import Model

/// The rows that the measures of a rule are taken of, free of any engine: what a replay reads of the history.
public struct RuleRows: Sendable {
    /// Which measures they serve.
    public enum Family: Hashable, Sendable {
        /// The noun's own rows.
        case own
        /// The calls that rates are taken of; the errors of a question about calls.
        case calls, errors
    }

    public let family: Family
    /// The keys of the groups that these rows have, by their places among the rule's keys.
    public let keyPlaces: [Int]
    /// The fields whose values the rows carry, behind the keys.
    public private(set) var fields: [Field]
    /// The conditions that each row satisfies or not, behind the fields.
    public private(set) var conditions: [CheckedPredicate]
    /// True when a row stands for the calls of a whole minute: its time is the minute's first instant.
    public private(set) var isByMinute: Bool
    /// The statement. Its columns: time in nanoseconds; for rows of minutes the number of rows, those on the minute's first
    /// instant, the failed ones of all and of those; else whether the call failed, the instant at which it was made good (both
    /// NULL where they have no meaning), and its `RuleColumns.Life`; then keys, fields and conditions. Ordered by time.
    public let statement: SQLStatement
    /// The window that the statement reads.
    let window: Window
    /// The same statement for a part of the window.
    let part: @Sendable (Window) -> SQLStatement
    /// The statement that finds each group of a window once, with the first instant at which it was known; nil without keys, and
    /// where these rows do not know all of them. Its columns are those of rows with their own times.
    let groups: (@Sendable (Window) -> SQLStatement)?
    /// How the rows are found in columns that an engine may keep; nil when only the statement finds them.
    let packing: Packing?
    let keys: [Field]
    /// For each key that is read as the number of a dictionary's row: ids and texts.
    let dictionaries: [SQLStatement?]

    /// What is taken of columns in place of rows.
    enum Packing: Sendable {
        /// Errors of the kinds that this statement gives: in place of a row's time stands the kind's id, all else is as in a row.
        case kinds(SQLStatement)
        /// All minutes.
        case minutes
    }

    /// True when these rows tell the groups of their rule.
    public var knowsGroups: Bool { groups != nil }

    /// Asks the engine for the groups of a window, a row for each: its keys, and the first instant at which it was known.
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

    /// Asks the engine for all rows; for those that are not packed when `packed` is given, which must be of the same window.
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
    /// What stretch of its life a row stands for, where the question asks whether errors were made good: that is known from the
    /// success on, not before.
    public enum Life: Int64, Sendable {
        case whole = 0
        /// Up to the instant at which it was made good.
        case untilRecovered = 1
        /// From that instant on, of a row that was there before; and of one that was not.
        case sinceRecovered = 2, onlySinceRecovered = 3
    }

    /// Stands for an instant or a value that is not known.
    public static let unknown = Int64.min

    /// Nanoseconds since 1970, ascending.
    public internal(set) var times: [Int64] = []
    /// The place of each row's keys in `keys`.
    public internal(set) var keyOf: [Int32] = []
    /// The keys that may occur, each once.
    public internal(set) var keys: [[Value]] = []
    /// Rows by their own times: 1 for calls that failed. Rows of minutes: how many failed.
    public internal(set) var failed: [Int64] = []
    /// When errors were made good; empty when none was.
    public internal(set) var recoveredAt: [Int64] = []
    /// Empty when every row stands for its whole life.
    public internal(set) var lives: [Life] = []
    /// Rows of minutes: how many rows each is, and of all and the failed ones those on the minute's first instant.
    public internal(set) var counts: [Int64] = [], countsOnStart: [Int64] = [], failedOnStart: [Int64] = []
    /// Field by field: whole numbers in the field's unit, or codes of its values.
    public internal(set) var values: [[Int64]]
    /// A bit for each condition.
    public internal(set) var conditions: [UInt32] = []

    /// The place of the first row that is not earlier.
    public func first(atOrAfter time: Timestamp) -> Int { times.firstPlace(atOrAfter: time) }
}

extension RuleColumns {
    /// Takes in rows as an engine gives them.
    struct Reading {
        private(set) var columns: RuleColumns
        private let rows: RuleRows
        private let first: Int
        /// The texts of dictionaries, for each key that is read by number.
        private var names: [[Int64: StoredValue]]
        /// From the place of the keys before and a key's code to a place of both.
        private var places: [[Step: Int32]]
        private var prefixes: [[[Value]]]
        private var numbers: [[Value]: Int32] = [:]
        /// Codes of what is no number, for each key and each field.
        private var codes: [[StoredValue: Int64]]
        private var last: (codes: [Int64], place: Int32)?
        private var current: [Int64]
        /// By the id of a kind of errors: the place of its keys, -1 for kinds that are not asked for; what else its rows are.
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

        /// Takes the rows that came so far for kinds of errors, whose ids are not above a number.
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

        /// Takes the errors of a window that are of the kinds asked for.
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

        /// Takes the minutes of a window.
        mutating func take(_ minutes: MinuteColumns, in window: Window) {
            let places = minutes.rows(in: window)
            // All of them, as mostly, need not be copied.
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
                    // Two rows of a dictionary may read the same: two models have one provider.
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

        /// A stored value as a number that only it has within its column.
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

        /// A field's value as the whole number that is summed, ranked or told apart.
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
