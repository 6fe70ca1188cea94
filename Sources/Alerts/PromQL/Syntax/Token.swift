import Model

/// A token of an expression with its span.
struct Token: Hashable {
    enum Kind: Hashable {
        case name, number, duration
        /// A quoted string; the token's text is its content.
        case string
        /// An operator, bracket or comma.
        case sign
        case end
    }

    var kind: Kind
    var text: String
    var span: TextSpan

    /// Returns true if the token is this sign.
    func isSign(_ sign: String) -> Bool { kind == .sign && text == sign }
    /// Returns true if the token is this word, ignoring case.
    func isWord(_ word: String) -> Bool { kind == .name && text.lowercased() == word }

    /// The token as shown in messages.
    var shown: String {
        switch kind {
        case .end: "the end"
        case .string: "the string \"\(text)\""
        default: "`\(text)`"
        }
    }
}

/// Splits an expression into tokens.
struct ExpressionLexer {
    private let bytes: [UInt8]
    private var at = 0
    private(set) var tokens: [Token] = []
    private(set) var mistakes: [Diagnostic] = []

    /// Tokenises the text; invalid characters are reported and skipped. The last token is `end`.
    init(_ text: String) {
        bytes = Array(text.utf8)
        while at < bytes.count { next() }
        tokens.append(Token(kind: .end, text: "", span: TextSpan(bytes.count, bytes.count)))
    }

    private func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x5F || byte == 0x3A }
    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private func byte(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

    private mutating func add(_ kind: Token.Kind, from start: Int) {
        tokens.append(Token(kind: kind, text: String(decoding: bytes[start..<at], as: UTF8.self), span: TextSpan(start, at)))
    }

    private mutating func next() {
        let start = at, first = bytes[at]
        switch first {
        case 0x20, 0x09, 0x0A, 0x0D: at += 1
        case UInt8(ascii: "#"): while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): string(quote: first)
        case _ where isDigit(first) || first == UInt8(ascii: ".") && isDigit(byte(at + 1)): number()
        case UInt8(ascii: ":") where !isLetter(byte(at + 1)):
            at += 1
            add(.sign, from: start)
        case _ where isLetter(first):
            // A dot joins the words of a name: `llm.errors.total`.
            while isLetter(byte(at)) || isDigit(byte(at)) || byte(at) == UInt8(ascii: ".") && isLetter(byte(at + 1)) { at += 1 }
            add(.name, from: start)
        default: sign()
        }
    }

    private mutating func sign() {
        let start = at
        let pair = at + 1 < bytes.count ? String(decoding: bytes[at...at + 1], as: UTF8.self) : ""
        if ["==", "!=", "<=", ">=", "=~", "!~"].contains(pair) {
            at += 2
            add(.sign, from: start)
        } else if "+-*/%^=<>(){}[],:@".utf8.contains(bytes[at]) {
            at += 1
            add(.sign, from: start)
        } else {
            repeat { at += 1 } while at < bytes.count && bytes[at] & 0xC0 == 0x80
            let text = String(decoding: bytes[start..<at], as: UTF8.self)
            mistakes.append(Diagnostic("unexpected-character", at: TextSpan(start, at), "unexpected character `\(text)`"))
        }
    }

    private mutating func number() {
        let start = at
        if bytes[at] == 0x30, byte(at + 1) | 0x20 == UInt8(ascii: "x") {
            at += 2
            while isDigit(byte(at)) || byte(at) | 0x20 >= 0x61 && byte(at) | 0x20 <= 0x66 { at += 1 }
            return add(.number, from: start)
        }
        while isDigit(byte(at)) { at += 1 }
        if byte(at) == UInt8(ascii: ".") {
            at += 1
            while isDigit(byte(at)) { at += 1 }
        }
        if byte(at) | 0x20 == UInt8(ascii: "e") {
            let signed = byte(at + 1) == UInt8(ascii: "+") || byte(at + 1) == UInt8(ascii: "-")
            if isDigit(byte(at + (signed ? 2 : 1))) {
                at += signed ? 2 : 1
                while isDigit(byte(at)) { at += 1 }
            }
        }
        guard isLetter(byte(at)), byte(at) != UInt8(ascii: ":") else { return add(.number, from: start) }
        // Letters after digits: a duration, or an error that the parser reports where the token is used.
        while isLetter(byte(at)) && byte(at) != UInt8(ascii: ":") || isDigit(byte(at)) { at += 1 }
        add(.duration, from: start)
    }

    private mutating func string(quote: UInt8) {
        let start = at
        at += 1
        var content: [UInt8] = []
        while at < bytes.count, bytes[at] != quote {
            if bytes[at] == 0x0A && quote != UInt8(ascii: "`") { break }
            if bytes[at] == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") {
                escape(into: &content)
            } else {
                content.append(bytes[at])
                at += 1
            }
        }
        if byte(at) == quote && at < bytes.count {
            at += 1
        } else {
            mistakes.append(Diagnostic("open-string", at: TextSpan(start, at), "missing closing quote"))
        }
        tokens.append(Token(kind: .string, text: String(decoding: content, as: UTF8.self), span: TextSpan(start, at)))
    }

    /// Reads one Go escape sequence.
    private mutating func escape(into content: inout [UInt8]) {
        let start = at
        let plain: [UInt8: UInt8] = [
            0x61: 7, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9, 0x76: 11, 0x5C: 0x5C, 0x27: 0x27, 0x22: 0x22,
        ]
        func digits(_ count: Int, radix: Int) -> UInt32? {
            guard at + count <= bytes.count else { return nil }
            return UInt32(String(decoding: bytes[at..<at + count], as: UTF8.self), radix: radix)
        }
        at += 1
        let letter = byte(at)
        if let byte = plain[letter] {
            content.append(byte)
            at += 1
            return
        }
        if letter >= 0x30 && letter <= 0x37, let value = digits(3, radix: 8), value < 256 {
            content.append(UInt8(value))
            at += 3
            return
        }
        let lengths: [UInt8: Int] = [0x78: 2, 0x75: 4, 0x55: 8]
        if let length = lengths[letter] {
            at += 1
            if let value = digits(length, radix: 16) {
                if length == 2 {
                    content.append(UInt8(value))
                    at += 2
                    return
                }
                if let scalar = Unicode.Scalar(value) {
                    content += Array(String(Character(scalar)).utf8)
                    at += length
                    return
                }
            }
        }
        mistakes.append(Diagnostic("bad-escape", at: TextSpan(start, min(at + 1, bytes.count)), "unknown escape sequence"))
        at = min(max(at, start + 2), bytes.count)
    }
}
