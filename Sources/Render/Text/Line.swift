/// A line under construction: pieces of safe text with their roles.
struct Line {
    private var pieces: [(text: String, role: Role)] = []
    /// Columns filled so far.
    private(set) var width = 0

    init() {}

    init(_ text: String, _ role: Role = .plain) { append(text, role) }

    mutating func append(_ text: String, _ role: Role = .plain) {
        guard !text.isEmpty else { return }
        width += DisplayWidth.of(text)
        if let last = pieces.indices.last, pieces[last].role == role {
            pieces[last].text += text
        } else {
            pieces.append((text, role))
        }
    }

    mutating func append(_ other: Line) {
        for piece in other.pieces { append(piece.text, piece.role) }
    }

    /// Appends spaces up to column `column` (0-based); nothing when the line is already that wide.
    mutating func fill(to column: Int) {
        if column > width { append(String(repeating: " ", count: column - width)) }
    }

    /// Returns the coloured text, cut to the style's width, without trailing spaces.
    func text(_ style: Style) -> String {
        var pieces = pieces
        if width > style.widthInColumns {
            var room = style.widthInColumns
            pieces = pieces.compactMap { piece in
                guard room > 0 else { return nil }
                let columns = DisplayWidth.of(piece.text)
                defer { room -= min(columns, room) }
                // More follows a piece that fills the room exactly, so it must be cut, too.
                return columns < room
                    ? piece : (DisplayWidth.cut(piece.text + "  ", to: room, mark: style.marks.ellipsis), piece.role)
            }
        }
        while let last = pieces.last {
            let kept = last.text.trimmedEnd
            if kept.isEmpty { pieces.removeLast(); continue }
            pieces[pieces.count - 1].text = kept
            break
        }
        return pieces.map { style.theme.paint($0.text, $0.role) }.joined()
    }
}

extension String {
    /// The text without trailing spaces.
    var trimmedEnd: String {
        var end = utf8.endIndex
        while end > utf8.startIndex, utf8[utf8.index(before: end)] == 0x20 { end = utf8.index(before: end) }
        return end == utf8.endIndex ? self : String(self[..<end])
    }
}

extension [Line] {
    /// Returns short dim texts, such as the entries of a legend, side by side where they fit; an entry wider than the style
    /// wraps.
    static func legend(_ texts: [String], _ style: Style) -> [Line] {
        texts.flowing(width: style.widthInColumns).flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }.map {
            Line($0, .dim)
        }
    }

    /// Returns the coloured text of each line; none when the width is 0.
    func texts(_ style: Style) -> [String] { style.widthInColumns == 0 ? [] : map { $0.text(style) } }
}
