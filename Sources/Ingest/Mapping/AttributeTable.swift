import Glibc

/// Finds the field of an attribute name: `AttributeNames.table` as a hash table over raw bytes.
struct AttributeTable: Sendable {
    /// The names that mean something on spans, resources and observations.
    static let spans = AttributeTable(AttributeNames.table)
    /// Those, and the plainer ones of events and log records.
    static let events = AttributeTable(
        AttributeNames.table.map { row in
            (row.field, row.names + AttributeNames.onEvents.filter { $0.field == row.field }.flatMap(\.names))
        })

    struct Entry: Sendable {
        let name: StaticString
        let field: AttributeField
        /// The place among the names of the field; 0 is the newest.
        let rank: UInt8
    }

    private let slots: [Entry?]
    private let rows: [(field: AttributeField, names: [StaticString])]

    init(_ table: [(field: AttributeField, names: [StaticString])]) {
        var slots = [Entry?](repeating: nil, count: 1024)
        for row in table {
            for (rank, name) in row.names.enumerated() {
                let bytes = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
                var at = AttributeTable.hash(bytes) & 1023
                while slots[at] != nil { at = (at + 1) & 1023 }
                slots[at] = Entry(name: name, field: row.field, rank: UInt8(rank))
            }
        }
        self.slots = slots
        rows = table
    }

    /// The name that stands at `rank` among those of a field.
    func name(of field: AttributeField, rank: UInt8) -> JSONKey {
        JSONKey(rows[Int(field.rawValue)].names[Int(rank)])
    }

    /// The entry with this name; nil when there is none.
    func entry(_ key: JSONKey) -> Entry? {
        var at = AttributeTable.hash(key.bytes) & 1023
        while let entry = slots[at] {
            if key == entry.name { return entry }
            at = (at + 1) & 1023
        }
        return nil
    }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hash = UInt32(truncatingIfNeeded: bytes.count)
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(hash ^ hash >> 15)
    }
}
