import Model

/// Parsing of statements other than queries.
extension Parser {
    mutating func trace() -> StatementSyntax {
        advance()
        let row = resultReference().map { Name($0.text, $0.span) }
        guard row != nil || token.kind == .word || token.kind == .string else {
            report(Mistake.expected("an id of a trace, span or request, or a row of a result", at: token, closest: "$3[2]"))
            return .empty
        }
        let id = row ?? { Name($0.value, $0.span) }(advance())
        var form: Name?
        if token.isWord("as") {
            advance()
            form = name("a form", closest: "json")
            if let form, form.text != "json" { report(Mistake.unknownForm(form, among: ["json"])) }
        }
        end()
        return .trace(id, form: form)
    }

    /// Parses `sql SELECT …`; the statement is kept verbatim.
    mutating func sql() -> StatementSyntax {
        let word = advance()
        guard token.kind != .end else {
            report(Mistake.expected("a SELECT statement", at: token))
            return .empty
        }
        let bytes = Array(text.utf8)
        var start = word.span.end, end = bytes.count
        func isBlank(_ offset: Int) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) }
        while start < end, isBlank(start) { start += 1 }
        while start < end, isBlank(end - 1) || bytes[end - 1] == UInt8(ascii: ";") { end -= 1 }
        let span = TextSpan(start, end)
        return .sql(Name(source(span), span))
    }

    /// Parses a command and its arguments, which are separated by spaces and commas and may contain any character of paths;
    /// quotes keep spaces together.
    mutating func command(_ word: String) -> StatementSyntax {
        let start = advance()
        let bytes = Array(text.utf8)
        var arguments: [Literal] = []
        var offset = start.span.end
        // Comments and a final `;` are cut off after the last token.
        let end = tokens.count > 1 ? tokens[tokens.count - 2].span.end : offset
        at = tokens.count - 1
        while offset < end {
            let byte = bytes[offset]
            if [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ",")].contains(byte) {
                offset += 1
            } else if let quoted = tokens.first(where: { $0.kind == .string && $0.span.start == offset }) {
                if !quoted.isClosed { report(Mistake.unclosedString(quoted)) }
                arguments.append(Literal(text: quoted.value, span: quoted.span, isQuoted: true))
                offset = quoted.span.end
            } else {
                let from = offset
                while offset < end, ![0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ",")].contains(bytes[offset]) {
                    // `start="20 Nov"` is a single argument; any other quote within a word is part of a path.
                    let quoted = bytes[offset] == UInt8(ascii: "=") ? tokens.first { $0.span.start == offset + 1 } : nil
                    offset = quoted?.kind == .string ? min(end, quoted?.span.end ?? end) : offset + 1
                }
                let span = TextSpan(from, offset)
                arguments.append(Literal(text: source(span), span: span, isQuoted: false))
            }
        }
        return .command(Name(word, start.span), arguments)
    }
}
