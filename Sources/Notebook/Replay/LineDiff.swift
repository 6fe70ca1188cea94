import Model

/// Which lines of two texts differ: the shortest way from one to the other, with a little of what surrounds it.
struct LineDiff {
    /// A line of the way.
    enum Step: Hashable {
        case same(String), removed(String), added(String)
    }

    /// The whole way from the old lines to the new ones.
    let steps: [Step]

    /// More lines than this are told apart as a whole; pictures have fewer.
    private static let mostLines = 1500

    init(_ old: [String], _ new: [String]) {
        var head = 0
        while head < min(old.count, new.count), old[head] == new[head] { head += 1 }
        var tail = 0
        while tail < min(old.count, new.count) - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
        let a = Array(old[head..<(old.count - tail)]), b = Array(new[head..<(new.count - tail)])
        var steps = old.prefix(head).map { Step.same($0) }
        if a.count > LineDiff.mostLines || b.count > LineDiff.mostLines {
            steps += a.map { .removed($0) } + b.map { .added($0) }
        } else {
            steps += LineDiff.middle(a, b)
        }
        self.steps = steps + old.suffix(tail).map { .same($0) }
    }

    /// By the longest common subsequence.
    private static func middle(_ a: [String], _ b: [String]) -> [Step] {
        var lengths = [[Int32]](repeating: [Int32](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in a.indices.reversed() {
            for j in b.indices.reversed() {
                lengths[i][j] = a[i] == b[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var steps: [Step] = [], i = 0, j = 0
        while i < a.count || j < b.count {
            if i < a.count, j < b.count, a[i] == b[j] {
                steps.append(.same(a[i]))
                (i, j) = (i + 1, j + 1)
            } else if i < a.count, j == b.count || lengths[i + 1][j] >= lengths[i][j + 1] {
                steps.append(.removed(a[i]))
                i += 1
            } else {
                steps.append(.added(b[j]))
                j += 1
            }
        }
        return steps
    }

    /// The changed lines marked by `-` and `+`, each with one line around it; at most `limit` lines.
    func lines(limit: Int = 40) -> [String] {
        var kept = [Bool](repeating: false, count: steps.count)
        for (index, step) in steps.enumerated() {
            if case .same = step { continue }
            for near in max(0, index - 1)...min(steps.count - 1, index + 1) { kept[near] = true }
        }
        var lines: [String] = [], isGap = false
        for (index, step) in steps.enumerated() {
            guard kept[index] else {
                isGap = true
                continue
            }
            if isGap, !lines.isEmpty { lines.append("  …") }
            isGap = false
            switch step {
            case .same(let text): lines.append("  " + text)
            case .removed(let text): lines.append("- " + text)
            case .added(let text): lines.append("+ " + text)
            }
        }
        guard lines.count > limit else { return lines }
        return lines.prefix(limit - 1) + ["  … \((lines.count - limit + 1).counted("more lines")) that differ or lie between"]
    }
}
