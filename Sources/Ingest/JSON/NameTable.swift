/// Finds the value of a name among a fixed set: a hash table over raw bytes, so that no text is made of the name.
struct NameTable<Value: Sendable>: Sendable {
    private let slots: [(name: StaticString, value: Value)?]
    private let mask: Int

    /// Makes a table; of equal names the first counts.
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

    /// The value of the name; nil when it is not in the table.
    subscript(key: JSONKey) -> Value? {
        var at = NameTable.hash(key) & mask
        while let slot = slots[at] {
            if key == slot.name { return slot.value }
            at = (at + 1) & mask
        }
        return nil
    }

    private static func hash(_ key: JSONKey) -> Int {
        // The length and the last bytes tell most names apart; names of one family share their beginnings.
        var hash = UInt32(truncatingIfNeeded: key.count)
        for byte in key.bytes.suffix(24) { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(hash ^ hash >> 15)
    }
}
