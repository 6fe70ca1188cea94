import Model

/// Counts the errors behind firings: those within the window of some evaluation while firing.
struct ErrorsBehindFirings {
    /// An interval `(after, until]` of one result, in nanoseconds.
    struct Interval {
        var result: Int
        var after: Int64, until: Int64
    }

    /// How far back an evaluation looks, in nanoseconds; nil means to the beginning of the history.
    let window: Int64?
    private let events: CounterEvents
    /// The results behind which each series stands, flattened: those of series `i` are at `starts[i]..<starts[i + 1]`.
    private var targets: [Int32] = [], starts: [Int] = [0]
    private let resultCount: Int

    /// - Parameter results: The labels of the results that fired.
    init(_ expression: Expression, _ results: [LabelSet], _ evaluation: ExpressionEvaluation) {
        var longest: Int64? = 0
        for part in expression.all {
            switch part {
            case .selector(let selector) where selector.counter != .requests: longest = nil
            case .range(_, let selector, let window):
                let (length, overflow) = selector.offset.addingReportingOverflow(window)
                longest = longest.map { max($0, overflow ? .max : length) }
            default: break
            }
        }
        window = longest
        resultCount = results.count
        // The other error counters would count some of the same errors again.
        let selectors = expression.selectors, tables = evaluation.tables
        let counter = [Counter.errors, .failed, .recovered, .rateLimits, .fallbacks].first { counter in
            selectors.contains { $0.counter == counter }
        }
        guard let counter, !results.isEmpty else {
            events = CounterEvents(series: .none, times: [], seriesOf: [], weights: [])
            return
        }
        events = tables.events(of: Selector(counter: counter), needed: Set(Label.allCases))
        gather(selectors.filter { $0.counter == counter }, results, tables.values)
    }

    /// Finds the results to which each series contributes: those whose labels it has.
    private mutating func gather(_ selectors: [Selector], _ results: [LabelSet], _ values: LabelValues) {
        var isSelected = [Bool](repeating: false, count: events.series.count)
        for selector in selectors {
            let chosen = events.selected(by: selector.matchers, values)
            for series in isSelected.indices where chosen[series] { isSelected[series] = true }
        }
        var byShape: [[Label]: [[Int32]: [Int32]]] = [:]
        for (index, result) in results.enumerated() {
            let shape = events.series.labels.filter { result[$0.name] != nil }
            // A value that no event has matches nothing.
            let codes = shape.map { values.existingCode(of: result[$0.name] ?? "", for: $0) ?? -1 }
            byShape[shape, default: [:]][codes, default: []].append(Int32(index))
        }
        let shapes = byShape.keys.sorted { $0.map(\.rawValue).lexicographicallyPrecedes($1.map(\.rawValue)) }
        for series in isSelected.indices {
            if isSelected[series] {
                for shape in shapes { targets += byShape[shape]?[shape.map { events.series.code(of: series, $0) }] ?? [] }
            }
            starts.append(targets.count)
        }
    }

    /// Returns the interval covered by the evaluations of a firing.
    func interval(_ span: FiringSpan, of result: Int, on grid: Grid, since beginning: Int64) -> Interval {
        let first = grid.instant(max(span.from, 0)).nanoseconds, last = grid.instant((span.to ?? grid.count) - 1).nanoseconds
        let (before, overflow) = window.map { first.subtractingReportingOverflow($0) } ?? (min(beginning, first), false)
        let after = overflow ? .min : window == nil && before > .min ? before - 1 : before
        return Interval(result: result, after: after, until: last)
    }

    /// Counts the events in each interval.
    func counts(_ intervals: [Interval]) -> [Int64] {
        let places = intervals.map { (place($0.after), place($0.until)) }
        let effort = places.reduce(0) { $0 + $1.1 - $1.0 }
        if effort > 4 * events.times.count { return countsByTimeline(intervals) }
        return zip(intervals, places).map { interval, places in
            var count: Int64 = 0
            for index in places.0..<max(places.0, places.1) where stands(index, behind: interval.result) {
                count &+= events.weight(index)
            }
            return count
        }
    }

    /// Returns the time from the first to the last event in an interval, in nanoseconds; nil if there is none.
    func spread(_ interval: Interval) -> Int64? {
        let range = place(interval.after)..<max(place(interval.until), place(interval.after))
        guard let first = range.first(where: { stands($0, behind: interval.result) }),
            let last = range.last(where: { stands($0, behind: interval.result) })
        else { return nil }
        return events.times[last] - events.times[first]
    }

    private func stands(_ event: Int, behind result: Int) -> Bool {
        let series = Int(events.seriesOf[event])
        for place in starts[series]..<starts[series + 1] where Int(targets[place]) == result { return true }
        return false
    }

    /// Counts many long intervals: the events of each result are collected once.
    private func countsByTimeline(_ intervals: [Interval]) -> [Int64] {
        var times = [[Int64]](repeating: [], count: resultCount), upTo = times
        for index in events.times.indices {
            let series = Int(events.seriesOf[index])
            for place in starts[series]..<starts[series + 1] {
                let result = Int(targets[place])
                times[result].append(events.times[index])
                upTo[result].append((upTo[result].last ?? 0) &+ events.weight(index))
            }
        }
        return intervals.map { interval in
            func total(_ time: Int64) -> Int64 {
                let place = ErrorsBehindFirings.place(time, in: times[interval.result])
                return place == 0 ? 0 : upTo[interval.result][place - 1]
            }
            return total(interval.until) - total(interval.after)
        }
    }

    private func place(_ time: Int64) -> Int { ErrorsBehindFirings.place(time, in: events.times) }

    /// The number of times at or before `time`.
    private static func place(_ time: Int64, in times: [Int64]) -> Int {
        times.partitioningIndex { $0 > time }
    }
}
