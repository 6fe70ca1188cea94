import Model

/// Whole numbers in columns, each number in as few bytes as the range of its column needs.
///
/// Layout, all little-endian: a byte for the form, four for the number of rows; then for each column its least value in eight
/// bytes, a byte for the width 0...8, its highest bit set where numbers lack, and the rows' distances from the least value in so
/// many bytes each, all bits set for a number that lacks. Eight bytes of zero end it: a number can be read as a whole word.
struct PackedColumns {
    /// Stands for a number that is not there.
    static let none = Int64.min

    private static let form: UInt8 = 1
    /// The number of bytes that describe the columns as a whole.
    static let head = 5
    private static let columnHead = 9, tail = 8
    private static let lacking: UInt8 = 0x80

    private let bytes: UnsafeRawBufferPointer
    private let starts: [Int]
    /// How many rows there are.
    let count: Int

    /// Packs columns of one length.
    static func bytes(_ columns: [[Int64]]) -> [UInt8] {
        let count = columns.first?.count ?? 0
        precondition(columns.allSatisfy { $0.count == count }, "columns have one length")
        var bytes = [form]
        func put(_ number: UInt64, _ width: Int) {
            for place in 0..<width { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * place))) }
        }
        put(UInt64(count), 4)
        for column in columns {
            var least = Int64.max, greatest = Int64.min, lacks = false
            for number in column {
                if number == none {
                    lacks = true
                } else {
                    (least, greatest) = (min(least, number), max(greatest, number))
                }
            }
            if greatest < least { (least, greatest) = (0, 0) }
            // The widest distance, and one more for numbers that lack; distances wrap around and back.
            let range = UInt64(bitPattern: greatest &- least) &+ (lacks ? 1 : 0)
            var width = 0
            while width < 8, range >> UInt64(8 * width) > 0 { width += 1 }
            put(UInt64(bitPattern: least), 8)
            bytes.append(UInt8(width) | (lacks ? lacking : 0))
            for number in column { put(number == none ? .max : UInt64(bitPattern: number &- least), width) }
        }
        put(0, tail)
        return bytes
    }

    /// The number of rows that the first bytes tell; 0 when they are not the first ones of packed columns.
    static func count(_ head: UnsafeRawBufferPointer) -> Int {
        guard head.count >= PackedColumns.head, head[0] == form else { return 0 }
        // What is broken may tell anything: no more than a day can have is believed.
        return min(Int(UInt32(littleEndian: head.loadUnaligned(fromByteOffset: 1, as: UInt32.self))), 1 << 22)
    }

    /// Looks at packed bytes, which must stay while this is used; nil when they are not what `bytes` makes of so many columns.
    init?(_ bytes: UnsafeRawBufferPointer, columns: Int) {
        guard bytes.count >= PackedColumns.head + PackedColumns.tail, bytes[0] == PackedColumns.form else { return nil }
        count = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        var starts: [Int] = [], place = PackedColumns.head
        for _ in 0..<columns {
            guard place + PackedColumns.columnHead + PackedColumns.tail <= bytes.count else { return nil }
            let width = Int(bytes[place + 8] & ~PackedColumns.lacking)
            guard width <= 8 else { return nil }
            starts.append(place)
            place += PackedColumns.columnHead + count * width
        }
        guard place + PackedColumns.tail == bytes.count else { return nil }
        self.bytes = bytes
        self.starts = starts
    }

    /// Adds the numbers of some rows of a column to an array.
    func append<Number: FixedWidthInteger>(column: Int, rows: Range<Int>, to numbers: inout [Number]) {
        let start = starts[column], shape = bytes[start + 8], width = Int(shape & ~PackedColumns.lacking)
        let least = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Int64.self))
        guard width > 0, let base = bytes.baseAddress?.advanced(by: start + PackedColumns.columnHead) else {
            numbers.append(contentsOf: repeatElement(Number(truncatingIfNeeded: least), count: rows.count))
            return
        }
        let mask = UInt64.max >> UInt64(64 - 8 * width), lacks = shape & PackedColumns.lacking != 0
        numbers.append(
            contentsOf: rows.lazy.map { row in
                let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: row * width, as: UInt64.self)) & mask
                return Number(
                    truncatingIfNeeded: lacks && word == mask ? PackedColumns.none : least &+ Int64(bitPattern: word))
            })
    }

    /// The first row whose number in an ascending column is not below a bound.
    func first(inColumn column: Int, atOrAbove bound: Int64) -> Int {
        var number: [Int64] = []
        return (0..<count).partitioningIndex { row in
            number.removeAll(keepingCapacity: true)
            append(column: column, rows: row..<row + 1, to: &number)
            return number[0] >= bound
        }
    }
}
