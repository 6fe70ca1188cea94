import CEdit

/// Where libedit puts the characters of a line on a screen: the same arithmetic, so that both agree on rows.
struct LineLayout {
    /// Column and row, 0-based, of the next character.
    private(set) var column = 0, row = 0
    private let width: Int

    /// Starts at the first column of the first row.
    init(width: Int) { self.width = max(width, 1) }

    /// Puts these characters after the earlier ones.
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

    /// Where the next character would be put.
    func place(of scalar: Unicode.Scalar) -> (row: Int, column: Int) {
        let cells = LineLayout.cells(of: scalar)
        return scalar.value >= 0x20 && cells > 1 && column + cells > width ? (row + 1, 0) : (row, column)
    }

    private mutating func breakRow() {
        column = 0
        row += 1
    }

    /// Columns that libedit gives one character: control characters are drawn as `^X` or `\U+12345`.
    static func cells(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x20 || scalar.value == 0x7F { return 2 }
        let cells = Int(cedit_width(wchar_t(bitPattern: scalar.value)))
        return cells >= 0 ? cells : scalar.value > 0xFFFF ? 8 : 7
    }

    /// Columns of a text on one row.
    static func cells(of text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + cells(of: $1) } }
}
