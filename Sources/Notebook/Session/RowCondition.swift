import Model
import QueryLanguage

/// A condition over the rows of a result: columns by name, literals read by the column's type, two-valued as in the language.
indirect enum RowCondition {
    case comparison(Subject, Comparison, [Wanted])
    case has(Subject, String)
    /// The text matches the regular expression somewhere.
    case matches(Subject, Pattern)
    case isMissing(Subject)
    case flag(Subject)
    case not(RowCondition)
    case and(RowCondition, RowCondition)
    case or(RowCondition, RowCondition)

    /// What a condition looks at.
    struct Subject {
        /// The column; nil for the number of rows.
        var column: Int?
        var name: String
        var type: ValueType
    }

    /// A value to compare with.
    enum Wanted: Hashable {
        case magnitude(Double)
        case whole(Int64)
        case text(String)
        /// `*` stands for any text.
        case glob([String])
        case missing
    }

    /// True when it looks at rows, not only at their number.
    var looksAtRows: Bool {
        switch self {
        case .comparison(let subject, _, _), .has(let subject, _), .matches(let subject, _), .isMissing(let subject),
            .flag(let subject):
            subject.column != nil
        case .not(let inner): inner.looksAtRows
        case .and(let a, let b), .or(let a, let b): a.looksAtRows || b.looksAtRows
        }
    }

    /// The subjects in the order in which they are named.
    var subjects: [Subject] {
        switch self {
        case .comparison(let subject, _, _), .has(let subject, _), .matches(let subject, _), .isMissing(let subject),
            .flag(let subject):
            [subject]
        case .not(let inner): inner.subjects
        case .and(let a, let b), .or(let a, let b): a.subjects + b.subjects
        }
    }

    /// True when the row satisfies it; `count` is the number of all rows.
    func holds(_ row: [Value], count: Int64) -> Bool {
        switch self {
        case .comparison(let subject, let comparison, let wanted):
            let value = subject.column.map { row.indices.contains($0) ? row[$0] : .missing } ?? .count(count)
            switch comparison {
            case .equal: return wanted.contains { RowCondition.equals(value, $0) }
            case .notEqual: return !wanted.contains { RowCondition.equals(value, $0) }
            case .less, .lessOrEqual, .greater, .greaterOrEqual:
                return wanted.allSatisfy { RowCondition.isOrdered(value, comparison, $0) }
            case .matches, .notMatches: return false
            }
        case .has(let subject, let text):
            guard let column = subject.column, case .text(let value) = row[column] else { return false }
            return value.lowercased().contains(text.lowercased())
        case .matches(let subject, let pattern):
            guard let column = subject.column, case .text(let value) = row[column] else { return false }
            return pattern.matches(value)
        case .isMissing(let subject): return subject.column.map { row[$0].isMissing } ?? false
        case .flag(let subject): return subject.column.map { row[$0] == .flag(true) } ?? false
        case .not(let inner): return !inner.holds(row, count: count)
        case .and(let a, let b): return a.holds(row, count: count) && b.holds(row, count: count)
        case .or(let a, let b): return a.holds(row, count: count) || b.holds(row, count: count)
        }
    }

    private static func equals(_ value: Value, _ wanted: Wanted) -> Bool {
        switch (value, wanted) {
        case (.missing, .missing): true
        case (.missing, _), (_, .missing): false
        case (.count(let a), .whole(let b)): a == b
        case (.time(let a), .whole(let b)): a.nanoseconds == b
        case (.duration(let a), .whole(let b)): a.inNanoseconds == b
        case (.money(let a), .whole(let b)): a.units == b
        case (.text(let a), .text(let b)): a == b
        case (.text(let a), .glob(let parts)): matches(a, parts)
        case (.flag(let a), .text(let b)): ["yes", "true", "1"].contains(b.lowercased()) == a
        case (_, .magnitude(let b)): value.magnitude == b
        default: false
        }
    }

    private static func isOrdered(_ value: Value, _ comparison: Comparison, _ wanted: Wanted) -> Bool {
        func compare<T: Comparable>(_ a: T, _ b: T) -> Bool {
            switch comparison {
            case .less: a < b
            case .lessOrEqual: a <= b
            case .greater: a > b
            case .greaterOrEqual: a >= b
            default: false
            }
        }
        switch (value, wanted) {
        case (.missing, _): return false
        case (.count(let a), .whole(let b)): return compare(a, b)
        case (.time(let a), .whole(let b)): return compare(a.nanoseconds, b)
        case (.duration(let a), .whole(let b)): return compare(a.inNanoseconds, b)
        case (.money(let a), .whole(let b)): return compare(a.units, b)
        case (.text(let a), .text(let b)):
            // Severities have an order of their own.
            if let a = Severity.named(a), let b = Severity.named(b) { return compare(a.rawValue, b.rawValue) }
            return compare(a, b)
        case (_, .magnitude(let b)): return value.magnitude.map { compare($0, b) } ?? false
        default: return false
        }
    }

    /// A glob whose parts were parted at the stars.
    private static func matches(_ text: String, _ parts: [String]) -> Bool {
        guard let first = parts.first, let last = parts.last, text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let place = rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}

extension Severity {
    /// The severity with this name, in any case.
    static func named(_ name: String) -> Severity? {
        let folded = name.lowercased()
        return Severity.allCases.first { $0.name.lowercased() == folded }
    }
}
