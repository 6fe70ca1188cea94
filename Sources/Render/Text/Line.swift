/// One line of a picture while it is put together: pieces of safe text with their roles.
struct Line {
    private var pieces: [(text: String, role: Role)] = []
    /// The columns filled so far.
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

    /// Adds blanks up to column `column` (0-based); nothing when the line is there already.
    mutating func fill(to column: Int) {
        if column > width { append(String(repeating: " ", count: column - width)) }
    }

    /// The painted text: cut to the style's width, without blanks at its end.
    func text(_ style: Style) -> String {
        var pieces = pieces
        if width > style.widthInColumns {
            var room = style.widthInColumns
            pieces = pieces.compactMap { piece in
                guard room > 0 else { return nil }
                let columns = DisplayWidth.of(piece.text)
                defer { room -= min(columns, room) }
                // Something follows a piece that fills the room exactly, so that one is cut as well.
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
    /// The text without the blanks at its end.
    var trimmedEnd: String {
        var end = utf8.endIndex
        while end > utf8.startIndex, utf8[utf8.index(before: end)] == 0x20 { end = utf8.index(before: end) }
        return end == utf8.endIndex ? self : String(self[..<end])
    }
}

extension [Line] {
    /// Short texts such as the parts of a legend, dim: side by side where they fit, broken where one alone is too wide.
    static func legend(_ texts: [String], _ style: Style) -> [Line] {
        texts.flowing(width: style.widthInColumns).flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }.map {
            Line($0, .dim)
        }
    }

    /// The painted texts; none at all when there is no width to draw in.
    func texts(_ style: Style) -> [String] { style.widthInColumns == 0 ? [] : map { $0.text(style) } }
}
