/// Floating-point sums, one per group, each added in series order; series at zero are left out.
///
/// A change recomputes only the partial sums after it: results equal those of a fresh sum, bit for bit.
struct OrderedSums: ~Copyable {
    private struct Term {
        var series: Int32
        var value: Double
        /// The sum up to and including this term.
        var sum: Double
    }

    /// The terms of one group, in manually managed memory: this is the innermost loop of most replays.
    private struct Group {
        var terms: UnsafeMutablePointer<Term>
        var count = 0, capacity: Int
        /// The number of partial sums that are up to date.
        var known = 0
    }

    private let groups: UnsafeMutablePointer<Group>
    private let count: Int

    init(groups count: Int) {
        self.count = count
        groups = .allocate(capacity: max(count, 1))
        for group in 0..<count { (groups + group).initialize(to: Group(terms: .allocate(capacity: 4), capacity: 4)) }
    }

    deinit {
        for group in 0..<count { groups[group].terms.deallocate() }
        groups.deallocate()
    }

    /// Sets the value of one series of a group.
    @inline(__always) mutating func set(_ group: Int, _ series: Int32, _ value: Double) {
        precondition(group < count, "the group is in range")
        let place = groups + group
        let terms = place.pointee.terms, end = place.pointee.count
        var low = 0, high = end
        while low < high {
            let middle = (low + high) / 2
            if terms[middle].series < series { low = middle + 1 } else { high = middle }
        }
        if place.pointee.known > low { place.pointee.known = low }
        if low < end, terms[low].series == series {
            if value != 0 {
                terms[low].value = value
            } else {
                (terms + low).update(from: terms + low + 1, count: end - low - 1)
                place.pointee.count = end - 1
            }
        } else if value != 0 {
            if end == place.pointee.capacity { grow(place) }
            let terms = place.pointee.terms
            (terms + low + 1).update(from: terms + low, count: end - low)
            terms[low] = Term(series: series, value: value, sum: 0)
            place.pointee.count = end + 1
        }
    }

    private func grow(_ place: UnsafeMutablePointer<Group>) {
        let larger = UnsafeMutablePointer<Term>.allocate(capacity: 2 * place.pointee.capacity)
        larger.update(from: place.pointee.terms, count: place.pointee.count)
        place.pointee.terms.deallocate()
        place.pointee.terms = larger
        place.pointee.capacity *= 2
    }

    /// The sum of a group.
    @inline(__always) mutating func sum(_ group: Int) -> Double {
        precondition(group < count, "the group is in range")
        let place = groups + group
        let terms = place.pointee.terms
        var sum = place.pointee.known == 0 ? 0 : terms[place.pointee.known - 1].sum
        for index in place.pointee.known..<place.pointee.count {
            sum += terms[index].value
            terms[index].sum = sum
        }
        place.pointee.known = place.pointee.count
        return sum
    }
}
