import Model

/// Counts the errors that stood behind firings: those that some evaluation while firing had in its window.
struct ErrorsBehind {
    /// Times in order, with the events up to and with each.
    private struct Timeline {
        var times: [Int64] = []
        var upTo: [Int64] = []

        mutating func append(_ time: Int64, _ weight: Int64) {
            times.append(time)
            upTo.append((upTo.last ?? 0) &+ weight)
        }

        /// The events in `(after, until]`.
        func count(after: Int64, until: Int64) -> Int64 { total(until) - total(after) }

        /// The time from the first to the last event in `(after, until]`; nil when there is none.
        func spread(after: Int64, until: Int64) -> Int64? {
            let first = place(after), last = place(until)
            return first < last ? times[last - 1] - times[first] : nil
        }

        private func total(_ time: Int64) -> Int64 {
            let place = place(time)
            return place == 0 ? 0 : upTo[place - 1]
        }

        /// How many events are not later.
        private func place(_ time: Int64) -> Int {
            var low = 0, high = times.count
            while low < high {
                let middle = (low + high) / 2
                if times[middle] <= time { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// How far back the first evaluation looks; nil for the beginning of the history.
    private let window: Int64?
    private let grid: Grid
    private let beginning: Int64
    private var timelines: [LabelSet: Timeline] = [:]

    /// - Parameter results: The labels of the results that fired.
    init(_ expression: Expression, _ results: Set<LabelSet>, _ evaluation: ExpressionEvaluation) {
        grid = evaluation.grid
        beginning = evaluation.tables.history.beginning.nanoseconds
        var selectors: [Selector] = [], longest: Int64? = 0
        for part in expression.all {
            switch part {
            case .selector(let selector):
                selectors.append(selector)
                if selector.counter != .requests { longest = nil }
            case .range(_, let selector, let window):
                selectors.append(selector)
                let (length, overflow) = selector.offset.addingReportingOverflow(window)
                longest = longest.map { max($0, overflow ? .max : length) }
            default: break
            }
        }
        window = longest
        // The other counters of errors count some of the same errors once more.
        let counted =
            [.errors, .failed, .recovered, .rateLimits, .fallbacks].first { counter in selectors.contains { $0.counter == counter } }
        guard let counted, !results.isEmpty else { return }
        for result in results { timelines[result] = Timeline() }
        gather(counted, selectors.filter { $0.counter == counted }, Array(results), evaluation.tables)
    }

    private mutating func gather(_ counter: Counter, _ selectors: [Selector], _ results: [LabelSet], _ tables: CounterTables) {
        let base = tables.events(of: Selector(counter: counter), needed: Set(Label.allCases))
        let values = tables.values
        var isSelected = [Bool](repeating: false, count: base.series.count)
        for selector in selectors {
            let chosen = base.selected(by: selector.matchers, values)
            for series in isSelected.indices where chosen[series] { isSelected[series] = true }
        }
        // A series stands behind every result whose labels it carries.
        let texts = base.series.labels.map { label in (label.name, base.series.column(label).map { values.text($0, of: label) }) }
        var behind = [[Int]](repeating: [], count: base.series.count)
        var byShape: [[String]: [[String]: [Int]]] = [:]
        for (index, result) in results.enumerated() {
            let shape = texts.map(\.0).filter { result[$0] != nil }
            byShape[shape, default: [:]][shape.map { result[$0] ?? "" }, default: []].append(index)
        }
        for (shape, found) in byShape {
            let columns = texts.filter { shape.contains($0.0) }.map(\.1)
            for series in isSelected.indices where isSelected[series] { behind[series] += found[columns.map { $0[series] }] ?? [] }
        }
        var lines = [Timeline](repeating: Timeline(), count: results.count)
        for index in base.times.indices {
            for result in behind[Int(base.seriesOf[index])] { lines[result].append(base.times[index], base.weight(index)) }
        }
        for (index, result) in results.enumerated() { timelines[result] = lines[index] }
    }

    /// The time from the first to the last error of a result in `(after, until]`; nil when there is none.
    func spread(after: Timestamp, until: Timestamp, of result: LabelSet) -> Duration? {
        timelines[result]?.spread(after: after.nanoseconds, until: until.nanoseconds).map { .nanoseconds($0) }
    }

    /// The errors behind one firing, and where they lie.
    func count(_ span: FiringSpan, of result: LabelSet) -> (errors: Int64, evidence: Window) {
        let first = grid.instant(max(span.from, 0)), last = grid.instant((span.to ?? grid.count) - 1)
        let after = window.map { first - .nanoseconds($0) } ?? Timestamp(nanoseconds: min(beginning, first.nanoseconds)) - .nanoseconds(1)
        let evidence = Window(from: after + .nanoseconds(1), to: last + .nanoseconds(1))
        guard let line = timelines[result] else { return (0, evidence) }
        return (line.count(after: after.nanoseconds, until: last.nanoseconds), evidence)
    }
}
