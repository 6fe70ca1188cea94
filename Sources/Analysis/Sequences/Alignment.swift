/// Two sequences side by side: the elements of a longest common subsequence face each other.
public enum Alignment {
    /// A place of an alignment, with indices into the sequences.
    public enum Place: Hashable, Sendable {
        case both(Int, Int)
        case first(Int)
        case second(Int)
    }

    /// Aligns two sequences by a longest common subsequence (Wagner and Fischer 1974).
    ///
    /// What only the first has comes before what only the second has. Takes time and memory proportional to the product of the
    /// lengths, without what both begin and end with.
    public static func places<Element: Hashable>(_ a: [Element], _ b: [Element]) -> [Place] {
        var start = 0
        while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
        var end = 0
        while end < min(a.count, b.count) - start, a[a.count - 1 - end] == b[b.count - 1 - end] { end += 1 }
        let middle = between(a[start..<a.count - end], b[start..<b.count - end])
        return (0..<start).map { .both($0, $0) } + middle
            + (0..<end).map { .both(a.count - end + $0, b.count - end + $0) }
    }

    private static func between<Element: Hashable>(_ a: ArraySlice<Element>, _ b: ArraySlice<Element>) -> [Place] {
        let width = b.count + 1
        // The length of a longest common subsequence of what follows each pair of places.
        var lengths = [Int32](repeating: 0, count: (a.count + 1) * width)
        for i in stride(from: a.count - 1, through: 0, by: -1) {
            for j in stride(from: b.count - 1, through: 0, by: -1) {
                lengths[i * width + j] =
                    a[a.startIndex + i] == b[b.startIndex + j]
                    ? lengths[(i + 1) * width + j + 1] + 1
                    : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
            }
        }
        var places: [Place] = [], i = 0, j = 0
        while i < a.count || j < b.count {
            if i < a.count, j < b.count, a[a.startIndex + i] == b[b.startIndex + j] {
                places.append(.both(a.startIndex + i, b.startIndex + j))
                i += 1
                j += 1
            } else if j == b.count || (i < a.count && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
                places.append(.first(a.startIndex + i))
                i += 1
            } else {
                places.append(.second(b.startIndex + j))
                j += 1
            }
        }
        return places
    }
}
