import Model

/// A picture with the sentence that says what it shows.
public protocol Chart: Sendable {
    /// One plain sentence for readers who cannot see the picture, with every number that matters.
    func sentence(_ style: Style) -> String
    /// The picture, without the sentence: no line wider than the style says; none when there is no room to draw.
    func picture(_ style: Style) -> [String]
}

extension Chart {
    /// The sentence, wrapped, and the picture under it.
    public func lines(_ style: Style) -> [String] {
        wrap(sentence(style), width: style.widthInColumns) + picture(style)
    }
}

/// One cell of a drawing.
struct Cell: Hashable {
    var glyph: String
    var role: Role = .plain

    static let blank = Cell(glyph: " ")
}

extension String {
    /// The word for `n` of what this word names in the plural: without its `s` for one.
    func counted(_ n: Int64) -> String { n == 1 && hasSuffix("s") ? String(dropLast()) : self }
}
