import CEdit

/// The screen positions of a line's characters, computed exactly as libedit does, so that both agree on rows.
struct LineLayout {
    /// Column and row of the next character, 0-based.
    private(set) var column = 0, row = 0
    private let width: Int

    /// Starts at column 0 of row 0.
    init(width: Int) { self.width = max(width, 1) }

    /// Advances past these characters.
    mutating func put(_ text: some Sequence<Unicode.Scalar>) {
        for scalar in text {
            switch scalar.value {
            case 0x0A:
                column = 0
                row += 1
            case 0x09:
                repeat { column += 1 } while column % 8 != 0
            default:
                let cells = LineLayout.cells(of: scalar)
                if cells > 1 && column + cells > width { breakRow() }
                column += cells
            }
            if column >= width {
                column -= width
                row += 1
            }
        }
    }

    /// Returns the position that the next character would get.
    func place(of scalar: Unicode.Scalar) -> (row: Int, column: Int) {
        let cells = LineLayout.cells(of: scalar)
        return scalar.value >= 0x20 && cells > 1 && column + cells > width ? (row + 1, 0) : (row, column)
    }

    private mutating func breakRow() {
        column = 0
        row += 1
    }

    /// Columns that libedit uses for a character: it draws control characters as `^X` or `\U+12345`.
    static func cells(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x20 || scalar.value == 0x7F { return 2 }
        let cells = Int(cedit_width(wchar_t(bitPattern: scalar.value)))
        return cells >= 0 ? cells : scalar.value > 0xFFFF ? 8 : 7
    }

    /// Columns of a text that stays on one row.
    static func cells(of text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + cells(of: $1) } }
}
