/// A compiled regular expression (RE2 syntax without Unicode classes); matching takes linear time.
struct Pattern: Sendable {
    private enum Instruction: Sendable {
        case take(Int)
        /// Continues at both; the first is preferred.
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case check(PatternAnchor)
        case matched
    }

    private var program: [Instruction] = []
    private var classes: [PatternClass] = []
    private let groupNames: [String: Int]
    private let groupCount: Int

    /// The maximum number of instructions in a compiled pattern.
    private static let limit = 20_000

    /// Compiles a pattern.
    init(_ text: String) throws(PatternProblem) {
        var parser = PatternParser(text)
        let tree = try parser.whole()
        groupNames = parser.groupNames
        groupCount = parser.groupCount
        program = [.save(0)]
        try add(tree)
        program += [.save(1), .matched]
    }

    /// Returns what is wrong with a pattern, as a predicate of "the pattern"; nil if it is valid.
    static func problem(with text: String) -> String? {
        do throws(PatternProblem) {
            _ = try Pattern(text)
            return nil
        } catch { return error.text }
    }

    private mutating func add(_ tree: PatternSyntax) throws(PatternProblem) {
        if program.count > Pattern.limit { throw PatternProblem(text: "is too large") }
        switch tree {
        case .empty: break
        case .scalars(let group):
            classes.append(group)
            program.append(.take(classes.count - 1))
        case .anchor(let anchor): program.append(.check(anchor))
        case .sequence(let parts): for part in parts { try add(part) }
        case .group(let inner, let number):
            program.append(.save(2 * number))
            try add(inner)
            program.append(.save(2 * number + 1))
        case .choice(let branches):
            var ends: [Int] = []
            for (index, branch) in branches.enumerated() {
                guard index < branches.count - 1 else {
                    try add(branch)
                    continue
                }
                let split = program.count
                program.append(.jump(0))
                try add(branch)
                ends.append(program.count)
                program.append(.jump(0))
                program[split] = .split(split + 1, program.count)
            }
            for end in ends { program[end] = .jump(program.count) }
        case .repeated(let inner, let least, let most, let isLazy):
            for _ in 0..<least { try add(inner) }
            if let most {
                var splits: [Int] = []
                for _ in least..<max(most, least) {
                    splits.append(program.count)
                    program.append(.jump(0))
                    try add(inner)
                }
                for split in splits {
                    program[split] = isLazy ? .split(program.count, split + 1) : .split(split + 1, program.count)
                }
            } else {
                let split = program.count
                program.append(.jump(0))
                try add(inner)
                program.append(.jump(split))
                program[split] = isLazy ? .split(program.count, split + 1) : .split(split + 1, program.count)
            }
        }
    }

    /// Returns true if the whole text matches.
    func matchesWhole(_ text: String) -> Bool { run(Array(text.unicodeScalars), from: 0, isAnchored: true, isWhole: true) != nil }

    /// Returns true if part of the text matches.
    func matchesPart(of text: String) -> Bool {
        run(Array(text.unicodeScalars), from: 0, isAnchored: false, isWhole: false) != nil
    }

    /// Returns the text with every match replaced; `$1`, `${1}` and `${name}` refer to groups, `$$` is a dollar sign.
    func replacing(_ text: String, with template: String) -> String {
        let scalars = Array(text.unicodeScalars), template = Array(template.unicodeScalars)
        var result = String.UnicodeScalarView(), at = 0, copied = 0
        while at <= scalars.count, let slots = run(scalars, from: at, isAnchored: false, isWhole: false) {
            let start = slots[0], end = slots[1]
            result += scalars[copied..<start]
            // As in Go, an empty match right after another match is ignored.
            if end > copied || start == 0 { expand(template, slots, scalars, into: &result) }
            copied = end
            at = max(at + 1, end)
        }
        result += scalars[copied...]
        return String(result)
    }

    private func expand(
        _ template: [Unicode.Scalar], _ slots: [Int], _ text: [Unicode.Scalar], into result: inout String.UnicodeScalarView
    ) {
        var at = 0
        while at < template.count {
            guard template[at] == "$", at + 1 < template.count else {
                result.append(template[at])
                at += 1
                continue
            }
            if template[at + 1] == "$" {
                result.append("$")
                at += 2
                continue
            }
            var name = "", end = at + 1
            let isBraced = template[end] == "{"
            if isBraced { end += 1 }
            func isWord(_ scalar: Unicode.Scalar) -> Bool { PatternClass.word.contains(scalar) }
            while end < template.count, isWord(template[end]) {
                name.unicodeScalars.append(template[end])
                end += 1
            }
            if name.isEmpty || isBraced && (end >= template.count || template[end] != "}") {
                result.append("$")
                at += 1
                continue
            }
            at = isBraced ? end + 1 : end
            if let number = Int(name) ?? groupNames[name], number >= 0, number <= groupCount, slots[2 * number] >= 0 {
                result += text[slots[2 * number]..<slots[2 * number + 1]]
            }
        }
    }

    // Threads in order of preference, advanced in lockstep (R. Cox, "Regular Expression Matching: the Virtual Machine Approach").

    private struct Threads {
        var places: [Int] = []
        var slots: [[Int]] = []
        var marks: [Int]
        var mark = 0

        init(_ count: Int) { marks = Array(repeating: -1, count: count) }

        mutating func clear(_ mark: Int) {
            places.removeAll(keepingCapacity: true)
            slots.removeAll(keepingCapacity: true)
            self.mark = mark
        }
    }

    /// Returns the positions of the match and its groups; nil if nothing matches.
    private func run(_ text: [Unicode.Scalar], from start: Int, isAnchored: Bool, isWhole: Bool) -> [Int]? {
        var now = Threads(program.count), later = Threads(program.count)
        var best: [Int]?
        let none = [Int](repeating: -1, count: 2 * groupCount + 2)
        now.clear(start)
        for at in start...max(start, text.count) {
            if best == nil && (!isAnchored || at == start) { follow(0, at, text, none, &now) }
            if now.places.isEmpty && (best != nil || isAnchored) { break }
            later.clear(at + 1)
            threads: for (index, place) in now.places.enumerated() {
                switch program[place] {
                case .take(let group):
                    if at < text.count, classes[group].contains(text[at]) {
                        follow(place + 1, at + 1, text, now.slots[index], &later)
                    }
                case .matched:
                    if isWhole && at < text.count { continue }
                    best = now.slots[index]
                    // The threads after this one have lower priority.
                    break threads
                default: break
                }
            }
            swap(&now, &later)
        }
        return best
    }

    /// Adds a thread and all threads reachable without consuming a character. The stack is explicit: patterns may be long.
    private func follow(_ place: Int, _ at: Int, _ text: [Unicode.Scalar], _ slots: [Int], _ threads: inout Threads) {
        var pending = [(place, slots)]
        while let (place, slots) = pending.popLast() {
            if threads.marks[place] == threads.mark { continue }
            threads.marks[place] = threads.mark
            switch program[place] {
            case .jump(let target): pending.append((target, slots))
            case .split(let first, let second):
                pending.append((second, slots))
                pending.append((first, slots))
            case .save(let slot):
                var slots = slots
                slots[slot] = at
                pending.append((place + 1, slots))
            case .check(let anchor):
                if holds(anchor, at, text) { pending.append((place + 1, slots)) }
            case .take, .matched:
                threads.places.append(place)
                threads.slots.append(slots)
            }
        }
    }

    private func holds(_ anchor: PatternAnchor, _ at: Int, _ text: [Unicode.Scalar]) -> Bool {
        func isWord(_ place: Int) -> Bool { place >= 0 && place < text.count && PatternClass.word.contains(text[place]) }
        switch anchor {
        case .textStart: return at == 0
        case .textEnd: return at == text.count
        case .lineStart: return at == 0 || text[at - 1] == "\n"
        case .lineEnd: return at == text.count || text[at] == "\n"
        case .wordBoundary: return isWord(at - 1) != isWord(at)
        case .notWordBoundary: return isWord(at - 1) == isWord(at)
        }
    }
}
