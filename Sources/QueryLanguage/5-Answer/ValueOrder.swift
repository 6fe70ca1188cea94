import Model

/// The order of values: numbers by size, texts by Unicode scalars, missing last in both directions.
enum ValueOrder {
    /// Returns true if `a` comes before `b`; nil if they are equal.
    static func precedes(_ a: Value, _ b: Value, descending: Bool) -> Bool? {
        switch (a, b) {
        case (.missing, .missing): return nil
        case (.missing, _): return false
        case (_, .missing): return true
        case (.text(let x), .text(let y)):
            if x == y { return nil }
            // UTF-8 byte order is the order of scalars.
            let ascends = x.utf8.lexicographicallyPrecedes(y.utf8)
            return ascends != descending
        case (.count(let x), .count(let y)): return x == y ? nil : (x < y) != descending
        case (.time(let x), .time(let y)): return x == y ? nil : (x < y) != descending
        case (.duration(let x), .duration(let y)): return x == y ? nil : (x < y) != descending
        case (.range(let x, _), .range(let y, _)): return precedes(x, y, descending: descending)
        case (.money(let x), .money(let y)): return x == y ? nil : (x < y) != descending
        default:
            guard let x = a.magnitude, let y = b.magnitude, x != y else { return nil }
            return (x < y) != descending
        }
    }

    /// Returns true if key `a` comes before key `b`: as for values, but words of an ordered set in that order.
    static func keyPrecedes(_ field: Field, _ a: Value, _ b: Value, descending: Bool) -> Bool? {
        guard let words = field.type.orderedWords, case .text(let x) = a, case .text(let y) = b,
            let first = words.firstIndex(of: x), let second = words.firstIndex(of: y)
        else { return precedes(a, b, descending: descending) }
        return first == second ? nil : (first < second) != descending
    }

    /// Returns true if the names of group `a` come before those of `b`.
    static func namesPrecede(_ fields: [Field], _ a: [Value], _ b: [Value]) -> Bool {
        for (place, field) in fields.enumerated() {
            if let decided = keyPrecedes(field, a[place], b[place], descending: false) { return decided }
        }
        return false
    }
}
