/// Finds the names closest to a mistyped name.
public enum NearestName {
    /// Returns the names closest to `name`, nearest first, ties by name; at most `limit`.
    ///
    /// A name is close if its Damerau–Levenshtein distance (swapping adjacent letters counts once) is at most a third of the longer
    /// length; case is ignored. Nothing is close to a single letter. Names that differ only in punctuation (`gpt4o` and
    /// `gpt-4o`) are close too.
    public static func matches(for name: String, among names: some Sequence<String>, limit: Int = 3) -> [String] {
        let wanted = Array(name.lowercased().unicodeScalars)
        guard wanted.count > 1 else { return [] }
        let bare = wanted.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
        var found: [(distance: Int, name: String)] = []
        for candidate in names {
            let scalars = Array(candidate.lowercased().unicodeScalars)
            let limit = max(wanted.count, scalars.count) / 3
            guard abs(scalars.count - wanted.count) <= limit + 2 else { continue }
            var distance = distance(wanted, scalars)
            let bareScalars = scalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
            if bare == bareScalars && !bare.isEmpty { distance = min(distance, 1) }
            if distance <= max(limit, bare == bareScalars ? 1 : 0) { found.append((distance, candidate)) }
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
    }

    /// Returns the closest name; nil if none is close.
    public static func best(for name: String, among names: some Sequence<String>) -> String? {
        matches(for: name, among: names, limit: 1).first
    }

    /// Returns the optimal string alignment distance of two texts.
    static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var row = last
        for i in 1...a.count {
            row[0] = i
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return last[b.count]
    }
}
