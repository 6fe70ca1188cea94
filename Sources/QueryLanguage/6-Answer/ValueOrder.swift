import Model

/// The one order of values: numbers by size, texts by their scalars, missing last in either direction.
enum ValueOrder {
    /// True when `a` comes before `b`; nil when neither does.
    static func precedes(_ a: Value, _ b: Value, descending: Bool) -> Bool? {
        switch (a, b) {
        case (.missing, .missing): return nil
        case (.missing, _): return false
        case (_, .missing): return true
        case (.text(let x), .text(let y)):
            if x == y { return nil }
            let ascends = x.unicodeScalars.lexicographicallyPrecedes(y.unicodeScalars)
            return ascends != descending
        case (.count(let x), .count(let y)): return x == y ? nil : (x < y) != descending
        case (.time(let x), .time(let y)): return x == y ? nil : (x < y) != descending
        case (.duration(let x), .duration(let y)): return x == y ? nil : (x < y) != descending
        case (.money(let x), .money(let y)): return x == y ? nil : (x < y) != descending
        default:
            guard let x = a.magnitude, let y = b.magnitude, x != y else { return nil }
            return (x < y) != descending
        }
    }

    /// True when the names of group `a` come before those of `b`.
    static func namesPrecede(_ a: [Value], _ b: [Value]) -> Bool {
        for (x, y) in zip(a, b) {
            if let decided = precedes(x, y, descending: false) { return decided }
        }
        return false
    }
}
