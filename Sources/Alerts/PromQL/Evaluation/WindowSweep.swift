/// Counts events in a sliding window, per series or per group of series, at the instants where a count changes.
struct WindowSweep {
    /// Events as they enter the window.
    var entering: GridEvents
    /// Events as they leave the window; nil if they never do.
    var leaving: GridEvents?
    /// The delay in instants that is added to `leaving`.
    var leavingDelay: Int64 = 0
    /// For each series of the events, its series in the result; nil if they are the same.
    var group: [Int32]?
    /// The number of series in the result.
    var count: Int
    /// The first instant at which the counter exists.
    var beginning: Int64
    /// The number of instants in the grid.
    var instants: Int

    /// Returns the changes of `value(count)` since the counter began.
    @inline(__always) func changes(_ value: (Int64) -> Double) -> [Change] {
        guard beginning < Int64(instants), count > 0 else { return [] }
        let begin = max(beginning, 0)
        var counts = [Int64](repeating: 0, count: count)
        var shown = counts
        var dirty = [Int32](repeating: 0, count: count), dirtyCount = 0
        var marks = [Int64](repeating: .min, count: count)
        var changes: [Change] = []
        changes.reserveCapacity(count + 2 * min(entering.events.count, instants * count))
        let leavingEvents = leaving?.events ?? []
        var i = 0, j = 0
        entering.events.withUnsafeBufferPointer { entering in
            leavingEvents.withUnsafeBufferPointer { leaving in
                counts.withUnsafeMutableBufferPointer { counts in
                    // Events up to the first instant form the initial state, not a change.
                    while i < entering.count, entering[i].instant <= begin {
                        counts[target(entering[i].series)] += Int64(entering[i].weight)
                        i += 1
                    }
                    while j < leaving.count, leaving[j].instant + leavingDelay <= begin {
                        counts[target(leaving[j].series)] -= Int64(leaving[j].weight)
                        j += 1
                    }
                    for series in 0..<count {
                        shown[series] = counts[series]
                        changes.append(Change(Int32(begin), Int32(series), value(counts[series])))
                    }
                    while true {
                        let next = min(
                            i < entering.count ? entering[i].instant : .max,
                            j < leaving.count ? leaving[j].instant + leavingDelay : .max)
                        guard next < Int64(instants) else { break }
                        while i < entering.count, entering[i].instant == next {
                            let series = target(entering[i].series)
                            counts[series] += Int64(entering[i].weight)
                            if marks[series] != next {
                                marks[series] = next
                                dirty[dirtyCount] = Int32(truncatingIfNeeded: series)
                                dirtyCount += 1
                            }
                            i += 1
                        }
                        while j < leaving.count, leaving[j].instant + leavingDelay == next {
                            let series = target(leaving[j].series)
                            counts[series] -= Int64(leaving[j].weight)
                            if marks[series] != next {
                                marks[series] = next
                                dirty[dirtyCount] = Int32(truncatingIfNeeded: series)
                                dirtyCount += 1
                            }
                            j += 1
                        }
                        for place in 0..<dirtyCount {
                            let series = dirty[place], count = counts[Int(series)]
                            if shown[Int(series)] == count { continue }
                            shown[Int(series)] = count
                            changes.append(Change(Int32(truncatingIfNeeded: next), series, value(count)))
                        }
                        dirtyCount = 0
                    }
                }
            }
        }
        return changes
    }

    @inline(__always) private func target(_ series: Int32) -> Int { group.map { Int($0[Int(series)]) } ?? Int(series) }
}
