import Render

/// The highlighting of a line being typed: coloured words and a dim suggestion after the cursor.
public struct LineHighlighting: Hashable, Sendable {
    /// A range of the text with a role.
    public struct Run: Hashable, Sendable {
        /// Range in UTF-8 bytes of the text.
        public var bytes: Range<Int>
        public var role: Role

        /// Creates a range with a role.
        public init(_ bytes: Range<Int>, _ role: Role) {
            self.bytes = bytes
            self.role = role
        }
    }

    /// In text order, without overlaps.
    public var runs: [Run]
    /// Text that may follow; empty for none. An earlier entry from the history takes precedence.
    public var suggestion: String

    /// Creates a highlighting.
    public init(_ runs: [Run] = [], suggestion: String = "") {
        self.runs = runs
        self.suggestion = suggestion
    }
}

/// The escape sequences that draw a highlighted line over the one that libedit drew.
///
/// libedit draws plain characters and moves the cursor; this repaints its characters in colour, in the same cells, and puts the
/// cursor back. libedit does not know about the colours: whatever it redraws is plain until the line is highlighted again, before
/// the next key.
struct HighlightedLine {
    /// The terminal's cursor before and after the escape sequences.
    private let home: (row: Int, column: Int)
    private let width: Int
    private var pen: (row: Int, column: Int)
    private(set) var escapes = ""

    /// - Parameters:
    ///   - cursor: Index of the cursor in the text.
    ///   - roles: One role per character.
    ///   - ghost: Suggestion drawn dim after the text, as far as its row reaches; only when the cursor is at the end of the text.
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
            // A run ends at the end of the row, at another role, and at a character that libedit shows in its own way.
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

    /// Clears a suggestion: nothing else is after the cursor.
    static let withoutGhost = "\u{1B}[K"

    private func isPainted(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value != 0x7F && scalar.properties.generalCategory != .control
    }

    private mutating func write(_ painted: String, cells: Int) {
        escapes += painted
        // After the last column a terminal delays the wrap to the next row.
        pen.column = min(pen.column + cells, width - 1)
        isSure = pen.column < width - 1
    }

    /// False when the column is uncertain.
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
