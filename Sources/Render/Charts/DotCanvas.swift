/// A grid of dots drawn as glyphs: eight Braille dots per cell, or one dot per cell in ASCII.
struct DotCanvas {
    /// Dots per cell, horizontally and vertically.
    let across: Int, up: Int
    private let columns: Int, rows: Int
    private var dots: [Bool]

    /// Creates an empty canvas of `columns` × `rows` cells.
    init(columns: Int, rows: Int, glyphs: GlyphSet) {
        (across, up) = glyphs == .unicode ? (2, 4) : (1, 1)
        (self.columns, self.rows) = (max(0, columns), max(0, rows))
        dots = [Bool](repeating: false, count: self.columns * across * self.rows * up)
    }

    /// Draws a straight line between two dots (Bresenham 1965); x from the left, y from the bottom; dots outside are skipped.
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

    /// Returns the glyph of a cell; nil when no dot is set. Row 0 is the lowest.
    func glyph(column: Int, row: Int, path: String) -> String? {
        func isSet(_ x: Int, _ y: Int) -> Bool { dots[(row * up + y) * columns * across + column * across + x] }
        guard column < columns, row < rows else { return nil }
        if across == 1 { return isSet(0, 0) ? path : nil }
        // Unicode Standard, Braille Patterns: the bits of the left and right dots, from the top.
        let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
        var pattern: UInt32 = 0
        for y in 0..<4 { for x in 0..<2 where isSet(x, 3 - y) { pattern |= bits[y][x] } }
        return pattern == 0 ? nil : Unicode.Scalar(0x2800 + pattern).map { String($0) }
    }
}
