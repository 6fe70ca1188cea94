/// A pattern compiled to instructions.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        /// Matches one scalar in the set with this index.
        case set(Int)
        case jump(Int)
        /// Continues at both; the first is preferred.
        case split(Int, Int)
        /// Records the position: group n begins in slot 2n and ends in slot 2n + 1.
        case save(Int)
        case anchor(PatternAnchor)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// Lookup tables for ASCII, one per set: most texts are ASCII.
    private(set) var asciiTables: [[Bool]] = []
    /// The ASCII bytes at which a match can begin; nil if it can begin anywhere.
    private(set) var firstBytes: [Bool]?

    let groupCount: Int
    let groupNames: [String: Int]

    private static let mostInstructions = 20_000

    init(_ tree: PatternTree, groupCount: Int, groupNames: [String: Int], length: Int) throws(Pattern.Mistake) {
        self.groupCount = groupCount
        self.groupNames = groupNames
        emit(tree)
        guard instructions.count < PatternProgram.mostInstructions else {
            throw Pattern.Mistake(start: 0, end: length, message: "the pattern is too large; reduce its repetitions")
        }
        instructions.append(.match)
        asciiTables = sets.map { set in (0..<128).map { set.contains(UInt32($0)) } }
        firstBytes = beginnings()
    }

    private mutating func emit(_ tree: PatternTree) {
        guard instructions.count < PatternProgram.mostInstructions else { return }
        switch tree {
        case .empty: break
        case .set(let set):
            let number: Int
            if let known = sets.firstIndex(of: set) {
                number = known
            } else {
                number = sets.count
                sets.append(set)
            }
            instructions.append(.set(number))
        case .anchor(let anchor): instructions.append(.anchor(anchor))
        case .sequence(let parts): for part in parts { emit(part) }
        case .choice(let branches):
            var jumps: [Int] = []
            for (index, branch) in branches.enumerated() {
                guard index < branches.count - 1 else {
                    emit(branch)
                    break
                }
                let split = instructions.count
                instructions.append(.match)
                emit(branch)
                jumps.append(instructions.count)
                instructions.append(.match)
                instructions[split] = .split(split + 1, instructions.count)
            }
            for jump in jumps { instructions[jump] = .jump(instructions.count) }
        case .group(let inner, let number):
            instructions.append(.save(2 * number))
            emit(inner)
            instructions.append(.save(2 * number + 1))
        case .repeated(let inner, let least, let most, let isLazy):
            for _ in 0..<least { emit(inner) }
            if let most {
                var splits: [Int] = []
                for _ in least..<max(most, least) {
                    splits.append(instructions.count)
                    instructions.append(.match)
                    emit(inner)
                }
                for split in splits { choose(at: split, isLazy) }
            } else {
                let split = instructions.count
                instructions.append(.match)
                emit(inner)
                instructions.append(.jump(split))
                choose(at: split, isLazy)
            }
        }
    }

    /// Resolves the split of a repetition: repeat after it, or leave at the end of the program so far.
    private mutating func choose(at split: Int, _ isLazy: Bool) {
        instructions[split] = isLazy ? .split(instructions.count, split + 1) : .split(split + 1, instructions.count)
    }

    /// Computes the ASCII bytes at which a match can begin; nil if a match may be empty or begin with an assertion.
    private func beginnings() -> [Bool]? {
        var bytes = [Bool](repeating: false, count: 128), seen: Set<Int> = [], waiting = [0]
        while let place = waiting.popLast() {
            guard seen.insert(place).inserted else { continue }
            switch instructions[place] {
            case .set(let number): for byte in 0..<128 where asciiTables[number][byte] { bytes[byte] = true }
            case .jump(let target): waiting.append(target)
            case .split(let a, let b): waiting += [a, b]
            case .save: waiting.append(place + 1)
            case .anchor, .match: return nil
            }
        }
        return bytes
    }
}
