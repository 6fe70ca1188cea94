import Model
import QueryLanguage

/// A file of statements that is run: shipped or written by hand, or a recorded session.
struct Script {
    let file: NotebookFile
    /// The path, for the places of mistakes; nil for what came through a pipe.
    let path: String?

    /// A value that may be given when the script is run: a `let` before the first other statement.
    struct Parameter {
        var name: String
        var values: [Literal]
        /// The line of its `let`.
        var line: Int
    }

    init(_ file: NotebookFile, path: String?) {
        self.file = file
        self.path = path
    }

    /// The statements and the prose.
    var pieces: [ScriptPiece] { StatementSplitter.pieces(of: file) }

    /// The parameters in their order.
    var parameters: [Parameter] {
        var found: [Parameter] = [], bindings: Bindings = [:]
        for case .statement(let text, let line) in pieces {
            let parsed = Statements.parse(text, bindings: bindings)
            guard parsed.written.mistakes.isEmpty, let (name, values) = (parsed.statement as? LetStatement)?.binding else {
                break
            }
            found.append(Parameter(name: name.text, values: values, line: line))
            bindings[name.text] = values
        }
        return found
    }

    /// What it is for: its first line of prose.
    var purpose: String? { file.title }
}

/// Values that are given to a script: `model=gpt-4o`, `models=(a, b)`.
struct ScriptArguments {
    private(set) var values: [String: [Literal]] = [:]

    /// Reads words; a word without `=` goes on with the one before it, because lists hold blanks. Gives the first word that is
    /// none.
    init(_ words: [String]) throws(ScriptArgumentError) {
        var texts: [(name: String, value: String)] = []
        for word in words {
            if let equals = word.firstIndex(of: "="), equals > word.startIndex,
                word[..<equals].allSatisfy(ScriptArguments.isNamed)
            {
                texts.append((word[..<equals].lowercased(), String(word[word.index(after: equals)...])))
            } else if let last = texts.last, last.value.hasPrefix("("), !last.value.hasSuffix(")") {
                texts[texts.count - 1].value += ", " + word
            } else {
                throw ScriptArgumentError(word: word)
            }
        }
        for (name, value) in texts {
            // Blanks need quotes at the prompt, and make no text of a time: `at="3h ago"`.
            let bare = value.drop { $0 == "\"" }.prefix { $0 != "\"" }
            if value.hasPrefix("\""), bare.hasSuffix(" ago"), let time = Parser.values(of: String(bare)) {
                values[name] = time
                continue
            }
            // What is no value of the language as it stands is a text.
            guard let read = Parser.values(of: value) ?? Parser.values(of: Literal.quoted(value)) else {
                throw ScriptArgumentError(word: value)
            }
            values[name] = read
        }
    }

    private static func isNamed(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}

/// A word that gives no value.
struct ScriptArgumentError: Error {
    let word: String
}

/// References to results, moved: what is cell 1 of a script is cell 5 of the session that runs it behind four others.
enum ResultShift {
    /// The statement with every number of a cell raised.
    static func text(_ text: String, by count: Int) -> String {
        guard count > 0 else { return text }
        var tokens = Parser.tokens(of: text)
        tokens.removeLast()
        guard let first = tokens.first, first.kind != .word || Statements.reading(ofFirstWord: first.value) != .text else {
            return text
        }
        let isRerun = first.kind == .word && ["rerun", "edit"].contains(first.value.lowercased())
        var bytes = Array(text.utf8)
        for (index, token) in tokens.enumerated().reversed() {
            if isRerun, index > 0, let range = CellRange(token.value) {
                let shifted =
                    range.first == range.last ? "\(range.first + count)" : "\(range.first + count)..\(range.last + count)"
                bytes.replaceSubrange(token.span.start..<token.span.end, with: shifted.utf8)
            }
            guard token.kind == .dollar, let number = Int(token.value), token.value.allSatisfy(\.isNumber) else { continue }
            // Behind a comparison, and in a list of values, a dollar and a digit is money.
            if index > 0, tokens[index - 1].kind == .comparison || ["(", ","].contains(tokens[index - 1].value) { continue }
            bytes.replaceSubrange(token.span.start + 1..<token.span.end, with: "\(number + count)".utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
