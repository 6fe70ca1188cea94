import Model

/// A piece of a script: a line of prose, or a statement with the line it begins on.
package enum ScriptPiece: Hashable, Sendable {
    case prose(String)
    /// The text as written, over one or more lines; `line` counts from 1.
    case statement(String, line: Int)
}

/// Cuts a script into statements and prose.
///
/// A statement is a line. It goes on while a bracket is open, when the line ends in `,`, `\`, `and` or `or`, and when the
/// next line is indented. Lines that begin with `#` are prose; those that begin with `#>`, `#=`, `#@` or `#!` are a
/// machine's and skipped.
package enum StatementSplitter {
    /// The pieces in order.
    package static func pieces(of script: String) -> [ScriptPiece] { pieces(of: NotebookFile(parsing: script)) }

    /// The statements and the prose of a file, in order.
    static func pieces(of file: NotebookFile) -> [ScriptPiece] {
        file.pieces.compactMap { piece in
            switch piece.kind {
            case .prose: .prose(NotebookFile.proseText(piece))
            case .statement: .statement(piece.text, line: piece.line)
            case .header, .pins, .blank, .output, .machine: nil
            }
        }
    }

    /// True when the text cannot be a whole statement yet: an open bracket, or a last word that joins.
    package static func isOpen(_ text: String) -> Bool {
        var depth = 0, quote: Character?, previous: Character = " ", isComment = false
        var bare = ""
        for character in text {
            if character == "\n" || character == "\r\n" { (quote, isComment) = (nil, false) }
            if isComment { continue }
            bare.append(character)
            if let open = quote {
                if character == open && previous != "\\" { quote = nil }
            } else {
                switch character {
                case "\"", "'": quote = character
                case "(", "[": depth += 1
                case ")", "]": depth -= 1
                case "#" where previous.isWhitespace:
                    isComment = true
                    bare.removeLast()
                default: break
                }
            }
            previous = character
        }
        if depth > 0 { return true }
        let words = bare.split(whereSeparator: \.isWhitespace)
        guard let last = words.last else { return false }
        return last.hasSuffix(",") || last.hasSuffix("\\") || (words.count > 1 && ["and", "or"].contains(last.lowercased()))
    }
}
