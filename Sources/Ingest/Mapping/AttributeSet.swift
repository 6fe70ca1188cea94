import Glibc

/// The attributes of one span, event, resource or observation, sorted into fields while they are read.
///
/// Points into the memory of the text; reset it before that memory goes away.
struct AttributeSet {
    private let table: AttributeTable
    private var values = [AttributeValue?](repeating: nil, count: AttributeField.allCases.count)
    private var ranks = [UInt8](repeating: 0, count: AttributeField.allCases.count)
    /// What no field takes, in the order of reading.
    private(set) var leftovers: [(key: JSONKey, value: AttributeValue)] = []
    /// `gen_ai.request.*`: parameters of the request.
    private(set) var parameters: [(key: JSONKey, value: AttributeValue)] = []
    /// Messages spread over numbered names.
    private(set) var messages = FlattenedMessages()

    init(_ table: AttributeTable = .spans) { self.table = table }

    /// Forgets everything; keeps the memory.
    mutating func reset() {
        for index in values.indices { values[index] = nil }
        leftovers.removeAll(keepingCapacity: true)
        parameters.removeAll(keepingCapacity: true)
        messages.reset()
    }

    subscript(field: AttributeField) -> AttributeValue? { values[Int(field.rawValue)] }

    func text(_ field: AttributeField) -> String? { self[field]?.text }

    /// True when a field takes the attribute of this name as a whole.
    func holdsWhole(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        name.baseAddress.map { table.entry(JSONKey(start: $0, count: name.count)) != nil } ?? false
    }

    mutating func add(_ key: JSONKey, _ value: AttributeValue) {
        if value.isVoid { return }
        if let entry = table.entry(key) {
            let index = Int(entry.field.rawValue)
            if let older = values[index] {
                let isNewer = entry.rank < ranks[index]
                let loser = isNewer ? older : value
                let winner = isNewer ? value : older
                if entry.field.keepsOlderNames, !AttributeSet.isSame(loser, winner) {
                    let name = isNewer ? table.name(of: entry.field, rank: ranks[index]) : key
                    leftovers.append((name, loser))
                }
                if !isNewer { return }
            }
            values[index] = value
            ranks[index] = entry.rank
            return
        }
        if messages.take(key, value) { return }
        if key.hasPrefix("gen_ai.request.") {
            parameters.append((key, value))
        } else {
            leftovers.append((key, value))
        }
    }

    /// Adds every member of an object.
    mutating func addMembers(of object: JSONSlice) {
        var cursor = JSONCursor(object)
        guard (try? cursor.enterObject()) == true else { return }
        while let key = try? cursor.nextKey(), let value = try? cursor.skipValue() {
            add(key, AttributeValue(slice: value))
        }
    }

    private static func isSame(_ a: AttributeValue, _ b: AttributeValue) -> Bool {
        a.slice.count == b.slice.count && memcmp(a.slice.start, b.slice.start, a.slice.count) == 0
    }

    /// Makes a field's value a leftover again, under the name it came with, when the record has no place for it.
    mutating func giveBack(_ fields: [AttributeField]) {
        for field in fields {
            let index = Int(field.rawValue)
            guard let value = values[index] else { continue }
            leftovers.append((table.name(of: field, rank: ranks[index]), value))
            values[index] = nil
        }
    }

    /// Takes out leftovers that were read elsewhere.
    mutating func removeLeftovers(_ names: [StaticString]) {
        leftovers.removeAll { leftover in names.contains { leftover.key == $0 } }
    }

    /// Takes the value of a field out.
    mutating func remove(_ field: AttributeField) { values[Int(field.rawValue)] = nil }

    /// Takes a leftover out again.
    mutating func removeLeftover(at index: Int) -> AttributeValue { leftovers.remove(at: index).value }

    /// Writes the leftovers as members of the open object.
    func writeLeftovers(to writer: inout JSONWriter) {
        for (key, value) in leftovers {
            writer.key(key)
            value.write(to: &writer)
        }
    }
}
