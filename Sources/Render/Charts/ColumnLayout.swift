/// The mapping of buckets to columns of a drawing: equally wide columns, or several buckets per column.
struct ColumnLayout {
    /// Buckets per drawn column; the last one may have fewer.
    let bucketsPerColumn: Int
    /// Columns from the start of one drawn column to the start of the next.
    let stride: Int
    /// Width of a drawn column.
    let bar: Int
    /// The buckets of each drawn column, in order.
    let groups: [Range<Int>]
    /// Width of the whole drawing.
    var width: Int { groups.isEmpty ? 0 : (groups.count - 1) * stride + bar }

    /// Lays `buckets` out in at most `room` columns; nil when there are no buckets or no room.
    init?(buckets: Int, room: Int) {
        guard buckets > 0, room > 0 else { return nil }
        bucketsPerColumn = (buckets + room - 1) / room
        let count = (buckets + bucketsPerColumn - 1) / bucketsPerColumn
        stride = min(9, room / count)
        // A gap between columns three or more wide; narrower ones touch and read as a skyline.
        bar = stride >= 3 ? stride - 1 : stride
        let size = bucketsPerColumn
        groups = (0..<count).map { $0 * size..<min(buckets, ($0 + 1) * size) }
    }

    /// Returns the start of the drawn column that contains bucket `index`.
    func column(ofBucket index: Int) -> Int { index / bucketsPerColumn * stride }
}
