/// Finds all of many literal patterns in one pass over bytes (Aho and Corasick), as a dense table over the bytes in use.
struct PatternAutomaton: Sendable {
    /// The column of each byte; 0 for bytes that no pattern has.
    let columns: [UInt8]
    let width: Int
    /// `next[state * width + column]`, already multiplied by `width`.
    let next: [Int32]
    /// Where the patterns that end in a state begin in `found`; one more entry than states.
    let firstFound: [Int32]
    /// Indices of patterns, grouped by state.
    let found: [Int32]

    /// Makes an automaton; pattern `i` is reported as `i`. Patterns must not be empty.
    init(patterns: [[UInt8]]) {
        var columns = [UInt8](repeating: 0, count: 256), width = 1
        for byte in patterns.joined() where columns[Int(byte)] == 0 {
            precondition(width < 256, "patterns use at most 255 different bytes")
            columns[Int(byte)] = UInt8(width)
            width += 1
        }
        var table = [Int32](repeating: -1, count: width)
        var ends: [[Int32]] = [[]]
        for (index, pattern) in patterns.enumerated() {
            precondition(!pattern.isEmpty, "a pattern has at least one byte")
            var state = 0
            for byte in pattern {
                let cell = state * width + Int(columns[Int(byte)])
                if table[cell] < 0 {
                    table[cell] = Int32(ends.count)
                    ends.append([])
                    table.append(contentsOf: repeatElement(-1, count: width))
                }
                state = Int(table[cell])
            }
            ends[state].append(Int32(index))
        }
        // Breadth first, so that the state of every shorter suffix is complete before it is copied from.
        var fallback = [Int](repeating: 0, count: ends.count), queue: [Int] = []
        for column in 0..<width {
            if table[column] < 0 { table[column] = 0 } else { queue.append(Int(table[column])) }
        }
        var head = 0
        while head < queue.count {
            let state = queue[head]
            head += 1
            ends[state] += ends[fallback[state]]
            for column in 0..<width {
                let cell = state * width + column, shorter = table[fallback[state] * width + column]
                if table[cell] < 0 {
                    table[cell] = shorter
                } else {
                    fallback[Int(table[cell])] = Int(shorter)
                    queue.append(Int(table[cell]))
                }
            }
        }
        var firstFound: [Int32] = [0], found: [Int32] = []
        for list in ends {
            found += list
            firstFound.append(Int32(found.count))
        }
        self.columns = columns
        self.width = width
        next = table.map { $0 &* Int32(width) }
        self.firstFound = firstFound
        self.found = found
    }

    /// Calls `report` for each pattern found, with the index of the byte after it, in order of that index.
    @inline(__always)
    func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ report: (_ pattern: Int, _ end: Int) -> Void) {
        columns.withUnsafeBufferPointer { columns in
            next.withUnsafeBufferPointer { next in
                firstFound.withUnsafeBufferPointer { firstFound in
                    var state = 0
                    let width = self.width
                    for index in 0..<bytes.count {
                        state = Int(next[state &+ Int(columns[Int(bytes[index])])])
                        guard state != 0 else { continue }
                        let number = state / width
                        let first = firstFound[number], last = firstFound[number &+ 1]
                        guard first != last else { continue }
                        for entry in first..<last { report(Int(found[Int(entry)]), index &+ 1) }
                    }
                }
            }
        }
    }
}
