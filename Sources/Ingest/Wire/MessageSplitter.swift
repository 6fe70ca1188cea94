/// Splits a file of protobuf messages into messages. A single message is split into the elements of its list, so that it need
/// not fit into memory.
struct MessageSplitter {
    let buffer: InputBuffer
    let framing: MessageFraming
    private var number = 0

    enum Part {
        case message(UnsafeBufferPointer<UInt8>, number: Int)
        /// What ends the reading before the end of the file, and the number of the message.
        case broken(String, number: Int)
    }

    init(buffer: InputBuffer, framing: MessageFraming) {
        self.buffer = buffer
        self.framing = framing
    }

    /// Returns the next message; nil after the last. The bytes are valid until the next call.
    mutating func next() throws(IngestError) -> Part? {
        // More than the longest tag and length.
        try buffer.fill(24)
        guard buffer.count > 0 else { return nil }
        number += 1
        guard let (length, start) = extent() else { return stop("the file ends inside a message, or its length is damaged") }
        guard start + length <= InputBuffer.limit else { return stop("a message is longer than \(InputBuffer.limit >> 20) MB") }
        try buffer.fill(start + length)
        guard buffer.count >= start + length else { return stop("torn: the file ends inside a message") }
        let bytes = buffer.bytes
        buffer.drop(start + length, lines: 0)
        let first = framing == .none ? 0 : start
        return .message(UnsafeBufferPointer(rebasing: bytes[first..<start + length]), number: number)
    }

    /// The length of the message at the buffer's start, and of what stands before it.
    private func extent() -> (length: Int, start: Int)? {
        guard framing == .none else { return framing.length(of: buffer.bytes) }
        // An element of the request's list, with its tag: a request of one element.
        var reader = WireReader(buffer.bytes)
        guard let tag = try? reader.varint(), tag & 7 == 2, let length = try? reader.varint() else { return nil }
        return Int(exactly: length).flatMap { $0 < 1 << 40 ? ($0, reader.at) : nil }
    }

    private func stop(_ what: String) -> Part {
        buffer.drop(buffer.count, lines: 0)
        return .broken(what, number: number)
    }
}
