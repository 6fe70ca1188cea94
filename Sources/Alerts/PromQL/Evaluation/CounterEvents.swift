import Model

/// The events of one counter by series, in time order.
struct CounterEvents {
    /// The series in their defined order.
    var series: SeriesTable
    /// Event times in nanoseconds since 1970, ascending.
    var times: [Int64]
    var seriesOf: [Int32]
    /// Event weights; empty when all are 1.
    var weights: [Int64]

    @inline(__always) func weight(_ index: Int) -> Int64 { weights.isEmpty ? 1 : weights[index] }

    /// Returns the events of the series that satisfy all matchers.
    func selecting(_ matchers: [Matcher], _ values: LabelValues) -> CounterEvents {
        if matchers.isEmpty { return self }
        let chosen = selected(by: matchers, values)
        let kept = chosen.indices.filter { chosen[$0] }
        var numbers = [Int32](repeating: -1, count: series.count)
        for (number, index) in kept.enumerated() { numbers[index] = Int32(number) }
        var result = CounterEvents(series: series.selecting(kept), times: [], seriesOf: [], weights: [])
        for (index, old) in seriesOf.enumerated() {
            let number = numbers[Int(old)]
            guard number >= 0 else { continue }
            result.times.append(times[index])
            result.seriesOf.append(number)
            if !weights.isEmpty { result.weights.append(weights[index]) }
        }
        return result
    }

    /// Returns for each series whether it satisfies all matchers.
    func selected(by matchers: [Matcher], _ values: LabelValues) -> [Bool] {
        var chosen = [Bool](repeating: true, count: series.count)
        for matcher in matchers {
            let test = MatcherTest(matcher), texts = values.texts(of: matcher.label)
            if matcher.label == .model, test.asksForProvider {
                let providers = series.column(.provider)
                for (index, code) in series.column(.model).enumerated() where chosen[index] {
                    chosen[index] = test.takes(
                        texts[Int(code)], provider: values.text(providers[index], of: .provider))
                }
                continue
            }
            let accepted = texts.map { test.takes($0) }
            for (index, code) in series.column(matcher.label).enumerated() where !accepted[Int(code)] { chosen[index] = false }
        }
        return chosen
    }
}

/// The counters of a history as labelled series, built once and shared by all rules.
final class CounterTables {
    let history: EventHistory
    /// The texts of the history and of the expressions.
    var values: LabelValues
    /// The labels that series may have.
    let limit: Set<Label>
    /// Events after this instant are ignored.
    private let end: Int64
    private lazy var order = SeriesOrder(history.values)
    private var tables: [Key: CounterEvents] = [:]

    private struct Key: Hashable {
        var counter: Counter
        /// The index of the calls table.
        var table = 0
        var matchers: [Matcher] = []
    }

    init(_ history: EventHistory, limit: Set<Label>, end: Int64) {
        self.history = history
        values = history.values
        self.limit = limit
        self.end = end
    }

    /// Returns the events that a selector counts.
    ///
    /// - Parameter needed: The labels that the surrounding expression can distinguish.
    func events(of selector: Selector, needed: Set<Label>) -> CounterEvents {
        let table = selector.counter == .requests ? callTable(needed.union(selector.matchers.flatMap(\.labels))) ?? -1 : 0
        let key = Key(counter: selector.counter, table: table, matchers: selector.matchers)
        if let found = tables[key] { return found }
        let all = Key(counter: selector.counter, table: table)
        let base = tables[all] ?? make(selector.counter, table)
        tables[all] = base
        let result = base.selecting(selector.matchers, values)
        tables[key] = result
        return result
    }

    /// Picks the table of calls: one with all labels within the limit, else the one with the fewest that has those needed.
    func callTable(_ needed: Set<Label>) -> Int? {
        let wanted = limit.intersection(Label.ofCalls), needed = needed.intersection(wanted)
        func best(_ labels: Set<Label>) -> Int? {
            history.calls.indices.filter { labels.isSubset(of: history.calls[$0].columns.labels) }
                .min { (history.calls[$0].columns.labels.count, $0) < (history.calls[$1].columns.labels.count, $1) }
        }
        let found = best(wanted) ?? best(needed)
        precondition(found != nil || history.calls.isEmpty, "a table of calls has the labels that the rules need")
        return found
    }

    private func make(_ counter: Counter, _ table: Int) -> CounterEvents {
        let errors = history.errors
        switch counter {
        case .errors: return make(errors, counter)
        case .rateLimits:
            let limited = values.existingCode(of: "rate_limit", for: .errorType)
            guard let limited, let column = errors.labels.firstIndex(of: .errorType) else {
                return make(errors, counter, rows: [])
            }
            let codes = errors.codes[column]
            return make(errors, counter, rows: codes.indices.filter { codes[$0] == limited }.map { (errors.times[$0], $0) })
        case .recovered: return make(errors, counter, rows: known(history.recoveredAt))
        case .failed: return make(errors, counter, rows: known(history.settledAt, unless: history.recoveredAt))
        case .requests: return make(table < 0 ? EventColumns(labels: []) : history.calls[table].columns, counter)
        case .fallbacks: return make(history.fallbacks, counter)
        }
    }

    /// Returns the errors with the times at which their outcome became known, in time order.
    private func known(_ instants: [Int64?], unless others: [Int64?] = []) -> [(Int64, Int)] {
        let times = history.errors.times
        return instants.indices.compactMap { index in
            guard let instant = instants[index], others.isEmpty || others[index] == nil else { return nil }
            return (max(instant, times[index]), index)
        }.sorted(by: <)
    }

    /// Builds the events of all rows, or of selected rows at other times.
    private func make(_ columns: EventColumns, _ counter: Counter, rows: [(time: Int64, row: Int)]? = nil) -> CounterEvents {
        let labels = columns.labels.filter { limit.contains($0) && counter.labels.contains($0) }.sorted {
            $0.rawValue < $1.rawValue
        }
        var codes = labels.map { label in columns.codes[columns.labels.firstIndex(of: label) ?? 0] }
        var times = columns.times, weights = columns.weights
        if let rows {
            let kept = rows.prefix { $0.time <= end }
            times = kept.map(\.time)
            codes = codes.map { column in kept.map { column[$0.row] } }
            if !weights.isEmpty { weights = kept.map { columns.weights[$0.row] } }
        } else if let last = times.last, last > end {
            let count = times.firstIndex { $0 > end } ?? times.count
            times.removeLast(times.count - count)
            codes = codes.map { Array($0[..<count]) }
            if !weights.isEmpty { weights.removeLast(weights.count - count) }
        }
        let groups = Groups(codes, radices: labels.map(values.count(of:)), rows: times.count)
        let table = SeriesTable(
            labels: labels, codes: groups.firstRows.flatMap { row in codes.map { $0[row] } }, count: groups.firstRows.count)
        let sorted = order.sorted(table)
        var numbers = [Int32](repeating: 0, count: table.count)
        for (number, index) in sorted.enumerated() { numbers[index] = Int32(number) }
        return CounterEvents(
            series: table.selecting(sorted), times: times, seriesOf: groups.ids.map { numbers[Int($0)] }, weights: weights)
    }
}
