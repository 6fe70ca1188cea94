import Render

/// How a line that is being typed is shown: words in the colours of what they are, and dim behind the cursor what may follow.
public struct LineHighlighting: Hashable, Sendable {
    /// A stretch of the text in a colour.
    public struct Stretch: Hashable, Sendable {
        /// UTF-8 bytes of the text.
        public var bytes: Range<Int>
        public var role: Role

        /// Makes a stretch.
        public init(_ bytes: Range<Int>, _ role: Role) {
            self.bytes = bytes
            self.role = role
        }
    }

    /// In the order of the text; none overlap.
    public var stretches: [Stretch]
    /// What may follow the text; empty for nothing. What was typed before goes before it.
    public var suggestion: String

    /// Makes a highlighting.
    public init(_ stretches: [Stretch] = [], suggestion: String = "") {
        self.stretches = stretches
        self.suggestion = suggestion
    }
}

/// The escapes that put a highlighted line over the one that libedit drew.
///
/// libedit paints characters and moves; colours are painted over its characters, in their cells, and the cursor is put back. Of
/// these it knows nothing: what it changes it draws plain, and the line is highlighted again before the next key.
struct HighlightedLine {
    /// Where the terminal's cursor is, and after the escapes is again.
    private let home: (row: Int, column: Int)
    private let width: Int
    private var pen: (row: Int, column: Int)
    private(set) var escapes = ""

    /// - Parameters:
    ///   - cursor: The cursor's place in the text.
    ///   - roles: A role for each character.
    ///   - ghost: Stands dim behind the text as far as its row reaches; only where the cursor stands at the text's end.
    init(prompt: String, text: [Unicode.Scalar], cursor: Int, roles: [Role], ghost: String, width: Int) {
        self.width = max(width, 1)
        var layout = LineLayout(width: width)
        layout.put(prompt.unicodeScalars)
        var places: [(row: Int, column: Int)] = []
        for scalar in text {
            places.append(layout.place(of: scalar))
            layout.put(CollectionOfOne(scalar))
        }
        let end = (row: layout.row, column: layout.column)
        home = cursor < places.count ? places[cursor] : end
        pen = home
        var at = 0
        while at < text.count {
            var run = "", next = at
            // A run ends with its row, its role, and at what libedit shows in a way of its own.
            while next < text.count, roles[next] == roles[at], places[next].row == places[at].row, isPainted(text[next]) {
                run.unicodeScalars.append(text[next])
                next += 1
            }
            if run.isEmpty {
                at += 1
                continue
            }
            move(to: places[at])
            write(Theme.colour.paint(run, roles[at]), cells: LineLayout.cells(of: run))
            at = next
        }
        let room = self.width - 1 - end.column
        let shown = CandidateList.cut(CandidateList.harmless(ghost), to: max(room, 0), isUTF8: true)
        if cursor == text.count, !shown.isEmpty, room > 0 {
            move(to: end)
            write(Theme.colour.paint(shown, .dim), cells: LineLayout.cells(of: shown))
        }
        move(to: home)
    }

    /// Wipes a ghost: nothing else stands behind the cursor then.
    static let withoutGhost = "\u{1B}[K"

    private func isPainted(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value != 0x7F && scalar.properties.generalCategory != .control
    }

    private mutating func write(_ painted: String, cells: Int) {
        escapes += painted
        // Behind the last column a terminal waits with going on to the next row.
        pen.column = min(pen.column + cells, width - 1)
        isSure = pen.column < width - 1
    }

    /// False when the column is not known for sure.
    private var isSure = true

    private mutating func move(to place: (row: Int, column: Int)) {
        guard pen != place || !isSure else { return }
        if place.row != pen.row || place.column < pen.column || !isSure {
            escapes += "\r"
            pen.column = 0
        }
        if place.row < pen.row { escapes += "\u{1B}[\(pen.row - place.row)A" }
        if place.row > pen.row { escapes += "\u{1B}[\(place.row - pen.row)B" }
        if place.column > pen.column { escapes += "\u{1B}[\(place.column - pen.column)C" }
        pen = place
        isSure = true
    }
}
