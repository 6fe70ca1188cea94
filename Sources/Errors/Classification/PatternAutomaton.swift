/// Finds all of many literal patterns in one pass over bytes (Aho and Corasick), as a dense table over the bytes in use.
struct PatternAutomaton: Sendable {
    /// The column of each byte; 0 for bytes that no pattern has.
    let columns: [UInt8]
    let width: Int
    /// `next[state * width + column]`: the next state, times `width`, times two, plus one if a pattern ends there.
    let next: [Int32]
    /// Where the patterns that end in a state begin in `found`; one more entry than states.
    let firstFound: [Int32]
    /// Indices of patterns, grouped by state.
    let found: [Int32]

    /// Makes an automaton; pattern `i` is reported as `i`. Patterns must not be empty.
    init(patterns: [[UInt8]]) {
        var columns = [UInt8](repeating: 0, count: 256), width = 1, room = 1
        for pattern in patterns {
            precondition(!pattern.isEmpty, "a pattern has at least one byte")
            room += pattern.count
            for byte in pattern where columns[Int(byte)] == 0 {
                precondition(width < 256, "patterns use at most 255 different bytes")
                columns[Int(byte)] = UInt8(width)
                width += 1
            }
        }
        var table = [Int32](repeating: -1, count: room * width)
        // Lists of patterns by state, linked: the own ones of a state first, then those of its longest suffix.
        var firstOwn = [Int32](repeating: -1, count: room), nextOwn = [Int32](repeating: -1, count: patterns.count)
        var states = 1
        for (index, pattern) in patterns.enumerated() {
            var state = 0
            for byte in pattern {
                let cell = state * width + Int(columns[Int(byte)])
                if table[cell] < 0 {
                    table[cell] = Int32(states)
                    states += 1
                }
                state = Int(table[cell])
            }
            nextOwn[index] = firstOwn[state]
            firstOwn[state] = Int32(index)
        }
        table.removeLast((room - states) * width)
        let fallback = PatternAutomaton.complete(&table, states: states, width: width)
        var firstFound: [Int32] = [0], found: [Int32] = []
        firstFound.reserveCapacity(states + 1)
        for state in 0..<states {
            var suffix = state
            while suffix != 0 {
                var pattern = firstOwn[suffix]
                while pattern >= 0 {
                    found.append(pattern)
                    pattern = nextOwn[Int(pattern)]
                }
                suffix = Int(fallback[suffix])
            }
            firstFound.append(Int32(found.count))
        }
        table.withUnsafeMutableBufferPointer { table in
            for cell in table.indices {
                let state = Int(table[cell])
                table[cell] = Int32(state * width) &* 2 | (firstFound[state] == firstFound[state + 1] ? 0 : 1)
            }
        }
        self.columns = columns
        self.width = width
        next = table
        self.firstFound = firstFound
        self.found = found
    }

    /// Fills the empty cells of the tree, breadth first, so that the state of every shorter suffix is complete before it is
    /// copied from. Gives the state of the longest suffix of each state.
    private static func complete(_ table: inout [Int32], states: Int, width: Int) -> [Int32] {
        var fallback = [Int32](repeating: 0, count: states), queue: [Int32] = []
        queue.reserveCapacity(states)
        table.withUnsafeMutableBufferPointer { table in
            for column in 0..<width {
                if table[column] < 0 { table[column] = 0 } else { queue.append(table[column]) }
            }
            var head = 0
            while head < queue.count {
                let row = Int(queue[head]) * width, shorter = Int(fallback[Int(queue[head])]) * width
                head += 1
                for column in 0..<width {
                    let step = table[row + column]
                    if step < 0 {
                        table[row + column] = table[shorter + column]
                    } else {
                        fallback[Int(step)] = table[shorter + column]
                        queue.append(step)
                    }
                }
            }
        }
        return fallback
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
                        let step = Int(next[state &+ Int(columns[Int(bytes[index])])])
                        state = step &>> 1
                        guard step & 1 != 0 else { continue }
                        let number = state / width
                        for entry in firstFound[number]..<firstFound[number &+ 1] { report(Int(found[Int(entry)]), index &+ 1) }
                    }
                }
            }
        }
    }
}
