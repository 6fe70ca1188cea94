import Model
import Glibc

/// The attributes of one span, event, resource or observation, sorted into fields while they are read.
///
/// Points into the memory of the text; reset it before that memory is freed.
struct AttributeSet {
    private let table: AttributeTable
    private var values = [AttributeValue?](repeating: nil, count: AttributeField.allCases.count)
    private var ranks = [UInt8](repeating: 0, count: AttributeField.allCases.count)
    /// Attributes that belong to no field, in reading order.
    private(set) var leftovers: [(key: JSONKey, value: AttributeValue)] = []
    /// Request parameters: `gen_ai.request.*`.
    private(set) var parameters: [(key: JSONKey, value: AttributeValue)] = []
    /// Messages spread over numbered attribute names.
    private(set) var messages = FlattenedMessages()

    init(_ table: AttributeTable = .spans) { self.table = table }

    /// Removes everything; keeps the memory.
    mutating func reset() {
        for index in values.indices { values[index] = nil }
        leftovers.removeAll(keepingCapacity: true)
        parameters.removeAll(keepingCapacity: true)
        messages.reset()
    }

    subscript(field: AttributeField) -> AttributeValue? { values[Int(field.rawValue)] }

    func text(_ field: AttributeField) -> String? { self[field]?.text }

    /// Returns true when a field takes the attribute with this name as a whole.
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

    /// Turns a field's value back into a leftover, under its original name, when the record has no place for it.
    mutating func returnToLeftovers(_ fields: [AttributeField]) {
        for field in fields {
            let index = Int(field.rawValue)
            guard let value = values[index] else { continue }
            leftovers.append((table.name(of: field, rank: ranks[index]), value))
            values[index] = nil
        }
    }

    /// Removes leftovers that were read elsewhere.
    mutating func removeLeftovers(_ names: [StaticString]) {
        leftovers.removeAll { leftover in names.contains { leftover.key == $0 } }
    }

    /// Removes the value of a field.
    mutating func remove(_ field: AttributeField) { values[Int(field.rawValue)] = nil }

    /// Removes and returns a leftover.
    mutating func removeLeftover(at index: Int) -> AttributeValue { leftovers.remove(at: index).value }

    /// Writes the leftovers as members of the open object.
    func writeLeftovers(to writer: inout JSONWriter) {
        for (key, value) in leftovers {
            writer.key(key)
            value.write(to: &writer)
        }
    }
}
