extension RandomAccessCollection where Index == Int {
    /// Returns the index of the first element that satisfies `isBehind`, when all such elements come last; else `endIndex`.
    func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
        var low = startIndex, high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
