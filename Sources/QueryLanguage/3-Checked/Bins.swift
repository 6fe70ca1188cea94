import Model

/// The bins of numeric fields: bounds 0, 1, 2, 5, 10, 20, 50 … times a power of ten, so that they are the same in every answer
/// and fit values across many magnitudes. Durations begin at 1 µs, amounts at 10⁻⁸ dollars, counts at 1.
package enum Bins {
    /// Returns the lower bounds in stored units, ascending; the last bin is open.
    package static func bounds(of field: Field) -> [Int64] {
        switch field.type {
        case .duration: lengths
        case .money: amounts
        default: counts
        }
    }

    private static let counts = steps(from: 1, upTo: 1_000_000_000_000)
    private static let lengths = steps(from: 1000, upTo: 1_000_000_000_000_000)
    private static let amounts = steps(from: 1, upTo: 10_000_000_000_000)

    private static func steps(from first: Int64, upTo last: Int64) -> [Int64] {
        var bounds: [Int64] = [0], decade = first
        while decade <= last {
            bounds += [decade, 2 * decade, 5 * decade]
            decade *= 10
        }
        return bounds
    }

    /// Returns the bin with this lower bound as a value; a negative bound means the bin below zero.
    static func value(_ field: Field, lower: Int64) -> Value {
        let bounds = bounds(of: field)
        guard let place = bounds.firstIndex(of: lower) else {
            return .range(.missing, FieldCodec.value(field.type, 0))
        }
        let upper: Value = place + 1 < bounds.count ? FieldCodec.value(field.type, bounds[place + 1]) : .missing
        return .range(FieldCodec.value(field.type, lower), upper)
    }

    /// Returns the condition that a row's value is in this bin.
    static func isIn(_ field: Field, _ lower: Value, _ upper: Value) -> CheckedPredicate {
        let plain = Field(field.id, key: field.key)
        func stored(_ value: Value) -> StoredValue? {
            if case .isOneOf(_, let stored) = FieldCodec.isShownAs(plain, value) { stored.first } else { nil }
        }
        var parts: [CheckedPredicate] = []
        if let low = stored(lower), !lower.isMissing { parts.append(.ordered(plain, .greaterOrEqual, low)) }
        if let high = stored(upper), !upper.isMissing { parts.append(.ordered(plain, .less, high)) }
        return .all(parts)
    }
}
