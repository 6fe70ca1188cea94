/// Questions about an expression's shape, for findings.
extension Expression {
    /// Every selector in it.
    var selectors: [Selector] {
        all.compactMap { part in
            switch part {
            case .selector(let selector), .range(_, let selector, _): selector
            default: nil
            }
        }
    }

    /// Every counter in it.
    var counters: Set<Counter> { Set(selectors.map(\.counter)) }

    /// Selectors of counters as they are, outside of functions that take windows and of `absent`.
    var rawSelectors: [Selector] {
        switch self {
        case .selector(let selector): [selector]
        case .absent: []
        default: parts.flatMap(\.rawSelectors)
        }
    }

    /// The expression with every raw counter replaced by its increase over a window.
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

    /// For a count of events: its window (nil for a raw counter) and what one event adds to the value.
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

    /// True when each series of it never falls: counters as they are, and what adds them up.
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

    /// For a quotient of errors and calls that were counted over the same stretch in the same unit; false where anything about
    /// the two differs, or keeps the quotient from being a share of the calls.
    var isErrorsOfCalls: Bool {
        guard case .arithmetic(.over, let a, let b, _) = self, let some = a.summedCount, let all = b.summedCount else {
            return false
        }
        return [.errors, .rateLimits, .failed].contains(some.selector.counter) && all.selector.counter == .requests
            && some.function == all.function && some.window == all.window && some.selector.offset == all.selector.offset
    }

    /// What a count of events counts, by itself or summed up.
    private var summedCount: (selector: Selector, function: RangeFunction, window: Int64)? {
        switch self {
        case .range(let function, let selector, let window) where function.countsEvents: (selector, function, window)
        case .aggregate(.sum, _, let inner): inner.summedCount
        default: nil
        }
    }

    /// How long a condition may hold after the last event that made it hold, which is as long as its windows keep the event:
    /// the shortest of what must hold together. `.max` for what asks nothing of events, nil where it cannot be told.
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

    /// The counter's name where results still carry it as `__name__`: selectors keep it, and what only picks among results;
    /// functions, sums and arithmetic drop it. Nil where results of different counters come together.
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

    /// True when a `rate` is in it.
    var usesRate: Bool { all.contains { if case .range(.rate, _, _) = $0 { true } else { false } } }

    /// What it counts, in a word.
    var unitWord: String {
        switch counters.first {
        case .requests where counters.count == 1: "call"
        case .fallbacks where counters.count == 1: "fallback"
        case .recovered where counters.count == 1: "recovered error"
        default: "error"
        }
    }
}
