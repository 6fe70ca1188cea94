extension Parser {
    /// Returns the tokens of a text, for completion; the last one is `end`.
    public static func tokens(of text: String) -> [Token] { Lexer.tokens(of: text) }
}
