import Model

/// The total time that the rows of a group can come from: its whole bucket or window, or with calendar conditions and keys only
/// the hours and days that they select.
struct CoveredLengths {
    private let query: CheckedQuery
    private let axis: TimeAxis?
    private let window: Window?
    /// Nanoseconds by the values of calendar keys, for each bucket; nil if the query has no calendar fields.
    private var calendar: [[[Value]: Int64]]?
    /// The indices of the calendar keys among all keys.
    private let places: [Int]
    /// True if all remaining groups are combined.
    private var areTogether = false

    init(_ plan: Plan, facts: QueryFacts) {
        query = plan.query
        axis = plan.buckets?.axis
        window = plan.query.window ?? facts.coverage
        places = query.keys.indices.filter { [query] in query.keys[$0].isOfCalendar }
        let conditions = query.predicate.conjuncts.filter { conjunct in
            !conjunct.fields.isEmpty && conjunct.fields.allSatisfy(\.isOfCalendar)
        }
        let isPer = query.allMeasures.contains { measure in
            switch measure {
            case .perMinute, .perSecond: true
            default: false
            }
        }
        guard isPer, !places.isEmpty || !conditions.isEmpty else { return }
        let buckets = axis.map { axis in axis.starts.indices.map { axis.bucket($0).intersection(axis.window) } }
        let windows = buckets ?? [window].compactMap { $0 }
        let fields = places.map { query.keys[$0] }
        let hasHours = fields.contains { $0.id == .hour } || conditions.contains { $0.fields.contains { $0.id == .hour } }
        calendar = windows.map { CoveredLengths.nanoseconds(in: $0, query.zone, fields, .all(conditions), hasHours: hasHours) }
    }

    /// Keeps the times of these groups and combines them.
    mutating func keepOnly(_ names: [[Value]]) {
        guard !places.isEmpty else { return }
        let kept = Set(names.map { name in places.map { name[$0] } })
        calendar = calendar?.map { $0.filter { kept.contains($0.key) } }
        areTogether = true
    }

    /// Returns the seconds of a group's bucket or of the window; 0 if there are none.
    func length(of key: GroupKey, names: [Value]) -> Double {
        if let calendar {
            guard calendar.indices.contains(key.bucket) else { return 0 }
            let lengths = calendar[key.bucket]
            let length = areTogether ? lengths.values.reduce(0) { $0.addingStopping($1) } : lengths[places.map { names[$0] }] ?? 0
            return Double(length) / 1e9
        }
        let window = axis.map { $0.bucket(key.bucket).intersection($0.window) } ?? window
        return window?.length.inSeconds ?? 0
    }

    /// Returns the nanoseconds in a window that satisfy a condition on calendar fields, by the values of calendar fields.
    private static func nanoseconds(
        in window: Window, _ zone: Zone, _ fields: [Field], _ condition: CheckedPredicate, hasHours: Bool
    ) -> [[Value]: Int64] {
        var lengths: [[Value]: Int64] = [:]
        let width: Int64 = hasHours ? 3_600_000_000_000 : 86_400_000_000_000
        let parts = zone.offsets(in: window)
        for (index, part) in parts.enumerated() {
            let offset = part.offset * 1_000_000_000
            let to = index + 1 < parts.count ? parts[index + 1].from.nanoseconds : window.to.nanoseconds
            var at = part.from.nanoseconds
            while at < to {
                let local = at.addingStopping(offset)
                let next = min(to, (floorDivide(local, width) + 1).multipliedStopping(by: width).subtractingStopping(offset))
                guard next > at else { break }
                if condition.holds(atLocal: local) {
                    let values = fields.map { FieldCodec.value($0, .integer($0.calendarNumber(ofLocal: local))) }
                    lengths[values] = (lengths[values] ?? 0).addingStopping(next - at)
                }
                at = next
            }
        }
        return lengths
    }
}

extension Field {
    /// Returns the stored number of a calendar field for a local time in nanoseconds.
    fileprivate func calendarNumber(ofLocal local: Int64) -> Int64 {
        let day = floorDivide(local, 86_400_000_000_000)
        switch id {
        case .hour: return floorDivide(local, 3_600_000_000_000) - day * 24
        case .weekday: return day + 3 - floorDivide(day + 3, 7) * 7
        case .week: return floorDivide(day + 3, 7)
        case .month:
            let civil = CivilTime(day: day)
            return Int64(civil.year * 12 + civil.month - 1)
        default: return day
        }
    }
}

extension CheckedPredicate {
    /// Returns true if a condition on calendar fields holds at a local time in nanoseconds.
    fileprivate func holds(atLocal local: Int64) -> Bool {
        switch self {
        case .isOneOf(let field, let values): return values.contains(.integer(field.calendarNumber(ofLocal: local)))
        case .ordered(let field, let comparison, let bound):
            let number = field.calendarNumber(ofLocal: local)
            guard let bound = bound.integer else { return false }
            switch comparison {
            case .less: return number < bound
            case .lessOrEqual: return number <= bound
            case .greater: return number > bound
            case .greaterOrEqual: return number >= bound
            case .equal, .notEqual, .matches, .notMatches: return false
            }
        case .always(let truth): return truth
        case .isMissing: return false
        case .not(let inner): return !inner.holds(atLocal: local)
        case .and(let parts): return parts.allSatisfy { $0.holds(atLocal: local) }
        case .or(let parts): return parts.contains { $0.holds(atLocal: local) }
        case .glob, .has, .matches, .isNew, .flag, .someRow: return true
        }
    }
}
