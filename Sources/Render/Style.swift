import Model

/// The character set for drawing.
public enum GlyphSet: Sendable, Hashable {
    /// Unicode blocks and lines; text from data keeps its own script.
    case unicode
    /// ASCII only; other characters from data appear as `\u{e9}`.
    case ascii
}

/// Whether roles are coloured. Colour alone never carries meaning, so `plain` loses nothing.
public enum Theme: Sendable, Hashable {
    /// No escape sequences at all.
    case plain
    /// ANSI sequences for the terminal's own sixteen colours, which follow the user's palette.
    case colour

    /// Returns `text` coloured for `role`; unchanged under `plain`. The text must already be safe to print.
    public func paint(_ text: String, _ role: Role) -> String {
        guard self == .colour, let code = role.code, !text.isEmpty else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

/// The meaning of a piece of text, which determines its colour.
public enum Role: Sendable, Hashable {
    case plain, dim, strong, good, bad, warning, critical, accent
    /// One of the six series of a stack, from 0; the remaining groups are `dim`.
    case series(Int)
    /// A heatmap cell, from 0 (low) to 3 (high).
    case heat(Int)

    /// The parameter of the ANSI sequence; nil for no colour.
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

/// Everything besides its data that the rendering depends on; nothing is read from the environment.
public struct Style: Sendable, Hashable {
    /// Maximum width of a line in columns, 0...400; layouts assume at least 20.
    public let widthInColumns: Int
    /// The character set for drawing.
    public var glyphs: GlyphSet
    /// Whether roles are coloured.
    public var theme: Theme
    /// The time zone in which times are shown.
    public var zone: Zone
    /// The current instant, whose year is omitted from dates. Nil shows every year.
    public var now: Timestamp?
    /// True to show secrets in record text unredacted; only for the user's own terminal.
    public var showsSecrets = false

    /// Creates a style; clamps the width to 0...400.
    public init(
        widthInColumns: Int = 80, glyphs: GlyphSet = .unicode, theme: Theme = .plain, zone: Zone = .utc, now: Timestamp? = nil
    ) {
        self.widthInColumns = max(0, min(400, widthInColumns))
        self.glyphs = glyphs
        self.theme = theme
        self.zone = zone
        self.now = now
    }

    /// The drawing characters of the glyph set.
    var marks: Marks { glyphs == .unicode ? .unicode : .ascii }

    /// Returns text from data made safe to print, cut at a little more than `columns`.
    func safe(_ text: String, columns: Int = 400) -> String {
        Printable.safe(text, glyphs: glyphs, columns: columns)
    }

    /// Returns true when `year` is the current year and can be omitted.
    func isPresent(year: Int) -> Bool { now.map { zone.civil($0).year == year } ?? false }
}
