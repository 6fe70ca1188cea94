/// Replaces the matches of a pattern by a template that can refer to its groups.
///
/// Threads run in order of preference, each with the positions of its groups, one step per scalar (Russ Cox, "Regular
/// Expression Matching: the Virtual Machine Approach", 2009).
struct PatternReplacement {
    private let program: PatternProgram
    private let template: [UInt8]

    init(_ program: PatternProgram, template: String) {
        self.program = program
        self.template = Array(template.utf8)
    }

    /// Returns the text with every match replaced.
    func replacing(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var result: [UInt8] = [], at = 0, copied = 0
            while at <= bytes.count, let slots = match(in: bytes, from: at) {
                let start = slots[0], end = slots[1]
                result += bytes[copied..<start]
                // As in Go, an empty match right after another match is ignored.
                if end > copied || start == 0 { expand(slots, bytes, into: &result) }
                copied = end
                at = end > at ? end : at + (at < bytes.count ? PatternMachine.decode(bytes, at).1 : 1)
            }
            result += bytes[copied...]
            return String(decoding: result, as: UTF8.self)
        }
    }

    /// Appends the template with the text of the groups.
    private func expand(_ slots: [Int], _ text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) {
        let dollar = UInt8(ascii: "$")
        var at = 0
        while at < template.count {
            guard template[at] == dollar, at + 1 < template.count else {
                result.append(template[at])
                at += 1
                continue
            }
            if template[at + 1] == dollar {
                result.append(dollar)
                at += 2
                continue
            }
            let isBraced = template[at + 1] == UInt8(ascii: "{"), start = at + (isBraced ? 2 : 1)
            let end = template[start...].firstIndex { !ScalarSet.words.contains(UInt32($0)) } ?? template.count
            guard end > start, !isBraced || end < template.count && template[end] == UInt8(ascii: "}") else {
                result.append(dollar)
                at += 1
                continue
            }
            at = isBraced ? end + 1 : end
            let name = String(decoding: template[start..<end], as: UTF8.self)
            guard let number = Int(name) ?? program.groupNames[name], (0...program.groupCount).contains(number),
                slots[2 * number] >= 0
            else { continue }
            result += text[slots[2 * number]..<slots[2 * number + 1]]
        }
    }

    private struct Threads {
        var places: [Int] = []
        var slots: [[Int]] = []
        /// The step at which each instruction was last added, so that none is added twice.
        var marks: [Int]
        var step = -1

        init(_ count: Int) { marks = Array(repeating: -1, count: count) }

        mutating func clear(_ step: Int) {
            places.removeAll(keepingCapacity: true)
            slots.removeAll(keepingCapacity: true)
            self.step = step
        }
    }

    /// Returns the byte offsets of the first match at or after an offset and of its groups, in pairs; −1 for groups without a match.
    private func match(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> [Int]? {
        let count = program.instructions.count
        var now = Threads(count), later = Threads(count)
        var best: [Int]?, at = start
        let none = [Int](repeating: -1, count: 2 * program.groupCount + 2)
        now.clear(start)
        while true {
            let (scalar, width) = at < bytes.count ? PatternMachine.decode(bytes, at) : (nil, 1)
            if best == nil {
                var slots = none
                slots[0] = at
                follow(0, at, bytes, slots, &now)
            }
            if now.places.isEmpty, best != nil { return best }
            later.clear(at + width)
            threads: for (index, place) in now.places.enumerated() {
                switch program.instructions[place] {
                case .set(let number):
                    if let scalar, program.sets[number].contains(scalar) {
                        follow(place + 1, at + width, bytes, now.slots[index], &later)
                    }
                case .match:
                    best = now.slots[index]
                    best?[1] = at
                    // The threads after this one have lower priority.
                    break threads
                default: break
                }
            }
            guard scalar != nil else { return best }
            at += width
            swap(&now, &later)
        }
    }

    /// Adds a thread and all threads reachable without consuming a scalar. The stack is explicit: patterns may be long.
    private func follow(
        _ place: Int, _ at: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ slots: [Int], _ threads: inout Threads
    ) {
        var pending = [(place, slots)]
        while let (place, slots) = pending.popLast() {
            guard threads.marks[place] != threads.step else { continue }
            threads.marks[place] = threads.step
            switch program.instructions[place] {
            case .set, .match:
                threads.places.append(place)
                threads.slots.append(slots)
            case .jump(let target): pending.append((target, slots))
            case .split(let first, let second):
                pending.append((second, slots))
                pending.append((first, slots))
            case .save(let slot):
                var slots = slots
                slots[slot] = at
                pending.append((place + 1, slots))
            case .anchor(let anchor): if anchor.holds(at: at, in: bytes) { pending.append((place + 1, slots)) }
            }
        }
    }
}
