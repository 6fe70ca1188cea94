import Model

/// The values of a sliding window in ascending order.
struct SlidingOrder {
    private(set) var sorted: [Double] = []

    /// Adds a value that enters the window.
    mutating func insert(_ value: Double) { sorted.insert(value, at: place(of: value)) }

    /// Removes one value equal to `value`, if there is one.
    mutating func remove(_ value: Double) {
        let place = place(of: value)
        if place < sorted.count, sorted[place] == value { sorted.remove(at: place) }
    }

    /// The median; nil if the window is empty.
    var median: Double? { OrderStatistics.medianOfSorted(sorted[...]) }

    /// The median distance of the values from `center`; nil if the window is empty.
    ///
    /// Distances grow on both sides of `center`, so walking outward visits the smallest first, without sorting.
    func medianDistance(from center: Double) -> Double? {
        let count = sorted.count
        guard count > 0 else { return nil }
        var right = place(of: center), left = right - 1
        var last = 0.0, beforeLast = 0.0
        for _ in 0...count / 2 {
            let toLeft = left >= 0 ? center - sorted[left] : .infinity
            let toRight = right < count ? sorted[right] - center : .infinity
            beforeLast = last
            if toLeft <= toRight {
                last = toLeft
                left -= 1
            } else {
                last = toRight
                right += 1
            }
        }
        return count % 2 == 1 ? last : beforeLast / 2 + last / 2
    }

    /// Returns the first index whose value is at least `value`.
    private func place(of value: Double) -> Int {
        sorted.partitioningIndex { $0 >= value }
    }
}
