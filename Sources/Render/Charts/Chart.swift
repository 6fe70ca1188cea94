import Model

/// A drawing with a summary in words.
public protocol Chart: Sendable {
    /// Returns a one-sentence summary for readers who cannot see the drawing, with every number that matters.
    func summary(_ style: Style) -> String
    /// Returns the drawing without its summary: no line wider than the style; no lines when there is no room to draw.
    func picture(_ style: Style) -> [String]
}

extension Chart {
    /// Returns the summary, wrapped, and the drawing below it.
    public func lines(_ style: Style) -> [String] {
        wrap(summary(style), width: style.widthInColumns) + picture(style)
    }
}

/// One cell of a drawing.
struct Cell: Hashable {
    var glyph: String
    var role: Role = .plain

    static let blank = Cell(glyph: " ")
}

extension String {
    /// Returns this plural noun in the form for `n`: without its `s` for 1.
    func counted(_ n: Int64) -> String { n == 1 && hasSuffix("s") ? String(dropLast()) : self }
}
