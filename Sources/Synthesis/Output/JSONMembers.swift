import Model

/// Members as they stand in a generated history.
extension JSONWriter {
    mutating func beginObject(_ name: String) {
        key(name)
        beginObject()
    }

    mutating func beginArray(_ name: String) {
        key(name)
        beginArray()
    }

    /// Writes a member with a text; nothing if it is nil.
    mutating func put(_ name: String, _ text: String?) {
        guard let text else { return }
        key(name)
        string(text)
    }

    /// Writes a member with a text; null if it is nil.
    mutating func putOrNull(_ name: String, _ text: String?) {
        key(name)
        if let text { string(text) } else { null() }
    }

    /// Writes a member with a number; nothing if it is nil.
    mutating func put(_ name: String, _ number: Int64?) {
        guard let number else { return }
        key(name)
        integer(number)
    }

    /// Writes a member with a Boolean.
    mutating func put(_ name: String, _ isTrue: Bool) {
        key(name)
        flag(isTrue)
    }

    /// Writes a member with a value that is JSON text already.
    mutating func putRaw(_ name: String, _ json: String) {
        key(name)
        self.json(json.utf8)
    }

    /// Writes a member with an amount in dollars, exact to 10⁻⁸; nothing if it is nil.
    mutating func put(_ name: String, _ money: Money?) {
        guard let money else { return }
        key(name)
        let units = money.units.magnitude, scale = UInt64(Money.unitsPerDollar)
        var digits = Array(((money.units < 0 ? "-" : "") + String(units / scale)).utf8)
        var rest = units % scale, divisor = scale / 10
        if rest > 0 { digits.append(0x2E) }
        while rest > 0 {
            digits.append(0x30 + UInt8(rest / divisor))
            rest %= divisor
            divisor /= 10
        }
        json(digits)
    }

    /// Writes a member with a time: ISO 8601 in UTC with six fractional digits; null if it is nil.
    mutating func put(_ name: String, _ time: Timestamp?) {
        key(name)
        guard let time else { return null() }
        let civil = CivilTime(localNanoseconds: time.nanoseconds)
        string(appending: { writer in
            func padded(_ number: Int, _ highest: Int, _ end: UInt8) {
                var divisor = highest
                while divisor > 0 {
                    writer.append(json: CollectionOfOne(0x30 + UInt8(number / divisor % 10)))
                    divisor /= 10
                }
                writer.append(json: CollectionOfOne(end))
            }
            padded(civil.year, 1000, 0x2D)
            padded(civil.month, 10, 0x2D)
            padded(civil.day, 10, 0x54)
            padded(civil.hour, 10, 0x3A)
            padded(civil.minute, 10, 0x3A)
            padded(civil.second, 10, 0x2E)
            padded(Int(civil.nanosecond / 1000), 100_000, 0x5A)
        })
    }
}
