/// How the buckets of a time axis are laid on the columns of a drawing: all of one width, or several to a column.
struct ColumnLayout {
    /// How many buckets one drawn column stands for; the last one may stand for fewer.
    let bucketsPerColumn: Int
    /// Columns from the start of one drawn column to the start of the next.
    let stride: Int
    /// The columns that a drawn column fills.
    let bar: Int
    /// The buckets of each drawn column, in order.
    let groups: [Range<Int>]
    /// The columns of the whole drawing.
    var width: Int { groups.isEmpty ? 0 : (groups.count - 1) * stride + bar }

    /// Lays `buckets` out in at most `room` columns; nil when there is nothing to lay out or no room.
    init?(buckets: Int, room: Int) {
        guard buckets > 0, room > 0 else { return nil }
        bucketsPerColumn = (buckets + room - 1) / room
        let count = (buckets + bucketsPerColumn - 1) / bucketsPerColumn
        stride = min(9, room / count)
        // A blank between columns from three up; narrower ones touch, which reads as a skyline.
        bar = stride >= 3 ? stride - 1 : stride
        let size = bucketsPerColumn
        groups = (0..<count).map { $0 * size..<min(buckets, ($0 + 1) * size) }
    }

    /// Where the drawn column of bucket `index` begins.
    func column(ofBucket index: Int) -> Int { index / bucketsPerColumn * stride }
}
