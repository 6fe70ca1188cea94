import Errors
import Model
import QueryLanguage
import Platform

/// Takes the statements out of mixed text: a report, a terminal's scroll-back, a session's file, a chat.
package enum ScriptRecovery {
    /// The statements in order, as a script.
    package static func script(from text: String) -> String {
        statements(in: text).map { SessionText.statement(Redactor.redact($0)) + "\n" }.joined()
    }

    /// The statements in order. The first way of writing that is met decides: our own files, documents, prompts, echoes of
    /// scripts; where there is none of these, every line that is a statement of the language.
    static func statements(in text: String) -> [String] {
        let lines = plain(text)
        if lines.contains(where: { $0.hasPrefix("#! faultline") || $0.hasPrefix("#= ") }) {
            return NotebookFile(parsing: lines.joined(separator: "\n")).recorded.map(\.text)
        }
        for way in [tagged(in: text), fenced(in: lines), prompted(in: lines), echoed(in: lines)] where !way.isEmpty { return way }
        return StatementSplitter.pieces(of: lines.joined(separator: "\n")).compactMap { piece in
            if case .statement(let text, _) = piece, isStatement(text) { text } else { nil }
        }
    }

    /// Lines without the escapes of terminals.
    private static func plain(_ text: String) -> [String] {
        var plain = String.UnicodeScalarView(), scalars = Substring(text).unicodeScalars
        while let scalar = scalars.popFirst() {
            guard scalar == "\u{1B}" else {
                if scalar != "\r" && scalar != "\u{7}" { plain.append(scalar) }
                continue
            }
            guard scalars.popFirst() == "[" else { continue }
            while let next = scalars.popFirst(), !(0x40...0x7E).contains(next.value) {}
        }
        return String(plain).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// What stands in an HTML report's marks.
    private static func tagged(in text: String) -> [String] {
        text.split(separator: "<code class=\"statement\">", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstRange(of: "</code>").map { HTMLText.unescaped(String(part[..<$0.lowerBound])) }
        }
    }

    /// What stands in a Markdown report's fences.
    private static func fenced(in lines: [String]) -> [String] {
        var found: [String] = [], open: [String]?, fence = ""
        for line in lines {
            let bare = line.drop { $0 == " " || $0 == ">" }
            if let block = open {
                if bare.hasPrefix(fence) {
                    found.append(block.joined(separator: "\n"))
                    open = nil
                } else {
                    open = block + [line]
                }
            } else if bare.hasPrefix("```"), bare.drop(while: { $0 == "`" }).hasPrefix("faultline") {
                fence = String(bare.prefix { $0 == "`" })
                open = []
            }
        }
        return found.filter { !$0.allSatisfy(\.isWhitespace) }
    }

    private static let prompt = "faultline> ", continuation = "...> "

    /// What was typed at the prompt, with its further lines; a line that was dropped is none.
    private static func prompted(in lines: [String]) -> [String] {
        var found: [String] = [], isOpen = false
        for line in lines {
            if let place = line.firstRange(of: prompt), line[..<place.lowerBound].allSatisfy(isBeforePrompt) {
                let text = String(line[place.upperBound...])
                isOpen = !text.hasSuffix("^C") && !text.allSatisfy(\.isWhitespace)
                if isOpen { found.append(text) }
            } else if isOpen, let place = line.firstRange(of: continuation), line[..<place.lowerBound].allSatisfy({ $0 == " " }),
                let last = found.popLast()
            {
                found.append(last + "\n" + line[place.upperBound...])
            } else {
                isOpen = false
            }
        }
        return found
    }

    /// Numbers of cells, marks of quoting and of boxes.
    private static func isBeforePrompt(_ character: Character) -> Bool {
        character.isNumber || character.isWhitespace || ">|│*-".contains(character)
    }

    /// Statements as a script shows them above their answers.
    private static func echoed(in lines: [String]) -> [String] {
        lines.compactMap { line in
            let rest = line.drop { $0.isNumber || $0 == " " }
            guard rest.hasPrefix("> ") else { return nil }
            let text = String(rest.dropFirst(2))
            return isStatement(text) ? text : nil
        }
    }

    /// True for a text that the parser reads without a mistake.
    private static func isStatement(_ text: String) -> Bool {
        let parsed = Statements.parse(text)
        guard parsed.written.mistakes.isEmpty, let statement = parsed.statement else { return false }
        let entry = type(of: statement).entry
        if entry.traits.contains(.isLikeProse) { return false }
        // One word alone is more likely prose, where it is none of the language.
        return entry.reading == .language || text.contains(where: \.isWhitespace)
    }
}
