/// Builds JSON text (RFC 8259). Whatever it is given, the result is valid JSON; commas are added as needed.
///
///     var writer = JSONWriter()
///     writer.object { $0.member("name") { $0.string("a") } }
///     writer.text  // {"name":"a"}
package struct JSONWriter: Sendable {
    /// Which characters of strings are escaped.
    package enum Escaping: Sendable {
        /// Only those that JSON requires: quotes, backslashes, control characters below U+0020.
        case required
        /// Also the other control characters and the marks of direction, so that printing the text cannot control a terminal.
        case printable
    }

    /// The UTF-8 text so far.
    package var bytes: [UInt8] = []
    private var needsComma = false
    private let escaping: Escaping

    /// Creates an empty writer.
    package init(_ escaping: Escaping = .required) { self.escaping = escaping }

    /// True if nothing was written.
    package var isEmpty: Bool { bytes.isEmpty }

    /// The text so far.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Discards the text.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    // MARK: Objects and arrays

    package mutating func beginObject() { begin(0x7B) }
    package mutating func endObject() { end(0x7D) }
    package mutating func beginArray() { begin(0x5B) }
    package mutating func endArray() { end(0x5D) }

    /// Writes an object whose members the closure writes.
    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        beginObject()
        members(&self)
        endObject()
    }

    /// Writes an array of what the closure writes for each element.
    package mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void) {
        beginArray()
        for element in elements { write(&self, element) }
        endArray()
    }

    /// Writes a member whose value the closure writes.
    package mutating func member(_ name: String, _ value: (inout JSONWriter) -> Void) {
        key(name)
        value(&self)
    }

    /// Writes the name of a member; its value must follow.
    package mutating func key(_ name: String) { key(appending: { $0.appendEscaped(name) }) }

    /// Writes the name of a member as the closure appends it between the quotes; its value must follow.
    package mutating func key(appending name: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(0x22)
        name(&self)
        bytes.append(0x22)
        bytes.append(0x3A)
        needsComma = false
    }

    /// Reopens the object that was closed last.
    package mutating func removeEnd() {
        if bytes.last == 0x7D { bytes.removeLast() }
    }

    /// Ends a line of JSON Lines.
    package mutating func endLine() {
        bytes.append(0x0A)
        needsComma = false
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    /// Writes a comma if a value precedes at the same level.
    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    // MARK: Values

    package mutating func string(_ value: String) { string(appending: { $0.appendEscaped(value) }) }

    /// Writes a string as the closure appends it between the quotes.
    package mutating func string(appending value: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(0x22)
        value(&self)
        bytes.append(0x22)
    }

    package mutating func integer(_ value: Int64) {
        separate()
        if value >= 0 && value < 10 { return bytes.append(0x30 + UInt8(value)) }
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a number, whole numbers without a decimal point; null for numbers that are not finite, which JSON does not have.
    package mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        if value.magnitude < 1e15, let whole = Int64(exactly: value) { return integer(whole) }
        separate()
        bytes.append(contentsOf: value.description.utf8)
    }

    package mutating func flag(_ value: Bool) { json(value ? "true".utf8 : "false".utf8) }

    package mutating func null() { json("null".utf8) }

    /// Writes a value that is JSON text already.
    package mutating func json(_ text: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
    }

    /// Appends bytes of a value that has been begun, without a comma.
    package mutating func append(json bytes: some Sequence<UInt8>) { self.bytes.append(contentsOf: bytes) }

    /// Continues a value that has been begun with what the closure writes, without a comma before it.
    package mutating func continuing(_ write: (inout JSONWriter) -> Void) {
        needsComma = false
        write(&self)
        needsComma = true
    }

    // MARK: Escaping

    /// Appends text between quotes that have been opened.
    package mutating func appendEscaped(_ text: String) {
        var text = text
        text.withUTF8 { source in
            // Nearly every text can be copied as it is.
            if source.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
                bytes.append(contentsOf: source)
            } else if escaping == .required {
                for byte in source { appendEscaped(byte) }
            } else {
                for scalar in String(decoding: source, as: UTF8.self).unicodeScalars { appendPrintable(scalar) }
            }
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C:
            bytes.append(0x5C)
            bytes.append(byte)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0..<0x20: appendCode(UInt32(byte))
        default: bytes.append(byte)
        }
    }

    private mutating func appendPrintable(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: appendCode(scalar.value)
        default: for byte in UTF8.encode(scalar).unsafelyUnwrapped { appendEscaped(byte) }
        }
    }

    /// Appends `\uXXXX`.
    private mutating func appendCode(_ code: UInt32) {
        bytes.append(contentsOf: "\\u".utf8)
        for shift in stride(from: 12, through: 0, by: -4) {
            let digit = UInt8(code >> UInt32(shift) & 15)
            bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}

extension String {
    /// The text as a JSON string, in its quotes.
    package func quotedAsJSON(_ escaping: JSONWriter.Escaping = .required) -> String {
        var writer = JSONWriter(escaping)
        writer.string(self)
        return writer.text
    }
}
