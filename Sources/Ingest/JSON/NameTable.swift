/// Maps a fixed set of names to values: a hash table over raw bytes, so that lookups create no strings.
struct NameTable<Value: Sendable>: Sendable {
    private let slots: [(name: StaticString, value: Value)?]
    private let mask: Int

    /// Creates a table; for equal names, the first row counts.
    init(_ rows: [(name: StaticString, value: Value)]) {
        var size = 16
        while size < rows.count * 4 { size *= 2 }
        mask = size - 1
        var slots = [(name: StaticString, value: Value)?](repeating: nil, count: size)
        for row in rows {
            var at = NameTable.hash(JSONKey(row.name)) & mask
            while slots[at] != nil { at = (at + 1) & mask }
            slots[at] = row
        }
        self.slots = slots
    }

    /// The value for the name; nil when it is not in the table.
    subscript(key: JSONKey) -> Value? {
        var at = NameTable.hash(key) & mask
        while let slot = slots[at] {
            if key == slot.name { return slot.value }
            at = (at + 1) & mask
        }
        return nil
    }

    private static func hash(_ key: JSONKey) -> Int {
        // Length and last bytes distinguish most names; related names share prefixes.
        var hash = UInt32(truncatingIfNeeded: key.count)
        for byte in key.bytes.suffix(24) { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(hash ^ hash >> 15)
    }
}
