/// Memory for texts that are made while one record is read, and that its attributes point into.
final class TextArena {
    private var blocks: [UnsafeMutableBufferPointer<UInt8>] = []
    private var used = 0

    deinit { for block in blocks { block.deallocate() } }

    /// Forgets every text; the first block of memory is kept.
    func reset() {
        while blocks.count > 1 { blocks.removeLast().deallocate() }
        used = 0
    }

    /// A copy of the bytes that lasts until `reset`.
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

    /// A member's name that lasts until `reset`, in its raw form.
    func key(_ bytes: some Collection<UInt8>) -> JSONKey {
        let kept = keep(bytes)
        return kept.baseAddress.map { JSONKey(start: $0, count: kept.count) } ?? JSONKey("")
    }

    /// A JSON text that lasts until `reset`, as a value.
    func value(_ bytes: some Collection<UInt8>) -> JSONSlice {
        let kept = keep(bytes)
        guard let start = kept.baseAddress else { return JSONSlice(start: JSONKey("null").start, count: 4) }
        return JSONSlice(start: start, count: kept.count)
    }

    /// A plain text as a JSON string that lasts until `reset`.
    func string(_ text: String) -> JSONSlice {
        var writer = JSONWriter()
        writer.string(text)
        return value(writer.bytes)
    }
}
