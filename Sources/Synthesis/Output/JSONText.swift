import Model

/// A JSON writer into bytes that inserts commas automatically.
struct JSONText {
    var bytes: [UInt8] = []
    private var needsComma = false

    mutating func beginObject(_ key: StaticString? = nil) { begin(0x7B, key) }
    mutating func endObject() { end(0x7D) }
    mutating func beginArray(_ key: StaticString? = nil) { begin(0x5B, key) }
    mutating func endArray() { end(0x5D) }

    /// Ends a line of JSONL.
    mutating func endLine() {
        bytes.append(0x0A)
        needsComma = false
    }

    private mutating func begin(_ bracket: UInt8, _ key: StaticString?) {
        if let key { name(key) } else { comma() }
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    private mutating func name(_ key: StaticString) {
        comma()
        bytes.append(0x22)
        bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        bytes.append(0x22)
        bytes.append(0x3A)
    }

    /// Writes a string member; omitted if nil.
    mutating func put(_ key: StaticString, _ text: String?) {
        guard let text else { return }
        name(key)
        quoted(text)
    }

    /// Writes a string member; null if nil.
    mutating func putOrNull(_ key: StaticString, _ text: String?) {
        name(key)
        if let text { quoted(text) } else { bytes.append(contentsOf: "null".utf8) }
    }

    /// Writes an integer member; omitted if nil.
    mutating func put(_ key: StaticString, _ number: Int64?) {
        guard let number else { return }
        name(key)
        digits(number)
    }

    /// Writes a Boolean member.
    mutating func put(_ key: StaticString, _ isTrue: Bool) {
        name(key)
        bytes.append(contentsOf: isTrue ? "true".utf8 : "false".utf8)
    }

    /// Writes a member whose value is already JSON.
    mutating func putRaw(_ key: StaticString, _ json: String) {
        name(key)
        bytes.append(contentsOf: json.utf8)
    }

    /// Writes an amount in dollars, exact to 10⁻⁸; omitted if nil.
    mutating func put(_ key: StaticString, _ money: Money?) {
        guard let money else { return }
        name(key)
        let units = money.units.magnitude, scale = UInt64(Money.unitsPerDollar)
        if money.units < 0 { bytes.append(0x2D) }
        bytes.append(contentsOf: String(units / scale).utf8)
        var rest = units % scale, divisor = scale / 10
        guard rest > 0 else { return }
        bytes.append(0x2E)
        while rest > 0 {
            bytes.append(0x30 + UInt8(rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Writes a time in ISO 8601, UTC, with six fractional digits; null if nil.
    mutating func put(_ key: StaticString, _ time: Timestamp?) {
        name(key)
        guard let time else { return bytes.append(contentsOf: "null".utf8) }
        let civil = CivilTime(localNanoseconds: time.nanoseconds)
        bytes.append(0x22)
        padded(civil.year, 1000)
        bytes.append(0x2D)
        padded(civil.month, 10)
        bytes.append(0x2D)
        padded(civil.day, 10)
        bytes.append(0x54)
        padded(civil.hour, 10)
        bytes.append(0x3A)
        padded(civil.minute, 10)
        bytes.append(0x3A)
        padded(civil.second, 10)
        bytes.append(0x2E)
        padded(Int(civil.nanosecond / 1000), 100_000)
        bytes.append(0x5A)
        bytes.append(0x22)
    }

    /// Writes an array element.
    mutating func put(_ text: String) {
        comma()
        quoted(text)
    }

    private mutating func padded(_ number: Int, _ highest: Int) {
        var divisor = highest
        while divisor > 0 {
            bytes.append(0x30 + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    private mutating func digits(_ number: Int64) {
        if number >= 0 && number < 10 { return bytes.append(0x30 + UInt8(number)) }
        bytes.append(contentsOf: String(number).utf8)
    }

    private mutating func quoted(_ text: String) {
        var text = text
        bytes.append(0x22)
        text.withUTF8 { source in
            // Most strings need no escaping and are copied whole.
            if source.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) {
                for byte in source { escape(byte) }
            } else {
                bytes.append(contentsOf: source)
            }
        }
        bytes.append(0x22)
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C:
            bytes.append(0x5C)
            bytes.append(byte)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0..<0x20:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(RandomText.hex[Int(byte >> 4)])
            bytes.append(RandomText.hex[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
}
