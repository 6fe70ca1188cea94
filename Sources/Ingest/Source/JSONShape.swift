/// What the first object of a JSON text looks like, by the names of its members.
struct JSONShape {
    /// The names at the top of the object, in order; those that lie before any damage.
    private(set) var keys: [String] = []
    private var members: [String: JSONSlice] = [:]
    private let depth: Int

    init(_ text: UnsafeBufferPointer<UInt8>) {
        var cursor = JSONCursor(text)
        self.init(&cursor, depth: 0)
    }

    private init(_ cursor: inout JSONCursor, depth start: Int) {
        // Into lists: their first element tells.
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
            // Torn or larger than what was read: its beginning may still tell.
            members[name] = JSONSlice(start: cursor.base + start, count: cursor.end - start)
            break
        }
    }

    /// The row of the format that the object, or the first one in its pages, belongs to; nil when nobody knows.
    var row: FormatRow? {
        if let row = FormatTable.row(of: self) { return row }
        // A page: what it holds decides.
        return has("data") ? inner("data")?.row : nil
    }

    /// True when all of these are members.
    func has(_ names: String...) -> Bool { names.allSatisfy { members[$0] != nil } }
    /// True when any of these is a member.
    func hasAny(_ names: String...) -> Bool { names.contains { members[$0] != nil } }
    /// The text of a member; nil when it is none.
    func text(_ name: String) -> String? { members[name]?.string }

    /// The object in a member, or the first one in its list; nil when there is none, and below three levels.
    func inner(_ name: String) -> JSONShape? {
        guard depth < 3, let value = members[name] else { return nil }
        var cursor = JSONCursor(value)
        return JSONShape(&cursor, depth: depth + 1)
    }
}
