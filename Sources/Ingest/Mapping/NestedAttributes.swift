extension AttributeSet {
    /// Parents whose parts have names of their own although the parent is a name, too: messages, and `error.type` below `error`.
    private static let unfolded: [StaticString] = [
        "llm.input_messages", "llm.output_messages", "gen_ai.prompt", "gen_ai.completion", "llm.prompts", "llm.completions",
        "llm.choices", "embedding.embeddings", "error", "exception",
    ]

    /// Adds the members of an object whose dotted names were split into nested objects, as Phoenix stores them: `{"llm":
    /// {"model_name": …}}` is `llm.model_name`, and `llm.input_messages.0.message.role` is a member of the first object in a
    /// list.
    ///
    /// A name that is itself an attribute keeps its object whole. Keys created here live in `arena`.
    mutating func addNested(_ object: JSONSlice, arena: TextArena) { addNested(object, path: [], depth: 0, arena: arena) }

    private mutating func addNested(_ container: JSONSlice, path: [UInt8], depth: Int, arena: TextArena) {
        if container.isArray {
            var index = 0
            container.forEachElement { element in
                addPart(element, path: path + [0x2E] + Array(String(index).utf8), depth: depth, arena: arena)
                index += 1
            }
            return
        }
        container.forEachMember { key, value in
            if path.isEmpty, !value.isObject, !value.isArray { return add(key, AttributeValue(slice: value)) }
            addPart(value, path: path.isEmpty ? Array(key.bytes) : path + [0x2E] + Array(key.bytes), depth: depth, arena: arena)
        }
    }

    private mutating func addPart(_ value: JSONSlice, path: [UInt8], depth: Int, arena: TextArena) {
        let isUnfolded = AttributeSet.unfolded.contains { name in
            JSONKey.isWithin(path, name)
        }
        let isTakenApart: Bool
        if value.isObject, !value.isVoid, depth < 24 {
            isTakenApart =
                isUnfolded || !(path.elementsEqual("metadata".utf8) || path.withUnsafeBufferPointer { holdsWhole($0) })
        } else {
            isTakenApart = value.isArray && isUnfolded && !value.isVoid && depth < 24
        }
        if isTakenApart { return addNested(value, path: path, depth: depth + 1, arena: arena) }
        add(arena.key(path), AttributeValue(slice: value))
    }
}

extension JSONKey {
    /// Returns true when the path is `name` or below it.
    fileprivate static func isWithin(_ path: [UInt8], _ name: StaticString) -> Bool {
        let length = name.utf8CodeUnitCount
        guard path.count >= length, path.count == length || path[length] == 0x2E else { return false }
        return path.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { JSONKey(start: $0, count: length) == name } ?? false
        }
    }
}
