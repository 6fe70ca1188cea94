/// Series identified by coded labels, in their defined order.
struct SeriesTable {
    /// The labels that a series may have, sorted by name.
    let labels: [Label]
    /// `labels.count` codes per series; 0 where a series does not have the label.
    let codes: [Int32]
    let count: Int

    init(labels: [Label], codes: [Int32], count: Int) {
        precondition(codes.count == labels.count * count, "one code for each label of each series")
        self.labels = labels
        self.codes = codes
        self.count = count
    }

    /// A single series without labels.
    static let scalar = SeriesTable(labels: [], codes: [], count: 1)
    /// No series.
    static let none = SeriesTable(labels: [], codes: [], count: 0)

    func code(of series: Int, _ label: Label) -> Int32 {
        guard let column = labels.firstIndex(of: label) else { return 0 }
        return codes[series * labels.count + column]
    }

    /// Returns the codes of one label for all series.
    func column(_ label: Label) -> [Int32] {
        guard let column = labels.firstIndex(of: label) else { return Array(repeating: 0, count: count) }
        return (0..<count).map { codes[$0 * labels.count + column] }
    }

    /// Returns the labels of a series with their texts.
    func labelSet(of series: Int, _ values: LabelValues) -> LabelSet {
        // Columns are sorted by label name, and so are the pairs.
        var pairs: [LabelPair] = []
        for (column, label) in labels.enumerated() {
            let code = codes[series * labels.count + column]
            if code != 0 { pairs.append(LabelPair(label.name, values.text(code, of: label))) }
        }
        return LabelSet(sorted: pairs)
    }

    /// Returns the distinct series that remain with only these labels, in order of first appearance, and the new index of each series.
    func projected(onto kept: Set<Label>, _ values: LabelValues) -> (table: SeriesTable, map: [Int32]) {
        let labels = self.labels.filter(kept.contains)
        let groups = Groups(labels.map(column), radices: labels.map(values.count(of:)), rows: count)
        var codes: [Int32] = []
        for row in groups.firstRows { for label in labels { codes.append(code(of: row, label)) } }
        return (SeriesTable(labels: labels, codes: codes, count: groups.firstRows.count), groups.ids)
    }

    /// Returns only these series, in the given order.
    func selecting(_ series: [Int]) -> SeriesTable {
        var codes: [Int32] = []
        codes.reserveCapacity(series.count * labels.count)
        for row in series { codes += self.codes[row * labels.count..<(row + 1) * labels.count] }
        return SeriesTable(labels: labels, codes: codes, count: series.count)
    }
}

/// Groups rows by the combination of their column codes.
struct Groups {
    /// For each row, the index of its combination, in order of first appearance.
    private(set) var ids: [Int32]
    /// For each combination, its first row.
    private(set) var firstRows: [Int] = []

    /// - Parameters:
    ///   - columns: Columns of codes, all of the same length.
    ///   - radices: For each column, a bound above its largest code.
    ///   - rows: The number of rows.
    init(_ columns: [[Int32]], radices: [Int], rows: Int) {
        ids = Array(repeating: 0, count: rows)
        guard rows > 0 else { return }
        var keys = [Int](repeating: 0, count: rows)
        var span = 1
        for (column, radix) in zip(columns, radices) {
            // When the combinations no longer fit one integer, those so far are renumbered.
            if span > Int.max / 4 / max(radix, 1) { span = Groups.fold(&keys, span: span).count }
            for row in 0..<rows { keys[row] = keys[row] * radix + Int(column[row]) }
            span *= max(radix, 1)
        }
        firstRows = Groups.fold(&keys, span: span)
        for row in 0..<rows { ids[row] = Int32(truncatingIfNeeded: keys[row]) }
    }

    /// Renumbers the keys in order of first appearance; returns the first row of each.
    private static func fold(_ keys: inout [Int], span: Int) -> [Int] {
        var firstRows: [Int] = []
        if span <= 1 << 16 {
            var numbers = [Int32](repeating: -1, count: span)
            for row in keys.indices {
                if numbers[keys[row]] < 0 {
                    numbers[keys[row]] = Int32(firstRows.count)
                    firstRows.append(row)
                }
                keys[row] = Int(numbers[keys[row]])
            }
            return firstRows
        }
        // An open-addressing hash table of the keys seen so far takes a third of a dictionary's time.
        var bits = 10
        while 1 << bits < 2 * keys.count { bits += 1 }
        var slots = [Int32](repeating: -1, count: 1 << bits)
        var known: [Int] = []
        let mask = 1 << bits - 1
        for row in keys.indices {
            let key = keys[row]
            var slot = Int((UInt64(truncatingIfNeeded: key) &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
            while slots[slot] >= 0, known[Int(slots[slot])] != key { slot = (slot + 1) & mask }
            if slots[slot] < 0 {
                slots[slot] = Int32(known.count)
                known.append(key)
                firstRows.append(row)
            }
            keys[row] = Int(slots[slot])
        }
        return firstRows
    }
}

/// The order of series: labels compared pair by pair, names before values, as in Prometheus.
struct SeriesOrder {
    /// For each label, the rank of each code by the bytes of its text.
    private let ranks: [[Int32]]

    init(_ values: LabelValues) {
        ranks = Label.allCases.map { label in
            let texts = values.texts(of: label).map { Array($0.utf8) }
            var ranks = [Int32](repeating: 0, count: texts.count)
            for (rank, code) in texts.indices.sorted(by: { texts[$0].lexicographicallyPrecedes(texts[$1]) }).enumerated() {
                ranks[code] = Int32(rank)
            }
            return ranks
        }
    }

    /// Returns the indices of the series in order.
    func sorted(_ table: SeriesTable) -> [Int] {
        let width = table.labels.count
        let places = table.labels.map(\.rawValue)
        func precedes(_ a: Int, _ b: Int) -> Bool {
            for column in 0..<width {
                let codeA = table.codes[a * width + column], codeB = table.codes[b * width + column]
                if codeA == codeB { continue }
                if codeA != 0 && codeB != 0 { return ranks[places[column]][Int(codeA)] < ranks[places[column]][Int(codeB)] }
                // One of them either has a later label or ends here; the shorter one comes first.
                let lacking = codeA == 0 ? a : b
                let lackingGoesOn = (column + 1..<width).contains { table.codes[lacking * width + $0] != 0 }
                return lackingGoesOn == (codeB == 0)
            }
            return a < b
        }
        return (0..<table.count).sorted(by: precedes)
    }
}
