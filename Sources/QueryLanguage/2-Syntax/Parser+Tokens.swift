extension Parser {
    /// The tokens of a text, for completion; the last one is its end.
    public static func tokens(of text: String) -> [Token] { Lexer.tokens(of: text) }
}
