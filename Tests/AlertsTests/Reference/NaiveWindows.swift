import Model

@testable import Alerts

/// Measures of native rules by recounting every row of every window.
struct NaiveWindows {
    struct Row {
        var time: Int64
        var group: Int
        var flags: UInt32
        var weight: Int64
        var values: [Int64?]
        var from: Int64?
        var until: Int64?
    }

    var families: [[Row]]
    var groupCount: Int
    /// For each group, its group in each family.
    var maps: [[Int]]
    /// The number of values per row of each family; that of its first row by default.
    var columns: [Int]?
    /// Where the history begins.
    var beginning = Int64.min

    /// The same history for the replay.
    func history(beginning: Int64) -> WindowHistory {
        let made = families.enumerated().map { place, rows in
            var family = WindowRows(columns: columns?[place] ?? rows.first?.values.count ?? 0)
            for row in rows {
                family.append(
                    Timestamp(nanoseconds: row.time), group: row.group, flags: row.flags, weight: row.weight, values: row.values,
                    visibleFrom: row.from.map(Timestamp.init(nanoseconds:)),
                    visibleUntil: row.until.map(Timestamp.init(nanoseconds:)))
            }
            return family
        }
        return WindowHistory(
            beginning: Timestamp(nanoseconds: beginning), families: made,
            groups: (0..<groupCount).map { groupCount == 1 ? .empty : LabelSet([LabelPair("group", "g\($0)")]) },
            isGrouped: groupCount > 1,
            familyGroups: maps.enumerated().map { family, map in map == Array(0..<groupCount) ? [] : map.map { Int32($0) } })
    }

    private func rows(_ family: Int, _ group: Int?, _ measure: WindowMeasure, at t: Int64) -> [Row] {
        let end = t - measure.offset.inNanoseconds
        return families[family].filter { row in
            (group.map { row.group == maps[family][$0] } ?? true) && row.time <= end
                && row.time > end - measure.length.inNanoseconds
                && max(row.from ?? .min, row.time) <= t && t < row.until ?? .max
        }
    }

    func value(_ place: Int, _ measures: [WindowMeasure], _ group: Int, at t: Int64) -> Double? {
        let measure = measures[place], length = measure.length.inSeconds
        func per(_ number: Double) -> Double { measure.perSeconds.map { number * $0 / length } ?? number }
        func count(_ rows: RowClass, _ group: Int?) -> Int64 {
            self.rows(rows.family, group, measure, at: t).filter { $0.flags >> UInt32(rows.bit) & 1 == 1 }.reduce(0) {
                $0 + $1.weight
            }
        }
        func values(_ column: RowColumn) -> [Int64] {
            rows(column.family, group, measure, at: t).flatMap { row in
                row.values[column.index].map { Array(repeating: $0, count: Int(row.weight)) } ?? []
            }.sorted()
        }
        switch measure.quantity {
        case .count(let rows): return per(Double(count(rows, group)))
        case .ratio(let some, let all):
            return count(all, group) > 0 ? Double(count(some, group)) / Double(count(all, group)) : nil
        case .rest(let some, let all):
            return count(all, group) > 0 ? Double(count(all, group) - count(some, group)) / Double(count(all, group)) : nil
        case .share(let rows): return count(rows, nil) > 0 ? Double(count(rows, group)) / Double(count(rows, nil)) : nil
        case .sum(let column):
            let known = values(column)
            if known.isEmpty { return nil }
            let value = column.unit.magnitude(Double(known.reduce(0, +)))
            return measure.perSeconds == nil ? value : column.unit == .money ? Money(dollars: per(value))?.dollars : per(value)
        case .total(let column): return per(column.unit.magnitude(Double(values(column).reduce(0, +))))
        case .mean(let column):
            let known = values(column)
            if known.isEmpty { return nil }
            let mean = Double(known.reduce(0, +)) / Double(known.count)
            return column.unit.magnitude(column.unit == .count ? mean : mean.rounded(.toNearestOrAwayFromZero))
        case .least(let column): return values(column).first.map { column.unit.magnitude(Double($0)) }
        case .greatest(let column): return values(column).last.map { column.unit.magnitude(Double($0)) }
        case .percentile(let column, let percent):
            let known = values(column)
            if known.isEmpty { return nil }
            let rank = (Double(percent) * Double(known.count) / 100).rounded(.up)
            return column.unit.magnitude(Double(known[max(Int(rank), 1) - 1]))
        case .distinct(let column): return per(Double(Set(values(column)).count))
        case .change(let now, let before):
            let window = measures[before].offset.inNanoseconds + measures[before].length.inNanoseconds
            guard let now = value(now, measures, group, at: t), let before = value(before, measures, group, at: t) else {
                return nil
            }
            if before != 0 { return (now - before) / before }
            return now != 0 && t - window >= beginning ? (now > 0 ? .infinity : -.infinity) : nil
        }
    }

    /// Three-valued logic.
    func holds(_ condition: WindowCondition, _ measures: [WindowMeasure], _ group: Int, at t: Int64) -> Bool? {
        switch condition {
        case .always(let holds): return holds
        case .isMissing(let place): return value(place, measures, group, at: t) == nil
        case .not(let inner): return holds(inner, measures, group, at: t).map { !$0 }
        case .and(let a, let b):
            let both = [holds(a, measures, group, at: t), holds(b, measures, group, at: t)]
            return both.contains(false) ? false : both.contains(nil) ? nil : true
        case .or(let a, let b):
            let both = [holds(a, measures, group, at: t), holds(b, measures, group, at: t)]
            return both.contains(true) ? true : both.contains(nil) ? nil : false
        case .comparison(let place, let comparison, let bounds):
            guard let number = value(place, measures, group, at: t) else { return nil }
            let results = bounds.map { bound in
                switch comparison {
                case .equal: number == bound
                case .notEqual: number != bound
                case .less: number < bound
                case .lessOrEqual: number <= bound
                case .greater: number > bound
                case .greaterOrEqual: number >= bound
                }
            }
            return comparison == .notEqual ? results.allSatisfy { $0 } : results.contains(true)
        }
    }

    /// True if the group has had a row by now, or if there is only one group.
    func exists(_ group: Int, at t: Int64) -> Bool {
        groupCount == 1
            || families.indices.contains { family in
                maps[family] == Array(0..<groupCount)
                    && families[family].contains {
                        $0.group == group && max($0.from ?? .min, $0.time) <= t && $0.from ?? .min < $0.until ?? .max
                    }
            }
    }
}
