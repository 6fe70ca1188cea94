import Glibc

/// The raw name of a member: the bytes between the quotes, with escapes.
struct JSONKey {
    let start: UnsafePointer<UInt8>
    let count: Int

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    init(start: UnsafePointer<UInt8>, count: Int) {
        self.start = start
        self.count = count
    }

    /// A known name.
    init(_ name: StaticString) {
        start = name.utf8Start
        count = name.utf8CodeUnitCount
    }

    /// The name as text.
    var text: String { JSONString.decode(bytes) }

    @inline(__always)
    static func == (key: JSONKey, name: StaticString) -> Bool {
        key.count == name.utf8CodeUnitCount && memcmp(key.start, name.utf8Start, key.count) == 0
    }

    static func ~= (name: StaticString, key: JSONKey) -> Bool { key == name }

    func contains(_ part: StaticString) -> Bool {
        let length = part.utf8CodeUnitCount
        guard count >= length else { return false }
        return (0...count - length).contains { memcmp(start + $0, part.utf8Start, length) == 0 }
    }

    func hasPrefix(_ prefix: StaticString) -> Bool {
        count >= prefix.utf8CodeUnitCount && memcmp(start, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
    }
}

/// The bytes of one JSON value, valid as long as the memory they lie in.
struct JSONSlice {
    let start: UnsafePointer<UInt8>
    let count: Int

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
    private var first: UInt8 { count > 0 ? start[0] : 0 }

    var isString: Bool { first == 0x22 && count >= 2 }
    var isObject: Bool { first == 0x7B }
    var isArray: Bool { first == 0x5B }

    /// True for null, `NaN` and `Infinity`.
    var isNull: Bool {
        switch first {
        case 0x6E: true
        case 0x4E, 0x49: true
        case 0x2D: count > 1 && start[1] == 0x49
        default: count == 0
        }
    }

    /// True for null, "", {} and [].
    var isVoid: Bool {
        if isNull { return true }
        guard first == 0x22 || first == 0x7B || first == 0x5B, count >= 2 else { return false }
        return !bytes[1..<count - 1].contains { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
            && (first != 0x22 || count == 2)
    }

    /// The bytes between the quotes.
    var content: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start + 1, count: count - 2) }

    /// The decoded string; nil for any other kind.
    var string: String? { isString ? JSONString.decode(content) : nil }

    /// The decoded string, or a number or boolean as written; nil for null and containers.
    var text: String? {
        if isString { return JSONString.decode(content) }
        if isObject || isArray || isNull { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `text`, or nil when it is empty.
    var filledText: String? {
        guard let text, !text.isEmpty else { return nil }
        return text
    }

    /// The bytes of a number, or of a number in a string.
    private var numberBytes: UnsafeBufferPointer<UInt8> { isString ? content : bytes }

    /// An integer, also from a string or a decimal without fraction; nil for anything else and on overflow.
    var int: Int64? { JSONNumber.int(numberBytes) }

    /// An unsigned integer, up to 2⁶⁴ − 1; see `int`.
    var unsigned: UInt64? { JSONNumber.unsigned(numberBytes) }

    /// A number, also from a string; nil for anything else, and when not finite.
    var double: Double? { JSONNumber.double(numberBytes) }

    /// A boolean, also from the strings `true`, `False` and the numbers 0 and 1.
    var bool: Bool? {
        let bytes = numberBytes
        switch bytes.count {
        case 1: return bytes[0] == 0x31 ? true : bytes[0] == 0x30 ? false : nil
        case 4: return bytes[0] | 0x20 == 0x74 && bytes[3] | 0x20 == 0x65 ? true : nil
        case 5: return bytes[0] | 0x20 == 0x66 && bytes[4] | 0x20 == 0x65 ? false : nil
        default: return nil
        }
    }

    /// Passes the content of a string, without creating a String when it has no escapes.
    func withContent<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        guard isString else { return body(bytes) }
        if memchr(content.baseAddress!, 0x5C, content.count) == nil { return body(content) }
        var text = JSONString.decode(content)
        return text.withUTF8(body)
    }

    /// True for a number in JSON's grammar.
    var isNumber: Bool {
        var at = 0
        func digits() -> Bool {
            let from = at
            while at < count, start[at] >= 0x30 && start[at] <= 0x39 { at += 1 }
            return at > from
        }
        if first == 0x2D { at = 1 }
        guard digits() else { return false }
        if at < count, start[at] == 0x2E {
            at += 1
            guard digits() else { return false }
        }
        if at < count, start[at] | 0x20 == 0x65 {
            at += 1
            if at < count, start[at] == 0x2B || start[at] == 0x2D { at += 1 }
            guard digits() else { return false }
        }
        return at == count
    }

    /// True for `true`, `false`, `null` and Python's `NaN`, `Infinity`, `-Infinity`.
    var isWord: Bool {
        for word: StaticString in ["true", "false", "null", "NaN", "Infinity", "-Infinity"]
        where JSONKey(start: start, count: count) == word {
            return true
        }
        return false
    }

    /// Calls `body` with each member of an object; stops silently at a fault, because the slice was checked when it was created.
    func forEachMember(_ body: (JSONKey, JSONSlice) -> Void) {
        var cursor = JSONCursor(self)
        guard (try? cursor.enterObject()) == true else { return }
        while let key = try? cursor.nextKey(), let value = try? cursor.skipValue() { body(key, value) }
    }

    /// Calls `body` with each element of an array; does nothing for other kinds.
    func forEachElement(_ body: (JSONSlice) -> Void) {
        var cursor = JSONCursor(self)
        guard (try? cursor.enterArray()) == true else { return }
        while (try? cursor.nextElement()) == true, let value = try? cursor.skipValue() { body(value) }
    }

    /// Returns the member with this name; the last of several.
    func member(_ name: StaticString) -> JSONSlice? {
        var found: JSONSlice?
        forEachMember { key, value in
            if key == name { found = value }
        }
        return found
    }
}
