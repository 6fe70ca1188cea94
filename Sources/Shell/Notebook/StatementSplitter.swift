import Model

/// A piece of a script: a line of prose, or a statement with the line it begins on.
public enum ScriptPiece: Hashable, Sendable {
    case prose(String)
    /// The text as written, over one or more lines; `line` counts from 1.
    case statement(String, line: Int)
}

/// Cuts a script into statements and prose.
///
/// A statement is a line. It goes on while a bracket is open, when the line ends in `,`, `\`, `and` or `or`, and when the
/// next line is indented. Lines that begin with `#` are prose; those that begin with `#>`, `#=`, `#@` or `#!` are a
/// machine's and skipped.
public enum StatementSplitter {
    /// The pieces in order.
    public static func pieces(of script: String) -> [ScriptPiece] {
        var pieces: [ScriptPiece] = []
        var current = "", begin = 0
        func finish() {
            if !current.isEmpty { pieces.append(.statement(current, line: begin)) }
            current = ""
        }
        // A line break of two characters is one `Character`: both kinds must be named.
        let lines = script.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let isBlank = line.allSatisfy(\.isWhitespace)
            let isIndented = line.first == " " || line.first == "\t"
            if !current.isEmpty, !isBlank, line.first != "#", isIndented || isOpen(current) {
                current += "\n" + line
                continue
            }
            finish()
            if isBlank { continue }
            if line.first == "#" {
                if ["#>", "#=", "#@", "#!"].contains(where: line.hasPrefix) { continue }
                let text = line.drop { $0 == "#" }
                pieces.append(.prose(String(text.first == " " ? text.dropFirst() : text)))
            } else {
                current = String(line)
                begin = index + 1
            }
        }
        finish()
        return pieces
    }

    /// True when the text cannot be a whole statement yet: an open bracket, or a last word that joins.
    public static func isOpen(_ text: String) -> Bool {
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
