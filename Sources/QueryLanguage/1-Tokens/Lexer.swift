import Model

/// Splits a statement into tokens. It never fails: an unknown character becomes a mark, which the parser reports.
///
/// A bare word consists of letters of any script, digits and `_ - . / : @ * + # %`, so `gpt-4o*`, `5%`, `1h30m`,
/// `2026-11-20T14:00` and `openai/gpt-4o` are words; `#` begins a comment at the start of a line or after white space.
struct Lexer {
    private let bytes: [UInt8]
    private var at = 0
    private var tokens: [Token] = []

    /// Returns all tokens of the text in order; the last one is `end`.
    static func tokens(of text: String) -> [Token] {
        var lexer = Lexer(text)
        lexer.run()
        return lexer.tokens
    }

    private init(_ text: String) { bytes = Array(text.utf8) }

    private mutating func run() {
        while true {
            skipBlanks()
            guard at < bytes.count else { break }
            next()
        }
        tokens.append(Token(kind: .end, value: "", span: TextSpan(bytes.count, bytes.count)))
    }

    private mutating func skipBlanks() {
        let begin = at
        while at < bytes.count {
            if let width = blankWidth(at) {
                at += width
            } else if bytes[at] == UInt8(ascii: "#"), at == 0 || at > begin {
                while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
            } else if bytes[at] == UInt8(ascii: "\\"), at + 1 == bytes.count || isLineEnd(at + 1) {
                at += 1
            } else {
                return
            }
        }
    }

    private func isLineEnd(_ offset: Int) -> Bool {
        bytes[offset] == 0x0A || (bytes[offset] == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A)
    }

    /// The width of white space at `offset`: ASCII white space, the BOM, and spaces pasted from chats and documents (no-break
    /// space, U+2000 to U+200B, narrow and ideographic spaces); nil if there is none.
    private func blankWidth(_ offset: Int) -> Int? {
        func follows(_ second: UInt8, _ third: ClosedRange<UInt8>) -> Bool {
            offset + 2 < bytes.count && bytes[offset + 1] == second && third.contains(bytes[offset + 2])
        }
        switch bytes[offset] {
        case 0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D: return 1
        case 0xC2 where offset + 1 < bytes.count && bytes[offset + 1] == 0xA0: return 2
        case 0xE2 where follows(0x80, 0x80...0x8B) || follows(0x80, 0xAF...0xAF) || follows(0x81, 0x9F...0x9F): return 3
        case 0xE3 where follows(0x80, 0x80...0x80): return 3
        case 0xEF where follows(0xBB, 0xBF...0xBF): return 3
        default: return nil
        }
    }

    private mutating func next() {
        let start = at
        let byte = bytes[at]
        if let quote = quote(at) {
            string(start, opening: quote.width, closing: quote.closing)
        } else if byte == UInt8(ascii: "/"), let last = tokens.last, last.kind == .comparison, last.value.hasSuffix("~") {
            pattern(start)
        } else if isWordByte(at) {
            while at < bytes.count, isWordByte(at) { at += 1 }
            add(.word, start)
        } else if byte == UInt8(ascii: "$") {
            at += 1
            while at < bytes.count, isWordByte(at), bytes[at] != UInt8(ascii: "*") { at += 1 }
            tokens.append(Token(kind: .dollar, value: text(start + 1, at), span: TextSpan(start, at)))
        } else {
            mark(start)
        }
    }

    private func isWordByte(_ offset: Int) -> Bool {
        switch bytes[offset] {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "%"):
            return true
        case 0x80...:
            // Continuation bytes belong to the current character; non-ASCII spaces and quotes end the word, and ± is a mark.
            return bytes[offset] < 0xC0 ? true : blankWidth(offset) == nil && quote(offset) == nil && !isPlusMinus(offset)
        default:
            return false
        }
    }

    private func isPlusMinus(_ offset: Int) -> Bool {
        offset + 1 < bytes.count && bytes[offset] == 0xC2 && bytes[offset + 1] == 0xB1
    }

    /// The quote that opens at `offset`: `"`, `'`, or a typographic quote from a chat.
    private func quote(_ offset: Int) -> (width: Int, closing: [[UInt8]])? {
        switch bytes[offset] {
        case UInt8(ascii: "\""): return (1, [[0x22]])
        case UInt8(ascii: "'"): return (1, [[0x27]])
        case 0xE2 where offset + 2 < bytes.count && bytes[offset + 1] == 0x80:
            switch bytes[offset + 2] {
            case 0x9C, 0x9D, 0x9E: return (3, [[0xE2, 0x80, 0x9D], [0xE2, 0x80, 0x9C], [0x22]])
            case 0x98, 0x99, 0x9A: return (3, [[0xE2, 0x80, 0x99], [0xE2, 0x80, 0x98], [0x27]])
            default: return nil
            }
        default: return nil
        }
    }

    private mutating func string(_ start: Int, opening: Int, closing: [[UInt8]]) {
        at += opening
        var value: [UInt8] = []
        var isClosed = false
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") {
            if let end = closing.first(where: { bytes[at...].starts(with: $0) }) {
                at += end.count
                isClosed = true
                break
            }
            if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count, bytes[at + 1] != UInt8(ascii: "\n") {
                switch bytes[at + 1] {
                case UInt8(ascii: "n"): value.append(0x0A)
                case UInt8(ascii: "t"): value.append(0x09)
                case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): value.append(bytes[at + 1])
                default: value += [bytes[at], bytes[at + 1]]
                }
                at += 2
            } else {
                value.append(bytes[at])
                at += 1
            }
        }
        tokens.append(
            Token(kind: .string, value: String(decoding: value, as: UTF8.self), span: TextSpan(start, at), isClosed: isClosed))
    }

    private mutating func pattern(_ start: Int) {
        at += 1
        var value: [UInt8] = []
        var isClosed = false
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") {
            if bytes[at] == UInt8(ascii: "/") {
                at += 1
                isClosed = true
                break
            }
            if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count {
                if bytes[at + 1] != UInt8(ascii: "/") { value.append(bytes[at]) }
                value.append(bytes[at + 1])
                at += 2
            } else {
                value.append(bytes[at])
                at += 1
            }
        }
        // The flag after the closing slash (`/re/i`) is part of the token and is moved to the front of the pattern.
        if isClosed, at < bytes.count, bytes[at] == UInt8(ascii: "i") {
            at += 1
            value = Array("(?i)".utf8) + value
        }
        tokens.append(
            Token(kind: .pattern, value: String(decoding: value, as: UTF8.self), span: TextSpan(start, at), isClosed: isClosed))
    }

    private mutating func mark(_ start: Int) {
        if isPlusMinus(at) {
            at += 2
            add(.mark, start)
            return
        }
        let pair = at + 1 < bytes.count ? text(at, at + 2) : ""
        switch pair {
        case "!=", "<=", ">=", "!~", "==", "<>", "=~":
            at += 2
            tokens.append(Token(kind: .comparison, value: canonical(pair), span: TextSpan(start, at)))
            return
        case "&&", "||":
            at += 2
            add(.mark, start)
            return
        default: break
        }
        at += 1
        let byte = bytes[start]
        let isComparison = [UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "~")].contains(byte)
        add(isComparison ? .comparison : .mark, start)
    }

    private func canonical(_ comparison: String) -> String {
        switch comparison {
        case "==": "="
        case "<>": "!="
        case "=~": "~"
        default: comparison
        }
    }

    private func text(_ from: Int, _ to: Int) -> String { String(decoding: bytes[from..<to], as: UTF8.self) }

    private mutating func add(_ kind: Token.Kind, _ start: Int) {
        tokens.append(Token(kind: kind, value: text(start, at), span: TextSpan(start, at)))
    }
}
