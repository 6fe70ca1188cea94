/// A JSON writer; its output is always valid JSON.
struct JSONText {
    private(set) var text = ""
    private var needsComma = false

    private mutating func separate() {
        if needsComma { text += "," }
        needsComma = true
    }

    mutating func object(_ members: (inout JSONText) -> Void) {
        separate()
        text += "{"
        needsComma = false
        members(&self)
        text += "}"
        needsComma = true
    }

    mutating func member(_ name: String, _ value: (inout JSONText) -> Void) {
        separate()
        quote(name)
        text += ":"
        needsComma = false
        value(&self)
        needsComma = true
    }

    mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONText, Element) -> Void) {
        separate()
        text += "["
        needsComma = false
        for element in elements { write(&self, element) }
        text += "]"
        needsComma = true
    }

    mutating func string(_ value: String) {
        separate()
        quote(value)
    }

    mutating func integer(_ value: Int64) {
        separate()
        text += String(value)
    }

    /// Writes a number, without a fraction if it is whole; values that JSON cannot represent become null.
    mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        if value.magnitude < 1e15, let whole = Int64(exactly: value) { return integer(whole) }
        separate()
        text += value.description
    }

    /// Writes a JSON literal verbatim.
    mutating func raw(_ word: StaticString) {
        separate()
        text += word.description
    }

    mutating func null() {
        separate()
        text += "null"
    }

    private mutating func quote(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x2028 || scalar.value == 0x2029 {
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
