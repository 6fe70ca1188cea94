import Model

/// A token inside `{{ … }}`.
struct TemplateToken {
    enum Kind: Hashable {
        case identifier, variable, field, number, string, sign, end
    }

    var kind: Kind
    var text: String
    var span: TextSpan
    /// True if it directly follows the previous token.
    var isAttached = false
}

/// A piece of a template: plain text, or the tokens of an action.
enum TemplatePiece {
    case text(String)
    case action([TemplateToken], TextSpan)
}

/// Splits a template into text and actions; trims white space at `{{-` and `-}}`.
struct TemplateLexer {
    private let bytes: [UInt8]
    private var at = 0
    private(set) var pieces: [TemplatePiece] = []
    private(set) var mistakes: [Diagnostic] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        var trimsNext = false
        while at < bytes.count {
            let start = at
            while at < bytes.count, !starts("{{") { at += 1 }
            var plain = bytes[start..<at]
            if trimsNext { plain = plain.drop(while: TemplateLexer.isSpace) }
            let opensTrimming = at + 3 < bytes.count && bytes[at + 2] == 0x2D && TemplateLexer.isSpace(bytes[at + 3])
            if opensTrimming { while let last = plain.last, TemplateLexer.isSpace(last) { plain.removeLast() } }
            if !plain.isEmpty { pieces.append(.text(String(decoding: plain, as: UTF8.self))) }
            guard at < bytes.count else { break }
            guard let trims = action(trimmed: opensTrimming) else { break }
            trimsNext = trims
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
    private static func isWord(_ byte: UInt8) -> Bool {
        byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F || byte >= 0x80
    }

    private func starts(_ text: String) -> Bool { bytes[at...].starts(with: text.utf8) }
    private func byte(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

    /// Reads an action; returns whether the white space after it is trimmed, or nil if it is unterminated.
    private mutating func action(trimmed: Bool) -> Bool? {
        let start = at
        at += trimmed ? 3 : 2
        while TemplateLexer.isSpace(byte(at)) { at += 1 }
        if starts("/*") {
            while at < bytes.count, !starts("*/") { at += 1 }
            at = min(at + 2, bytes.count)
            while TemplateLexer.isSpace(byte(at)) && at < bytes.count { at += 1 }
            let trims = starts("-}}")
            if trims { at += 1 }
            guard starts("}}") else {
                mistakes.append(
                    Diagnostic(
                        "open-comment", at: TextSpan(start, start + 2),
                        "the comment must end with `*/}}`"))
                return nil
            }
            at += 2
            return trims
        }
        var tokens: [TemplateToken] = []
        while true {
            let gap = at
            while TemplateLexer.isSpace(byte(at)) && at < bytes.count { at += 1 }
            if at >= bytes.count { break }
            let trims = at > gap && starts("-}}")
            if trims || starts("}}") {
                if trims { at += 1 }
                at += 2
                tokens.append(TemplateToken(kind: .end, text: "", span: TextSpan(at - 2, at)))
                pieces.append(.action(tokens, TextSpan(start, at)))
                return trims
            }
            guard var token = token() else { return nil }
            token.isAttached = token.span.start == gap && !tokens.isEmpty
            tokens.append(token)
        }
        mistakes.append(Diagnostic("open-action", at: TextSpan(start, start + 2), "missing `}}` after this action"))
        return nil
    }

    private mutating func token() -> TemplateToken? {
        let start = at
        func made(_ kind: TemplateToken.Kind) -> TemplateToken {
            TemplateToken(kind: kind, text: String(decoding: bytes[start..<at], as: UTF8.self), span: TextSpan(start, at))
        }
        switch bytes[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "`"): return string()
        case UInt8(ascii: "$"):
            at += 1
            while TemplateLexer.isWord(byte(at)) { at += 1 }
            return made(.variable)
        case UInt8(ascii: ".") where TemplateLexer.isWord(byte(at + 1)) && !(byte(at + 1) >= 0x30 && byte(at + 1) <= 0x39):
            at += 1
            while TemplateLexer.isWord(byte(at)) { at += 1 }
            return made(.field)
        case UInt8(ascii: "."), UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "="):
            if bytes[at] == UInt8(ascii: "."), byte(at + 1) >= 0x30 && byte(at + 1) <= 0x39 { break }
            at += 1
            return made(.sign)
        case UInt8(ascii: ":") where byte(at + 1) == UInt8(ascii: "="):
            at += 2
            return made(.sign)
        default: break
        }
        let isSigned = bytes[at] == 0x2D || bytes[at] == 0x2B
        let digit = byte(isSigned ? at + 1 : at)
        if digit >= 0x30 && digit <= 0x39 || digit == UInt8(ascii: ".") {
            at += 1
            while TemplateLexer.isWord(byte(at)) || byte(at) == UInt8(ascii: ".")
                || (byte(at) == 0x2D || byte(at) == 0x2B) && byte(at - 1) | 0x20 == UInt8(ascii: "e")
            { at += 1 }
            return made(.number)
        }
        if TemplateLexer.isWord(bytes[at]) {
            while TemplateLexer.isWord(byte(at)) { at += 1 }
            return made(.identifier)
        }
        repeat { at += 1 } while at < bytes.count && bytes[at] & 0xC0 == 0x80
        let token = made(.sign)
        mistakes.append(Diagnostic("unexpected-character", at: token.span, "unexpected character `\(token.text)` in an action"))
        return token
    }

    private mutating func string() -> TemplateToken? {
        let start = at, quote = bytes[at]
        at += 1
        var content: [UInt8] = []
        let escapes: [UInt8: UInt8] = [0x6E: 10, 0x74: 9, 0x72: 13, 0x5C: 0x5C, 0x22: 0x22, 0x27: 0x27]
        while at < bytes.count, bytes[at] != quote {
            if quote == UInt8(ascii: "\"") && bytes[at] == 0x0A { break }
            if quote == UInt8(ascii: "\""), bytes[at] == 0x5C, at + 1 < bytes.count {
                if let byte = escapes[bytes[at + 1]] {
                    content.append(byte)
                } else {
                    mistakes.append(Diagnostic("bad-escape", at: TextSpan(at, at + 2), "unknown escape sequence"))
                }
                at += 2
            } else {
                content.append(bytes[at])
                at += 1
            }
        }
        guard at < bytes.count, bytes[at] == quote else {
            mistakes.append(Diagnostic("open-string", at: TextSpan(start, at), "missing closing quote"))
            return nil
        }
        at += 1
        return TemplateToken(kind: .string, text: String(decoding: content, as: UTF8.self), span: TextSpan(start, at))
    }
}
