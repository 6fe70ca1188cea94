import Model
import QueryLanguage

/// The words behind a statement, taken one after another.
struct Arguments {
    private(set) var rest: ArraySlice<Literal>

    init(_ words: [Literal]) { rest = words[...] }

    var isEmpty: Bool { rest.isEmpty }

    /// The next word, as it was typed.
    mutating func next() -> Literal? { rest.popFirst() }

    /// Takes the next word when it is one of these, without quotes, in any case; gives it in lower case.
    mutating func take(_ words: String...) -> String? {
        guard let first = rest.first, first.isWord(among: words) else { return nil }
        rest.removeFirst()
        return first.text.lowercased()
    }
}

extension Literal {
    /// True for one of these words, without quotes, in any case.
    func isWord(among words: [String]) -> Bool { !isQuoted && words.contains(text.lowercased()) }
}

extension Parser {
    /// Reports a mistake that ends the reading.
    mutating func stop(
        _ id: String, at span: TextSpan, _ message: String, closest: String? = nil, replacement: String? = nil
    ) -> ParseStop {
        report(Diagnostic(id, at: span, message, closest: closest, replacement: replacement))
        return ParseStop()
    }

    /// The place behind the text.
    var endOfText: TextSpan { TextSpan(text.utf8.count, text.utf8.count) }

    /// The tokens of the statement's own words were read; the last of them.
    var wordRead: Token { tokens[max(at - 1, 0)] }
}

extension Parser {
    /// The word that says what a statement with several verbs does, in lower case; offers them all.
    /// - Parameter takesNearest: True to read on as if the nearest verb were written; the mistake is reported either way.
    mutating func verb(
        of statement: String, among verbs: [String], what: String, closest: String? = nil, takesNearest: Bool = false
    ) throws(ParseStop) -> String {
        offer(.words(verbs))
        guard token.kind == .word else {
            report(Mistake.expected(what, at: token, closest: closest ?? verbs.joined(separator: ", ")))
            throw ParseStop()
        }
        if verbs.contains(token.folded) { return advance().folded }
        let best = NearestName.best(for: token.folded, among: verbs)
        report(Mistake.unknownVerb(token, statement: statement, best: best, among: verbs))
        guard takesNearest, let best else { throw ParseStop() }
        advance()
        return best
    }
}
