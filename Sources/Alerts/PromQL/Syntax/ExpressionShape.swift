/// Structural queries on expressions, used for findings.
extension Expression {
    /// All selectors in the expression.
    var selectors: [Selector] {
        all.compactMap { part in
            switch part {
            case .selector(let selector), .range(_, let selector, _): selector
            default: nil
            }
        }
    }

    /// All counters in the expression.
    var counters: Set<Counter> { Set(selectors.map(\.counter)) }

    /// Selectors used without a range function and outside of `absent`.
    var rawSelectors: [Selector] {
        switch self {
        case .selector(let selector): [selector]
        case .absent: []
        default: parts.flatMap(\.rawSelectors)
        }
    }

    /// Returns the expression with every raw counter replaced by its increase over a window.
    func withIncrease(window: Int64) -> Expression {
        func changed(_ inner: Expression) -> Expression { inner.withIncrease(window: window) }
        switch self {
        case .selector(let selector): return .range(.increase, selector, window: window)
        case .number, .range, .absent, .time: return self
        case .scalar(let a): return .scalar(changed(a))
        case .vector(let a): return .vector(changed(a))
        case .clock(let function, let a): return .clock(function, changed(a))
        case .clampMin(let a, let b): return .clampMin(changed(a), changed(b))
        case .clampMax(let a, let b): return .clampMax(changed(a), changed(b))
        case .aggregate(let aggregation, let grouping, let a): return .aggregate(aggregation, grouping, changed(a))
        case .negative(let a): return .negative(changed(a))
        case .arithmetic(let operation, let a, let b, let matching):
            return .arithmetic(operation, changed(a), changed(b), matching)
        case .comparison(let relation, let a, let b, let matching, let isBool):
            return .comparison(relation, changed(a), changed(b), matching, isBool: isBool)
        case .set(let operation, let a, let b, let matching): return .set(operation, changed(a), changed(b), matching)
        }
    }

    /// For event counts, the window (nil for a raw counter) and the amount that one event adds to the value.
    var countedWindow: (window: Int64?, factor: Double)? {
        switch self {
        case .selector: return (nil, 1)
        case .range(.increase, _, let window), .range(.delta, _, let window): return (window, 1)
        case .range(.rate, _, let window): return (window, 1 / (Double(window) / 1e9))
        case .aggregate(.sum, _, let inner), .aggregate(.max, _, let inner), .aggregate(.topk, _, let inner):
            return inner.countedWindow
        case .arithmetic(.times, let inner, .number(let factor), _), .arithmetic(.times, .number(let factor), let inner, _):
            guard factor > 0, factor.isFinite, let found = inner.countedWindow else { return nil }
            return (found.window, found.factor * factor)
        default: return nil
        }
    }

    /// True if its series never decrease: raw counters and their sums.
    var neverFalls: Bool {
        switch self {
        case .selector: true
        case .aggregate(.sum, _, let inner), .aggregate(.min, _, let inner), .aggregate(.max, _, let inner): inner.neverFalls
        case .arithmetic(.plus, let a, let b, _):
            (a.neverFalls || a.constant != nil) && (b.neverFalls || b.constant != nil) && constant == nil
        case .arithmetic(.times, let inner, let factor, _), .arithmetic(.over, let inner, let factor, _):
            inner.neverFalls && (factor.constant ?? 0) > 0
        default: false
        }
    }

    /// True for a ratio of errors to calls that count over the same window in the same unit; false if they differ in any way
    /// that keeps the ratio from being a share of the calls.
    var isErrorsOfCalls: Bool {
        guard case .arithmetic(.over, let a, let b, _) = self, let some = a.summedCount, let all = b.summedCount else {
            return false
        }
        return [.errors, .rateLimits, .failed].contains(some.selector.counter) && all.selector.counter == .requests
            && some.function == all.function && some.window == all.window && some.selector.offset == all.selector.offset
    }

    /// The selector, function and window of an event count, with or without `sum`.
    private var summedCount: (selector: Selector, function: RangeFunction, window: Int64)? {
        switch self {
        case .range(let function, let selector, let window) where function.countsEvents: (selector, function, window)
        case .aggregate(.sum, _, let inner): inner.summedCount
        default: nil
        }
    }

    /// How long the condition can hold after the last event that made it true, which is how long its windows keep that event:
    /// the shortest of the conditions that must hold together. `.max` if it involves no events; nil if unknown.
    var outlasts: Int64? {
        if selectors.isEmpty { return .max }
        switch self {
        case .comparison(let relation, let a, let b, _, isBool: false):
            let (measure, bound, how) = a.isScalar ? (b, a, relation.mirrored) : (a, b, relation)
            guard bound.constant != nil, how == .greater || how == .greaterOrEqual else { return nil }
            if measure.isErrorsOfCalls, case .arithmetic(_, let some, _, _) = measure { return some.summedCount?.window }
            return measure.countedWindow?.window
        case .set(.and, let a, let b, _):
            guard let a = a.outlasts, let b = b.outlasts else { return nil }
            return min(a, b)
        case .set(.or, let a, let b, _):
            guard let a = a.outlasts, let b = b.outlasts else { return nil }
            return max(a, b)
        default: return nil
        }
    }

    /// The metric name, if results still have it as `__name__`: selectors and filters keep it; functions, sums and arithmetic
    /// drop it. Nil if results of different counters are combined.
    var metricName: String? {
        switch self {
        case .selector(let selector): return selector.counter.name
        case .aggregate(.topk, _, let inner): return inner.metricName
        case .comparison(_, let a, let b, let matching, isBool: false):
            if a.isScalar { return b.metricName }
            return b.isScalar || !matching.grouping.keeps || matching.groupLeft != nil ? a.metricName : nil
        case .set(.or, let a, let b, _): return a.metricName == b.metricName ? a.metricName : nil
        case .set(_, let a, _, _): return a.metricName
        default: return nil
        }
    }

    /// True if the expression contains `rate`.
    var usesRate: Bool { all.contains { if case .range(.rate, _, _) = $0 { true } else { false } } }

    /// The singular noun for what the expression counts.
    var unitWord: String {
        switch counters.first {
        case .requests where counters.count == 1: "call"
        case .fallbacks where counters.count == 1: "fallback"
        case .recovered where counters.count == 1: "recovered error"
        default: "error"
        }
    }
}
