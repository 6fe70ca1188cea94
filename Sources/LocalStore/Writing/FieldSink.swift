import Model

/// Takes a record's fields one after another, in the order of its table's columns.
///
/// One walk over a record feeds both the bound statement and the hash, so that neither forgets a field.
protocol FieldSink {
    mutating func put(_ text: String?)
    mutating func put(_ number: Int64?)
    mutating func put(real: Double?)
    /// A column that is never NULL; 0 stands for "not known" or "no".
    mutating func put(code: Int)
    /// A list of texts; NULL when it is empty.
    mutating func put(list: [String])
}

extension FieldSink {
    mutating func put(_ number: Int?) { put(number.map(Int64.init)) }
    mutating func put(_ instant: Timestamp?) { put(instant?.nanoseconds) }
    mutating func put(_ length: Duration?) { put(length?.inNanoseconds) }
    mutating func put(_ flag: Bool?) { put(flag.map { $0 ? 1 as Int64 : 0 }) }
    mutating func put(_ money: Money?) { put(money?.units) }
    /// Words of a list in one text, joined by commas; NULL when there are none.
    mutating func put(words: [String]) { put(words.isEmpty ? nil : words.count == 1 ? words[0] : words.joined(separator: ",")) }
}

/// What decides between two versions of a row: how much it knows, and then an order by content.
struct VersionSink: FieldSink {
    private var hash = ContentHash()
    private var fields: Int64 = 0
    private var length: Int64 = 0

    @inline(__always)
    mutating func put(_ text: String?) {
        hash.add(text)
        guard let text else { return }
        fields += 1
        length += Int64(text.utf8.count)
    }

    @inline(__always)
    mutating func put(_ number: Int64?) {
        hash.add(number)
        if number != nil { fields += 1 }
    }

    mutating func put(real: Double?) { put(real.map { Int64(bitPattern: $0.bitPattern) }) }

    mutating func put(code: Int) {
        hash.add(Int64(code))
        if code != 0 { fields += 1 }
    }

    mutating func put(list: [String]) {
        hash.add(Int64(list.count))
        if !list.isEmpty { fields += 1 }
        for text in list {
            hash.add(text)
            length += Int64(text.utf8.count)
        }
    }

    /// Known fields first, then the length of texts: more of either is richer.
    var richness: Int64 { min(fields, 1 << 20) << 40 | min(length, 1 << 40 - 1) }
    /// The hash of all fields.
    var digest: Int64 { Int64(bitPattern: hash.value) }
}

/// The version of a row: of two versions the larger one is kept, whichever came first.
struct RowVersion: Comparable {
    var updatedAt: Int64?
    var richness: Int64
    var digest: Int64

    static func < (a: RowVersion, b: RowVersion) -> Bool {
        (a.updatedAt ?? .min, a.richness, a.digest) < (b.updatedAt ?? .min, b.richness, b.digest)
    }
}
