/// The kind of a secret; the raw value replaces it in the text.
public enum SecretKind: String, Sendable, CaseIterable {
    case key, token, password, cookie, email, card
    case privateKey = "private key"

    var mark: String { "[redacted \(rawValue)]" }
}

/// A secret found in a text.
struct SecretFind {
    /// The bytes to remove.
    var range: Range<Int>
    var kind: SecretKind
}

/// Sets of bytes, one bit each.
struct ByteClass: OptionSet, Sendable {
    let rawValue: UInt16

    /// Letters, digits and `_`.
    static let word = ByteClass(rawValue: 1)
    /// Characters of keys: `word` and `-`.
    static let key = ByteClass(rawValue: 1 << 1)
    /// Characters after `Bearer`: `key` and `. + / ~ =`.
    static let credential = ByteClass(rawValue: 1 << 2)
    /// Characters of an unquoted value: no blanks, quotes or brackets.
    static let value = ByteClass(rawValue: 1 << 3)
    static let hex = ByteClass(rawValue: 1 << 4)
    /// Capitals and digits.
    static let upper = ByteClass(rawValue: 1 << 5)
    /// Letters and digits.
    static let alphanumeric = ByteClass(rawValue: 1 << 6)
    /// `key` and dots.
    static let dotted = ByteClass(rawValue: 1 << 7)
    /// Characters of a URL path.
    static let path = ByteClass(rawValue: 1 << 8)
    /// Neither upper case nor digit.
    static let plain = ByteClass(rawValue: 1 << 9)
    /// Characters before a value, or inside a name in a URL: `: = % @ - , > ;` and the blank.
    static let joint = ByteClass(rawValue: 1 << 10)

    /// Number of sets.
    static let count = 11

    /// The sets of each byte.
    static let table: [UInt16] = (0...255).map { code in
        let byte = UInt8(code)
        var classes: ByteClass = []
        let isDigit = FoldedText.isDigit(byte), isCapital = byte >= 0x41 && byte <= 0x5A
        let isLetter = isCapital || (byte >= 0x61 && byte <= 0x7A)
        func holds(_ text: StaticString) -> Bool {
            UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount).contains(byte)
        }
        if FoldedText.isWord(byte) { classes.formUnion([.word, .key, .credential, .dotted, .path]) }
        if byte == 0x2D { classes.formUnion([.key, .credential, .dotted, .path]) }
        if holds(".+/~=") { classes.insert(.credential) }
        if byte == 0x2E { classes.insert(.dotted) }
        if holds("./%~+=") { classes.insert(.path) }
        if byte > 0x20 && byte != 0x7F && !holds("\"',;&)]}<>`\\") { classes.insert(.value) }
        if isDigit || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66 && isLetter) { classes.insert(.hex) }
        if isDigit || isCapital { classes.insert(.upper) }
        if isDigit || isLetter { classes.insert(.alphanumeric) }
        if !isDigit && !isCapital { classes.insert(.plain) }
        if holds(":=%@-,>; ") { classes.insert(.joint) }
        return classes.rawValue
    }
}
