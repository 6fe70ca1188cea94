/// A drawing of dots that become glyphs: eight dots of Braille a cell, or one dot a cell in ASCII.
struct DotCanvas {
    /// Dots a cell across and up.
    let across: Int, up: Int
    private let columns: Int, rows: Int
    private var dots: [Bool]

    /// Makes an empty canvas over `columns` × `rows` cells.
    init(columns: Int, rows: Int, glyphs: GlyphSet) {
        (across, up) = glyphs == .unicode ? (2, 4) : (1, 1)
        (self.columns, self.rows) = (max(0, columns), max(0, rows))
        dots = [Bool](repeating: false, count: self.columns * across * self.rows * up)
    }

    /// Sets the dots on the straight way between two (Bresenham 1965); x from the left, y from the bottom, those outside are left out.
    mutating func line(from: (x: Int, y: Int), to: (x: Int, y: Int)) {
        var (x, y) = from
        let width = abs(to.x - x), height = abs(to.y - y), right = x < to.x ? 1 : -1, upward = y < to.y ? 1 : -1
        var error = width - height
        while true {
            set(x, y)
            if x == to.x && y == to.y { return }
            let twice = 2 * error
            if twice > -height { (error, x) = (error - height, x + right) }
            if twice < width { (error, y) = (error + width, y + upward) }
        }
    }

    private mutating func set(_ x: Int, _ y: Int) {
        guard x >= 0, y >= 0, x < columns * across, y < rows * up else { return }
        dots[y * columns * across + x] = true
    }

    /// The glyph of a cell; nil where no dot is set. Row 0 is the lowest.
    func glyph(column: Int, row: Int, path: String) -> String? {
        func isSet(_ x: Int, _ y: Int) -> Bool { dots[(row * up + y) * columns * across + column * across + x] }
        guard column < columns, row < rows else { return nil }
        if across == 1 { return isSet(0, 0) ? path : nil }
        // Unicode Standard, Braille Patterns: the bits of the dots from the top, left and right.
        let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
        var pattern: UInt32 = 0
        for y in 0..<4 { for x in 0..<2 where isSet(x, 3 - y) { pattern |= bits[y][x] } }
        return pattern == 0 ? nil : Unicode.Scalar(0x2800 + pattern).map { String($0) }
    }
}
