import Model

@testable import Alerts

/// A naive PromQL evaluator: every window is recounted and every vector rebuilt at every step.
final class NaiveEvaluator {
    typealias Labels = [Label: String]

    struct Element {
        var labels: Labels
        var value: Double
    }

    /// The value of an expression at one instant.
    enum Result {
        case scalar(Double)
        case vector([Element])
    }

    /// Why an evaluation failed.
    struct Failure: Error {}

    let plain: PlainHistory
    let grid: Grid
    let limit: Set<Label>
    private var seriesOf: [Selector: [(labels: Labels, times: [Int64])]] = [:]

    init(plain: PlainHistory, grid: Grid, limit: Set<Label>) {
        self.plain = plain
        self.grid = grid
        self.limit = limit
    }

    private func exported(_ labels: Labels) -> Labels { labels.filter { limit.contains($0.key) } }

    /// Label sets compared as Prometheus does: pair by pair, names first.
    static func precedes(_ a: Labels, _ b: Labels) -> Bool {
        func flat(_ labels: Labels) -> [String] {
            labels.sorted { $0.key.name < $1.key.name }.flatMap { [$0.key.name, $0.value] }
        }
        return flat(a).lexicographicallyPrecedes(flat(b))
    }

    private func matches(_ matcher: Matcher, _ labels: Labels) -> Bool {
        let text = labels[matcher.label] ?? ""
        switch matcher.kind {
        case .equal: return text == matcher.value
        case .notEqual: return text != matcher.value
        case .matches, .matchesNot:
            // Generated patterns are alternatives of literals.
            let isOne = matcher.value.split(separator: "|", omittingEmptySubsequences: false).contains { $0 == text }
            return isOne == (matcher.kind == .matches)
        }
    }

    /// The series of a selector with the times of their events, in order.
    private func series(_ selector: Selector) -> [(labels: Labels, times: [Int64])] {
        var bare = selector
        bare.offset = 0
        if let known = seriesOf[bare] { return known }
        var found: [Labels: [Int64]] = [:]
        for row in plain.rows(of: selector.counter) where row.time <= grid.end.nanoseconds {
            let labels = exported(row.labels)
            if selector.matchers.allSatisfy({ matches($0, labels) }) { found[labels, default: []].append(row.time) }
        }
        let series = found.map { (labels: $0.key, times: $0.value) }.sorted { NaiveEvaluator.precedes($0.labels, $1.labels) }
        seriesOf[bare] = series
        return series
    }

    func evaluate(_ expression: Expression, at t: Int64) throws(Failure) -> Result {
        switch expression {
        case .number(let value): return .scalar(value)
        case .time: return .scalar(Double(t) / 1e9)
        case .selector(let selector):
            guard t - selector.offset >= plain.beginning else { return .vector([]) }
            return .vector(
                series(selector).map { Element(labels: $0.labels, value: Double($0.times.count { $0 <= t - selector.offset })) })
        case .range(let function, let selector, let window): return .vector(ranged(function, selector, window, t))
        case .absent(let inner):
            guard try vector(inner, t).isEmpty else { return .vector([]) }
            var labels: Labels = [:]
            if case .selector(let selector) = inner {
                for matcher in selector.matchers
                where matcher.kind == .equal && !matcher.value.isEmpty
                    && selector.matchers.count(where: { $0.label == matcher.label }) == 1
                {
                    labels[matcher.label] = matcher.value
                }
            }
            return .vector([Element(labels: labels, value: 1)])
        case .scalar(let inner):
            let found = try vector(inner, t)
            return .scalar(found.count == 1 ? found[0].value : .nan)
        case .vector(let inner): return .vector([Element(labels: [:], value: try scalar(inner, t))])
        case .clock(let function, let inner):
            return .vector(try vector(inner, t).map { Element(labels: $0.labels, value: Elementwise.clock(function, $0.value)) })
        case .clampMin(let inner, let bound):
            let bound = try scalar(bound, t)
            return .vector(try vector(inner, t).map { Element(labels: $0.labels, value: max($0.value, bound)) })
        case .clampMax(let inner, let bound):
            let bound = try scalar(bound, t)
            return .vector(try vector(inner, t).map { Element(labels: $0.labels, value: min($0.value, bound)) })
        case .negative(let inner):
            switch try evaluate(inner, at: t) {
            case .scalar(let value): return .scalar(-value)
            case .vector(let elements): return .vector(elements.map { Element(labels: $0.labels, value: -$0.value) })
            }
        case .aggregate(let aggregation, let grouping, let inner):
            return .vector(aggregated(aggregation, grouping, try vector(inner, t)))
        case .arithmetic(let operation, let a, let b, let matching):
            return try paired(a, b, matching, t) { x, y, _ in operation.apply(x, y) }
        case .comparison(let relation, let a, let b, let matching, let isBool):
            return try paired(a, b, matching, t) { x, y, shown in
                relation.holds(x, y) ? (isBool ? 1 : shown) : isBool ? 0 : nil
            }
        case .set(let operation, let a, let b, let matching):
            let left = try vector(a, t), right = try vector(b, t)
            func key(_ element: Element) -> Labels { selected(element.labels, matching.grouping) }
            switch operation {
            case .and: return .vector(left.filter { element in right.contains { key($0) == key(element) } })
            case .unless: return .vector(left.filter { element in !right.contains { key($0) == key(element) } })
            case .or: return .vector(left + right.filter { element in !left.contains { key($0) == key(element) } })
            }
        }
    }

    private func vector(_ expression: Expression, _ t: Int64) throws(Failure) -> [Element] {
        switch try evaluate(expression, at: t) {
        case .vector(let elements): return elements
        case .scalar(let value): return [Element(labels: [:], value: value)]
        }
    }

    private func scalar(_ expression: Expression, _ t: Int64) throws(Failure) -> Double {
        if case .scalar(let value) = try evaluate(expression, at: t) { return value }
        throw Failure()
    }

    private func selected(_ labels: Labels, _ grouping: Grouping) -> Labels {
        labels.filter { grouping.labels.contains($0.key) == grouping.keeps }
    }

    private func ranged(_ function: RangeFunction, _ selector: Selector, _ window: Int64, _ t: Int64) -> [Element] {
        let end = t - selector.offset
        if function.countsEvents {
            guard end >= plain.beginning else { return [] }
            return series(selector).map { labels, times in
                let count = Double(times.count { $0 > end - window && $0 <= end })
                return Element(labels: labels, value: function == .rate ? count * (1 / (Double(window) / 1e9)) : count)
            }
        }
        // Samples at the grid instants since the beginning, in a window closed at both ends.
        let step = grid.step.inNanoseconds
        var instants: [Int64] = []
        var sample = grid.start.nanoseconds
        while sample > plain.beginning { sample -= step }
        while sample < plain.beginning { sample += step }
        while sample <= end {
            if sample >= end - window { instants.append(sample) }
            sample += step
        }
        guard !instants.isEmpty, function != .irate || instants.count > 1 else { return [] }
        return series(selector).map { labels, times in
            let values = instants.map { instant in Double(times.count { $0 <= instant }) }
            let value: Double
            switch function {
            case .irate: value = (values[values.count - 1] - values[values.count - 2]) / (Double(step) / 1e9)
            case .sumOverTime: value = values.reduce(0, +)
            case .averageOverTime: value = values.reduce(0, +) / Double(values.count)
            case .minOverTime: value = values.min() ?? .nan
            case .maxOverTime: value = values.max() ?? .nan
            default: value = Double(values.count)
            }
            return Element(labels: labels, value: value)
        }
    }

    /// The positions kept by a heap that drops its first member: Go's container/heap as a list in which
    /// children are at twice their parent's position.
    static func top(_ k: Int, _ values: [Double]) -> [Int] {
        func less(_ a: Int, _ b: Int) -> Bool { values[a].isNaN || values[a] < values[b] }
        var heap: [Int] = []
        func push(_ place: Int) {
            heap.append(place)
            var j = heap.count - 1
            while j > 0, case let i = (j - 1) / 2, less(heap[j], heap[i]) {
                heap.swapAt(i, j)
                j = i
            }
        }
        func pop() {
            let n = heap.count - 1
            heap.swapAt(0, n)
            heap.removeLast()
            var i = 0
            while case let left = 2 * i + 1, left < n {
                let j = left + 1 < n && less(heap[left + 1], heap[left]) ? left + 1 : left
                if !less(heap[j], heap[i]) { break }
                heap.swapAt(i, j)
                i = j
            }
        }
        for place in values.indices where k > 0 {
            if heap.count < k {
                push(place)
            } else if values[heap[0]] < values[place] || values[heap[0]].isNaN {
                if k == 1 { heap[0] = place } else { pop(); push(place) }
            }
        }
        return heap
    }

    private func aggregated(_ aggregation: Aggregation, _ grouping: Grouping, _ elements: [Element]) -> [Element] {
        if case .topk(let k) = aggregation {
            // The kept series keep their order.
            var kept: Set<Int> = []
            for key in Set(elements.map { selected($0.labels, grouping) }) {
                let places = elements.indices.filter { selected(elements[$0].labels, grouping) == key }
                kept.formUnion(NaiveEvaluator.top(k, places.map { elements[$0].value }).map { places[$0] })
            }
            return elements.indices.filter(kept.contains).map { elements[$0] }
        }
        var order: [Labels] = [], groups: [Labels: [Element]] = [:]
        for element in elements {
            let key = selected(element.labels, grouping)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(element)
        }
        return order.flatMap { key -> [Element] in
            let members = groups[key] ?? []
            let values = members.map(\.value)
            switch aggregation {
            case .sum: return [Element(labels: key, value: values.reduce(0, +))]
            case .average: return [Element(labels: key, value: values.reduce(0, +) / Double(values.count))]
            case .count: return [Element(labels: key, value: Double(values.count))]
            case .min: return [Element(labels: key, value: values.filter { !$0.isNaN }.min() ?? .nan)]
            case .max: return [Element(labels: key, value: values.filter { !$0.isNaN }.max() ?? .nan)]
            case .topk: return members
            }
        }
    }

    private func paired(
        _ a: Expression, _ b: Expression, _ matching: VectorMatching, _ t: Int64, _ function: (Double, Double, Double) -> Double?
    ) throws(Failure) -> Result {
        switch (try evaluate(a, at: t), try evaluate(b, at: t)) {
        case (.scalar(let x), .scalar(let y)): return .scalar(function(x, y, x) ?? .nan)
        case (.vector(let elements), .scalar(let y)):
            return .vector(
                elements.compactMap { element in
                    function(element.value, y, element.value).map { Element(labels: element.labels, value: $0) }
                })
        case (.scalar(let x), .vector(let elements)):
            return .vector(
                elements.compactMap { element in
                    function(x, element.value, element.value).map { Element(labels: element.labels, value: $0) }
                })
        case (.vector(let left), .vector(let right)): return .vector(try matched(left, right, matching, function))
        }
    }

    private func matched(
        _ left: [Element], _ right: [Element], _ matching: VectorMatching, _ function: (Double, Double, Double) -> Double?
    ) throws(Failure) -> [Element] {
        if left.isEmpty || right.isEmpty { return [] }
        var partners: [Labels: Element] = [:]
        for element in right {
            let key = selected(element.labels, matching.grouping)
            if partners[key] != nil { throw Failure() }
            partners[key] = element
        }
        var result: [Element] = [], seen: [Labels: [Labels]] = [:]
        for element in left {
            let key = selected(element.labels, matching.grouping)
            guard let partner = partners[key], let value = function(element.value, partner.value, element.value) else { continue }
            var labels = element.labels
            if let taken = matching.groupLeft {
                for label in taken { labels[label] = partner.labels[label] }
                if seen[key, default: []].contains(labels) { throw Failure() }
            } else {
                if seen[key] != nil { throw Failure() }
                labels = key
            }
            seen[key, default: []].append(labels)
            result.append(Element(labels: labels, value: value))
        }
        return result
    }
}
