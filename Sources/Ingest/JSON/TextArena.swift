import Model

/// Memory for strings created while a record is read, to which its attributes point.
final class TextArena {
    private var blocks: [UnsafeMutableBufferPointer<UInt8>] = []
    private var used = 0

    deinit { for block in blocks { block.deallocate() } }

    /// Releases all strings; keeps the first block of memory.
    func reset() {
        while blocks.count > 1 { blocks.removeLast().deallocate() }
        used = 0
    }

    /// Returns a copy of the bytes that lives until `reset`.
    func keep(_ bytes: some Collection<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let count = bytes.count
        if blocks.isEmpty || blocks[blocks.count - 1].count - used < count {
            blocks.append(.allocate(capacity: max(count, 1 << 14)))
            used = 0
        }
        let room = UnsafeMutableBufferPointer(rebasing: blocks[blocks.count - 1][used..<used + count])
        _ = room.update(fromContentsOf: bytes)
        used += count
        return UnsafeBufferPointer(room)
    }

    /// Returns a member name in raw form that lives until `reset`.
    func key(_ bytes: some Collection<UInt8>) -> JSONKey {
        let kept = keep(bytes)
        return kept.baseAddress.map { JSONKey(start: $0, count: kept.count) } ?? JSONKey("")
    }

    /// Returns JSON text as a value that lives until `reset`.
    func value(_ bytes: some Collection<UInt8>) -> JSONSlice {
        let kept = keep(bytes)
        guard let start = kept.baseAddress else { return JSONSlice(start: JSONKey("null").start, count: 4) }
        return JSONSlice(start: start, count: kept.count)
    }

    /// Returns plain text as a JSON string that lives until `reset`.
    func string(_ text: String) -> JSONSlice {
        var writer = JSONWriter()
        writer.string(text)
        return value(writer.bytes)
    }
}
