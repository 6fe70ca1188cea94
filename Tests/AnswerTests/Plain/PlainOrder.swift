import Model

@testable import QueryLanguage

/// The order of listings.
struct PlainOrder {
    private let values: PlainValues
    private let sort: [SortKey]

    init(_ values: PlainValues, _ sort: [SortKey]) { (self.values, self.sort) = (values, sort) }

    /// Whether the first row's value comes first; words without an order of their own stand in the alphabet. Nil when equal.
    func precedes(_ field: Field, _ a: PlainRow, _ b: PlainRow, descending: Bool = false) -> Bool? {
        func place(_ row: PlainRow) -> StoredValue {
            if case .choice(_, isOrdered: false) = field.type, field.id != .evidence {
                let value = FieldCodec.value(field, values.stored(field, row))
                if case .text(let word) = value { return .text(word) }
                return .null
            }
            return values.stored(field, row)
        }
        let x = place(a), y = place(b)
        if x == y { return nil }
        // Missing values come last in either direction.
        if x == .null { return false }
        if y == .null { return true }
        return ((PlainValues.order(x, y) ?? 0) < 0) != descending
    }

    func sorted(_ rows: [PlainRow]) -> [PlainRow] {
        rows.sorted { a, b in
            for key in sort {
                guard case .field(let field) = key.subject else { continue }
                if let decided = precedes(field, a, b, descending: key.isDescending) { return decided }
            }
            if a.time != b.time { return a.time > b.time }
            func id(_ row: PlainRow) -> String { if case .text(let text) = row[.trace] { text } else { "" } }
            let first = a.noun == .traces ? [] : [a.id], second = b.noun == .traces ? [] : [b.id]
            let x = (first + [id(a)]).map { Array($0.utf8) }, y = (second + [id(b)]).map { Array($0.utf8) }
            for (one, other) in zip(x, y) where one != other { return one.lexicographicallyPrecedes(other) }
            return (a.scope, a.row) < (b.scope, b.row)
        }
    }
}
