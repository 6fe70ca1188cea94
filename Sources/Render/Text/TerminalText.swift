/// The gate between texts and a terminal: what would steer it is shown instead of sent.
public enum TerminalText {
    /// What a text is.
    public enum Kind: Sendable {
        /// Drawn by the program: its own colours pass.
        case drawn
        /// Rows, names and messages as they are: no escape passes.
        case data
    }

    /// The text as it may be sent to a terminal.
    ///
    /// Line breaks and tabs pass; a carriage return before a line break goes. Every other control character, marks of
    /// direction, characters that cannot be seen and escapes other than the program's own colours are shown as `Printable`
    /// shows them.
    public static func shown(_ text: String, as kind: Kind, glyphs: GlyphSet) -> String {
        if isPlain(text) { return text }
        var shown = "", printer = PrintableScalars(glyphs: glyphs)
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "\u{1B}", kind == .drawn, let colour = Theme.sequence(at: rest) {
                shown += colour
                rest = rest.dropFirst(colour.unicodeScalars.count)
                continue
            }
            rest = rest.dropFirst()
            switch scalar {
            case "\n", "\t":
                shown.unicodeScalars.append(scalar)
                printer = PrintableScalars(glyphs: glyphs)
            case "\r" where rest.first == "\n": break
            default: shown += printer.shown(scalar)
            }
        }
        return shown
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A || $0 == 0x09 }
    }
}

extension Theme {
    /// Everything that `paint` sends besides texts.
    private static let sequences: [String] = {
        let roles: [Role] = [.dim, .strong, .good, .bad, .warning, .critical, .accent]
        let codes = Set((roles + (0..<6).map { .series($0) } + (0..<4).map { .heat($0) }).compactMap(\.code) + ["0"])
        return codes.sorted().map { "\u{1B}[\($0)m" }
    }()

    /// The sequence of `paint` with which a text begins; nil when it begins with none.
    static func sequence(at text: Substring.UnicodeScalarView) -> String? {
        sequences.first { text.starts(with: $0.unicodeScalars) }
    }
}
