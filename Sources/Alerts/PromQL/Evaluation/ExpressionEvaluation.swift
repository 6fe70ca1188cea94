/// Evaluates expressions over a whole grid in one pass each; subexpressions shared by rules are evaluated once.
final class ExpressionEvaluation {
    let grid: Grid
    let tables: CounterTables
    /// True once a value other than a whole count was compared with one that differs only by rounding, so that the order of
    /// summation decides.
    private(set) var isWithinRounding = false
    private var uses: [Expression: Int] = [:]
    private var kept: [Expression: StepVector] = [:]
    private var gridEvents: [GridKey: GridEvents] = [:]

    private struct GridKey: Hashable {
        var selector: Selector
        var labels: [Label]
        var delay: Int64
    }

    /// - Parameters:
    ///   - limit: The labels of the counters, as an exporter would expose them.
    init(_ history: EventHistory, _ grid: Grid, limit: Set<Label>) {
        self.grid = grid
        tables = CounterTables(history, limit: limit, end: grid.end.nanoseconds)
    }

    private var values: LabelValues { tables.values }

    /// Registers an expression that will be evaluated once; results of shared subexpressions are kept until their last use.
    func announce(_ expression: Expression) {
        uses[expression, default: 0] += 1
        if uses[expression] == 1 && !isCountedAtOnce(expression) { expression.parts.forEach(announce) }
    }

    /// Evaluates an expression at every instant.
    func evaluate(_ expression: Expression) -> StepVector {
        let rest = (uses[expression] ?? 0) - 1
        if let found = kept[expression] {
            uses[expression] = rest
            if rest <= 0 { kept[expression] = nil }
            return found
        }
        let result = fresh(expression)
        if rest > 0 {
            uses[expression] = rest
            kept[expression] = result
        }
        return result
    }

    private func fresh(_ expression: Expression) -> StepVector {
        switch expression {
        case .number(let value): return StepVector(series: .scalar, changes: [Change(0, 0, value)], isIntegral: isWhole(value))
        case .time: return Elementwise.time(grid)
        case .selector, .range: return counter(expression, grouping: nil)
        case .absent(let inner): return Elementwise.absent(evaluate(inner), labels: absentLabels(inner))
        case .scalar(let inner): return Elementwise.scalar(evaluate(inner))
        case .vector(let inner): return evaluate(inner)
        case .clock(let function, let inner):
            return Elementwise.map(evaluate(inner), isIntegral: true) { Elementwise.clock(function, $0) }
        case .clampMin(let inner, let bound):
            return withScalar(inner, bound) { value, bound in value.isNaN || bound.isNaN ? .nan : max(value, bound) }
        case .clampMax(let inner, let bound):
            return withScalar(inner, bound) { value, bound in value.isNaN || bound.isNaN ? .nan : min(value, bound) }
        case .negative(let inner):
            let vector = evaluate(inner)
            return Elementwise.map(vector, isIntegral: vector.isIntegral) { -$0 }
        case .aggregate(let aggregation, let grouping, let inner): return aggregated(aggregation, grouping, inner)
        case .arithmetic(let operation, let a, let b, let matching):
            if b.isScalar { return withScalar(a, b) { operation.apply($0, $1) } }
            if a.isScalar { return withScalar(b, a) { operation.apply($1, $0) } }
            return PairwiseOperator(evaluate(a), evaluate(b), matching, values).result { operation.apply($0, $1) }
        case .comparison(let relation, let a, let b, let matching, let isBool):
            return compared(relation, a, b, matching, isBool: isBool)
        case .set(let operation, let a, let b, let matching):
            return SetOperator(evaluate(a), evaluate(b), matching.grouping, values).result(operation, values)
        }
    }

    private func isWhole(_ value: Double) -> Bool { value.magnitude < 1e12 && value == value.rounded() }

    private func withScalar(_ vector: Expression, _ scalar: Expression, _ function: (Double, Double) -> Double) -> StepVector {
        if let constant = scalar.constant { return Elementwise.map(evaluate(vector)) { function($0, constant) } }
        return Elementwise.combine(evaluate(vector), evaluate(scalar), function)
    }

    private func compared(
        _ relation: Relation, _ a: Expression, _ b: Expression, _ matching: VectorMatching, isBool: Bool
    ) -> StepVector {
        func kept(_ shown: Double, _ x: Double, _ y: Double, isIntegral: Bool = false) -> Double {
            if !isIntegral, (x - y).magnitude <= 1e-12 * max(x.magnitude, y.magnitude), x.isFinite, x != 0 {
                isWithinRounding = true
            }
            return isBool ? (relation.holds(x, y) ? 1 : 0) : relation.holds(x, y) ? shown : .absent
        }
        if b.isScalar {
            if let constant = b.constant {
                let vector = evaluate(a)
                return Elementwise.map(vector, isIntegral: isBool || vector.isIntegral) {
                    kept($0, $0, constant, isIntegral: vector.isIntegral)
                }
            }
            return Elementwise.combine(evaluate(a), evaluate(b)) { kept($0, $0, $1) }
        }
        if a.isScalar { return withScalar(b, a) { kept($0, $1, $0) } }
        return PairwiseOperator(evaluate(a), evaluate(b), matching, values).result { kept($0, $0, $1) }
    }

    /// True for sums that are counted directly, without evaluating the operand.
    private func isCountedAtOnce(_ expression: Expression) -> Bool {
        guard case .aggregate(.sum, _, let inner) = expression else { return false }
        switch inner {
        case .selector, .range(.increase, _, _), .range(.delta, _, _): return true
        case .range(.rate, let selector, _): return selector.counter == .requests
        default: return false
        }
    }

    /// Sums of integer counts are accumulated while counting; any other operand is evaluated first.
    private func aggregated(_ aggregation: Aggregation, _ grouping: Grouping, _ inner: Expression) -> StepVector {
        if aggregation == .sum {
            switch inner {
            case .selector, .range(.increase, _, _), .range(.delta, _, _): return counter(inner, grouping: grouping)
            case .range(.rate, let selector, _) where selector.counter == .requests:
                // Rates of calls may come from a rollup that has only the labels asked for.
                return Aggregator(counter(inner, grouping: nil, needed: grouping), grouping, values).result(.sum)
            default: break
            }
        }
        return Aggregator(evaluate(inner), grouping, values).result(aggregation)
    }

    /// The labels of the result of `absent`: those that its selector matches with `=`.
    private func absentLabels(_ inner: Expression) -> SeriesTable {
        var selector: Selector?
        if case .selector(let found) = inner { selector = found }
        guard let selector else { return .scalar }
        var texts: [Label: String] = [:]
        for matcher in selector.matchers {
            // As in Prometheus, a label with more than one matcher is left out.
            texts[matcher.label] = matcher.kind == .equal && texts[matcher.label] == nil ? matcher.value : nil
        }
        let labels = Label.allCases.filter { texts[$0] != nil }
        return SeriesTable(labels: labels, codes: labels.map { tables.values.code(of: texts[$0], for: $0) }, count: 1)
    }

    // Counters.

    private func counter(_ expression: Expression, grouping: Grouping?, needed: Grouping? = nil) -> StepVector {
        var selector: Selector, window: Int64?, function = RangeFunction.increase
        switch expression {
        case .range(let found, let ranged, let length): (selector, window, function) = (ranged, length, found)
        case .selector(let found): (selector, window) = (found, nil)
        default: preconditionFailure("only selectors count events")
        }
        let all = tables.limit.intersection(selector.counter.labels)
        let source = tables.events(of: selector, needed: (grouping ?? needed)?.selected(from: all) ?? all)
        let (series, map): (SeriesTable, [Int32]?) =
            if let grouping { source.series.projected(onto: grouping.selected(from: source.series.labels), values) } else {
                (source.series, nil)
            }
        let beginning = tables.history.beginning.nanoseconds
        if window != nil, !function.countsEvents {
            return sampled(function, selector, window: window ?? 0, source)
        }
        var sweep = WindowSweep(
            entering: onGrid(source, selector, delay: selector.offset), group: map, count: series.count,
            beginning: grid.first(atOrAfter: beginning, plus: selector.offset), instants: grid.count)
        if let window {
            if let steps = grid.steps(in: window) {
                sweep.leaving = sweep.entering
                sweep.leavingDelay = steps
            } else {
                let (delay, overflow) = selector.offset.addingReportingOverflow(window)
                sweep.leaving = onGrid(source, selector, delay: overflow ? .max : delay)
            }
        }
        guard let window, function == .rate else {
            return StepVector(series: series, changes: sweep.changes { Double($0) }, isIntegral: true)
        }
        // Prometheus multiplies by the reciprocal; n / w would differ in the last bit.
        let perSecond = 1 / (Double(window) / 1e9)
        return StepVector(series: series, changes: sweep.changes { Double($0) * perSecond })
    }

    private func sampled(_ function: RangeFunction, _ selector: Selector, window: Int64, _ source: CounterEvents) -> StepVector {
        let step = grid.stepInNanoseconds
        let (far, overflow) = selector.offset.addingReportingOverflow(window)
        let newest = selector.offset / step + (selector.offset % step == 0 ? 0 : 1)
        let sweep = SampleSweep(
            events: onGrid(source, selector, delay: 0), count: source.series.count,
            beginning: grid.first(atOrAfter: tables.history.beginning.nanoseconds), newest: newest,
            oldest: (overflow ? .max : far) / step, instants: grid.count, secondsPerStep: Double(step) / 1e9)
        return StepVector(
            series: source.series, changes: sweep.changes(function),
            isIntegral: function != .irate && function != .averageOverTime)
    }

    private func onGrid(_ source: CounterEvents, _ selector: Selector, delay: Int64) -> GridEvents {
        var bare = selector
        bare.offset = 0
        let key = GridKey(selector: bare, labels: source.series.labels, delay: delay)
        if let found = gridEvents[key] { return found }
        let made = GridEvents(source, grid, delay: delay)
        gridEvents[key] = made
        return made
    }
}
