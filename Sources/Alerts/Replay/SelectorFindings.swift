import Model

/// Finds selectors that match nothing in the history; that such a rule does not fire proves nothing.
struct SelectorFindings {
    private let expression: Expression
    private let evaluation: ExpressionEvaluation

    init(_ expression: Expression, _ evaluation: ExpressionEvaluation) {
        self.expression = expression
        self.evaluation = evaluation
    }

    /// Selectors sorted by text, then pairs that never match.
    var all: [RuleFinding] {
        let selectors = Set(
            expression.selectors.map { selector -> Selector in
                var bare = selector
                bare.offset = 0
                return bare
            }
        ).sorted { $0.description < $1.description }
        let unmatched = selectors.compactMap(unmatched)
        return unmatched.isEmpty ? expression.all.compactMap(unpaired) : unmatched
    }

    /// Returns the events of a selector; calls may be available only by the labels that the rule needs.
    private func events(_ selector: Selector, with label: Label? = nil) -> CounterEvents {
        let all = evaluation.tables.limit.intersection(selector.counter.labels)
        return evaluation.tables.events(of: selector, needed: selector.counter == .requests ? Set(label.map { [$0] } ?? []) : all)
    }

    /// Reports a selector that matches no series.
    private func unmatched(_ selector: Selector) -> RuleFinding? {
        guard events(selector).series.count == 0 else { return nil }
        let counter = Selector(counter: selector.counter)
        guard events(counter).hasSeries else {
            return RuleFinding("no-series", "`\(selector.counter.name)` has no series in the history: nothing was counted")
        }
        let values = evaluation.tables.values
        // Labels that the counter does not have are reported separately.
        let carried = selector.matchers.filter {
            selector.counter.labels.contains($0.label) && evaluation.tables.limit.contains($0.label)
        }
        guard
            let wrong = carried.first(where: { matcher in
                !events(Selector(counter: selector.counter, matchers: [matcher])).hasSeries
            })
        else {
            return carried.count < selector.matchers.count || carried.isEmpty
                ? nil : RuleFinding("no-series", "the selector `\(selector)` matches no series: no event has all of these labels")
        }
        var sentence = "the selector `\(wrong)` matches no series"
        let series = events(counter, with: wrong.label).series
        let known = Set(series.column(wrong.label).filter { $0 != 0 }.map { values.text($0, of: wrong.label) }).sorted()
        if let closest = closest(to: wrong, among: known) { sentence += "; closest: \(closest)" }
        return RuleFinding("no-series", sentence)
    }

    /// Returns the likely intended value of a matcher.
    private func closest(to matcher: Matcher, among known: [String]) -> String? {
        if matcher.label == .statusCode, let first = matcher.value.first, ("1"..."5").contains(first),
            matcher.value.dropFirst().lowercased() == "xx"
        {
            return "status_code=~\"\(first)..\""
        }
        if matcher.label == .provider, let best = ProviderNames.closest(to: matcher.value, among: known) { return best.spelling }
        let others = matcher.label == .errorType ? ErrorType.allCases.map(\.name) : []
        if let best = NearestName.best(for: matcher.value, among: known + others) { return best }
        return known.isEmpty ? nil : known.prefix(5).joined(separator: ", ")
    }

    /// Reports two vectors whose series never have equal labels, so that their combination is always empty.
    private func unpaired(_ expression: Expression) -> RuleFinding? {
        let sides: (Expression, Expression, VectorMatching)
        switch expression {
        case .arithmetic(_, let a, let b, let matching), .comparison(_, let a, let b, let matching, _):
            sides = (a, b, matching)
        default: return nil
        }
        let (a, b, matching) = sides
        guard !a.isScalar, !b.isScalar else { return nil }
        let left = evaluation.evaluate(a).series, right = evaluation.evaluate(b).series
        guard left.count > 0, right.count > 0 else { return nil }
        let pairs = SeriesMatching(left, right, matching.grouping, evaluation.tables.values)
        guard Set(pairs.left).isDisjoint(with: pairs.right) else { return nil }
        func carried(_ table: SeriesTable) -> Set<Label> { Set(table.labels.filter { table.column($0).contains { $0 != 0 } }) }
        let only = carried(left).symmetricDifference(carried(right)).filter {
            matching.grouping.labels.contains($0) == matching.grouping.keeps
        }
        var sentence = "the two sides of `\(expression)` never have matching labels, so the result is always empty"
        if !only.isEmpty { sentence += ": only one side has \(only.map(\.name).sorted().joined(separator: ", "))" }
        let shared = carried(left).intersection(carried(right)).map(\.name).sorted()
        if !only.isEmpty, !shared.isEmpty { sentence += "; sum both by (\(shared.joined(separator: ", ")))" }
        return RuleFinding("no-pairs", sentence)
    }
}

extension CounterEvents {
    fileprivate var hasSeries: Bool { series.count > 0 }
}

extension Matcher: CustomStringConvertible {
    var description: String { "\(label.name)\(kind.rawValue)\"\(value)\"" }
}
