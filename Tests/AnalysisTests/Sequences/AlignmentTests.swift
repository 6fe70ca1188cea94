import TestSupport
import Testing

@testable import Analysis

@Suite("Alignment of sequences")
struct AlignmentTests {
    /// The length of a longest common subsequence, by trying every subsequence of the shorter one.
    private func longest(_ a: [Int], _ b: [Int]) -> Int {
        func isSubsequence(_ part: [Int], of whole: [Int]) -> Bool {
            var place = 0
            for element in whole where place < part.count && part[place] == element { place += 1 }
            return place == part.count
        }
        var best = 0
        for mask in 0..<(1 << a.count) {
            let part = a.indices.filter { mask & (1 << $0) != 0 }.map { a[$0] }
            if part.count > best, isSubsequence(part, of: b) { best = part.count }
        }
        return best
    }

    @Test("every element stands once, in order, and as many face each other as possible")
    func exhaustive() {
        var generator = SeededGenerator(seed: 11)
        for round in 0..<2000 {
            let a = (0..<Int(generator.next() % 8)).map { _ in Int(generator.next() % 3) }
            let b = (0..<Int(generator.next() % 8)).map { _ in Int(generator.next() % 3) }
            var first: [Int] = [], second: [Int] = [], common = 0
            for place in Alignment.places(a, b) {
                switch place {
                case .both(let i, let j):
                    #expect(a[i] == b[j])
                    common += 1
                    first.append(i)
                    second.append(j)
                case .first(let i): first.append(i)
                case .second(let j): second.append(j)
                }
            }
            #expect(first == Array(a.indices) && second == Array(b.indices), "seed 11, round \(round)")
            #expect(common == longest(a, b), "seed 11, round \(round): \(a) \(b)")
        }
    }
}
