/// Builds one JSON object as text; its output is valid JSON for any input.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// True when nothing was written.
    var isEmpty: Bool { bytes.isEmpty }

    /// The text so far; nil when nothing was written.
    var text: String? { bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    mutating func beginObject() {
        separate()
        bytes.append(0x7B)
        needsComma = false
    }

    mutating func endObject() {
        bytes.append(0x7D)
        needsComma = true
    }

    /// Reopens the object that was closed last.
    mutating func removeEnd() {
        if bytes.last == 0x7D { bytes.removeLast() }
    }

    mutating func beginArray() {
        separate()
        bytes.append(0x5B)
        needsComma = false
    }

    mutating func endArray() {
        bytes.append(0x5D)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    /// Writes a member name in raw form.
    mutating func key(_ key: JSONKey) {
        separate()
        bytes.append(0x22)
        appendEscaped(raw: key.bytes)
        bytes.append(0x22)
        bytes.append(0x3A)
        needsComma = false
    }

    /// Writes a member name.
    mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(0x3A)
        needsComma = false
    }

    mutating func string(_ text: String) {
        separate()
        appendQuoted(text)
    }

    /// Writes JSON text produced by this writer.
    mutating func ownText(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    mutating func int(_ value: Int64) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a raw value: removes blanks between tokens, repairs invalid escapes and bytes, and writes `NaN` as null.
    mutating func value(_ slice: JSONSlice) {
        separate()
        if slice.isString {
            bytes.append(0x22)
            appendEscaped(raw: slice.content)
            bytes.append(0x22)
        } else if slice.isObject || slice.isArray {
            appendContainer(slice)
        } else if slice.isNull || (slice.isWord && slice.bytes[0] & 0x20 == 0) {
            bytes.append(contentsOf: "null".utf8)
        } else {
            bytes.append(contentsOf: slice.bytes)
        }
    }

    private mutating func appendContainer(_ slice: JSONSlice) {
        var cursor = JSONCursor(slice)
        while cursor.at < cursor.end {
            cursor.skipBlanks()
            guard cursor.at < cursor.end else { break }
            let byte = cursor.base[cursor.at]
            switch byte {
            case 0x7B, 0x7D, 0x5B, 0x5D, 0x2C, 0x3A:
                bytes.append(byte)
                cursor.at += 1
            default:
                guard let part = try? cursor.skipValue() else { return }
                needsComma = false
                value(part)
            }
        }
        needsComma = true
    }

    /// Copies the content of a string. Plain ASCII without backslashes, the common case, is copied in one piece.
    private mutating func appendEscaped(raw: UnsafeBufferPointer<UInt8>) {
        if raw.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x22 }) {
            bytes.append(contentsOf: raw)
        } else {
            appendEscaped(JSONString.decode(raw))
        }
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(0x22)
        appendEscaped(text)
        bytes.append(0x22)
    }

    private mutating func appendEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C:
                bytes.append(0x5C)
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
            case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
            case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default: bytes.append(byte)
            }
        }
    }
}
