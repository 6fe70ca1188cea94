import Model

/// The data about calls that the rules of a file need, so that a history can omit the rest.
public struct CallRequirement: Hashable, Sendable {
    /// The labels that some rule distinguishes: calls with equal values may be counted together. A table that also has all
    /// `exported` labels gives sums of rates that match those of an exporter to the last bit.
    public var needed: Set<Label>
    /// The labels of calls that an exporter would expose.
    public var exported: Set<Label>
    /// True if per-minute counts give the same results as individual times.
    public var allowsMinutes: Bool
    /// How far windows reach back before the start of the grid; nil if calls count from the beginning of the history.
    public var reach: Duration?

    /// Determines the requirement of the rules; nil if none of them reads calls.
    ///
    /// - Parameter labels: The labels that counters have.
    public init?(of rules: [PrometheusRule], on grid: Grid, labels: Set<Label> = Set(Label.allCases)) {
        exported = labels.intersection(Label.ofCalls)
        needed = []
        allowsMinutes = grid.isOfWholeMinutes
        reach = .zero
        var isNeeded = false
        for rule in rules { isNeeded = add(rule.expression, visible: exported) || isNeeded }
        if !isNeeded { return nil }
    }

    /// Returns the labels of calls that a rule distinguishes; nil if it does not read calls.
    ///
    /// - Parameter labels: The labels that counters have.
    public static func labels(neededBy rule: PrometheusRule, of labels: Set<Label> = Set(Label.allCases)) -> Set<Label>? {
        guard let grid = Grid(from: Timestamp(nanoseconds: 0), to: Timestamp(nanoseconds: 0)) else { return nil }
        return CallRequirement(of: [rule], on: grid, labels: labels)?.needed
    }

    /// Adds an expression whose series are distinguished by the labels `visible`; returns true if it reads calls.
    private mutating func add(_ expression: Expression, visible: Set<Label>) -> Bool {
        switch expression {
        case .selector(let selector) where selector.counter == .requests:
            note(selector, visible)
            reach = nil
            return true
        case .range(let function, let selector, let window) where selector.counter == .requests:
            note(selector, visible)
            if !Grid.isWholeMinutes(.nanoseconds(window)) { allowsMinutes = false }
            if function.countsEvents, let known = reach {
                reach = max(known, .nanoseconds(window) + .nanoseconds(selector.offset))
            } else {
                reach = nil
            }
            return true
        case .aggregate(.sum, let grouping, .selector(let selector)) where selector.counter == .requests:
            return add(.selector(selector), visible: grouping.selected(from: exported))
        case .aggregate(.sum, let grouping, .range(let function, let selector, let window))
        where selector.counter == .requests && function.countsEvents:
            return add(.range(function, selector, window: window), visible: grouping.selected(from: exported))
        default:
            var isNeeded = false
            for part in expression.parts { isNeeded = add(part, visible: exported) || isNeeded }
            return isNeeded
        }
    }

    private mutating func note(_ selector: Selector, _ visible: Set<Label>) {
        needed.formUnion(visible)
        needed.formUnion(selector.matchers.flatMap(\.labels).filter(exported.contains))
        if !Grid.isWholeMinutes(.nanoseconds(selector.offset)) { allowsMinutes = false }
    }
}
