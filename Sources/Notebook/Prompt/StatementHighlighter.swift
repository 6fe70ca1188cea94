import Model
import QueryLanguage
import Render
import Terminal

/// Colours of a statement that is being typed, by what its words are; and the one word that may complete it.
struct StatementHighlighter {
    let completer: Completer

    /// The highlighting of a text whose cursor stands at a byte.
    func highlighting(of text: String, cursorByte: Int) -> LineHighlighting {
        LineHighlighting(StatementHighlighter.runs(of: text), suggestion: suggestion(for: text, cursorByte: cursorByte))
    }

    /// Where only one thing can complete the word at the text's end, how it goes on.
    private func suggestion(for text: String, cursorByte: Int) -> String {
        guard cursorByte == text.utf8.count, let last = text.utf8.last, last != 0x20, last != 0x0A else { return "" }
        let completion = completer.completion(of: text, cursorByte: cursorByte)
        guard completion.candidates.count == 1, completion.replaceFrom < cursorByte else { return "" }
        let typed = text.utf8.dropFirst(completion.replaceFrom)
        let whole = completion.candidates[0].text.utf8
        return whole.starts(with: typed) ? String(decoding: whole.dropFirst(typed.count), as: UTF8.self) : ""
    }

    /// The parts of a text that have a colour, in its order.
    static func runs(of text: String) -> [LineHighlighting.Run] {
        let tokens = Parser.tokens(of: text)
        guard let first = tokens.first, first.kind != .end else { return [] }
        // Behind these stands what is no language of ours.
        let reading = first.kind == .word ? Statements.reading(ofFirstWord: first.value) : nil
        if reading == .text || reading == .paths { return [.init(first.bytes, .strong)] }
        var runs: [LineHighlighting.Run] = []
        for (place, token) in tokens.enumerated() {
            let isValue = place > 0 && tokens[place - 1].kind == .comparison
            if let role = role(of: token, isFirst: place == 0, isValue: isValue) { runs.append(.init(token.bytes, role)) }
        }
        return runs
    }

    private static let beginnings = Set(
        Words.nouns.map(\.word) + Statements.entries.flatMap { $0.word.split(separator: " ").map(String.init) })
    private static let joints = Set(Words.clauses.map(\.word) + Words.joining)

    private static func role(of token: Token, isFirst: Bool, isValue: Bool) -> Role? {
        switch token.kind {
        case .string, .pattern: return .good
        case .dollar: return .warning
        case .comparison, .mark, .end: return nil
        case .word:
            let word = token.value.lowercased()
            if isFirst { return beginnings.contains(word) ? .strong : nil }
            return !isValue && joints.contains(word) ? .accent : nil
        }
    }
}

extension Token {
    /// The bytes of the text that it takes.
    fileprivate var bytes: Range<Int> { span.start..<max(span.start, span.end) }
}
