/// The member names of the first object in a JSON text.
struct JSONShape {
    /// The object's top-level names, in order, up to any damage.
    private(set) var keys: [String] = []
    private var members: [String: JSONSlice] = [:]
    private let depth: Int

    init(_ text: UnsafeBufferPointer<UInt8>) {
        var cursor = JSONCursor(text)
        self.init(&cursor, depth: 0)
    }

    private init(_ cursor: inout JSONCursor, depth start: Int) {
        // For lists, use the first element.
        var depth = start
        while depth < 4, (try? cursor.enterArray()) == true {
            depth += 1
            guard (try? cursor.nextElement()) == true else { break }
        }
        self.depth = depth
        guard depth < 4, (try? cursor.enterObject()) == true else { return }
        while let key = try? cursor.nextKey() {
            let name = key.text
            keys.append(name)
            let start = cursor.at
            if let value = try? cursor.skipValue() {
                if members[name] == nil { members[name] = value }
                continue
            }
            // Truncated or larger than the window: its start may be enough.
            members[name] = JSONSlice(start: cursor.base + start, count: cursor.end - start)
            break
        }
    }

    /// The form that the object, or the first one in its pages, belongs to; nil when nobody knows.
    var match: FormatTable.Match? {
        if let match = FormatTable.match(self) { return match }
        // A page: what it holds decides.
        return has("data") ? inner("data")?.match : nil
    }

    /// Returns true when all of these are members.
    func has(_ names: String...) -> Bool { names.allSatisfy { members[$0] != nil } }
    /// Returns true when any of these is a member.
    func hasAny(_ names: String...) -> Bool { names.contains { members[$0] != nil } }
    /// Returns the string value of a member; nil for any other.
    func text(_ name: String) -> String? { members[name]?.string }

    /// Returns the object in a member, or the first one in its list; nil when there is none, and below three levels.
    func inner(_ name: String) -> JSONShape? {
        guard depth < 3, let value = members[name] else { return nil }
        var cursor = JSONCursor(value)
        return JSONShape(&cursor, depth: depth + 1)
    }
}
