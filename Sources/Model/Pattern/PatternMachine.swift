/// Executes a program on a text: all alternatives in parallel, one step per scalar.
struct PatternMachine {
    private let program: PatternProgram
    private var current: [Int] = [], next: [Int] = []
    /// The offset at which each instruction was last added, so that none is added twice.
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
        var at = 0
        while true {
            let (scalar, width) = at < count ? PatternMachine.decode(bytes, at) : (nil, 0)
            if current.isEmpty, !wholly, let first = program.firstBytes, let scalar, scalar < 128, !first[Int(scalar)] {
                // No active threads, and no match begins here.
                at += width
                continue
            }
            if !wholly || at == 0, add(0, at, bytes), !wholly || at == count { return true }
            guard let scalar else { return false }
            next.removeAll(keepingCapacity: true)
            swap(&current, &next)
            at += width
            var matched = false
            for place in next {
                guard case .set(let number) = program.instructions[place] else { continue }
                let isIn = scalar < 128 ? program.asciiTables[number][Int(scalar)] : program.sets[number].contains(scalar)
                if isIn, add(place + 1, at, bytes) { matched = true }
            }
            if matched, !wholly || at == count { return true }
            if wholly, current.isEmpty { return false }
        }
    }

    /// Adds an instruction and all that are reachable without consuming a scalar; returns true if they include a match.
    private mutating func add(_ place: Int, _ at: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var waiting = [place], found = false
        while let place = waiting.popLast() {
            guard marks[place] != at else { continue }
            marks[place] = at
            switch program.instructions[place] {
            case .set: current.append(place)
            case .jump(let target): waiting.append(target)
            case .split(let a, let b): waiting += [b, a]
            // Only the existence of a match matters here, so groups are not recorded.
            case .save: waiting.append(place + 1)
            case .match: found = true
            case .anchor(let anchor): if anchor.holds(at: at, in: bytes) { waiting.append(place + 1) }
            }
        }
        return found
    }

    /// Decodes the scalar at an offset; returns it with its width. An invalid byte is returned as it is.
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (UInt32?, Int) {
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
