extension RandomAccessCollection {
    /// The first index whose element, and every later one, satisfies the condition; `endIndex` if none does.
    ///
    /// The elements must be partitioned: none that satisfies the condition comes before one that does not. Takes a number of
    /// steps that grows with the logarithm of the count.
    @inlinable
    public func partitioningIndex(where isBehind: (Element) throws -> Bool) rethrows -> Index {
        var low = startIndex, count = count
        while count > 0 {
            let half = count / 2, middle = index(low, offsetBy: half)
            if try isBehind(self[middle]) {
                count = half
            } else {
                low = index(after: middle)
                count -= half + 1
            }
        }
        return low
    }
}

extension [Int64] {
    /// The index of the first number that is not smaller; numbers ascend.
    @inlinable
    public func firstIndex(atOrAbove number: Int64) -> Int { partitioningIndex { $0 >= number } }

    /// The indices of the times in a window, in nanoseconds; they ascend.
    public func indices(in window: Window) -> Range<Int> {
        let first = firstIndex(atOrAbove: window.from.nanoseconds)
        return first..<Swift.max(first, firstIndex(atOrAbove: window.to.nanoseconds))
    }
}
