/// Splits multi-line JSON into values that are read one by one: consecutive objects, the elements of an array, or the elements of
/// the arrays in an object's `wrappers`.
struct ElementSplitter {
    let buffer: InputBuffer
    /// Members whose array is read element by element instead of as a whole.
    let wrappers: [StaticString]
    private var open: [Level] = []
    /// Indentation of the current value; nil when its line starts with something else.
    private var indentation: Int? = 0

    private enum Level { case array, object }

    /// A value; `isDamaged` when it is truncated or malformed, and then its bytes extend to the end of the buffer.
    struct Element {
        var bytes: UnsafeBufferPointer<UInt8>
        var line: Int
        var isDamaged = false
        /// The problem, when no reader can detect it.
        var problem: String?
    }

    init(_ buffer: InputBuffer, wrappers: [StaticString]) {
        self.buffer = buffer
        self.wrappers = wrappers
    }

    /// The result of `cut` at the start of the buffer.
    private enum Cut {
        case value(Int)
        case broken(JSONFault)
        case noMore
    }

    private var pending: (drop: Int, resync: [UInt8]?)?

    /// Returns the next value; nil after the last. The bytes are valid until the next call.
    mutating func next() throws(IngestError) -> Element? {
        if let pending {
            self.pending = nil
            take(pending.drop)
            if let prefix = pending.resync, try !skip(toLineBeginningWith: prefix) { return nil }
        }
        while true {
            guard let byte = try nextByte() else {
                guard !open.isEmpty else { return nil }
                open = []
                return Element(
                    bytes: .init(start: nil, count: 0), line: buffer.line, isDamaged: true, problem: "the file is truncated")
            }
            switch (open.last, byte) {
            case (_, 0x2C): take(1)
            case (.array, 0x5D), (.object, 0x7D):
                take(1)
                open.removeLast()
            case (nil, 0x5B):
                take(1)
                open.append(.array)
            case (nil, 0x7B) where !wrappers.isEmpty:
                take(1)
                open.append(.object)
            case (.object, 0x22):
                if let damaged = try member() { return damaged }
            case (.object, _): return try damaged(JSONFault(reason: .unexpected, offset: 0))
            default: return try value()
            }
        }
    }

    /// Consumes bytes after which a value no longer starts its line.
    private mutating func take(_ count: Int) {
        buffer.drop(count)
        indentation = nil
    }

    /// Returns the first byte that is not blank; nil at the end of the file.
    private mutating func nextByte() throws(IngestError) -> UInt8? {
        while true {
            let bytes = buffer.bytes
            let index = bytes.firstIndex { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } ?? bytes.count
            if let feed = bytes[..<index].lastIndex(of: 0x0A) {
                indentation = index - feed - 1
            } else if index > 0, let column = indentation {
                indentation = column + index
            }
            if index < bytes.count {
                let byte = bytes[index]
                buffer.drop(index)
                return byte
            }
            buffer.drop(bytes.count)
            guard try buffer.refill() else { return nil }
        }
    }

    /// Runs `read` over the unused bytes and refills the buffer while the value is incomplete.
    private func cut(_ read: (inout JSONCursor) throws(JSONFault) -> Void) throws(IngestError) -> Cut {
        while true {
            var cursor = JSONCursor(buffer.bytes)
            do throws(JSONFault) {
                try read(&cursor)
                // A number at the very end of the buffer may continue.
                if cursor.at < cursor.end || buffer.isAtEnd { return .value(cursor.at) }
            } catch {
                if error.reason != .ended || buffer.isAtEnd { return .broken(error) }
            }
            if try !buffer.refill(), !buffer.isAtEnd { return .noMore }
        }
    }

    private mutating func value() throws(IngestError) -> Element? {
        let isScalar = buffer.bytes[0] != 0x7B && buffer.bytes[0] != 0x5B
        if isScalar && open.isEmpty { return try damaged(JSONFault(reason: .unexpected, offset: 0)) }
        switch try cut({ cursor throws(JSONFault) in _ = try cursor.skipValue() }) {
        case .value(let length):
            pending = (length, nil)
            return Element(bytes: UnsafeBufferPointer(rebasing: buffer.bytes[..<length]), line: buffer.line)
        case .broken(let fault): return try damaged(fault)
        case .noMore: return try damaged(nil)
        }
    }

    /// Reads one member of an object, or steps into its array when the key is a wrapper.
    private mutating func member() throws(IngestError) -> Element? {
        var entersArray = false
        let wrappers = wrappers
        let found = try cut { cursor throws(JSONFault) in
            // The brace stands in for the one already consumed, so that no comma is expected before the key.
            guard let key = try cursor.readFirstKey() else { return }
            entersArray = try cursor.peek() == 0x5B && wrappers.contains { key == $0 }
            if !entersArray { _ = try cursor.skipValue() }
        }
        switch found {
        case .value(let length):
            take(entersArray ? length + 1 : length)
            if entersArray { open.append(.array) }
            return nil
        case .broken(let fault): return try damaged(fault)
        case .noMore: return try damaged(nil)
        }
    }

    /// Returns the readable part of a malformed value and resumes at the next line with the same indentation.
    private mutating func damaged(_ fault: JSONFault?) throws(IngestError) -> Element {
        let element = Element(
            bytes: buffer.bytes, line: buffer.line, isDamaged: true,
            problem: fault == nil ? "a record is longer than \(InputBuffer.limit >> 20) MB" : nil)
        let first = buffer.count > 0 ? buffer.bytes[0] : 0
        let blanks = [UInt8](repeating: 0x20, count: min(indentation ?? 0, 4096))
        let prefix = [0x0A] + blanks + [first == 0x5B ? first : 0x7B]
        pending = (max(1, min(fault?.offset ?? buffer.count, buffer.count)), prefix)
        return element
    }

    private mutating func skip(toLineBeginningWith prefix: [UInt8]) throws(IngestError) -> Bool {
        while true {
            let bytes = buffer.bytes
            var at = 0
            while at + prefix.count <= bytes.count {
                if bytes[at] == 0x0A, bytes[at..<at + prefix.count].elementsEqual(prefix) {
                    buffer.drop(at + 1)
                    indentation = 0
                    return true
                }
                at += 1
            }
            buffer.drop(at)
            guard try buffer.refill() else {
                buffer.drop(buffer.count)
                return false
            }
        }
    }
}
