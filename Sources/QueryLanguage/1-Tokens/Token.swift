import Model

/// A token of the query language.
public struct Token: Hashable, Sendable {
    /// The kind of a token.
    public enum Kind: Hashable, Sendable {
        /// A bare word: a name, keyword, number with a unit, time or glob.
        case word
        /// A quoted string; `value` is the text between the quotes.
        case string
        /// `/…/` after `~`; `value` is the pattern.
        case pattern
        /// `$3`, `$name`, `$0.02`; `value` is the text after the dollar sign.
        case dollar
        /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `~`, `!~`.
        case comparison
        /// `,` `(` `)` `[` `]` and any other character; `value` is the mark.
        case mark
        /// The end of the text.
        case end
    }

    public var kind: Kind
    /// The text without quotes and escapes.
    public var value: String
    public var span: TextSpan
    /// For a string, false if the closing quote is missing.
    public var isClosed = true

    /// The value in lower case: keywords, fields and enumerated values ignore case.
    package var folded: String { value.lowercased() }

    /// True when this is the bare word `word`, in any case.
    package func isWord(_ word: String) -> Bool { kind == .word && folded == word }

    /// True when this is the mark `mark`.
    package func isMark(_ mark: String) -> Bool { kind == .mark && value == mark }
}
