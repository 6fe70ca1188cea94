import Model

/// Statements whose text is not all of the language: words as they are typed, and free text.
extension Parser {
    /// What stands behind the words read so far, without blanks at either end; nil when nothing does.
    /// - Parameter ignored: Marks at the end that do not belong to it.
    package mutating func restOfText(without ignored: Character? = nil) -> Name? {
        let bytes = Array(text.utf8)
        var start = at > 0 ? tokens[at - 1].span.end : 0, end = bytes.count
        func isBlank(_ offset: Int) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) }
        while start < end, isBlank(start) { start += 1 }
        while start < end, isBlank(end - 1) || bytes[end - 1] == ignored?.asciiValue { end -= 1 }
        guard start < end else { return nil }
        at = tokens.count - 1
        let span = TextSpan(start, end)
        return Name(source(span), span)
    }

    /// The rest as words: parted by blanks and commas, whatever marks a path holds; quotes keep blanks together.
    package mutating func words() -> [Literal] {
        let bytes = Array(text.utf8)
        var words: [Literal] = []
        var offset = at > 0 ? tokens[at - 1].span.end : 0
        // Comments and a final `;` are cut off where the last token ends.
        let end = tokens.count > 1 ? tokens[tokens.count - 2].span.end : offset
        at = tokens.count - 1
        while offset < end {
            if Parser.partsWords(bytes[offset]) {
                offset += 1
            } else if let quoted = tokens.first(where: { $0.kind == .string && $0.span.start == offset }) {
                if !quoted.isClosed { report(Mistake.unclosedString(quoted)) }
                words.append(Literal(text: quoted.value, span: quoted.span, isQuoted: true))
                offset = quoted.span.end
            } else {
                let from = offset
                while offset < end, !Parser.partsWords(bytes[offset]) {
                    // `start="20 Nov"` is one word; elsewhere inside a word a quote is a character of a path.
                    let quoted = bytes[offset] == UInt8(ascii: "=") ? tokens.first { $0.span.start == offset + 1 } : nil
                    offset = quoted?.kind == .string ? min(end, quoted?.span.end ?? end) : offset + 1
                }
                let span = TextSpan(from, offset)
                words.append(Literal(text: source(span), span: span, isQuoted: false))
            }
        }
        return words
    }

    /// A path: a text in quotes, or all up to the next blank; nil at the end, which is reported.
    package mutating func path(_ what: String, closest: String? = nil) -> Literal? {
        if token.kind == .string {
            let word = advance()
            return Literal(text: word.value, span: word.span, isQuoted: true)
        }
        guard token.kind != .end else {
            report(Mistake.expected(what, at: token, closest: closest))
            return nil
        }
        let bytes = Array(text.utf8), start = token.span.start
        // A comment and a final `;` are none of it.
        let last = tokens[tokens.count - 2].span.end
        let end = bytes[start..<last].firstIndex { [0x20, 0x09, 0x0A, 0x0D].contains($0) } ?? last
        while token.kind != .end, token.span.start < end { advance() }
        let span = TextSpan(start, end)
        return Literal(text: source(span), span: span, isQuoted: false)
    }

    private static func partsWords(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ",")].contains(byte) }
}
