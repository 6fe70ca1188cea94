/// The `topk` heap of Prometheus. Which of several equal values survive depends on the heap's order, so this heap behaves
/// exactly the same.
///
/// Source: Prometheus 2.42, promql/engine.go (`TOPK` of `aggregation`), over Go's container/heap.
struct TopHeap {
    private let limit: Int
    /// A min-heap: the first member is the smallest.
    private var members: [(place: Int, value: Double)] = []

    init(_ limit: Int) {
        self.limit = limit
        members.reserveCapacity(min(limit, 64))
    }

    /// The positions of the values that are kept.
    var places: [Int] { members.map(\.place) }

    /// Offers a value; call it in series order.
    mutating func offer(_ place: Int, _ value: Double) {
        guard limit > 0 else { return }
        if members.count == limit {
            guard let least = members.first, least.value < value || least.value.isNaN else { return }
            if limit == 1 {
                members[0] = (place, value)
                return
            }
            members.swapAt(0, members.count - 1)
            sink(members.count - 1)
            members.removeLast()
        }
        members.append((place, value))
        rise()
    }

    private func isLess(_ a: Int, _ b: Int) -> Bool { members[a].value.isNaN || members[a].value < members[b].value }

    private mutating func rise() {
        var child = members.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isLess(child, parent) else { return }
            members.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func sink(_ count: Int) {
        var parent = 0
        while 2 * parent + 1 < count {
            var child = 2 * parent + 1
            if child + 1 < count, isLess(child + 1, child) { child += 1 }
            guard isLess(child, parent) else { return }
            members.swapAt(parent, child)
            parent = child
        }
    }
}
