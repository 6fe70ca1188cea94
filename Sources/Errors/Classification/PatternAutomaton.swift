/// Finds many literal patterns in one pass over bytes.
///
/// Each pattern is found by its anchor, its four rarest consecutive bytes: the Aho-Corasick automaton over anchors fits into the
/// CPU cache, unlike one over thousands of whole patterns. The bytes around an anchor are then compared.
struct PatternAutomaton: Sendable {
    /// The column of each byte; 0 for bytes in no anchor. Bytes beyond ASCII share columns.
    private let columns: [UInt8]
    /// `next[row << 6 | column]`: the next row, or, where an anchor ends, the number of rows plus the index of the find.
    ///
    /// A state without successors has no row of its own: it continues as its longest suffix that has one.
    private let next: [UInt16]
    private let rows: Int
    /// The row after each find.
    private let rowAfter: [UInt16]
    /// Start of each find's candidates in `candidates`, with one extra entry at the end.
    private let firstCandidate: [Int32]
    fileprivate let candidates: [Candidate]
    /// The bytes of all patterns, concatenated.
    private let literals: [UInt8]

    /// A pattern that may be at the anchor.
    fileprivate struct Candidate {
        var pattern: Int32
        /// Start of its bytes in `literals`.
        var place: Int32
        var length: Int32
        /// Bytes from the end of the anchor to the end of the pattern.
        var rest: Int32
    }

    private static let anchorLength = 4
    private static let widthBits = 6

    /// Creates an automaton; pattern `i` is reported as `i`. Patterns must not be empty.
    init(patterns: [[UInt8]]) {
        let columns = PatternAutomaton.columns
        let width = 1 << PatternAutomaton.widthBits
        var tree = [Int32](repeating: 0, count: width)
        var own: [[Candidate]] = [[]]
        var literals: [UInt8] = []
        let counts = PatternAutomaton.counts(in: patterns)
        for (index, pattern) in patterns.enumerated() {
            precondition(!pattern.isEmpty, "a pattern has at least one byte")
            let anchor = PatternAutomaton.anchor(of: pattern, counts)
            var state = 0
            for byte in pattern[anchor] {
                let cell = state * width + Int(columns[Int(byte)])
                if tree[cell] == 0 {
                    tree[cell] = Int32(own.count)
                    tree += [Int32](repeating: 0, count: width)
                    own.append([])
                }
                state = Int(tree[cell])
            }
            own[state].append(
                Candidate(
                    pattern: Int32(index), place: Int32(literals.count), length: Int32(pattern.count),
                    rest: Int32(pattern.count - anchor.upperBound)))
            literals += pattern
        }
        var hasChildren = [Bool](repeating: false, count: own.count)
        for state in own.indices {
            hasChildren[state] = state == 0 || tree[state * width..<(state + 1) * width].contains { $0 != 0 }
        }
        let (order, fallback) = PatternAutomaton.complete(&tree, states: own.count, own: &own)
        // States near the root are visited most; numbering by distance from the root keeps them together in memory.
        var row = [Int](repeating: 0, count: own.count), rows = 0
        for state in order where hasChildren[state] {
            row[state] = rows
            rows += 1
        }
        for state in order where !hasChildren[state] { row[state] = row[fallback[state]] }
        var code = row, rowAfter: [UInt16] = [], firstCandidate: [Int32] = [0], candidates: [Candidate] = []
        for state in order where !own[state].isEmpty {
            code[state] = rows + rowAfter.count
            rowAfter.append(UInt16(truncatingIfNeeded: row[state]))
            candidates += own[state]
            firstCandidate.append(Int32(candidates.count))
        }
        precondition(rows + rowAfter.count <= 1 << 16, "anchors of all patterns make at most 65,536 states")
        var next: [UInt16] = []
        next.reserveCapacity(rows * width)
        for state in order where hasChildren[state] {
            for column in 0..<width { next.append(UInt16(code[Int(tree[state * width + column])])) }
        }
        self.columns = columns
        self.next = next
        self.rows = rows
        self.rowAfter = rowAfter
        self.firstCandidate = firstCandidate
        self.candidates = candidates
        self.literals = literals
    }

    /// One column per letter, digit and sign of folded text, and 16 for bytes beyond ASCII.
    private static let columns: [UInt8] = {
        var columns = [UInt8](repeating: 0, count: 256), used: UInt8 = 1
        for byte in Array("abcdefghijklmnopqrstuvwxyz0123456789 _-.,:;'\"`".utf8) {
            columns[Int(byte)] = used
            used += 1
        }
        // Other signs are distinguished when the pattern is compared.
        for byte in 0x80...0xFF { columns[byte] = used + UInt8(byte & 15) }
        return columns
    }()

    /// Returns how often each sequence of four bytes occurs in the patterns. Text consists of the same words.
    private static func counts(in patterns: [[UInt8]]) -> [UInt32: Int] {
        var counts: [UInt32: Int] = [:]
        for pattern in patterns where pattern.count >= anchorLength {
            for start in 0...(pattern.count - anchorLength) { counts[key(pattern, start), default: 0] += 1 }
        }
        return counts
    }

    private static func key(_ pattern: [UInt8], _ start: Int) -> UInt32 {
        pattern[start..<start + anchorLength].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Returns the rarest part of a pattern among all patterns; the first of equals.
    private static func anchor(of pattern: [UInt8], _ counts: [UInt32: Int]) -> Range<Int> {
        guard pattern.count > anchorLength else { return 0..<pattern.count }
        var best = 0, least = Int.max
        for start in 0...(pattern.count - anchorLength) {
            let count = counts[key(pattern, start)] ?? 0
            if count < least { (best, least) = (start, count) }
        }
        return best..<best + anchorLength
    }

    /// Completes the transitions breadth-first, so that every shorter suffix is complete before it is copied; each state also
    /// inherits the candidates of its suffixes. Returns the states by distance from the root, and the longest suffix of each.
    private static func complete(
        _ tree: inout [Int32], states: Int, own: inout [[Candidate]]
    ) -> (order: [Int], fallback: [Int]) {
        let width = 1 << widthBits
        var fallback = [Int](repeating: 0, count: states), order = [0]
        order.reserveCapacity(states)
        for column in 0..<width where tree[column] != 0 { order.append(Int(tree[column])) }
        var head = 1
        while head < order.count {
            let state = order[head], shorter = fallback[state]
            head += 1
            own[state] += own[shorter]
            for column in 0..<width {
                let step = Int(tree[state * width + column])
                if step == 0 {
                    tree[state * width + column] = tree[shorter * width + column]
                } else {
                    fallback[step] = Int(tree[shorter * width + column])
                    order.append(step)
                }
            }
        }
        return (order, fallback)
    }

    /// Calls `report` for each pattern found, with the index of the byte after it.
    ///
    /// In the order of the anchors: a pattern that ends before another begins is reported first.
    @inline(__always)
    func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ report: (_ pattern: Int, _ end: Int) -> Void) {
        withUnsafeTemporaryAllocation(of: Find.self, capacity: bytes.count + 1) { finds in
            // All anchors first, so that the loop over bytes stays small; then their context.
            let count = anchors(in: bytes, finds)
            literals.withUnsafeBufferPointer { literals in
                candidates.withUnsafeBufferPointer { candidates in
                    for index in 0..<count {
                        let find = Int(finds[index].number), anchorEnd = Int(finds[index].end)
                        for entry in Int(firstCandidate[find])..<Int(firstCandidate[find &+ 1]) {
                            let candidate = candidates[entry]
                            let length = Int(candidate.length), end = anchorEnd &+ Int(candidate.rest), start = end &- length
                            guard start >= 0, end <= bytes.count else { continue }
                            let place = Int(candidate.place)
                            if bytes[start] != literals[place] || bytes[end &- 1] != literals[place &+ length &- 1] { continue }
                            var same = 1
                            while same < length, bytes[start &+ same] == literals[place &+ same] { same &+= 1 }
                            if same == length { report(Int(candidate.pattern), end) }
                        }
                    }
                }
            }
        }
    }

    fileprivate struct Find {
        var number: Int32
        /// Index of the byte after the anchor.
        var end: Int32
    }

    /// Writes the ends of the anchors, in order, and returns their number.
    @inline(never)
    private func anchors(in bytes: UnsafeBufferPointer<UInt8>, _ finds: UnsafeMutableBufferPointer<Find>) -> Int {
        columns.withUnsafeBufferPointer { columns in
            next.withUnsafeBufferPointer { next in
                rowAfter.withUnsafeBufferPointer { rowAfter in
                    let rows = self.rows
                    var row = 0, count = 0
                    for index in 0..<bytes.count {
                        row = Int(next[row &<< PatternAutomaton.widthBits | Int(columns[Int(bytes[index])])])
                        guard row >= rows else { continue }
                        let number = row &- rows
                        finds[count] = Find(number: Int32(truncatingIfNeeded: number), end: Int32(truncatingIfNeeded: index &+ 1))
                        count &+= 1
                        row = Int(rowAfter[number])
                    }
                    return count
                }
            }
        }
    }
}
