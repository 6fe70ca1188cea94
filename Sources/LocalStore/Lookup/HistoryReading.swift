import Model
import QueryLanguage
import SQLite

extension HistoryColumns {
    /// Takes in rows as statements of `HistorySQL` give them.
    struct Reading {
        private(set) var columns: HistoryColumns
        private let rows: HistoryRequest
        private let isByMinute: Bool
        private let readsNames: [Bool]
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

        /// - Parameters:
        ///   - isByMinute: True when rows are minutes.
        ///   - readsNames: For each key, whether it is read as the number of a dictionary's row.
        init(_ rows: HistoryRequest, isByMinute: Bool, readsNames: [Bool]) {
            (self.rows, self.isByMinute, self.readsNames) = (rows, isByMinute, readsNames)
            columns = HistoryColumns(fields: rows.fields.count)
            columns.isByMinute = isByMinute
            first = isByMinute ? 5 : 4
            names = rows.keys.map { _ in [:] }
            places = rows.keys.map { _ in [:] }
            prefixes = rows.keys.map { _ in [] }
            codes = (0..<rows.keys.count + rows.fields.count).map { _ in [:] }
            current = Array(repeating: 0, count: rows.keys.count)
            if rows.keys.isEmpty { columns.keys = [[]] }
        }

        mutating func name(_ id: Int64, _ text: StoredValue, ofKey key: Int) { names[key][id] = text }

        mutating func take(_ row: some RowCursor) {
            guard let time = row.integer(0) else { return }
            columns.times.append(time)
            if isByMinute {
                columns.counts.append(row.integer(1) ?? 0)
                columns.countsOnStart.append(row.integer(2) ?? 0)
                columns.failed.append(row.integer(3) ?? 0)
                columns.failedOnStart.append(row.integer(4) ?? 0)
            } else {
                columns.failed.append(row.integer(1) ?? 0)
                let place = columns.times.count - 1
                if let recovered = row.integer(2) {
                    if columns.recoveredAt.isEmpty {
                        columns.recoveredAt = Array(repeating: HistoryColumns.unknown, count: place)
                    }
                    columns.recoveredAt.append(recovered)
                } else if !columns.recoveredAt.isEmpty {
                    columns.recoveredAt.append(HistoryColumns.unknown)
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
            columns = HistoryColumns()
            columns.keys = keys
        }

        /// Takes the errors of a window that are of the kinds asked for.
        mutating func take(_ errors: ErrorColumns, in window: Window) {
            if columns.recoveredAt.isEmpty { columns.recoveredAt = columns.times.map { _ in HistoryColumns.unknown } }
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

        private mutating func key(_ row: some RowCursor) -> Int32 {
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
                if readsNames[place], let id = row.integer(first + place) { stored = names[place][id] ?? .null }
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
        private mutating func code(_ row: some RowCursor, _ column: Int, _ place: Int) -> Int64 {
            let reserved = Int64.min + 1 << 40
            if let number = row.integer(column), number >= reserved { return number }
            let value = row.value(column)
            if case .null = value { return HistoryColumns.unknown }
            if let code = codes[place][value] { return code }
            let code = HistoryColumns.unknown + 1 + Int64(codes[place].count)
            codes[place][value] = code
            return code
        }

        /// A field's value as the whole number that is summed, ranked or told apart.
        private mutating func whole(_ row: some RowCursor, _ column: Int, _ place: Int) -> Int64 {
            switch rows.fields[place].type {
            case .count, .duration, .money, .time, .flag, .httpStatus: return row.integer(column) ?? HistoryColumns.unknown
            case .text, .choice, .tags:
                let value = row.value(column)
                switch value {
                case .null, .text(""): return HistoryColumns.unknown
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
