/// The reason that a JSON text cannot be read further, and where.
struct JSONFault: Error, Equatable {
    enum Reason: String {
        case ended = "the text ends inside a value"
        case unexpected = "unexpected character"
        case tooDeep = "nested more than 128 levels deep"
    }

    var reason: Reason
    /// Offset in bytes from the start of the text.
    var offset: Int
}

/// Walks forward through JSON text in memory that outlives it; reads each byte once.
///
/// Skips unwanted values but checks their structure. Strings stay raw until decoded.
struct JSONCursor {
    let base: UnsafePointer<UInt8>
    let end: Int
    /// The offset of the next byte.
    var at: Int
    /// True after an opening bracket, when no comma is allowed.
    private var isFirst = false

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        // An empty buffer may have no address; the placeholder is never read.
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 8)!
        end = bytes.baseAddress == nil ? 0 : bytes.count
        at = 0
    }

    init(_ slice: JSONSlice) {
        base = slice.start
        end = slice.count
        at = 0
    }

    @inline(__always)
    mutating func skipBlanks() {
        while at < end {
            let byte = base[at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at += 1
        }
    }

    /// Returns the first byte of the next token, after blanks.
    @inline(__always)
    mutating func peek() throws(JSONFault) -> UInt8 {
        skipBlanks()
        guard at < end else { throw JSONFault(reason: .ended, offset: end) }
        return base[at]
    }

    /// Enters an object; returns false without moving when something else comes.
    @inline(__always)
    mutating func enterObject() throws(JSONFault) -> Bool {
        guard try peek() == 0x7B else { return false }
        at += 1
        isFirst = true
        return true
    }

    /// Enters an array; returns false without moving when something else comes.
    @inline(__always)
    mutating func enterArray() throws(JSONFault) -> Bool {
        guard try peek() == 0x5B else { return false }
        at += 1
        isFirst = true
        return true
    }

    /// Reads the next key of the object and its colon; nil after the closing brace. The value must be read or skipped.
    @inline(__always)
    mutating func nextKey() throws(JSONFault) -> JSONKey? {
        var byte = try peek()
        if byte == 0x7D {
            at += 1
            isFirst = false
            return nil
        }
        if !isFirst {
            guard byte == 0x2C else { throw JSONFault(reason: .unexpected, offset: at) }
            at += 1
            byte = try peek()
        }
        isFirst = false
        guard byte == 0x22 else { throw JSONFault(reason: .unexpected, offset: at) }
        let start = at + 1
        try skipString()
        let key = JSONKey(start: base + start, count: at - 1 - start)
        guard try peek() == 0x3A else { throw JSONFault(reason: .unexpected, offset: at) }
        at += 1
        return key
    }

    /// Reads a key without a preceding comma, as at the start of an object.
    mutating func readFirstKey() throws(JSONFault) -> JSONKey? {
        isFirst = true
        return try nextKey()
    }

    /// Returns true when the array has another element, which must be read or skipped; false after the closing bracket.
    @inline(__always)
    mutating func nextElement() throws(JSONFault) -> Bool {
        let byte = try peek()
        if byte == 0x5D {
            at += 1
            isFirst = false
            return false
        }
        if !isFirst {
            guard byte == 0x2C else { throw JSONFault(reason: .unexpected, offset: at) }
            at += 1
        }
        isFirst = false
        return true
    }

    /// Skips one value of any kind and returns its bytes.
    @inline(__always)
    mutating func skipValue() throws(JSONFault) -> JSONSlice {
        let byte = try peek()
        let start = at
        switch byte {
        case 0x22: try skipString()
        case 0x7B, 0x5B: try skipContainer()
        default: try skipScalar()
        }
        isFirst = false
        return JSONSlice(start: base + start, count: at - start)
    }

    /// Skips from an opening quote to the byte after the closing one.
    @inline(__always)
    private mutating func skipString() throws(JSONFault) {
        let raw = UnsafeRawPointer(base)
        let ones: UInt64 = 0x0101_0101_0101_0101, highs: UInt64 = 0x8080_8080_8080_8080
        at += 1
        // Eight bytes at a time: a byte is zero after the exclusive or when it is a quote or a backslash, and the lowest
        // marked byte is always a true one (Anderson, "Bit Twiddling Hacks").
        while at &+ 8 <= end {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let quote = word ^ 0x2222_2222_2222_2222, slash = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let marks = (((quote &- ones) & ~quote) | ((slash &- ones) & ~slash)) & highs
            if marks == 0 {
                at &+= 8
                continue
            }
            at &+= marks.trailingZeroBitCount >> 3
            if base[at] == 0x22 {
                at &+= 1
                return
            }
            at &+= 2
        }
        while at < end {
            let byte = base[at]
            at += 1
            if byte == 0x22 { return }
            if byte == 0x5C { at += 1 }
        }
        at = end
        throw JSONFault(reason: .ended, offset: end)
    }

    /// Skips a number or word. `NaN` and `Infinity`, which Python writes, are accepted but count as no value.
    private mutating func skipScalar() throws(JSONFault) {
        let start = at
        while at < end, JSONCursor.isScalarByte(base[at]) { at += 1 }
        let slice = JSONSlice(start: base + start, count: at - start)
        if slice.isNumber || slice.isWord { return }
        // A scalar at the end of the buffer may continue.
        throw JSONFault(reason: at == end && at > start ? .ended : .unexpected, offset: start)
    }

    @inline(__always)
    private static func isScalarByte(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A)
            || byte == 0x2D || byte == 0x2B || byte == 0x2E
    }

    /// Skips from an opening bracket to the byte after the closing one. One bit per open bracket: 1 is an object.
    private mutating func skipContainer() throws(JSONFault) {
        var open: UInt128 = 0
        var depth = 0
        while true {
            let byte = try peek()
            var isClosed = true
            switch byte {
            case 0x22: try skipString()
            case 0x7B, 0x5B:
                guard depth < 128 else { throw JSONFault(reason: .tooDeep, offset: at) }
                let isObject = byte == 0x7B
                open = open << 1 | (isObject ? 1 : 0)
                depth += 1
                at += 1
                let next = try peek()
                if next != (isObject ? 0x7D : 0x5D) {
                    isClosed = false
                    if isObject { try skipKey() }
                }
            default: try skipScalar()
            }
            guard isClosed else { continue }
            closing: while true {
                if depth == 0 { return }
                let byte = try peek()
                switch byte {
                case 0x2C:
                    at += 1
                    if open & 1 == 1 { try skipKey() }
                    break closing
                case 0x7D where open & 1 == 1, 0x5D where open & 1 == 0:
                    at += 1
                    open >>= 1
                    depth -= 1
                default: throw JSONFault(reason: .unexpected, offset: at)
                }
            }
        }
    }

    @inline(__always)
    private mutating func skipKey() throws(JSONFault) {
        guard try peek() == 0x22 else { throw JSONFault(reason: .unexpected, offset: at) }
        try skipString()
        guard try peek() == 0x3A else { throw JSONFault(reason: .unexpected, offset: at) }
        at += 1
    }

    /// Fails unless only blanks remain.
    mutating func expectEnd() throws(JSONFault) {
        skipBlanks()
        guard at == end else { throw JSONFault(reason: .unexpected, offset: at) }
    }
}
