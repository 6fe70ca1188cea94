/// A pattern as instructions for the machine.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        /// One scalar of the set with this number.
        case set(Int)
        case jump(Int)
        case split(Int, Int)
        case start, end, lineStart, lineEnd, wordEdge, notWordEdge
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// For each set and each byte below 128 whether it is in the set: most texts are ASCII.
    private(set) var asciiTables: [[Bool]] = []
    /// ASCII bytes that a match can begin with; nil when it may begin anywhere.
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

    /// The ASCII bytes that the first scalar of a match can be; nil when a match may be empty or asserts something first.
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

/// Runs a program over a text: all ways at once, one step for each scalar.
struct PatternMachine {
    private let program: PatternProgram
    private var current: [Int] = [], next: [Int] = []
    /// The step at which an instruction was last added, so that each is added once.
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
                // Nothing under way, and nothing begins here.
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

    /// Adds an instruction and all that it leads to without reading; true when the match is among them.
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

    /// The scalar at an offset and its width; a broken byte stands for itself.
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
