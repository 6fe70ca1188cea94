import Model

/// Which characters pictures are drawn with.
public enum GlyphSet: Sendable, Hashable {
    /// Unicode blocks and lines; text of the data is shown in its own script.
    case unicode
    /// Bytes below 128 only; other characters of the data are shown as `\u{e9}`.
    case ascii
}

/// Whether roles are painted. No meaning is carried by colour alone, so `plain` loses nothing.
public enum Theme: Sendable, Hashable {
    /// No escape sequences at all.
    case plain
    /// ANSI sequences of the terminal's own sixteen colours, so that the reader's palette holds.
    case colour

    /// `text` painted in `role`; unchanged under `plain`. The text must be safe already.
    public func paint(_ text: String, _ role: Role) -> String {
        guard self == .colour, let code = role.code, !text.isEmpty else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

/// What a piece of text is, which decides its colour.
public enum Role: Sendable, Hashable {
    case plain, dim, strong, good, bad, warning, critical, accent
    /// One of the six series of a stack, from 0; the rest of the groups is `dim`.
    case series(Int)
    /// A cell of a heatmap, from 0 for little to 3 for much.
    case heat(Int)

    /// The parameter of the ANSI sequence; nil when nothing is to be painted.
    var code: String? {
        switch self {
        case .plain: nil
        case .dim: "2"
        case .strong: "1"
        case .good: "32"
        case .bad: "31"
        case .warning: "33"
        case .critical: "1;31"
        case .accent: "36"
        case .series(let index): Role.seriesCodes[((index % 6) + 6) % 6]
        case .heat(let grade): Role.heatCodes[max(0, min(3, grade))]
        }
    }

    private static let seriesCodes = ["36", "33", "35", "32", "94", "31"]
    private static let heatCodes = ["34", "36", "33", "31"]
}

/// Everything that a picture depends on besides its data; nothing is asked of the surroundings.
public struct Style: Sendable, Hashable {
    /// No line of a picture is wider than this many columns: 0...400; pictures are laid out for 20 and more.
    public let widthInColumns: Int
    /// Which characters are used.
    public var glyphs: GlyphSet
    /// Whether roles are painted.
    public var theme: Theme
    /// The zone in which times are shown.
    public var zone: Zone
    /// The instant that counts as now: years equal to its year are left out. Nil shows every year.
    public var now: Timestamp?
    /// True when secrets in texts of records are not taken out: only ever for a reader's own eyes.
    public var showsSecrets = false

    /// Makes a style; the width is brought into 0...400.
    public init(
        widthInColumns: Int = 80, glyphs: GlyphSet = .unicode, theme: Theme = .plain, zone: Zone = .utc, now: Timestamp? = nil
    ) {
        self.widthInColumns = max(0, min(400, widthInColumns))
        self.glyphs = glyphs
        self.theme = theme
        self.zone = zone
        self.now = now
    }

    /// The marks of the glyph set.
    var marks: Marks { glyphs == .unicode ? .unicode : .ascii }

    /// Text of the data made safe to print, at most a little more than `columns` of it.
    func safe(_ text: String, columns: Int = 400) -> String {
        Printable.safe(text, glyphs: glyphs, columns: columns)
    }

    /// True when `year` need not be said.
    func isPresent(year: Int) -> Bool { now.map { zone.civil($0).year == year } ?? false }
}
