import Model

/// A word, value or mark of the language.
public struct Token: Hashable, Sendable {
    /// What kind of token it is.
    public enum Kind: Hashable, Sendable {
        /// A bare word: name, keyword, number with unit, time, glob.
        case word
        /// A quoted text; `value` is what stands between the quotes.
        case string
        /// `/…/` behind `~`; `value` is the pattern.
        case pattern
        /// `$3`, `$name`, `$0.02`; `value` is what follows the dollar.
        case dollar
        /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `~`, `!~`.
        case comparison
        /// `,` `(` `)` `[` `]` and every other mark; `value` is the mark.
        case mark
        /// The end of the text.
        case end
    }

    public var kind: Kind
    /// The text without quotes and escapes.
    public var value: String
    public var span: TextSpan
    /// For a string: false when its closing quote is missing.
    public var isClosed = true

    /// The value in lower case: keywords, fields and enumerated values ignore case.
    var folded: String { value.lowercased() }

    /// True when this is the bare word `word`, in any case.
    func isWord(_ word: String) -> Bool { kind == .word && folded == word }

    /// True when this is the mark `mark`.
    func isMark(_ mark: String) -> Bool { kind == .mark && value == mark }
}
