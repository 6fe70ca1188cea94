/// Makes text from data safe for a terminal: control sequences are displayed instead of obeyed.
public enum Printable {
    /// Returns `text` on one line, without anything that a terminal interprets or whose width is ambiguous.
    ///
    /// Control characters and escapes are made visible (`␛`, `⏎`; ASCII `\x1b`, `\n`), as are bidirectional and invisible
    /// characters (`<U+202E>`). At most three combining marks follow a character. Emoji sequences are split into their parts,
    /// because terminals disagree about the width of the whole. In ASCII, every other character is shown by its number.
    ///
    /// - Parameter columns: Stops a few columns after this width.
    public static func safe(_ text: String, glyphs: GlyphSet = .unicode, columns: Int = .max) -> String {
        var isPlain = true
        for (index, byte) in text.utf8.enumerated() {
            if byte < 0x20 || byte > 0x7E { isPlain = false; break }
            if index > columns { break }
        }
        if isPlain { return text.utf8.count <= columns ? text : String(text.unicodeScalars.prefix(columns + 1)) }
        var printer = PrintableScalars(glyphs: glyphs)
        var shown = "", filled = 0, read = 0
        for scalar in text.unicodeScalars {
            let part = printer.shown(scalar)
            shown += part
            filled += DisplayWidth.of(part)
            read += 1
            // Text of zero width must not be read to its end either.
            if filled > columns || read / 16 > columns { break }
        }
        return shown
    }
}

extension Printable {
    /// Returns text of several lines made safe: one element per line without its line break, tabs expanded to every eighth
    /// column.
    ///
    /// For text printed verbatim, such as an export on a terminal or a stack trace.
    public static func safeLines(_ text: String, glyphs: GlyphSet = .unicode) -> [String] {
        var lines: [String] = [], line = "", width = 0
        var printer = PrintableScalars(glyphs: glyphs)
        var isAfterReturn = false
        func show(_ scalar: Unicode.Scalar) {
            let shown = printer.shown(scalar)
            line += shown
            width += DisplayWidth.of(shown)
        }
        for scalar in text.unicodeScalars {
            // A carriage return is part of the line break that follows; alone it is made visible.
            if isAfterReturn && scalar != "\n" { show("\r") }
            isAfterReturn = scalar == "\r"
            switch scalar {
            case "\r": continue
            case "\n":
                lines.append(line)
                (line, width) = ("", 0)
                printer = PrintableScalars(glyphs: glyphs)
            case "\t":
                let blanks = 8 - width % 8
                line += String(repeating: " ", count: blanks)
                width += blanks
            default: show(scalar)
            }
        }
        if isAfterReturn { show("\r") }
        return line.isEmpty ? lines : lines + [line]
    }
}

extension Unicode.Scalar {
    /// True for characters that a terminal interprets, bidirectional controls, and invisible characters.
    public var steersTerminal: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: properties.isDefaultIgnorableCodePoint
        }
    }
}

/// Makes scalars safe one by one; keeps the state on which combining marks depend.
struct PrintableScalars {
    let glyphs: GlyphSet
    private var marks = 0
    private var isAfterEmoji = false
    private var hasBase = false
    private var joinsLetters = false

    init(glyphs: GlyphSet) { self.glyphs = glyphs }

    /// Returns what to print for the scalar; "" to omit it.
    mutating func shown(_ scalar: Unicode.Scalar) -> String {
        let value = scalar.value
        if value < 0x20 || value == 0x7F {
            begin()
            return glyphs == .unicode ? Self.picture(value) : Self.escape(value)
        }
        if value < 0x7F {
            begin()
            hasBase = true
            return String(scalar)
        }
        if glyphs == .ascii {
            return Self.typographic[value] ?? "\\u{\(String(value, radix: 16))}"
        }
        if value == 0x2028 || value == 0x2029 {
            begin()
            return "⏎"
        }
        // Regional indicators form flags, one or two cells wide: shown as letters.
        if (0x1F1E6...0x1F1FF).contains(value), let letter = Unicode.Scalar(value - 0x1F1E6 + 0x41) {
            begin()
            hasBase = true
            return String(letter)
        }
        switch scalar.properties.generalCategory {
        case .spaceSeparator:
            begin()
            return " "
        case .nonspacingMark, .enclosingMark:
            // Variation selectors and the keycap change the width on some terminals only.
            if (0xFE00...0xFE0F).contains(value) || (0xE0100...0xE01EF).contains(value) || value == 0x20E3 { return "" }
            if scalar.properties.isDefaultIgnorableCodePoint { return Self.numbered(value) }
            return mark(scalar)
        case .format where value == 0x200C || value == 0x200D:
            if isAfterEmoji { return "" }
            guard joinsLetters else {
                begin()
                return Self.numbered(value)
            }
            return mark(scalar)
        case .format, .control, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator:
            begin()
            return Self.numbered(value)
        default:
            if isAfterEmoji && (0x1F3FB...0x1F3FF).contains(value) { return "" }
            begin()
            // Fillers and similar are invisible letters.
            if scalar.properties.isDefaultIgnorableCodePoint { return Self.numbered(value) }
            hasBase = true
            // Arabic and Indic scripts join letters with invisible characters.
            joinsLetters = (0x0600...0x0DFF).contains(value)
            isAfterEmoji = scalar.properties.isEmoji
            return String(scalar)
        }
    }

    private mutating func begin() {
        marks = 0
        isAfterEmoji = false
        hasBase = false
        joinsLetters = false
    }

    private mutating func mark(_ scalar: Unicode.Scalar) -> String {
        marks += 1
        if marks > 3 { return "" }
        if hasBase { return String(scalar) }
        // Without a base character, a mark would combine with the character before this text.
        hasBase = true
        return "◌" + String(scalar)
    }

    private static func picture(_ value: UInt32) -> String {
        switch value {
        case 0x0A: "⏎"
        case 0x09: "⇥"
        case 0x7F: "␡"
        default: Unicode.Scalar(0x2400 + value).map { String($0) } ?? ""
        }
    }

    private static func escape(_ value: UInt32) -> String {
        switch value {
        case 0x0A: return "\\n"
        case 0x0D: return "\\r"
        case 0x09: return "\\t"
        default:
            let digits = String(value, radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
    }

    private static func numbered(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
    }

    /// Typographic characters and their ASCII equivalents.
    private static let typographic: [UInt32: String] = [
        0xA0: " ", 0xB7: ".", 0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2018: "'", 0x2019: "'",
        0x201C: "\"", 0x201D: "\"", 0x2026: "...", 0x2192: "->", 0xD7: "x",
    ]
}
