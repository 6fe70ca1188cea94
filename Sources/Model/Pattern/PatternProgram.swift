/// A pattern compiled to instructions.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        /// Matches one scalar in the set with this index.
        case set(Int)
        case jump(Int)
        case split(Int, Int)
        case start, end, lineStart, lineEnd, wordEdge, notWordEdge
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// Lookup tables for ASCII, one per set: most texts are ASCII.
    private(set) var asciiTables: [[Bool]] = []
    /// The ASCII bytes at which a match can begin; nil if it can begin anywhere.
    private(set) var firstBytes: [Bool]?

    private static let mostInstructions = 4000

    init(_ tree: PatternTree, length: Int) throws(Pattern.Mistake) {
        emit(tree)
        guard instructions.count < PatternProgram.mostInstructions else {
            throw Pattern.Mistake(start: 0, end: length, message: "the pattern is too large; repeat less")
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
        case .start: instructions.append(.start)
        case .end: instructions.append(.end)
        case .lineStart: instructions.append(.lineStart)
        case .lineEnd: instructions.append(.lineEnd)
        case .wordEdge: instructions.append(.wordEdge)
        case .notWordEdge: instructions.append(.notWordEdge)
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
        case .repeated(let inner, let least, let most):
            for _ in 0..<least { emit(inner) }
            if let most {
                var splits: [Int] = []
                for _ in least..<max(most, least) {
                    splits.append(instructions.count)
                    instructions.append(.match)
                    emit(inner)
                }
                for split in splits { instructions[split] = .split(split + 1, instructions.count) }
            } else {
                let split = instructions.count
                instructions.append(.match)
                emit(inner)
                instructions.append(.jump(split))
                instructions[split] = .split(split + 1, instructions.count)
            }
        }
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
            case .start, .end, .lineStart, .lineEnd, .wordEdge, .notWordEdge, .match: return nil
            }
        }
        return bytes
    }
}

/// Executes a program on a text: all alternatives in parallel, one step per scalar.
struct PatternMachine {
    private let program: PatternProgram
    private var current: [Int] = [], next: [Int] = []
    /// The step at which each instruction was last added, so that none is added twice.
    private var marks: [Int]

    init(_ program: PatternProgram) {
        self.program = program
        marks = [Int](repeating: -1, count: program.instructions.count)
    }

    func finds(in bytes: UnsafeBufferPointer<UInt8>, wholly: Bool) -> Bool {
        var machine = self
        return machine.run(bytes, wholly)
    }

    private mutating func run(_ bytes: UnsafeBufferPointer<UInt8>, _ wholly: Bool) -> Bool {
        let count = bytes.count
        var at = 0, previous: UInt32?, step = 0
        while true {
            let (scalar, width) = at < count ? PatternMachine.decode(bytes, at) : (nil, 0)
            if current.isEmpty, !wholly, let first = program.firstBytes, let scalar, scalar < 128, !first[Int(scalar)] {
                // No active threads, and no match begins here.
                previous = scalar
                at += width
                step += 1
                continue
            }
            if !wholly || at == 0 {
                if add(0, step, at == 0, previous, scalar, at == count) { if !wholly || at == count { return true } }
            }
            guard let scalar else { return false }
            next.removeAll(keepingCapacity: true)
            let after = at + width
            let following: UInt32? = after < count ? PatternMachine.decode(bytes, after).0 : nil
            swap(&current, &next)
            var matched = false
            for place in next {
                guard case .set(let number) = program.instructions[place] else { continue }
                let isIn = scalar < 128 ? program.asciiTables[number][Int(scalar)] : program.sets[number].contains(scalar)
                if isIn, add(place + 1, step + 1, false, scalar, following, after == count) { matched = true }
            }
            if matched, !wholly || after == count { return true }
            previous = scalar
            at = after
            step += 1
            if wholly, current.isEmpty { return false }
        }
    }

    /// Adds an instruction and all that are reachable without consuming a scalar; returns true if they include a match.
    private mutating func add(
        _ place: Int, _ step: Int, _ isStart: Bool, _ previous: UInt32?, _ following: UInt32?, _ isEnd: Bool
    ) -> Bool {
        var waiting = [place], found = false
        while let place = waiting.popLast() {
            guard marks[place] != step else { continue }
            marks[place] = step
            func isWord(_ scalar: UInt32?) -> Bool { scalar.map { ScalarSet.words.contains($0) } ?? false }
            switch program.instructions[place] {
            case .set: current.append(place)
            case .jump(let target): waiting.append(target)
            case .split(let a, let b): waiting += [b, a]
            case .start: if isStart { waiting.append(place + 1) }
            case .end: if isEnd { waiting.append(place + 1) }
            case .lineStart: if isStart || previous == 0x0A { waiting.append(place + 1) }
            case .lineEnd: if isEnd || following == 0x0A { waiting.append(place + 1) }
            case .wordEdge: if isWord(previous) != isWord(following) { waiting.append(place + 1) }
            case .notWordEdge: if isWord(previous) == isWord(following) { waiting.append(place + 1) }
            case .match: found = true
            }
        }
        return found
    }

    /// Decodes the scalar at an offset; returns it with its width. An invalid byte is returned as it is.
    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (UInt32?, Int) {
        let first = bytes[at]
        if first < 0x80 { return (UInt32(first), 1) }
        let width = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
        guard width > 1, at + width <= bytes.count else { return (UInt32(first), 1) }
        var value = UInt32(first) & (0xFF >> UInt32(width + 1))
        for offset in 1..<width {
            guard bytes[at + offset] & 0xC0 == 0x80 else { return (UInt32(first), 1) }
            value = value << 6 | UInt32(bytes[at + offset] & 0x3F)
        }
        return (value, width)
    }
}
