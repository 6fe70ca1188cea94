import Model

/// A measure as the panes and slots that it looks at: what is asked for every group that changed, at every instant.
struct WindowProbe {
    enum Kind: Hashable {
        case count, ratio, rest, share, distinct
        case sum(RowColumn.Unit), total(RowColumn.Unit), mean(RowColumn.Unit), least(RowColumn.Unit), greatest(RowColumn.Unit)
        /// In whole per cent.
        case percentile(RowColumn.Unit, Int64)
        /// Of two other measures, by their places.
        case change(Int, Int)
    }

    var kind = Kind.count
    /// The pane of its rows, and of what a share is taken of.
    var own = 0, whole = 0
    /// The slot of ranks or distinct values.
    var slot = 0
    /// Counts of its rows by group, all of them behind; counts of the whole; sums. They belong to the panes' slots.
    var counts: UnsafeMutablePointer<Int64>?, wholes: UnsafeMutablePointer<Int64>?, sums: UnsafeMutablePointer<Int128>?
    /// Where the count over all groups stands.
    var totalPlace = 0
    /// For each so many seconds of the length.
    var perSeconds: Double?
    /// In seconds.
    var length: Double

    init(perSeconds: Double?, length: Double) {
        self.perSeconds = perSeconds
        self.length = length
    }

    /// Its value for a group, numbered in each pane's own way; absent when it has none.
    @inline(__always) func value(_ panes: [WindowPane], _ group: Int, _ wholeGroup: Int) -> Double {
        switch kind {
        case .count, .ratio, .rest: return counted(group, wholeGroup)
        case .share: return share(counts?[group] ?? 0, counts?[totalPlace] ?? 0)
        default: return rarer(panes, group, counts?[group] ?? 0)
        }
    }

    /// The value of a count or of a share of counts, which asks no pane.
    @inline(__always) func counted(_ group: Int, _ wholeGroup: Int) -> Double {
        let count = counts?[group] ?? 0
        switch kind {
        case .ratio: return share(count, wholes?[wholeGroup] ?? 0)
        case .rest:
            let all = wholes?[wholeGroup] ?? 0
            return share(all - count, all)
        default: return per(Double(count))
        }
    }

    /// The measures of columns; for those `count` is the number of known values.
    private func rarer(_ panes: [WindowPane], _ group: Int, _ count: Int64) -> Double {
        let sum = sums?[group] ?? 0
        switch kind {
        case .distinct: return per(Double(panes[own].distinct(slot, group)))
        case .sum(let unit):
            guard count > 0, let sum = Int64(exactly: sum) else { return .absent }
            let value = unit.magnitude(Double(sum))
            guard perSeconds != nil else { return value }
            return unit == .money ? Money(dollars: per(value))?.dollars ?? .absent : per(value)
        case .total(let unit): return Int64(exactly: sum).map { per(unit.magnitude(Double($0))) } ?? .absent
        case .mean(let unit): return count > 0 ? mean(sum, of: count, unit) : .absent
        case .least(let unit): return ranked(panes[own], group, unit) { _ in 1 }
        case .greatest(let unit): return ranked(panes[own], group, unit) { $0 }
        case .percentile(let unit, let percent): return ranked(panes[own], group, unit) { max(($0 * percent + 99) / 100, 1) }
        default: return .absent
        }
    }

    private func per(_ number: Double) -> Double { perSeconds.map { number * $0 / length } ?? number }

    private func share(_ some: Int64, _ all: Int64) -> Double { all > 0 ? Double(some) / Double(all) : .absent }

    private func ranked(_ pane: WindowPane, _ group: Int, _ unit: RowColumn.Unit, _ rank: (Int64) -> Int64) -> Double {
        let size = pane.size(slot, group)
        return size > 0 ? unit.magnitude(Double(pane.value(slot, group, rank: rank(size)))) : .absent
    }

    /// Means of durations and money are whole units, halves away from zero, as everywhere in the language.
    private func mean(_ sum: Int128, of count: Int64, _ unit: RowColumn.Unit) -> Double {
        if unit == .count { return Double(sum) / Double(count) }
        let (whole, rest) = sum.quotientAndRemainder(dividingBy: Int128(count))
        let up = rest.magnitude >= (Int128(count).magnitude + 1) / 2
        return unit.magnitude(Double(up ? whole + (sum < 0 ? -1 : 1) : whole))
    }
}
