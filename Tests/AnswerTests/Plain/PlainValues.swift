import Model

@testable import QueryLanguage

/// Values and conditions of plain rows as an engine keeps them, written down a second time.
struct PlainValues {
    let scope: StatementScope
    let facts: PlainFacts

    // MARK: Values

    /// The stored value of a field; null when it is missing.
    func stored(_ field: Field, _ row: PlainRow) -> StoredValue {
        if field.isBinned { return binned(field, row) }
        switch field.id {
        case .metadata:
            switch ConditionMaker.metadata(row, field.key) {
            case .text(let text): return .text(text)
            case .count(let number): return .text(String(number))
            case .number(let number): return .text(String(number))
            default: return .null
            }
        case .recovered where row.noun != .traces: return row[.recovered].isMissing ? .null : .integer(isRecovered(row) ? 1 : 0)
        case .outcome where row.noun != .traces:
            guard row[.failed] == .flag(true) || row.noun == .errors else { return .integer(0) }
            return .integer(isRecovered(row) ? 1 : 2)
        case .latency where row.noun == .traces: return number(row[.duration])
        case .day, .week, .month:
            guard case .text(let text) = row[field.id], let number = FieldCodec.calendarNumber(field, text) else { return .null }
            return .integer(number)
        case .class:
            guard case .text(let name) = row[.class] else { return .null }
            return ErrorClass.allCases.firstIndex { $0.rawValue == name }.map { .integer(Int64($0)) } ?? .null
        case .evidence: return row.evidence == 0 ? .null : .integer(row.evidence)
        default: break
        }
        let value = row[field.id]
        if case .text(let word) = value, case .choice(let words, _) = field.type {
            return words.firstIndex(of: word).map { FieldCodec.stored(field, choice: $0)[0] } ?? .null
        }
        return number(value)
    }

    private func number(_ value: Value) -> StoredValue {
        switch value {
        case .text(let text): .text(text)
        case .count(let number): .integer(number)
        case .duration(let length): .integer(length.inNanoseconds)
        case .money(let money): .integer(money.units)
        case .time(let time): .integer(time.nanoseconds)
        case .flag(let flag): .integer(flag ? 1 : 0)
        default: .null
        }
    }

    private func binned(_ field: Field, _ row: PlainRow) -> StoredValue {
        guard let number = stored(Field(field.id, key: field.key), row).integer else { return .null }
        if number < 0 { return .integer(-1) }
        return .integer(Bins.bounds(of: field).last { $0 <= number } ?? 0)
    }

    /// True when the error was made good by the time that is known.
    func isRecovered(_ row: PlainRow) -> Bool {
        guard row[.recovered] == .flag(true) else { return false }
        guard let known = scope.knownUntil else { return true }
        return recoveredAt(row).map { $0 <= known.nanoseconds } ?? false
    }

    /// When an error was made good; nil while it is open.
    func recoveredAt(_ row: PlainRow) -> Int64? {
        row[.recovered] == .flag(true) ? row.recoveryTime.map { row.time + $0 } : nil
    }

    // MARK: Conditions

    func holds(_ predicate: CheckedPredicate, _ row: PlainRow) -> Bool {
        switch predicate {
        case .always(let truth): return truth
        case .and(let parts): return parts.allSatisfy { holds($0, row) }
        case .or(let parts): return parts.contains { holds($0, row) }
        case .not(let inner): return !holds(inner, row)
        case .someRow(let field, let inner):
            let rows = field.isOfErrorsOfTraces ? row.errors : row.calls
            return rows.contains { ($0.scope != 1 || field.id == .kind) && holds(inner, $0) }
        case .isNew(let field):
            guard let from = scope.window?.from.nanoseconds else { return stored(field, row) != .null }
            let value = stored(field, row)
            let earlier = field.row.isErrorOnly ? facts.errors : facts.calls
            return value != .null && !earlier.contains { $0.time < from && stored(field, $0) == value }
        case .isMissing(let field): return field.type == .tags ? row.tags.isEmpty : stored(field, row) == .null
        case .flag(let field): return stored(field, row) == .integer(1)
        case .isOneOf(let field, let values): return isOneOf(field, values, row)
        case .ordered(let field, let comparison, let bound): return isOrdered(field, comparison, bound, row)
        case .glob(let field, let glob): return texts(field, row).contains { PlainValues.matches(Array(glob), Array($0)) }
        case .has(let field, let part):
            let wanted = PlainValues.folded(part)
            return texts(field, row).contains { text in
                let own = PlainValues.folded(text)
                return wanted.isEmpty || own.indices.contains { own[$0...].starts(with: wanted) }
            }
        case .matches(let field, let pattern):
            guard let pattern = try? Pattern(pattern) else { return false }
            return texts(field, row).contains { text in
                Array(text.utf8).withUnsafeBufferPointer { pattern.matches(utf8: $0) }
            }
        }
    }

    private func texts(_ field: Field, _ row: PlainRow) -> [String] {
        field.type == .tags ? row.tags : stored(field, row).text.map { [$0] } ?? []
    }

    private func isOneOf(_ field: Field, _ values: [StoredValue], _ row: PlainRow) -> Bool {
        switch field.id {
        case .tag: return row.tags.contains { values.contains(.text($0)) }
        case .evidence: return row.evidence & values.compactMap(\.integer).reduce(0, |) != 0
        // Of classes the types are named.
        case .class: return values.contains(stored(Field(.type), row))
        default: return values.contains(stored(field, row))
        }
    }

    private func isOrdered(_ field: Field, _ comparison: Comparison, _ bound: StoredValue, _ row: PlainRow) -> Bool {
        let order: Int
        if field.id == .metadata {
            let value = ConditionMaker.metadata(row, field.key)
            guard let number = value.magnitude, let limit = bound.integer.map(Double.init) ?? PlainValues.real(bound) else {
                return false
            }
            order = number < limit ? -1 : number > limit ? 1 : 0
        } else {
            guard let found = PlainValues.order(stored(field, row), bound) else { return false }
            order = found
        }
        switch comparison {
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        case .equal, .notEqual, .matches, .notMatches: return false
        }
    }

    private static func real(_ value: StoredValue) -> Double? { if case .real(let number) = value { number } else { nil } }

    /// Less than zero when `a` comes first: numbers by size, texts by their bytes; nil when one is missing.
    static func order(_ a: StoredValue, _ b: StoredValue) -> Int? {
        if a == .null || b == .null { return nil }
        if a == b { return 0 }
        if let x = a.integer, let y = b.integer { return x < y ? -1 : 1 }
        guard let x = a.text, let y = b.text else { return a.integer != nil ? -1 : 1 }
        return Array(x.utf8).lexicographicallyPrecedes(Array(y.utf8)) ? -1 : 1
    }

    private static func folded(_ text: String) -> [UInt8] { text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 } }

    private static func matches(_ glob: [Character], _ text: [Character]) -> Bool {
        guard let first = glob.first else { return text.isEmpty }
        if first == "*" { return (0...text.count).contains { matches(Array(glob.dropFirst()), Array(text[$0...])) } }
        return text.first == first && matches(Array(glob.dropFirst()), Array(text.dropFirst()))
    }
}
