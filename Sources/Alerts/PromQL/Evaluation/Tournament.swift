/// Finds the best of many changing values with a tournament tree; an update takes O(log n).
struct Tournament {
    private let size: Int
    /// `winners[1]` is the overall winner; the leaves begin at `size`. −1 where no value is present.
    private var winners: [Int32]
    private var values: [Double]
    private let prefersSmall: Bool

    init(_ count: Int, prefersSmall: Bool) {
        var size = 1
        while size < count { size *= 2 }
        self.size = size
        self.prefersSmall = prefersSmall
        winners = Array(repeating: -1, count: 2 * size)
        values = Array(repeating: .absent, count: count)
    }

    /// The position of the best value, the first among equals; nil if all are absent. NaN is worse than any number.
    var best: Int? { winners[1] < 0 ? nil : Int(winners[1]) }

    func value(_ place: Int) -> Double { values[place] }

    mutating func set(_ place: Int, _ value: Double) {
        values[place] = value
        var node = size + place
        winners[node] = value.isAbsent ? -1 : Int32(place)
        while node > 1 {
            node /= 2
            let a = winners[2 * node], b = winners[2 * node + 1]
            winners[node] = a < 0 ? b : b < 0 ? a : isBetter(values[Int(b)], values[Int(a)]) ? b : a
        }
    }

    private func isBetter(_ b: Double, _ a: Double) -> Bool { a.isNaN ? !b.isNaN : prefersSmall ? b < a : b > a }

    /// Returns the positions of the largest `count` values. Ties and NaN are resolved as in Prometheus.
    mutating func kept(_ count: Int) -> [Int] {
        var found: [(place: Int, value: Double)] = []
        while found.count <= count, let place = best {
            found.append((place, values[place]))
            set(place, .absent)
        }
        for (place, value) in found { set(place, value) }
        guard found.count > count else { return found.map(\.place) }
        let isClear = count > 0 && found[count - 1].value > found[count].value
        if isClear { return found.prefix(count).map(\.place) }
        var heap = TopHeap(count)
        for (place, value) in values.enumerated() where !value.isAbsent { heap.offer(place, value) }
        return heap.places
    }
}
