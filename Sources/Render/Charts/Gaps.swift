/// The parts of a time chart without data or values, and their marks in the bottom row.
struct Gaps {
    /// Ranges of drawn columns: those that no data covers, and those with data but no value; ascending.
    private(set) var uncovered: [Range<Int>] = []
    private(set) var valueless: [Range<Int>] = []

    /// Adds drawn column `place` to the gaps; call in ascending order.
    mutating func add(_ place: Int, isCovered: Bool) {
        func extend(_ gaps: inout [Range<Int>]) {
            if let last = gaps.last, last.upperBound == place {
                gaps[gaps.count - 1] = last.lowerBound..<place + 1
            } else {
                gaps.append(place..<place + 1)
            }
        }
        if isCovered { extend(&valueless) } else { extend(&uncovered) }
    }

    /// Marks the gaps in the bottom row, with text where it fits.
    func draw(_ frame: TimeFrame, in row: inout [Cell], _ marks: Marks) {
        let layout = frame.layout
        for (gaps, glyph) in [(uncovered, marks.noData), (valueless, marks.noValue)] {
            for place in gaps.joined() {
                for column in place * layout.stride..<min(layout.width, (place + 1) * layout.stride) {
                    row[column] = Cell(glyph: glyph, role: .dim)
                }
            }
        }
        frame.writeWords(" no data ", over: uncovered, in: &row)
        frame.writeWords(" no value ", over: valueless, in: &row)
    }

    /// Returns the legend of the marks drawn.
    func legend(_ marks: Marks) -> [String] {
        (uncovered.isEmpty ? [] : ["\(marks.noData) no data"]) + (valueless.isEmpty ? [] : ["\(marks.noValue) no value"])
    }
}
