/// Decides whether a condition can hold for a group without rows in any window.
struct SilentGroup {
    /// The possible values of each measure; nil if it can be anything.
    private let values: [[Double]?]

    /// - Parameter isGrouped: Returns true for families whose rows have all keys; other families may have any number of rows.
    init(_ measures: [WindowMeasure], isGrouped: (Int) -> Bool) {
        var values: [[Double]?] = []
        for measure in measures {
            switch measure.quantity {
            case .count(let rows): values.append(isGrouped(rows.family) ? [0] : nil)
            case .total(let column), .distinct(let column): values.append(isGrouped(column.family) ? [0] : nil)
            case .sum(let column), .mean(let column), .least(let column), .greatest(let column), .percentile(let column, _):
                values.append(isGrouped(column.family) ? [.absent] : nil)
            case .ratio(let part, let all):
                values.append(isGrouped(all.family) ? [.absent] : isGrouped(part.family) ? [0, .absent] : nil)
            case .rest(let part, let all):
                values.append(isGrouped(all.family) ? [.absent] : isGrouped(part.family) ? [1, .absent] : nil)
            case .share: values.append([0, .absent])
            case .change(let now, let before):
                func isNothing(_ place: Int) -> Bool {
                    let possible = values.indices.contains(place) ? values[place] : nil
                    return possible?.allSatisfy { $0.isAbsent || $0 == 0 } ?? false
                }
                values.append(isNothing(now) && isNothing(before) ? [.absent] : nil)
            }
        }
        self.values = values
    }

    /// Returns true if the condition can hold, treating measures as independent.
    func mayHold(_ condition: WindowCondition) -> Bool { outcomes(condition).contains(true) }

    private func outcomes(_ condition: WindowCondition) -> Set<Bool?> {
        switch condition {
        case .always(let holds): return [holds]
        case .comparison(let measure, let comparison, let bounds):
            guard let possible = values[measure] else { return [true, false, nil] }
            return Set(possible.map { $0.isAbsent ? nil : comparison.holds($0, bounds) })
        case .isMissing(let measure):
            guard let possible = values[measure] else { return [true, false] }
            return Set(possible.map(\.isAbsent))
        case .not(let inner): return Set(outcomes(inner).map { $0.map { !$0 } })
        case .and(let a, let b):
            return combined(a, b) { x, y in x == false || y == false ? false : x == nil || y == nil ? nil : true }
        case .or(let a, let b):
            return combined(a, b) { x, y in x == true || y == true ? true : x == nil || y == nil ? nil : false }
        }
    }

    private func combined(_ a: WindowCondition, _ b: WindowCondition, _ both: (Bool?, Bool?) -> Bool?) -> Set<Bool?> {
        let second = outcomes(b)
        return Set(outcomes(a).flatMap { x in second.map { both(x, $0) } })
    }
}
