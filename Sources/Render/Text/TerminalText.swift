/// The filter between text and a terminal: control sequences are displayed instead of sent.
public enum TerminalText {
    /// The origin of a text.
    public enum Kind: Sendable {
        /// Drawn by the program: its own colours pass.
        case drawn
        /// Rows, names and messages: no escape sequence passes.
        case data
    }

    /// Returns the text in the form that may be sent to a terminal.
    ///
    /// Line breaks and tabs pass; a carriage return before a line break is removed. All other control characters, bidirectional
    /// and invisible characters, and escape sequences other than the program's own colours are displayed as in `Printable`.
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
    /// Every escape sequence that `paint` emits.
    private static let sequences: [String] = {
        let roles: [Role] = [.dim, .strong, .good, .bad, .warning, .critical, .accent]
        let codes = Set((roles + (0..<6).map { .series($0) } + (0..<4).map { .heat($0) }).compactMap(\.code) + ["0"])
        return codes.sorted().map { "\u{1B}[\($0)m" }
    }()

    /// Returns the `paint` sequence at the start of the text; nil when there is none.
    static func sequence(at text: Substring.UnicodeScalarView) -> String? {
        sequences.first { text.starts(with: $0.unicodeScalars) }
    }
}
