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
}

extension FieldSink {
    mutating func put(_ number: Int?) { put(number.map(Int64.init)) }
    mutating func put(_ instant: Timestamp?) { put(instant?.nanoseconds) }
    mutating func put(_ length: Duration?) { put(length?.inNanoseconds) }
    mutating func put(_ flag: Bool?) { put(flag.map { $0 ? 1 as Int64 : 0 }) }
    mutating func put(_ money: Money?) { put(money?.units) }
    /// Words of a list in one text, joined by commas; NULL when there are none.
    mutating func put(words: [String]) { put(words.isEmpty ? nil : words.count == 1 ? words[0] : words.joined(separator: ",")) }
    /// A list as a JSON array of texts; NULL when it is empty.
    mutating func put(list: [String]) { put(list.isEmpty ? nil : JSONText.array(list)) }
}

/// A statement takes fields as the values of its placeholders.
struct StatementSink: FieldSink {
    let statement: Statement

    func put(_ text: String?) { statement.bind(text) }
    func put(_ number: Int64?) { statement.bind(number) }
    func put(real: Double?) { statement.bind(real) }
    func put(code: Int) { statement.bind(code) }
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

/// Small pieces of JSON.
enum JSONText {
    /// A JSON array of texts.
    static func array(_ texts: [String]) -> String { "[" + texts.map(string).joined(separator: ",") + "]" }

    /// A JSON string.
    static func string(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) { return "\"" + text + "\"" }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// The texts of an array as `array` writes it; [] when the text is no array of strings.
    static func texts(_ json: String?) -> [String] {
        guard let json else { return [] }
        var bytes = json.utf8.makeIterator()
        guard bytes.next() == 0x5B else { return [] }
        var texts: [String] = [], current: [UInt8]?
        while let byte = bytes.next() {
            switch (byte, current != nil) {
            case (0x22, false): current = []
            case (0x22, true):
                texts.append(String(decoding: current ?? [], as: UTF8.self))
                current = nil
            case (0x5C, true):
                switch bytes.next() {
                case 0x6E: current?.append(0x0A)
                case 0x72: current?.append(0x0D)
                case 0x74: current?.append(0x09)
                case 0x75:
                    var value: UInt32 = 0
                    for _ in 0..<4 {
                        value = value << 4 | UInt32(bytes.next().flatMap { Character(Unicode.Scalar($0)).hexDigitValue } ?? 0)
                    }
                    current?.append(contentsOf: Array(String(Unicode.Scalar(value).map(Character.init) ?? "\u{FFFD}").utf8))
                case let other?: current?.append(other)
                case nil: return texts
                }
            case (_, true): current?.append(byte)
            default: continue
            }
        }
        return texts
    }
}
