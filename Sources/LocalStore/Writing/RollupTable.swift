import Model

/// One row of a rollup: its bucket and up to three dimensions.
struct RollupKey: Equatable, Comparable {
    var bucket: Int64
    var first: Int64 = 0
    var second: Int64 = 0
    var third: Int64 = 0

    static func < (a: RollupKey, b: RollupKey) -> Bool {
        (a.bucket, a.first, a.second, a.third) < (b.bucket, b.first, b.second, b.third)
    }

    /// Spreads keys over a table whose size is a power of two.
    fileprivate var hash: Int {
        let a = UInt64(bitPattern: bucket) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: first) &* 0xC2B2_AE3D_27D4_EB4F
        let b = UInt64(bitPattern: second) &* 0x1656_67B1_9E37_79F9 ^ UInt64(bitPattern: third) &* 0x27D4_EB2F_1656_67C5
        let mixed = a ^ (b << 31 | b >> 33)
        return Int(truncatingIfNeeded: (mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9 >> 20)
    }
}

/// The changes of one rollup, held in memory: for each key its measures.
///
/// Every call of an import passes through here several times, so it is a table with open addressing of its own.
struct RollupTable {
    let rollup: Rollup
    /// Width of a bucket in nanoseconds.
    let bucketWidth: Int64
    /// How many measures a row has.
    let width: Int
    let first: Rollup.Dimension?
    let second: Rollup.Dimension?
    let third: Rollup.Dimension?
    private(set) var keys: [RollupKey] = []
    /// The measures of all rows, one row after another in the order of `keys`.
    private(set) var measures: [Int64] = []
    /// For each slot the row + 1; 0 where it is empty.
    private var slots: [Int32]

    private static let fewest = 256

    init(_ rollup: Rollup) {
        precondition(rollup.dimensions.count <= 3, "a rollup key has at most three dimensions")
        self.rollup = rollup
        bucketWidth = rollup.widthInNanoseconds
        width = rollup.measures.count
        let dimensions = rollup.dimensions
        first = dimensions.first
        second = dimensions.count > 1 ? dimensions[1] : nil
        third = dimensions.count > 2 ? dimensions[2] : nil
        slots = [Int32](repeating: 0, count: RollupTable.fewest)
    }

    /// Where the measures of the row with this key begin; they are zero when it is new.
    @inline(__always)
    mutating func row(_ key: RollupKey) -> Int {
        let mask = slots.count - 1
        var slot = key.hash & mask
        while true {
            let row = Int(slots[slot])
            if row == 0 { break }
            if keys[row - 1] == key { return (row - 1) * width }
            slot = (slot + 1) & mask
        }
        return insert(key, at: slot)
    }

    @inline(__always)
    mutating func add(_ value: Int64, at place: Int) { measures[place] &+= value }

    private mutating func insert(_ key: RollupKey, at slot: Int) -> Int {
        keys.append(key)
        measures.append(contentsOf: repeatElement(0, count: width))
        slots[slot] = Int32(keys.count)
        if keys.count * 2 > slots.count { grow() }
        return (keys.count - 1) * width
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (row, key) in keys.enumerated() {
            var slot = key.hash & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(row + 1)
        }
    }

    /// Forgets all rows.
    mutating func clear() {
        keys.removeAll(keepingCapacity: true)
        measures.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = 0 }
    }
}
