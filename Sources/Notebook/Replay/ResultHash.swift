import Model

/// A 64-bit hash of what was answered: the same on every machine, whatever the width and language of the terminal.
///
/// FNV-1a (Fowler, Noll, Vo) over a canonical form of typed values. Tells answers apart, not attackers.
struct ResultHash {
    private var hash = FNV1a()

    var value: UInt64 { hash.value }

    mutating func add(_ byte: UInt8) { hash.add(byte) }

    mutating func add(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
    }

    mutating func add(_ number: Int64) { add(UInt64(bitPattern: number)) }

    /// Adds a text and its length, so that two texts side by side are not taken for others.
    mutating func add(_ text: String) {
        add(UInt64(text.utf8.count))
        hash.add(text)
    }

    mutating func add(_ value: Value) {
        switch value {
        case .missing: add(0 as UInt8)
        case .text(let text):
            add(1 as UInt8)
            add(text)
        case .count(let number):
            add(2 as UInt8)
            add(number)
        case .number(let number):
            add(3 as UInt8)
            // Both zeros are one number.
            add((number == 0 ? 0 : number).bitPattern)
        case .time(let instant):
            add(4 as UInt8)
            add(instant.nanoseconds)
        case .duration(let length):
            add(5 as UInt8)
            add(length.inNanoseconds)
        case .money(let amount):
            add(6 as UInt8)
            add(amount.units)
        case .ratio(let ratio):
            add(7 as UInt8)
            add(ratio.numerator)
            add(ratio.denominator)
        case .flag(let flag): add(flag ? 9 : 8 as UInt8)
        case .range(let lower, let upper):
            add(10 as UInt8)
            add(lower)
            add(upper)
        }
    }

    /// The hash of an answer: its columns and rows in their order, the folded groups, and what an analysis found.
    static func of(_ answer: Answer) -> UInt64 {
        var hash = ResultHash()
        hash.add(UInt64(answer.table.columns.count))
        for column in answer.table.columns {
            hash.add(column.name)
            hash.add(column.type.rawValue)
        }
        hash.add(UInt64(answer.table.rows.count))
        for row in answer.table.rows { for value in row { hash.add(value) } }
        hash.add(UInt64(answer.foldedGroups))
        if let trend = answer.trend {
            hash.add(trend.direction.rawValue)
            for index in trend.anomalies { hash.add(Int64(index)) }
            hash.add(Int64(trend.changePoint?.index ?? -1))
        }
        return hash.value
    }

    /// The hash of a text.
    static func of(_ text: String) -> UInt64 {
        var hash = ResultHash()
        hash.add(text)
        return hash.value
    }

    /// The first 12 hexadecimal digits, as files show them.
    static func text(_ hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String((String(repeating: "0", count: 16 - digits.count) + digits).prefix(12))
    }
}
