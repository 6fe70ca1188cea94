import Model

/// A measure resolved to panes and slots, evaluated for every changed group at every instant.
struct WindowProbe {
    enum Kind: Hashable {
        case count, ratio, rest, share, distinct
        case sum(RowColumn.Unit), total(RowColumn.Unit), mean(RowColumn.Unit), least(RowColumn.Unit), greatest(RowColumn.Unit)
        /// A percentile as an integer in percent.
        case percentile(RowColumn.Unit, Int64)
        /// The relative change between two other measures, given by index.
        case change(Int, Int)
    }

    var kind = Kind.count
    /// The pane of its rows, and that of a ratio's denominator.
    var own = 0, whole = 0
    /// The slot of ranks or distinct values.
    var slot = 0
    /// Counts by group followed by the total; counts of the denominator; sums. The memory belongs to the panes' slots.
    var counts: UnsafeMutablePointer<Int64>?, wholes: UnsafeMutablePointer<Int64>?, sums: UnsafeMutablePointer<Int128>?
    /// The index of the total count.
    var totalPlace = 0
    /// The interval in seconds to which the value is normalised; nil if it is not a rate.
    var perSeconds: Double?
    /// The window length in seconds.
    var length: Double

    init(perSeconds: Double?, length: Double) {
        self.perSeconds = perSeconds
        self.length = length
    }

    /// Returns the value for a group, given by its index in each pane; absent if there is none.
    @inline(__always) func value(_ panes: [WindowPane], _ group: Int, _ wholeGroup: Int) -> Double {
        switch kind {
        case .count, .ratio, .rest: return counted(group, wholeGroup)
        case .share: return share(counts?[group] ?? 0, counts?[totalPlace] ?? 0)
        default: return columnValue(panes, group, counts?[group] ?? 0)
        }
    }

    /// Returns the value of a count or ratio of counts, which needs no pane.
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

    /// Returns the value of a column measure; `count` is the number of known values.
    private func columnValue(_ panes: [WindowPane], _ group: Int, _ count: Int64) -> Double {
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

    /// Rounds means of durations and money to integers, halves away from zero, as everywhere in the language.
    private func mean(_ sum: Int128, of count: Int64, _ unit: RowColumn.Unit) -> Double {
        if unit == .count { return Double(sum) / Double(count) }
        let (whole, rest) = sum.quotientAndRemainder(dividingBy: Int128(count))
        let up = rest.magnitude >= (Int128(count).magnitude + 1) / 2
        return unit.magnitude(Double(up ? whole + (sum < 0 ? -1 : 1) : whole))
    }
}
